// Signs people in by the identity provider of the console, and tries settings before they are kept.

import { createBuckets } from '../../access/index.ts'
import type { Environment } from '../../environment.ts'
import { isObject, type JsonObject } from '../../protocol/index.ts'
import { textOf } from '../../store/index.ts'
import type { RoleGrant, SignIn, SignInSettings } from '../../tenancy/index.ts'
import { Refused } from '../refusals.ts'
import type { Visit } from './browser.ts'
import type { Flows } from './flows.ts'
import type { Holder } from './holder.ts'
import { type FlowSecrets, type Oidc, OidcFailure } from './oidc.ts'
import { askedFor, type Claims, roleByClaims, type Staff, valuesOf } from './roles.ts'

/** Where the identity provider sends the browser back to. */
export const CALLBACK = '/admin/v1/session/oidc/callback'

/** How a flow ended. */
export type Finished =
  | { readonly holder: Holder; readonly back: string }
  /** Settings were tried: what came is at hand, once, under this id. */
  | { readonly test: string }
  | { readonly failure: OidcFailure }

/** Sign-in by the identity provider. */
export interface OidcSignIn {
  /** Whether it is set up, and what its button says. */
  readonly offered: () => Promise<string | undefined>
  /** Where the browser has to go, and the secret of the flow for its cookie. Throws {@link OidcFailure}. */
  readonly start: (visit: Visit, back: string) => Promise<{ readonly url: string; readonly secret: string }>
  /** The same with settings that are not kept yet. */
  readonly try: (visit: Visit, draft: SignInSettings) => Promise<{ readonly url: string; readonly secret: string }>
  readonly finish: (secret: string | undefined, answer: URL) => Promise<Finished>
  /** What came of a try, once: the claims, and the role that they give. */
  readonly tried: (test: string) => Promise<JsonObject | undefined>
}

/** Starts of one address: each asks the identity provider. */
const STARTS = { perSecond: 20 / 60, burst: 20 }
/** Most claims that a try shows. */
const CLAIMS_SHOWN = 100

/** Creates sign-in by the identity provider. */
export function createOidcSignIn({
  settings,
  oidc,
  flows,
  staff,
  environment,
}: {
  readonly settings: SignIn
  readonly oidc: Oidc
  readonly flows: Flows
  readonly staff: Staff
  readonly environment: Environment
}): OidcSignIn {
  const starts = createBuckets({ ...STARTS, now: () => environment.monotonic() })
  const begin = async ({ origin, address }: Visit, own: SignInSettings, facts: JsonObject) => {
    const wait = starts.take(address)
    if (wait > 0)
      throw new Refused(429, 'ERR_TOO_MANY', `Too many sign-ins; wait ${wait} s`, [], { 'Retry-After': String(wait) })
    if (own.oidc === undefined) throw new OidcFailure('off', 'No identity provider is set')
    const { url, secrets } = await oidc.start(own.oidc, `${origin}${CALLBACK}`)
    return { url: url.href, secret: await flows.begin({ ...facts, secrets: { ...secrets } }) }
  }
  return {
    offered: async () => {
      const { oidc: own } = await settings.read()
      return own === undefined ? undefined : (own.label ?? new URL(own.issuer).host)
    },
    start: async (visit, back) => begin(visit, await settings.read(), { back }),
    try: (visit, draft) => begin(visit, draft, { draft: JSON.parse(JSON.stringify(draft)) }),
    tried: (test) => flows.take(test),
    async finish(secret, answer) {
      const flow = secret === undefined ? undefined : await flows.take(secret)
      const secrets = secretsOf(flow)
      if (flow === undefined || secrets === undefined)
        return {
          failure: new OidcFailure('over', 'This sign-in was not begun in this browser, or is over; begin again'),
        }
      const draft = isObject(flow.draft) ? (flow.draft as unknown as SignInSettings) : undefined
      const own = draft ?? (await settings.read())
      try {
        if (own.oidc === undefined) throw new OidcFailure('off', 'No identity provider is set')
        const claims = await oidc.finish(own.oidc, secrets, answer)
        if (draft !== undefined) return { test: await flows.begin({ tried: await shownOf(claims, own, staff) }) }
        return { holder: await holderOf(claims, own, own.oidc.issuer, staff), back: textOf(flow.back) ?? '' }
      } catch (error) {
        if (!(error instanceof OidcFailure)) throw error
        if (draft === undefined) return { failure: error }
        return { test: await flows.begin({ tried: { problem: error.problem, message: error.message } }) }
      }
    },
  }
}

/** Whom the claims let in: somebody to whom a rule gives a role, or an active person of the tenant whose group does. */
async function holderOf(claims: Claims, own: SignInSettings, issuer: string, staff: Staff): Promise<Holder> {
  const kept = askedFor(claims, own)
  if (roleByClaims(kept, own) !== undefined) {
    const subject = String(claims.sub)
    return { by: 'oidc', issuer, subject, name: nameOf(claims), claims: kept }
  }
  const person = own.staff === undefined ? undefined : await staff.find(own.staff, claims)
  if (own.staff !== undefined && person !== undefined && (await staff.role(own.staff, person)) !== undefined) {
    return { by: 'person', issuer, tenant: own.staff.tenant, person }
  }
  const missed = [...new Set(own.rules.map(({ claim }) => claim))].map(
    (claim) => `${claim}: ${valuesOf(claims, claim).length} values`,
  )
  throw new OidcFailure(
    'no-role',
    `No rule gives ${nameOf(claims)} a role (${missed.join(', ') || 'there are no rules'})`,
  )
}

/** What a try shows: the claims as texts, and the role that they give. */
async function shownOf(claims: Claims, own: SignInSettings, staff: Staff): Promise<JsonObject> {
  const person = own.staff === undefined ? undefined : await staff.find(own.staff, claims)
  const byPerson = own.staff === undefined || person === undefined ? undefined : await staff.role(own.staff, person)
  const role: RoleGrant | undefined = roleByClaims(askedFor(claims, own), own) ?? byPerson
  return {
    name: nameOf(claims),
    claims: Object.fromEntries(
      Object.keys(claims)
        .slice(0, CLAIMS_SHOWN)
        .map((claim) => [claim, [...valuesOf(claims, claim)]]),
    ),
    ...(person === undefined ? {} : { person }),
    ...(role === undefined
      ? {}
      : { role: role.role, ...(role.tenants === undefined ? {} : { tenants: [...role.tenants] }) }),
  }
}

function nameOf(claims: Claims): string {
  const name = [claims.name, claims.preferred_username, claims.sub].find((one) => typeof one === 'string' && one !== '')
  return String(name ?? '')
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 200)
}

function secretsOf(flow: JsonObject | undefined): FlowSecrets | undefined {
  const json = flow?.secrets
  if (!isObject(json)) return undefined
  const [state, nonce, verifier, redirect] = [json.state, json.nonce, json.verifier, json.redirect].map((one) =>
    textOf(one),
  )
  if (state === undefined || nonce === undefined || verifier === undefined || redirect === undefined) return undefined
  return { state, nonce, verifier, redirect }
}
