// Signs clients in by bearer token from a table that an app gives, and the refusals of tokens. RFC 6750.

import { type ScimError, unauthorized } from '../protocol/index.ts'
import { type Kind, profileOf } from '../quirks/index.ts'
import { faultOfAuthorization, readAuthorization } from './authorization-header.ts'
import type { Principal } from './principal.ts'
import { ALL_RIGHTS, type Rights } from './rights.ts'

/** What a bearer token grants, in {@link bearer}. */
export interface Grant {
  readonly tenant: string
  readonly actor: string
  /** Kind of identity provider; `generic` when absent. */
  readonly kind?: Kind
  readonly rights?: Rights
  readonly subject?: string
}

/** The part of a request that carries credentials. */
interface Headers {
  /** A header by its name in lower case. */
  readonly header: (name: string) => string | undefined
}

/**
 * Authenticates by bearer token, from a table token → grant, or a function that looks one up. RFC 6750.
 * @example bearer({ [process.env.SCIM_TOKEN!]: { tenant: 'acme', actor: 'entra', kind: 'entra' } })
 */
export function bearer(
  tokens: { readonly [token: string]: Grant } | ((token: string) => Grant | undefined | Promise<Grant | undefined>),
): (call: Headers) => Principal | undefined | Promise<Principal | undefined> {
  const table = typeof tokens === 'function' ? undefined : new Map(Object.entries(tokens))
  const find = typeof tokens === 'function' ? tokens : (token: string) => table?.get(token)
  return (call) => {
    const sent = readAuthorization(call.header('authorization'))
    if (sent === undefined) return undefined
    const found = find(sent.token)
    const admit = sent.bearers === 1 ? principalOf : principalIfLoose
    return found instanceof Promise ? found.then(admit) : admit(found)
  }
}

/** The principal that a grant stands for. Throws 401 where there is none. */
export function principalOf(grant: Grant | undefined): Principal {
  if (!grant) throw invalidToken()
  return {
    tenant: grant.tenant,
    actor: grant.actor,
    profile: profileOf(grant.kind ?? 'generic'),
    rights: grant.rights ?? ALL_RIGHTS,
    ...(grant.subject === undefined ? {} : { subject: grant.subject }),
  }
}

/** Without the word Bearer, or with two, the token counts only where the kind accepts that; elsewhere the 401 says what is wrong. */
function principalIfLoose(grant: Grant | undefined): Principal | undefined {
  return grant !== undefined && profileOf(grant.kind ?? 'generic').allow.looseBearer ? principalOf(grant) : undefined
}

/** 401 for a token that is unknown, expired or revoked. RFC 6750 §3.1. */
export function invalidToken(): ScimError {
  return unauthorized(
    'The bearer token is unknown, expired or revoked; make a new one and put it into the identity provider',
    'Bearer realm="scim", error="invalid_token"',
  )
}

/** 401 for a request without credentials, or with a header that contains none; the detail says which. RFC 6750 §3. */
export function noCredentials(header?: string): ScimError {
  return unauthorized(faultOfAuthorization(header), 'Bearer realm="scim"')
}
