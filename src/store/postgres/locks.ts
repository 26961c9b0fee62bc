import { compareText } from '../../protocol/index.ts'

/** How strongly a row is locked, the stronger the greater. */
export type Lock = 1 | 2 | 3
/** Of who is named as a member. */
export const KEY_SHARE: Lock = 1
/** Of who is changed. */
export const NO_KEY_UPDATE: Lock = 2
/** Of who is removed. */
export const UPDATE: Lock = 3

/** First key of the advisory lock of a tenant's records; any number, as long as it stays. */
const RECORDS_LOCK = 72_461
const COLUMNS = ['k', 'y', 'id', 'version', 'created', 'modified', 'display', 'entries']
const READ = `select ${COLUMNS.map((column) => `r.${column}`).join(', ')} from lockstep.resource r`
const STRENGTHS: { readonly [lock in Lock]: string } = { 1: 'key share', 2: 'no key update', 3: 'update' }

/**
 * Resources by id, each with its own lock: tenant, ids, locks. One row after the other, in order of id, whatever the plan: each row is
 * looked up for the list, and the list is in order. To plan it costs more than to run some of {@link lockAlike}.
 */
export const LOCK = `select ${COLUMNS.map((column) => `coalesce(u.${column}, n.${column}, s.${column})`).join(', ')} from (
    select d.id collate "C" as id, d.lock from unnest($2::text[], $3::integer[]) d(id, lock) order by 1
  ) w
  left join lateral (${READ} where r.t = $1 and r.id = w.id and w.lock = 3 for update) u on true
  left join lateral (${READ} where r.t = $1 and r.id = w.id and w.lock = 2 for no key update) n on true
  left join lateral (${READ} where r.t = $1 and r.id = w.id and w.lock = 1 for key share) s on true
  where coalesce(u.k, n.k, s.k) is not null`
/** The ids of the groups that some resources are in: tenant, ids. */
export const GROUP_IDS = `select distinct e.id from lockstep.resource r join lockstep.member x on x.t = $1 and x.m = r.k
  join lockstep.resource e on e.t = $1 and e.k = x.g where r.t = $1 and r.id = any($2::text[])`
/**
 * Keeps others from writing a tenant's records, or its index paths: tenant. Not by the tenant's row for records: ids and values may
 * still be entered, and whoever has entered the same waits for that row.
 */
export const OWN = {
  records: `select pg_advisory_xact_lock(${RECORDS_LOCK}, hashint8(s.t)) from lockstep.tenant_state s where s.t = $1`,
  paths: 'select 1 from lockstep.tenant_state s where s.t = $1 for no key update',
}
/** Who of some resources is in which group: tenant, ids. */
export const GROUPS = `select x.m, x.g from lockstep.resource r join lockstep.member x on x.t = $1 and x.m = r.k
  where r.t = $1 and r.id = any($2::text[]) order by x.g`

/** Resources by id, all locked alike: tenant, ids. */
export function lockAlike(lock: Lock): string {
  return `${READ} where r.t = $1 and r.id = any($2::text[]) order by r.id for ${STRENGTHS[lock]}`
}

/** Ids in order, as runs of those that are locked alike. */
export function runsOf(locks: ReadonlyMap<string, Lock>): readonly { readonly lock: Lock; readonly ids: string[] }[] {
  const runs: { readonly lock: Lock; readonly ids: string[] }[] = []
  for (const [id, lock] of [...locks].sort(([a], [b]) => compareText(a, b))) {
    const last = runs.at(-1)
    if (last?.lock === lock) last.ids.push(id)
    else runs.push({ lock, ids: [id] })
  }
  return runs
}
