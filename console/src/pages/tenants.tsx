// All tenants: found by name, with what is in them; here they are made and deleted.

import { ActionIcon, Button, Menu, TextInput } from '@mantine/core'
import { MoreHorizontal, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useAct, useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { type Column, Grid } from '../parts/grid.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { text, useSearchState } from '../search.ts'
import { useMay, useSession } from '../session.tsx'
import { day, number } from '../words/figures.ts'
import { NewTenant } from './tenant-new.tsx'

const SEARCH = { search: text() }

interface Tenant {
  readonly tenant: string
  readonly created: string
  readonly resources: { readonly [type: string]: number }
}

/** The page of all tenants. */
export default function Tenants() {
  const { t } = useTranslation('tenants')
  const go = useGo()
  const owns = useMay('own') && useSession().tenants === undefined
  const [search, change] = useSearchState(SEARCH)
  const [making, setMaking] = useState(false)
  const [deleting, setDeleting] = useState<Tenant>()
  const query = { search: search.search || undefined }
  const list = useList('GET /tenants', { query })
  const columns = useColumns(owns ? setDeleting : undefined)
  const make = owns && (
    <Button leftSection={<Plus size={14} />} onClick={() => setMaking(true)}>
      {t('new.open')}
    </Button>
  )
  return (
    <Page
      fill
      title={t('title')}
      actions={
        <>
          <TextInput
            value={search.search}
            onChange={(event) => change({ search: event.currentTarget.value })}
            placeholder={t('find')}
            aria-label={t('find')}
          />
          <AsCommand call={callOf('GET /tenants', { query })} command="lockstep tenant list" />
          {make}
        </>
      }
    >
      <Loaded read={list.query}>
        {() =>
          list.items.length === 0 ? (
            <Empty
              what={t('empty.what')}
              why={search.search === '' ? t('empty.why') : t('empty.filter')}
              action={make}
            />
          ) : (
            <Grid
              label={t('title')}
              columns={columns}
              count={list.items.length}
              rowAt={(at) => list.items[at]}
              keyOf={({ tenant }) => tenant}
              onOpen={({ tenant }) => go({ to: '/t/$tenant', params: { tenant } })}
              onRange={(_, last) => last > list.items.length - 20 && list.more()}
            />
          )
        }
      </Loaded>
      {making && <NewTenant close={() => setMaking(false)} />}
      {deleting !== undefined && <Delete tenant={deleting} close={() => setDeleting(undefined)} />}
    </Page>
  )
}

function useColumns(onDelete: ((tenant: Tenant) => void) | undefined): readonly Column<Tenant>[] {
  const { t } = useTranslation('tenants')
  return [
    {
      id: 'name',
      title: t('name'),
      width: 'minmax(160px, 2fr)',
      narrow: 'lead',
      cell: ({ tenant }) => (
        <To to="/t/$tenant" params={{ tenant }} tabIndex={-1}>
          {tenant}
        </To>
      ),
    },
    {
      id: 'people',
      title: t('people'),
      width: '110px',
      align: 'end',
      cell: ({ resources }) => number(resources.User ?? 0),
    },
    {
      id: 'groups',
      title: t('groups'),
      width: '110px',
      align: 'end',
      narrow: 'hidden',
      cell: ({ resources }) => number(resources.Group ?? 0),
    },
    { id: 'made', title: t('made'), width: 'minmax(120px, 1fr)', cell: ({ created }) => day(created) },
    ...(onDelete === undefined
      ? []
      : [
          {
            id: 'actions',
            title: t('actions'),
            width: '72px',
            align: 'end' as const,
            narrow: 'state' as const,
            cell: (row: Tenant) => <Actions row={row} onDelete={onDelete} />,
          },
        ]),
  ]
}

function Actions({ row, onDelete }: { readonly row: Tenant; readonly onDelete: (row: Tenant) => void }) {
  const { t } = useTranslation('tenants')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actionsOf', { name: row.tenant })}>
          <MoreHorizontal size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item color="red" onClick={() => onDelete(row)}>
          {t('delete.open')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Delete({ tenant: { tenant, resources }, close }: { readonly tenant: Tenant; readonly close: () => void }) {
  const { t } = useTranslation('tenants')
  const act = useAct('DELETE /tenants/{tenant}')
  return (
    <Confirm
      opened
      title={t('delete.title', { tenant })}
      action={t('delete.do', { tenant })}
      name={tenant}
      run={() => act.mutateAsync({ params: { tenant } })}
      close={close}
    >
      <p>{t('delete.what', { people: number(resources.User ?? 0), groups: number(resources.Group ?? 0) })}</p>
    </Confirm>
  )
}
