// The kinds of identity providers, in the order in which one looks for them.

/** Every kind. Its name for people is `kinds.{kind}` of the common words. */
export const KINDS = [
  'generic',
  'entra',
  'okta',
  'onelogin',
  'ping',
  'jumpcloud',
  'google',
  'auth0',
  'keycloak',
  'authentik',
  'rippling',
  'strict',
  'interop',
] as const
