// People, or groups, that were found by a text: what begins with it at once, what contains it after a moment.

import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Resource } from '../api/scim.ts'
import { useList } from '../api/use-api.ts'
import { type Column, Grid } from './grid.tsx'
import { useGo } from './link.tsx'
import { Empty, Loaded } from './loaded.tsx'
import { usePeopleColumns } from './people-columns.tsx'
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
  const settled = useSettled(text.trim(), 120)
  const list = useList(
    'GET /tenants/{tenant}/people',
    { params: { tenant }, query: { q: settled, limit: 50 } },
    { enabled: settled !== '' },
  )
  const columns = useMatched<Found>(usePeopleColumns(tenant), (row) => row)
  useReading(list)
  return (
    <Loaded read={list.query} lines={8}>
      {() =>
        list.items.length === 0 && !list.hasMore ? (
          <Empty what={t('found.what')} why={t('found.why')} />
        ) : (
          <Grid
            label={t('title')}
            columns={columns}
            count={list.items.length}
            rowAt={(at) => list.items[at] as Found | undefined}
            keyOf={({ resource }) => resource.id}
            onOpen={({ resource: { id } }) => go({ to: '/t/$tenant/people/$id', params: { tenant, id } })}
            onRange={(_, last) => last > list.items.length - 20 && list.more()}
          />
        )
      }
    </Loaded>
  )
}

/** Reads on by itself when all that indexes give is there: whoever still looks wants the rest. */
export function useReading(list: {
  readonly hasMore: boolean
  readonly items: readonly unknown[]
  readonly more: () => void
}): void {
  const few = list.hasMore && list.items.length < 50
  useEffect(() => {
    if (!few) return
    const timer = setTimeout(list.more, 250)
    return () => clearTimeout(timer)
  }, [few, list.more])
}
