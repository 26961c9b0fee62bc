// Answers queries for types that the app keeps itself: by its columns, or after a comparison of all rows.

import type { BoundFilter } from '../../protocol/index.ts'
import type { Page, Query, Store } from '../../store/index.ts'
import type { OwnRows } from './rows.ts'
import type { Settler } from './settle.ts'

/** How often a page is read again because a resource on it was out of date. */
const ATTEMPTS = 3
/** Most resources that are looked at one by one. */
const KNOWN = 100
/** Letter case beyond this is not what databases fold alike. */
const PLAIN = /^[\x20-\x7e]*$/

/** What queries are answered with. */
export interface FindDeps<Db> {
  readonly base: Pick<Store, 'find' | 'get'>
  readonly db: Db
  readonly settler: Settler<Db>
  readonly ownOf: (type: string) => OwnRows<Db> | undefined
}

/** Creates the function that answers queries. */
export function createFind<Db>({ base, db, settler, ownOf }: FindDeps<Db>): (query: Query) => Promise<Page> {
  /** Ids among which all matches of a filter are, whatever the rows say by now, if a column tells. */
  async function candidates(
    query: Query,
    own: OwnRows<Db>,
    filter: BoundFilter,
  ): Promise<readonly string[] | undefined> {
    if (filter.op === 'and') {
      for (const part of filter.all) {
        const found = await candidates(query, own, part)
        // Whoever is known to match this part may match another only since its row has changed.
        const known = found && (await knownTo(query, own, part))
        if (found !== undefined && known !== undefined) return [...found, ...known]
      }
      return undefined
    }
    if (filter.op !== 'eq' || typeof filter.value !== 'string') return undefined
    const { target, value } = filter
    if (target.path === 'id') return [value]
    return PLAIN.test(value) ? own.find?.(db, query.tenant, target.path, value) : undefined
  }

  /** Ids of the resources that match as they were last known; undefined: too many to look at each. */
  async function knownTo(query: Query, own: OwnRows<Db>, filter: BoundFilter): Promise<readonly string[] | undefined> {
    const { resources, next } = await base.find({
      ...query,
      types: [{ type: own.type.name, filter }],
      page: { offset: 0, limit: KNOWN },
      total: false,
      groups: false,
    })
    return next === undefined ? resources.map(({ id }) => id) : undefined
  }

  /** A page by the app's columns alone, if they say all that is asked. */
  async function bySearch({ tenant, types, page, total, groups }: Query): Promise<Page | undefined> {
    const [only, another] = types
    const own = only && another === undefined ? ownOf(only.type) : undefined
    if (only === undefined || own?.search === undefined) return undefined
    const found = await own.search(db, tenant, { filter: only.filter, sort: only.sort, page, total })
    if (found === undefined) return undefined
    const rows = found.rows.slice(0, page.limit)
    const ids = rows.map(({ id }) => id)
    await settler.some(tenant, own, ids)
    const read = await Promise.all(ids.map((id) => base.get({ tenant, type: own.type.name, id }, { groups })))
    const resources = read.filter((one) => one !== undefined)
    // A row that can't be shown, or went meanwhile: the others are counted without it.
    if (resources.length < read.length) return undefined
    const last = rows.at(-1)
    return {
      resources,
      ...(total ? { total: found.total ?? resources.length } : {}),
      ...(found.rows.length > page.limit && last !== undefined ? { next: last } : {}),
    }
  }

  async function settleFor(query: Query): Promise<void> {
    for (const { type, filter } of query.types) {
      const own = ownOf(type)
      if (own === undefined) continue
      const ids = filter && (await candidates(query, own, filter))
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
    const found = await bySearch(query)
    if (found !== undefined) return found
    await settleFor(query)
    let page = await base.find(query)
    for (let attempt = 1; attempt < ATTEMPTS && (await settlePage(query, page)); attempt++)
      page = await base.find(query)
    return page
  }
}
