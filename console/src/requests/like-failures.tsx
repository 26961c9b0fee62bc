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

/** Like failures together: by the server, or, where a filter says which, those among the last 1,000 that were kept. */
export function LikeFailures({ tenant, filter }: { readonly tenant: string; readonly filter: string }) {
  return filter.trim() === '' ? <Faults tenant={tenant} /> : <Filtered tenant={tenant} filter={filter} />
}

function Faults({ tenant }: { readonly tenant: string }) {
  const ofAll = useApi('GET /faults', {}, { enabled: tenant === '', everyMs: 10_000 })
  const given = { params: { tenant }, query: {} }
  const ofOne = useApi('GET /tenants/{tenant}/faults', given, { enabled: tenant !== '', everyMs: 10_000 })
  return (
    <Loaded read={tenant === '' ? ofAll : ofOne} lines={6}>
      {({ items }) => <Shown alike={items} filtered={false} />}
    </Loaded>
  )
}

function Filtered({ tenant, filter }: { readonly tenant: string; readonly filter: string }) {
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
      {({ items }) => <Shown alike={alikeOf(items.filter((line) => passes(line, parsed)))} filtered />}
    </Loaded>
  )
}

function Shown({ alike, filtered }: { readonly alike: readonly Alike[]; readonly filtered: boolean }) {
  const { t } = useTranslation('requests')
  return alike.length === 0 ? (
    <Empty what={t('alike.none')} why={t(filtered ? 'empty.filter' : 'alike.noneWhy')} />
  ) : (
    <Panel flush>
      <AlikeTable alike={alike} />
    </Panel>
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
