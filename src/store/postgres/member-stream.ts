// Streams all members of a group as of one moment, also of a group with a million.

import type { Member, MemberList, Ref } from '../contract/index.ts'
import { rowAfter } from '../list-pages.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Database } from './database.ts'
import { isLost, isOutage, unavailable } from './faults.ts'
import type { Reads } from './read.ts'
import type { PooledSession, Session } from './session.ts'
import { createShares, type Shares } from './shares.ts'

/** Members in one chunk. */
const CHUNK = 1_000
/** A group with at most so many members is read in one statement, and holds no connection while it is consumed. */
const AT_ONCE = 10_000
/** Members of a larger group that are read ahead of the consumer: up to this size it holds no snapshot meanwhile. */
const AHEAD = 50_000
/** How long the consumer of a still larger group may pause between two chunks: its snapshot keeps the server from vacuuming. */
const PAUSE_MS = 60_000

const MEMBERS = `select x.m, r.id, r.y, r.display from lockstep.member x
  join lockstep.resource r on r.t = $1 and r.k = x.m
  where x.t = $1 and x.g = $2 and x.m > $3 order by x.m limit $4`

/** How large groups share the connections. */
export interface StreamOptions {
  /** How many may be read at a time, each on a connection of its own. */
  readonly streams: number
  /** How long the next one waits for its turn. */
  readonly patienceMs: number
  /** How many members are read ahead of the consumer. */
  readonly ahead?: number | undefined
}

interface Group {
  readonly tenantNo: number
  readonly rowNo: number
}

/**
 * Creates the reading of all members of a group as of one moment. A large group is streamed inside a transaction that stays open until the
 * consumer finishes, and consumers can be slow: only some connections are given to that.
 */
export function createMembers(
  database: Database,
  reads: Pick<Reads, 'numberOf'>,
  { streams, patienceMs, ahead = AHEAD }: StreamOptions,
): (ref: Ref) => AsyncGenerator<readonly Member[]> {
  const turns = createShares({
    environment: database.environment,
    places: streams,
    each: streams,
    patienceMs,
    refusal: 'Too many large groups are being read slowly at the same time',
  })
  return async function* members(ref) {
    const group = await reads.numberOf(ref)
    if (group === undefined) return
    const { members: first } = await readMembers(database.of(group.tenantNo).rows, group, 0, AT_ONCE + 1)
    if (first.length > AT_ONCE) {
      yield* readAhead(database, turns, group, ahead)
      return
    }
    for (let at = 0; at < first.length; at += CHUNK) yield first.slice(at, at + CHUNK)
  }
}

/** Creates the reading of members page by page, in the same order. */
export function createMemberPages(
  database: Database,
  reads: Pick<Reads, 'numberOf'>,
): (ref: Ref, limit: number, after?: string) => Promise<MemberList> {
  return async (ref, limit, after) => {
    const group = await reads.numberOf(ref)
    if (group === undefined) return { members: [] }
    const { rows } = database.of(group.tenantNo)
    const { members, last } = await readMembers(rows, group, rowAfter(after), limit)
    return members.length < limit || limit === 0 ? { members } : { members, next: String(last) }
  }
}

/** Members from one row number on, and the last one's row number. */
async function readMembers(rows: Session['rows'], { tenantNo, rowNo }: Group, after: number, limit: number) {
  const found = await rows(MEMBERS, tenantNo, rowNo, after, limit)
  const members = found.map(([, id, type, display]) => ({
    id: textOf(id),
    type: textOf(type),
    display: textOf(display),
  }))
  return { members, last: numberOf(found.at(-1)?.[0] ?? after) }
}

/** Streams a large group, and ends its transaction as soon as the rest has been read, however long that takes to be consumed. */
async function* readAhead(
  database: Database,
  turns: Shares,
  group: Group,
  most: number,
): AsyncGenerator<readonly Member[]> {
  const giveBack = await turns.take('')
  const stream = streamInTransaction(database, group)
  const waiting: (readonly Member[])[] = []
  let size = 0
  let reading = true
  try {
    for (;;) {
      while (reading && size < most) {
        const next = await stream.next()
        if (next.done === true) {
          reading = false
          giveBack()
          break
        }
        waiting.push(next.value)
        size += next.value.length
      }
      const chunk = waiting.shift()
      if (chunk === undefined) return
      size -= chunk.length
      yield chunk
    }
  } finally {
    await stream.return(undefined)
    if (reading) giveBack()
  }
}

async function* streamInTransaction(database: Database, group: Group): AsyncGenerator<readonly Member[]> {
  const session: PooledSession = await database.of(group.tenantNo).hold()
  let lost = true
  try {
    await session.rows('begin isolation level repeatable read read only')
    await session.rows(`set local idle_in_transaction_session_timeout = ${PAUSE_MS}`)
    for (let after = 0; ; ) {
      const { members, last } = await readMembers(session.rows, group, after, CHUNK)
      if (members.length > 0) {
        lost = false
        yield members
        lost = true
      }
      if (members.length < CHUNK) break
      after = last
    }
    lost = false
  } catch (error) {
    throw isOutage(error) || isLost(error) ? unavailable(error) : error
  } finally {
    // Also when the consumer wants no more.
    if (!lost) {
      await session.rows('rollback').catch(() => {
        lost = true
      })
    }
    session.release(lost)
  }
}
