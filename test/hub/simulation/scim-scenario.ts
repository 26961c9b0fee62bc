// A run of the hub with the SCIM adapter over three fake apps: a sound one, one with faults, and a bad one.

import { createDirectory } from '../../../src/directory/index.ts'
import { createHub, cursorFor } from '../../../src/hub/hub.ts'
import { ADAPTER_KINDS, type AdapterKind, APP_DEFAULTS, APP_RECORD, type Link, QUEUES } from '../../../src/hub/index.ts'
import type { Pace } from '../../../src/jobs/index.ts'
import { Group, STRICT, User } from '../../../src/protocol/index.ts'
import { memoryStore } from '../../../src/store/index.ts'
import { createFakeApp, type Fault } from '../../../src/testing/index.ts'
import { NO_FAULTS } from '../../simulation/faults.ts'
import { BEGINNING } from '../../simulation/process.ts'
import { createRandom } from '../../simulation/random.ts'
import { type Simulation, simulate } from '../../simulation/simulation.ts'
import { officeEnvironment } from './world.ts'

/** The secret of all apps, which must not turn up anywhere. */
export const CANARY = 'canary-8f2c61d0'

/** A mistake: what the hubs of a run have instead. */
export interface ScimMistake {
  readonly kinds?: readonly AdapterKind[]
  readonly pace?: Partial<Pace>
}

const TENANT = 't'
const PEOPLE = 8
const DISTURBED_MS = 40_000
const CALM_MS = 2 * 3_600_000
/** A sound app has heard of every change by then, whatever the others do: two looks, and a few requests. */
const SOUND_MS = 10_000
/** No write waits for an app. */
const WRITE_MS = 100
const APPS = ['sound', 'troubled', 'bad'] as const
/** What the bad app does: nothing listens, nothing is answered, everything is refused with what was sent, or pages for people. */
const BAD: readonly (Fault | 'echo')[] = [{ kind: 'refused' }, { kind: 'silent' }, 'echo', { kind: 'html' }]

type Fakes = ReadonlyMap<string, ReturnType<typeof createFakeApp>>

/** Runs a seed; returns what went wrong, or undefined. */
export function runScim(seed: number, mistake: ScimMistake = {}): Promise<string | undefined> {
  const random = createRandom(seed ^ 0x5c1)
  const written: unknown[] = []
  let run: { readonly simulation: Simulation; readonly fakes: Fakes; readonly people: Map<number, string> } | undefined
  const scenario = {
    async start(simulation: Simulation) {
      const fakes = createFakes(simulation, random)
      const people = new Map<number, string>()
      run = { simulation, fakes, people }
      const bad = BAD[seed % BAD.length] ?? 'echo'
      if (bad !== 'echo') fakes.get('bad')?.fault({ fault: bad })
      await addApps(simulation)
      for (let n = 0; n <= (seed >> 2) % 2; n++)
        spawnHub(simulation, `node${n}`, fakes, bad === 'echo', mistake, written)
      startOffice(simulation, fakes, people, random)
    },
    async unfinished() {
      const { simulation, fakes } = run as NonNullable<typeof run>
      fakes.get('troubled')?.clearFaults()
      return open(simulation, ['sound', 'troubled'])
    },
    async wrong() {
      const { simulation, fakes, people } = run as NonNullable<typeof run>
      for (const name of ['sound', 'troubled']) {
        const held = activeIn(fakes, name)
        const wanted = [...people.keys()].map((n) => `u${n}`).sort()
        if (JSON.stringify(held) !== JSON.stringify(wanted)) return `P2: ${name} has ${held}, and should have ${wanted}`
      }
      return secretIn([...written, ...(await keptOf(simulation))])
    },
  }
  return simulate(scenario, {
    seed,
    open: async (environment) => memoryStore({ environment }),
    faults: NO_FAULTS,
    disturbedMs: DISTURBED_MS,
    calmMs: CALM_MS,
    stepsPerSecond: 20_000,
  })
}

function createFakes({ scheduler }: Simulation, random: ReturnType<typeof createRandom>): Fakes {
  const { now, chance, wait } = officeEnvironment(scheduler, random)
  const abortable = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      wait(ms).then(resolve)
    })
  const fakes = new Map(
    APPS.map((name) => {
      const clock = { now, chance, wait: abortable }
      return [name, createFakeApp({ base: `https://${name}.test/scim/v2`, token: CANARY, clock })] as const
    }),
  )
  const faults: readonly Fault[] = [
    { kind: 'refused' },
    { kind: 'reset', effect: false },
    { kind: 'reset', effect: true },
    { kind: 'error' },
    { kind: 'slow', ms: 3_000 },
    { kind: 'throttled', retryAfter: 'seconds', seconds: 2 },
  ]
  for (const fault of faults) {
    if (random.happens(0.5)) fakes.get('troubled')?.fault({ fault, chance: 0.15 * random.next() })
  }
  return fakes
}

async function addApps({ store, scheduler }: Simulation): Promise<void> {
  await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: 1 }])
  const at = BEGINNING + scheduler.now()
  for (const id of APPS) {
    const settings = {
      label: id,
      mode: 'on',
      adapter: 'scim',
      options: { url: `https://${id}.test/scim/v2` },
      credentials: { kind: 'bearer', env: 'TOKEN' },
      scope: { users: {} },
      grants: [],
      ...APP_DEFAULTS,
      // Nobody is there to approve what the guard holds.
      guard: { ...APP_DEFAULTS.guard, floor: 1_000 },
    }
    await store.commit([
      { write: 'record', record: { tenant: TENANT, kind: APP_RECORD, key: id }, value: settings as never },
      { write: 'note', ref: { tenant: TENANT, type: 'App', id }, at, log: { actor: 'test', paths: [] } },
      ...(await cursorFor(store, TENANT)),
    ])
  }
}

function spawnHub(
  { spawn, scheduler, random }: Simulation,
  name: string,
  fakes: Fakes,
  echoes: boolean,
  { kinds = ADAPTER_KINDS, pace = {} }: ScimMistake,
  written: unknown[],
): void {
  spawn(name, (process, store) => {
    const travel = () => 1 + random.below(20)
    const fetch = (url: string | URL | Request, init?: RequestInit) =>
      new Promise<Response>((resolve, reject) => {
        const back = (settle: () => void) => scheduler.after(travel(), settle, process)
        const arrive = () => {
          const { hostname } = new URL(String(url))
          const fake = fakes.get(hostname.split('.')[0] ?? '')
          const answered =
            hostname === 'bad.test' && echoes ? echo(init) : (fake as NonNullable<typeof fake>).fetch(url, init)
          answered.then(
            (answer) => back(() => resolve(answer)),
            (error) => back(() => reject(error)),
          )
        }
        scheduler.after(travel(), arrive)
      })
    createHub({
      store,
      environment: { ...process.environment, fetch },
      owner: process.name,
      kinds,
      secret: async () => CANARY,
      clear: async () => {},
      pace: { pollMs: 3_000, ...pace },
      report: (error) => written.push(error instanceof Error ? `${error.stack}` : error),
      onEvent: (event) => written.push(event),
    }).start()
  })
}

/** Refuses with all that was sent, its credentials too. */
async function echo(init?: RequestInit): Promise<Response> {
  const headers = JSON.stringify([...new Headers(init?.headers)])
  return new Response(`What is this? ${headers} ${String(init?.body)}`, { status: 400 })
}

/** People come and go, and the sound app has to hear of it in time. */
function startOffice(
  { store, scheduler, violated }: Simulation,
  fakes: Fakes,
  people: Map<number, string>,
  random: ReturnType<typeof createRandom>,
): void {
  const environment = officeEnvironment(scheduler, random)
  const fill = (bytes: Uint8Array) => bytes.map((_, at) => (bytes[at] = random.below(256)))
  const directory = createDirectory({
    store,
    types: [User, Group],
    openTenants: false,
    environment: { ...environment, random: fill as never },
  })
  const changedAt = new Map<number, number>()
  const change = async (n: number) => {
    const at = { tenant: TENANT, actor: 'hr', allow: STRICT, txn: directory.newTxn() }
    const began = scheduler.now()
    const id = people.get(n)
    if (id === undefined) {
      const document = { schemas: [User.schema.id], userName: `u${n}`, displayName: `U ${n}`, active: true }
      const { stored } = await directory.create(at, 'User', document)
      people.set(n, stored.id)
    } else {
      await directory.remove(at, 'User', id)
      people.delete(n)
    }
    changedAt.set(n, began)
    if (scheduler.now() - began > WRITE_MS) violated(`P11: a write took ${scheduler.now() - began} ms`)
    scheduler.after(SOUND_MS, () => {
      if (changedAt.get(n) !== began || people.has(n) === activeIn(fakes, 'sound').includes(`u${n}`)) return
      violated(`P11: ${SOUND_MS} ms after u${n} has ${people.has(n) ? 'come' : 'gone'} the sound app does not know it`)
    })
  }
  for (let at = 1_000; at < DISTURBED_MS; at += 500 + random.below(3_000)) {
    const n = random.below(PEOPLE)
    scheduler.after(at, () => void change(n).catch((error) => violated(String(error))))
  }
}

function activeIn(fakes: Fakes, name: string): readonly string[] {
  const accounts = fakes.get(name)?.state() ?? []
  return accounts
    .filter(({ type, attributes }) => type === 'User' && attributes.active !== false)
    .map(({ attributes }) => String(attributes.userName))
    .sort()
}

/** A link that is not done. */
async function open({ store }: Simulation, apps: readonly string[]): Promise<string | undefined> {
  const [cursor] = await store.cursors(TENANT)
  if ((cursor?.place ?? 0) < ((await store.tenant(TENANT))?.place ?? 0)) return 'the log is not read'
  for (const app of apps) {
    for (const { key, state, value } of await store.items(TENANT, QUEUES.links(app), { limit: 1_000 })) {
      const { reason } = value as unknown as Link
      if (state !== '' && state !== 'watched') return `the link of ${key} in ${app} is ${state}: ${reason?.message}`
    }
  }
  return undefined
}

/** All that is kept of apps. */
async function keptOf({ store }: Simulation): Promise<readonly unknown[]> {
  const queues = APPS.flatMap((app) => [
    QUEUES.links(app),
    QUEUES.attempts(app),
    QUEUES.removals(app),
    QUEUES.holds(app),
  ])
  const all = [QUEUES.units, QUEUES.leavers, ...queues]
  const items = await Promise.all(all.map((queue) => store.items(TENANT, queue, { limit: 1_000 })))
  return [...items.flat(), ...(await store.changes(TENANT, 0, 10_000))]
}

function secretIn(written: readonly unknown[]): string | undefined {
  const found = written.map((one) => JSON.stringify(one) ?? '').find((text) => text.includes(CANARY))
  if (written.length < 20) return `P14: only ${written.length} things were written`
  return found === undefined ? undefined : `P14: the secret stands in ${found.slice(0, 300)}`
}
