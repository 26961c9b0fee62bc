// People, or groups, that were found by a text: what begins with it at once, what contains it after a moment.

import { useTranslation } from 'react-i18next'
import type { Resource } from '../api/scim.ts'
import { useList } from '../api/use-api.ts'
import { type Column, Grid } from './grid.tsx'
import { useGo } from './link.tsx'
import { Empty, Loaded } from './loaded.tsx'
import { usePeopleColumns } from './people-columns.tsx'
import { useReading } from './use-reading.ts'
import { useSettled } from './use-settled.ts'

/** One that was found, with where it matched. */
interface Found {
  readonly resource: Resource
  readonly matched: { readonly path: string; readonly how: 'begins' | 'contains' }
}

function useMatched<Row>(columns: readonly Column<Resource>[], of: (row: Row) => Found): readonly Column<Row>[] {
  const { t } = useTranslation('people')
  return [
    ...columns.map(({ cell, ...rest }) => ({ ...rest, cell: (row: Row) => cell(of(row).resource) })),
    {
      id: 'matched',
      title: t('matched.label'),
      width: '190px',
      narrow: 'hidden' as const,
      cell: (row: Row) => t(`matched.${of(row).matched.how}`, { path: of(row).matched.path }),
    },
  ]
}

/** The people that were found. */
export function FoundPeople({ tenant, text }: { readonly tenant: string; readonly text: string }) {
  const { t } = useTranslation('people')
  const go = useGo()
  // What indexes give is read within milliseconds, so it is asked for with nearly every letter.
  const settled = useSettled(text.trim(), 40)
  const list = useList(
    'GET /tenants/{tenant}/people',
    { params: { tenant }, query: { q: settled, limit: 50 } },
    { enabled: settled !== '' },
  )
  const columns = useMatched<Found>(usePeopleColumns(tenant), (row) => row)
  return (
    <FoundGrid
      list={list}
      columns={columns}
      words={{ title: t('title'), what: t('found.what'), why: t('found.why') }}
      open={({ id }) => go({ to: '/t/$tenant/people/$id', params: { tenant, id } })}
    />
  )
}

/** What was found, a line each; reads on at its end, and at once while there are few. */
export function FoundGrid<Row extends { readonly resource: object }>({
  list,
  columns,
  words: { title, what, why },
  open,
}: {
  readonly list: {
    readonly query: Parameters<typeof Loaded>[0]['read']
    readonly items: readonly Row[]
    readonly hasMore: boolean
    readonly more: () => void
  }
  readonly columns: readonly Column<Row>[]
  readonly words: { readonly title: string; readonly what: string; readonly why: string }
  readonly open: (resource: Resource) => void
}) {
  const { query, items, hasMore, more } = list
  useReading(list)
  const resourceOf = ({ resource }: Row) => resource as Resource
  return (
    <Loaded read={query} lines={8}>
      {() =>
        items.length === 0 && !hasMore ? (
          <Empty what={what} why={why} />
        ) : (
          <Grid
            label={title}
            columns={columns}
            count={items.length}
            rowAt={(at) => items[at]}
            keyOf={(row) => resourceOf(row).id}
            onOpen={(row) => open(resourceOf(row))}
            onRange={(_, last) => last > items.length - 20 && more()}
          />
        )
      }
    </Loaded>
  )
}
