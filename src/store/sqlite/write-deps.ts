// What every write works with, in one transaction of SQLite.

import { Conflict, type WholeChange } from '../contract/index.ts'
import { createAffected } from './affected.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Dictionary } from './dictionary.ts'
import type { GarbageCollector } from './garbage.ts'
import { createIndexEntries } from './index-entries.ts'
import { createLog } from './log.ts'
import { createFinder } from './members.ts'

/** The connection of a writer, with what it keeps from one write to the next. */
export interface Writing {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly counters: Counters
  readonly garbage: GarbageCollector
  /** Where the log lines of the current list are collected, if the caller wants to see them. */
  readonly lines: () => WholeChange[] | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What a write is carried out with. */
export type WriteDeps = ReturnType<typeof createWriteDeps>

/** Completes what the writes of one connection need. */
export function createWriteDeps(writing: Writing) {
  const { connection, dictionary, counters, lines } = writing
  return {
    ...writing,
    finder: createFinder(connection, dictionary),
    index: createIndexEntries(connection, dictionary),
    affected: createAffected(connection, dictionary),
    log: createLog(connection, counters, lines),
  }
}

/** The number of a tenant; `Conflict` missing when it does not exist, and for "", which is no tenant. */
export function requireTenant({ dictionary }: Writing, name: string, at: number): number {
  const tenantNo = name === '' ? undefined : dictionary.tenant(name)
  if (tenantNo === undefined) throw new Conflict('missing', at, 'tenant')
  return tenantNo
}
