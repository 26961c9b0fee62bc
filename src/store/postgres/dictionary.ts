import type { IndexPath } from '../sql/scope.ts'
import { type Database, numberOf, type Session } from './database.ts'

/** What a process knows of a tenant until it is told of a change. */
export interface Tenant {
  readonly t: number
  readonly name: string
  /** The count of changes of its records and paths that this knowledge is of. */
  readonly records: number
  readonly paths: ReadonlyMap<string, IndexPath>
}

/** Dictionary by name, kept in memory. */
export interface Dictionary {
  /** "" is the whole database. */
  readonly find: (name: string) => Promise<Tenant | undefined>
  /** The same, if nothing has to be read for it. */
  readonly known: (name: string) => Tenant | undefined
  /** Takes what a transaction of this process has made of a tenant, if nobody else has changed it meanwhile. */
  readonly renew: (tenant: Tenant, records: number) => void
  readonly forget: (name: string) => void
  /** Forgets a tenant that nobody uses, with the numbers that were taken for it, which are lost without harm. */
  readonly drop: (tenant: Pick<Tenant, 'name' | 't'>) => void
  readonly forgetAll: () => void
  /** The node of a cluster that a tenant lives on, as far as it is known; undefined where there is but one. */
  readonly nodeOf: (name: string) => string | undefined
  /** When the tenant was last asked for; undefined when nothing is known of it. */
  readonly usedAt: (name: string) => number | undefined
  /** Numbers for new resources, from a block of this process. */
  readonly numbers: (tenant: Tenant, count: number) => Promise<readonly number[]>
}

/** An index path that a write is about to use. */
export interface WantedPath {
  readonly y: string
  readonly path: string
  readonly unique: boolean
  /** Whether all resources of the type have their entries once this write is done. */
  readonly ready: boolean
}

/** Numbers taken at a time. */
const BLOCK = 1_000

/** How a path is kept under its type. */
export function pathKey(y: string, path: string): string {
  return `${y} ${path}`
}

/** Makes the tenants of one process. `loaded` is told of each that was read. */
export function createDictionary(database: Database, loaded: (tenant: Tenant) => void, now = Date.now): Dictionary {
  const known = new Map<string, { tenant: Tenant; used: number }>()
  const loading = new Map<string, Promise<Tenant | undefined>>()
  const blocks = new Map<number, { next: number; end: number }>()
  /** Numbers of the tenants whose node was asked for: known on, when all else of a tenant is forgotten. */
  const located = new Map<string, number>()
  let cluster: Promise<boolean> | undefined

  async function load(name: string): Promise<Tenant | undefined> {
    let t = 0
    if (name !== '') {
      const row = await database.row('select t from lockstep.tenant where name = $1', name)
      if (row === undefined) return undefined
      t = numberOf(row[0])
    }
    await locate(name, t)
    const row = await database.of(t).row(
      `select s.records,
         (select json_agg(json_build_array(p.a, p.y, p.path, p.uniq, p.ready)) from lockstep.path p where p.t = $1)
       from lockstep.tenant_state s where s.t = $1`,
      t,
    )
    if (row === undefined) return undefined
    const paths = new Map<string, IndexPath>()
    for (const [a, y, path, unique, ready] of listOf(row[1]) as [number, string, string, boolean, boolean][]) {
      paths.set(pathKey(y, path), { pathNo: a, path, unique, ready })
    }
    return { t, name, records: numberOf(row[0]), paths }
  }

  function use(name: string): Tenant | undefined {
    const there = known.get(name)
    if (there !== undefined) there.used = now()
    return there?.tenant
  }

  /** Learns on which node of a cluster a tenant lives; of the nodes' catalogue alone, which every node has that can be connected to. */
  async function locate(name: string, t: number): Promise<void> {
    cluster ??= database.row(`select to_regclass('pg_dist_placement') is not null`).then((row) => row?.[0] === true)
    const is = await cluster.catch(() => {
      cluster = undefined
    })
    if (is !== true) return
    const node = await database
      .row(
        `select p.groupid from pg_dist_placement p
         where p.shardid = get_shard_id_for_distribution_column('lockstep.tenant_state'::regclass, $1::bigint)`,
        t,
      )
      // Not spread yet, or without a right to know: all nodes are one then.
      .catch(() => undefined)
    if (typeof node?.[0] !== 'number') return
    located.set(name, t)
    database.setNode(t, String(node[0]))
  }

  async function find(name: string): Promise<Tenant | undefined> {
    const there = use(name)
    if (there !== undefined) return there
    let under = loading.get(name)
    if (under === undefined) {
      under = load(name)
        .then((tenant) => {
          // What was forgotten while it was read may be old already.
          if (tenant !== undefined && loading.get(name) === under) known.set(name, { tenant, used: now() })
          if (tenant !== undefined) loaded(tenant)
          return tenant
        })
        .finally(() => {
          if (loading.get(name) === under) loading.delete(name)
        })
      loading.set(name, under)
    }
    return under
  }

  function forget(name: string): void {
    known.delete(name)
    loading.delete(name)
  }

  async function numbers({ t }: Tenant, count: number): Promise<readonly number[]> {
    const taken: number[] = []
    while (taken.length < count) {
      let block = blocks.get(t)
      if (block === undefined || block.next >= block.end) {
        const size = Math.max(BLOCK, count - taken.length)
        const row = await database
          .of(t)
          .row('update lockstep.tenant_state set next_k = next_k + $2 where t = $1 returning next_k - $2', t, size)
        // The tenant is gone: what is to be written will find out.
        if (row === undefined) return Array.from({ length: count }, (_, i) => i + 1)
        block = { next: numberOf(row[0]), end: numberOf(row[0]) + size }
        blocks.set(t, block)
      }
      while (taken.length < count && block.next < block.end) taken.push(block.next++)
    }
    return taken
  }

  return {
    find,
    known: use,
    nodeOf(name) {
      const t = located.get(name)
      return t === undefined ? undefined : database.nodeOf(t)
    },
    usedAt: (name) => known.get(name)?.used,
    renew(tenant, records) {
      const { name } = tenant
      const there = known.get(name)
      if (there?.tenant.records === tenant.records && tenant.records + 1 === records) {
        there.tenant = { ...tenant, records }
      } else {
        forget(name)
      }
    },
    forget,
    drop({ name, t }) {
      forget(name)
      located.delete(name)
      blocks.delete(t)
    },
    forgetAll() {
      known.clear()
      loading.clear()
    },
    numbers,
  }
}

/** The paths among those wanted that are not there yet, or not as they are to be from now on. */
export function missingPaths(tenant: Tenant, wanted: readonly WantedPath[]): readonly WantedPath[] {
  return wanted.filter(({ y, path, unique }) => {
    const there = tenant.paths.get(pathKey(y, path))
    return there === undefined || (there.unique && !unique)
  })
}

/**
 * Makes index paths within a transaction, and gives the tenant as it is from then on, with its count of changes; undefined when it is
 * gone. The tenant's row is locked before any path's, as everybody does who needs both.
 */
export async function makePaths(
  { rows }: Session,
  tenant: Tenant,
  missing: readonly WantedPath[],
): Promise<Tenant | undefined> {
  const { t } = tenant
  const [state] = await rows(
    `update lockstep.tenant_state set next_a = next_a + $2, records = records + 1 where t = $1
     returning next_a - $2, records`,
    t,
    missing.length,
  )
  if (state === undefined) return undefined
  let next = numberOf(state[0])
  const paths = new Map(tenant.paths)
  for (const { y, path, unique, ready } of missing) {
    const [row] = await rows(
      `insert into lockstep.path as p (t, a, y, path, uniq, ready) values ($1, $2, $3, $4, $5, $6)
       on conflict (t, y, path) do update set uniq = p.uniq and excluded.uniq returning p.a, p.uniq, p.ready`,
      t,
      next++,
      y,
      path,
      unique,
      ready,
    )
    if (row === undefined) continue
    paths.set(pathKey(y, path), { pathNo: numberOf(row[0]), path, unique: row[1] === true, ready: row[2] === true })
  }
  return { ...tenant, records: numberOf(state[1]), paths }
}

function listOf(value: unknown): readonly unknown[] {
  const list: unknown = typeof value === 'string' ? JSON.parse(value) : []
  return Array.isArray(list) ? list : []
}
