// Deletes what removed tenants, removed index paths and expired items have left behind.

import { NEVER } from '../contract/index.ts'
import { numberOf } from '../sql/columns.ts'
import type { Database } from './database.ts'
import type { Session } from './session.ts'

/** Deletes garbage in the background, a little at a time. */
export interface GarbageCollector {
  /** Something was removed: looks for garbage soon. */
  readonly soon: () => void
  readonly close: () => Promise<void>
}

/** Rows in one portion. */
const ROWS = 1_000
/** Pauses between two portions, and when there was nothing to do. */
const PAUSE_MS = 20
const IDLE_MS = 60_000
/** Other processes may rely on a removed index path for this long. */
const NOTICED_MS = 5_000
/** A removed tenant is noted for this long, so that every process that looks finds it. */
const NOTED_MS = 5 * 60_000
/** Path number in the note of a removed tenant of which nothing is left. */
const SWEPT = -1

const PORTIONS: readonly string[] = [
  `delete from lockstep.member x where x.t = $1 and (x.g, x.m) in (
     select z.g, z.m from lockstep.member z where z.t = $1 limit ${ROWS})`,
  `delete from lockstep.value_index i where i.t = $1 and (i.a, i.v, i.x) in (
     select z.a, z.v, z.x from lockstep.value_index z where z.t = $1 limit ${ROWS})`,
  `delete from lockstep.resource r where r.t = $1 and r.k in (
     select z.k from lockstep.resource z where z.t = $1 limit ${ROWS})`,
  `delete from lockstep.change c where c.t = $1 and c.place in (
     select z.place from lockstep.change z where z.t = $1 order by z.place limit ${ROWS})`,
  `delete from lockstep.record r where r.t = $1 and (r.kind, r.key) in (
     select z.kind, z.key from lockstep.record z where z.t = $1 limit ${ROWS})`,
  `delete from lockstep.item i where i.t = $1 and (i.queue, i.key) in (
     select z.queue, z.key from lockstep.item z where z.t = $1 limit ${ROWS})`,
  'delete from lockstep.cursor c where c.t = $1',
  'delete from lockstep.lease l where l.t = $1',
  'delete from lockstep.counter c where c.t = $1',
  'delete from lockstep.path p where p.t = $1',
]
// Asked of the row again: a writer may put a new item in its place meanwhile, and only that condition sees it.
const EXPIRED = `delete from lockstep.item i where i.t = $1 and i.expires <= $2 and (i.queue, i.key) in (
  select z.queue, z.key from lockstep.item z where z.t = $1 and z.expires <= $2 and z.expires < ${NEVER} limit ${ROWS})`
const ENTRIES = `delete from lockstep.value_index i where i.t = $1 and i.a = $2 and (i.v, i.x) in (
  select z.v, z.x from lockstep.value_index z where z.t = $1 and z.a = $2 limit ${ROWS})`

/** Creates the collector of one process; several share the work without waiting for each other. */
export function createGarbageCollector(database: Database): GarbageCollector {
  const { environment } = database
  let cancel = () => {}
  let closed = false
  let running: Promise<void> | undefined

  function later(ms: number): void {
    if (closed) return
    cancel()
    const options = { background: true }
    cancel = environment.setTimer(ms, start, options)
  }

  function start(): void {
    running = collect(database)
      // Another time: nobody waits for it.
      .catch(() => false)
      .then((more) => {
        running = undefined
        later(more ? PAUSE_MS : IDLE_MS)
      })
  }

  // An earlier process may have stopped half-way.
  later(PAUSE_MS)
  return {
    soon: () => {
      if (running === undefined) later(PAUSE_MS)
    },
    async close() {
      closed = true
      cancel()
      await running
    },
  }
}

const NEXT = `select g.t, g.a, g.at from lockstep.gone g where g.a = 0 or (g.a > 0 and g.at < $1) or (g.a = ${SWEPT} and g.at < $2)
  order by g.at limit 1 for update skip locked`

/** Deletes one portion; false when there is nothing to do. */
async function collect(database: Database): Promise<boolean> {
  const now = database.environment.now()
  return (await database.session((session) => deleteGone(session, now))) || deleteExpired(database, now)
}

/** Deletes a portion of the oldest tenant or index path that is gone, in a transaction; false when there is none. */
async function deleteGone(session: Session, now: number): Promise<boolean> {
  const { rows } = session
  await session.begin()
  try {
    const [gone] = await rows(NEXT, now - NOTICED_MS, now - NOTED_MS)
    if (gone !== undefined) {
      const [tenantNo, pathNo, at] = [numberOf(gone[0]), numberOf(gone[1]), numberOf(gone[2])]
      if (!(await deletePortion(session, tenantNo, pathNo))) {
        if (pathNo === 0 && at >= now - NOTED_MS)
          await rows(`update lockstep.gone g set a = ${SWEPT} where g.t = $1 and g.a = 0`, tenantNo)
        else await rows('delete from lockstep.gone g where g.t = $1 and g.a = $2', tenantNo, pathNo)
      }
    }
    await session.commit()
    return gone !== undefined
  } catch (error) {
    await rows('rollback').catch(() => {})
    throw error
  }
}

/** Deletes some rows of a tenant or index path that is gone; false when there are none left. */
async function deletePortion({ rows }: Session, tenantNo: number, pathNo: number): Promise<boolean> {
  if (pathNo > 0) return (await rows(`${ENTRIES} returning 1`, tenantNo, pathNo)).length > 0
  for (const sql of PORTIONS) if ((await rows(`${sql} returning 1`, tenantNo)).length > 0) return true
  return false
}

/** Deletes some items of one tenant that have expired; false when there are none. */
async function deleteExpired(database: Database, now: number): Promise<boolean> {
  const sql = `select i.t from lockstep.item i where i.expires <= $1 and i.expires < ${NEVER} limit 1`
  const row = await database.row(sql, now)
  if (row === undefined) return false
  await database.rows(EXPIRED, numberOf(row[0]), now)
  return true
}
