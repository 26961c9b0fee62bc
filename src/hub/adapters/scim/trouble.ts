// What an answer of an app, or the lack of one, means for the hub.

import { retryAfterMs, TransportError } from '../../../client/index.ts'
import { type AppProfile, ConfigError, LockstepError, ScimError } from '../../../protocol/index.ts'
import { AppError, type AppTrouble } from '../../contract/index.ts'

/** What is known of the request that failed. */
export interface Failed {
  /** `PATCH /Users/2819`: for people. */
  readonly name: string
  /** Whether it changes anything. */
  readonly writes: boolean
  /** Whether it is about a collection, not one account. */
  readonly collection: boolean
  readonly profile: AppProfile
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What the client says in place of an app that gave no reason: the request is named already. */
const SILENT = /^The server answered \d{3}(?: to .*)? without saying why$/
/** What to look at, by status, where it is about who asks or whom. */
const HINTS: { readonly [status: number]: string } = {
  401: '; are its credentials wrong or expired? lockstep app change gives it new ones',
  403: '; may its credentials do that?',
  404: '; is its URL right?',
}

/** An error of the client as the hub takes it. */
export function troubleOf(error: unknown, failed: Failed): AppError {
  if (error instanceof AppError) return error
  if (error instanceof ScimError) return refused(error, failed)
  if (error instanceof TransportError) return unanswered(error, failed)
  if (error instanceof ConfigError) return new AppError('credentials', error.message, { cause: error })
  const why = error instanceof Error ? error.message : String(error)
  return new AppError(failed.writes ? 'unknown' : 'unavailable', `${failed.name}: ${why}`, { cause: error })
}

/** The app answered with an error. */
function refused(error: ScimError, failed: Failed): AppError {
  const { status } = error
  const asked = retryAfterMs(error.headers?.['retry-after'], failed.now)
  const said = SILENT.test(error.detail) ? ' without saying why' : `: ${error.detail}`
  const kind = kindOf(error, failed, asked)
  const hint = kind === 'credentials' ? (HINTS[status] ?? '') : ''
  return new AppError(kind, `${failed.name} was answered ${status}${said}${hint}`, {
    status,
    cause: error,
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
  })
}

function kindOf(error: ScimError, failed: Failed, asked: number | undefined): AppTrouble {
  const { status, scimType } = error
  if (isConflict(error, failed)) return 'conflict'
  switch (status) {
    case 401:
      return 'credentials'
    case 403:
      // Some say so when they are asked too often; and a keyword is about the values, not about who asks.
      if (asked !== undefined) return 'throttled'
      return scimType === undefined ? 'credentials' : 'refused'
    case 404:
    case 410:
      // A collection is never gone: the URL is wrong, or these credentials don't see it.
      return failed.collection ? 'credentials' : 'gone'
    case 413:
      return 'too-large'
    case 429:
    case 503:
      return 'throttled'
    case 501:
    case 505:
      return 'refused'
    default:
      break
  }
  if (scimType === 'tooMany') return 'too-large'
  if (status === 408 || status === 425 || status >= 500) return failed.writes ? 'unknown' : 'unavailable'
  return 'refused'
}

function isConflict({ status, scimType, detail }: ScimError, { writes, profile: { conflict } }: Failed): boolean {
  if (!writes) return false
  if (conflict.status.includes(status) || scimType === 'uniqueness') return true
  const said = detail.toLowerCase()
  return status === 400 && conflict.words.some((word) => said.includes(word))
}

/** No answer, or none that is SCIM. */
function unanswered(error: TransportError, failed: Failed): AppError {
  const { status, retryAfterMs: asked } = error
  return new AppError(kindOfSilence(error, failed), error.message, {
    cause: error,
    ...(status === undefined ? {} : { status }),
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
  })
}

function kindOfSilence({ code, status = 0, mayBeDone, cause }: TransportError, failed: Failed): AppTrouble {
  if (code === 'ERR_TOKEN') return status >= 400 && status < 500 && status !== 429 ? 'credentials' : 'unavailable'
  // What is too long to be read is so for this account; the app may be well.
  if (!failed.writes && (code === 'ERR_TOO_LARGE' || codeOf(cause) === 'ERR_OUTBOUND_SIZE')) return 'refused'
  // The base URL is another one, or something in between answers.
  if (code === 'ERR_REDIRECT') return 'credentials'
  if (code === 'ERR_NOT_SCIM') {
    if ([401, 403, 404, 407].includes(status)) return 'credentials'
    if (status === 413) return 'too-large'
    if (status === 429 || status === 503) return 'throttled'
    if (status >= 400 && status < 500 && status !== 408) return 'refused'
  }
  return mayBeDone && failed.writes ? 'unknown' : 'unavailable'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** A message without the secrets that a server may have repeated. */
export function withoutSecrets(error: AppError, secrets: readonly string[]): AppError {
  const telling = secrets.filter((secret) => secret.length >= SHORTEST_SECRET && error.message.includes(secret))
  if (telling.length === 0) return error
  const message = telling.reduce((text, secret) => text.replaceAll(secret, '(secret)'), error.message)
  const { trouble, status, retryAfterMs: asked } = error
  // Without its cause, which says the same.
  return new AppError(trouble, message, {
    ...(status === undefined ? {} : { status }),
    ...(asked === undefined ? {} : { retryAfterMs: asked }),
  })
}

/** What is shorter is no secret, and may be a part of any word. */
const SHORTEST_SECRET = 4

/** An error of what the hub gives, found before anything is sent. */
export function unfit(message: string): AppError {
  return new AppError('refused', message)
}

/** Whether an error is one of the protocol's, of a certain keyword. */
export function hasKeyword(error: unknown, keyword: string): boolean {
  return error instanceof LockstepError && error.cause instanceof ScimError && error.cause.scimType === keyword
}
