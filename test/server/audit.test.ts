// Tests the audit: what is written, by whom, in a chain that shows what was changed or taken out.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOneTimeLinks } from '../../src/admin/index.ts'
import { environment } from '../../src/environment.ts'
import { createAudit, createOperators } from '../../src/tenancy/index.ts'
import { folder, run } from '../cli/run.ts'
import { type Serving, serve } from '../serve.ts'
import { openPage } from './browser.ts'

let server: Serving
let owner: string
beforeAll(async () => {
  server = await serve()
  owner = (await server.tenancy.adminTokens.create({ role: 'owner' })).token
})
afterAll(async () => {
  await server.close()
})

const send = (method: string, path: string, body?: unknown, token = owner) =>
  openPage(server.url).send(method, path, { body, headers: { authorization: `Bearer ${token}` } })
const lines = async (query = '') => (await send('GET', `/audit?limit=500${query}`)).body.items
const keyOf = (place: number) => String(9_999_999_999 - place).padStart(10, '0')

test('a sign-in, a wrong one, a change with what was before, and a refusal by role are lines; reads are not', async () => {
  const operators = createOperators(server.store, environment, { actor: 'test', role: 'owner', tenants: undefined })
  await operators.create('ada', { role: 'owner', name: 'Ada' })
  await operators.create('bo', { role: 'support', name: 'Bo' })
  const links = createOneTimeLinks(server.store, environment)
  const page = openPage(server.url)
  const { secret } = await links.make({ operator: 'ada' }, 60_000, { actor: 'test' })
  await page.send('POST', '/session', { body: { link: secret } })
  await page.send('POST', '/session', { body: { link: secret } })
  await page.send('GET', '/tenants')
  await page.send('PATCH', '/operators/bo', { body: { role: 'auditor' } })
  const tenant = await server.tenant()
  const user = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'x' }
  expect((await page.send('POST', `/tenants/${tenant}/scim/v2/Users`, { body: user })).status).toBe(201)
  expect((await page.send('POST', '/operators', { body: { operator: '?', role: 'support' } })).status).toBe(400)
  const support = (await server.tenancy.adminTokens.create({ role: 'support' })).token
  expect((await send('DELETE', `/tenants/${tenant}`, undefined, support)).status).toBe(403)
  const [refused, people, changed, wrong, signedIn, ...others] = await lines()
  expect(refused).toMatchObject({
    action: 'deleteTenant',
    tenant,
    outcome: 'refused',
    reason: 'ERR_FORBIDDEN',
    how: 'token',
  })
  expect(people).toMatchObject({ action: 'scim', tenant, object: 'POST /Users', actor: 'console:ada', outcome: 'done' })
  expect(changed).toMatchObject({
    action: 'changeOperator',
    object: 'bo',
    actor: 'console:ada',
    name: 'Ada',
    how: 'link',
    address: '127.0.0.1',
    changes: [
      { type: 'Operator', id: 'bo', paths: [{ new: 'changed' }, { path: 'role', old: 'support', new: 'auditor' }] },
    ],
  })
  expect(wrong).toMatchObject({ action: 'signIn', outcome: 'refused', reason: 'ERR_UNAUTHORIZED' })
  expect(signedIn).toMatchObject({ action: 'signIn', outcome: 'done', actor: 'console:ada', how: 'link' })
  expect(others).toEqual([])
  expect(JSON.stringify(await lines())).not.toContain(secret)
  expect(await lines('&actor=console:ada&action=signIn&outcome=done')).toMatchObject([{ place: signedIn.place }])
  const first = (await send('GET', '/audit?limit=2')).body
  const second = (await send('GET', `/audit?limit=500&after=${first.next}`)).body
  expect([...first.items, ...second.items]).toEqual(await lines())
})

test('auditors read it, operators do not, and whoever is limited to tenants sees those alone', async () => {
  const [own, other] = [await server.tenant(), await server.tenant()]
  for (const tenant of [own, other]) await send('POST', `/tenants/${tenant}/connections`, { kind: 'okta' })
  const token = async (role: string, tenants?: readonly string[]) =>
    (await server.tenancy.adminTokens.create({ role, ...(tenants === undefined ? {} : { tenants }) })).token
  const limited = await send('GET', '/audit', undefined, await token('auditor', [own]))
  expect(new Set(limited.body.items.map(({ tenant }: { tenant: string }) => tenant))).toEqual(new Set([own]))
  expect((await send('GET', `/audit?tenant=${other}`, undefined, await token('auditor', [own]))).status).toBe(404)
  expect((await send('GET', '/audit/verify', undefined, await token('auditor', [own]))).status).toBe(403)
  expect((await send('GET', '/audit/verify', undefined, await token('auditor'))).status).toBe(200)
  expect((await send('GET', '/audit', undefined, await token('operator'))).status).toBe(403)
})

test('a line that is changed, or taken out, is found; so is a head that was cut off', async () => {
  const audit = createAudit(server.store, environment)
  await Promise.all(
    [1, 2, 3, 4, 5].map((at) => audit.append({ actor: 'x', how: 'none', action: `a${at}`, outcome: 'done' })),
  )
  const sound = await audit.verify()
  expect(sound).toMatchObject({ from: { place: 1 } })
  expect(sound.lines).toBe(sound.head?.place)
  expect(await audit.verify(sound.head?.hash)).toMatchObject({ holdsHead: true })
  const place = (sound.head?.place ?? 0) - 2
  const record = { tenant: '', kind: 'audit', key: keyOf(place) }
  const [kept] = await server.store.records('', 'audit', { key: record.key, limit: 1 })
  const put = (value: string | undefined) => server.store.commit([{ write: 'record', record, value }])
  await put(String(kept?.value).replace('"actor":"x"', '"actor":"y"'))
  expect((await audit.verify()).broken).toMatchObject({ place })
  await put(undefined)
  expect((await audit.verify()).broken?.why).toContain(`lines ${place} to ${place} are gone`)
  await put(String(kept?.value))
  expect((await audit.verify()).broken).toBe(undefined)
  const newest = { tenant: '', kind: 'audit', key: keyOf(sound.head?.place ?? 0) }
  await server.store.commit([{ write: 'record', record: newest, value: undefined }])
  expect(await audit.verify(sound.head?.hash)).toMatchObject({ holdsHead: false })
})

test('lines of two processes are one chain, and those past 400 days go, from the oldest', async () => {
  const own = await serve()
  try {
    let now = Date.now() - 500 * 86_400_000
    const old = createAudit(own.store, { ...environment, now: () => now })
    const line = { actor: 'x', how: 'none', action: 'a', outcome: 'done' } as const
    for (let at = 0; at < 5; at++) await old.append(line)
    now = Date.now()
    const two = [old, createAudit(own.store, environment)]
    await Promise.all(Array.from({ length: 30 }, (_, at) => two[at % 2]?.append(line)))
    expect(await old.verify()).toMatchObject({ head: { place: 35 } })
    for (let tries = 0; (await old.verify()).lines > 30 && tries < 100; tries++) await environment.wait(20)
    expect(await old.verify()).toMatchObject({ lines: 30, from: { place: 6 }, head: { place: 35 } })
  } finally {
    await own.close()
  }
})

test('commands are lines, too, and show and verify it', async () => {
  const { path, remove } = folder()
  try {
    const lockstep = (...args: string[]) => run([...args, '--database', `sqlite:${path('lockstep.db')}`, '--json'])
    await lockstep('admin', 'token')
    await lockstep('operator', 'create', 'ada', '--role', 'owner')
    await lockstep('console', 'link')
    await lockstep('operator', 'list')
    const shown = JSON.parse((await lockstep('audit', 'list')).stdout)
    expect(shown).toMatchObject([
      { action: 'SignInLink created', object: 'ada', how: 'command', actor: 'cli' },
      { action: 'Operator created', object: 'ada' },
      { action: 'AdminToken created' },
    ])
    const verdict = JSON.parse((await lockstep('audit', 'verify')).stdout)
    expect(verdict).toMatchObject({ lines: 3 })
    expect((await lockstep('audit', 'verify', '--head', verdict.head.hash)).code).toBe(0)
    expect((await lockstep('audit', 'verify', '--head', 'x')).code).not.toBe(0)
  } finally {
    remove()
  }
})

test('a look at values is a line, and each line has the id that the answer had', async () => {
  const made = await server.connection('okta', { rights: 'all' })
  const headers = { authorization: `Bearer ${made.token}` }
  const asked = await fetch(`${made.base}/Users/01988888-0000-7000-8000-000000000000`, { headers })
  const path = `/tenants/${made.tenant}/requests/${asked.headers.get('x-request-id')}`
  await expect.poll(async () => (await send('GET', path)).status, { timeout: 30_000 }).toBe(200)
  const idOf = async (path: string, token: string, status: number) => {
    const response = await fetch(`${server.url}/admin/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    await response.text()
    expect(response.status).toBe(status)
    expect(response.headers.get('x-request-id')).toMatch(/^r_[0-9a-z]{13}$/)
    return response.headers.get('x-request-id')
  }
  const exported = await idOf(`/tenants/${made.tenant}/export`, owner, 200)
  const values = await idOf(`${path}/values`, owner, 200)
  const support = (await server.tenancy.adminTokens.create({ role: 'support' })).token
  const refused = await idOf(`/tenants/${made.tenant}/export`, support, 403)
  await idOf('/nothing', owner, 404)
  const written = await lines(`&tenant=${made.tenant}`)
  expect(written.map((line: Record<string, string>) => [line.action, line.outcome, line.request])).toEqual([
    ['exportResources', 'refused', refused],
    ['showRequestValues', 'done', values],
    ['exportResources', 'done', exported],
  ])
})
