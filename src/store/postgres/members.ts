import type { Member, Ref } from '../contract.ts'
import { type Database, numberOf, type Session, textOf } from './database.ts'
import { isLost, isOutage, unavailable } from './faults.ts'
import type { Reads } from './read.ts'

/** Members in one chunk. */
const CHUNK = 1_000
/** How long whoever takes a large group may pause between two chunks. */
const PAUSE_MS = 600_000

const MEMBERS = `select x.m, r.id, r.y, r.display from lockstep.member x
  join lockstep.resource r on r.t = $1 and r.k = x.m
  where x.t = $1 and x.g = $2 and x.m > $3 order by x.m limit $4`

/** All members of a group as of one moment. A small group is read at once; a large one in a read transaction of its own. */
export async function* streamMembers(database: Database, reads: Reads, ref: Ref): AsyncGenerator<readonly Member[]> {
  const group = await reads.numberOf(ref)
  if (group === undefined) return
  const read = async (rows: Session['rows'], after: number, limit: number) => {
    const found = await rows(MEMBERS, group.t, group.k, after, limit)
    const members = found.map(([, id, y, display]) => ({ id: textOf(id), type: textOf(y), display: textOf(display) }))
    return { members, last: numberOf(found.at(-1)?.[0] ?? after) }
  }
  const small = await read(database.rows, 0, CHUNK + 1)
  if (small.members.length <= CHUNK) {
    if (small.members.length > 0) yield small.members
    return
  }
  const held = await database.hold()
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
