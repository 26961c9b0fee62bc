// Rows H: from a change to the apps that must know of it, beside a bare loop that sends the same requests.

import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Bench, median } from '../bench.ts'
import { type HubSite, openHubSite, pause } from '../hub-site.ts'
import { cpuUs, memoryMiB } from '../proc.ts'
import type { ReplayOrder } from '../replay.ts'
import { least, most, short } from '../table.ts'
import { SPARE } from '../workloads.ts'

/** The rows in this file. */
export const HUB_ROWS = ['H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'H7', 'H8'] as const

/** Requests to one app at the same time: as many as the hub sends to an app whose profile says nothing of it. */
const AT_ONCE = 8
/** Rounds of H1, each of the hub and of the list, and the people of the round before them. */
const PAIRS = 3
const WARM = 1_000
/** The best figure that an open engine states for a full synchronization, in people per second and core. */
const BEST_STATED = 245

/** Measures them. */
export async function measureHub(bench: Bench): Promise<void> {
  // 100,000 in a full run, 10,000 in a quick one, and less where the machine is busy: --big.
  const { big } = bench.sizes
  for (const [id, apps, people] of [
    ['H1.1', 1, Math.min(big, 10_000)],
    ['H1.10', 10, Math.min(big / 10, 1_000)],
    ['H1.100', 100, Math.min(big / 50, 200)],
  ] as const) {
    if (bench.wants(id)) await bench.attempt(id, () => endToEnd(bench, id, apps, Math.max(20, Math.round(people))))
  }
  if (bench.wants('H2')) await bench.attempt('H2', () => leavers(bench, big))
  if (['H3', 'H4', 'H8'].some(bench.wants)) await bench.attempt('H3', () => fullSync(bench, Math.max(big, 2 * SPARE)))
  if (bench.wants('H6')) await bench.attempt('H6', () => membership(bench, big))
  if (bench.wants('H7')) await bench.attempt('H7', () => idle(bench))
}

/** H1: people made in one go, until all apps have made their accounts; in turns with a list of the same requests. */
async function endToEnd(bench: Bench, id: string, apps: number, people: number): Promise<void> {
  const site = await openHubSite(bench)
  const bare = startReplay()
  try {
    const names = await site.add(apps)
    for (const name of names) await site.command(name, 'switch-on')
    const pairs: { readonly bare: number; readonly lockstep: number; readonly requests: number }[] = []
    // Both are warm in a server, and in a client, that has run for a while: the first round of each is not counted.
    for (let round = 0; round <= PAIRS; round++) {
      const count = round === 0 ? Math.min(people, WARM) : people
      await site.apps.forget(count * apps * 3)
      const began = Date.now()
      await site.people(count, round * 1_000_000)
      const { last } = await site.until(({ creates }) => creates >= count * apps)
      const requests = await site.apps.recorded()
      // The list finds what the hub found: nobody.
      await site.apps.empty()
      const seconds = await bare.send({ url: site.apps.url, requests, connections: AT_ONCE * apps })
      await site.apps.empty()
      if (round === 0) continue
      pairs.push({ lockstep: count / ((last - began) / 1_000), bare: count / seconds, requests: requests.length })
    }
    const ratios = pairs.map((one) => one.lockstep / one.bare)
    bench.add({
      id,
      what: `${people} people to ${apps} app${apps === 1 ? '' : 's'}, write → confirmed: people/s ÷ a list of the same ${pairs[0]?.requests} requests, ${PAIRS} times in turns`,
      bare: `${short(median(pairs.map((one) => one.bare)))} /s`,
      lockstep: `${short(median(pairs.map((one) => one.lockstep)))} /s`,
      ratio: median(ratios),
      hard: least(0.5),
      stretch: least(0.8),
      note: `between ${short(Math.min(...ratios))} and ${short(Math.max(...ratios))}`,
    })
  } finally {
    bare.close()
    await site.close()
  }
}

/** Sends requests from lists, in a process of its own. `send` returns the seconds that it took. */
function startReplay(): { readonly send: (order: ReplayOrder) => Promise<number>; readonly close: () => void } {
  const child = fork(fileURLToPath(new URL('../replay.ts', import.meta.url)))
  return {
    send: (order) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null) => reject(new Error(`the replay ended with ${code}`))
        child.once('exit', ended)
        child.once('message', (ms) => {
          child.off('exit', ended)
          resolve(Number(ms) / 1_000)
        })
        child.send(order)
      }),
    close: () => void child.kill(),
  }
}

/** H2 and H5: leavers one by one, alone and while a backlog of updates is sent; and what the backlog takes in memory. */
async function leavers(bench: Bench, backlog: number): Promise<void> {
  const site = await openHubSite(bench)
  try {
    const [app = ''] = await site.add(1)
    await site.command(app, 'switch-on')
    const count = 60
    const gone = await site.people(2 * count)
    const others = await site.people(backlog, 1_000_000)
    await site.until(({ creates }) => creates >= 2 * count + backlog)
    const alone = await leaveOneByOne(site, gone.slice(0, count))
    const before = memoryMiB(site.server.pid).rss
    await site.command(app, 'pause')
    await site.patch(others, 'title', () => 'Backlog')
    await pause(1_000)
    const waiting = memoryMiB(site.server.pid).rss
    await site.apps.forget()
    await site.command(app, 'resume')
    await site.until(({ updates }) => updates > 10)
    const behind = await leaveOneByOne(site, gone.slice(count))
    const { updates } = await site.apps.reached()
    bench.add({
      id: 'H2',
      what: `leaver: change → the app was told, behind a backlog of ${backlog} updates ÷ on an idle hub: p50 (p50 / p99)`,
      lockstep: `${pair(alone)} → ${pair(behind)} ms`,
      ratio: quantile(behind, 0.5) / quantile(alone, 0.5),
      hard: most(2),
      stretch: most(1.3),
      ...(updates >= backlog + count ? { note: 'the backlog was gone before the last leaver' } : {}),
    })
    bench.add({
      id: 'H5',
      what: `memory with a backlog of ${backlog} updates ÷ without`,
      lockstep: `${short(before)} → ${short(waiting)} MiB`,
      ratio: waiting / before,
      hard: most(1.5),
      stretch: most(1.2),
    })
  } finally {
    await site.close()
  }
}

/** Switches people off, each when the one before has left the app. Returns how long each took, in milliseconds. */
async function leaveOneByOne(site: HubSite, ids: readonly string[]): Promise<readonly number[]> {
  const took: number[] = []
  for (const id of ids) {
    const { offs } = await site.apps.reached()
    const began = Date.now()
    await site.send('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
    const reached = await site.until((now) => now.offs.length > offs.length, 60_000)
    took.push((reached.offs[offs.length] ?? Number.NaN) - began)
  }
  return took
}

/** H3 and H8: an app for everyone who is there, and GETs beside it. H4: its plan when there is nothing to do. */
async function fullSync(bench: Bench, people: number): Promise<void> {
  const site = await openHubSite(bench)
  try {
    const ids = join(bench.directory, 'hub-ids.txt')
    writeFileSync(ids, (await site.people(people)).join(''), 'latin1')
    const [app = ''] = await site.add(1)
    const { port, pid } = site.server
    await bench.loader.register({ name: 'hub', port, pid, ...site.access, size: people - SPARE, ids })
    const before = cpuUs(pid)
    const began = Date.now()
    await site.command(app, 'switch-on')
    const { last } = await site.until(({ creates }) => creates >= people)
    const seconds = (last - began) / 1_000
    const cpu = (cpuUs(pid) - before) / 1e6
    bench.add({
      id: 'H3',
      what: `full synchronization of ${people} people to a new app: people per second of CPU ÷ ${BEST_STATED}, the best that an open engine states`,
      lockstep: `${short(people / seconds)} /s, ${short(people / cpu)} per CPU second`,
      ratio: people / cpu / BEST_STATED,
      hard: least(1.01),
      stretch: least(4),
    })
    if (bench.wants('H4')) await plan(bench, site, app, people)
    if (bench.wants('H8')) await besideSync(bench, site, people)
  } finally {
    await site.close()
  }
}

/** H4: a plan of everyone when there is nothing to do. */
async function plan(bench: Bench, site: HubSite, app: string, people: number): Promise<void> {
  await settled(site)
  const began = performance.now()
  const counts = await site.plan(app)
  const seconds = (performance.now() - began) / 1_000
  bench.add({
    id: 'H4',
    what: `plan of ${people} people without a change: seconds for 100,000 of them`,
    lockstep: `${short(seconds)} s, ${counts.same ?? 0} are the same`,
    ratio: counts.same === people ? (seconds * 100_000) / people : Number.NaN,
    hard: most(60),
    stretch: most(20),
  })
}

/** H8: the slowest GET by id while everyone is brought to another app. */
async function besideSync(bench: Bench, site: HubSite, people: number): Promise<void> {
  const [app = ''] = await site.add(1)
  const asked = [{ workload: 'get hot', connections: 2 }]
  await bench.loader.measure({ site: 'hub', asked, ms: 500 })
  const light = bench.loader.measure({ site: 'hub', asked, ms: 120_000, sleeps: true })
  light.catch(() => undefined)
  await site.apps.forget()
  await site.command(app, 'switch-on')
  await site.until(({ creates }) => creates >= people)
  await bench.loader.stop()
  const [sample] = await light
  bench.add({
    id: 'H8',
    what: `GET by id, c=2, beside a full synchronization of ${people} people: p99 / slowest, ms`,
    lockstep: `${short(sample?.p99 ?? Number.NaN)} / ${short(sample?.max ?? Number.NaN)} ms`,
    ratio: sample?.max ?? Number.NaN,
    hard: most(25),
    stretch: most(10),
  })
}

/** H6: one member joins a group, small and large, with ten apps. */
async function membership(bench: Bench, members: number): Promise<void> {
  const site = await openHubSite(bench)
  try {
    const apps = await site.add(10, { scope: { users: {}, groups: {} } })
    const ids = await site.people(members)
    const group = async (name: string, of: readonly string[]) =>
      String(
        (
          await site.send('POST', '/Groups', {
            schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
            displayName: name,
            members: of.map((value) => ({ value })),
          })
        ).id,
      )
    const joiners = await site.people(20, 5_000_000)
    const small = await group('small', ids.slice(0, 100))
    const large = await group('large', ids)
    for (const app of apps) await site.command(app, 'switch-on')
    await site.until(({ creates }) => creates >= apps.length * (members + joiners.length + 2))
    await settled(site)
    const took = { small: [] as number[], large: [] as number[] }
    for (const [at, id] of joiners.entries()) {
      const which = at % 2 === 0 ? 'small' : 'large'
      await site.apps.forget()
      const began = Date.now()
      await site.send('PATCH', `/Groups/${which === 'small' ? small : large}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }],
      })
      const { memberships } = await site.until((now) => now.memberships.length >= apps.length, 60_000)
      took[which].push((memberships[apps.length - 1] ?? Number.NaN) - began)
    }
    bench.add({
      id: 'H6',
      what: `one member joins a group, until 10 apps know: p50 in a group of ${members} ÷ of 100`,
      lockstep: `${short(median(took.small))} → ${short(median(took.large))} ms`,
      ratio: median(took.large) / median(took.small),
      hard: most(1.5),
      stretch: most(1.2),
    })
  } finally {
    await site.close()
  }
}

/** Waits until nothing more reaches the apps. */
async function settled(site: HubSite): Promise<void> {
  for (let before = -1; ; ) {
    const { requests } = await site.apps.reached()
    if (requests === before) return
    before = requests
    await pause(1_500)
  }
}

/** H7: requests with the hub on and no apps, and with it off. */
async function idle(bench: Bench): Promise<void> {
  const rates = new Map<string, Map<string, number[]>>()
  const sites = { on: await openHubSite(bench), off: await openHubSite(bench, ['--no-hub']) }
  try {
    for (const [name, { server, access }] of Object.entries(sites)) {
      await bench.loader.register({ name: `hub ${name}`, port: server.port, pid: server.pid, ...access, size: 0 })
    }
    for (let round = 0; round < Math.max(4, bench.rounds); round++) {
      for (const name of round % 2 === 0 ? ['on', 'off'] : ['off', 'on']) {
        for (const workload of ['create', 'path /Users?count=10 10']) {
          const asked = [{ workload, connections: 16 }]
          const [sample] = await bench.loader.measure({ site: `hub ${name}`, asked, ms: bench.ms })
          const of = rates.get(workload) ?? new Map<string, number[]>()
          rates.set(workload, of.set(name, [...(of.get(name) ?? []), sample?.cpuUs ?? Number.NaN]))
        }
      }
    }
  } finally {
    for (const site of Object.values(sites)) await site.close()
  }
  for (const [workload, of] of rates) {
    const [on, off] = [median(of.get('on') ?? []), median(of.get('off') ?? [])]
    bench.add({
      id: workload === 'create' ? 'H7.create' : 'H7.list',
      what: `${workload === 'create' ? 'create' : 'a page of 10'}, c=16: CPU with the hub and no apps ÷ without`,
      lockstep: `${short(off)} → ${short(on)} µs`,
      ratio: on / off,
      hard: most(1.1),
      stretch: most(1.05),
    })
  }
}

function pair(times: readonly number[]): string {
  return `${short(quantile(times, 0.5))} / ${short(quantile(times, 0.99))}`
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
