// Decides on a sign-in: the person who was provisioned, or nobody.

import { type Context, type Directory, documentOf, type Plan, type Stored } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { ConfigError, LENIENT, parseFilter, ScimError, typeByName } from '../../protocol/index.ts'
import { type ReadConnection, readConnection, type SsoConnection } from './connection.ts'
import { createPerson, type Overtaken } from './jit.ts'
import type { KeptLink, Links, NewLink } from './links.ts'
import { type Arrival, type Reason, refusal, type SignInLink, type SignInOutcome } from './outcome.ts'
import { personOf } from './person.ts'
import { byRules } from './rules.ts'

/** What deciding needs. */
export interface AcceptDeps {
  readonly directory: Directory
  readonly links: Links
  readonly environment: Environment
  readonly connections: (tenant: string) => readonly SsoConnection[] | Promise<readonly SsoConnection[]>
}

/** Attempts against an identity provider that changes the same person at the same time. */
const ATTEMPTS = 5
/** Longest issuer and subject. OpenID Connect Core §2 says 255 for a subject; SAML has no limit. */
const LONGEST = 2_048

/** Decides on a sign-in. Throws ConfigError for an arrival that no library gives, and for connections that make no sense. */
export async function accept(deps: AcceptDeps, arrival: Arrival): Promise<SignInOutcome> {
  checkArrival(arrival)
  const { environment } = deps
  const connection = choose((await deps.connections(arrival.tenant)).map(readConnection), arrival)
  if ('code' in connection) return refusal(connection, 'your identity provider', environment)
  let overtaken: Reason | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const decided = await decide(deps, connection, arrival)
    if (decided === 'again') continue
    if ('overtaken' in decided) {
      if (overtaken !== undefined) return refusal(overtaken, connection.label, environment)
      overtaken = decided.overtaken
      continue
    }
    return 'code' in decided ? refusal(decided, connection.label, environment) : decided
  }
  const why = 'The person was changed again and again while signing in; the next attempt may succeed'
  return refusal({ code: 'ERR_SIGNIN_LINK', why }, connection.label, environment)
}

async function decide(
  deps: AcceptDeps,
  connection: ReadConnection,
  arrival: Arrival,
): Promise<SignInOutcome | Reason | Overtaken | 'again'> {
  const { directory, links } = deps
  const { tenant, issuer, subject } = arrival
  const known = await links.find(tenant, issuer, subject)
  if (known !== undefined) {
    const closed = await reasonAgainst(directory, connection, known.stored)
    return closed ?? accepted(known.stored, known.link)
  }
  const ruled = await byRules(deps, connection, arrival)
  if (ruled === undefined) return createPerson(deps, connection, arrival)
  if ('refused' in ruled) return ruled.refused
  const stored = await directory.get({ tenant, type: 'User', id: ruled.found.id })
  if (stored === undefined) return 'again'
  const closed = await reasonAgainst(directory, connection, stored)
  if (closed !== undefined) return closed
  const { id: person, created, version } = stored
  const actor = `sign-in:${connection.id}`
  const link: NewLink = {
    tenant,
    person,
    created,
    version,
    issuer,
    subject,
    connection: connection.id,
    rule: ruled.rule,
    actor,
  }
  if (!(await links.make(link, stored))) return 'again'
  return accepted(stored, { ...link, at: deps.environment.now() })
}

/** Why a person is not let in; undefined where they are. */
export async function reasonAgainst(
  directory: Directory,
  connection: ReadConnection | undefined,
  stored: Stored,
): Promise<Reason | undefined> {
  const { tenant, id } = stored
  if (documentOf(stored).active === false) return { code: 'ERR_SIGNIN_INACTIVE', why: `User ${id} is deactivated` }
  const type = typeByName(directory.catalog(tenant), 'User')
  const who = connection?.who
  if (connection === undefined || who === undefined || type === undefined) return undefined
  const context: Context = { tenant, actor: 'sign-in', allow: LENIENT }
  const filter = `id eq ${JSON.stringify(id)} and (${who})`
  const search = { filter, startIndex: 1, count: 1, paging: 'index' } as const
  const plan = planOf(() => {
    // By itself: a bracket too many must not end the condition that it is this person.
    parseFilter(who)
    return directory.plan(context, [type], search, '', { groups: false, total: false })
  }, connection)
  const { resources } = await directory.find(plan)
  if (resources.length > 0) return undefined
  return {
    code: 'ERR_SIGNIN_NOT_ASSIGNED',
    why: `User ${id} is not among those whom ${connection.id} is for: ${who}`,
  }
}

/** The plan of `who`; a filter that can't be read is a fault of the connection. */
function planOf(plan: () => Plan, { id, who }: ReadConnection): Plan {
  try {
    return plan()
  } catch (error) {
    if (!(error instanceof ScimError)) throw error
    throw new ConfigError(`signIn.connections: ${id}`, `who is no filter: ${who}. ${error.detail}`, { cause: error })
  }
}

/** The connection that vouches: one of this tenant whose issuer it is. */
function choose(
  connections: readonly ReadConnection[],
  { tenant, connection, issuer }: Arrival,
): ReadConnection | Reason {
  const matching = connections.filter(
    (one) => one.issuer === issuer && (connection === undefined || one.id === connection),
  )
  const [one, another] = matching
  if (one !== undefined && another === undefined) return one
  const which = connection === undefined ? '' : ` with the id ${JSON.stringify(connection)}`
  const why =
    one === undefined
      ? `Tenant ${tenant} has no connection${which} whose issuer is ${JSON.stringify(issuer)}`
      : `Tenant ${tenant} has several connections whose issuer is ${JSON.stringify(issuer)}; say which one it is`
  return { code: 'ERR_SIGNIN_CONNECTION', why }
}

function accepted(stored: Stored, { issuer, subject, connection, rule, at }: KeptLink | SignInLink): SignInOutcome {
  return { outcome: 'accepted', person: personOf(stored), link: { issuer, subject, connection, rule, at } }
}

function checkArrival(arrival: Arrival): void {
  for (const name of ['tenant', 'issuer', 'subject'] as const) {
    const value: unknown = arrival[name]
    if (typeof value !== 'string' || value === '' || value.length > LONGEST)
      throw new ConfigError(`signIn: ${name}`, `must be a text of 1 to ${LONGEST} characters`)
  }
}
