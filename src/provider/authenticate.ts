// How a host says who calls, and what happens when it can't.

import type { Principal } from '../access/index.ts'
import type { Call } from '../call.ts'
import { LockstepError } from '../protocol/index.ts'

/** Finds out who calls, or throws 401. `undefined`: the request has no credentials. */
export type Authenticate = (call: Call) => Principal | undefined | Promise<Principal | undefined>

/**
 * Throws what a host's `authenticate` has thrown. An error that is not ours (the host's database is down) says nothing about the
 * token, so the answer is 503 with Retry-After. RFC 9110 §15.6.4.
 */
export function unknownCaller(error: unknown): never {
  if (error instanceof LockstepError || (error instanceof Error && 'retryAfterMs' in error)) throw error
  throw Object.assign(new Error('The caller could not be identified', { cause: error }), { retryAfterMs: RETRY_MS })
}

const RETRY_MS = 2_000
