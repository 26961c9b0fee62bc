// Why a token let nobody in, in words for whoever runs the server.

import type { Authenticated } from '../tenancy/index.ts'

/** A request that was not let in. */
type Refused = Extract<Authenticated, { readonly reason: string }>

/** The reason as a sentence; undefined where the error that the client gets says all there is to say. */
export function refusedText({ reason, claim, at }: Refused): string | undefined {
  const day = at === undefined ? '' : ` on ${new Date(at).toISOString().slice(0, 10)}`
  if (reason === 'expired') return `The token has expired${day}`
  if (reason !== 'invalid' || claim === undefined) return undefined
  switch (claim.is) {
    case 'admin-token':
      return 'The token is one of the admin API and the console; SCIM takes the token of a connection'
    case 'other-tenant':
      return 'The token is one of another tenant'
    case 'not-whole':
      return `The token is not whole: it begins as those of this tenant do, and has ${claim.arrived} characters in place of ${claim.ours}`
    case 'unlike':
      return `What came is not in the form of a token of this server; it has ${claim.arrived} characters`
    case 'own':
      return at === undefined
        ? 'The token is in the form of this tenant, and was never made here or was revoked more than 30 days ago'
        : `The token was revoked${day}`
  }
}
