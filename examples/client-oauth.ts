import { environment } from 'lockstep'
import { createClient, createPace, oauth } from 'lockstep/client'

// Two clients that keep to one pace with a server, whatever they do.
const pace = createPace({ perSecond: 10, burst: 20, concurrency: 4 }, environment)

/** A client whose tokens come from an authorization server, by a key that never leaves this machine. */
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
