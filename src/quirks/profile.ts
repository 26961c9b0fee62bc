// The profile of each kind of connection: its allowances and quirks.

import type { Allowances } from '../protocol/index.ts'
import { ConfigError, LENIENT, STRICT } from '../protocol/index.ts'
import { ALL_QUIRKS } from './all-quirks.ts'
import type { Quirk } from './quirk.ts'

/** Every kind of connection: the identity provider that sends, or how tolerant it is whatever sends. */
export const KINDS = [
  'generic',
  'strict',
  'interop',
  'entra',
  'okta',
  'onelogin',
  'ping',
  'jumpcloud',
  'google',
  'auth0',
  'keycloak',
  'authentik',
  'rippling',
] as const

/** One of `KINDS`. */
export type Kind = (typeof KINDS)[number]

/** What a connection of one kind does differently: allowances the core reads, and rewrites of its messages. */
export interface Profile {
  readonly kind: Kind
  readonly allow: Allowances
  readonly quirks: readonly Quirk[]
}

/**
 * The profile of a kind. `generic` bends wherever the meaning is plain; `strict` and `interop` nowhere. Throws ConfigError for what is no
 * kind, as a text from an app's database may be.
 * @example
 * authenticate: () => ({ tenant: 'acme', actor: 'entra', profile: profileOf('entra') })
 */
export function profileOf(kind: Kind): Profile {
  if (!Object.hasOwn(PROFILES, kind))
    throw new ConfigError('kind', `must be one of ${KINDS.join(', ')}; it is "${kind}"`)
  return PROFILES[kind]
}

/** Allowances that a connection has of its own: those it has whatever its profile says, and those it has not. */
export interface AllowanceChoice {
  readonly allow?: readonly (keyof Allowances)[]
  readonly forbid?: readonly (keyof Allowances)[]
}

/** A profile with a connection's own allowances; the very same profile where there are none. */
export function adjusted(profile: Profile, { allow = [], forbid = [] }: AllowanceChoice): Profile {
  if (allow.length + forbid.length === 0) return profile
  const own = [...allow.map((name) => [name, true]), ...forbid.map((name) => [name, false])]
  return { ...profile, allow: { ...profile.allow, ...Object.fromEntries(own) } }
}

/**
 * Whether a text names a kind.
 * @example
 * const kind = isKind(row.provider) ? row.provider : 'generic'
 */
export function isKind(text: string): text is Kind {
  return (KINDS as readonly string[]).includes(text)
}

/**
 * All vendors' kinds read every dialect: administrators put gateways and bridges in front of their identity provider,
 * and a message with a plain meaning is as plain from any sender. What differs is listed here.
 */
const PROFILES: { readonly [K in Kind]: Profile } = {
  generic: { kind: 'generic', allow: { ...LENIENT, looseBearer: true }, quirks: ALL_QUIRKS },
  strict: { kind: 'strict', allow: STRICT, quirks: [] },
  // The interoperability draft refuses what RFC 7644 lets a service provider ignore. draft-zollner-scim-interop-profile.
  interop: { kind: 'interop', allow: { ...STRICT, refuseUnknownInBody: true }, quirks: [] },
  // Its validator creates the same group twice and wants 409.
  entra: { kind: 'entra', allow: { ...LENIENT, uniqueGroupNames: true }, quirks: ALL_QUIRKS },
  // Its custom apps ask for the value of the Authorization header, and administrators paste what they were given.
  okta: { kind: 'okta', allow: { ...LENIENT, looseBearer: true }, quirks: ALL_QUIRKS },
  onelogin: { kind: 'onelogin', allow: LENIENT, quirks: ALL_QUIRKS },
  ping: { kind: 'ping', allow: LENIENT, quirks: ALL_QUIRKS },
  jumpcloud: { kind: 'jumpcloud', allow: LENIENT, quirks: ALL_QUIRKS },
  google: { kind: 'google', allow: LENIENT, quirks: ALL_QUIRKS },
  auth0: { kind: 'auth0', allow: LENIENT, quirks: ALL_QUIRKS },
  keycloak: { kind: 'keycloak', allow: LENIENT, quirks: ALL_QUIRKS },
  authentik: { kind: 'authentik', allow: LENIENT, quirks: ALL_QUIRKS },
  rippling: { kind: 'rippling', allow: LENIENT, quirks: ALL_QUIRKS },
}
