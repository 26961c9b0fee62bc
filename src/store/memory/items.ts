// Reads items in memory.

import { compareText } from '../../protocol/index.ts'
import { checkPage, type Item, type ItemsWhere } from '../contract/index.ts'
import type { Tenant } from './tenant.ts'

/** Items of a queue as `Work.items` has them. */
export function itemsOf(tenant: Tenant | undefined, queue: string, where: ItemsWhere, now: number): readonly Item[] {
  checkPage('limit' in where ? where.limit : 0, 'keys' in where ? where.keys : [])
  const live = [...(tenant?.items.values() ?? [])].filter((item) => item.queue === queue && item.expires > now)
  if ('keys' in where) {
    const wanted = new Set(where.keys)
    return live.filter(({ key }) => wanted.has(key))
  }
  const { tag, after, order, limit } = where
  const sign = order === 'desc' ? -1 : 1
  return live
    .filter((item) => tag === undefined || item.tag === tag)
    .filter((item) => after === undefined || sign * compareText(item.key, after) > 0)
    .sort((a, b) => sign * compareText(a.key, b.key))
    .slice(0, limit)
}
