// Finds out what other connections have committed, and notifies the watchers.

import type { Environment } from '../../environment.ts'
import type { Affected } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Watchers } from '../watchers.ts'
import type { Connection, SqlRow } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import type { GroupsOf } from './groups.ts'
import type { ReadTransaction } from './read-transaction.ts'
import { touchOf } from './rows.ts'

/** Finds out what other connections have committed, and notifies the watchers. */
export interface ChangeWatch {
  /** Reads what was committed since the last time, if anything was; at most once in a turn of the event loop. */
  readonly poll: () => void
  /** Whether something was committed of which the watchers have not been notified. */
  readonly isBehind: () => boolean
  /** Reads what was committed in any case: after an own commit, when its caller has its answer. Does not throw. */
  readonly refresh: () => void
}

/** What it reads with, and what it keeps up to date besides the watchers. */
export interface ChangeWatchDeps {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly groupsOf: GroupsOf
  readonly transaction: ReadTransaction
  readonly watchers: Watchers
  readonly environment: Pick<Environment, 'afterTurn'>
}

/** How far commits have been read. */
interface Position {
  /** The number of the last log line of all tenants. */
  line: number
  /** The number of the last signal: a change of records, tenants or index paths. */
  signal: number
}

/** With more log lines than these since the last time, everything counts as affected. */
const LINES = 10_000

const LAST_LINE = 'select ifnull(max(n), 0) from lockstep_change'
const LAST_SIGNAL = 'select ifnull(max(n), 0) from lockstep_signal'
const SIGNALS = 'select name, n, whole from lockstep_signal where n > ? order by n'
const CHANGES = `select n, t, y, id, touch from lockstep_change where n > ? order by n limit ${LINES + 1}`

/** Creates the watch over what other connections commit. */
export function createChangeWatch(deps: ChangeWatchDeps): ChangeWatch {
  const { connection, transaction, watchers, environment } = deps
  const position: Position = { line: last(connection, LAST_LINE), signal: last(connection, LAST_SIGNAL) }
  let polled = false
  /** SQLite's `data_version` at the last time; undefined after a failure, so that the next poll reads in any case. */
  let version: number | undefined = connection.version()

  const nextTurn = () => {
    polled = false
  }

  function poll(): void {
    if (polled) return
    polled = true
    environment.afterTurn(nextTurn)
    const now = connection.version()
    if (now === version) return
    read()
    version = now
  }

  function read(): void {
    const before = { ...position }
    const affected: Affected[] = []
    try {
      readSignals(deps, position, affected)
      readChanges(deps, position, affected)
    } catch (error) {
      // No watcher was notified: the next poll begins where this one did.
      Object.assign(position, before)
      version = undefined
      polled = false
      throw error
    }
    watchers.notify(affected)
  }

  return {
    poll,
    isBehind: () => connection.version() !== version,
    refresh() {
      try {
        // What is read from now on, even in this turn, has to include the commit.
        transaction.end()
        read()
      } catch {
        // The commit is done and its caller has the answer. The next poll reads what it affected, or fails itself.
      }
    },
  }
}

function last(connection: Connection, sql: string): number {
  return numberOf(connection.row(sql)?.[0])
}

function readSignals(deps: ChangeWatchDeps, position: Position, affected: Affected[]): void {
  const { connection, dictionary, groupsOf } = deps
  const signals = connection.rows(SIGNALS, position.signal)
  if (signals.length === 0) return
  // Numbers of tenants, types and paths may have come or gone.
  dictionary.forget()
  groupsOf.forget(undefined)
  for (const [name, , whole] of signals) {
    const tenant = textOf(name)
    affected.push({ tenant, records: true })
    if (numberOf(whole) > position.signal) affected.push({ tenant, all: true })
  }
  position.signal = numberOf(signals.at(-1)?.[1])
}

function readChanges(deps: ChangeWatchDeps, position: Position, affected: Affected[]): void {
  const { connection, groupsOf, watchers } = deps
  if (!watchers.any()) {
    groupsOf.forget(undefined)
    position.line = Math.max(position.line, last(connection, LAST_LINE))
    return
  }
  const lines = connection.rows(CHANGES, position.line)
  if (lines.length > LINES) {
    position.line = last(connection, LAST_LINE)
    groupsOf.forget(undefined)
    affected.push({ everything: true })
    return
  }
  for (const line of lines) {
    position.line = numberOf(line[0])
    addAffected(deps, line, affected)
  }
}

/** Adds what one log line has affected. */
function addAffected({ dictionary, groupsOf }: ChangeWatchDeps, line: SqlRow, affected: Affected[]): void {
  const typeNo = numberOf(line[2])
  groupsOf.forget(typeNo)
  const tenant = dictionary.tenantName(numberOf(line[1]))
  if (tenant === undefined) return
  affected.push({ tenant, type: dictionary.typeName(typeNo), id: textOf(line[3]) })
  if (line[4] === null) return
  const touch = touchOf(line[4])
  if (touch === '*') affected.push({ tenant, all: true })
  else for (const [other, id] of touch) affected.push({ tenant, type: dictionary.typeName(other), id })
}
