// The three apps of the demonstration: one that works, one that fails now and then, one that is slow.

import { createFakeApp, FAKE_PROFILES, type FakeProfile, flaky, listen, slow } from '../../src/testing/index.ts'
import type { Screen } from './screen.ts'

/** An app that listens on this machine. */
export interface DemoApp {
  readonly name: string
  readonly label: string
  readonly about: string
  /** The built-in profile that Lockstep is told of. */
  readonly profile: string
  readonly url: string
  readonly close: () => Promise<void>
}

/** The token that all of them require. */
export const DEMO_TOKEN = 'demo-token-of-no-value'

const APPS = [
  { name: 'crm', label: 'CRM', about: 'a SCIM server to the letter', profile: 'rfc', habits: FAKE_PROFILES.strict },
  {
    name: 'chat',
    label: 'Chat',
    about: 'Zoom-like, and every third request fails',
    profile: 'zoom',
    habits: flaky(FAKE_PROFILES['zoom-like'], 0.3),
  },
  {
    name: 'wiki',
    label: 'Wiki',
    about: 'AWS-like, and each answer takes a second',
    profile: 'aws',
    habits: slow(FAKE_PROFILES['aws-like'], 1_000),
  },
] as const satisfies readonly (Omit<DemoApp, 'url' | 'close'> & { readonly habits: FakeProfile })[]

/** Starts them. Each request that one gets is shown as it is answered. */
export async function createApps(screen: Screen): Promise<readonly DemoApp[]> {
  const apps: DemoApp[] = []
  for (const { habits, ...about } of APPS) {
    const app = createFakeApp({
      profile: habits,
      token: DEMO_TOKEN,
      onExchange({ method, path, status, fault }) {
        const outcome = status === undefined ? `no answer (${fault?.kind ?? 'broken'})` : String(status)
        screen.arrived(about.label, `${method} ${decodeURIComponent(path)}`.slice(0, 46), outcome)
      },
    })
    const listening = await listen(app)
    apps.push({ ...about, url: listening.base, close: listening.close })
  }
  return apps
}
