// What an identity provider is answered when the person it creates is in the directory already.

import { comparable, type Document, resolve, type ScimError, User, uniqueness } from '../../protocol/index.ts'

/**
 * What a POST for a person who is in the directory already is answered:
 *
 * - `adopt`: 201 with the existing id, after the attributes that were sent have taken the place of those that were there.
 * - `conflict`: 409 `uniqueness`, which names the user name to look for.
 * - `by kind`: what the kind of identity provider can go on with (decision 48).
 */
export type OnMatch = 'adopt' | 'conflict' | 'by kind'

/** All of them. */
export const ON_MATCH: readonly OnMatch[] = ['adopt', 'conflict', 'by kind']

/** They create without having looked, and stay stuck after a 409. */
const BLIND: ReadonlySet<string> = new Set(['auth0', 'keycloak', 'jumpcloud'])
/** They ask for what the RFC says. RFC 7644 §3.3. */
const BY_THE_BOOK: ReadonlySet<string> = new Set(['strict', 'interop'])

const USER_NAME = resolve('userName', User)?.attribute

/** The 409 for a person who is there; undefined where they are to be adopted. */
export function conflictWith(
  before: Document,
  user: Document,
  kind: string | undefined,
  onMatch: OnMatch = 'by kind',
): ScimError | undefined {
  const sameName = nameOf(before) === nameOf(user)
  const { externalId } = before
  const sent = user.externalId
  // Another account of the identity provider: an address or a name that was given to somebody else must not open what its former
  // owner had.
  if (externalId !== undefined && sent !== externalId && !(sent === undefined && sameName)) {
    return uniqueness(
      `User ${before.id}, whom the application takes this person for, has the externalId ${JSON.stringify(externalId)} and belongs to another account of the identity provider. If it is the same person, clear that externalId first`,
    )
  }
  if (
    onMatch === 'by kind'
      ? adoptsByKind(kind ?? 'generic', { sameName, claims: externalId !== sent })
      : onMatch === 'adopt'
  ) {
    return undefined
  }
  const filter = `userName eq ${JSON.stringify(before.userName ?? '')}`
  return uniqueness(`This person exists already, as User ${before.id}; find it with the filter ${filter} and update it`)
}

/**
 * Most look for the user name first, and again after a 409: those are told of a person who has it. Not found by name, or found by none
 * because they look for an externalId that this person doesn't have yet (`claims`), they would be stuck after a 409.
 */
function adoptsByKind(
  kind: string,
  { sameName, claims }: { readonly sameName: boolean; readonly claims: boolean },
): boolean {
  if (BY_THE_BOOK.has(kind)) return false
  return BLIND.has(kind) || !sameName || claims
}

function nameOf({ userName }: Document): string | undefined {
  return typeof userName === 'string' && USER_NAME !== undefined ? comparable(USER_NAME, userName) : undefined
}
