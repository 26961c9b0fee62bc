// What a process knows of tenants: their numbers, index paths and nodes, kept until another process changes them.

import { numberOf } from '../sql/columns.ts'
import type { IndexPath } from '../sql/scope.ts'
import type { Database } from './database.ts'
import { createRowNumbers } from './row-numbers.ts'
import { nodeOfTenant } from './tenant-node.ts'

/** What a process knows of a tenant until it changes. */
export interface Tenant {
  readonly tenantNo: number
  readonly name: string
  /** The count of changes of its records and paths when it was read. */
  readonly records: number
  readonly paths: ReadonlyMap<string, IndexPath>
}

/** Tenants by name, kept in memory. */
export interface Dictionary {
  /** "" is the whole database. */
  readonly find: (name: string) => Promise<Tenant | undefined>
  /** The same, if nothing has to be read for it. */
  readonly known: (name: string) => Tenant | undefined
  /** Takes over what a transaction of this process has made of a tenant, unless another process has changed it meanwhile. */
  readonly renew: (tenant: Tenant, records: number) => void
  readonly forget: (name: string) => void
  /** Forgets a tenant that is unused or gone, with the row numbers that were taken for it. */
  readonly drop: (tenant: Pick<Tenant, 'name' | 'tenantNo'>) => void
  readonly forgetAll: () => void
  /** The node of a cluster that a tenant lives on, as far as it is known; undefined where there is only one. */
  readonly nodeOf: (name: string) => string | undefined
  /** When the tenant was last used; undefined when nothing is known of it. */
  readonly usedAt: (name: string) => number | undefined
  /** Numbers for new resources, from a block of this process. */
  readonly rowNumbers: (tenant: Tenant, count: number) => Promise<readonly number[]>
}

/** How a path is kept under its type. */
export function pathKey(type: string, path: string): string {
  return `${type} ${path}`
}

/** Creates the dictionary of one process. `loaded` is called with each tenant that was read. */
export function createDictionary(database: Database, loaded: (tenant: Tenant) => void): Dictionary {
  const { now } = database.environment
  const known = new Map<string, { tenant: Tenant; used: number }>()
  const loading = new Map<string, Promise<Tenant | undefined>>()
  /** Numbers of the tenants whose node is known; kept when everything else of a tenant is forgotten. */
  const located = new Map<string, number>()
  const rowNumbers = createRowNumbers(database)

  function use(name: string): Tenant | undefined {
    const one = known.get(name)
    if (one !== undefined) one.used = now()
    return one?.tenant
  }

  async function load(name: string): Promise<Tenant | undefined> {
    const tenantNo = await numberOfTenant(database, name)
    if (tenantNo === undefined) return undefined
    const node = await nodeOfTenant(database, tenantNo)
    if (node !== undefined) {
      located.set(name, tenantNo)
      database.setNode(tenantNo, node)
    }
    return readTenant(database, name, tenantNo)
  }

  function find(name: string): Promise<Tenant | undefined> {
    const there = use(name)
    if (there !== undefined) return Promise.resolve(there)
    const underWay = loading.get(name)
    if (underWay !== undefined) return underWay
    const reading: Promise<Tenant | undefined> = load(name)
      .then((tenant) => {
        // What was forgotten while it was read may be out of date already.
        if (tenant !== undefined && loading.get(name) === reading) known.set(name, { tenant, used: now() })
        if (tenant !== undefined) loaded(tenant)
        return tenant
      })
      .finally(() => {
        if (loading.get(name) === reading) loading.delete(name)
      })
    loading.set(name, reading)
    return reading
  }

  function forget(name: string): void {
    known.delete(name)
    loading.delete(name)
  }

  return {
    find,
    known: use,
    nodeOf(name) {
      const tenantNo = located.get(name)
      return tenantNo === undefined ? undefined : database.nodeOf(tenantNo)
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
    drop({ name, tenantNo }) {
      forget(name)
      located.delete(name)
      rowNumbers.forget(tenantNo)
    },
    forgetAll() {
      known.clear()
      loading.clear()
    },
    rowNumbers: ({ tenantNo }, count) => rowNumbers.take(tenantNo, count),
  }
}

async function numberOfTenant(database: Database, name: string): Promise<number | undefined> {
  if (name === '') return 0
  const row = await database.row('select t from lockstep.tenant where name = $1', name)
  return row === undefined ? undefined : numberOf(row[0])
}

async function readTenant(database: Database, name: string, tenantNo: number): Promise<Tenant | undefined> {
  const row = await database.of(tenantNo).row(
    `select s.records,
       (select json_agg(json_build_array(p.a, p.y, p.path, p.uniq, p.ready)) from lockstep.path p where p.t = $1)
     from lockstep.tenant_state s where s.t = $1`,
    tenantNo,
  )
  if (row === undefined) return undefined
  const paths = new Map<string, IndexPath>()
  for (const [pathNo, type, path, unique, ready] of listOf(row[1]) as [number, string, string, boolean, boolean][]) {
    paths.set(pathKey(type, path), { pathNo, path, unique, ready })
  }
  return { tenantNo, name, records: numberOf(row[0]), paths }
}

function listOf(value: unknown): readonly unknown[] {
  const list: unknown = typeof value === 'string' ? JSON.parse(value) : []
  return Array.isArray(list) ? list : []
}
