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
  return live
    .filter((item) => where.tag === undefined || item.tag === where.tag)
    .filter((item) => where.after === undefined || compareText(item.key, where.after) > 0)
    .sort((a, b) => compareText(a.key, b.key))
    .slice(0, where.limit)
}
