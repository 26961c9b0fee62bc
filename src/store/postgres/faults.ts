import { LockstepError } from '../../protocol/index.ts'
import { StoreUnavailable } from '../contract/index.ts'

/**
 * Conditions of the server that pass: connection, credentials that are being changed, a database that is being put back, resources,
 * operator's intervention, system, a lock or statement that took too long.
 */
const PASSING = /^(08|28|53|57|58)|^(3D000|25006|25P02|25P03|55P03|40001|40P01|XX000|XX001)$/
/** Two transactions in each other's way: another try may do. */
const COLLIDED = new Set(['40001', '40P01'])
/** Somebody else was quicker with a unique value, an id, a path. */
const TAKEN = '23505'
/** Where Citus passes on, as XX000, what a shard said to rows that were copied to it. */
const COPYING = 'ReportCopyError'
/** The server has neither begun nor done anything. */
const REFUSED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'])

/** The SQLSTATE of an error, or the code of a network error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

// Each state has a digit; EPIPE and the like, as long and in capitals too, have none.
function isSqlState(code: string): boolean {
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(code)
}

/** Whether an error came from the state of the server or the way to it, not from what was asked. */
export function isOutage(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true
  // Codes of our own, ERR_CONFIG for instance, begin as those of sockets do: what they tell of doesn't pass.
  if (!(error instanceof Error) || error instanceof LockstepError) return false
  const code = codeOf(error)
  if (isSqlState(code)) return PASSING.test(code)
  // What the driver says by itself, of sockets and time-outs, has no SQLSTATE.
  return code !== '' ? /^E[A-Z]/.test(code) : DRIVER.test(error.message)
}

const DRIVER = /connection|timeout|timed out|terminated|not queryable|pool/i

/** Whether the connection was dropped, so that another one may do better at once. */
export function isDropped(error: unknown): boolean {
  if (error instanceof StoreUnavailable || error instanceof LockstepError || !(error instanceof Error)) return false
  const code = codeOf(error)
  if (isSqlState(code)) return /^(08|57P)/.test(code) || code === '25P03' || code === '25006'
  return code !== '' ? /^E[A-Z]/.test(code) : DROPPED.test(error.message)
}

const DROPPED = /terminated|not queryable|connection error/i

/** Whether the connection is of no more use: dropped, or waiting for an answer that doesn't come. */
export function isLost(error: unknown): boolean {
  if (!isDropped(error)) return error instanceof Error && error.message === 'Query read timeout'
  // What the server says to one statement leaves the connection as it was: a node behind it may be gone. A server that takes no writes
  // any more is left for the one that does.
  return codeOf(error) === '25006' || !(error instanceof Error && 'severity' in error && error.severity === 'ERROR')
}

/**
 * Whether the server has looked at a COMMIT and refused it: a deferred constraint or trigger of the host's own tables, a transaction
 * in another one's way. Nothing of it is kept then; every other error leaves that open.
 */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error)
  return isSqlState(code) && REFUSAL.test(code)
}

// Not 40003: it says of itself that the outcome is unknown.
const REFUSAL = /^(2[0-9A-Z]|40(?!003)|4[24]|P0)/

/** Whether two transactions stood in each other's way, or a tenant moved to another node of a cluster meanwhile. Nothing was done. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error)
  return COLLIDED.has(code) || (code === 'XX000' && error instanceof Error && MOVED.test(error.message))
}

const MOVED = /^could not find valid entry for shard/

/** Whether the server gave a statement up because it took longer than one may. */
export function isTooLong(error: unknown): boolean {
  return codeOf(error) === '57014'
}

/** Whether the pool gave no connection in time. With a server that is gone, too, some wait behind those that try to connect. */
export function isQueued(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
}

/** Whether a unique key was taken since it was looked at, or may have been: a cluster that copies rows to a shard says no more. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === TAKEN || (error instanceof Error && 'routine' in error && error.routine === COPYING)
}

/** How soon trying again makes sense, by what is in the way. */
function retryAfterMs(error: unknown): number {
  const code = codeOf(error)
  if (code.startsWith('53') && code !== '53300') return 10_000
  if (REFUSED.has(code) || code.startsWith('57P') || code === '25006') return 2_000
  return 1_000
}

/** What callers get when the database can't do anything now. */
export function unavailable(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error
  const why = error instanceof Error ? error.message || codeOf(error) : String(error)
  const busy = isCollision(error) || codeOf(error) === '55P03'
  const message = busy
    ? `Another transaction was in the way: ${why}`
    : `The database can't be used at the moment: ${why}`
  return new StoreUnavailable(message, retryAfterMs(error), { cause: error, busy, partial: isPartial(error) })
}

/** What was asked of one node of a cluster, and failed there. */
const partial = new WeakSet<object>()

/** Notes that an error came from what was asked of one node of a cluster, unless the connection itself is lost. Gives it back. */
export function fromNode(error: unknown): unknown {
  if (!(error instanceof Error) || !isOutage(error)) return error
  if (error instanceof StoreUnavailable) {
    if (error.partial || isLost(error.cause)) return error
    const { message, retryAfterMs, busy, cause } = error
    return new StoreUnavailable(message, retryAfterMs, { cause, busy, partial: true })
  }
  if (!isLost(error)) partial.add(error)
  return error
}

/** Whether the server has passed on that another one behind it is away, or what was asked of one such failed. */
function isPartial(error: unknown): boolean {
  return error instanceof Error && (partial.has(error) || (isDropped(error) && !isLost(error)))
}
