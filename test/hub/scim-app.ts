// Opens the adapter of a SCIM app for tests.

import { environment as realEnvironment } from '../../src/environment.ts'
import { SCIM_KIND } from '../../src/hub/adapters/scim/scim-kind.ts'
import type { Adapter, AdapterCall, AdapterDeps, AppCredentials, AppSettings } from '../../src/hub/contract/index.ts'
import { Group, type Json, User } from '../../src/protocol/index.ts'
import { createFakeApp, FAKE_PROFILES, type FakeApp, type FakeProfile } from '../../src/testing/index.ts'

/** What a test may set. */
export interface TestApp {
  readonly url: string
  readonly profile?: Json
  readonly token?: string
  readonly credentials?: AppCredentials
  readonly fetch?: typeof realEnvironment.fetch
}

/** A call that nothing ends. */
export const CALL: AdapterCall = { signal: new AbortController().signal, headers: {} }

/** The settings of a SCIM app, and what its adapter works with. */
export function settingsOf({ url, profile, token, credentials, fetch }: TestApp) {
  const settings: AppSettings = {
    id: 'app',
    label: 'App',
    mode: 'on',
    adapter: 'scim',
    options: { url, ...(profile === undefined ? {} : { profile }) },
    scope: { users: {} },
    grants: [],
    policy: { onLeave: 'disable', tombstoneDays: 30, adopt: 'one' },
    guard: { floor: 10, percent: 10, membersFloor: 50, membersPercent: 10 },
    sweeps: { fullHours: 24, policies: { drifted: 'report', missing: 'report', zombie: 'fix', stranger: 'report' } },
    ...(token === undefined ? {} : { credentials: { kind: 'bearer', env: 'APP_TOKEN' } }),
    ...(credentials === undefined ? {} : { credentials }),
  }
  const deps: AdapterDeps = {
    tenant: 'acme',
    environment: { ...realEnvironment, ...(fetch === undefined ? {} : { fetch }) },
    secret: async () => token,
    types: [User, Group],
  }
  return { settings, deps }
}

/** Opens the adapter of a SCIM app. */
export function openApp(app: TestApp): Adapter {
  const { settings, deps } = settingsOf(app)
  SCIM_KIND.check(settings)
  return SCIM_KIND.open(settings, deps)
}

/** Profiles with fake apps that stand for them. */
export const FAKES = {
  rfc: FAKE_PROFILES.strict,
  aws: FAKE_PROFILES['aws-like'],
  slack: FAKE_PROFILES['slack-like'],
  'github-emu': FAKE_PROFILES['github-like'],
  salesforce: FAKE_PROFILES['salesforce-like'],
  zoom: FAKE_PROFILES['zoom-like'],
  gitlab: FAKE_PROFILES['gitlab-like'],
  miro: FAKE_PROFILES['miro-like'],
  'entra-era': FAKE_PROFILES['entra-era'],
} as const satisfies { readonly [profile: string]: FakeProfile }

/** A fake app whose time goes on by a minute with each request, so that no budget is used up. */
export function unhurriedApp(profile: FakeProfile, token?: string): FakeApp {
  let now = 1_800_000_000_000
  return createFakeApp({
    profile,
    clock: { now: () => now, chance: () => 0.5, wait: async () => undefined },
    onExchange: () => {
      now += 60_000
    },
    ...(token === undefined ? {} : { token }),
  })
}
