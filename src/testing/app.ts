// Makes a fake app: accounts, habits, faults before it, and a trace, put together.

import { createAccounts } from './accounts.ts'
import { REAL_CLOCK } from './clock.ts'
import { control, isControl } from './control.ts'
import { createDoor } from './door.ts'
import type { FakeApp, FakeAppOptions } from './fake-app.ts'
import { createFaultLayer } from './faults.ts'
import { createOtherWriter } from './other-writer.ts'
import { STRICT } from './profiles.ts'
import { createRates } from './rates.ts'
import { readIncoming } from './requests.ts'
import type { ServeContext } from './serve.ts'
import type { OpenExchange } from './trace.ts'

function belowBase({ pathname, search }: URL, path: string): string {
  return (pathname.startsWith(path) ? pathname.slice(path.length) : pathname) + search
}

/**
 * Creates a fake app. Its accounts are in memory.
 * @example
 * const app = createFakeApp({ profile: FAKE_PROFILES.aws, token: 'secret' })
 */
export function createFakeApp(options: FakeAppOptions = {}): FakeApp {
  const clock = options.clock ?? REAL_CLOCK
  let profile = options.profile ?? STRICT
  const base = options.base ?? `https://${profile.name}.test/scim/v2`
  const trace: OpenExchange[] = []
  const layer = createFaultLayer(clock, profile.faults)
  const accounts = createAccounts(clock, () => profile.readLagMs)
  const free: string[] = []
  let made = 0
  let shifts = 0
  const newId = () => {
    const again = profile.reusesIds ? free.pop() : undefined
    made += 1
    const number = (0x1a2b00 + made).toString(16)
    return again ?? (profile.oddIds ? `x&${number}/==` : `${profile.name}-${number}`)
  }
  const take = createRates(clock)
  const path = new URL(base).pathname
  const context = (exchange?: OpenExchange, origin?: string): ServeContext => ({
    profile,
    base: origin === undefined ? base : origin + path,
    token: options.token,
    accounts,
    clock,
    take,
    shift: () => shifts++,
    newId,
    freed: (id) => free.push(id),
    effect: (effect) => exchange?.effects.push(effect),
  })
  const otherWriter = createOtherWriter(() => context())
  const door = createDoor({ clock, layer, context, otherWriter })

  const app: FakeApp = {
    base,
    async fetch(input, init) {
      const incoming = await readIncoming(input, init)
      if (isControl(incoming)) return control(app, incoming)
      const { authorization, ...headers } = incoming.headers
      const exchange: OpenExchange = {
        number: trace.length + 1,
        at: clock.now(),
        method: incoming.method,
        path: belowBase(incoming.url, path),
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization: '(secret)' }) },
        body: incoming.body,
        effects: [],
      }
      trace.push(exchange)
      try {
        return await door(incoming, exchange)
      } finally {
        options.onExchange?.(exchange)
      }
    },
    fault: layer.add,
    faults: layer.rules,
    clearFaults: layer.clear,
    trace: () => trace,
    clearTrace: () => trace.splice(0),
    state: () =>
      (['User', 'Group'] as const).flatMap((type) => accounts.held(type)).map(({ hidden: _hidden, ...rest }) => rest),
    otherWriter,
    profile: () => profile,
    change(habits) {
      profile = { ...profile, ...habits }
    },
  }
  return app
}
