import type { Touched } from '../contract.ts'
import { type Connection, numberOf, textOf } from './connection.ts'
import type { GroupsOf } from './groups.ts'
import type { Names } from './names.ts'
import { touchOf } from './rows.ts'
import type { Turn } from './turn.ts'

/** Notices what others have committed, and tells the watchers. */
export interface Pulse {
  /** Looks, at most once a turn of the event loop. */
  readonly look: () => void
  /** Whether somebody has committed since the last look, of which the watchers have not heard. */
  readonly isLate: () => boolean
  /** Looks in any case: after an own commit. */
  readonly lookNow: () => void
  readonly watch: (listener: (touched: readonly Touched[]) => void) => () => void
}

/** With more log lines than these since the last look, everything counts as touched. */
const LINES = 10_000

/** Makes the watch over what other connections commit. */
export function createPulse(connection: Connection, names: Names, groupsOf: GroupsOf, turn: Turn): Pulse {
  const listeners = new Set<(touched: readonly Touched[]) => void>()
  let looked = false
  let version = connection.version()
  let line = lastLine()
  let signal = lastSignal()

  function lastLine(): number {
    return numberOf(connection.row('select ifnull(max(n), 0) from change')?.[0])
  }

  function lastSignal(): number {
    return numberOf(connection.row('select ifnull(max(n), 0) from signal')?.[0])
  }

  const nextTurn = () => {
    looked = false
  }

  function look(): void {
    if (looked) return
    looked = true
    setImmediate(nextTurn)
    const now = connection.version()
    if (now === version) return
    version = now
    read()
  }

  function read(): void {
    const touched: Touched[] = []
    const signals = connection.rows('select name, n, whole from signal where n > ? order by n', signal)
    if (signals.length > 0) {
      // Numbers of tenants, types and paths may have come or gone.
      names.forget()
      groupsOf.touched(undefined)
      for (const row of signals) {
        const tenant = textOf(row[0])
        touched.push({ tenant, records: true })
        if (numberOf(row[2]) > signal) touched.push({ tenant, all: true })
      }
      signal = numberOf(signals.at(-1)?.[1])
    }
    if (listeners.size === 0) {
      groupsOf.touched(undefined)
      line = Math.max(line, lastLine())
      return
    }
    const lines = connection.rows(
      `select n, t, y, id, touch from change where n > ? order by n limit ${LINES + 1}`,
      line,
    )
    if (lines.length > LINES) {
      line = lastLine()
      groupsOf.touched(undefined)
      touched.push({ everything: true })
    } else {
      for (const row of lines) {
        line = numberOf(row[0])
        groupsOf.touched(numberOf(row[2]))
        const tenant = names.tenantName(numberOf(row[1]))
        if (tenant === undefined) continue
        touched.push({ tenant, type: names.typeName(numberOf(row[2])), id: textOf(row[3]) })
        if (row[4] === null) continue
        const touch = touchOf(row[4])
        if (touch === '*') touched.push({ tenant, all: true })
        else for (const [y, id] of touch) touched.push({ tenant, type: names.typeName(y), id })
      }
    }
    if (touched.length > 0) for (const listener of [...listeners]) listener(touched)
  }

  return {
    look,
    isLate: () => connection.version() !== version,
    lookNow() {
      // What is read from now on, in this turn too, counts the commit.
      turn.end()
      read()
    },
    watch(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
