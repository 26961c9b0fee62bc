// The members of a group: found by name, direct or through groups inside; added by pasting, and removed.

import { Button, SegmentedControl, TextInput } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { patchScim } from '../api/scim.ts'
import { useList } from '../api/use-api.ts'
import { useMay } from '../session.tsx'
import { Confirm } from './confirm.tsx'
import css from './directory.module.css'
import { type Column, Grid } from './grid.tsx'
import { To, useGo } from './link.tsx'
import { Empty, Loaded } from './loaded.tsx'
import { PasteMembers } from './paste-members.tsx'
import { useReading } from './use-reading.ts'
import { useSettled } from './use-settled.ts'

interface Member {
  readonly id: string
  readonly type: string
  readonly display: string
  readonly direct: boolean
}

/** The list of members. */
export function Members({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { t } = useTranslation('groups')
  const go = useGo()
  const mayEdit = useMay('edit')
  const [typed, setTyped] = useState('')
  const [direct, setDirect] = useState<'true' | 'false'>('true')
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState<'remove' | 'paste'>()
  const q = useSettled(typed.trim(), 150)
  const query = { direct, limit: 200, ...(q === '' ? {} : { q }) }
  const list = useList('GET /tenants/{tenant}/groups/{group}/members', { params: { tenant, group: id }, query })
  useReading(list, q !== '')
  const columns = useColumns(tenant)
  const open = ({ type, id: member }: Member) => go({ to: pathOf(type), params: { tenant, id: member } })
  const reread = () => {
    setSelected(new Set())
    void list.query.refetch()
  }
  return (
    <>
      <div className={css.bar}>
        <TextInput
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          placeholder={t('findMember')}
          aria-label={t('findMember')}
        />
        <SegmentedControl
          aria-label={t('which')}
          value={direct}
          onChange={(value) => setDirect(value === 'false' ? 'false' : 'true')}
          data={[
            { value: 'true', label: t('directly') },
            { value: 'false', label: t('withThrough') },
          ]}
        />
        {mayEdit && (
          <Button variant="default" data-key="n" onClick={() => setAsked('paste')}>
            {t('add')}
          </Button>
        )}
        {mayEdit && selected.size > 0 && (
          <Button variant="default" onClick={() => setAsked('remove')}>
            {t('remove', { count: selected.size })}
          </Button>
        )}
      </div>
      <Loaded read={list.query} lines={8}>
        {() =>
          list.items.length === 0 && !(q !== '' && list.hasMore) ? (
            <Empty what={t('members.what')} why={t(q === '' ? 'members.why' : 'found.why')} />
          ) : (
            <Grid
              label={t('tab.members')}
              columns={columns}
              count={list.items.length}
              rowAt={(at) => list.items[at]}
              keyOf={(member) => member.id}
              onOpen={open}
              onRange={(_, last) => last > list.items.length - 40 && list.more()}
              {...(mayEdit ? { selected, onSelect: setSelected } : {})}
            />
          )
        }
      </Loaded>
      <Confirm
        opened={asked === 'remove'}
        title={t('removeTitle', { count: selected.size })}
        action={t('remove', { count: selected.size })}
        run={async () => {
          const operations = [...selected].map((member) => ({
            op: 'remove' as const,
            path: `members[value eq ${JSON.stringify(member)}]`,
          }))
          await patchScim(tenant, `/Groups/${id}`, operations)
          reread()
        }}
        close={() => setAsked(undefined)}
      />
      {asked === 'paste' && <PasteMembers tenant={tenant} group={id} close={() => setAsked(undefined)} done={reread} />}
    </>
  )
}

function pathOf(type: string): string {
  return type === 'Group' ? '/t/$tenant/groups/$id' : '/t/$tenant/people/$id'
}

function useColumns(tenant: string): readonly Column<Member>[] {
  const { t } = useTranslation('groups')
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(200px, 3fr)',
        narrow: 'lead',
        cell: ({ id, type, display }) => (
          <To to={pathOf(type)} params={{ tenant, id }} tabIndex={-1}>
            {display || id}
          </To>
        ),
      },
      { id: 'type', title: t('type'), width: '120px', narrow: 'state', cell: ({ type }) => type },
      { id: 'direct', title: t('which'), width: '160px', cell: ({ direct }) => t(direct ? 'directly' : 'through') },
    ],
    [tenant, t],
  )
}
