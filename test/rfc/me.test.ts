// The /Me endpoint. RFC 7644 §3.11.

import { expect, test } from 'vitest'
import { type Body, type Client, createClient, ENT, expectError, USER, user } from './client.ts'
import { BADGE, BADGE_SCHEMA, declare, userType } from './custom.ts'
import { changeTenant } from './settings.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.15: /Me. RFC 7644 §3.11.
const at = site()
const scim = at.strict()

/** A user, and a connection that acts for it. */
async function self(options: object = {}): Promise<{ me: Client; made: Body }> {
  const made = await scim.makeUser({ displayName: 'Me' })
  const connection = await at.server.connection('strict', { tenant: tenantOf(scim), subject: made.id, ...options })
  return { me: createClient(connection), made }
}

/** The same with an extension of the tenant's own, and a token that may only read groups. */
async function badgeSelf(): Promise<{ scim: Client; me: Client; made: Body }> {
  const administrator = await at.connect()
  await declare(at.server, administrator, { schemas: [BADGE_SCHEMA], types: [userType([{ schema: BADGE }])] })
  const made = await administrator.makeUser({
    schemas: [USER, ENT, BADGE],
    emails: [{ value: 'own@example.com' }],
    [ENT]: { department: 'Sales' },
    [BADGE]: { label: 'plain', pin: '0000' },
  })
  const rights = { Group: { read: true, write: false } }
  const connection = await at.server.connection('strict', { tenant: tenantOf(administrator), subject: made.id, rights })
  return { scim: administrator, me: createClient(connection), made }
}

test('P-450 switched off: 501 on each method', async () => {
  const other = await at.connect()
  await changeTenant(at, other, { features: { me: false } })
  expectError(await other.get('/Me'), 501)
  expectError(await other.post('/Me', user()), 501)
  expectError(await other.put('/Me', user()), 501)
  expectError(await other.patch('/Me', [{ op: 'add', path: 'title', value: 'x' }]), 501)
  expectError(await other.del('/Me'), 501)
})

test('P-451 GET is answered directly, with the permanent URI as Location', async () => {
  const { me, made } = await self()
  const answer = await me.get('/Me')
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body).toEqual(made)
  expect(answer.headers.get('location')).toBe(made.meta.location)
  expect(answer.headers.get('etag')).toBe(made.meta.version)
  const narrow = await me.get('/Me?attributes=userName')
  expect(Object.keys(narrow.body).toSorted()).toEqual(['id', 'schemas', 'userName'])
})

test('P-451 PATCH, PUT and DELETE act on the own resource', async () => {
  const { me, made } = await self()
  const patched = await me.patch('/Me', [{ op: 'replace', path: 'title', value: 'patched' }])
  expect(patched.status, patched.text).toBe(200)
  expect(patched.headers.get('location')).toBe(made.meta.location)
  const put = await me.put('/Me', { ...made, title: 'put' })
  expect(put.status, put.text).toBe(200)
  expect((await scim.get(`/Users/${made.id}`)).body.title).toBe('put')
  expect((await me.del('/Me')).status).toBe(204)
  expectError(await scim.get(`/Users/${made.id}`), 404)
  expectError(await me.get('/Me'), 404)
})

test('P-451 a token without a subject: 501, and how to give it one', async () => {
  const answer = await scim.get('/Me')
  expectError(answer, 501)
  expect(answer.body.detail).toContain('--subject')
  expectError(await scim.patch('/Me', [{ op: 'replace', path: 'title', value: 'x' }]), 501)
  expectError(await scim.put('/Me', user()), 501)
  expectError(await scim.del('/Me'), 501)
})

test('P-451 preconditions hold on /Me', async () => {
  const { me, made } = await self()
  expect((await me.get('/Me', { 'if-none-match': made.meta.version })).status).toBe(304)
  expectError(await me.put('/Me', made, { 'if-match': 'W/"99"' }), 412)
})

test('P-452 a user without the right to write users may not change what others rely on: 403', async () => {
  const { me, made } = await self({ rights: { User: { read: true, write: false } } })
  expect((await me.get('/Me')).status).toBe(200)
  for (const operation of [
    { op: 'replace', path: 'userName', value: 'other' },
    { op: 'replace', path: `${USER}:userName`, value: 'other' },
    { op: 'replace', value: { USERNAME: 'other' } },
    { op: 'replace', value: { [`${USER}:userName`]: 'other' } },
    { OP: 'replace', PATH: 'userName', VALUE: 'other' },
    { op: 'add', path: 'roles', value: [{ value: 'admin' }] },
    { op: 'add', path: 'roles[value eq "a:b"]', value: { display: 'Admin' } },
    { op: 'add', path: 'roles[value eq "urn:x:userName"].display', value: 'Admin' },
    { op: 'replace', value: { 'roles[value eq "a:b"].display': 'Admin' } },
    { op: 'add', path: 'active', value: false },
  ]) {
    expectError(await me.patch('/Me', [operation]), 403)
  }
  expectError(await me.put('/Me', { ...made, userName: 'other' }), 403)
  expectError(await me.put('/Me', { ...made, roles: [{ value: 'admin' }] }), 403)
  expectError(await me.del('/Me'), 403)
  expect((await scim.get(`/Users/${made.id}`)).body).toEqual(made)
})

/** Attributes that may decide over access in some app, so that only administrators change them. */
const NOT_ONES_OWN = {
  userName: 'other',
  externalId: 'other',
  active: false,
  title: 'Director',
  userType: 'Admin',
  emails: [{ value: 'root@example.com', primary: true }],
  ims: [{ value: 'x' }],
  roles: [{ value: 'admin' }],
  entitlements: [{ value: 'all' }],
  x509Certificates: [{ value: 'AAAA' }],
  [`${ENT}:department`]: 'Board',
  [`${ENT}:employeeNumber`]: '1',
  [`${ENT}:costCenter`]: '1',
  [`${ENT}:manager`]: { value: '7' },
  [`${BADGE}:label`]: 'top secret',
  [`${BADGE}:pin`]: '1234',
  [`${BADGE}:tags`]: ['x'],
}

test('P-452 without the right to write users only what is harmless may be changed, by PATCH and by PUT', async () => {
  const { scim: administrator, me, made } = await badgeSelf()
  for (const [path, value] of Object.entries(NOT_ONES_OWN)) {
    for (const op of ['add', 'replace']) expectError(await me.patch('/Me', [{ op, path, value }]), 403)
    expectError(await me.patch('/Me', [{ op: 'add', value: { [path]: value } }]), 403)
    const [, urn, name = path] = /^(.+):(\w+)$/.exec(path) ?? []
    const changed = urn === undefined ? { [name]: value } : { [urn]: { ...made[urn], [name]: value } }
    expectError(await me.put('/Me', { ...made, schemas: [USER, ENT, BADGE], ...changed }), 403)
  }
  expectError(await me.patch('/Me', [{ op: 'remove', path: 'emails' }]), 403)
  expectError(await me.patch('/Me', [{ op: 'remove', path: ENT }]), 403)
  expectError(await me.put('/Me', { schemas: [USER], userName: made.userName }), 403)
  expect((await administrator.get(`/Users/${made.id}`)).body).toEqual(made)

  const own = await me.patch('/Me', [
    { op: 'replace', path: 'displayName', value: 'New' },
    { op: 'add', path: 'name.givenName', value: 'Ann' },
    { op: 'add', path: 'phoneNumbers', value: [{ value: '+1 555 0100', type: 'work' }] },
    { op: 'replace', path: 'password', value: 'correct horse battery' },
  ])
  expect(own.status, own.text).toBe(200)
  const put = await me.put('/Me', { ...own.body, nickName: 'Annie', locale: 'de-CH' })
  expect(put.status, put.text).toBe(200)
  expect(put.body).toMatchObject({ displayName: 'New', nickName: 'Annie', locale: 'de-CH', [ENT]: made[ENT] })
})

test('P-452 a tenant may let people change more about themselves', async () => {
  const { scim: administrator, me } = await badgeSelf()
  await changeTenant(at, administrator, { selfService: ['title', `${BADGE.toLowerCase()}:label`] })
  const own = await me.patch('/Me', [
    { op: 'replace', path: 'title', value: 'Dr' },
    { op: 'replace', path: `${BADGE}:label`, value: 'mine' },
  ])
  expect(own.status, own.text).toBe(200)
  expect(own.body).toMatchObject({ title: 'Dr', [BADGE]: { label: 'mine' } })
  expectError(await me.patch('/Me', [{ op: 'replace', path: `${BADGE}:tags`, value: ['x'] }]), 403)
  expectError(await me.patch('/Me', [{ op: 'replace', path: 'userType', value: 'Boss' }]), 403)
})

test('P-452 the rights of the connection hold on the resource itself', async () => {
  const { me, made } = await self({ rights: { User: { read: true, write: false } } })
  expectError(await me.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'title', value: 'x' }]), 403)
  expectError(await me.del(`/Users/${made.id}`), 403)
})
