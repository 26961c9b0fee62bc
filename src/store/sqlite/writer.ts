import { environment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import type { WholeChange, Written } from '../contract/index.ts'
import { type Connection, isOutage, numberOf, unavailable } from './connection.ts'
import { createCounters } from './counters.ts'
import type { Dictionary } from './dictionary.ts'
import { createGarbageCollector } from './garbage.ts'
import type { AnyWrite } from './work.ts'
import { applyWrite } from './write.ts'
import { createWriteDeps } from './write-deps.ts'

/** One caller's list of writes, all or none. */
export interface Job {
  readonly writes: readonly AnyWrite[]
  /** Runs in the transaction, with the log lines of this list; synchronous. */
  readonly inside?: ((changes: readonly WholeChange[]) => void) | undefined
}

/** What became of a list. */
export type Outcome = { readonly written: readonly Written[] } | { readonly error: unknown }

/** Writes lists of writes, many in one transaction. */
export interface Writer {
  /** One transaction for all, each list under a savepoint of its own; returns after the COMMIT, or after nothing was written. */
  readonly commit: (jobs: readonly Job[]) => readonly Outcome[]
  /** Deletes a portion of what tenants that are gone have left; false when nothing is left. For when there is time. */
  readonly sweep: () => boolean
}

/** How often emptying the log of writes ahead is tried at once, and how long each time. */
const SCRUBS = 10
const SCRUB_MS = 25

// While a transaction writes, its lock keeps everybody out who can see it.
const INTRUDED =
  'wrote to the database through another SQLite library, which does not see the lock of the transaction; write through the connection that the hook is given, or hand yours to sqliteStore({ database })'

/** Thrown when a list fails after it has written something that others in the transaction must not see. */
class Undone extends Error {}

/** The savepoint under which a function of the host runs. */
const HOOK = 'lockstep_hook'
const BROKEN =
  'ended the transaction that it was called in, by COMMIT or ROLLBACK, or by going on after an error that had SQLite roll back; leave these to Lockstep, and throw when nothing is to be kept'

/** Where a writer's transactions end up. */
export interface Ground {
  /** Throws when what is written would go where nobody reads it. */
  readonly require: () => void
  /** Has the log on disk, all of it; absent where each COMMIT alone can do that. */
  readonly sync?: (() => void) | undefined
  /** A number that changes when anybody has committed, this connection too; absent where there is no other to ask. */
  readonly seen?: (() => number) | undefined
  /** Milliseconds since 1970, for leases and what expires. */
  readonly now?: () => number
}

/** Makes the one who writes through a connection. */
export function createWriter(
  reader: Connection,
  dictionary: Dictionary,
  { require, sync, seen, now = environment.now }: Ground,
): Writer {
  /** Whether the list under way has changed a row. */
  let dirty = false
  const connection: Connection = {
    ...reader,
    run(sql, ...values) {
      const changed = reader.run(sql, ...values)
      if (changed > 0) dirty = true
      return changed
    },
    change(sql, ...values) {
      const row = reader.change(sql, ...values)
      if (row !== undefined) dirty = true
      return row
    },
    insert(sql, ...values) {
      dirty = true
      return reader.insert(sql, ...values)
    },
  }
  const counters = createCounters(reader)
  const garbage = createGarbageCollector(reader, now)
  const deps = createWriteDeps({ connection, dictionary, counters, garbage, lines: () => changes, now })
  // Other connections know the numbers that they have read; a new one is news to them.
  dictionary.whenMade((tenantNo) => {
    dirty = true
    counters.signal(dictionary.tenantName(tenantNo) ?? '', false)
  })
  let seenVersion = -1
  let scrubbing = false
  /** Log lines of the list under way, when somebody wants to see them. */
  let changes: WholeChange[] | undefined

  function commit(jobs: readonly Job[]): readonly Outcome[] {
    if (sync === undefined || jobs.filter(({ inside }) => inside !== undefined).length < 2) return transactions(jobs)
    // Many transactions, and one sync for all before anybody is answered.
    reader.run('pragma synchronous = normal')
    try {
      const outcomes = transactions(jobs)
      sync()
      return outcomes
    } catch (error) {
      return jobs.map(() => ({ error: unavailable(error) }))
    } finally {
      reader.run('pragma synchronous = full')
    }
  }

  function transactions(jobs: readonly Job[]): readonly Outcome[] {
    const outcomes: Outcome[] = []
    let together: Job[] = []
    for (const job of jobs) {
      if (job.inside === undefined) {
        together.push(job)
        continue
      }
      // What a host does in its transaction is nobody else's loss, and must not run twice: it has one for itself.
      outcomes.push(...transactAll(together), ...transact([job], false))
      together = []
    }
    outcomes.push(...transactAll(together))
    return outcomes
  }

  function transactAll(jobs: readonly Job[]): readonly Outcome[] {
    if (jobs.length === 0) return []
    try {
      // A savepoint for each list costs a copy of every page it changes. Few lists fail, and most of those before they have
      // written anything: so it goes without at first.
      return transact(jobs, false)
    } catch (error) {
      if (error instanceof Undone) return transact(jobs, true)
      throw error
    }
  }

  function transact(jobs: readonly Job[], savepoints: boolean): readonly Outcome[] {
    try {
      reader.run('begin immediate')
    } catch (error) {
      return jobs.map(() => ({ error: unavailable(error) }))
    }
    try {
      require()
      const version = reader.version()
      const foreign = version !== seenVersion
      seenVersion = version
      if (foreign) {
        dictionary.forget()
        garbage.look()
      }
      counters.begin(foreign)
      const outcomes = jobs.map((job) => runOne(job, jobs.length > 1, savepoints && jobs.length > 1))
      if (outcomes.some((outcome) => 'written' in outcome)) {
        counters.flush()
        reader.run('commit')
        // Only what is in the files that others will read is acknowledged.
        require()
        if (jobs.some(({ writes }) => writes.some(({ write }) => write === 'amend'))) scrub(SCRUBS)
      } else {
        counters.forget()
        reader.run('rollback')
      }
      return outcomes
    } catch (error) {
      // The transaction as a whole did not come through: nobody may believe otherwise.
      forgetAll()
      if (reader.inTransaction()) reader.run('rollback')
      if (error instanceof Undone) throw error
      return jobs.map(() => ({ error: isOutage(error) ? unavailable(error) : error }))
    }
  }

  /** Empties the log of writes ahead, where what was overwritten still stands; readers may be in the way, and then it is tried again later. */
  function scrub(tries: number): void {
    scrubbing = true
    try {
      const patience = numberOf(reader.row('pragma busy_timeout')?.[0])
      reader.row(`pragma busy_timeout = ${SCRUB_MS}`)
      for (let at = 0; at < tries && scrubbing; at++) {
        scrubbing = reader.row('pragma wal_checkpoint(truncate)')?.[0] === 1
      }
      reader.row(`pragma busy_timeout = ${patience}`)
    } catch {
      // The commit is done. It is tried again until it comes through.
    }
  }

  function runOne(job: Job, others: boolean, savepoint: boolean): Outcome {
    if (savepoint) reader.run('savepoint one')
    counters.mark()
    dirty = false
    changes = job.inside === undefined ? undefined : []
    try {
      const written = job.writes.map((write, at) => applyWrite(deps, write, at))
      if (job.inside !== undefined) runInside(job.inside, changes ?? [])
      if (savepoint) reader.run('release one')
      return { written }
    } catch (error) {
      // Some errors end the transaction by themselves, with the lists that came before.
      if (isOutage(error) || !reader.inTransaction()) throw error
      if (dirty && others && !savepoint) throw new Undone()
      counters.undo()
      if (dirty) dictionary.forget()
      if (savepoint) {
        reader.run('rollback to one')
        reader.run('release one')
      }
      return { error }
    } finally {
      changes = undefined
    }
  }

  /** Runs the host's function, and sees to it that the transaction is still the one it was called in. */
  function runInside(inside: NonNullable<Job['inside']>, lines: readonly WholeChange[]): void {
    // Whatever it does to the transaction, what is counted and what is written go together.
    counters.flush()
    reader.run(`savepoint ${HOOK}`)
    const before = seen?.()
    inside(lines)
    try {
      reader.run(`release ${HOOK}`)
    } catch (cause) {
      if (isOutage(cause)) throw cause
      if (reader.inTransaction()) reader.run('rollback')
      throw new ConfigError('hooks.commit', BROKEN, { cause })
    }
    if (seen?.() !== before) throw new ConfigError('hooks.commit', INTRUDED)
  }

  function forgetAll(): void {
    dictionary.forget()
    counters.forget()
    seenVersion = -1
  }

  return {
    commit,
    sweep() {
      if (scrubbing) scrub(1)
      return garbage.step()
    },
  }
}
