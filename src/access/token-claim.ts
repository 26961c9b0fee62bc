// What a token that lets nobody in claims to be: for whoever runs the server, never for whoever sent it.

import { isAdminToken, SECRET_LENGTH, tenantOfToken, tokenPrefix } from './tokens.ts'

/** What a token claims to be. Nothing of the token itself is repeated. */
export type TokenClaim =
  | { readonly is: 'admin-token' | 'other-tenant' }
  /** It begins as the tenant's tokens do, and is shorter or longer than they are. */
  | { readonly is: 'not-whole'; readonly arrived: number; readonly ours: number }
  | { readonly is: 'unlike'; readonly arrived: number }
  /** It is in the form of the tenant's tokens. */
  | { readonly is: 'own' }

/** What a token claims to be at a tenant. Pure. */
export function claimOf(token: string, tenant: string): TokenClaim {
  if (isAdminToken(token)) return { is: 'admin-token' }
  const named = tenantOfToken(token)
  if (named === tenant) return { is: 'own' }
  const prefix = tokenPrefix(tenant)
  if (token.startsWith(prefix)) return { is: 'not-whole', arrived: token.length, ours: prefix.length + SECRET_LENGTH }
  return named === undefined ? { is: 'unlike', arrived: token.length } : { is: 'other-tenant' }
}
