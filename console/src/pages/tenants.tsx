// All tenants: found by name, with what is in them.

import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { type Column, Grid } from '../parts/grid.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { text, useSearchState } from '../search.ts'
import { day, number } from '../words/figures.ts'

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
  const [search, change] = useSearchState(SEARCH)
  const query = { search: search.search || undefined }
  const list = useList('GET /tenants', { query })
  const columns: readonly Column<Tenant>[] = [
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
      width: '120px',
      align: 'end',
      narrow: 'state',
      cell: ({ resources }) => number(resources.User ?? 0),
    },
    {
      id: 'groups',
      title: t('groups'),
      width: '120px',
      align: 'end',
      narrow: 'hidden',
      cell: ({ resources }) => number(resources.Group ?? 0),
    },
    { id: 'made', title: t('made'), width: 'minmax(120px, 1fr)', cell: ({ created }) => day(created) },
  ]
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
        </>
      }
    >
      <Loaded read={list.query}>
        {() =>
          list.items.length === 0 ? (
            <Empty what={t('empty.what')} why={search.search === '' ? t('empty.why') : t('empty.filter')} />
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
    </Page>
  )
}
