// Like failures as one line: how many, since when, whether it still happens.

import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { Status, stateOfStatus } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { number, since } from '../words/figures.ts'
import { type Alike, alikeOf } from './alike.ts'
import { parseFilter, passes } from './filter.ts'

/** Failures of the last 1,000 that were kept, like ones together. */
export function LikeFailures({ tenant, filter }: { readonly tenant: string; readonly filter: string }) {
  const { t } = useTranslation('requests')
  const parsed = parseFilter(filter)
  const query = { ...parsed.query, outcome: 'refused,failed', limit: 1_000 } as never
  const ofAll = useApi('GET /requests', { query }, { enabled: tenant === '', everyMs: 10_000 })
  const ofOne = useApi(
    'GET /tenants/{tenant}/requests',
    { params: { tenant }, query },
    { enabled: tenant !== '', everyMs: 10_000 },
  )
  return (
    <Loaded read={tenant === '' ? ofAll : ofOne} lines={6}>
      {({ items }) => {
        const alike = alikeOf(items.filter((line) => passes(line, parsed)))
        return alike.length === 0 ? (
          <Empty what={t('alike.none')} why={filter === '' ? t('alike.noneWhy') : t('empty.filter')} />
        ) : (
          <Panel flush>
            <AlikeTable alike={alike} />
          </Panel>
        )
      }}
    </Loaded>
  )
}

function AlikeTable({ alike }: { readonly alike: readonly Alike[] }) {
  const { t } = useTranslation('requests')
  return (
    <ShortTable
      label={t('show.alike')}
      rows={alike}
      keyOf={({ tenant, print }) => `${tenant} ${print}`}
      columns={[
        {
          title: t('alike.what'),
          cell: ({ tenant, print, newest }) => (
            <To to="/t/$tenant/faults/$print" params={{ tenant, print }}>
              {newest.detail ?? `${newest.method} ${newest.route}`}
            </To>
          ),
        },
        {
          title: t('column.status'),
          cell: ({ newest: { status, code } }) => (
            <Status state={stateOfStatus(status)}>
              {status} {code ?? ''}
            </Status>
          ),
        },
        { title: t('column.connection'), cell: ({ newest }) => newest.connection ?? t('nobody') },
        { title: t('alike.count'), align: 'end', cell: ({ count }) => number(count) },
        { title: t('alike.resources'), align: 'end', cell: ({ resources }) => number(resources) },
        { title: t('alike.first'), cell: ({ first }) => since(first) },
        { title: t('alike.last'), cell: ({ last }) => since(last) },
      ]}
    />
  )
}
