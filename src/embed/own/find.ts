// Answers queries for types that the app keeps itself: by its columns, or after a comparison of all rows.

import type { BoundFilter } from '../../protocol/index.ts'
import type { Page, Query, Store } from '../../store/index.ts'
import type { OwnRows } from './rows.ts'
import type { Settler } from './settle.ts'

/** How often a page is read again because a resource on it was out of date. */
const ATTEMPTS = 3
/** Letter case beyond this is not what databases fold alike. */
const PLAIN = /^[\x20-\x7e]*$/

/** What queries are answered with. */
export interface FindDeps<Db> {
  readonly base: Pick<Store, 'find'>
  readonly db: Db
  readonly settler: Settler<Db>
  readonly ownOf: (type: string) => OwnRows<Db> | undefined
}

/** Creates the function that answers queries. */
export function createFind<Db>({ base, db, settler, ownOf }: FindDeps<Db>): (query: Query) => Promise<Page> {
  /** Ids among which all matches of a filter are, if a column tells. */
  async function candidates(
    tenant: string,
    own: OwnRows<Db>,
    filter: BoundFilter,
  ): Promise<readonly string[] | undefined> {
    if (filter.op === 'and') {
      for (const part of filter.all) {
        const found = await candidates(tenant, own, part)
        if (found !== undefined) return found
      }
      return undefined
    }
    if (filter.op !== 'eq' || typeof filter.value !== 'string') return undefined
    const { target, value } = filter
    if (target.path === 'id') return [value]
    return PLAIN.test(value) ? own.find?.(db, tenant, target.path, value) : undefined
  }

  async function settleFor(query: Query): Promise<void> {
    for (const { type, filter } of query.types) {
      const own = ownOf(type)
      if (own === undefined) continue
      const ids = filter && (await candidates(query.tenant, own, filter))
      if (ids === undefined) await settler.all(query.tenant, own)
      else await settler.some(query.tenant, own, ids)
    }
  }

  /** Settles what is on a page; whether anything on it was out of date. */
  async function settlePage({ tenant, types }: Query, { resources }: Page): Promise<boolean> {
    let changed = false
    for (const { type } of types) {
      const own = ownOf(type)
      const ids = resources.filter((one) => one.type === type).map(({ id }) => id)
      if (own !== undefined && ids.length > 0) changed = (await settler.some(tenant, own, ids)) || changed
    }
    return changed
  }

  return async (query) => {
    if (!query.types.some(({ type }) => ownOf(type) !== undefined)) return base.find(query)
    await settleFor(query)
    let page = await base.find(query)
    for (let attempt = 1; attempt < ATTEMPTS && (await settlePage(query, page)); attempt++)
      page = await base.find(query)
    return page
  }
}
