// The load generator: a process that takes orders over IPC from run.ts, sends requests and returns samples.

// Each kind of response is checked before it is timed.

import { readFileSync, writeFileSync } from 'node:fs'
import type { Answer } from './connection.ts'
import { drive, type Role, type Sample } from './drive.ts'
import { personAt, userText } from './users.ts'
import { bulkText, readBulkIds, requestText, type Site, SPARE, workloadOf } from './workloads.ts'

/** Facts about a server, as sent to the generator. */
export interface SiteFacts {
  readonly name: string
  readonly port: number
  readonly pid: number
  /** Process of the database server, if there is one. */
  readonly database?: number
  readonly token: string
  readonly root: string
  readonly size: number
  /** Added to the numbers of the users created here, for two sites on one database. */
  readonly first?: number
  /** File of ids, in the order of user numbers. */
  readonly ids?: string
}

/** One group of connections in a measurement. */
export interface Asked {
  /** See workloadOf. */
  readonly workload: string
  readonly connections: number
}

/** The orders that run.ts can send. */
export type Order =
  | { readonly order: 'site'; readonly site: SiteFacts }
  /** Creates users through Bulk and writes their ids to `ids`; `seconds` is how long it took. */
  | { readonly order: 'fill'; readonly site: string; readonly count: number; readonly ids: string }
  | {
      readonly order: 'measure'
      readonly site: string
      readonly asked: readonly Asked[]
      readonly ms: number
      readonly most?: number
      /** Skip the probe: for a bare server, whose bytes are right by construction. */
      readonly blind?: boolean
      /** Let the generator sleep between responses, because something else needs the core. */
      readonly sleeps?: boolean
    }
  /** One complete response to a workload. */
  | { readonly order: 'answer'; readonly site: string; readonly workload: string }
  /** Ends the running measurement. */
  | { readonly order: 'stop' }
  /** Creates users until the connection breaks; returns the acknowledged numbers. */
  | { readonly order: 'acknowledge'; readonly site: string; readonly connections: number }
  /** How many of these users exist. */
  | { readonly order: 'present'; readonly site: string; readonly users: readonly number[] }

/** The first number of the users that this generator creates, after those a site was filled with. */
const FIRST = Number(process.argv[2] ?? 0)

const sites = new Map<string, Site>()
let stopping = false

function siteOf(name: string): Site {
  const site = sites.get(name)
  if (site === undefined) throw new Error(`no site is called ${name}`)
  return site
}

function register(facts: SiteFacts): void {
  const ids = facts.ids === undefined ? '' : readFileSync(facts.ids, 'latin1')
  const width = ids.length / (facts.size + SPARE)
  const before = sites.get(facts.name)
  sites.set(facts.name, {
    ...facts,
    idAt: (n) => ids.slice(n * width, (n + 1) * width),
    // A site that returns after a restart continues where it was.
    state: before?.state ?? {
      nextUser: facts.size + SPARE + FIRST + (facts.first ?? 0),
      patched: 0,
      groups: 0,
      added: [],
      spare: 0,
    },
  })
}

/** One request on a connection of its own. */
async function ask(site: Site, request: string, statuses: readonly number[]): Promise<Answer> {
  let answer: Answer | undefined
  const once: Role = {
    name: 'ask',
    connections: 1,
    next: () => request,
    statuses,
    onAnswer: (found) => (answer = found),
  }
  const [sample] = await drive({ port: site.port, pid: site.pid, roles: [once], ms: 600_000, most: 1 })
  if (answer === undefined || (sample?.wrong ?? 0) > 0) {
    throw new Error(`${site.name}: ${sample?.wrongSaid}: ${answer?.body.slice(0, 500)}`)
  }
  return answer
}

async function measure(order: Extract<Order, { order: 'measure' }>): Promise<readonly Sample[]> {
  const site = siteOf(order.site)
  stopping = false
  const roles: Role[] = []
  for (const { workload: text, connections } of order.asked) {
    const workload = workloadOf(site, text)
    if (order.blind !== true) {
      const { request, check } = workload.probe()
      const answer = await ask(site, request, workload.statuses)
      const wrong = check(answer.body)
      if (wrong !== undefined) throw new Error(`${site.name}: ${text}: wrong answer: ${wrong}`)
    }
    const statuses = order.blind === true ? [200, 201, 204] : workload.statuses
    roles.push({ name: text, connections, next: workload.next, statuses })
  }
  // Writes keep two threads of the server busy, and the database server too: leave them the cores.
  const awake =
    site.database === undefined &&
    order.asked.length === 1 &&
    order.sleeps !== true &&
    /^(get|filter|path) /.test(order.asked[0]?.workload ?? '')
  const samples = await drive({
    ...order,
    awake,
    port: site.port,
    pid: site.pid,
    database: site.database,
    roles,
    stopped: () => stopping,
  })
  for (const sample of samples) {
    if (sample.wrong > 0) throw new Error(`${site.name}: ${sample.wrong} wrong answers, the first: ${sample.wrongSaid}`)
  }
  return samples
}

const BULK = 1000

/** Creates users 0 … count-1 through Bulk, or one by one if the server has no Bulk. */
async function fill(name: string, count: number, file: string): Promise<{ seconds: number; way: string }> {
  const site = siteOf(name)
  const ids: string[] = []
  let next = 0
  let failed: string | undefined
  const bulk: Role = {
    name: 'fill',
    connections: 2,
    statuses: [200],
    next: () => {
      if (next >= count || failed !== undefined) return undefined
      const first = next
      next += BULK
      return requestText(site, 'POST', '/Bulk', bulkText(first, Math.min(BULK, count - first)))
    },
    onAnswer: (answer, request) => {
      const first = Number(/"bulkId":"b(\d+)"/.exec(request)?.[1])
      const made = answer.status === 200 ? readBulkIds(answer.body, Math.min(BULK, count - first)) : answer.body
      if (typeof made === 'string') failed ??= `${answer.status}: ${made}`
      else for (const [at, id] of made.entries()) ids[first + at] = id
    },
  }
  const began = performance.now()
  await drive({ port: site.port, pid: site.pid, roles: [bulk], ms: 3_600_000 })
  let way = 'Bulk'
  if (failed !== undefined && !failed.startsWith('200')) {
    way = 'POST'
    failed = undefined
    next = 0
    const single: Role = {
      name: 'fill',
      connections: 32,
      statuses: [201],
      next: () => (next >= count ? undefined : requestText(site, 'POST', '/Users', userText(next++))),
      onAnswer: (answer, request) => {
        const n = Number(/"externalId":"[^"]*-(\d{12})"/.exec(request)?.[1])
        if (answer.status === 201) ids[n] = JSON.parse(answer.body).id
        else failed ??= `${answer.status}: ${answer.body}`
      },
    }
    await drive({ port: site.port, pid: site.pid, roles: [single], ms: 3_600_000 })
  }
  if (failed !== undefined) throw new Error(`${name}: fill: ${failed.slice(0, 1000)}`)
  const seconds = (performance.now() - began) / 1000
  writeFileSync(file, ids.join(''), 'latin1')
  return { seconds, way }
}

async function acknowledge(name: string, connections: number): Promise<readonly number[]> {
  const site = siteOf(name)
  const numbers: number[] = []
  const asked = new Map<string, number>()
  const role: Role = {
    name: 'acknowledge',
    connections,
    statuses: [201],
    next: () => {
      const n = site.state.nextUser++
      const request = requestText(site, 'POST', '/Users', userText(n))
      asked.set(request, n)
      return request
    },
    onAnswer: (answer, request) => {
      if (answer.status === 201) numbers.push(asked.get(request) ?? -1)
      asked.delete(request)
    },
  }
  await drive({ port: site.port, pid: site.pid, roles: [role], ms: 60_000 }).catch(() => {})
  return numbers
}

async function present(name: string, users: readonly number[]): Promise<number> {
  const site = siteOf(name)
  let next = 0
  let found = 0
  const role: Role = {
    name: 'present',
    connections: 8,
    statuses: [200],
    next: () => {
      const n = users[next++]
      if (n === undefined) return undefined
      const filter = encodeURIComponent(`userName eq "${personAt(n).userName}"`)
      return requestText(site, 'GET', `/Users?filter=${filter}`)
    },
    onAnswer: (answer) => {
      if (answer.status === 200 && JSON.parse(answer.body).totalResults === 1) found++
    },
  }
  await drive({ port: site.port, pid: site.pid, roles: [role], ms: 600_000 })
  return found
}

async function obey(order: Order): Promise<unknown> {
  switch (order.order) {
    case 'site':
      return register(order.site)
    case 'fill':
      return fill(order.site, order.count, order.ids)
    case 'measure':
      return measure(order)
    case 'answer': {
      const site = siteOf(order.site)
      const workload = workloadOf(site, order.workload)
      return ask(site, workload.probe().request, workload.statuses)
    }
    case 'stop':
      stopping = true
      return undefined
    case 'acknowledge':
      return acknowledge(order.site, order.connections)
    case 'present':
      return present(order.site, order.users)
  }
}

process.on('message', (message: { id: number; order: Order }) => {
  obey(message.order).then(
    (result) => process.send?.({ id: message.id, result }),
    (error: unknown) =>
      process.send?.({ id: message.id, error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
