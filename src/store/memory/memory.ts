import { type Environment, environment } from '../../environment.ts'
import { compareKeys, compareText, entryOf, matches, sortKey } from '../../protocol/index.ts'
import {
  type Affected,
  type Page,
  type PagePosition,
  type Query,
  type Ref,
  type Store,
  StoreUnavailable,
  type TenantRow,
  type WholeChange,
  type Write,
  type Written,
} from '../contract/index.ts'
import { fullDocument } from '../derived.ts'
import { createWatchers, isThenable, type ReportError } from '../watchers.ts'
import { createWorkWatchers } from '../work-watchers.ts'
import { exportRows } from './rows.ts'
import { makeTenant, membersOf, type Row, surroundings, type Tenant, toMember, withGroups } from './tenant.ts'
import { changesAfter, createWork } from './work.ts'
import { applyWrite, entryKey } from './write.ts'

const CHUNK = 1_000
/** Pages beyond this are heavy. */
const LIGHT = 200

/**
 * The plainest correct store: everything in memory, queries answered by looking at every resource. What it answers is right
 * by definition; the others are tested against it. Nothing outlives the process.
 */
export function memoryStore(
  options: { readonly report?: ReportError; readonly environment?: Pick<Environment, 'now'> } = {},
): Store<undefined> {
  const { now } = options.environment ?? environment
  const tenants = new Map<string, Tenant>()
  const watchers = createWatchers(options.report)
  const everywhere = makeTenant('', 0)
  let queue: Promise<unknown> = Promise.resolve()
  let closed = false

  const tenantNamed = (name: string) => (name === '' ? everywhere : tenants.get(name))
  const rowOf = (ref: Ref): Row | undefined => {
    const row = tenants.get(ref.tenant)?.rows.get(ref.id)
    return row?.stored.type === ref.type ? row : undefined
  }

  function find(query: Query): Page {
    const tenant = tenants.get(query.tenant)
    const hits: { readonly row: Row; readonly key: ReturnType<typeof sortKey> }[] = []
    const sorted = query.types.some(({ sort }) => sort !== undefined)
    const descending = query.types.some(({ sort }) => sort?.descending === true)
    const around = surroundings(tenant, query)
    for (const row of tenant?.rows.values() ?? []) {
      const type = query.types.find(({ type }) => type === row.stored.type)
      if (type === undefined) continue
      const { filter, sort } = type
      const needed = filter !== undefined || sort !== undefined
      const document = needed ? fullDocument(row.stored, filter, sort, around) : {}
      if (filter !== undefined && !matches(document, filter)) continue
      hits.push({ row, key: sort === undefined ? null : sortKey(document, sort) })
    }
    const order = (a: { key: (typeof hits)[0]['key']; id: string }, b: { key: (typeof hits)[0]['key']; id: string }) =>
      (sorted ? compareKeys(a.key, b.key, { descending }) : 0) || compareText(a.id, b.id)
    const placed = hits.map((hit) => ({ ...hit, id: hit.row.stored.id })).sort(order)
    const { page } = query
    const after = 'after' in page ? page.after : undefined
    const from =
      after === undefined ? placed : placed.filter((hit) => order({ key: after.key ?? null, id: after.id }, hit) < 0)
    const start = 'offset' in page ? page.offset : 0
    const shown = from.slice(start, start + page.limit)
    const last = shown.at(-1)
    const ending: PagePosition | undefined = last && (sorted ? { key: last.key, id: last.id } : { id: last.id })
    return {
      resources: shown.map(({ row }) => (query.groups && tenant ? withGroups(row.stored, tenant) : row.stored)),
      ...(query.total ? { total: hits.length } : {}),
      ...(ending !== undefined && from.length > start + page.limit ? { next: ending } : {}),
    }
  }

  /** Carries out the writes one by one; `undo` takes back what was done, last first. */
  function apply(writes: readonly Write[]) {
    const undos: (() => void)[] = []
    const changes: WholeChange[] = []
    const affected: Affected[] = []
    const undo = () => {
      for (const one of undos.toReversed()) one()
    }
    try {
      const out = { undos, changes, affected }
      const moment = now()
      const written = writes.map((write, at) => applyWrite(tenants, everywhere, write, at, moment, out))
      return { written, changes, affected, undo }
    } catch (error) {
      undo()
      throw error
    }
  }

  async function commit(
    writes: readonly Write[],
    inside?: (tx: undefined, changes: readonly WholeChange[]) => void | Promise<void>,
  ): Promise<readonly Written[]> {
    if (closed) throw new StoreUnavailable('The store is closed', 1_000)
    const done = apply(writes)
    if (inside === undefined) return settle(done)
    let pending: void | Promise<void>
    try {
      pending = inside(undefined, done.changes)
    } catch (error) {
      done.undo()
      throw error
    }
    if (!isThenable(pending)) return settle(done)
    // Nobody may see what is not decided yet; commits take turns, so that it comes out the same again.
    done.undo()
    await pending
    return settle(apply(writes))
  }

  function settle({ written, affected }: ReturnType<typeof apply>): readonly Written[] {
    // Before whoever reads next, and after whoever waits for the write: nothing that a watcher does reaches them.
    watchers.notify(affected)
    return written
  }

  /** Commits, and whatever else changes something, one after the other. */
  function turn<T>(work: () => T | Promise<T>): Promise<T> {
    const run = queue.then(work)
    queue = run.catch(() => {})
    return run
  }
  const work = createWorkWatchers<undefined>((writes, inside) => turn(() => commit(writes, inside)), options.report)
  const everyone = () => [...tenants.values(), everywhere]

  return {
    ...createWork(tenantNamed, everyone, now, turn),
    watchWork: work.watchWork,
    async get(ref, options) {
      const row = rowOf(ref)
      const tenant = tenants.get(ref.tenant)
      if (row === undefined || tenant === undefined) return undefined
      return options?.groups ? withGroups(row.stored, tenant) : row.stored
    },
    secret: async (ref) => rowOf(ref)?.secret,
    find: async (query) => find(query),
    weigh(query) {
      const [only] = query.types
      const filter = only?.filter
      const parts = filter?.op === 'and' ? filter.all : [filter]
      const bounded = parts.some((part) => part === undefined || part.op === 'eq')
      return query.types.length === 1 && bounded && !only?.sort && query.page.limit <= LIGHT ? 'light' : 'heavy'
    },
    async names(tenant, ids) {
      const rows = [...new Set(ids)].map((id) => tenants.get(tenant)?.rows.get(id))
      return rows.filter((row) => row !== undefined).map(({ stored }) => toMember(stored))
    },
    async *members(ref) {
      const all = rowOf(ref) === undefined ? [] : membersOf(tenants.get(ref.tenant), ref.id)
      for (let at = 0; at < all.length; at += CHUNK) yield all.slice(at, at + CHUNK)
    },
    async membersAmong(ref, ids) {
      const tenant = tenants.get(ref.tenant)
      const within = rowOf(ref) === undefined ? undefined : tenant?.members.get(ref.id)
      const rows = [...new Set(ids)].flatMap((id) => (within?.has(id) ? (tenant?.rows.get(id) ?? []) : []))
      return rows.map(({ stored }) => toMember(stored))
    },
    memberCount: async (ref, atMost) =>
      rowOf(ref) === undefined ? 0 : Math.min(atMost, tenants.get(ref.tenant)?.members.get(ref.id)?.size ?? 0),
    async holders(tenant, type, entry, limit, after) {
      const ids = tenants.get(tenant)?.holders.get(entryKey(type, entry)) ?? []
      const sorted = [...ids].sort(compareText)
      return sorted.filter((id) => after === undefined || compareText(id, after) > 0).slice(0, limit)
    },
    commit: work.commit,
    async changes(name, after, limit) {
      const tenant = tenantNamed(name)
      return tenant === undefined ? [] : changesAfter(tenant, after, limit)
    },
    async records(name, kind, where = {}) {
      const records = tenantNamed(name)?.records.values() ?? []
      const wanted = [...records].filter(
        (record) =>
          record.kind === kind &&
          (where.tag === undefined || record.tag === where.tag) &&
          (where.key === undefined || record.key === where.key) &&
          (where.after === undefined || compareText(record.key, where.after) > 0),
      )
      return wanted.sort((a, b) => compareText(a.key, b.key)).slice(0, where.limit ?? wanted.length)
    },
    async *exportTenant(name, after) {
      const tenant = tenants.get(name)
      if (tenant !== undefined) yield* exportRows(tenant, after)
    },
    async tenants({ prefix = '', after = '', limit } = { limit: tenants.size }) {
      return [...tenants.values()]
        .filter(({ name }) => name.startsWith(prefix) && compareText(name, after) > 0)
        .sort((a, b) => compareText(a.name, b.name))
        .slice(0, limit)
        .map(countersOf)
    },
    async tenant(name) {
      const tenant = tenants.get(name)
      return tenant === undefined ? undefined : countersOf(tenant)
    },
    freshness: 'immediate',
    poll() {},
    watch: watchers.watch,
    backup: () => Promise.reject(new StoreUnavailable('a store in memory has no file that a backup could copy', 0)),
    async close() {
      closed = true
    },
  }
}

function countersOf({ name, created, log, cut, rows }: Tenant): TenantRow {
  const resources: { [type: string]: number } = {}
  for (const { stored } of rows.values()) resources[stored.type] = (entryOf(resources, stored.type) ?? 0) + 1
  return { tenant: name, created, place: cut.place + log.length, begins: cut.place + 1, resources }
}
