// The contract suite of adapters on SCIM, against Lockstep's own server and each fake app.

import { afterAll, beforeAll, describe, test } from 'vitest'
import { adapterContract } from '../../src/hub/testing.ts'
import { createFakeApp, FAKE_PROFILES, type FakeProfile } from '../../src/testing/index.ts'
import { type Serving, serve } from '../serve.ts'
import { openApp } from './scim-app.ts'

const PAIRS: readonly (readonly [name: string, fake: FakeProfile])[] = [
  ['rfc', FAKE_PROFILES.strict],
  ['aws', FAKE_PROFILES['aws-like']],
  ['slack', FAKE_PROFILES['slack-like']],
  ['github-emu', FAKE_PROFILES['github-like']],
  ['salesforce', FAKE_PROFILES['salesforce-like']],
  ['zoom', FAKE_PROFILES['zoom-like']],
  ['gitlab', FAKE_PROFILES['gitlab-like']],
  ['miro', FAKE_PROFILES['miro-like']],
  ['entra-era', FAKE_PROFILES['entra-era']],
]

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

describe.each(PAIRS)('%s', (name, profile) => {
  let now = 1_800_000_000_000
  const app = createFakeApp({
    profile,
    token: TOKEN,
    clock: { now: () => now, chance: () => 0.5, wait: async () => undefined },
    onExchange: () => {
      now += 60_000
    },
  })
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
