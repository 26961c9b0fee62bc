// The contract suite of adapters on SCIM, against Lockstep's own server and each fake app.

import { afterAll, beforeAll, describe, test } from 'vitest'
import { adapterContract } from '../../src/hub/testing.ts'
import { type Serving, serve } from '../serve.ts'
import { FAKES, openApp, unhurriedApp } from './scim-app.ts'

const TOKEN = 'token-of-the-app'
/** An account that every app takes, short of name for those that take no long ones. */
const person = (name: string) => ({
  userName: `u${name}`.slice(0, 20),
  externalId: name,
  displayName: `Ada ${name}`,
  name: { givenName: 'Ada', familyName: name, formatted: `Ada ${name}` },
  emails: [{ value: `${name}@example.com`, type: 'work', primary: true }],
  entitlements: [{ value: 'standard' }],
  active: true,
})

describe.each(Object.entries(FAKES))('%s', (name, profile) => {
  const app = unhurriedApp(profile, TOKEN)
  adapterContract(test, async () => ({
    adapter: openApp({ url: app.base, profile: name, token: TOKEN, fetch: (url, init) => app.fetch(url, init) }),
    user: person,
    secret: TOKEN,
    longest: 20,
  }))
})

describe("Lockstep's own server", () => {
  let serving: Serving
  beforeAll(async () => {
    serving = await serve()
  })
  afterAll(() => serving.close())
  adapterContract(test, async () => {
    const { base, token } = await serving.connection('generic')
    return { adapter: openApp({ url: base, token }), secret: token }
  })
})
