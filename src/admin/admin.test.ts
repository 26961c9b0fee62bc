// Tests the admin API over its whole table of routes: answers, refusals, pages.

import { afterEach, expect, test } from 'vitest'
import { expectDocumented } from '../../test/documented.ts'
import { createDirectory } from '../directory/index.ts'
import { environment } from '../environment.ts'
import { LENIENT } from '../protocol/index.ts'
import { createSiteHub } from '../site/hub.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createSealer, createTenancy } from '../tenancy/index.ts'
import { createAdmin } from './admin.ts'

const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const open: { close: () => Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function start() {
  const store = sqliteStore(':memory:')
  const tenancy = createTenancy({ store })
  open.push(store, tenancy)
  const directory = createDirectory({
    store,
    catalog: tenancy.catalog,
    unique: tenancy.uniquePaths,
    ready: tenancy.ready,
  })
  const faults: unknown[] = []
  const admin = createAdmin({
    store,
    tenancy,
    directory,
    hub: createSiteHub(
      store,
      tenancy,
      createSealer(async () => [], environment),
    ),
    report: ({ error }) => faults.push(error),
  })
  const { token } = await tenancy.adminTokens.create()
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await admin.fetch(
      new Request(`http://scim.example/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    expect(faults).toEqual([])
    if (response.status !== 401) expectDocumented(method, path, response.status, text)
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
  }
  const addUser = (document: { readonly [name: string]: unknown }) =>
    directory.create(
      { tenant: 'acme', actor: 'test', allow: LENIENT },
      'User',
      JSON.parse(JSON.stringify({ schemas: [USER], ...document })),
    )
  return { admin, tenancy, directory, send, addUser, token }
}

test('the admin API needs a token of its own', async () => {
  const { admin, tenancy, send } = await start()
  const none = await admin.fetch(new Request('http://scim.example/admin/v1/tenants'))
  expect(none.status).toBe(401)
  expect(none.headers.get('www-authenticate')).toBe('Bearer realm="admin"')
  await tenancy.tenants.create('acme')
  const scim = await tenancy.connections.create('acme')
  expect((await send('GET', '/tenants', undefined, { authorization: `Bearer ${scim.token}` })).status).toBe(401)
  const [admins] = await tenancy.adminTokens.list()
  expect((await send('DELETE', `/tokens/${admins?.id}`)).body.error.message).toMatch(/last way in/)
  await tenancy.adminTokens.create()
  expect((await send('DELETE', `/tokens/${admins?.id}`)).status).toBe(204)
  const after = await send('GET', '/tenants')
  expect(after.status).toBe(401)
  expect(after.body.error.message).toMatch(/no admin token yet|unknown or revoked/)
})

test('a tenant is made, listed, shown and deleted', async () => {
  const { send, tenancy } = await start()
  const made = await send('POST', '/tenants', { name: 'acme', connection: { kind: 'okta' } })
  expect(made.status).toBe(201)
  expect(Object.keys(made.body)).toEqual(['tenant', 'baseUrl', 'connection', 'token'])
  expect(made.body.baseUrl).toBe('http://scim.example/tenants/acme/scim/v2')
  expect(await tenancy.authenticate('acme', `Bearer ${made.body.token}`)).toHaveProperty(
    'principal.profile.kind',
    'okta',
  )
  expect((await send('GET', '/tenants')).body).toMatchObject({ items: [{ tenant: 'acme' }] })
  expect((await send('GET', '/tenants/acme')).body).toMatchObject({ tenant: 'acme', log: 2 })
  expect((await send('POST', '/tenants', { name: 'acme' })).status).toBe(409)
  expect((await send('DELETE', '/tenants/acme')).status).toBe(204)
  expect((await send('GET', '/tenants/acme')).status).toBe(404)
})

test('a connection is made, rotated and revoked', async () => {
  const { send, tenancy } = await start()
  await tenancy.tenants.create('acme')
  const path = '/tenants/acme/connections'
  const first = (await send('POST', path, { kind: 'entra', label: 'Entra', rights: 'read:users', lifetimeDays: 30 }))
    .body
  expect((await send('GET', path)).body).toMatchObject({
    items: [{ label: 'Entra', kind: 'entra', profile: 'entra', rights: 'read:users' }],
  })
  const second = await send('POST', `${path}/${first.connection}/tokens`)
  expect(second.status).toBe(201)
  const third = await send('POST', `${path}/${first.connection}/tokens`, {})
  expect([third.status, third.body.error.code]).toEqual([409, 'ERR_IN_USE'])
  const { tokens } = (await send('GET', `${path}/${first.connection}`)).body
  expect((await send('DELETE', `${path}/${first.connection}/tokens/${tokens[0].id}`)).status).toBe(204)
  expect(await tenancy.authenticate('acme', `Bearer ${first.token}`)).toMatchObject({ reason: 'invalid' })
  expect((await send('DELETE', `${path}/${first.connection}`)).status).toBe(204)
  expect(await tenancy.authenticate('acme', `Bearer ${second.body.token}`)).toMatchObject({ reason: 'invalid' })
})

test('settings are changed one by one', async () => {
  const { send, tenancy } = await start()
  await tenancy.tenants.create('acme')
  const changed = await send('PATCH', '/tenants/acme/settings', { features: { bulk: false }, uniqueEmails: true })
  expect(changed.body).toMatchObject({
    uniqueEmails: true,
    uniqueGroupNames: false,
    features: { bulk: false, patch: true },
  })
  expect((await send('GET', '/tenants/acme/settings')).body).toEqual(changed.body)
  expect(tenancy.settings('acme').features.bulk).toBe(false)
})

test('e-mail values can only be made unique while they are', async () => {
  const { send, tenancy, addUser } = await start()
  await tenancy.tenants.create('acme')
  await tenancy.ready('acme')
  await addUser({ userName: 'ada', emails: [{ value: 'team@acme.example' }] })
  await addUser({ userName: 'bob', emails: [{ value: 'Team@acme.example' }] })
  const refused = await send('PATCH', '/tenants/acme/settings', { uniqueEmails: true })
  expect([refused.status, refused.body.error.code]).toEqual([409, 'ERR_IN_USE'])
  expect(tenancy.settings('acme').uniqueEmails).toBe(false)
  await addUser({ userName: 'cid', emails: [{ value: 'team@acme.example' }] })
})

test('an extension is added, used, tightened only by force, and removed', async () => {
  const { send, tenancy, directory, addUser } = await start()
  await tenancy.tenants.create('acme')
  const path = `/tenants/acme/schemas/${encodeURIComponent(BADGE)}`
  const schema = { id: BADGE, name: 'Badge', attributes: [{ name: 'number', type: 'integer' }, { name: 'colour' }] }
  expect((await send('PUT', `${path}?extends=User`, schema)).status).toBe(200)
  expect((await send('GET', '/tenants/acme/schemas')).body.items).toContainEqual(
    expect.objectContaining({ id: BADGE, own: true, types: ['User'] }),
  )

  const { stored } = await addUser({ userName: 'ada', [BADGE]: { number: 7, colour: 'red' } })
  expect(JSON.parse(stored.text)[BADGE]).toEqual({ number: 7, colour: 'red' })

  const smaller = { ...schema, attributes: [{ name: 'number', type: 'integer' }] }
  const refused = await send('PUT', path, smaller)
  expect(refused.status).toBe(409)
  expect(refused.body.error).toMatchObject({
    code: 'ERR_IN_USE',
    count: 1,
    message: expect.stringContaining(`${BADGE}:colour would be removed, but 1 resource`),
  })
  expect((await send('PUT', `${path}?force=true`, smaller)).status).toBe(200)
  const left = await directory.get({ tenant: 'acme', type: 'User', id: stored.id })
  expect(JSON.parse(left?.text ?? '{}')[BADGE]).toEqual({ number: 7 })

  expect((await send('DELETE', path)).status).toBe(409)
  expect((await send('DELETE', `${path}?force=true`)).status).toBe(204)
  const bare = await directory.get({ tenant: 'acme', type: 'User', id: stored.id })
  expect(JSON.parse(bare?.text ?? '{}')).not.toHaveProperty([BADGE])
  expect(tenancy.catalog('acme').types.find(({ name }) => name === 'User')?.extensions).toHaveLength(1)
})

test('a resource type of its own is added and removed', async () => {
  const { send, tenancy, directory } = await start()
  await tenancy.tenants.create('acme')
  const urn = 'urn:example:scim:schemas:core:1.0:Device'
  const type = { name: 'Device', endpoint: '/Devices', schema: urn }
  const early = await send('PUT', '/tenants/acme/types/Device', type)
  expect([early.status, early.body.error.message]).toEqual([400, expect.stringContaining(urn)])
  await send('PUT', `/tenants/acme/schemas/${encodeURIComponent(urn)}`, {
    id: urn,
    name: 'Device',
    attributes: [{ name: 'serial', required: true, uniqueness: 'server' }],
  })
  expect((await send('PUT', '/tenants/acme/types/Device', type)).status).toBe(200)
  const context = { tenant: 'acme', actor: 'test', allow: LENIENT }
  await directory.create(context, 'Device', { schemas: [urn], serial: 'a' })
  await expect(directory.create(context, 'Device', { schemas: [urn], serial: 'A' })).rejects.toMatchObject({
    scimType: 'uniqueness',
  })
  expect((await send('DELETE', '/tenants/acme/types/Device')).body.error.message).toMatch(
    /removed with 1 resource; force deletes them/,
  )
  expect((await send('DELETE', '/tenants/acme/types/Device?force=true')).status).toBe(204)
  expect((await send('GET', '/tenants/acme/types')).body.items.map(({ name }: { name: string }) => name)).toEqual([
    'Group',
    'User',
  ])
})

test('dry: a change of a schema or type says which resources would no longer fit, and changes nothing', async () => {
  const { send, tenancy, directory, addUser } = await start()
  await tenancy.tenants.create('acme')
  const path = `/tenants/acme/schemas/${encodeURIComponent(BADGE)}`
  const badge = (attributes: readonly object[]) => ({ id: BADGE, name: 'Badge', attributes })
  const number = { name: 'number', type: 'string' }
  const level = { name: 'level', type: 'string' }
  expect((await send('PUT', `${path}?extends=User&dry=true`, badge([number]))).body).toEqual({
    effects: [],
    indexes: [],
    read: 0,
    total: 0,
  })
  expect((await send('GET', path)).status).toBe(404)
  await send('PUT', `${path}?extends=User`, badge([number, level]))
  await send('PUT', `/tenants/acme/indexes/User/${encodeURIComponent(`${BADGE}:level`)}`)
  const ids: string[] = []
  for (const value of ['7', 'A7', '8']) {
    const { stored } = await addUser({ schemas: [USER, BADGE], userName: value, [BADGE]: { number: value } })
    ids.push(stored.id)
  }
  await addUser({ userName: 'none' })
  const audited = async () => (await send('GET', '/audit?limit=100')).body.items.length
  const lines = await audited()

  const asNumber = badge([{ ...number, type: 'integer' }])
  expect((await send('PUT', `${path}?dry=true`, asNumber)).body).toEqual({
    effects: [
      {
        what: `attribute ${BADGE}:number would be of type integer instead of string`,
        does: 'drops',
        count: 1,
        examples: [{ type: 'User', id: ids[1] }],
      },
    ],
    indexes: [{ type: 'User', path: `${BADGE}:level` }],
    read: 4,
    total: 4,
  })
  const several = badge([{ ...number, multiValued: true }, level])
  expect((await send('PUT', `${path}?dry=true`, several)).body.effects).toMatchObject([{ does: 'converts', count: 3 }])
  expect(await send('DELETE', `${path}?dry=true`)).toMatchObject({
    status: 200,
    body: { effects: [{ does: 'drops', count: 3 }] },
  })
  const type = { name: 'User', schemaExtensions: [{ schema: BADGE, required: true }] }
  expect((await send('PUT', '/tenants/acme/types/User?dry=true', type)).body.effects).toMatchObject([
    { does: 'blocks', count: 1 },
  ])
  // What no resource has to do with is refused as ever.
  expect((await send('PUT', `${path}?dry=true`, badge([{ name: 'number', type: 'colour' }]))).status).toBe(400)

  await send('PUT', '/tenants/acme/types/Role', { name: 'Role' })
  const context = { tenant: 'acme', actor: 'test', allow: LENIENT }
  await directory.create(context, 'Role', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Role'], value: 'it' })
  expect((await send('DELETE', '/tenants/acme/types/Role?dry=true')).body.effects).toMatchObject([
    { what: 'resource type Role would be removed', does: 'deletes', count: 1 },
  ])
  expect((await send('GET', path)).body).toMatchObject({ attributes: [number, level], types: ['User'] })
  // The type was put for real, and is the only line.
  expect(await audited()).toBe(lines + 1)
})

test('a schema or type is changed by version: one that somebody else has changed since is refused', async () => {
  const { send, tenancy } = await start()
  await tenancy.tenants.create('acme')
  const path = `/tenants/acme/schemas/${encodeURIComponent(BADGE)}`
  const badge = (name: string) => ({ id: BADGE, name, attributes: [{ name: 'number' }] })
  expect((await send('PUT', path, badge('Badge'), { 'if-match': '"none"' })).status).toBe(412)
  await send('PUT', path, badge('Badge'))
  const tag = (await send('GET', path)).headers.get('etag') ?? ''
  expect((await send('PUT', path, badge('Pass'), { 'if-match': tag })).status).toBe(200)
  for (const [method, query] of [
    ['PUT', ''],
    ['PUT', '?dry=true'],
    ['DELETE', ''],
  ] as const) {
    const late = await send(method, path + query, method === 'PUT' ? badge('Card') : undefined, { 'if-match': tag })
    expect([method, query, late.status, late.body.error.code]).toEqual([method, query, 412, 'ERR_CHANGED'])
  }
  expect((await send('GET', path)).body.name).toBe('Pass')
  const user = '/tenants/acme/types/User'
  const old = (await send('GET', user)).headers.get('etag') ?? ''
  const type = { name: 'User', schemaExtensions: [] }
  expect((await send('PUT', user, type, { 'if-match': old })).status).toBe(200)
  expect((await send('PUT', user, type, { 'if-match': old })).status).toBe(412)
  expect((await send('GET', '/tenants/acme/types/None')).status).toBe(404)
})

test('attributes are declared indexed and taken back; what can be declared is said', async () => {
  const { send, tenancy, addUser } = await start()
  await tenancy.tenants.create('acme')
  await tenancy.ready('acme')
  await addUser({ userName: 'ada', title: 'Dr' })
  const path = '/tenants/acme/indexes'
  expect((await send('GET', path)).body.items).toContainEqual({
    type: 'User',
    path: 'userName',
    own: false,
    ready: true,
  })
  const title = { type: 'User', path: 'title', own: true, ready: true }
  expect(await send('PUT', `${path}/User/Title`)).toMatchObject({ status: 200, body: title })
  expect(await send('PUT', `${path}/User/title`)).toMatchObject({ status: 200, body: title })
  const department = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department'
  expect((await send('PUT', `${path}/User/${encodeURIComponent(department)}`)).body).toMatchObject({ path: department })
  expect((await send('GET', path)).body.items.filter(({ own }: { own: boolean }) => own)).toEqual([
    title,
    { ...title, path: department },
  ])
  for (const [method, route, status, message] of [
    [
      'PUT',
      'User/titel',
      400,
      'User has no attribute "titel"; only text, number, boolean and time attributes can be indexed, like',
    ],
    ['PUT', 'User/x509Certificates.value', 400, 'x509Certificates.value is of type binary'],
    ['PUT', 'User/name', 400, 'name is complex; name a part of it: name.formatted, name.familyName'],
    ['PUT', 'User/password', 400, 'password is never returned'],
    ['PUT', 'User/meta.created', 400, 'meta.created is kept apart'],
    ['PUT', 'Group/members.display', 400, 'members.display is kept apart'],
    ['PUT', 'User/userName', 400, 'userName of User is always indexed'],
    ['PUT', 'User/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', 400, 'an extension as a whole'],
    [
      'PUT',
      'User/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName',
      400,
      "is derived from the resource it refers to and isn't stored",
    ],
    ['PUT', 'Device/title', 404, 'There is no resource type "Device" here; there are User, Group'],
    ['DELETE', 'User/nickName', 404, 'isn\'t declared indexed in tenant "acme"'],
    ['DELETE', 'User/emails.value', 400, 'is always indexed'],
  ] as const) {
    const answer = await send(method, `${path}/${route.split('/').map(encodeURIComponent).join('/')}`)
    expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(message)])
  }
  expect((await send('DELETE', `${path}/User/title`)).status).toBe(204)
  expect((await send('GET', path)).body.items.filter(({ own }: { own: boolean }) => own)).toMatchObject([
    { path: department },
  ])
  expect((await send('GET', '/tenants/none/indexes')).status).toBe(404)
})

test('Role and Entitlement are switched on by name; what belongs to the protocol stays as it is', async () => {
  const { send, tenancy } = await start()
  await tenancy.tenants.create('acme')
  expect((await send('PUT', '/tenants/acme/types/Role', { name: 'Role' })).body).toMatchObject({
    endpoint: '/Roles',
    own: true,
  })
  expect((await send('PUT', '/tenants/acme/types/User', { name: 'User', endpoint: '/People' })).status).toBe(400)
  expect((await send('DELETE', '/tenants/acme/types/User')).status).toBe(400)
  const ours = await send('PUT', `/tenants/acme/schemas/${encodeURIComponent(USER)}`, {
    id: USER,
    name: 'User',
    attributes: [{ name: 'x' }],
  })
  expect([ours.status, ours.body.error.message]).toEqual([400, expect.stringContaining('belongs to the protocol')])
  expect((await send('DELETE', '/tenants/acme/types/Role')).status).toBe(204)
})

test('D-041, D-042 roles are listed, added, changed and taken off', async () => {
  const { send, tenancy, addUser } = await start()
  await tenancy.tenants.create('acme')
  const path = '/tenants/acme/lists/Role'
  expect((await send('GET', path)).body.error.message).toMatch(/no list "Role", it has none/)
  await send('PUT', '/tenants/acme/types/Role', { name: 'Role' })
  expect((await send('GET', path)).body.items).toEqual([])
  expect((await send('PUT', `${path}/it%2Fadmin`, { display: 'Admin', supported: true })).body).toMatchObject({
    value: 'it/admin',
    display: 'Admin',
  })
  expect((await send('PUT', `${path}/it%2Fadmin`, { display: 'Administrator' })).status).toBe(200)
  expect((await send('GET', path)).body.items).toMatchObject([{ value: 'it/admin', display: 'Administrator' }])
  await addUser({ userName: 'ada', roles: [{ value: 'it/admin' }] })
  await expect(addUser({ userName: 'bob', roles: [{ value: 'pilot' }] })).rejects.toThrow(/pilot/)
  expect((await send('DELETE', `${path}/pilot`)).status).toBe(404)
  expect((await send('DELETE', `${path}/it%2Fadmin`)).status).toBe(204)
  expect((await send('GET', path)).body.items).toEqual([])
})

test('a tenant whose connection is refused is not left behind; allowances of a connection are shown', async () => {
  const { send } = await start()
  for (const connection of [
    { rights: 'read:grops' },
    { allow: ['anyFrom'] },
    { allow: ['anyForm'], forbid: ['anyForm'] },
  ]) {
    const { status, body } = await send('POST', '/tenants', { name: 'acme', connection })
    expect([status, body.error.code]).toEqual([400, 'ERR_INVALID'])
  }
  expect((await send('GET', '/tenants')).body).toEqual({ items: [] })
  await send('POST', '/tenants', { name: 'acme', connection: { kind: 'okta', allow: ['uniqueGroupNames'] } })
  expect((await send('GET', '/tenants/acme/connections')).body.items).toMatchObject([
    { kind: 'okta', allow: ['uniqueGroupNames'] },
  ])
})

test('a deleted person is erased; one who is there only when it may be deleted', async () => {
  const { send, tenancy, addUser } = await start()
  await tenancy.tenants.create('acme')
  await tenancy.ready('acme')
  await addUser({ userName: 'zqxada' })
  const [, { id }] = (await send('GET', '/tenants/acme/log')).body.items
  expect((await send('POST', '/tenants/acme/erasures', { id })).status).toBe(409)
  expect((await send('POST', '/tenants/acme/erasures', { id: 'nobody' })).status).toBe(400)
  const erased = await send('POST', '/tenants/acme/erasures', { id, delete: true })
  expect(erased).toMatchObject({ status: 200, body: { tenant: 'acme', type: 'User', id, lines: 2 } })
  const { items: changes } = (await send('GET', '/tenants/acme/log')).body
  expect(JSON.stringify(changes)).not.toContain('zqxada')
  expect(changes.at(-1)).toMatchObject({ op: 'note', type: 'User', id, actor: expect.stringMatching(/^admin:/) })
})

test('the log is read on from a place', async () => {
  const { send, tenancy, addUser } = await start()
  await tenancy.tenants.create('acme')
  await tenancy.ready('acme')
  for (const userName of ['a', 'b', 'c']) await addUser({ userName })
  const first = (await send('GET', '/tenants/acme/log?limit=2')).body
  expect(first.items).toMatchObject([
    { place: 1, op: 'note', type: 'Tenant', paths: [{ path: 'verb', new: 'created' }] },
    { place: 2, op: 'create' },
  ])
  const rest = (await send('GET', `/tenants/acme/log?after=${first.next}`)).body
  expect(rest).toMatchObject({
    items: [{ place: 3, op: 'create', actor: 'test', type: 'User' }, { place: 4 }],
    next: 4,
  })
  expect((await send('GET', `/tenants/acme/log?after=${rest.next}`)).body).toEqual({ items: [], next: 4, end: true })
})

test.each([
  ['POST', '/tenants', '{', 400, 'The body is not JSON'],
  ['POST', '/tenants', '['.repeat(100_000), 400, 'nested deeper'],
  ['POST', '/tenants', { name: 'Acme' }, 400, "can't name a tenant"],
  ['POST', '/tenants', { nmae: 'acme' }, 400, 'body.name'],
  ['POST', '/tenants', { name: 'x', connection: { kind: 'novell' } }, 400, 'body.connection.kind'],
  ['POST', '/tenants', { name: 'x', connection: { rights: 'fly' } }, 400, '"fly" is not a right'],
  ['POST', '/tenants', { name: 'x', connection: { subject: 'ada' } }, 400, 'subject'],
  ['GET', '/tenants/acme/log?limit=0', undefined, 400, 'query.limit'],
  ['GET', '/tenants/acme/log', undefined, 404, 'There is no tenant named "acme"'],
  ['GET', '/nothing', undefined, 404, 'openapi.json'],
  ['PUT', '/tenants', {}, 405, 'GET, POST'],
  ['PUT', '/tenants/acme/types/A', { name: 'B' }, 400, "the body's name is B"],
] as const)('%s %s with %j: %i, naming what is wrong', async (method, path, body, status, message) => {
  const { send } = await start()
  const answer = await send(method, path, body)
  expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(message)])
})

test('a body of another media type, and one too large, are refused', async () => {
  const { send } = await start()
  expect((await send('POST', '/tenants', 'name=acme', { 'content-type': 'text/plain' })).status).toBe(415)
  expect((await send('POST', '/tenants', JSON.stringify({ name: 'x'.repeat(5_000_000) }))).status).toBe(413)
})

test('the OpenAPI document describes every route', async () => {
  const { send } = await start()
  const { body } = await send('GET', '/openapi.json')
  expect(body.openapi).toBe('3.1.0')
  expect(body.servers).toEqual([{ url: 'http://scim.example/admin/v1' }])
  const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>)
    .flatMap((methods) => Object.values(methods))
    .map(({ operationId }) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toContain('createConnection')
  const create = body.paths['/tenants/{tenant}/connections'].post
  expect(create['x-needs']).toEqual({ capability: 'connect', reach: 'tenant' })
  expect(create.parameters[0]).toEqual({ name: 'tenant', in: 'path', required: true, schema: { type: 'string' } })
  expect(create.parameters[1]).toMatchObject({ name: 'Idempotency-Key', in: 'header', required: false })
  expect(create.requestBody.content['application/json'].schema.properties.kind.enum).toContain('entra')
  expect(create.responses['201'].content['application/json'].schema.required).toContain('token')
})
