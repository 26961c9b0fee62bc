// The reading half of a SQLite store: every read includes what others have committed by then.

import type { Environment } from '../../environment.ts'
import type { ReadHalf, Store } from '../contract/index.ts'
import { createBatchedGet } from './batched-get.ts'
import type { ChangeWatch } from './change-watch.ts'
import { type Connection, isOutage, unavailable } from './connection.ts'
import type { Dictionary } from './dictionary.ts'
import { exportRows } from './export.ts'
import type { Finds } from './find.ts'
import type { LookUps } from './look-up.ts'
import { streamMembers } from './member-stream.ts'
import type { Reads } from './read.ts'
import type { ReadTransaction } from './read-transaction.ts'

/** Runs reads, each after a poll for what others have committed. */
export interface Reading {
  /** Throws StoreUnavailable when the database cannot be read. */
  readonly now: <T>(read: () => T) => T
  readonly promised: <T>(read: () => T) => Promise<T>
}

/** What the reading half of a store is made of. */
export interface ReadHalfDeps {
  readonly connection: Connection
  /** Opens one more connection, for reads as of one moment that take longer than a turn; absent where there can be only one. */
  readonly another: (() => Connection) | undefined
  readonly dictionary: Dictionary
  readonly reads: Reads
  readonly finds: Finds
  readonly lookUp: LookUps
  readonly watch: ChangeWatch
  readonly reading: Reading
  /** Whether the reads of one turn are as of one moment, so that they can be done together at its end. */
  readonly batched: boolean
  readonly environment: Pick<Environment, 'afterTurn'>
}

type SqliteReads = ReadHalf &
  Required<Pick<Store, 'lookUp'>> & {
    /** Closes the connections that it has opened. */
    readonly closeIdle: () => void
  }

/** Connections for long reads that are kept open for the next one. */
const IDLE = 2

/** Creates what runs reads. */
export function createReading(watch: ChangeWatch, transaction: ReadTransaction): Reading {
  function now<T>(read: () => T): T {
    try {
      watch.poll()
      // Not in the poll itself: what is answered from memory needs no transaction.
      transaction.begin()
      return read()
    } catch (error) {
      throw isOutage(error) ? unavailable(error) : error
    }
  }
  return {
    now,
    promised(read) {
      try {
        return Promise.resolve(now(read))
      } catch (error) {
        return Promise.reject(error)
      }
    },
  }
}

/** Creates the reading half of a store. */
export function createReadHalf(deps: ReadHalfDeps): SqliteReads {
  const { connection, another, dictionary, reads, finds, lookUp, watch } = deps
  const { now, promised } = deps.reading
  const idle: Connection[] = []
  return {
    get: deps.batched
      ? createBatchedGet(reads, now, deps.environment)
      : (ref, options) => promised(() => reads.get(ref, options?.groups === true)),
    secret: (ref) => promised(() => reads.secret(ref)),
    find: (query) => promised(() => finds.find(query)),
    weigh: (query) => now(() => finds.weigh(query)),
    lookUp(query, atMost, known) {
      const found = now(() => lookUp(query, atMost, known))
      // Numbers may be out of date until the watchers are notified.
      return watch.isBehind() ? undefined : found
    },
    names: (tenant, ids) => promised(() => reads.names(tenant, ids)),
    async *members(ref) {
      watch.poll()
      const groupNo = reads.numberOf(ref)
      if (groupNo === undefined) return
      const open = another && (() => idle.pop() ?? another())
      yield* streamMembers(connection, dictionary, groupNo, open, (done) => {
        if (idle.length < IDLE && connection.isOpen()) idle.push(done)
        else done.close()
      })
    },
    memberPage: (ref, limit, after) => promised(() => reads.memberPage(ref, limit, after)),
    membersAmong: (ref, ids) => promised(() => reads.membersAmong(ref, ids)),
    memberCount: (ref, atMost) => promised(() => reads.memberCount(ref, atMost)),
    holders: (tenant, type, entry, limit, after = '') =>
      promised(() => reads.holders(tenant, type, entry, limit, after)),
    changes: (tenant, after, limit) => promised(() => reads.changes(tenant, after, limit)),
    records: (tenant, kind, where) => promised(() => reads.records(tenant, kind, where)),
    exportTenant: (tenant, after) => exportTenant(deps, tenant, after),
    tenants: (where) => promised(() => reads.tenants(where)),
    tenant: (name) => promised(() => reads.tenant(name)),
    closeIdle() {
      for (const one of idle.splice(0)) one.close()
    },
  }
}

async function* exportTenant(
  { connection, another }: ReadHalfDeps,
  ...[tenant, after]: Parameters<Store['exportTenant']>
): ReturnType<Store['exportTenant']> {
  // With a single connection, reading everything at once is the only way to read as of one moment.
  if (another === undefined) {
    yield* [...exportRows(connection, tenant, after)]
    return
  }
  const own = another()
  try {
    own.run('begin')
    yield* exportRows(own, tenant, after)
  } finally {
    own.close()
  }
}
