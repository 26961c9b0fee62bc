// The hub under kills, stops and cut connections, in real processes: every account ends as it must.

import { afterEach, describe, expect, test } from 'vitest'
import type { FakeApp } from '../../src/testing/index.ts'
import { type CuttingProxy, cuttingProxy } from '../cutting-proxy.ts'
import { onPostgres } from '../database-under-test.ts'
import { atEnd, endAll, has, person, startSite, until } from '../hub-processes.ts'

afterEach(endAll)

type Send = ReturnType<Awaited<ReturnType<typeof startSite>>['scim']>

/** Each kill costs what remains of a lease, and the time in which its last requests may still arrive. */
const KILLS = process.env.CI === undefined ? 3 : 1
/** In CI, what says the same on both databases is run on one: it is long, and mostly waits. */
const onBoth = !(onPostgres && process.env.CI !== undefined)
/** A lease and what may still arrive after it take a minute of waiting; in CI the simulation says the same in no time. */
const hasTime = onPostgres && process.env.CI === undefined

/** Who there should be, and whether they are still with the company. */
type People = Map<string, { readonly id: string; readonly active: boolean }>

/** A few joiners, a mover and a leaver. */
async function change(send: Send, people: People, round: number): Promise<void> {
  for (let at = 0; at < 4; at++) {
    const name = `person-${round}-${at}`
    const { id } = await send('POST', '/Users', person(name))
    people.set(name, { id, active: true })
  }
  const staying = [...people].filter(([, one]) => one.active)
  const [leaver] = staying
  if (leaver === undefined) return
  const [name, { id }] = leaver
  const Operations = [{ op: 'replace', path: 'active', value: false }]
  await send('PATCH', `/Users/${id}`, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })
  people.set(name, { id, active: false })
}

/** Those who left before they had an account never get one. */
const isAsWanted = (app: FakeApp, people: People) =>
  [...people].every(([name, { active }]) => has(app, name, true) === active)

function expectOneAccountEach(app: FakeApp): void {
  const names = app.state().map(({ attributes }) => attributes.userName)
  expect(names).toEqual([...new Set(names)])
}

describe('the hub', () => {
  test.runIf(onBoth)(
    'killed again and again under load, it loses nothing and makes nobody twice',
    { timeout: 180_000 },
    async () => {
      const { app, serve, scim } = await startSite()
      app.fault({ fault: { kind: 'slow', ms: 40 } })
      const people: People = new Map()
      for (let round = 0; round < KILLS; round++) {
        const server = await serve()
        await change(scim(server), people, round)
        const done = app.trace().length
        // In the midst of it: some requests are answered, some are on their way, some were never sent.
        await until(() => app.trace().length > done || isAsWanted(app, people))
        await server.stop('SIGKILL')
      }
      app.clearFaults()
      const last = await serve()
      await until(() => isAsWanted(app, people))
      expectOneAccountEach(app)
      expect(await last.stop()).toBe(0)
    },
  )

  // On SQLite a process that is stopped while it commits keeps the only write lock: nobody can take over, and writes are refused.
  test.runIf(hasTime)(
    'stopped past its lease, it writes nothing more; another took over',
    { timeout: 180_000 },
    async () => {
      const { app, place, serve, scim, hub } = await startSite()
      const server = await serve('--no-hub')
      const send = scim(server)
      const hubs = [hub(), hub()]
      const people: People = new Map()
      await change(send, people, 0)
      await until(() => isAsWanted(app, people))
      const store = await place.open()
      atEnd(() => store.close())
      const lease = { tenant: 'acme', name: 'work/hub/apps/wiki' }
      const epochs = new Set<number>()
      // One of them is stopped while it owns the app; work that waits is done by the other one.
      app.fault({ fault: { kind: 'slow', ms: 400 }, methods: ['POST'] })
      await change(send, people, 1)
      await until(async () => ((await store.leaseHolder(lease))?.leftMs ?? 0) > 0)
      const owner = (await store.leaseHolder(lease))?.owner ?? ''
      const stopped = hubs.find(({ pid }) => owner.includes(String(pid)))
      expect(stopped, `the owner ${owner} is one of ${hubs.map(({ pid }) => pid).join(', ')}`).toBeDefined()
      stopped?.kill('SIGSTOP')
      await change(send, people, 2)
      await until(async () => {
        epochs.add((await store.leaseHolder(lease))?.epoch ?? 0)
        return isAsWanted(app, people)
      })
      expect(epochs.size).toBeGreaterThan(1)
      const before = app.state().length
      stopped?.kill('SIGCONT')
      await change(send, people, 3)
      await until(() => isAsWanted(app, people))
      expectOneAccountEach(app)
      expect(app.state().length).toBe(before + 4)
    },
  )

  test.runIf(onBoth)('connections that break anywhere cost time, and nothing else', { timeout: 180_000 }, async () => {
    let seed = 7
    const chance = () => {
      seed = (seed * 16_807) % 2_147_483_647
      return seed / 2_147_483_647
    }
    let proxy: CuttingProxy | undefined
    const { app, serve, scim } = await startSite(async (base) => {
      const { origin, pathname } = new URL(base)
      proxy = await cuttingProxy(origin, chance)
      atEnd(proxy.close)
      return proxy.origin + pathname
    })
    const server = await serve()
    const send = scim(server)
    const people: People = new Map()
    for (let round = 0; round < 8; round++) await change(send, people, round)
    await until(() => (proxy?.cuts() ?? 0) > 5 || isAsWanted(app, people))
    proxy?.calm()
    await until(() => isAsWanted(app, people))
    expectOneAccountEach(app)
    expect(proxy?.cuts()).toBeGreaterThan(0)
    expect(await server.stop()).toBe(0)
  })
})
