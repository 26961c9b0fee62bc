// Tells errors apart: outages, lost connections, collisions, taken values, and what callers get for each.

import { LockstepError } from '../../protocol/index.ts'
import { StoreUnavailable } from '../contract/index.ts'
import { HookError } from './hook-error.ts'

/**
 * Conditions of the server that pass: connection, credentials being changed, a database being restored, resources, operator
 * intervention, system errors, a lock or statement that took too long.
 */
const PASSING = /^(08|28|53|57|58)|^(3D000|25006|25P02|25P03|55P03|40001|40P01|XX000|XX001)$/
/** Two transactions collided: another attempt may succeed. */
const COLLIDED = new Set(['40001', '40P01'])
/** Another transaction was quicker with a unique value, an id or a path. */
const TAKEN = '23505'
/** The routine in which Citus reports, as XX000, that a shard refused rows copied to it. */
const COPYING = 'ReportCopyError'
/** The connection was never made. */
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
  // Our own codes (ERR_CONFIG) begin like those of sockets, but such errors don't pass.
  if (!(error instanceof Error) || error instanceof LockstepError) return false
  const code = codeOf(error)
  if (isSqlState(code)) return PASSING.test(code)
  // The driver's own errors, of sockets and time-outs, have no SQLSTATE.
  return code !== '' ? /^E[A-Z]/.test(code) : DRIVER.test(error.message)
}

const DRIVER = /connection|timeout|timed out|terminated|not queryable|pool/i

/** Whether the connection was dropped, so that another one may succeed at once. */
export function isDropped(error: unknown): boolean {
  if (error instanceof StoreUnavailable || error instanceof LockstepError || !(error instanceof Error)) return false
  const code = codeOf(error)
  if (isSqlState(code)) return /^(08|57P)/.test(code) || code === '25P03' || code === '25006'
  return code !== '' ? /^E[A-Z]/.test(code) : DROPPED.test(error.message)
}

const DROPPED = /terminated|not queryable|connection error/i

/** Whether the connection can't be used again: dropped, or waiting for an answer that doesn't come. */
export function isLost(error: unknown): boolean {
  if (error instanceof HookError) return error.late
  if (!isDropped(error)) return error instanceof Error && error.message === 'Query read timeout'
  // An error about one statement leaves the connection intact: a node behind the server may be gone. A server that has become read-only
  // is left for the one that takes writes.
  return codeOf(error) === '25006' || !(error instanceof Error && 'severity' in error && error.severity === 'ERROR')
}

/**
 * Whether the server has refused a COMMIT: a deferred constraint or trigger of the host's own tables, or a collision. Nothing was
 * committed then; every other error leaves that open.
 */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error)
  return isSqlState(code) && REFUSAL.test(code)
}

// Not 40003: it means that the outcome is unknown.
const REFUSAL = /^(2[0-9A-Z]|40(?!003)|4[24]|P0)/

/** Whether two transactions collided, or a tenant was just moved to another node of a cluster. Nothing was done. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error)
  return COLLIDED.has(code) || (code === 'XX000' && error instanceof Error && MOVED.test(error.message))
}

const MOVED = /^could not find valid entry for shard/

/** Whether the server cancelled a statement because it took too long. */
export function isTooLong(error: unknown): boolean {
  return codeOf(error) === '57014'
}

/** Whether the pool gave no connection in time. That also happens when the server is gone and others are still trying to connect. */
export function isQueued(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
}

/** Whether a unique key was taken meanwhile, or may have been: a cluster that copies rows to a shard doesn't say more. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === TAKEN || (error instanceof Error && 'routine' in error && error.routine === COPYING)
}

/** How soon another attempt makes sense. */
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

/** Errors of statements that ran on one node of a cluster. */
const partial = new WeakSet<object>()

/** Notes that an error came from one node of a cluster, unless the connection itself is lost. Returns it. */
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

/** Whether only a server behind this one is down, or a statement failed there. */
function isPartial(error: unknown): boolean {
  return error instanceof Error && (partial.has(error) || (isDropped(error) && !isLost(error)))
}
