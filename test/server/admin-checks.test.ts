// Checks over the admin API: of a tenant's own settings, of an app, of a server elsewhere.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFakeApp, FAKE_PROFILES, type FakeApp, listen } from '../../src/testing/index.ts'
import { expectDocumented } from '../documented.ts'
import { type Serving, serve } from '../serve.ts'

let server: Serving
let app: FakeApp & { readonly at: string }
let owner = ''
const open: { readonly close: () => unknown }[] = []
/** Whether the app answers what it makes with 200, where the RFC asks for 201. */
let isOdd = true

beforeAll(async () => {
  server = await serve({ flags: { outboundAllow: '127.0.0.0/8' } })
  await server.tenant('acme')
  owner = (await server.tenancy.adminTokens.create({ role: 'owner' })).token
  const fake = createFakeApp({ profile: { ...FAKE_PROFILES.strict, rates: [] }, token: 'app-secret' })
  const at = await listen({
    ...fake,
    async fetch(...request) {
      const answer = await fake.fetch(...request)
      const { status, headers } = answer
      return isOdd && status === 201 ? new Response(answer.body, { status: 200, headers }) : answer
    },
  })
  open.push(at)
  app = { ...fake, at: at.base }
  const options = { url: at.base }
  const credentials = { kind: 'bearer', secret: 'app-secret' }
  expect((await send('POST', '/apps', { app: 'wiki', options, credentials })).status).toBe(201)
})
afterAll(async () => {
  for (const one of open) await one.close()
  await server.close()
})

async function send(method: string, path: string, body?: object, token = owner, from = server) {
  const whole = `/tenants/acme${path}`
  const response = await fetch(`${from.url}/admin/v1${whole}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.headers.has('content-disposition')) return { status: response.status, text, body: undefined }
  expectDocumented(method, whole, response.status, text)
  return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) }
}

async function ended(check: string) {
  for (;;) {
    const { body } = await send('GET', `/checks/${check}`)
    if (body.state !== 'running') return body
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Begins a check and waits for its end. */
async function checked(path: string, body: object) {
  const begun = await send('POST', path, body)
  expect(begun.text).toContain('"state":"running"')
  return ended(begun.body.check)
}

const tenants = async () => (await server.tenancy.tenants.list()).map(({ name }) => name)

test("a tenant's own settings are checked in an empty tenant, which is gone afterwards; every identity provider by its kind", async () => {
  await send('PATCH', '/settings', { features: { bulk: false } })
  const done = await checked('/checks', { for: ['google'], only: ['sort', 'bulk'] })
  expect(done).toMatchObject({ state: 'done', counts: { must: 0, should: 0, untested: 0 }, left: [] })
  expect(done.counts.passed).toBeGreaterThan(5)
  // The tenant's own settings: bulk is off here.
  expect(done.counts.unadvertised).toBeGreaterThan(3)
  expect(done.providers).toMatchObject([{ kind: 'google', works: true, unmet: 0 }])
  expect(done.done).toBe(done.of)
  expect(await tenants()).toEqual(['acme', 'default'])

  const results: { readonly id: string }[] = []
  for (let after = 0, more = true; more; ) {
    const { body } = await send('GET', `/checks/${done.check}/results?limit=1&after=${after}`)
    results.push(...body.results)
    ;({ next: after, more } = body)
  }
  expect(new Set(results.map(({ id }) => id)).size).toBe(done.done)
  const report = JSON.parse((await send('GET', `/checks/${done.check}/report`)).text)
  expect(report).toMatchObject({ counts: done.counts, stopped: false })
  expect(report.results).toHaveLength(done.done)
  expect((await send('GET', `/checks/${done.check}/report?format=junit`)).text).toContain('<testsuites')
}, 60_000)

test('an app is checked by its own credentials, which nothing shows, and is left as it was; what changed since is told', async () => {
  const first = await checked('/apps/wiki/checks', { rate: 50, only: ['create'] })
  expect(first).toMatchObject({ state: 'done', subject: { kind: 'app', name: 'wiki' }, left: [], url: app.at })
  expect(first.counts.must + first.counts.should).toBeGreaterThan(0)
  expect(app.state()).toHaveLength(0)
  const { text, body } = await send('GET', `/checks/${first.check}/results`)
  expect(text).not.toContain('app-secret')
  const fault = body.results.find(({ verdict }: { readonly verdict: string }) => verdict === 'must')
  expect(fault).toMatchObject({
    section: expect.stringContaining('RFC 76'),
    expected: expect.any(String),
    fix: expect.any(String),
  })
  expect(fault.exchanges[0].request).toContain('Bearer ***')
  expect((await send('GET', `/checks/${first.check}/difference`)).body).toEqual({ cases: [], providers: [] })

  isOdd = false
  const second = await checked('/apps/wiki/checks', { rate: 50, only: ['create'] })
  const difference = (await send('GET', `/checks/${second.check}/difference`)).body
  expect(difference.to.check).toBe(first.check)
  expect(difference.cases).toContainEqual(expect.objectContaining({ id: fault.id, before: 'must' }))
}, 120_000)

test('one at a time in a tenant; stopped, it removes what it made, and keeps what it knows', async () => {
  const begun = await send('POST', '/apps/wiki/checks', { rate: 50 })
  const path = `/checks/${begun.body.check}`
  while ((await send('GET', path)).body.done < 5) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await send('POST', '/checks', {})).toMatchObject({ status: 409, body: { error: { code: 'ERR_IN_USE' } } })
  expect((await send('POST', `${path}/stop`)).status).toBe(202)
  const done = await ended(begun.body.check)
  expect(done).toMatchObject({ state: 'done', stopped: 'asked', left: [] })
  expect(done.done).toBeLessThan(done.of)
  expect(app.state()).toHaveLength(0)
  // The tenant is free again.
  expect((await checked('/checks', { only: ['sort'] })).state).toBe('done')
}, 120_000)

test('what a server elsewhere answers is for owners alone, and inner addresses are refused', async () => {
  const fine = await checked('/checks/elsewhere', { url: app.at, token: 'app-secret', rate: 50, only: ['sort'] })
  expect(fine.state).toBe('done')
  const { token: operator } = await server.tenancy.adminTokens.create({ role: 'operator', tenants: ['acme'] })
  expect((await send('GET', `/checks/${fine.check}`, undefined, operator)).status).toBe(404)
  const { body } = await send('GET', '/checks', undefined, operator)
  expect(body.items.map(({ subject }: { readonly subject: { readonly kind: string } }) => subject.kind)).not.toContain(
    'server',
  )
  const refused = await checked('/checks/elsewhere', { url: 'http://169.254.1.1/scim/v2' })
  expect(refused).toMatchObject({ state: 'failed', message: expect.stringContaining('is an address') })
  expect((await send('POST', '/checks/elsewhere', { url: 'https://a:b@app.example/scim' })).status).toBe(400)
  const headers = { authorization: `Bearer ${owner}` }
  const audit = await (await fetch(`${server.url}/admin/v1/audit?action=checkServer`, { headers })).text()
  expect(audit).toContain(app.at)
  expect(audit).not.toContain('app-secret')
}, 60_000)

test('a check whose process has ended shows as failed, and the empty tenant that it left is removed by the next one', async () => {
  const scratch = 'lockstep-check-0123456789abcdef'
  await server.tenancy.tenants.create(scratch)
  await server.tenancy.tenants.create('lockstep-check-of-ours')
  const item = { tenant: scratch, queue: 'check/scratch', key: 'scratch' }
  await server.store.commit([{ write: 'item', item, set: { value: { like: 'acme' } } }])
  const old = Date.now() - 120_000
  const [kept] = await server.store.items('acme', 'check/runs', { order: 'desc', limit: 1 })
  const value = { ...(kept?.value as object), id: '0', state: 'running', beganAt: old, seenAt: old }
  await server.store.commit([
    { write: 'item', item: { tenant: 'acme', queue: 'check/runs', key: '0' }, set: { value } },
  ])
  expect((await send('GET', '/checks/0')).body.state).toBe('failed')
  await checked('/checks', { only: ['sort'] })
  expect(await tenants()).toEqual(['acme', 'default', 'lockstep-check-of-ours'])
})

test('a server that stops ends its check, and leaves no empty tenant', async () => {
  const other = await serve({ database: server.database })
  const begun = await send('POST', '/checks', {}, owner, other)
  while ((await send('GET', `/checks/${begun.body.check}`)).body.done < 5)
    await new Promise((resolve) => setTimeout(resolve, 50))
  await other.close()
  expect((await send('GET', `/checks/${begun.body.check}`)).body).toMatchObject({ state: 'done', stopped: 'server' })
  expect((await tenants()).filter((name) => /check-[0-9a-f]/.test(name))).toEqual([])
}, 60_000)
