// The routes of the admin API by which a browser signs in and out, and for the sessions that are going on.

import { z } from 'zod'
import { type Administrator, CAPABILITIES, FRESH_MS, hasCapability, ROLES, type Role } from '../../access/index.ts'
import { isoTime } from '../../tenancy/index.ts'
import { Refused } from '../refusals.ts'
import { type Call, type Route, type RouteDeps, route } from '../route.ts'
import { time } from '../shapes.ts'
import { writeCookie } from '../sign-in/browser.ts'
import { isSameHolder } from '../sign-in/holder.ts'
import type { Identity } from '../sign-in/identity.ts'
import type { Session } from '../sign-in/sessions.ts'
import type { Caller, Secret } from '../sign-in/ways.ts'

const role = z.enum(Object.keys(ROLES) as Role[])
const how = z.enum(['token', 'link', 'oidc', 'person']).describe('How it signed in')

/** Who has signed in, and what they may do. */
const WhoBody = z.object({
  actor: z.string().describe('The name in the change log'),
  name: z.string().describe('The name for people'),
  role,
  tenants: z.array(z.string()).optional().describe('The tenants it is limited to; absent: all, and the whole database'),
  capabilities: z.array(z.enum(CAPABILITIES)),
  signedIn: z.enum(['token', 'session']),
  how,
  session: z.string().optional().describe('Short name of the session; absent with a token'),
  since: time.optional(),
  ends: time.optional().describe('When the session ends if nothing more is done'),
  freshUntil: time.optional().describe('Until when what needs a fresh sign-in is let through; absent with a token'),
})

/** A session that is going on. */
const SessionBody = z.object({
  session: z.string(),
  actor: z.string(),
  name: z.string(),
  role: role.optional().describe('Absent: its holder has no role any more'),
  how,
  since: time,
  seen: time.describe('When a request last came, at most a minute behind'),
  ends: time,
  address: z.string(),
  agent: z.string(),
  own: z.boolean().describe('Whether it is the session of this request'),
})

const SecretBody = z.strictObject({
  link: z.string().min(1).max(200).optional().describe('The secret of a one-time link'),
  token: z.string().min(1).max(200).optional().describe('An admin token; the session ends with it'),
})

const ONE_SECRET = 'Give one of link and token'

function whoJson(administrator: Administrator, session?: Session & { readonly identity: Identity }) {
  const { actor, role: own, tenants, signedIn } = administrator
  const who = {
    actor,
    role: own,
    tenants,
    capabilities: CAPABILITIES.filter((capability) => hasCapability(administrator, capability)),
    signedIn,
  }
  if (session === undefined) return { ...who, name: actor, how: 'token' as const }
  const { id, holder, since, ends, identity } = session
  return {
    ...who,
    name: identity.name,
    how: holder.by,
    session: id,
    since: isoTime(since),
    ends: isoTime(ends),
    freshUntil: isoTime(since + FRESH_MS),
  }
}

function secretOf({ link, token }: z.output<typeof SecretBody>): Secret {
  if (link !== undefined && token === undefined) return { link }
  if (token !== undefined && link === undefined) return { token }
  throw new Refused(400, 'ERR_INVALID', ONE_SECRET, [{ in: 'body', field: '', message: ONE_SECRET }])
}

/** The sessions that a caller may see and end: its own, and with `own` for the whole database all. */
async function reachable({ administrator, session }: Pick<Caller, 'administrator' | 'session'>, { ways }: RouteDeps) {
  const all = await ways.sessions.list()
  if (hasCapability(administrator, 'own') && administrator.tenants === undefined) return all
  return session === undefined ? [] : all.filter(({ holder }) => isSameHolder(holder, session.holder))
}

async function sessionJson(
  { id, holder, since, seen, ends, address, agent }: Session,
  own: string | undefined,
  deps: RouteDeps,
) {
  const identity = await deps.ways.identityOf(holder)
  return {
    session: id,
    actor: identity?.actor ?? '',
    name: identity?.name ?? '',
    role: identity?.role,
    how: holder.by,
    since: isoTime(since),
    seen: isoTime(seen),
    ends: isoTime(ends),
    address,
    agent,
    own: id === own,
  }
}

/** Begins a session in place of the one that the browser has. */
async function signIn(
  { body, visit, agent, session, setCookie, facts }: Call<object, unknown, z.output<typeof SecretBody>>,
  { ways }: RouteDeps,
) {
  const begun = await ways.signIn(secretOf(body), { address: visit.address, agent })
  if (session !== undefined) await ways.sessions.end([session.id])
  setCookie(writeCookie(begun.secret, visit.origin))
  const { identity } = begun
  const { id, holder } = begun.session
  Object.assign(facts, { how: holder.by, session: id, actor: identity.actor, name: identity.name })
  const administrator: Administrator = {
    actor: identity.actor,
    role: identity.role,
    tenants: identity.tenants,
    signedIn: 'session',
    since: begun.session.since,
  }
  return whoJson(administrator, { ...begun.session, identity })
}

/** The routes for signing in and out. */
export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/ways-in',
    id: 'listWaysIn',
    does: 'Which ways there are to sign in, and who has signed in already',
    needs: { capability: 'nothing', reach: 'own' },
    gives: {
      status: 200,
      body: z.object({
        ways: z.array(z.enum(['link', 'token', 'oidc'])),
        oidc: z.string().optional().describe('What the button of the identity provider says'),
        isFirst: z.boolean().describe('Whether nobody owns this installation yet'),
        session: WhoBody.optional(),
      }),
    },
    run: async ({ administrator, session }, { ways }) => {
      const oidc = await ways.oidc.offered()
      return {
        ways: [...(oidc === undefined ? [] : ['oidc']), 'link', 'token'],
        ...(oidc === undefined ? {} : { oidc }),
        isFirst: !(await ways.hasOwner()),
        ...(session === undefined ? {} : { session: whoJson(administrator, session) }),
      }
    },
  }),
  route({
    method: 'post',
    path: '/session',
    id: 'signIn',
    does: 'Sign in a browser by a one-time link or an admin token: the answer sets a cookie. A link is used up, and the session before it ends',
    needs: { capability: 'nothing', reach: 'own' },
    body: SecretBody,
    gives: { status: 201, body: WhoBody },
    run: signIn,
  }),
  route({
    method: 'get',
    path: '/session',
    id: 'showSession',
    does: 'Who calls, with which role, tenants and capabilities',
    needs: { capability: 'session', reach: 'own' },
    gives: { status: 200, body: WhoBody },
    run: async ({ administrator, session }) => whoJson(administrator, session),
  }),
  route({
    method: 'delete',
    path: '/session',
    id: 'signOut',
    does: 'Sign out: ends the session of the request',
    needs: { capability: 'nothing', reach: 'own' },
    gives: { status: 204 },
    run: async ({ session, visit, setCookie }, { ways }) => {
      if (session !== undefined) await ways.sessions.end([session.id])
      setCookie(writeCookie('', visit.origin))
    },
  }),
  route({
    method: 'get',
    path: '/sessions',
    id: 'listSessions',
    does: "List the sessions that are going on, the one used last first: one's own, and all of them for owners",
    needs: { capability: 'session', reach: 'own' },
    gives: { status: 200, body: z.object({ items: z.array(SessionBody) }) },
    run: async (call, deps) => {
      const all = await reachable(call, deps)
      return { items: await Promise.all(all.map((one) => sessionJson(one, call.session?.id, deps))) }
    },
  }),
  route({
    method: 'delete',
    path: '/sessions/{session}',
    id: 'endSession',
    does: 'End a session, by its short name',
    needs: { capability: 'session', reach: 'own' },
    gives: { status: 204 },
    run: async (call, deps) => {
      const { session } = call.params
      const meant = (await reachable(call, deps)).filter(({ id }) => id === session)
      if (meant.length === 0) throw new Refused(404, 'ERR_NOT_FOUND', `There is no session "${session}"`)
      await deps.ways.sessions.end([session])
    },
  }),
  route({
    method: 'delete',
    path: '/sessions',
    id: 'endSessions',
    does: "End all sessions but that of the request: one's own, and all of them for owners",
    needs: { capability: 'session', reach: 'own' },
    gives: { status: 200, body: z.object({ ended: z.int() }) },
    run: async (call, deps) => {
      const others = (await reachable(call, deps)).filter(({ id }) => id !== call.session?.id)
      return { ended: await deps.ways.sessions.end(others.map(({ id }) => id)) }
    },
  }),
]
