// What comes of a sign-in: the person, or a refusal whose reason only the app learns.

import type { Environment } from '../../environment.ts'
import type { Document } from '../../protocol/index.ts'

/** An authenticated arrival, as a library for OIDC or SAML has checked it. */
export interface Arrival {
  /** Whose sign-in page it was: from the app's own session, never from what arrives. */
  readonly tenant: string
  /** Which connection it came through. Needed where several of the tenant have the same issuer. */
  readonly connection?: string | undefined
  /** `iss` of the ID token; `Issuer` of the assertion. */
  readonly issuer: string
  /** `sub` of the ID token; NameID of the assertion. */
  readonly subject: string
  readonly email?: string | undefined
  /** Only `true` counts; a text does not. */
  readonly emailVerified?: boolean | undefined
  /** The other claims or attributes. */
  readonly claims?: { readonly [name: string]: unknown } | undefined
}

/** A person who is let in. */
export interface SignedInPerson {
  readonly id: string
  readonly userName: string
  readonly displayName: string | undefined
  readonly user: Document
}

/** What found a person the first time. `person`: somebody linked the two by hand. */
export type LinkRule = 'immutable' | 'userName' | 'email' | 'jit' | 'person'

/** What ties an identity of an identity provider to a person. It is made once, by a rule, and moves with nothing. */
export interface SignInLink {
  readonly issuer: string
  readonly subject: string
  readonly connection: string
  readonly rule: LinkRule
  /** When it was made, in milliseconds since 1970. */
  readonly at: number
}

/**
 * Why somebody is not let in.
 *
 * - `ERR_SIGNIN_CONNECTION`: no connection of this tenant has this issuer, or several and none was named.
 * - `ERR_SIGNIN_AMBIGUOUS`: several people have what was to find one.
 * - `ERR_SIGNIN_LINK`: a person was found who may not be linked to this identity.
 * - `ERR_SIGNIN_UNKNOWN`: nobody was found.
 * - `ERR_SIGNIN_INACTIVE`: the person is deactivated, or gone.
 * - `ERR_SIGNIN_NOT_ASSIGNED`: the connection is not for this person.
 */
export type SignInCode =
  | 'ERR_SIGNIN_CONNECTION'
  | 'ERR_SIGNIN_AMBIGUOUS'
  | 'ERR_SIGNIN_LINK'
  | 'ERR_SIGNIN_UNKNOWN'
  | 'ERR_SIGNIN_INACTIVE'
  | 'ERR_SIGNIN_NOT_ASSIGNED'

/** Somebody who is not let in. */
export interface SignInRefusal {
  readonly outcome: 'refused'
  readonly code: SignInCode
  /** For the person: the same whatever the reason. */
  readonly shown: string
  /** For the app's log: what was wrong, and what would be right. */
  readonly why: string
  /** Stands in `shown`, to find the line in the log by. */
  readonly reference: string
}

/** What comes of a sign-in. */
export type SignInOutcome =
  | { readonly outcome: 'accepted'; readonly person: SignedInPerson; readonly link: SignInLink }
  | SignInRefusal

/** A reason without the words for the person. */
export interface Reason {
  readonly code: SignInCode
  readonly why: string
}

const LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** A refusal, with the same words for the person whatever the reason. */
export function refusal({ code, why }: Reason, label: string, environment: Pick<Environment, 'random'>): SignInRefusal {
  const reference = [...environment.random(new Uint8Array(6))].map((byte) => LETTERS[byte % LETTERS.length]).join('')
  const shown = `You have signed in at ${label}, but this application does not know you yet, or no longer. Ask your administrator. Reference ${reference}`
  return { outcome: 'refused', code, why, shown, reference }
}
