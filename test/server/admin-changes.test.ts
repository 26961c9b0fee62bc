// What administrators change safely: by version, once by key, in batches; files, and search.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { STRICT, User } from '../../src/protocol/index.ts'
import { expectDocumented } from '../documented.ts'
import { type Serving, serve } from '../serve.ts'

let server: Serving
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await serve()
  for (const name of ['acme', 'globex']) await server.tenancy.tenants.create(name)
  await server.tenancy.ready('acme')
  for (const role of ['owner', 'support'])
    tokens.set(role, (await server.tenancy.adminTokens.create({ role, label: role })).token)
  tokens.set('acme', (await server.tenancy.adminTokens.create({ role: 'operator', tenants: ['acme'] })).token)
})
afterAll(() => server.close())

async function send(method: string, path: string, body?: object, headers: object = {}, who = 'owner') {
  const response = await fetch(`${server.url}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens.get(who)}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  if (isJson || text === '') expectDocumented(method, path, response.status, text)
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
}

test('a connection is changed by what is given, if it is still the version that was read', async () => {
  const { body: made } = await send('POST', '/tenants/acme/connections', {
    kind: 'okta',
    label: 'Okta',
    rights: 'read:users',
  })
  const path = `/tenants/acme/connections/${made.connection}`
  const etag = (await send('GET', path)).headers.get('etag') ?? ''
  const changed = await send('PATCH', path, { label: 'Okta EU', profile: 'strict' }, { 'if-match': etag })
  expect(changed.body).toMatchObject({ label: 'Okta EU', kind: 'okta', profile: 'strict', rights: 'read:users' })
  // The version is in the answer, too.
  expect((await send('GET', path)).body.version).toBe(changed.body.version)
  expect(changed.body.version).not.toBe(etag)
  const late = await send('PATCH', path, { label: 'Mine' }, { 'if-match': etag })
  expect([late.status, late.body.error.code]).toEqual([412, 'ERR_CHANGED'])
  expect((await send('PATCH', path, { profile: null, rights: 'all' })).body).toMatchObject({
    profile: 'okta',
    rights: 'all',
  })
  expect((await send('PATCH', path, { kind: 'king' })).status).toBe(400)
})

test('a paused connection is told to come again, and let in when the pause ends', async () => {
  const { base, token, connection } = await server.connection('generic', { tenant: 'acme' })
  const ask = () => fetch(`${base}/Users?count=0`, { headers: { authorization: `Bearer ${token}` } })
  expect((await ask()).status).toBe(200)
  const path = `/tenants/acme/connections/${connection}`
  expect((await send('PATCH', path, { paused: true })).body.paused).toBe(true)
  const paused = await ask()
  expect([paused.status, paused.headers.get('retry-after')]).toEqual([503, '300'])
  expect((await send('PATCH', path, { label: 'Still paused' })).body.paused).toBe(true)
  expect((await send('PATCH', path, { paused: false })).body.paused).toBeUndefined()
  expect((await ask()).status).toBe(200)
})

test('settings have a version', async () => {
  const etag = (await send('GET', '/tenants/acme/settings')).headers.get('etag') ?? ''
  const changed = await send('PATCH', '/tenants/acme/settings', { logDays: 90 }, { 'if-match': etag })
  expect(changed.status).toBe(200)
  expect((await send('PATCH', '/tenants/acme/settings', { logDays: 60 }, { 'if-match': etag })).status).toBe(412)
})

test('a double click makes one token; another request with the same key is refused', async () => {
  const key = { 'idempotency-key': 'once' }
  const draft = { kind: 'entra' }
  const both = await Promise.all([1, 2].map(() => send('POST', '/tenants/acme/connections', draft, key)))
  expect(both[0]?.body).toEqual(both[1]?.body)
  expect((await send('POST', '/tenants/acme/connections', { kind: 'okta' }, key)).status).toBe(409)
  const made = await send('POST', '/tenants/acme/connections', draft)
  expect(made.body.connection).not.toBe(both[0]?.body.connection)
})

test('what goes with a tenant is told, and its name can be asked for', async () => {
  await server.tenancy.tenants.create('short')
  expect((await send('GET', '/tenants/short/deletion')).body).toMatchObject({ tenant: 'short', connections: 0, log: 1 })
  expect((await send('DELETE', '/tenants/short?confirm=shorter')).status).toBe(400)
  expect((await send('DELETE', '/tenants/short?confirm=short')).status).toBe(204)
})

test('rows are imported by the hundred: dry, then for good, each batch once', async () => {
  const rows = [
    { userName: 'ada', displayName: 'Ada', name: { familyName: 'King' } },
    { userName: 'bob', emails: [{ value: 'not an address', type: 'work' }] },
    { displayName: 'nobody' },
    { userName: 'x'.repeat(9_999_999) },
  ].slice(0, 3)
  const begin = async (dry: boolean) => (await send('POST', '/tenants/acme/imports', { dry })).body.id
  const take = async (id: string, batch: number, some: object[] = rows) =>
    send('POST', `/tenants/acme/imports/${id}/rows`, { batch, rows: some })
  const did = (results: readonly { readonly did: string }[]) => results.map((one) => one.did)
  const dry = await take(await begin(true), 0)
  expect(did(dry.body.results)).toEqual(['create', 'create', 'refused'])
  expect((await send('GET', '/tenants/acme/people?q=ada')).body.items).toEqual([])
  const id = await begin(false)
  const real = await take(id, 0)
  expect(did(real.body.results)).toEqual(['create', 'create', 'refused'])
  const again = await take(id, 0)
  expect([again.body.results, again.body.next, again.body.counts.create]).toEqual([[], 1, 2])
  expect((await take(id, 5)).status).toBe(400)
  const next = await take(id, 1, [
    { userName: 'ada', displayName: 'Ada' },
    { userName: 'bob', title: 'Boss' },
  ])
  expect(next.body.results).toMatchObject([{ did: 'same' }, { did: 'update', changes: ['title'] }])
  expect((await send('POST', `/tenants/acme/imports/${id}/stop`)).body.stopped).toBe(true)
  expect((await take(id, 2)).status).toBe(409)
  const undone = await send('POST', '/tenants/acme/undo', { run: { txn: `import-${id}` }, apply: true })
  expect(undone.body).toMatchObject({ refused: 0, done: 3 })
})

test('a file holds what a filter gives, and no cell is a formula', async () => {
  const context = { tenant: 'acme', actor: 'test', allow: STRICT }
  for (let at = 0; at < 450; at++) {
    const body = { schemas: [User.schema.id], userName: `row${at}`, displayName: at === 7 ? '=1+1' : `Row "${at}", x` }
    await server.directory.create(context, 'User', body)
  }
  const lines = (await send('GET', '/tenants/acme/export?filter=userName%20sw%20%22row%22')).text.trim().split('\n')
  expect(new Set(lines.map((line) => JSON.parse(line).userName)).size).toBe(450)
  const csv = await send('GET', '/tenants/acme/export?format=csv&filter=userName%20sw%20%22row%22')
  expect(csv.headers.get('content-disposition')).toMatch(/acme-User-.*\.csv/)
  expect(csv.text.split('\r\n')).toHaveLength(452)
  expect(csv.text).toContain(",'=1+1,")
  expect(csv.text).toContain('"Row ""8"", x"')
  expect((await send('GET', '/tenants/acme/export?filter=userName%20sw')).status).toBe(400)
})

test('a few letters find what the caller may see, and nothing else', async () => {
  const kinds = async (q: string, who = 'owner', more = '') =>
    (await send('GET', `/search?q=${encodeURIComponent(q)}${more}`, undefined, {}, who)).body.items.map(
      ({ kind, label }: { kind: string; label: string }) => `${kind} ${label}`,
    )
  expect(await kinds('glob')).toContain('tenant globex')
  expect(await kinds('glob', 'acme')).toEqual([])
  expect(await kinds('row44', 'acme', '&tenant=acme')).toContain('person Row "44", x')
  expect(await kinds('row44', 'acme', '&tenant=globex')).toEqual([])
  // Within a name, where none begins so.
  expect(await kinds('ow44', 'acme', '&tenant=acme')).toContain('person Row "44", x')
  expect(await kinds('row44', 'support')).toEqual(['address row44'])
  expect(await kinds('row4', 'support')).toEqual(['address row4'])
  expect(await kinds('ro', 'support')).toEqual([])
  expect(await kinds('acme#1')).toEqual(['change acme#1'])
  expect(await kinds('globex#1', 'acme')).toEqual([])
  expect(await kinds('okta')).toContain('connection Okta EU')
})

test('the system tells how it is, and the diagnosis nobody', async () => {
  const system = await send('GET', '/system')
  expect(system.body.database.resources.User).toBeGreaterThan(400)
  const { text } = await send('GET', '/system/diagnosis')
  for (const word of ['row44', 'acme', 'globex', 'Okta']) expect(text).not.toContain(word)
  expect((await send('GET', '/system', undefined, {}, 'acme')).status).toBe(403)
})
