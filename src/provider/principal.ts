import {
  faultOfAuthorization,
  LockstepError,
  readAuthorization,
  type ScimError,
  unauthorized,
} from '../protocol/index.ts'
import { type Kind, type Profile, profileOf } from '../quirks/index.ts'
import type { Call } from './call.ts'

/** What a principal may do, per resource type name; `*` stands for all others. */
export interface Rights {
  readonly [type: string]: { readonly read: boolean; readonly write: boolean }
}

/** Who calls. */
export interface Principal {
  readonly tenant: string
  /** What the log says did it. */
  readonly actor: string
  /** How far the provider bends for it. */
  readonly profile: Profile
  readonly rights: Rights
  /** Id of the user it acts for, for /Me. RFC 7644 §3.11. */
  readonly subject?: string
}

/** Finds out who calls, or throws 401. `undefined`: no credentials were given. */
export type Authenticate = (call: Call) => Principal | undefined | Promise<Principal | undefined>

/** May do everything. */
export const ALL_RIGHTS: Rights = { '*': { read: true, write: true } }

/** Whether a principal may read, or write, resources of a type. */
export function may(principal: Principal, action: 'read' | 'write', type: string): boolean {
  // A type may be called `constructor`: what every object inherits is no right.
  const rights = Object.hasOwn(principal.rights, type) ? principal.rights[type] : principal.rights['*']
  return rights?.[action] === true
}

/** What a bearer token stands for, in {@link bearer}. */
export interface Grant {
  readonly tenant: string
  readonly actor: string
  /** Kind of identity provider; `generic` when absent. */
  readonly kind?: Kind
  readonly rights?: Rights
  readonly subject?: string
}

/**
 * Authenticates by bearer token, from a table token → grant, or a function that looks one up. RFC 6750.
 * @example bearer({ [process.env.SCIM_TOKEN!]: { tenant: 'acme', actor: 'entra', kind: 'entra' } })
 */
export function bearer(
  tokens: { readonly [token: string]: Grant } | ((token: string) => Grant | undefined | Promise<Grant | undefined>),
): Authenticate {
  const table = typeof tokens === 'function' ? undefined : new Map(Object.entries(tokens))
  const find = typeof tokens === 'function' ? tokens : (token: string) => table?.get(token)
  const grant = (found: Grant | undefined): Principal => {
    if (!found) throw invalidToken()
    return {
      tenant: found.tenant,
      actor: found.actor,
      profile: profileOf(found.kind ?? 'generic'),
      rights: found.rights ?? ALL_RIGHTS,
      ...(found.subject === undefined ? {} : { subject: found.subject }),
    }
  }
  return (call) => {
    const sent = readAuthorization(call.header('authorization'))
    if (sent === undefined) return undefined
    const found = find(sent.token)
    if (sent.bearers === 1) return found instanceof Promise ? found.then(grant) : grant(found)
    // Without the word before it, or with two, it is a token where the kind takes it so; elsewhere the 401 says what is wrong.
    const loosely = (one: Grant | undefined) =>
      one !== undefined && profileOf(one.kind ?? 'generic').allow.looseBearer ? grant(one) : undefined
    return found instanceof Promise ? found.then(loosely) : loosely(found)
  }
}

/** The token of an Authorization header in bearer form; `undefined` for none, or one of another form (RFC 6750 §2.1). */
export function bearerToken(header: string | undefined): string | undefined {
  const sent = readAuthorization(header)
  return sent?.bearers === 1 ? sent.token : undefined
}

/**
 * Throws what a host's `authenticate` has thrown: what is no word of ours about the caller (its database is down) says nothing about the
 * token, so that it is answered by 503 with Retry-After. RFC 9110 §15.6.4.
 */
export function unknownCaller(error: unknown): never {
  if (error instanceof LockstepError || (error instanceof Error && 'retryAfterMs' in error)) throw error
  throw Object.assign(new Error('Who calls could not be found out', { cause: error }), { retryAfterMs: RETRY_MS })
}

const RETRY_MS = 2_000

/** 401 for a token that is unknown, expired or revoked. RFC 6750 §3.1. */
export function invalidToken(): ScimError {
  return unauthorized(
    'The bearer token is unknown, expired or revoked; make a new one and put it into the identity provider',
    'Bearer realm="scim", error="invalid_token"',
  )
}

/** 401 for a request without credentials, or with a header that has none; the detail says which. RFC 6750 §3. */
export function noCredentials(header?: string): ScimError {
  return unauthorized(faultOfAuthorization(header), 'Bearer realm="scim"')
}
