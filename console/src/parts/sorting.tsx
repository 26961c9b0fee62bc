// Sorting of a list by the server, by the headings of its columns, where the tenant offers it.

import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { oneOf, text } from '../search.ts'
import { number } from '../words/figures.ts'
import css from './directory.module.css'
import type { Column } from './grid.tsx'

/** The parameters of a page that sorts. */
export const SORTED = { sort: text(), order: oneOf(['ascending', 'descending']) }

/** What a page is sorted by. */
export interface Sorted {
  readonly sort: string
  readonly order: 'ascending' | 'descending'
}

/** From so many on it is said that a sorted list is read as a whole: no index has its order. */
const LARGE = 10_000

/** How a list is sorted. */
export interface Sorting {
  /** What a search is given. */
  readonly by: { readonly sortBy?: string; readonly sortOrder?: 'ascending' | 'descending' }
  /** Makes the heading of a column sort by an attribute: up, down, and as it was. */
  readonly heading: (path: string) => Pick<Column<never>, 'sort'>
  /** What the list is sorted by, and a way back, where the heading may be out of sight. */
  readonly note: (total: number | undefined) => ReactNode
}

/** Sorts a list. RFC 7644 §3.4.2.3. */
export function useSorting(tenant: string, { sort, order }: Sorted, change: (next: Partial<Sorted>) => void): Sorting {
  const { t } = useTranslation('parts')
  const settings = useApi('GET /tenants/{tenant}/settings', { params: { tenant } })
  const offered = settings.data?.features.sort === true
  const sorts = offered && sort !== ''
  const next = (path: string): Sorted =>
    path !== sort
      ? { sort: path, order: 'ascending' }
      : order === 'ascending'
        ? { sort, order: 'descending' }
        : { sort: '', order: 'ascending' }
  return {
    by: sorts ? { sortBy: sort, sortOrder: order } : {},
    heading: (path) =>
      offered ? { sort: { order: sorts && path === sort ? order : 'none', change: () => change(next(path)) } } : {},
    note: (total = 0) =>
      sorts && (
        <div className={css.bar}>
          <span role="status">
            {t(`sorting.${order}`, { path: sort })}
            {total >= LARGE && ` ${t('sorting.cost', { count: total, shown: number(total) })}`}
          </span>
          <Button size="compact-xs" variant="subtle" onClick={() => change({ sort: '', order: 'ascending' })}>
            {t('sorting.end')}
          </Button>
        </div>
      ),
  }
}
