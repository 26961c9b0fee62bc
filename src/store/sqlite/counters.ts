// Counts during a transaction what is written once at its end: resources, places of logs, signals.

import { numberOf } from '../sql/columns.ts'
import { type Blocks, countId, dropBlocks, flushBlocks } from './blocks.ts'
import type { Connection } from './connection.ts'

/**
 * What a transaction counts while it runs and writes once at its end: resources per type, ids per block, the last place
 * of each log. What a list of writes has counted can be taken back until the next list starts.
 */
export interface Counters {
  /** The last place of a tenant's log before the current list of writes. */
  readonly placeBefore: (tenantNo: number) => number
  /** Begins an empty log behind a place. */
  readonly startLog: (tenantNo: number, place: number) => void
  /** The place of the next log line of a tenant. */
  readonly nextPlace: (tenantNo: number) => number
  /** The number of the next log line of all. */
  readonly nextNumber: () => number
  readonly added: (tenantNo: number, typeNo: number, id: string) => void
  readonly removed: (tenantNo: number, typeNo: number, id: string) => void
  /** Readers of a tenant's log have moved, come or gone. */
  readonly readersMoved: (tenantNo: number) => void
  /** Makes sure that the numbers of log lines that are deleted are never used again. */
  readonly keepNumbers: () => void
  /** Records or paths of a tenant changed; `whole`: the tenant came or went. */
  readonly signal: (tenant: string, whole: boolean) => void
  /** Forgets a tenant that was removed. */
  readonly dropTenant: (tenantNo: number) => void
  /** Starts a transaction; `foreign`: another connection has written since the last one. */
  readonly begin: (foreign: boolean) => void
  /** Starts a list of writes. */
  readonly mark: () => void
  /** Takes back what the list has counted. */
  readonly undo: () => void
  /** Writes everything down; the COMMIT follows. */
  readonly flush: () => void
  /** After a transaction that has failed. */
  readonly forget: () => void
}

interface State {
  readonly connection: Connection
  /** The last place of each tenant's log. */
  readonly places: Map<number, number>
  readonly blocks: Blocks
  /** Tenants with a signal, and whether it is about the whole of them. */
  readonly signals: Map<string, boolean>
  /** What takes back what the current list has counted, in the order in which it was counted. */
  readonly undos: (() => void)[]
  /** Tenants whose log has grown. */
  readonly moved: Set<number>
  /** Tenants whose readers have moved. */
  readonly read: Set<number>
  /** The number of the last log line of all. */
  number: number
  /** Log lines of the current list. */
  lines: number
}

/** Moves a tenant's place on; if anything reads its log, it is behind now. */
const MOVE = 'update lockstep_tenant set place = ?, wake = iif(wake = 0, 1, wake) where t = ?'
const WAKE = `update lockstep_tenant set wake = (
  select max(x.place < lockstep_tenant.place) from lockstep_cursor x where x.t = lockstep_tenant.t and x.paused = 0) where t = ?`
const PLACE = 'select place from lockstep_tenant where t = ?'
/** The last place of the log of the whole database, which has no row in the table of tenants. */
export const PLACE_OF_ALL = `select max(ifnull((select max(place) from lockstep_change where t = 0), 0),
  ifnull((select place from lockstep_cut where t = 0), 0))`
const NUMBER = `select max(ifnull((select max(n) from lockstep_change), 0),
  ifnull((select value from lockstep_state where name = 'change'), 0))`
const KEEP_NUMBER = `insert into lockstep_state (name, value) values ('change', ?)
  on conflict do update set value = max(value, excluded.value)`
const SIGNAL = `insert into lockstep_signal (name, n, whole)
  select ?1, next, iif(?2, next, 0) from (select ifnull(max(n), 0) + 1 as next from lockstep_signal) where true
  on conflict do update set n = excluded.n, whole = max(excluded.whole, whole)`

/** Creates the counters of one writer. */
export function createCounters(connection: Connection): Counters {
  const state: State = {
    connection,
    places: new Map(),
    blocks: new Map(),
    signals: new Map(),
    undos: [],
    moved: new Set(),
    read: new Set(),
    number: 0,
    lines: 0,
  }
  const { blocks, undos } = state
  return {
    placeBefore: (tenantNo) => lastPlace(state, tenantNo) - state.lines,
    startLog: (tenantNo, place) => moveTo(state, tenantNo, place),
    nextPlace: (tenantNo) => moveTo(state, tenantNo, lastPlace(state, tenantNo) + 1),
    nextNumber() {
      state.number++
      state.lines++
      undos.push(() => state.number--)
      return state.number
    },
    added: (tenantNo, typeNo, id) => void undos.push(countId(state, tenantNo, typeNo, id, 1)),
    removed: (tenantNo, typeNo, id) => void undos.push(countId(state, tenantNo, typeNo, id, -1)),
    readersMoved: (tenantNo) => void state.read.add(tenantNo),
    keepNumbers: () => keepNumbers(state),
    signal: (tenant, whole) => signal(state, tenant, whole),
    dropTenant(tenantNo) {
      dropBlocks(blocks, tenantNo)
      state.places.delete(tenantNo)
      state.moved.delete(tenantNo)
      keepNumbers(state)
    },
    begin: (foreign) => begin(state, foreign),
    mark() {
      undos.length = 0
      state.lines = 0
    },
    undo() {
      for (const undo of undos.toReversed()) undo()
      undos.length = 0
    },
    flush: () => flush(state),
    forget() {
      forget(state)
      undos.length = 0
      state.number = 0
    },
  }
}

function begin(state: State, foreign: boolean): void {
  state.undos.length = 0
  state.moved.clear()
  state.read.clear()
  if (!foreign && state.number > 0) return
  forget(state)
  state.number = numberOf(state.connection.row(NUMBER)?.[0])
}

function forget({ places, blocks, signals }: State): void {
  places.clear()
  blocks.clear()
  signals.clear()
}

function lastPlace({ connection, places }: State, tenantNo: number): number {
  const known = places.get(tenantNo)
  if (known !== undefined) return known
  const place = numberOf((tenantNo === 0 ? connection.row(PLACE_OF_ALL) : connection.row(PLACE, tenantNo))?.[0])
  places.set(tenantNo, place)
  return place
}

/** Moves the last place of a tenant's log; returns it. */
function moveTo(state: State, tenantNo: number, place: number): number {
  const { places, moved, undos } = state
  const before = lastPlace(state, tenantNo)
  places.set(tenantNo, place)
  moved.add(tenantNo)
  undos.push(() => places.set(tenantNo, before))
  return place
}

function signal({ signals, undos }: State, tenant: string, whole: boolean): void {
  const before = signals.get(tenant)
  signals.set(tenant, whole || before === true)
  undos.push(() => {
    if (before === undefined) signals.delete(tenant)
    else signals.set(tenant, before)
  })
}

function keepNumbers({ connection, number }: State): void {
  connection.run(KEEP_NUMBER, number)
}

function flush({ connection, places, blocks, signals, undos, moved, read }: State): void {
  undos.length = 0
  for (const tenantNo of moved) {
    const place = places.get(tenantNo)
    if (place !== undefined) connection.run(MOVE, place, tenantNo)
  }
  moved.clear()
  for (const tenantNo of read) connection.run(WAKE, tenantNo)
  read.clear()
  flushBlocks(connection, blocks)
  for (const [tenant, whole] of signals) connection.run(SIGNAL, tenant, whole ? 1 : 0)
  signals.clear()
}
