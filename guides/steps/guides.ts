// All guides, by the kind of their connection.

import { auth0 } from './auth0.ts'
import { authentik } from './authentik.ts'
import { entra } from './entra.ts'
import { google } from './google.ts'
import type { Guide, GuideKind, GuideStep } from './guide.ts'
import { jumpcloud } from './jumpcloud.ts'
import { keycloak } from './keycloak.ts'
import { okta } from './okta.ts'
import { onelogin } from './onelogin.ts'
import { ping } from './ping.ts'
import { rippling } from './rippling.ts'

/** The guide of each identity provider, in the order in which they are offered. */
export const GUIDES: { readonly [Kind in GuideKind]: Guide } = {
  okta,
  entra,
  onelogin,
  ping,
  jumpcloud,
  google,
  auth0,
  keycloak,
  authentik,
  rippling,
}

/** The guide of a kind; undefined for `generic`, `strict`, `interop` and what is no kind. */
export function guideOf(kind: string): Guide | undefined {
  return Object.hasOwn(GUIDES, kind) ? GUIDES[kind as GuideKind] : undefined
}

const OLD_AFTER_MS = 180 * 24 * 60 * 60 * 1000

/** Whether a step was compared with its source more than 180 days before `nowMs`, so that its menus may have moved. */
export function isOld(step: GuideStep, nowMs: number): boolean {
  return nowMs - Date.parse(step.checked) > OLD_AFTER_MS
}
