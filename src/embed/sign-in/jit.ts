// Creates a person by their first sign-in, where the tenant wants that.

import { AlongConflict, type Context, type Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { type Json, LENIENT, ScimError, User } from '../../protocol/index.ts'
import { isOwned, type ReadConnection } from './connection.ts'
import type { Links } from './links.ts'
import type { Arrival, Reason, SignInOutcome } from './outcome.ts'
import { personOf } from './person.ts'
import { claimOf } from './rules.ts'

/** What creating needs. */
export interface JitDeps {
  readonly directory: Directory
  readonly links: Links
  readonly environment: Pick<Environment, 'now'>
}

/** Somebody has that name or link already, perhaps by this same sign-in in another window: look again, and refuse if that finds nobody. */
export interface Overtaken {
  readonly overtaken: Reason
}

/** Creates the person, with no more than the connection may vouch for; the link is made in the same transaction. */
export async function createPerson(
  { directory, links, environment }: JitDeps,
  connection: ReadConnection,
  arrival: Arrival,
): Promise<SignInOutcome | Reason | Overtaken> {
  const { tenant, issuer, subject, email, emailVerified } = arrival
  if (connection.jit !== 'create') {
    const why = `Nobody in tenant ${tenant} has this identity; provision the person by SCIM, or link it by hand`
    return { code: 'ERR_SIGNIN_UNKNOWN', why }
  }
  const address = emailVerified === true && typeof email === 'string' && isOwned(connection, email) ? email : undefined
  const named = claimOf(arrival, connection.userNameClaims)
  const userName = named !== undefined && isOwned(connection, named) ? named : address
  if (userName === undefined) {
    const why = `Nobody in tenant ${tenant} has this identity, and it has no user name or verified e-mail in the domains of ${connection.id} to create one with`
    return { code: 'ERR_SIGNIN_UNKNOWN', why }
  }
  const externalId = claimOf(arrival, connection.immutableClaims)
  const [given, family, name] = ['given_name', 'family_name', 'name'].map((claim) => claimOf(arrival, [claim]))
  const body: Json = {
    schemas: [User.schema.id],
    userName,
    active: true,
    ...(externalId === undefined ? {} : { externalId }),
    ...(name === undefined ? {} : { displayName: name }),
    ...(given === undefined && family === undefined
      ? {}
      : {
          name: {
            ...(given === undefined ? {} : { givenName: given }),
            ...(family === undefined ? {} : { familyName: family }),
          },
        }),
    ...(address === undefined ? {} : { emails: [{ value: address, type: 'work', primary: true }] }),
  }
  const actor = `sign-in:${connection.id}`
  const context: Context = { tenant, actor, allow: LENIENT }
  const at = environment.now()
  const writes = await links.making({
    tenant,
    created: at,
    version: 1,
    issuer,
    subject,
    connection: connection.id,
    rule: 'jit',
    actor,
  })
  try {
    const { stored } = await directory.create(context, 'User', body, { created: at, along: writes })
    return {
      outcome: 'accepted',
      person: personOf(stored),
      link: { issuer, subject, connection: connection.id, rule: 'jit', at },
    }
  } catch (error) {
    const linked = error instanceof AlongConflict
    if (!linked && (!(error instanceof ScimError) || error.status >= 500)) throw error
    const why = linked ? 'the identity was linked meanwhile' : error.detail
    const reason = { code: 'ERR_SIGNIN_LINK', why: `The person could not be created: ${why}` } as const
    return linked || error.status === 409 ? { overtaken: reason } : reason
  }
}
