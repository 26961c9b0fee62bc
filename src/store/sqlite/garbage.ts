// Deletes the rows that removed tenants and index paths have left, in small portions.

import { NEVER } from '../contract/index.ts'
import { numberOf } from '../sql/columns.ts'
import { type Connection, isOutage } from './connection.ts'

/** Deletes the rows of removed tenants and index paths in small portions, so that no write waits long. */
export interface GarbageCollector {
  /** A tenant was removed. */
  readonly add: (tenantNo: number) => void
  /** An index path of a tenant was removed. */
  readonly addPath: (tenantNo: number, pathNo: number) => void
  /** An item was written that expires. */
  readonly expires: () => void
  /** Another process has written: it may have removed something, and have ended before all was deleted. */
  readonly recheck: () => void
  /** Deletes one more portion in a transaction of its own; false when nothing is left. */
  readonly collect: () => boolean
}

/** Resources, and rows of other tables, in one portion. */
const RESOURCES = 200
const ROWS = 2_000

const CHUNK = `select k from lockstep_resource where t = ? limit ${RESOURCES}`

/** The statements of a portion, in this order; a table is done when fewer rows are deleted than the limit. */
const PORTIONS: readonly (readonly [sql: string, rows: number])[] = [
  [
    `delete from lockstep_member where (g, m) in (select g, m from lockstep_member where g in (${CHUNK}) limit ${ROWS})`,
    ROWS,
  ],
  [
    `delete from lockstep_member where (g, m) in (select g, m from lockstep_member where m in (${CHUNK}) limit ${ROWS})`,
    ROWS,
  ],
  [`delete from lockstep_resource where k in (${CHUNK})`, RESOURCES],
  [
    `delete from lockstep_value_index where (t, a, v, k) in (select t, a, v, k from lockstep_value_index where t = ? limit ${ROWS})`,
    ROWS,
  ],
  [`delete from lockstep_change where n in (select n from lockstep_change where t = ? limit ${ROWS})`, ROWS],
  [
    `delete from lockstep_record where (t, kind, key) in (select t, kind, key from lockstep_record where t = ? limit ${ROWS})`,
    ROWS,
  ],
  [`delete from lockstep_item where i in (select i from lockstep_item where t = ? limit ${ROWS})`, ROWS],
  ['delete from lockstep_cursor where t = ?', Number.POSITIVE_INFINITY],
  ['delete from lockstep_lease where t = ?', Number.POSITIVE_INFINITY],
  ['delete from lockstep_cut where t = ?', Number.POSITIVE_INFINITY],
  ['delete from lockstep_block where t = ?', Number.POSITIVE_INFINITY],
  ['delete from lockstep_counter where t = ?', Number.POSITIVE_INFINITY],
  ['delete from lockstep_path where t = ?', Number.POSITIVE_INFINITY],
  ['delete from lockstep_gone_path where t = ?', Number.POSITIVE_INFINITY],
  ['delete from lockstep_gone where t = ?', Number.POSITIVE_INFINITY],
]
const ENTRIES = `delete from lockstep_value_index where t = ?1 and a = ?2 and (v, k) in (
  select v, k from lockstep_value_index where t = ?1 and a = ?2 limit ${ROWS})`

const EXPIRED = `delete from lockstep_item where i in (
  select i from lockstep_item where expires <= ? and expires < ${NEVER} limit ${ROWS})`
/** How long expired items may stay; nothing reads them any more. */
const EXPIRED_MS = 60_000

/** Creates the garbage collector of one database. */
export function createGarbageCollector(connection: Connection, now: () => number): GarbageCollector {
  // A process may have ended half-way.
  let left = true
  /** When expired items were looked for last. */
  let expired = Number.NEGATIVE_INFINITY

  function portion(tenantNo: number): void {
    for (const [sql, rows] of PORTIONS) {
      if (connection.run(sql, tenantNo) >= rows) return
    }
  }

  function pathPortion(tenantNo: number, pathNo: number): void {
    if (connection.run(ENTRIES, tenantNo, pathNo) < ROWS)
      connection.run('delete from lockstep_gone_path where a = ?', pathNo)
  }

  return {
    add(tenantNo) {
      connection.run('insert or ignore into lockstep_gone (t) values (?)', tenantNo)
      left = true
    },
    addPath(tenantNo, pathNo) {
      connection.run('insert or ignore into lockstep_gone_path (a, t) values (?, ?)', pathNo, tenantNo)
      left = true
    },
    expires() {
      if (now() - expired >= EXPIRED_MS) left = true
    },
    recheck() {
      left = true
    },
    collect() {
      if (!left) return false
      const tenant = connection.row('select t from lockstep_gone limit 1')
      const path = tenant === undefined ? connection.row('select t, a from lockstep_gone_path limit 1') : undefined
      const moment = now()
      const look = moment - expired >= EXPIRED_MS
      if (tenant === undefined && path === undefined && !look) {
        left = false
        return false
      }
      try {
        connection.run('begin immediate')
      } catch {
        // There is another write, perhaps on this very connection. Later.
        return false
      }
      try {
        if (tenant !== undefined) portion(numberOf(tenant[0]))
        if (path !== undefined) pathPortion(numberOf(path[0]), numberOf(path[1]))
        if (look && connection.run(EXPIRED, moment) < ROWS) expired = moment
        connection.run('commit')
      } catch (error) {
        if (connection.inTransaction()) connection.run('rollback')
        // Later: the rows are in no one's way.
        if (!isOutage(error)) throw error
        return false
      }
      return true
    },
  }
}
