// Writes items, cursors and leases, and cuts the log.

import {
  Conflict,
  type Cursor,
  checkTrim,
  type ItemDraft,
  type ItemKey,
  type LeaseKey,
  NEVER,
  type WorkWrite,
  type Write,
  type Written,
} from '../contract/index.ts'
import { DONE, NOTHING } from '../rules.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection, SqlValue } from './connection.ts'
import type { Counters } from './counters.ts'

/** Takes or gives back a lease, in a transaction of its own. `Written.version` is the epoch, 0 when another owner has it. */
export type LeaseWrite =
  | {
      readonly write: 'lease'
      readonly lease: LeaseKey
      readonly owner: string
      readonly ms: number
      readonly from: string | undefined
    }
  | { readonly write: 'release'; readonly lease: LeaseKey; readonly epoch: number }

/** What the writer of a database file carries out. */
export type AnyWrite = Write | LeaseWrite

/** What work is written with. */
export interface WorkDeps {
  readonly connection: Connection
  readonly counters: Counters
  /** Milliseconds since 1970: on the one machine of a database file, its clock is the database's. */
  readonly now: () => number
}

/** What is written of an item whose value is JSON text already. */
export interface TextItem extends ItemDraft {
  readonly valueText?: string
}

type ItemWrite = Extract<WorkWrite, { write: 'item' }>
type MarkWrite = Extract<WorkWrite, { write: 'mark' }>

const KEY = 't = ? and queue = ? and key = ?'
const INSERT = `insert or replace into lockstep_item (t, queue, key, tag, lane, due, state, mark, done, place, value, expires)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
const HELD = `state <> '' and due = ${NEVER}`
const MARK = `update lockstep_item set mark = iif(?1 < 0, mark + 1, max(mark, ?1)), place = max(place, ?2),
  state = iif(${HELD}, state, ?3), due = iif(${HELD}, due, min(due, ?4)),
  lane = iif(${HELD}, lane, iif(state = '' or mark <= done, ?5, min(lane, ?5)))
  where t = ?6 and queue = ?7 and key = ?8 and expires > ?9`
const FIELDS = ['tag', 'lane', 'due', 'state', 'mark', 'done', 'place', 'value', 'expires'] as const
/** What stays as it is in an item that was marked since. */
const UNLESS_MARKED: ReadonlySet<string> = new Set(['lane', 'due', 'state'])

/** Carries out one write of work; `at` is its position in its list, for a `Conflict`. */
export function applyWork(deps: WorkDeps, write: WorkWrite, tenantNo: number, at: number): Written {
  switch (write.write) {
    case 'item':
      return changeItem(deps, write, tenantNo, at)
    case 'mark':
      return markItem(deps, write, tenantNo)
    case 'cursor':
      return moveCursor(deps, write, tenantNo)
    case 'fence':
      return fence(deps, write, tenantNo, at)
    case 'trim':
      return trim(deps, write, tenantNo, at)
  }
}

/** Takes or gives back a lease. */
export function applyLease({ connection, now }: WorkDeps, write: LeaseWrite, tenantNo: number): Written {
  const { name } = write.lease
  if (write.write === 'release') {
    const sql = 'update lockstep_lease set owner = null where t = ? and name = ? and epoch = ?'
    connection.run(sql, tenantNo, name, write.epoch)
    return DONE
  }
  const moment = now()
  const { owner, ms, from = owner } = write
  const row = connection.change(
    `insert into lockstep_lease as l (t, name, owner, until, epoch, abandoned) values (?1, ?2, ?3, ?4, 1, 0)
     on conflict do update set owner = ?3, until = ?4, epoch = iif(l.owner is ?3, l.epoch, l.epoch + 1),
       abandoned = iif(l.owner is ?3, l.abandoned, l.owner is not null)
     where l.owner is null or l.owner = ?3 or l.owner = ?5 or l.until <= ?6
     returning epoch, abandoned`,
    tenantNo,
    name,
    owner,
    moment + ms,
    from,
    moment,
  )
  return row === undefined ? NOTHING : { ...DONE, version: numberOf(row[0]), modified: numberOf(row[1]) }
}

function changeItem(deps: WorkDeps, write: ItemWrite, tenantNo: number, at: number): Written {
  const { connection } = deps
  const { item, set, settles } = write
  const key = [tenantNo, item.queue, item.key] as const
  const moment = deps.now()
  if (write.ifAbsent === true || write.ifValue !== undefined) {
    const row = connection.row(`select value from lockstep_item where ${KEY} and expires > ?`, ...key, moment)
    if (write.ifAbsent === true && row !== undefined) throw new Conflict('exists', at, item.key)
    if (write.ifValue !== undefined && row?.[0] !== JSON.stringify(write.ifValue)) {
      throw new Conflict('missing', at, item.key)
    }
  }
  if (set === undefined) return removeItem(connection, key, settles, moment)
  if (updateItem(connection, key, set, settles, moment)) return DONE
  insertItem(connection, item, tenantNo, { ...set, done: Math.max(set.done ?? 0, settles ?? 0) })
  return DONE
}

function removeItem(
  connection: Connection,
  key: readonly [number, string, string],
  settles: number | undefined,
  moment: number,
): Written {
  const gone = connection.change(
    `delete from lockstep_item where ${KEY} and mark <= ? returning expires`,
    ...key,
    settles ?? NEVER,
  )
  if (gone !== undefined) return numberOf(gone[0]) > moment ? DONE : NOTHING
  if (settles === undefined) return NOTHING
  const sql = `update lockstep_item set done = max(done, ?) where ${KEY} and expires > ?`
  return connection.run(sql, settles, ...key, moment) > 0 ? DONE : NOTHING
}

/** Changes what a draft names; false when there is no such item. */
function updateItem(
  connection: Connection,
  key: readonly [number, string, string],
  set: ItemDraft,
  settles: number | undefined,
  moment: number,
): boolean {
  const changes: string[] = []
  const values: SqlValue[] = []
  for (const field of FIELDS) {
    const value = set[field]
    if (field === 'done' && settles !== undefined) {
      changes.push(value === undefined ? 'done = max(done, ?)' : 'done = max(?, ?)')
      values.push(...(value === undefined ? [settles] : [set.done ?? 0, settles]))
    } else if (value === undefined) {
    } else if (settles !== undefined && UNLESS_MARKED.has(field)) {
      changes.push(`${field} = iif(mark > ?, ${field}, ?)`)
      values.push(settles, value as number | string)
    } else {
      changes.push(`${field} = ?`)
      values.push(field === 'value' ? valueText(set) : (value as number | string))
    }
  }
  // Nothing is said, but whether it is there counts.
  if (changes.length === 0) changes.push('lane = lane')
  const sql = `update lockstep_item set ${changes.join(', ')} where ${KEY} and expires > ?`
  return connection.run(sql, ...values, ...key, moment) > 0
}

/** Makes an item, in the place of one that has expired. */
export function insertItem(
  connection: Connection,
  { queue, key }: Pick<ItemKey, 'queue' | 'key'>,
  tenantNo: number,
  set: ItemDraft,
): void {
  const { tag = '', lane = 0, due = NEVER, state = '', mark = 0, done = 0, place = 0, expires = NEVER } = set
  connection.run(INSERT, tenantNo, queue, key, tag, lane, due, state, mark, done, place, valueText(set), expires)
}

/** The value of a draft as it is stored. */
function valueText({ valueText, value = null }: TextItem): string {
  return valueText ?? JSON.stringify(value)
}

function markItem({ connection, now }: WorkDeps, write: MarkWrite, tenantNo: number): Written {
  const { item, lane, due, state, mark = -1, place = 0 } = write
  if (connection.run(MARK, mark, place, state, due, lane, tenantNo, item.queue, item.key, now()) > 0) return DONE
  const { tag = '', value = null } = write
  insertItem(connection, item, tenantNo, { lane, due, state, mark: mark < 0 ? 1 : mark, place, tag, value })
  return DONE
}

function moveCursor(deps: WorkDeps, write: Extract<WorkWrite, { write: 'cursor' }>, tenantNo: number): Written {
  const { connection, counters } = deps
  const { reader, place, paused = false } = write
  counters.readersMoved(tenantNo)
  if (place === undefined) {
    const gone = connection.run('delete from lockstep_cursor where t = ? and reader = ?', tenantNo, reader)
    return gone > 0 ? DONE : NOTHING
  }
  putCursor(deps, tenantNo, { reader, place, paused })
  return DONE
}

/** Puts a cursor as it is. */
export function putCursor(
  { connection, counters }: Pick<WorkDeps, 'connection' | 'counters'>,
  tenantNo: number,
  { reader, place, paused }: Omit<Cursor, 'tenant'>,
): void {
  counters.readersMoved(tenantNo)
  connection.run(
    `insert into lockstep_cursor (t, reader, place, paused) values (?, ?, ?, ?)
     on conflict do update set place = excluded.place, paused = excluded.paused`,
    tenantNo,
    reader,
    place,
    paused ? 1 : 0,
  )
}

function fence(
  { connection }: WorkDeps,
  write: Extract<WorkWrite, { write: 'fence' }>,
  tenantNo: number,
  at: number,
): Written {
  const { name } = write.lease
  const row = connection.row('select epoch from lockstep_lease where t = ? and name = ?', tenantNo, name)
  if (row?.[0] !== write.epoch) throw new Conflict('epoch', at, name)
  return NOTHING
}

function trim(deps: WorkDeps, write: Extract<WorkWrite, { write: 'trim' }>, tenantNo: number, at: number): Written {
  const { connection, counters } = deps
  const upTo = Math.min(write.upTo, counters.placeBefore(tenantNo))
  const slowest = connection.row(
    'select reader from lockstep_cursor where t = ? and place < ? order by place, reader limit 1',
    tenantNo,
    upTo,
  )
  if (slowest !== undefined) throw new Conflict('reader', at, textOf(slowest[0]))
  const cut = connection.row('select place from lockstep_cut where t = ?', tenantNo)
  const before = cut === undefined ? 0 : numberOf(cut[0])
  if (upTo <= before) return NOTHING
  checkTrim(upTo - before)
  connection.run(
    `insert into lockstep_cut (t, place, at)
     select ?1, ?2, ifnull(max(at), 0) from lockstep_change where t = ?1 and place <= ?2
     on conflict do update set place = excluded.place, at = max(at, excluded.at)`,
    tenantNo,
    upTo,
  )
  connection.run('delete from lockstep_change where t = ? and place <= ?', tenantNo, upTo)
  // The numbers of deleted lines are never used again, and processes that have not seen those lines drop all they cache of the tenant.
  counters.keepNumbers()
  counters.signal(write.tenant, true)
  return DONE
}
