// Rows B.dear: how one tenant's most expensive requests affect another tenant.

import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Bench, median } from '../bench.ts'
import {
  ADDRESSES,
  type DearRequest,
  type DearTenant,
  dearRequests,
  lastDearRequests,
  richUser,
} from '../dear-requests.ts'
import { openPostgres } from '../postgres.ts'
import { type Access, createTenant, type Product } from '../server.ts'
import { fill, type OpenSite, openSite } from '../site.ts'
import { most, short } from '../table.ts'
import { userText } from '../users.ts'

/** The rows in this file. */
export const DEAR_ROWS = ['B.dear'] as const

/** People in the tenant with light requests, and in the one with expensive requests. */
const LIGHT = 1_000
/** Searches whose client disconnects immediately. */
const ABANDONED = 12

/** Measures them, on SQLite and on PostgreSQL. */
export async function measureDear(bench: Bench): Promise<void> {
  const wants = (store: string) => bench.wants(`B.dear.${store}`) || bench.wants(`B.dear.left.${store}`)
  if (wants('sqlite')) await bench.attempt('B.dear.sqlite', () => onSqlite(bench))
  if (wants('postgres')) await bench.attempt('B.dear.postgres', () => onPostgres(bench))
}

async function onSqlite(bench: Bench): Promise<void> {
  const folder = join(bench.directory, 'dear')
  mkdirSync(folder, { recursive: true })
  await onStore(bench, 'lockstep', join(folder, 'bench.db'))
}

async function onPostgres(bench: Bench): Promise<void> {
  const postgres = await openPostgres(bench)
  try {
    await onStore(bench, 'postgres', await postgres.empty())
  } finally {
    await postgres.stop()
  }
}

async function onStore(bench: Bench, product: Product, place: string): Promise<void> {
  const store = product === 'postgres' ? 'postgres' : 'sqlite'
  const ids = join(bench.directory, `dear-${store}.txt`)
  const filled = await fill({ product, size: LIGHT, loader: bench.loader, say: bench.say }, place, ids)
  const access = createTenant(product, place, 'dear')
  const site = await openSite({ ...filled, product, size: LIGHT, file: place, ids }, [bench.loader], [], {
    name: `dear ${store}`,
  })
  try {
    const tenant = await fillDear(site, access, Math.min(bench.sizes.big / 5, 10_000))
    if (bench.wants(`B.dear.left.${store}`)) await abandoned(bench, { store, site, access })
    if (bench.wants(`B.dear.${store}`)) await besideEach(bench, { store, site, access, tenant })
  } finally {
    await site.server.kill()
  }
}

interface Scene {
  readonly store: string
  /** Of the quiet tenant. */
  readonly site: OpenSite
  /** Of the tenant with expensive requests. */
  readonly access: Access
}

/** Each expensive request during GETs of another tenant: the slowest GET during the worst request. */
async function besideEach(
  bench: Bench,
  { store, site, access, tenant }: Scene & { readonly tenant: DearTenant },
): Promise<void> {
  const found = new Map<string, number[]>()
  const took = new Map<string, number[]>()
  const note = (into: Map<string, number[]>, name: string, ms: number) =>
    into.set(name, [...(into.get(name) ?? []), ms])
  const rounds = Math.min(bench.rounds, 3)
  for (let round = 0; round < rounds; round++) {
    const requests = [...dearRequests(tenant), ...(round === rounds - 1 ? lastDearRequests(tenant) : [])]
    for (const request of requests) {
      const { slowest, ms } = await beside(bench, site, () => sendOne(site, access, request))
      note(found, request.name, slowest)
      note(took, request.name, ms)
    }
  }
  const worst = [...found].map(([name, all]) => ({ name, ms: median(all) })).sort((a, b) => b.ms - a.ms)
  for (const { name, ms } of worst.slice(0, 8)) {
    bench.say(`  ${store}: ${short(ms)} ms beside ${name}, which took ${short(median(took.get(name) ?? []))} ms`)
  }
  bench.add({
    id: `B.dear.${store}`,
    what: `${store}: GET by id, c=2, beside each of ${worst.length} dear requests of another tenant: slowest, ms (worst: ${worst[0]?.name})`,
    lockstep: `${short(median(worst.map(({ ms }) => ms)))} … ${short(worst[0]?.ms ?? Number.NaN)} ms`,
    ratio: worst[0]?.ms ?? Number.NaN,
    hard: most(50),
    stretch: most(25),
  })
}

/** The slowest of the light requests during some work, and how long the work took. */
async function beside(bench: Bench, site: OpenSite, work: () => Promise<void>) {
  const asked = [{ workload: 'get hot', connections: 2 }]
  const light = bench.loader.measure({ site: site.name, asked, ms: 120_000, sleeps: true })
  // Awaited below; if the work fails first, its error is the one to report.
  light.catch(() => {})
  let ms = Number.NaN
  try {
    await pause(60)
    const began = performance.now()
    await work()
    ms = performance.now() - began
    await pause(40)
  } finally {
    await bench.loader.stop()
    await light.catch(() => {})
  }
  const [sample] = await light
  if (sample === undefined) throw new Error('nothing was measured')
  return { slowest: sample.max, ms }
}

/** Twelve searches whose client disconnects immediately: how much they delay another tenant's large POST. */
async function abandoned(bench: Bench, { store, site, access }: Scene): Promise<void> {
  const filter = Array.from({ length: 500 }, (_, at) => `displayName co "nobody${at}"`).join(' or ')
  const search = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter })
  let posts = 0
  const post = async () => {
    const photos = Array.from({ length: 300 }, (_, at) => ({ value: `https://x.example/${at}/${'p'.repeat(1_000)}` }))
    const body = JSON.stringify({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: `large${posts++}`,
      photos,
    })
    const began = performance.now()
    await sendOne(site, site, { name: 'a large POST', method: 'POST', path: '/Users', body })
    return performance.now() - began
  }
  const alone: number[] = []
  const with12: number[] = []
  await post()
  // Not counted: in the first rounds the last of the threads carries out its first requests.
  for (let round = -2; round < Math.max(5, bench.rounds); round++) {
    if (round === 0) for (const times of [alone, with12]) times.length = 0
    alone.push(await post())
    const sockets = Array.from({ length: ABANDONED }, () => {
      const socket = connect(site.server.port, '127.0.0.1').on('error', () => {})
      socket.write(
        `POST ${access.root}/Users/.search HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${access.token}\r\nContent-Type: application/scim+json\r\nContent-Length: ${search.length}\r\n\r\n${search}`,
      )
      return socket
    })
    await pause(50)
    for (const socket of sockets) socket.destroy()
    with12.push(await post())
    bench.say(`  ${store}: ${short(alone.at(-1) ?? 0)} ms alone, ${short(with12.at(-1) ?? 0)} ms beside them`)
    await pause(200)
  }
  bench.add({
    id: `B.dear.left.${store}`,
    what: `${store}: a POST of 300 KB beside ${ABANDONED} searches with 500 terms whose client has left ÷ alone`,
    lockstep: `${short(median(alone))} → ${short(median(with12))} ms`,
    ratio: median(with12) / median(alone),
    hard: most(2),
    stretch: most(1.3),
  })
}

/** Sends one request and reads its response; only a 500 is an error here. */
async function sendOne(site: OpenSite, { root, token }: Access, request: DearRequest): Promise<void> {
  const { name, method, path, headers = {}, body } = request
  const response = await fetch(`http://127.0.0.1:${site.server.port}${root}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  // It is 503 after a timeout or when too many are waiting: still bounded.
  if (response.status >= 500 && response.status !== 503)
    throw new Error(`${name}: ${response.status} ${text.slice(0, 300)}`)
}

/** Fills the tenant with expensive requests. */
async function fillDear(site: OpenSite, access: Access, people: number): Promise<DearTenant> {
  const send = async (path: string, body: string) => {
    const response = await fetch(`http://127.0.0.1:${site.server.port}${access.root}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/scim+json' },
      body,
    })
    const answer = (await response.json()) as {
      id?: string
      Operations?: readonly { location?: string }[]
      detail?: string
    }
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.detail}`)
    return answer
  }
  const idOf = async (path: string, body: unknown) => (await send(path, JSON.stringify(body))).id ?? ''
  const head = await idOf('/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'head' })
  const ids: string[] = []
  for (let first = 0; first < people; first += 1_000) {
    const Operations = Array.from({ length: Math.min(1_000, people - first) }, (_, at) => {
      const user = JSON.parse(userText(first + at)) as Record<string, unknown>
      const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
      const more = { ...(user[enterprise] as object), manager: { value: head } }
      return { method: 'POST', path: '/Users', bulkId: `b${first + at}`, data: { ...user, [enterprise]: more } }
    })
    const answer = await send(
      '/Bulk',
      JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations }),
    )
    for (const { location = '' } of answer.Operations ?? []) ids.push(location.slice(location.lastIndexOf('/') + 1))
  }
  const members = ids.slice(0, 4_000).map((value) => ({ value }))
  return {
    people: ids.slice(0, 4_000),
    head,
    addresses: ADDRESSES,
    rich: await idOf('/Users', richUser('rich', ADDRESSES, 'dear.example')),
    spare: await idOf('/Users', richUser('spare', ADDRESSES, 'spare.example')),
    group: await idOf('/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'all',
      members,
    }),
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
