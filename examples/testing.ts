// Tests that whoever leaves at Okta is told of, in Vitest.

import { bearer, lockstep, memoryStore } from 'lockstep'
import { simulate, tellSimulation } from 'lockstep/simulate'
import { expect, test } from 'vitest'

test('whoever leaves is told of, once', async () => {
  const left: string[] = []
  const scim = lockstep({
    store: memoryStore(),
    authenticate: bearer({ secret: { tenant: 'acme', actor: 'okta', kind: 'okta' } }),
    background: false,
    after: { 'user.deactivated': ({ user }) => void left.push(user.userName) },
  })
  try {
    const played = await simulate('okta', { fetch: scim.fetch, token: 'secret', people: 2, only: ['leaver'], seed: 1 })
    expect(played.works, tellSimulation(played)).toBe(true)
    await scim.after.run()
    expect(left.toSorted()).toEqual(played.people.map(({ userName }) => userName).toSorted())
  } finally {
    await scim.close()
  }
})
