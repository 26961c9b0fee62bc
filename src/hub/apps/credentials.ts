// The credentials of an app: read from what an administrator gives, and shown without their secret.

import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import type { AppCredentials } from '../contract/index.ts'
import { APP_LIMITS } from './app-limits.ts'
import type { FieldReader } from './field-reader.ts'

/** Kinds of credentials. */
export const CREDENTIAL_KINDS = ['bearer', 'basic', 'oauth2-client', 'header', 'hmac', 'connection'] as const

/** How many days before they expire warnings begin, unless said otherwise. */
export const WARN_DAYS = 30

const DAY_MS = 86_400_000

/** Credentials as they are shown: everything but the secret. */
export interface ShownCredentials extends Omit<AppCredentials, 'sealed'> {
  /** Whether the secret is kept here, or is in an environment variable of the server. */
  readonly secret: 'sealed' | 'env'
  /** `soon`: within `warnDays`. Absent: nobody said when they expire. */
  readonly expiry?: 'fine' | 'soon' | 'expired'
}

/** Reads credentials whose secret is sealed, or is in an environment variable. */
export function readCredentials(json: Json, reader: FieldReader): AppCredentials | undefined {
  const members = ['kind', 'sealed', 'env', 'public', 'expiresAt', 'warnDays']
  const given = reader.object('credentials', json, members)
  if (given === undefined) return undefined
  const kind = reader.oneOf('credentials.kind', given.kind, CREDENTIAL_KINDS)
  const { sealed, env, expiresAt, warnDays } = given
  if ((sealed === undefined) === (env === undefined)) {
    reader.fault('credentials', 'This must have a secret, or the name of an environment variable (env) that holds it')
  }
  if (env !== undefined && !(typeof env === 'string' && /^[A-Za-z_]\w{0,199}$/.test(env))) {
    reader.fault('credentials.env', 'This must be the name of an environment variable, not the secret itself')
  }
  if (expiresAt !== undefined && !isTime(expiresAt)) {
    reader.fault('credentials.expiresAt', 'This must be a date, like 2030-12-31 or 2030-12-31T12:00:00Z')
  }
  const open =
    given.public === undefined ? undefined : reader.open('credentials.public', given.public, APP_LIMITS.CREDENTIALS)
  const days = warnDays === undefined ? undefined : reader.whole('credentials.warnDays', warnDays, 0, 366)
  if (kind === undefined) return undefined
  return {
    kind,
    ...(typeof sealed === 'string' ? { sealed } : {}),
    ...(typeof env === 'string' ? { env } : {}),
    ...(open === undefined ? {} : { public: open }),
    ...(typeof expiresAt === 'string' ? { expiresAt } : {}),
    ...(days === undefined ? {} : { warnDays: days }),
  }
}

/** Seals the secret that credentials have in the clear, or gives them the one that is in place if they have none. */
export async function withSecret(
  json: Json,
  before: AppCredentials | undefined,
  seal: (secret: string) => Promise<string>,
  reader: FieldReader,
): Promise<Json> {
  if (!isObject(json)) return json
  const { secret, sealed: _never, ...rest } = json
  if (secret === undefined) {
    if (rest.env !== undefined || before === undefined) return rest
    const kept: JsonObject = before.sealed === undefined ? { env: before.env ?? '' } : { sealed: before.sealed }
    return { kind: before.kind, ...rest, ...kept }
  }
  const text = typeof secret === 'string' ? secret.trim() : ''
  if (text === '' || text.length > APP_LIMITS.SECRET) {
    reader.fault('credentials.secret', `This must be a text of 1 to ${APP_LIMITS.SECRET} characters`)
    return rest
  }
  return { ...rest, sealed: await seal(text) }
}

/** Credentials without their secret. */
export function showCredentials(credentials: AppCredentials, now: number): ShownCredentials {
  const { sealed, ...shown } = credentials
  const expiry = expiryOf(credentials, now)
  return { ...shown, secret: sealed === undefined ? 'env' : 'sealed', ...(expiry === undefined ? {} : { expiry }) }
}

/** Whether credentials have expired, or will soon. */
export function expiryOf({ expiresAt, warnDays = WARN_DAYS }: AppCredentials, now: number): ShownCredentials['expiry'] {
  if (expiresAt === undefined) return undefined
  const leftMs = Date.parse(expiresAt) - now
  if (leftMs <= 0) return 'expired'
  return leftMs <= warnDays * DAY_MS ? 'soon' : 'fine'
}

function isTime(value: Json): boolean {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  )
}
