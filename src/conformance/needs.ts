import type { Ground, Session } from './probe.ts'
import type { ProviderReport } from './report.ts'

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

/** Tries what identity providers need. */
export async function judgeProviders(
  _session: Session,
  _ground: Ground,
  _kinds: readonly ProviderKind[],
  _remove: (owner: string) => Promise<void>,
): Promise<readonly ProviderReport[]> {
  return []
}
