// Writes lists of writes through one connection, many lists in one transaction.

import type { Environment } from '../../environment.ts'
import type { WholeChange, Within, Written } from '../contract/index.ts'
import { tenantOf } from '../rules.ts'
import { numberOf } from '../sql/columns.ts'
import { runHook } from './commit-hook.ts'
import { type Connection, isOutage, unavailable } from './connection.ts'
import { createCounters } from './counters.ts'
import type { Dictionary } from './dictionary.ts'
import { createGarbageCollector } from './garbage.ts'
import { createWithin } from './within.ts'
import type { AnyWrite } from './work.ts'
import { applyWrite } from './write.ts'
import { createWriteDeps, type WriteDeps } from './write-deps.ts'

/** One caller's list of writes, all or none. */
export interface Job {
  readonly writes: readonly AnyWrite[]
  /** Runs in the transaction, with the log lines of this list; synchronous. */
  readonly inside?: ((changes: readonly WholeChange[], within: Within) => void) | undefined
}

/** What became of a list. */
export type Outcome = { readonly written: readonly Written[] } | { readonly error: unknown }

/** Writes lists of writes, many in one transaction. */
export interface Writer {
  /** One transaction for all, each list under a savepoint of its own if need be; returns after the COMMIT, or when nothing was written. */
  readonly commit: (jobs: readonly Job[]) => readonly Outcome[]
  /** Deletes a portion of what removed tenants and index paths have left; false when nothing is left. Called when there is time. */
  readonly collectGarbage: () => boolean
}

/** Where a writer's transactions go. */
export interface WriterDeps {
  /** Throws when what is written would go to a file that no one reads. */
  readonly require: () => void
  /** Syncs the WAL to disk; absent where each COMMIT has to do that itself. */
  readonly sync?: (() => void) | undefined
  /** A number that changes with every commit, those of this connection too; absent where nothing else can commit. */
  readonly seen?: (() => number) | undefined
  /** Its time is that of leases and of what expires. */
  readonly environment: Pick<Environment, 'now'>
}

/** What is noted of the list that is being written. */
interface Current {
  /** Whether it has changed a row. */
  dirty: boolean
  /** Its log lines, if its caller wants to see them. */
  changes: WholeChange[] | undefined
}

/** A writer, with what it keeps from one transaction to the next. */
interface State {
  readonly target: WriterDeps
  readonly reader: Connection
  readonly writes: WriteDeps
  readonly current: Current
  /** SQLite's `data_version` as of the last transaction. */
  version: number
  /** Whether the WAL still holds what was overwritten in the database. */
  scrubbing: boolean
}

/** Thrown when a list fails after it has written something that others in the transaction must not see. */
class Undone extends Error {}

/** How often emptying the WAL is tried at once, and how long each time. */
const SCRUBS = 10
const SCRUB_MS = 25

/** Creates what writes through a connection. */
export function createWriter(reader: Connection, dictionary: Dictionary, target: WriterDeps): Writer {
  const { now } = target.environment
  const current: Current = { dirty: false, changes: undefined }
  const counters = createCounters(reader)
  const garbage = createGarbageCollector(reader, now)
  const connection = noticing(reader, current)
  const lines = () => current.changes
  const writes = createWriteDeps({ connection, dictionary, counters, garbage, lines, now })
  const state: State = { target, reader, writes, current, version: -1, scrubbing: false }
  // Other connections keep the numbers that they have read, and have to learn of new ones.
  dictionary.whenMade((tenantNo) => {
    current.dirty = true
    counters.signal(dictionary.tenantName(tenantNo) ?? '', false)
  })
  return {
    commit: (jobs) => commit(state, jobs),
    collectGarbage() {
      if (state.scrubbing) scrub(state, 1)
      return garbage.collect()
    },
  }
}

/** The same connection, noting whether a statement has changed a row. */
function noticing(connection: Connection, current: Current): Connection {
  return {
    ...connection,
    run(sql, ...values) {
      const changed = connection.run(sql, ...values)
      if (changed > 0) current.dirty = true
      return changed
    },
    change(sql, ...values) {
      const row = connection.change(sql, ...values)
      if (row !== undefined) current.dirty = true
      return row
    },
    insert(sql, ...values) {
      current.dirty = true
      return connection.insert(sql, ...values)
    },
  }
}

function commit(state: State, jobs: readonly Job[]): readonly Outcome[] {
  const { reader, target } = state
  const { sync } = target
  if (sync === undefined || jobs.filter(({ inside }) => inside !== undefined).length < 2)
    return transactions(state, jobs)
  // Many transactions, and one sync for all before any caller gets its answer.
  reader.run('pragma synchronous = normal')
  try {
    const outcomes = transactions(state, jobs)
    sync()
    return outcomes
  } catch (error) {
    return jobs.map(() => ({ error: unavailable(error) }))
  } finally {
    reader.run('pragma synchronous = full')
  }
}

function transactions(state: State, jobs: readonly Job[]): readonly Outcome[] {
  const outcomes: Outcome[] = []
  let together: Job[] = []
  for (const job of jobs) {
    if (job.inside === undefined) {
      together.push(job)
      continue
    }
    // A hook must not fail other callers' commits, and must not run twice: its list has a transaction of its own.
    outcomes.push(...transactAll(state, together), ...transact(state, [job], false))
    together = []
  }
  outcomes.push(...transactAll(state, together))
  return outcomes
}

function transactAll(state: State, jobs: readonly Job[]): readonly Outcome[] {
  if (jobs.length === 0) return []
  try {
    // A savepoint for each list costs a copy of every page it changes. Few lists fail, and most of those before they have
    // written anything, so the first try does without.
    return transact(state, jobs, false)
  } catch (error) {
    if (error instanceof Undone) return transact(state, jobs, true)
    throw error
  }
}

function transact(state: State, jobs: readonly Job[], savepoints: boolean): readonly Outcome[] {
  const { reader, target } = state
  const { counters } = state.writes
  try {
    reader.run('begin immediate')
  } catch (error) {
    return jobs.map(() => ({ error: unavailable(error) }))
  }
  try {
    target.require()
    begin(state)
    const outcomes = jobs.map((job) => runOne(state, job, jobs.length > 1, savepoints && jobs.length > 1))
    if (outcomes.some((outcome) => 'written' in outcome)) {
      counters.flush()
      reader.run('commit')
      // Only what is in the files that others will read is acknowledged.
      target.require()
      if (jobs.some(({ writes }) => writes.some(({ write }) => write === 'amend'))) scrub(state, SCRUBS)
    } else {
      counters.forget()
      reader.run('rollback')
    }
    return outcomes
  } catch (error) {
    // The transaction as a whole has failed, and nothing that was read in it may be relied on.
    state.writes.dictionary.forget()
    counters.forget()
    state.version = -1
    if (reader.inTransaction()) reader.run('rollback')
    if (error instanceof Undone) throw error
    return jobs.map(() => ({ error: isOutage(error) ? unavailable(error) : error }))
  }
}

/** Forgets what is kept in memory if another connection has committed since the last transaction. */
function begin(state: State): void {
  const { dictionary, garbage, counters } = state.writes
  const version = state.reader.version()
  const foreign = version !== state.version
  state.version = version
  if (foreign) {
    dictionary.forget()
    garbage.recheck()
  }
  counters.begin(foreign)
}

function runOne(state: State, job: Job, others: boolean, savepoint: boolean): Outcome {
  const { reader, writes, current, target } = state
  const { counters } = writes
  const { inside } = job
  if (savepoint) reader.run('savepoint one')
  counters.mark()
  current.dirty = false
  current.changes = job.inside === undefined ? undefined : []
  try {
    const written = job.writes.map((write, at) => applyWrite(writes, write, at))
    if (inside !== undefined) {
      // Whatever it does to the transaction, what is counted and what is written go together.
      counters.flush()
      const within = createWithin(writes, tenantOfJob(job))
      runHook(reader, (changes) => inside(changes, within), current.changes ?? [], target.seen)
    }
    if (savepoint) reader.run('release one')
    return { written }
  } catch (error) {
    // Some errors end the transaction by themselves, with the lists that came before.
    if (isOutage(error) || !reader.inTransaction()) throw error
    if (current.dirty && others && !savepoint) throw new Undone()
    counters.undo()
    if (current.dirty) writes.dictionary.forget()
    if (savepoint) {
      reader.run('rollback to one')
      reader.run('release one')
    }
    return { error }
  } finally {
    current.changes = undefined
  }
}

/** The tenant of a list of writes; leases have no functions inside. */
function tenantOfJob({ writes: [first] }: Job): string {
  return first === undefined || first.write === 'lease' || first.write === 'release' ? '' : tenantOf(first)
}

/** Empties the WAL, which still holds what was overwritten. Readers may prevent that; then it is tried again later. */
function scrub(state: State, tries: number): void {
  const { reader } = state
  state.scrubbing = true
  try {
    const patience = numberOf(reader.row('pragma busy_timeout')?.[0])
    reader.row(`pragma busy_timeout = ${SCRUB_MS}`)
    for (let at = 0; at < tries && state.scrubbing; at++) {
      state.scrubbing = reader.row('pragma wal_checkpoint(truncate)')?.[0] === 1
    }
    reader.row(`pragma busy_timeout = ${patience}`)
  } catch {
    // The commit is done; this is tried again until it succeeds.
  }
}
