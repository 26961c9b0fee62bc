// Gets access tokens by OAuth client credentials and limits the request rate.

import { environment } from 'lockstep'
import { createClient, createPace, oauth } from 'lockstep/client'

// Clients that share a pace stay within one rate limit together.
const pace = createPace({ perSecond: 10, burst: 20, concurrency: 4 }, environment)

/** A client that gets its tokens from an authorization server, with a private key that never leaves this machine. */
export function clientOf(url: string, privateKey: string) {
  return createClient({
    url,
    pace,
    auth: oauth({
      tokenUrl: 'https://login.example/oauth2/token',
      clientId: 'lockstep',
      key: { algorithm: 'ES256', private: privateKey, id: 'key-1' },
      scope: 'scim',
    }),
    timeoutMs: 10_000,
    attempts: 6,
  })
}
