// Logs the requests that an unavailable database could not answer: the first at once, the others counted.

import type { Report } from '../../provider/index.ts'
import { reasonOf } from '../../site/index.ts'
import type { Log } from './log.ts'

/** How long failures are counted before one line reports them. */
const COUNTED_MS = 5_000

/** The message of the first one, and of those that follow. */
export interface Words {
  readonly first: string
  readonly more: string
}

/** For requests that were told to retry although the database is well. */
export const BUSY: Words = {
  first: 'a request was told to retry: too many at the same time',
  more: 'requests were told to retry: too many at the same time',
}

/**
 * Creates the lines about requests that the database could not answer: the first of an outage with its stack, the others as one line
 * every few seconds that counts them. Each says why, in words. An outage is over once a whole interval has passed without a failure.
 */
export function createOutages(
  log: Log,
  of: Words | { readonly database: string },
  countedMs: number = COUNTED_MS,
): Report {
  let going = false
  let more = 0
  let reason = ''
  let writes = false

  function wait(): void {
    // A pending line must not keep the process alive.
    setTimeout(say, countedMs).unref()
  }

  function say(): void {
    going = more > 0
    if (!going) return
    const refused = `${more} ${more === 1 ? 'request' : 'requests'} refused in the last ${Math.round(countedMs / 1_000)} s`
    const what = 'more' in of ? of.more : `${verdict(writes)}: ${whereFails(reason, of.database)}`
    log.error({ requests: more, reason }, `${what}; ${refused}`)
    more = 0
    writes = false
    wait()
  }

  return ({ id, error, method }) => {
    reason = whyOf(error)
    writes ||= WRITING.has(method)
    if (going) {
      more++
      return
    }
    const where = writes && 'database' in of ? `: ${whereFails(reason, of.database)}` : ''
    log.error({ err: error, id, method, reason }, 'first' in of ? of.first : `${verdict(writes)}${where}`)
    going = true
    writes = false
    wait()
  }
}

const WRITING = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

function verdict(writes: boolean): string {
  return writes ? 'writes fail' : 'the database does not answer'
}

/** Why the database fails, in words. */
export function whyOf(error: unknown): string {
  return (error instanceof Error ? reasonOf(error) : messageOf(error)).replace(PREFIX, '')
}

/** The same with the database's name: `the disk is full (data/lockstep.db)`. */
export function whereFails(reason: string, database: string): string {
  return /^it\b/.test(reason) ? `${database}: ${reason}` : `${reason} (${database})`
}

const PREFIX = /^the database can't be used at the moment: /i

/** An error of a thread arrives as a plain object. */
function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
