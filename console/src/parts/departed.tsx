// Who is gone: with when and by whom.

import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { moment, since } from '../words/figures.ts'
import { type Column, Grid } from './grid.tsx'
import { To, useGo } from './link.tsx'
import { Empty, Loaded } from './loaded.tsx'
import { useSettled } from './use-settled.ts'

interface Gone {
  readonly id: string
  readonly userName?: string | undefined
  readonly displayName?: string | undefined
  readonly at: string
  readonly actor: string
}

/** The list of people who are gone, the last first. */
export function Departed({ tenant, text }: { readonly tenant: string; readonly text: string }) {
  const { t } = useTranslation('people')
  const go = useGo()
  const q = useSettled(text.trim(), 200)
  const read = useApi('GET /tenants/{tenant}/departed', {
    params: { tenant },
    query: { limit: 200, ...(q === '' ? {} : { q }) },
  })
  const columns: readonly Column<Gone>[] = [
    {
      id: 'name',
      title: t('name'),
      width: 'minmax(160px, 2fr)',
      narrow: 'lead',
      cell: ({ id, displayName, userName }) => (
        <To to="/t/$tenant/people/$id" params={{ tenant, id }} tabIndex={-1}>
          {displayName ?? userName ?? id}
        </To>
      ),
    },
    { id: 'userName', title: 'userName', width: 'minmax(160px, 2fr)', cell: ({ userName }) => userName ?? '' },
    {
      id: 'at',
      title: t('goneAt'),
      width: '150px',
      narrow: 'state',
      cell: ({ at }) => (
        <time dateTime={at} title={moment(at)}>
          {since(at)}
        </time>
      ),
    },
    { id: 'actor', title: t('by'), width: 'minmax(120px, 1fr)', cell: ({ actor }) => actor },
  ]
  return (
    <Loaded read={read} lines={8}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty what={t('departed.what')} why={t(q === '' ? 'departed.why' : 'found.why')} />
        ) : (
          <Grid
            label={t('view.departed')}
            columns={columns}
            count={items.length}
            rowAt={(at) => items[at]}
            keyOf={({ id }) => id}
            onOpen={({ id }) => go({ to: '/t/$tenant/people/$id', params: { tenant, id } })}
          />
        )
      }
    </Loaded>
  )
}
