import { type Member, type Ref, StoreUnavailable } from '../contract/index.ts'
import { numberOf, textOf } from './columns.ts'
import type { Database } from './database.ts'
import { isLost, isOutage, unavailable } from './faults.ts'
import type { Reads } from './read.ts'
import type { PooledSession, Session } from './session.ts'

/** Members in one chunk. */
const CHUNK = 1_000
/** So many are read in one statement, and no connection is held while somebody takes them. */
const AT_ONCE = 10_000
/** So many of a larger group are read ahead of whoever takes it: up to this size it holds no snapshot while he does. */
const AHEAD = 50_000
/** How long whoever takes a still larger group may pause between two portions: the snapshot keeps the server from tidying up. */
const PAUSE_MS = 60_000

const MEMBERS = `select x.m, r.id, r.y, r.display from lockstep.member x
  join lockstep.resource r on r.t = $1 and r.k = x.m
  where x.t = $1 and x.g = $2 and x.m > $3 order by x.m limit $4`

/** How groups larger than most share the connections. */
export interface Share {
  /** How many of them may be under way at a time, each with a connection of its own. */
  readonly streams: number
  /** How long the next one waits for its turn. */
  readonly patienceMs: number
  /** How many members are read ahead of whoever takes them; {@link AHEAD} unless told. */
  readonly ahead?: number
}

/**
 * Makes the reading of all members of a group as of one moment. A large group is read in a transaction that lasts until whoever
 * takes it has done so, and he may be slow: only some connections are given to that.
 */
export function createMembers(
  database: Database,
  reads: Pick<Reads, 'numberOf'>,
  { streams, patienceMs, ahead: most = AHEAD }: Share,
): (ref: Ref) => AsyncGenerator<readonly Member[]> {
  let under = 0
  const waiting = new Set<() => void>()

  async function takeTurn(): Promise<void> {
    if (under < streams) {
      under++
      return
    }
    await new Promise<void>((resolve, reject) => {
      const next = () => {
        clearTimeout(late)
        resolve()
      }
      const late = setTimeout(() => {
        waiting.delete(next)
        reject(new StoreUnavailable('Too many large groups are being read slowly at the same time', patienceMs))
      }, patienceMs)
      waiting.add(next)
    })
  }

  function giveTurn(): void {
    const [next] = waiting
    if (next === undefined) {
      under--
      return
    }
    waiting.delete(next)
    next()
  }

  return async function* members(ref) {
    const group = await reads.numberOf(ref)
    if (group === undefined) return
    const read = async (rows: Session['rows'], after: number, limit: number) => {
      const found = await rows(MEMBERS, group.tenantNo, group.rowNo, after, limit)
      const members = found.map(([, id, y, display]) => ({ id: textOf(id), type: textOf(y), display: textOf(display) }))
      return { members, last: numberOf(found.at(-1)?.[0] ?? after) }
    }
    const { members: first } = await read(database.of(group.tenantNo).rows, 0, AT_ONCE + 1)
    if (first.length <= AT_ONCE) {
      for (let at = 0; at < first.length; at += CHUNK) yield first.slice(at, at + CHUNK)
      return
    }
    await takeTurn()
    const portions = streamed(await database.of(group.tenantNo).hold().catch(giveBack), read)
    const ahead: (readonly Member[])[] = []
    let size = 0
    let turn = true
    /** Ends the transaction as soon as all is read, however long it takes to be taken. */
    const readOn = async () => {
      while (turn && size < most) {
        const next = await portions.next()
        if (next.done === true) {
          turn = false
          giveTurn()
          return
        }
        ahead.push(next.value)
        size += next.value.length
      }
    }
    try {
      for (;;) {
        await readOn()
        const chunk = ahead.shift()
        if (chunk === undefined) return
        size -= chunk.length
        yield chunk
      }
    } finally {
      await portions.return(undefined)
      if (turn) giveTurn()
    }
  }

  function giveBack(error: unknown): never {
    giveTurn()
    throw error
  }
}

async function* streamed(
  held: PooledSession,
  read: (
    rows: Session['rows'],
    after: number,
    limit: number,
  ) => Promise<{ readonly members: readonly Member[]; readonly last: number }>,
): AsyncGenerator<readonly Member[]> {
  let lost = true
  try {
    await held.rows('begin isolation level repeatable read read only')
    await held.rows(`set local idle_in_transaction_session_timeout = ${PAUSE_MS}`)
    for (let after = 0; ; ) {
      const { members, last } = await read(held.rows, after, CHUNK)
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
    // Also when nobody wants the rest.
    if (!lost)
      await held.rows('rollback').catch(() => {
        lost = true
      })
    held.release(lost)
  }
}
