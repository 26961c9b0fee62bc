import type { Report } from '../provider/index.ts'
import type { Log } from './log.ts'

/** How long the log counts what a database that is gone could not answer, before it says so in one line. */
const COUNTED_MS = 5_000

/** What the log says of the first of them, and of those that follow. */
export interface Words {
  readonly first: string
  readonly more: string
}

const OUTAGE: Words = { first: 'the database does not answer', more: 'the database still does not answer' }
/** Of requests that were told to come again although the database is well. */
export const BUSY: Words = {
  first: 'a request was told to come again: too much at the same time',
  more: 'requests were told to come again: too much at the same time',
}

/**
 * Makes what the log is told of requests that the database could not answer: the first of an outage with its stack, the
 * others as one line every few seconds. An outage is over when so long nothing came.
 */
export function createOutages(log: Log, { first, more: others }: Words = OUTAGE, countedMs = COUNTED_MS): Report {
  let going = false
  let more = 0
  let reason = ''

  function wait(): void {
    // Nothing ends later because of a line that is still to be written.
    setTimeout(say, countedMs).unref()
  }

  function say(): void {
    going = more > 0
    if (!going) return
    log.error({ requests: more, reason }, others)
    more = 0
    wait()
  }

  return ({ id, error, method }) => {
    if (going) {
      more++
      reason = messageOf(error)
      return
    }
    log.error({ err: error, id, method }, first)
    going = true
    wait()
  }
}

/** Errors of threads arrive as what could travel of them. */
function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
