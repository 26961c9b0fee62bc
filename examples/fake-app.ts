// Tries a client on a fake app that loses an answer, and looks at what was sent and at what the app holds.

import { createClient, User } from 'lockstep/client'
import { createFakeApp, FAKE_PROFILES, listen } from 'lockstep/testing'

/** Makes a user in an app like GitHub whose first answer is lost. Returns the requests that arrived, and the users there. */
export async function tryLostAnswer(): Promise<{
  readonly requests: readonly string[]
  readonly users: readonly unknown[]
}> {
  const app = createFakeApp({ profile: FAKE_PROFILES['github-like'] })
  const at = await listen(app)
  app.fault({ fault: { kind: 'reset', effect: true }, methods: ['POST'], times: 1 })
  const client = createClient({ url: at.base, attempts: 1, headers: { 'user-agent': 'example' } })
  const ada = { userName: 'Ada.Lovelace', externalId: '1', emails: [{ value: 'ada@example.com' }] }
  try {
    await client.create(User, ada)
  } catch {
    // Nobody knows whether it was done; a second create is refused, since it was.
    await client.create(User, ada).catch(() => {})
  } finally {
    await at.close()
  }
  return {
    requests: app.trace().map(({ method, path, status }) => `${method} ${path} → ${status ?? 'no answer'}`),
    users: app.state().map(({ attributes }) => attributes.userName),
  }
}
