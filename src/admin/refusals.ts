// Turns errors into answers of the admin API: a status, a stable code, a sentence, and the fields that are wrong.

import type { Context } from 'hono'
import type { z } from 'zod'
import { AppRefusal } from '../hub/index.ts'
import { LockstepError, ScimError } from '../protocol/index.ts'
import { SetupError } from '../setup/index.ts'
import { TenancyError } from '../tenancy/index.ts'
import { BODY_BYTES, type ErrorBody, type FaultBody } from './shapes.ts'

/** A status of a refusal. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 429 | 500 | 503

/** What is wrong with one field. */
export type Fault = z.output<typeof FaultBody>

/** A request that is refused before its route runs. */
export class Refused extends LockstepError {
  readonly status: RefusalStatus
  readonly faults: readonly Fault[]
  /** Headers of the answer. */
  readonly headers: { readonly [name: string]: string }
  constructor(
    status: RefusalStatus,
    code: string,
    message: string,
    faults: readonly Fault[] = [],
    headers: { readonly [name: string]: string } = {},
  ) {
    super(code, message)
    this.status = status
    this.faults = faults
    this.headers = headers
  }
}

const STATUS: { readonly [code: string]: RefusalStatus } = {
  ERR_NOT_FOUND: 404,
  ERR_EXISTS: 409,
  ERR_IN_USE: 409,
  ERR_INVALID: 400,
  // An app that a plan has to ask does not answer as it should.
  ERR_APP: 409,
}

/** Why a body could not be read, by the name of the error: the bridge that reads it knows nothing of this API. */
const UNREAD: {
  readonly [name: string]: { readonly status: RefusalStatus; readonly code: string; readonly message: string }
} = {
  AbortError: { status: 400, code: 'ERR_INVALID', message: 'The request ended before its body was complete' },
  TooLongError: { status: 413, code: 'ERR_TOO_LARGE', message: `A body may have ${BODY_BYTES} bytes at most` },
  TooSlowError: { status: 408, code: 'ERR_INVALID', message: 'The body came too slowly; send the request again' },
  NoRoomError: {
    status: 503,
    code: 'ERR_UNAVAILABLE',
    message: 'The server is receiving too much request data at once; try again in 1 s',
  },
}

/** An answer that refuses. */
export function refuse(
  context: Context,
  status: RefusalStatus,
  code: string,
  message: string,
  { faults = [], count }: { readonly faults?: readonly Fault[]; readonly count?: number | undefined } = {},
) {
  const error: z.output<typeof ErrorBody>['error'] = {
    code,
    message,
    ...(faults.length === 0 ? {} : { faults: [...faults] }),
    ...(count === undefined ? {} : { count }),
  }
  return context.json({ error }, status)
}

/** The answer to an error. One that is ours is reported, and its id is all that the answer says. */
export function refusalOf(
  context: Context,
  error: Error,
  report: (note: { readonly id: string; readonly error: unknown }) => void,
) {
  if (error instanceof Refused) {
    for (const [name, value] of Object.entries(error.headers)) context.header(name, value)
    return refuse(context, error.status, error.code, error.message, { faults: error.faults })
  }
  if (error instanceof TenancyError) {
    const { code, message, count, field } = error
    const faults: readonly Fault[] = field === undefined ? [] : [{ in: 'body', field, message }]
    return refuse(context, STATUS[code] ?? 400, code, message, { faults, count })
  }
  if (error instanceof SetupError) {
    const { code, message, field } = error
    const faults: readonly Fault[] = field === undefined ? [] : [{ in: 'body', field, message }]
    return refuse(context, STATUS[code] ?? 400, code, message, { faults })
  }
  if (error instanceof AppRefusal) {
    const faults = error.faults.map((fault) => ({ in: 'body' as const, ...fault }))
    return refuse(context, STATUS[error.code] ?? 400, error.code, error.message, { faults })
  }
  if (error instanceof ScimError && error.status < 500) {
    return refuse(context, error.status === 409 ? 409 : 400, error.code, error.detail)
  }
  if (error instanceof LockstepError && (error.code === 'ERR_CONFIG' || Object.hasOwn(STATUS, error.code)))
    return refuse(context, STATUS[error.code] ?? 400, error.code, error.message)
  if (error instanceof ScimError && error.status === 503) {
    context.header('Retry-After', error.headers?.['retry-after'])
    return refuse(context, 503, 'ERR_UNAVAILABLE', error.detail)
  }
  const unread = UNREAD[error.name]
  if (unread !== undefined) {
    if (unread.status === 503) context.header('Retry-After', '1')
    return refuse(context, unread.status, unread.code, unread.message)
  }
  const id = crypto.randomUUID()
  report({ id, error })
  if ('retryAfterMs' in error && typeof error.retryAfterMs === 'number') {
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000))
    context.header('Retry-After', String(seconds))
    return refuse(context, 503, 'ERR_UNAVAILABLE', `The database can't answer now; try again in ${seconds} s`)
  }
  return refuse(context, 500, 'ERR_INTERNAL', `Internal error; find it in the log by ${id}`)
}
