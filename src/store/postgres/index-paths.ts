// Index paths of a tenant's types: which of them writes need, and how they are made, marked and removed.

import type { Write } from '../contract/index.ts'
import { numberOf } from '../sql/columns.ts'
import type { IndexPath } from '../sql/scope.ts'
import { pathKey, type Tenant } from './dictionary.ts'
import type { Session } from './session.ts'
import { lockTenant, type UnitOfWork } from './unit-of-work.ts'

/** An index path that a write is about to use. */
export interface WantedPath {
  readonly type: string
  readonly path: string
  readonly unique: boolean
  /** Whether all resources of the type have their entries once this write is done. */
  readonly ready: boolean
}

/** The index paths that a tenant must have for these writes, among them those it has. */
export function wantedPaths(writes: readonly Write[], tenant: Tenant): readonly WantedPath[] {
  const wanted = new Map<string, WantedPath>()
  const add = (one: WantedPath) => wanted.set(pathKey(one.type, one.path), one)
  for (const write of writes) {
    switch (write.write) {
      case 'create':
      case 'update':
      case 'reindex': {
        const type = write.write === 'reindex' ? write.ref.type : write.draft.type
        for (const { path, unique = false } of write.index) {
          const other = wanted.get(pathKey(type, path))
          const ready = write.write !== 'reindex' && other?.ready !== false
          add({ type, path, unique: unique && other?.unique !== false, ready })
        }
        break
      }
      case 'indexed':
        if (write.as !== 'complete') break
        for (const path of write.paths) {
          if (!tenant.paths.has(pathKey(write.type, path))) add({ type: write.type, path, unique: false, ready: true })
        }
        break
      case 'load':
        for (const row of write.rows) {
          if (row.row === 'path') add({ type: row.type, path: row.path, unique: row.unique, ready: row.complete })
          if (row.row !== 'resource') continue
          // Whether it is unique and complete was in its own row; without one nothing is promised.
          for (const path of Object.keys(row.entries)) {
            const key = pathKey(row.type, path)
            if (!tenant.paths.has(key) && !wanted.has(key)) add({ type: row.type, path, unique: false, ready: false })
          }
        }
    }
  }
  return [...wanted.values()]
}

/** The wanted paths that don't exist yet, or that must stop being unique. */
export function missingPaths(tenant: Tenant, wanted: readonly WantedPath[]): readonly WantedPath[] {
  return wanted.filter(({ type, path, unique }) => {
    const known = tenant.paths.get(pathKey(type, path))
    return known === undefined || (known.unique && !unique)
  })
}

/**
 * Makes index paths within a transaction, and gives the tenant with them and with its count of changes; undefined when it is gone. The
 * tenant's row is locked before any path's, as in every transaction that needs both.
 */
export async function makePaths(
  { rows }: Session,
  tenant: Tenant,
  missing: readonly WantedPath[],
): Promise<Tenant | undefined> {
  const { tenantNo } = tenant
  const [state] = await rows(
    `update lockstep.tenant_state set next_a = next_a + $2, records = records + 1 where t = $1
     returning next_a - $2, records`,
    tenantNo,
    missing.length,
  )
  if (state === undefined) return undefined
  let next = numberOf(state[0])
  const paths = new Map<string, IndexPath>(tenant.paths)
  for (const { type, path, unique, ready } of missing) {
    const [row] = await rows(
      `insert into lockstep.path as p (t, a, y, path, uniq, ready) values ($1, $2, $3, $4, $5, $6)
       on conflict (t, y, path) do update set uniq = p.uniq and excluded.uniq returning p.a, p.uniq, p.ready`,
      tenantNo,
      next++,
      type,
      path,
      unique,
      ready,
    )
    if (row === undefined) continue
    paths.set(pathKey(type, path), { pathNo: numberOf(row[0]), path, unique: row[1] === true, ready: row[2] === true })
  }
  return { ...tenant, records: numberOf(state[1]), paths }
}

/** Marks index paths as complete or incomplete, empties them, or removes them. */
export async function changePaths(work: UnitOfWork, write: Extract<Write, { write: 'indexed' }>): Promise<void> {
  const { tenantNo } = work.tenant
  const { rows } = work.session
  const { type, paths, as } = write
  await lockTenant(work, 'paths')
  work.recordsChanged = true
  if (as === 'complete' || as === 'incomplete') {
    const sql = 'update lockstep.path set ready = $4 where t = $1 and y = $2 and path = any($3::text[])'
    await rows(sql, tenantNo, type, paths, as === 'complete')
    return
  }
  const sql = 'delete from lockstep.path where t = $1 and y = $2 and path = any($3::text[]) returning a'
  // Other processes may rely on the entries until they notice.
  const note = 'insert into lockstep.gone (t, a, at) values ($1, $2, $3) on conflict (t, a) do nothing'
  for (const [pathNo] of await rows(sql, tenantNo, type, paths)) {
    await rows(note, tenantNo, numberOf(pathNo), work.now)
  }
  if (as === 'gone') return
  const empty = paths.map((path) => ({ type, path, unique: true, ready: false }))
  await makePaths(work.session, work.tenant, empty)
  // A process that hasn't noticed yet may have made one in the same moment.
  await rows(
    'update lockstep.path set ready = false where t = $1 and y = $2 and path = any($3::text[])',
    tenantNo,
    type,
    paths,
  )
}
