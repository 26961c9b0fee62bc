// The routes of the admin API for sign-in by an identity provider: settings, a try, the way there and back.

import { z } from 'zod'
import { ROLES, type Role } from '../../access/index.ts'
import { shownSignIn } from '../../tenancy/index.ts'
import { Refused } from '../refusals.ts'
import { type Call, type Route, type RouteDeps, route } from '../route.ts'
import { flowCookie, namedCookie, writeCookie, writeFlowCookie } from '../sign-in/browser.ts'
import { keyFault } from '../sign-in/client-key.ts'
import { OidcFailure } from '../sign-in/oidc.ts'
import { CALLBACK } from '../sign-in/oidc-sign-in.ts'

const grant = {
  role: z.enum(Object.keys(ROLES) as Role[]),
  tenants: z.array(z.string()).optional().describe('The tenants it is limited to; absent: all, and the whole database'),
}
const RULE = z.strictObject({
  claim: z.string().describe('A claim of the ID token: groups, roles, email (only one that was verified), sub'),
  value: z.string().describe('The value that it must have, or have among others'),
  ...grant,
})
const STAFF = z.strictObject({
  tenant: z.string().describe('The tenant whose people may sign in'),
  claim: z.string().describe('The claim that names the person'),
  attribute: z.enum(['userName', 'externalId']).default('userName').describe('The attribute that has its value'),
  groups: z.array(z.strictObject({ group: z.string().describe('Id of a group'), ...grant })),
})
const OIDC = {
  issuer: z.string().describe('https, or http on this machine'),
  clientId: z.string(),
  label: z.string().optional().describe('On the button of the sign-in page; absent: the host of the issuer'),
  client: z
    .enum(['secret', 'key', 'none'])
    .default('secret')
    .describe(
      'How the client proves itself; key: by private_key_jwt, with a private key in PEM (RSA, or EC on P-256) as the secret, and its certificate in the same text where the identity provider asks for its thumbprint',
    ),
  keyId: z.string().optional().describe('kid of the key, as the identity provider knows it'),
  scopes: z.array(z.string()).optional().describe('Besides openid; absent: profile and email'),
  env: z.string().optional().describe('Name of an environment variable of the server that holds the secret'),
}
const SETTINGS = {
  rules: z.array(RULE).default([]).describe('Roles by claims; the first that fits counts'),
  staff: STAFF.optional().describe('People of a tenant who may sign in: whoever leaves there is out at once'),
  idleMinutes: z.int().min(5).max(480).optional().describe('When a session ends by itself; absent: 480'),
  longestMinutes: z.int().min(15).max(1_440).optional().describe('When a session ends in any case; absent: 1440'),
}

const SettingsBody = z.object({
  oidc: z
    .object({ ...OIDC, secret: z.enum(['sealed', 'env', 'none']).describe('Where it is; it is never shown') })
    .optional(),
  ...SETTINGS,
  redirect: z.url().describe('The address that the identity provider must know'),
})

const DraftBody = z.strictObject({
  oidc: z
    .strictObject({
      ...OIDC,
      secret: z.string().min(1).max(10_000).optional().describe('Kept sealed; absent: stays, for the same client'),
    })
    .optional(),
  ...SETTINGS,
})

const TriedBody = z.object({
  name: z.string().optional(),
  claims: z.record(z.string(), z.array(z.string())).optional(),
  person: z.string().optional().describe('Id of the person of the tenant'),
  role: grant.role.optional().describe('Absent: it gives none'),
  tenants: grant.tenants,
  problem: z.string().optional(),
  message: z.string().optional(),
})

const ALL = { capability: 'own', reach: 'database' } as const

function redirectOf({ visit }: Pick<Call, 'visit'>): string {
  return `${visit.origin}${CALLBACK}`
}

/** Sends the browser on. */
function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}

/** A key that cannot sign is refused where it is given, not at the next sign-in. */
function requireKey({ oidc }: z.output<typeof DraftBody>): void {
  if (oidc?.client !== 'key' || oidc.secret === undefined) return
  const fault = keyFault(oidc.secret)
  if (fault !== undefined)
    throw new Refused(400, 'ERR_INVALID', fault, [{ in: 'body', field: 'oidc.secret', message: fault }])
}

async function startSignIn(
  { query, visit, setCookie }: Call<object, { readonly back: string }>,
  { ways }: RouteDeps,
): Promise<Response> {
  try {
    const { url, secret } = await ways.oidc.start(visit, query.back)
    setCookie(writeFlowCookie(secret, visit.origin))
    return seeOther(url)
  } catch (error) {
    if (!(error instanceof OidcFailure)) throw error
    return seeOther(`${visit.origin}/console/sign-in?problem=${error.problem}`)
  }
}

async function finishSignIn(call: Call<object>, { ways }: RouteDeps): Promise<Response> {
  const { visit, agent, url, cookies, setCookie, facts } = call
  setCookie(writeFlowCookie('', visit.origin))
  const finished = await ways.oidc.finish(namedCookie(cookies, flowCookie(visit.origin)), url)
  if ('test' in finished) return seeOther(`${visit.origin}/console/settings/sign-in?tried=${finished.test}`)
  if ('failure' in finished) {
    Object.assign(facts, { outcome: 'refused', reason: finished.failure.message })
    return seeOther(`${visit.origin}/console/sign-in?problem=${finished.failure.problem}`)
  }
  const { secret, session } = await ways.begin(finished.holder, { address: visit.address, agent })
  setCookie(writeCookie(secret, visit.origin))
  const identity = await ways.identityOf(finished.holder)
  Object.assign(facts, {
    how: finished.holder.by,
    session: session.id,
    actor: identity?.actor ?? '',
    name: identity?.name,
  })
  return seeOther(`${visit.origin}/console${finished.back}`)
}

/** The routes for sign-in by an identity provider. */
export const OIDC_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/session/oidc',
    id: 'startSignIn',
    does: 'Sends the browser to the identity provider of the console, to sign in there',
    needs: { capability: 'nothing', reach: 'own' },
    query: z.strictObject({
      back: z
        .string()
        .max(500)
        .regex(/^\/[\w./?=&%-]*$/)
        .default('/')
        .describe('The page of the console to come back to'),
    }),
    gives: { status: 303 },
    run: startSignIn,
  }),
  route({
    method: 'get',
    path: '/session/oidc/callback',
    id: 'finishSignIn',
    does: 'Where the identity provider sends the browser back to: checks its answer, and begins a session',
    needs: { capability: 'nothing', reach: 'own' },
    fromElsewhere: true,
    audited: true,
    gives: { status: 303 },
    run: finishSignIn,
  }),
  route({
    method: 'get',
    path: '/sign-in',
    id: 'showSignIn',
    does: 'Show the settings of sign-in: the identity provider, and who gets which role',
    needs: ALL,
    gives: { status: 200, body: SettingsBody },
    run: async (call, { ways }) => ({ ...shownSignIn(await ways.settings.read()), redirect: redirectOf(call) }),
  }),
  route({
    method: 'put',
    path: '/sign-in',
    id: 'putSignIn',
    does: 'Set how people sign in. Nobody gives a role that they lack',
    needs: { ...ALL, fresh: true },
    body: DraftBody,
    gives: { status: 200, body: SettingsBody },
    run: async (call, { ways }) => {
      requireKey(call.body)
      return { ...shownSignIn(await ways.settings.put(call.json, call.giver)), redirect: redirectOf(call) }
    },
  }),
  route({
    method: 'post',
    path: '/sign-in/test',
    id: 'trySignIn',
    does: 'Try settings of sign-in before they are kept: open the address in this browser, and read afterwards what came',
    needs: { ...ALL, fresh: true },
    body: DraftBody,
    gives: { status: 200, body: z.object({ url: z.url(), redirect: z.url() }) },
    run: async (call, { ways }) => {
      requireKey(call.body)
      try {
        const draft = await ways.settings.check(call.json, call.administrator)
        const { url, secret } = await ways.oidc.try(call.visit, draft)
        call.setCookie(writeFlowCookie(secret, call.visit.origin))
        return { url, redirect: redirectOf(call) }
      } catch (error) {
        if (!(error instanceof OidcFailure)) throw error
        throw new Refused(409, 'ERR_IDENTITY_PROVIDER', error.message)
      }
    },
  }),
  route({
    method: 'get',
    path: '/sign-in/tests/{test}',
    id: 'showTriedSignIn',
    does: 'What came of a try, once: the claims, and the role that they give',
    needs: ALL,
    gives: { status: 200, body: TriedBody },
    run: async ({ params }, { ways }) => {
      const flow = await ways.oidc.tried(params.test)
      if (flow?.tried === undefined)
        throw new Refused(404, 'ERR_NOT_FOUND', 'There is no such try, or it was read already')
      return flow.tried
    },
  }),
]
