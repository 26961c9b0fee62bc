// The locks that writers of a tenant take, in one order for all, so that two of them never deadlock.

import { compareText } from '../../protocol/index.ts'

/** How strongly a row is locked, the stronger the greater. */
export type Lock = 1 | 2 | 3
/** Of a resource that is named as a member. */
export const KEY_SHARE: Lock = 1
/** Of a resource that is changed. */
export const NO_KEY_UPDATE: Lock = 2
/** Of a resource that is removed. */
export const UPDATE: Lock = 3

/** First key of the advisory lock of a tenant's records; any number, as long as it stays. */
const RECORDS_LOCK = 72_461
const COLUMNS = ['k', 'y', 'id', 'version', 'created', 'modified', 'display', 'entries']
const READ = `select ${COLUMNS.map((column) => `r.${column}`).join(', ')} from lockstep.resource r`
const STRENGTHS: { readonly [lock in Lock]: string } = { 1: 'key share', 2: 'no key update', 3: 'update' }

/** So many runs of rows that are locked alike are cheaper one by one, in one round trip, than in one statement for all. */
const RUNS = 12

/**
 * Resources by id, each with its own lock: tenant, ids, locks. One row after the other, in order of id, whatever the plan: each row is
 * looked up for the list, and the list is in order. Planning it costs more than running some of {@link lockAlike}.
 */
const LOCK_EACH = `select ${COLUMNS.map((column) => `coalesce(u.${column}, n.${column}, s.${column})`).join(', ')} from (
    select d.id collate "C" as id, d.lock from unnest($2::text[], $3::integer[]) d(id, lock) order by 1
  ) w
  left join lateral (${READ} where r.t = $1 and r.id = w.id and w.lock = 3 for update) u on true
  left join lateral (${READ} where r.t = $1 and r.id = w.id and w.lock = 2 for no key update) n on true
  left join lateral (${READ} where r.t = $1 and r.id = w.id and w.lock = 1 for key share) s on true
  where coalesce(u.k, n.k, s.k) is not null`

/** The ids of the groups that some resources are in: tenant, ids. */
export const GROUP_IDS = `select distinct e.id from lockstep.resource r join lockstep.member x on x.t = $1 and x.m = r.k
  join lockstep.resource e on e.t = $1 and e.k = x.g where r.t = $1 and r.id = any($2::text[])`

/** Resources that are to be removed and the groups they are in, locked alike and in order of id, in one statement: tenant, ids. */
export const LOCK_REMOVED = `${READ} where r.t = $1 and r.id = any(array(
    select unnest($2::text[]) union select e.id from lockstep.resource m join lockstep.member x on x.t = $1 and x.m = m.k
      join lockstep.resource e on e.t = $1 and e.k = x.g where m.t = $1 and m.id = any($2::text[])
  )) order by r.id for update`

/** Members and groups by row number, of some resources: tenant, ids. */
export const GROUPS = `select x.m, x.g from lockstep.resource r join lockstep.member x on x.t = $1 and x.m = r.k
  where r.t = $1 and r.id = any($2::text[]) order by x.g`

/**
 * Keeps others from writing a tenant's records, or its index paths: tenant. For records it is not the tenant's row: ids and values may
 * still be entered afterwards, and another transaction that has entered the same ones waits for that row.
 */
export const TENANT_LOCKS = {
  records: `select pg_advisory_xact_lock(${RECORDS_LOCK}, hashint8(s.t)) from lockstep.tenant_state s where s.t = $1`,
  paths: 'select 1 from lockstep.tenant_state s where s.t = $1 for no key update',
}

/** Resources by id, all locked alike: tenant, ids. */
export function lockAlike(lock: Lock): string {
  return `${READ} where r.t = $1 and r.id = any($2::text[]) order by r.id for ${STRENGTHS[lock]}`
}

/** Statements that read and lock resources by id, each as strongly as it needs, in order of id. */
export function lockStatements(tenantNo: number, locks: ReadonlyMap<string, Lock>) {
  const runs = runsOf(locks)
  if (runs.length <= RUNS) return runs.map(({ lock, ids }) => [lockAlike(lock), tenantNo, ids] as const)
  return [[LOCK_EACH, tenantNo, [...locks.keys()], [...locks.values()]] as const]
}

/** Ids in order, as runs of those that are locked alike. */
function runsOf(locks: ReadonlyMap<string, Lock>): readonly { readonly lock: Lock; readonly ids: string[] }[] {
  const runs: { readonly lock: Lock; readonly ids: string[] }[] = []
  for (const [id, lock] of [...locks].sort(([a], [b]) => compareText(a, b))) {
    const last = runs.at(-1)
    if (last?.lock === lock) last.ids.push(id)
    else runs.push({ lock, ids: [id] })
  }
  return runs
}
