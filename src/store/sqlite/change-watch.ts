import type { Affected } from '../contract/index.ts'
import type { Watchers } from '../watchers.ts'
import { type Connection, numberOf, textOf } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import type { GroupsOf } from './groups.ts'
import type { Turn } from './read-transaction.ts'
import { touchOf } from './rows.ts'

/** Notices what others have committed, and tells the watchers. */
export interface ChangeWatch {
  /** Looks, at most once a turn of the event loop. */
  readonly look: () => void
  /** Whether somebody has committed since the last look, of which the watchers have not heard. */
  readonly isLate: () => boolean
  /** Looks in any case: after an own commit, whose caller is answered. */
  readonly lookNow: () => void
}

/** What a changes reads with, and whose memory it has to keep true. */
export interface PulseGround {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly groupsOf: GroupsOf
  readonly turn: Turn
}

/** With more log lines than these since the last look, everything counts as affected. */
const LINES = 10_000

/** Makes the watch over what other connections commit. */
export function createChangeWatch(
  { connection, dictionary, groupsOf, turn }: PulseGround,
  watchers: Watchers,
): ChangeWatch {
  let looked = false
  /** As of the last look; undefined when it failed, so that the next one reads in any case. */
  let version: number | undefined = connection.version()
  let line = lastLine()
  let signal = lastSignal()

  function lastLine(): number {
    return numberOf(connection.row('select ifnull(max(n), 0) from lockstep_change')?.[0])
  }

  function lastSignal(): number {
    return numberOf(connection.row('select ifnull(max(n), 0) from lockstep_signal')?.[0])
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
    read()
    version = now
  }

  function read(): void {
    const before = { line, signal }
    let affected: readonly Affected[]
    try {
      affected = readTouched()
    } catch (error) {
      // Nobody has heard of it: the next look begins where this one did.
      ;({ line, signal } = before)
      version = undefined
      looked = false
      throw error
    }
    watchers.notify(affected)
  }

  function readTouched(): readonly Affected[] {
    const affected: Affected[] = []
    const signals = connection.rows('select name, n, whole from lockstep_signal where n > ? order by n', signal)
    if (signals.length > 0) {
      // Numbers of tenants, types and paths may have come or gone.
      dictionary.forget()
      groupsOf.refresh(undefined)
      for (const row of signals) {
        const tenant = textOf(row[0])
        affected.push({ tenant, records: true })
        if (numberOf(row[2]) > signal) affected.push({ tenant, all: true })
      }
      signal = numberOf(signals.at(-1)?.[1])
    }
    if (!watchers.any()) {
      groupsOf.refresh(undefined)
      line = Math.max(line, lastLine())
      return affected
    }
    const lines = connection.rows(
      `select n, t, y, id, touch from lockstep_change where n > ? order by n limit ${LINES + 1}`,
      line,
    )
    if (lines.length > LINES) {
      line = lastLine()
      groupsOf.refresh(undefined)
      affected.push({ everything: true })
    } else {
      for (const row of lines) {
        line = numberOf(row[0])
        groupsOf.refresh(numberOf(row[2]))
        const tenant = dictionary.tenantName(numberOf(row[1]))
        if (tenant === undefined) continue
        affected.push({ tenant, type: dictionary.typeName(numberOf(row[2])), id: textOf(row[3]) })
        if (row[4] === null) continue
        const touch = touchOf(row[4])
        if (touch === '*') affected.push({ tenant, all: true })
        else for (const [typeNo, id] of touch) affected.push({ tenant, type: dictionary.typeName(typeNo), id })
      }
    }
    return affected
  }

  return {
    look,
    isLate: () => connection.version() !== version,
    lookNow() {
      try {
        // What is read from now on, in this turn too, counts the commit.
        turn.end()
        read()
      } catch {
        // The commit is done, and its caller is answered. The next look says what it affected, or fails itself.
      }
    },
  }
}
