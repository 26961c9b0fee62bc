// The identity providers that can be simulated, by name.

import type { Scenario } from './scenario.ts'
import { AUTH0 } from './scenarios/auth0.ts'
import { AUTHENTIK } from './scenarios/authentik.ts'
import { ENTRA, ENTRA_FLAG } from './scenarios/entra.ts'
import { GOOGLE } from './scenarios/google.ts'
import { JUMPCLOUD } from './scenarios/jumpcloud.ts'
import { KEYCLOAK } from './scenarios/keycloak.ts'
import { OKTA, OKTA_OIN } from './scenarios/okta.ts'
import { ONELOGIN } from './scenarios/onelogin.ts'
import { PING } from './scenarios/ping.ts'
import { RIPPLING } from './scenarios/rippling.ts'

/** What each identity provider does, by the name that `simulate` takes. */
export const SCENARIOS = {
  okta: OKTA,
  'okta-oin': OKTA_OIN,
  entra: ENTRA,
  'entra-flag': ENTRA_FLAG,
  onelogin: ONELOGIN,
  ping: PING,
  auth0: AUTH0,
  google: GOOGLE,
  jumpcloud: JUMPCLOUD,
  keycloak: KEYCLOAK,
  authentik: AUTHENTIK,
  rippling: RIPPLING,
} as const satisfies { readonly [name: string]: Scenario }

/** A name that `simulate` takes. */
export type Simulated = keyof typeof SCENARIOS

/**
 * Whether `simulate` takes a name.
 * @example
 * if (isSimulated(name)) await simulate(name, { fetch: scim.fetch, token })
 */
export function isSimulated(name: string): name is Simulated {
  return Object.hasOwn(SCENARIOS, name)
}
