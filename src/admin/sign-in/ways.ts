// The ways in: who calls, by token or by session, and how a session begins and ends.

import { type Administrator, type Buckets, createBuckets, hashToken } from '../../access/index.ts'
import type { Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { Conflict, type Store, type Write } from '../../store/index.ts'
import {
  type AdminAuthenticated,
  createOperators,
  createSignIn,
  FIRST_OPERATOR,
  type Giver,
  type Operator,
  type Operators,
  type Sealer,
  type SignIn,
  type Tenancy,
} from '../../tenancy/index.ts'
import { Refused } from '../refusals.ts'
import { readCookie, type Visit } from './browser.ts'
import { createFlows } from './flows.ts'
import type { Holder } from './holder.ts'
import { administratorOf, createIdentityOf, type Identity, type IdentityOf } from './identity.ts'
import { createOidc } from './oidc.ts'
import { createOidcSignIn, type OidcSignIn } from './oidc-sign-in.ts'
import { createOneTimeLinks, type OneTimeLinks } from './one-time-links.ts'
import { createStaff } from './roles.ts'
import { createSessions, IDLE_MS, LONGEST_MS, type Origin, type Session, type Sessions } from './sessions.ts'

/** Who calls. */
export interface Caller {
  readonly administrator: Administrator
  /** Absent with a token. */
  readonly session?: Session & { readonly identity: Identity }
}

/** Who calls, or why nobody is let in; `ended`: the session is over, or its holder has no role any more. */
export type Called =
  | Caller
  | { readonly reason: Exclude<AdminAuthenticated, { administrator: unknown }>['reason'] | 'ended' }

/** A secret that begins a session. */
export type Secret = { readonly link: string } | { readonly token: string }

/** The ways in. */
export interface Ways {
  readonly sessions: Sessions
  readonly settings: SignIn
  readonly oidc: OidcSignIn
  readonly links: OneTimeLinks
  readonly operators: (giver: Giver) => Operators
  /** An operator by the id. Throws where there is none. */
  readonly operator: (id: string) => Promise<Operator>
  readonly identityOf: IdentityOf
  /** Whether somebody owns this installation. */
  readonly hasOwner: () => Promise<boolean>
  /** Who sends a request. Refuses a token and a cookie together. */
  readonly callerOf: (headers: Headers, visit: Visit) => Promise<Called>
  /** Begins a session of somebody whom the identity provider has named. */
  readonly begin: Sessions['begin']
  /** Begins a session by a secret. Refuses one that is wrong, over or used with one and the same answer. */
  readonly signIn: (
    secret: Secret,
    from: Origin,
  ) => Promise<{ readonly secret: string; readonly session: Session; readonly identity: Identity }>
}

/** Requests of one session: a page asks for a lot at once, and then for little. */
const REQUESTS = { perSecond: 50, burst: 300 }
/** Wrong secrets of one address, and of all together: past them the answer says to wait. A right secret is taken all the same. */
const WRONG = { perSecond: 5 / 60, burst: 10 }
const WRONG_OF_ALL = { perSecond: 50, burst: 50 }

/** What the ways in work with. */
export interface WaysDeps {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly environment: Environment
  readonly directory: Directory
  /** Seals and opens the secret of the client at the identity provider. */
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
  /** Goes only where addresses that people typed may lead. */
  readonly fetch: Environment['fetch']
}

/** Creates the ways in. */
export function createWays(deps: WaysDeps): Ways {
  const { store, tenancy, environment } = deps
  const links = createOneTimeLinks(store, environment)
  const operators = (giver: Giver) => createOperators(store, environment, giver)
  const settings = createSignIn(store, deps.sealer, environment)
  const sessions = createSessions(store, environment, async () => {
    const { idleMs = IDLE_MS, longestMs = LONGEST_MS } = await settings.read()
    return { idleMs, longestMs }
  })
  const staff = createStaff(tenancy, deps.directory)
  const oidc = createOidcSignIn({
    settings,
    oidc: createOidc(settings, { environment, fetch: deps.fetch }),
    flows: createFlows(store, environment),
    staff,
    environment,
  })
  const nobody = operators({ actor: '', role: 'support', tenants: [] })
  const identityOf = createIdentityOf({ tenancy, operators: nobody, settings, staff })
  const now = () => environment.monotonic()
  const requests = createBuckets({ ...REQUESTS, now })
  const wrong = { one: createBuckets({ ...WRONG, now }), all: createBuckets({ ...WRONG_OF_ALL, now }) }
  return {
    sessions,
    settings,
    oidc,
    begin: sessions.begin,
    links,
    operators,
    operator: nobody.get,
    identityOf,
    hasOwner: async () => (await nobody.firstOwner()) === undefined,
    async callerOf(headers, { origin }) {
      const authorization = headers.get('authorization')
      const secret = readCookie(headers.get('cookie'), origin)
      if (authorization !== null) {
        if (secret === undefined) return tenancy.adminTokens.authenticate(authorization)
        throw new Refused(400, 'ERR_INVALID', 'This has both a token and the cookie of a session; send one of them')
      }
      if (secret === undefined) return tenancy.adminTokens.authenticate(undefined)
      const session = await sessions.find(secret)
      const identity = session === undefined ? undefined : await identityOf(session.holder)
      if (session === undefined || identity === undefined) return { reason: 'ended' }
      const wait = requests.take(session.id)
      if (wait > 0) throw tooMany(`This session sends too many requests; wait ${wait} s`, wait)
      return { administrator: administratorOf(identity, session.since), session: { ...session, identity } }
    },
    async signIn(secret, from) {
      const found = await holderOf(secret)
      const identity = found === undefined ? undefined : await identityOf(found.holder)
      // The first owner is made by the same commit, and so is nobody before it.
      const isKnown = identity !== undefined || found?.makes === true
      const begun = found === undefined || !isKnown ? undefined : await begin(found, from)
      if (begun === undefined) throw refusedSecret(wrong, from.address)
      const known = identity ?? (await identityOf(begun.session.holder))
      if (known === undefined) throw refusedSecret(wrong, from.address)
      return { ...begun, identity: known }
    },
  }

  async function holderOf(secret: Secret): Promise<Found | undefined> {
    if ('token' in secret) {
      const found = await tenancy.adminTokens.authenticate(`Bearer ${secret.token}`)
      return 'administrator' in found ? { holder: { by: 'token', token: hashToken(secret.token) } } : undefined
    }
    const link = await links.find(secret.link)
    if (link === undefined) return undefined
    if ('operator' in link.whom) return { holder: { by: 'link', operator: link.whom.operator }, also: [link.use] }
    const actor = 'console:first'
    const made = await operators({ actor, role: 'owner', tenants: undefined }).firstOwner()
    if (made === undefined) return undefined
    return { holder: { by: 'link', operator: FIRST_OPERATOR }, also: [link.use, ...made], makes: true }
  }

  /** Undefined if somebody else has used the link meanwhile. */
  async function begin({ holder, also = [] }: Found, from: Origin) {
    try {
      return await sessions.begin(holder, from, also)
    } catch (error) {
      if (error instanceof Conflict) return undefined
      throw error
    }
  }
}

/** Whom a secret lets in, with what uses it up. */
interface Found {
  readonly holder: Holder
  readonly also?: readonly Write[]
  /** Whether `also` makes the holder. */
  readonly makes?: true
}

function refusedSecret(wrong: { readonly one: Buckets; readonly all: Buckets }, address: string): Refused {
  const wait = Math.max(wrong.one.take(address), wrong.all.take(''))
  if (wait > 0) return tooMany(`Too many wrong links and tokens; wait ${wait} s`, wait)
  const message =
    'This link or token does not let anybody in: it is wrong, used, over or revoked. Make a link with: lockstep console link'
  return new Refused(401, 'ERR_UNAUTHORIZED', message)
}

/** 429, with the seconds to wait. RFC 6585 §4. */
function tooMany(message: string, seconds: number): Refused {
  return new Refused(429, 'ERR_TOO_MANY', message, [], { 'Retry-After': String(seconds) })
}
