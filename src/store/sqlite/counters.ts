import { compareText } from '../../protocol/index.ts'
import { type Connection, numberOf, textOf } from './connection.ts'

/**
 * What a transaction counts while it runs and writes once at its end: resources per type, ids per block, the last place
 * of each log. Each change can be taken back as long as its list of writes is not done.
 */
export interface Counters {
  /** The last place of a tenant's log before the list of writes under way. */
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
  /** Keeps the numbers of log lines that are deleted from coming again. */
  readonly keepNumbers: () => void
  /** Records or paths of a tenant changed; `whole`: the tenant came or went. */
  readonly signal: (tenant: string, whole: boolean) => void
  /** Forgets a tenant that is gone. */
  readonly dropTenant: (tenantNo: number) => void
  /** Starts a transaction; `foreign`: somebody else has written since the last one. */
  readonly begin: (foreign: boolean) => void
  /** Starts a list of writes. */
  readonly mark: () => void
  /** Takes back what the list has counted. */
  readonly undo: () => void
  /** Writes everything down; the COMMIT follows. */
  readonly flush: () => void
  /** After a transaction that did not come through. */
  readonly forget: () => void
}

/** Ids in a block, at most; a page by startIndex skips no more than these. */
const BLOCK = 2_048

/** What a log line says to readers of the log: that one is behind, if there are any. */
const MOVE = 'update lockstep_tenant set place = ?, wake = iif(wake = 0, 1, wake) where t = ?'
const WAKE = `update lockstep_tenant set wake = (
  select max(x.place < lockstep_tenant.place) from lockstep_cursor x where x.t = lockstep_tenant.t and x.paused = 0) where t = ?`

interface Blocks {
  readonly tenantNo: number
  readonly typeNo: number
  count: number
  /** First id of the last block. */
  last: string | undefined
  readonly deltas: Map<string, number>
}

/** Makes the kept counts of one transaction after the other. */
export function createCounters(connection: Connection): Counters {
  const places = new Map<number, number>()
  const blocks = new Map<string, Blocks>()
  const signals = new Map<string, boolean>()
  const undos: (() => void)[] = []
  let number = 0
  /** Lines of the list under way. */
  let lines = 0
  const moved = new Set<number>()
  const read = new Set<number>()

  function blocksOf(tenantNo: number, typeNo: number): Blocks {
    const key = `${tenantNo} ${typeNo}`
    let known = blocks.get(key)
    if (known === undefined) {
      const row = connection.row(
        'select first from lockstep_block where t = ? and y = ? order by first desc limit 1',
        tenantNo,
        typeNo,
      )
      known = { tenantNo, typeNo, count: 0, last: row === undefined ? undefined : textOf(row[0]), deltas: new Map() }
      blocks.set(key, known)
    }
    return known
  }

  function blockOf(of: Blocks, id: string): string {
    if (of.last === undefined) of.last = ''
    if (compareText(id, of.last) >= 0) return of.last
    const row = connection.row(
      'select first from lockstep_block where t = ? and y = ? and first <= ? order by first desc limit 1',
      of.tenantNo,
      of.typeNo,
      id,
    )
    return row === undefined ? '' : textOf(row[0])
  }

  function add(tenantNo: number, typeNo: number, id: string, by: 1 | -1): void {
    const of = blocksOf(tenantNo, typeNo)
    const first = blockOf(of, id)
    of.count += by
    of.deltas.set(first, (of.deltas.get(first) ?? 0) + by)
    undos.push(() => {
      of.count -= by
      of.deltas.set(first, (of.deltas.get(first) ?? 0) - by)
    })
  }

  function flushBlock(of: Blocks, first: string, delta: number): void {
    const row = connection.row(
      'select n from lockstep_block where t = ? and y = ? and first = ?',
      of.tenantNo,
      of.typeNo,
      first,
    )
    const n = (row === undefined ? 0 : numberOf(row[0])) + delta
    if (n <= 0 && first !== '') {
      connection.run('delete from lockstep_block where t = ? and y = ? and first = ?', of.tenantNo, of.typeNo, first)
      of.last = undefined
      blocks.delete(`${of.tenantNo} ${of.typeNo}`)
      return
    }
    // Ids that come in order fill the last block and open the next; elsewhere a full block is cut in half.
    const keep = first === of.last ? BLOCK : BLOCK / 2
    let start = first
    let left = n
    while (left > BLOCK) {
      const cut = connection.row(
        'select id from lockstep_resource where t = ? and y = ? and id >= ? order by id limit 1 offset ? + 0',
        of.tenantNo,
        of.typeNo,
        start,
        keep,
      )
      if (cut === undefined) break
      put(of, start, keep)
      start = textOf(cut[0])
      left -= keep
    }
    put(of, start, left)
    if (first === of.last) of.last = start
  }

  function put(of: Blocks, first: string, n: number): void {
    connection.run(
      'insert into lockstep_block (t, y, first, n) values (?, ?, ?, ?) on conflict do update set n = excluded.n',
      of.tenantNo,
      of.typeNo,
      first,
      n,
    )
  }

  function lastPlace(tenantNo: number): number {
    const known = places.get(tenantNo)
    if (known !== undefined) return known
    // The whole database has no row of its own.
    const sql =
      tenantNo === 0
        ? `select max(ifnull((select max(place) from lockstep_change where t = ?1), 0),
             ifnull((select place from lockstep_cut where t = ?1), 0))`
        : 'select place from lockstep_tenant where t = ?'
    const place = numberOf(connection.row(sql, tenantNo)?.[0])
    places.set(tenantNo, place)
    return place
  }

  function keepNumbers(): void {
    connection.run(
      `insert into lockstep_state (name, value) values ('change', ?) on conflict do update set value = max(value, excluded.value)`,
      number,
    )
  }

  return {
    placeBefore: (tenantNo) => lastPlace(tenantNo) - lines,
    startLog(tenantNo, place) {
      const before = lastPlace(tenantNo)
      places.set(tenantNo, place)
      moved.add(tenantNo)
      undos.push(() => places.set(tenantNo, before))
    },
    nextPlace(tenantNo) {
      const before = lastPlace(tenantNo)
      places.set(tenantNo, before + 1)
      moved.add(tenantNo)
      undos.push(() => places.set(tenantNo, before))
      return before + 1
    },
    readersMoved: (tenantNo) => void read.add(tenantNo),
    keepNumbers,
    nextNumber() {
      number++
      lines++
      undos.push(() => number--)
      return number
    },
    added: (tenantNo, typeNo, id) => add(tenantNo, typeNo, id, 1),
    removed: (tenantNo, typeNo, id) => add(tenantNo, typeNo, id, -1),
    signal(tenant, whole) {
      const before = signals.get(tenant)
      signals.set(tenant, whole || before === true)
      undos.push(() => {
        if (before === undefined) signals.delete(tenant)
        else signals.set(tenant, before)
      })
    },
    dropTenant(tenantNo) {
      for (const [key, of] of blocks) if (of.tenantNo === tenantNo) blocks.delete(key)
      places.delete(tenantNo)
      moved.delete(tenantNo)
      keepNumbers()
    },
    begin(foreign) {
      undos.length = 0
      moved.clear()
      read.clear()
      if (!foreign && number > 0) return
      places.clear()
      blocks.clear()
      signals.clear()
      const row = connection.row(
        `select max(ifnull((select max(n) from lockstep_change), 0), ifnull((select value from lockstep_state where name = 'change'), 0))`,
      )
      number = numberOf(row?.[0])
    },
    mark() {
      undos.length = 0
      lines = 0
    },
    undo() {
      for (const undo of undos.toReversed()) undo()
      undos.length = 0
    },
    flush() {
      undos.length = 0
      for (const tenantNo of moved) {
        const place = places.get(tenantNo)
        if (place !== undefined) connection.run(MOVE, place, tenantNo)
      }
      moved.clear()
      for (const tenantNo of read) connection.run(WAKE, tenantNo)
      read.clear()
      for (const of of [...blocks.values()]) {
        if (of.count !== 0) {
          connection.run(
            'insert into lockstep_counter (t, y, n) values (?, ?, ?) on conflict do update set n = n + excluded.n',
            of.tenantNo,
            of.typeNo,
            of.count,
          )
          of.count = 0
        }
        if (of.deltas.size === 0) continue
        for (const [first, delta] of of.deltas) if (delta !== 0) flushBlock(of, first, delta)
        of.deltas.clear()
      }
      for (const [tenant, whole] of signals) {
        connection.run(
          `insert into lockstep_signal (name, n, whole)
           select ?1, next, iif(?2, next, 0) from (select ifnull(max(n), 0) + 1 as next from lockstep_signal) where true
           on conflict do update set n = excluded.n, whole = max(excluded.whole, whole)`,
          tenant,
          whole ? 1 : 0,
        )
      }
      signals.clear()
    },
    forget() {
      places.clear()
      blocks.clear()
      signals.clear()
      undos.length = 0
      number = 0
    },
  }
}
