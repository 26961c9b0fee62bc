// The rules that find the person of an identity without a link: immutable id, user name, verified e-mail.

import type { Directory } from '../../directory/index.ts'
import { type FindBy, type Found, findTwo } from '../matching/find.ts'
import { isOwned, type ReadConnection, sameText } from './connection.ts'
import type { Links } from './links.ts'
import type { Arrival, LinkRule, Reason } from './outcome.ts'

/** Whom the rules have found; nobody where they find none. */
export type ByRules = { readonly found: Found; readonly rule: LinkRule } | { readonly refused: Reason } | undefined

/** Longest claim that is looked at. */
const LONGEST = 1_024

/**
 * Finds the person by the first rule that finds anybody, and says whether it may link. A user name or an e-mail means somebody only in
 * a domain that the tenant owns, spelt exactly so, and only if that person has never signed in and has no other immutable id.
 */
export async function byRules(
  { directory, links }: { readonly directory: Directory; readonly links: Links },
  connection: ReadConnection,
  arrival: Arrival,
): Promise<ByRules> {
  const { tenant } = arrival
  const immutable = claimOf(arrival, connection.immutableClaims)
  const hits = async (by: FindBy, value: string, path: (user: Found['user']) => readonly unknown[]) => {
    const found = await findTwo(directory, tenant, by)
    return found.filter(({ user }) => path(user).some((one) => typeof one === 'string' && sameText(one, value)))
  }
  // An address is not immutable, whatever it is called: it may be somebody else's one day.
  const isAddress = immutable?.includes('@') === true && !immutable.includes('|')
  if (immutable !== undefined && (!isAddress || isOwned(connection, immutable))) {
    const found = await findTwo(directory, tenant, { externalId: immutable })
    const one = only(found, 'immutable', 'externalId')
    if (one !== undefined) return isAddress ? first(one) : one
  }
  const userName = claimOf(arrival, connection.userNameClaims)
  if (userName !== undefined && isOwned(connection, userName)) {
    const found = await hits({ userName }, userName, (user) => [user.userName])
    if (found.length > 0) return first(only(found, 'userName', 'userName'))
  }
  const { email } = arrival
  if (connection.email === true && arrival.emailVerified === true && usable(email) && isOwned(connection, email)) {
    const found = await hits({ email }, email, (user) => addressesOf(user))
    if (found.length > 0) return first(only(found, 'email', 'e-mail'))
  }
  return undefined

  /** Whether the person may be linked by what others may get one day: a name, an address. */
  async function first(one: ByRules): Promise<ByRules> {
    if (one === undefined || 'refused' in one) return one
    const { id, user } = one.found
    if ((await links.ofPerson(tenant, id)).length > 0) {
      const why = `User ${id} has the ${one.rule} that was sent, but is linked to another identity already; unlink that one if it is the same person`
      return { refused: { code: 'ERR_SIGNIN_LINK', why } }
    }
    const { externalId } = user
    if (
      immutable !== undefined &&
      typeof externalId === 'string' &&
      externalId !== immutable &&
      isImmutable(externalId)
    ) {
      const why = `User ${id} has the ${one.rule} that was sent, but the externalId of another account; if it is the same person, provision it again or link it by hand`
      return { refused: { code: 'ERR_SIGNIN_LINK', why } }
    }
    return one
  }

  /** Whether an externalId is what this connection sends as its immutable id. */
  function isImmutable(externalId: string): boolean {
    return connection.exact || (connection.kind === 'entra' && UUID.test(externalId))
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function only([one, another]: readonly Found[], rule: LinkRule, name: string): ByRules {
  if (one === undefined) return undefined
  if (another === undefined) return { found: one, rule }
  return {
    refused: {
      code: 'ERR_SIGNIN_AMBIGUOUS',
      why: `Several people have this ${name}, among them ${one.id} and ${another.id}`,
    },
  }
}

/** The first of these claims that is there; `sub` is the subject. */
export function claimOf({ subject, claims = {} }: Arrival, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = name === 'sub' ? subject : Object.hasOwn(claims, name) ? claims[name] : undefined
    // Libraries for SAML give a list where an attribute has several values.
    const one = Array.isArray(value) && value.length === 1 ? value[0] : value
    if (usable(one)) return one
  }
  return undefined
}

function usable(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST
}

function addressesOf({ emails }: Found['user']): readonly unknown[] {
  return Array.isArray(emails) ? emails.map((one) => (one as { readonly value?: unknown } | null)?.value) : []
}
