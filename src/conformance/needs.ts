// Tries on a server what each identity provider needs of it.

import { Blocked, Fault, NotOffered } from './fault.ts'
import { AUTH0 } from './needs/auth0.ts'
import { AUTHENTIK } from './needs/authentik.ts'
import { ENTRA } from './needs/entra.ts'
import { GOOGLE } from './needs/google.ts'
import { JUMPCLOUD } from './needs/jumpcloud.ts'
import { KEYCLOAK } from './needs/keycloak.ts'
import type { Need, Needs } from './needs/need.ts'
import { OKTA } from './needs/okta.ts'
import { ONELOGIN } from './needs/onelogin.ts'
import { PING } from './needs/ping.ts'
import { RIPPLING } from './needs/rippling.ts'
import { createProbe } from './probe.ts'
import { show } from './report/mask.ts'
import type { NeedResult, ProviderReport } from './report/report.ts'
import type { Session } from './session.ts'
import type { ServerUnderTest } from './survey.ts'
import { NoAnswer } from './wire/exchange.ts'

/** Identity providers whose needs can be tried. */
export const PROVIDER_KINDS = [
  'okta',
  'entra',
  'onelogin',
  'ping',
  'jumpcloud',
  'google',
  'auth0',
  'keycloak',
  'authentik',
  'rippling',
] as const

/** One of `PROVIDER_KINDS`. */
export type ProviderKind = (typeof PROVIDER_KINDS)[number]

/** What each identity provider needs. */
export const NEEDS: { readonly [K in ProviderKind]: Needs } = {
  okta: OKTA,
  entra: ENTRA,
  onelogin: ONELOGIN,
  ping: PING,
  jumpcloud: JUMPCLOUD,
  google: GOOGLE,
  auth0: AUTH0,
  keycloak: KEYCLOAK,
  authentik: AUTHENTIK,
  rippling: RIPPLING,
}

/** Tries what identity providers need, one after the other; what a need has created is removed before the next. */
export async function judgeProviders(
  session: Session,
  server: ServerUnderTest,
  kinds: readonly ProviderKind[],
  remove: (owner: string) => Promise<void>,
  onReport: (report: ProviderReport) => void,
): Promise<void> {
  for (const kind of new Set(kinds)) {
    const { name, needs } = NEEDS[kind]
    const results: NeedResult[] = []
    for (const [at, need] of needs.entries()) {
      session.wire.signal?.throwIfAborted()
      const owner = `${kind} ${at}`
      results.push(await judgeNeed(session, server, need, owner))
      await remove(owner)
    }
    const works = results.every(({ verdict, optional }) => verdict !== 'fails' || optional === true)
    onReport({ kind, name, works, needs: results })
  }
}

async function judgeNeed(session: Session, server: ServerUnderTest, need: Need, owner: string): Promise<NeedResult> {
  const about = { title: need.title, ...(need.optional === true ? { optional: true } : {}) }
  const shown = (error: Fault | Blocked) => error.exchanges.map((one) => show(one, session.prefix))
  try {
    await need.run(createProbe(session, server, owner))
    return { ...about, verdict: 'works' }
  } catch (error) {
    if (error instanceof Fault)
      return { ...about, verdict: 'fails', reason: `expected ${error.message}`, fix: need.fix, exchanges: shown(error) }
    if (error instanceof Blocked)
      return { ...about, verdict: 'untested', reason: error.message, exchanges: shown(error) }
    if (error instanceof NotOffered || error instanceof NoAnswer)
      return { ...about, verdict: 'untested', reason: error.message }
    throw error
  }
}
