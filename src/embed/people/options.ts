// The options of people: who somebody is, and how they sign in.

import { ConfigError } from '../../protocol/index.ts'
import type { Match } from '../matching/match.ts'
import { ON_MATCH, type OnMatch } from '../matching/on-match.ts'
import { checkSignInOptions, type SignInOptions } from '../sign-in/sign-ins.ts'

/** Options of `lockstep` about people that the app has already, and about signing in. */
export interface PeopleOptions {
  /**
   * Says who a person is that an identity provider creates: `{ id }` of one whom the app has, which becomes the SCIM id, or `undefined`
   * for a new one. Asked once for each POST of a User, before the transaction. `find` looks among the people who are in the directory
   * already; an e-mail counts only if the app has verified it.
   * @example
   * match: async ({ tenant, user, email, find }) =>
   *   (await find({ externalId: user.externalId })) ?? (await find({ userName: user.userName })) ?? db.users.byVerifiedEmail(tenant, email)
   */
  readonly match?: Match | undefined
  /** What a POST for a person who is in the directory already is answered. Default `by kind`. */
  readonly onMatch?: OnMatch | undefined
  /** Signing in by OpenID Connect or SAML, linked to the people who were provisioned. */
  readonly signIn?: SignInOptions | undefined
}

/** The names of these options. */
export const PEOPLE_OPTIONS = ['match', 'onMatch', 'signIn'] as const

/** Throws ConfigError for options about people that make no sense. */
export function checkPeopleOptions({ match, onMatch, signIn }: PeopleOptions): void {
  checkSignInOptions(signIn)
  if (match !== undefined && typeof match !== 'function') throw new ConfigError('match', 'must be a function')
  if (onMatch === undefined) return
  if (!ON_MATCH.includes(onMatch)) throw new ConfigError('onMatch', `must be one of ${ON_MATCH.join(', ')}`)
  if (match === undefined)
    throw new ConfigError('onMatch', 'says what to do with those whom match finds; there is no match')
}
