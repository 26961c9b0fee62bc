// Tests the stream of what happens: each line once and in order, for whoever may see it.

import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Serving, serve } from '../serve.ts'

vi.setConfig({ testTimeout: 90_000 })

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

let server: Serving
let made: Awaited<ReturnType<Serving['connection']>>
let owner = ''
const closing: (() => unknown)[] = []

beforeAll(async () => {
  server = await serve()
  made = await server.connection('entra')
  owner = (await server.tenancy.adminTokens.create({})).token
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => server.close())

interface Event {
  readonly event: string
  readonly id: string | undefined
  readonly data: {
    readonly items?: readonly { readonly id: string; readonly place: number }[]
    readonly reason?: string
  }
}

/** An open stream, and what has come of it. */
async function watch(
  query: string,
  { url = server.url, token = owner, last }: { url?: string; token?: string; last?: string } = {},
) {
  const stop = new AbortController()
  const response = await fetch(`${url}/admin/v1/stream?${query}`, {
    headers: { authorization: `Bearer ${token}`, ...(last === undefined ? {} : { 'last-event-id': last }) },
    signal: stop.signal,
  })
  const events: Event[] = []
  let isOver = response.body === null || response.status !== 200
  const reading = (async () => {
    let text = ''
    for await (const piece of response.body ?? []) {
      text += new TextDecoder().decode(piece, { stream: true })
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const field = (name: string) =>
          part
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2)
        const event = field('event')
        if (event !== undefined) events.push({ event, id: field('id'), data: JSON.parse(field('data') ?? '{}') })
      }
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      isOver = true
    })
  const close = async () => {
    stop.abort()
    await reading
  }
  closing.push(close)
  const ids = () =>
    events.filter(({ event }) => event === 'requests').flatMap(({ data }) => data.items?.map(({ id }) => id) ?? [])
  return { status: response.status, response, events, ids, close, isOver: () => isOver }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 2_000) throw new Error('it did not come to pass')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function ask(path: string, { url = server.url, method = 'GET', body = '' } = {}) {
  const response = await fetch(`${url}/tenants/${made.tenant}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/scim+json' },
    ...(body === '' ? {} : { body }),
  })
  await response.text()
  return response.headers.get('x-request-id') ?? ''
}

test('shows requests of three processes, each once, in the order of places', async () => {
  const others = [await serve({ database: server.database }), await serve({ database: server.database })]
  const urls = [server.url, ...others.map(({ url }) => url)]
  try {
    const stream = await watch(`topics=requests&tenant=${made.tenant}`)
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream')
    expect(stream.response.headers.get('cache-control')).toContain('no-store')
    const sent = await Promise.all(
      urls.map(async (url) => {
        const ids: string[] = []
        for (let at = 0; at < 40; at++) ids.push(await ask(`/Users/none-${at}`, { url }))
        return ids
      }),
    )
    await until(() => stream.ids().length >= 120)
    expect(new Set(stream.ids())).toEqual(new Set(sent.flat()))
    expect(stream.ids()).toHaveLength(120)
    for (const own of sent) expect(stream.ids().filter((id) => own.includes(id))).toEqual(own)
    const places = stream.events.flatMap(({ data }) => data.items?.map(({ place }) => place) ?? [])
    expect(places).toEqual([...places].sort((a, b) => a - b))
  } finally {
    for (const other of others) await other.close()
  }
})

test('reads on after a break where it was, and says when lines were left out', async () => {
  const first = await watch(`topics=requests,changes&tenant=${made.tenant}`)
  const body = JSON.stringify({ schemas: [USER], userName: `user-${Math.random()}` })
  const id = await ask('/Users', { method: 'POST', body })
  await until(() => first.ids().includes(id) && first.events.some(({ event }) => event === 'changes'))
  const last = first.events.findLast((event) => event.id !== undefined)?.id
  await first.close()
  const missed = [await ask('/Users/missed-1'), await ask('/Users/missed-2')]
  const again = await watch(`topics=requests,changes&tenant=${made.tenant}`, last === undefined ? {} : { last })
  await until(() => again.ids().length >= 2)
  expect(again.ids()).toEqual(missed)
  expect(again.events.some(({ event }) => event === 'gap')).toBe(false)
})

test('shows only what was asked for', async () => {
  const stream = await watch(`topics=requests&tenant=${made.tenant}&outcome=refused&text=groups`)
  await ask('/Groups')
  await ask('/Users/other')
  const wanted = await ask('/Groups/other')
  await until(() => stream.ids().length > 0)
  expect(stream.ids()).toEqual([wanted])
})

test('tells series and things to look at', async () => {
  const stream = await watch(`topics=series,attention&tenant=${made.tenant}`)
  await until(() => new Set(stream.events.map(({ event }) => event)).size === 2)
  const series = stream.events.find(({ event }) => event === 'series')
  expect(series?.data).toMatchObject({ step: 60, points: [expect.anything(), expect.anything()] })
})

test('another tenant’s lines never come, and a stream of one looks as if it did not exist', async () => {
  const foreign = await server.tenant()
  const { token } = await server.tenancy.adminTokens.create({ role: 'support', tenants: [foreign] })
  const stream = await watch('topics=requests', { token })
  const all = await watch('topics=requests')
  const id = await ask('/Users/secret')
  await until(() => all.ids().includes(id))
  expect(stream.ids()).toEqual([])
  expect((await watch(`topics=requests&tenant=${made.tenant}`, { token })).status).toBe(404)
  expect((await watch('topics=changes', { token })).status).toBe(400)
})

test('a token that is revoked is out within seconds', async () => {
  const { token, admin } = await server.tenancy.adminTokens.create({ role: 'support' })
  const stream = await watch('topics=requests', { token })
  await server.tenancy.adminTokens.revoke(admin.id)
  await until(stream.isOver)
  expect(stream.events.at(-1)).toMatchObject({ event: 'bye', data: { reason: 'not allowed' } })
})

test('one viewer has six streams at most', async () => {
  const { token } = await server.tenancy.adminTokens.create({ role: 'support' })
  const open = await Promise.all(Array.from({ length: 6 }, () => watch('topics=requests', { token })))
  expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200])
  expect((await watch('topics=requests', { token })).status).toBe(503)
  await open[0]?.close()
  let status = 503
  for (let tries = 0; status !== 200 && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    status = (await watch('topics=requests', { token })).status
  }
  expect(status).toBe(200)
})

test('a server that stops says so, and does not wait for its streams', async () => {
  const other = await serve({ database: server.database })
  const stream = await watch('topics=requests', { url: other.url })
  await other.close()
  await until(stream.isOver)
  expect(stream.events.at(-1)).toMatchObject({ event: 'bye', data: { reason: 'stopping' } })
})

test('series, faults and things to look at are read as lists, too', async () => {
  for (let at = 0; at < 6; at++) await ask('/Users/nobody-at-all')
  const get = async (path: string) => {
    const response = await fetch(`${server.url}/admin/v1${path}`, { headers: { authorization: `Bearer ${owner}` } })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  let faults = await get(`/tenants/${made.tenant}/faults`)
  for (let tries = 0; faults.body.items.length === 0 && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    faults = await get(`/tenants/${made.tenant}/faults`)
  }
  const [fault] = faults.body.items
  expect(fault).toMatchObject({ tenant: made.tenant, isGoingOn: true, newest: { status: 404 } })
  expect((await get(`/tenants/${made.tenant}/faults/${fault.print}`)).body.print).toBe(fault.print)
  expect((await get(`/tenants/${made.tenant}/faults/none`)).status).toBe(404)
  let refused = 0
  for (let tries = 0; refused < 6 && tries < 600; tries++) {
    const { body } = await get(`/series?tenant=${made.tenant}&step=60`)
    refused = body.points.reduce(
      (sum: number, point: { outcomes: { refused: number } }) => sum + point.outcomes.refused,
      0,
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(refused).toBeGreaterThanOrEqual(6)
  const things = (await get(`/attention?tenant=${made.tenant}`)).body.items
  expect(things).toContainEqual(
    expect.objectContaining({ code: 'connection.refused', tenant: made.tenant, connection: made.connection }),
  )
  const { lately } = (await get(`/tenants/${made.tenant}/connections/${made.connection}`)).body
  expect(lately).toMatchObject({ heard: expect.stringMatching(/Z$/), refusing: true, usualSilence: expect.any(Number) })
  expect([lately.refusals >= 6, lately.requests >= lately.refusals, lately.quietSince]).toEqual([true, true, undefined])
  expect((await get(`/tenants/${made.tenant}/connections`)).body.items).toMatchObject([{ lately: { refusing: true } }])
  expect((await get('/series?from=2020-01-01T00:00:00Z&step=60')).status).toBe(400)
  const all = (await get('/connections')).body
  expect(all.items[0]).toMatchObject({ tenant: made.tenant, connection: made.connection, lately: { refusing: true } })
  const inHours = all.items[0].hours.reduce((sum: number, { refusals }: { refusals: number }) => sum + refusals, 0)
  expect([all.items[0].hours.length, inHours]).toEqual([24, all.items[0].lately.refusals])
  const { hour, databaseMs } = (await get('/service')).body
  expect(hour).toMatchObject({ failed: 0, medianUs: expect.any(Number) })
  expect([hour.refused >= 6, databaseMs > 0]).toEqual([true, true])
})
