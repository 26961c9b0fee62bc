// Deleting resources. RFC 7644 §3.6.

import { expect, test } from 'vitest'
import { type Body, ENT, expectError, expectList, GROUP, USER, user } from './client.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.13: delete. RFC 7644 §3.6.
const at = site()
const scim = at.strict()

const total = async () => (await scim.get('/Users?count=0')).body.totalResults as number

test('P-400 success is 204 without a body', async () => {
  const made = await scim.makeUser()
  const answer = await scim.del(`/Users/${made.id}`)
  expect(answer.status, answer.text).toBe(204)
  expect(answer.text).toBe('')
  expect(answer.headers.get('content-type')).toBeNull()
  const group = await scim.makeGroup({ members: [{ value: (await scim.makeUser()).id }] })
  expect((await scim.del(`/Groups/${group.id}`)).status).toBe(204)
})

test('P-400 a body and attributes parameters are ignored', async () => {
  const made = await scim.makeUser()
  const answer = await scim.call('DELETE', `/Users/${made.id}?attributes=userName`, '{"any":"thing"}')
  expect(answer.status, answer.text).toBe(204)
})

test('P-401 afterwards every operation on the id is 404', async () => {
  const made = await scim.makeUser()
  await scim.del(`/Users/${made.id}`)
  expectError(await scim.get(`/Users/${made.id}`), 404)
  expectError(await scim.put(`/Users/${made.id}`, made), 404)
  expectError(await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'title', value: 'x' }]), 404)
  expectError(await scim.del(`/Users/${made.id}`), 404)
  expectError(await scim.del('/Users/nobody'), 404)
})

test('P-402 the resource is in no further query result', async () => {
  const made = await scim.makeUser()
  const before = await total()
  await scim.del(`/Users/${made.id}`)
  expect(await total()).toBe(before - 1)
  expect(await scim.ids('/Users', `userName eq "${made.userName}"`)).toEqual([])
  expect(await scim.ids('/Users', `id eq "${made.id}"`)).toEqual([])
  const found = expectList(await scim.search('', { filter: `id eq "${made.id}"` }))
  expect(found).toEqual([])
  const all = expectList(await scim.get('/Users?count=1000&attributes=id'))
  expect(all.map(({ id }) => id)).not.toContain(made.id)
})

test('P-403 a deleted user takes no unique value', async () => {
  const made = await scim.makeUser()
  await scim.del(`/Users/${made.id}`)
  const again = await scim.post('/Users', user({ userName: made.userName }))
  expect(again.status, again.text).toBe(201)
  expect(again.body.id).not.toBe(made.id)
})

test('P-404 whatever is kept, nothing of it can be seen', async () => {
  const made = await scim.makeUser({ displayName: 'Gone' })
  await scim.del(`/Users/${made.id}`)
  expectError(await scim.get(`/Users/${made.id}?attributes=displayName`), 404)
  expectError(await scim.get(`/Users/${made.id}`, { 'if-none-match': made.meta.version }), 404)
  expectError(await scim.put(`/Users/${made.id}`, made, { 'if-match': '*' }), 404)
  const group = await scim.makeGroup()
  expectError(
    await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: made.id }] }]),
    400,
    'invalidValue',
  )
})

test('P-405 references to it are removed, and the referring resources get a new version', async () => {
  const boss = await scim.makeUser()
  const other = await scim.makeUser()
  const report = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { manager: { value: boss.id }, department: 'D' } })
  const group = await scim.makeGroup({ members: [{ value: boss.id }, { value: other.id }] })
  const nested = await scim.makeGroup()
  const outer = await scim.makeGroup({ members: [{ value: nested.id }] })

  expect((await scim.del(`/Users/${boss.id}`)).status).toBe(204)
  const readGroup = (await scim.get(`/Groups/${group.id}`)).body
  expect(readGroup.members.map((member: Body) => member.value)).toEqual([other.id])
  expect(readGroup.meta.version).not.toBe(group.meta.version)
  expect((await scim.get(`/Users/${other.id}`)).body.meta.version).toBe(other.meta.version)

  const readReport = (await scim.get(`/Users/${report.id}`)).body
  expect(readReport[ENT]).toEqual({ department: 'D' })
  expect(readReport.meta.version).not.toBe(report.meta.version)

  expect((await scim.del(`/Groups/${nested.id}`)).status).toBe(204)
  const readOuter = (await scim.get(`/Groups/${outer.id}`)).body
  expect(readOuter.members ?? []).toEqual([])
  expect(readOuter.meta.version).not.toBe(outer.meta.version)

  const lines = await at.server.store.changes(tenantOf(scim), 0, 10_000)
  expect(lines.filter((line) => line.id === group.id).map((line) => line.op)).toEqual(['create', 'patch'])
})

test('P-405 who is a member of a group that also refers to it otherwise can be deleted, people and groups alike', async () => {
  const OWNED = 'urn:example:scim:schemas:Owned'
  const owner = {
    name: 'owner',
    type: 'complex',
    subAttributes: [{ name: 'value' }, { name: '$ref', type: 'reference', referenceTypes: ['User', 'Group'] }],
  }
  const options = { usage: at.server.directory, actor: 'test', extend: ['Group'] }
  await at.server.tenancy.schemas.put(tenantOf(scim), { id: OWNED, name: 'Owned', attributes: [owner] }, options)
  const person = await scim.makeUser()
  const inner = await scim.makeGroup()
  for (const [path, { id }] of [
    ['/Users', person],
    ['/Groups', inner],
  ] as const) {
    const team = await scim.makeGroup({
      schemas: [GROUP, OWNED],
      members: [{ value: id }],
      [OWNED]: { owner: { value: id } },
    })
    expect((await scim.del(`${path}/${id}`)).status).toBe(204)
    const read = (await scim.get(`/Groups/${team.id}`)).body
    expect(read.members ?? []).toEqual([])
    expect(read[OWNED]).toBeUndefined()
    expect(read.meta.version).not.toBe(team.meta.version)
  }
})

test('P-406 a stale If-Match is 412, and the resource stays', async () => {
  const made = await scim.makeUser()
  const changed = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'title', value: 'x' }])
  expectError(await scim.del(`/Users/${made.id}`, { 'if-match': made.meta.version }), 412)
  expect((await scim.get(`/Users/${made.id}`)).status).toBe(200)
  const answer = await scim.del(`/Users/${made.id}`, { 'if-match': changed.body.meta.version })
  expect(answer.status, answer.text).toBe(204)
})

test('P-407 active false is no deletion: readable, listed, findable, and its userName taken', async () => {
  const made = await scim.makeUser()
  const off = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'active', value: false }])
  expect(off.status, off.text).toBe(200)
  expect((await scim.get(`/Users/${made.id}`)).body.active).toBe(false)
  expect(await scim.ids('/Users', `id eq "${made.id}"`)).toEqual([made.id])
  expect(await scim.ids('/Users', 'active eq false')).toContain(made.id)
  expect(await scim.ids('/Users', `active eq true and id eq "${made.id}"`)).toEqual([])
  expectError(await scim.post('/Users', user({ userName: made.userName })), 409, 'uniqueness')
})
