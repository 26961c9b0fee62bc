// The rules of PATCH requests. RFC 7644 §3.5.2.

import { expect, test } from 'vitest'
import { type Body, ENT, expectError, PATCH_OP, USER, unique } from './client.ts'
import { BADGE, serverWithBadge } from './custom.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.12, the general part: modify with PATCH. RFC 7644 §3.5.2.
const at = site()
const scim = serverWithBadge(at)

/** Expects the refusal, and the resource as it was. */
async function refused(resource: Body, operations: unknown, status: number, scimType?: string): Promise<void> {
  const path = resource.meta.location.slice(scim.base.length)
  const before = await scim.get(path)
  expectError(await scim.patch(path, operations), status, scimType)
  const after = await scim.get(path)
  expect(after.text).toBe(before.text)
  expect(after.headers.get('etag')).toBe(before.headers.get('etag'))
}

test('P-340 PATCH is advertised', async () => {
  expect((await scim.get('/ServiceProviderConfig')).body.patch).toEqual({ supported: true })
})

test.each([
  ['no schemas', { Operations: [{ op: 'add', path: 'title', value: 'x' }] }],
  ['another schema', { schemas: [USER], Operations: [{ op: 'add', path: 'title', value: 'x' }] }],
  ['no Operations', { schemas: [PATCH_OP] }],
  ['Operations not an array', { schemas: [PATCH_OP], Operations: { op: 'add', path: 'title', value: 'x' } }],
  ['empty Operations', { schemas: [PATCH_OP], Operations: [] }],
  ['an operation that is no object', { schemas: [PATCH_OP], Operations: ['add'] }],
  ['null', null],
  ['a list', [[]]],
])('P-341 a body with %s is 400 invalidSyntax', async (_case, body) => {
  const made = await scim.makeUser()
  expectError(await scim.patch(`/Users/${made.id}`, JSON.stringify(body)), 400, 'invalidSyntax')
})

test('P-342 op is one of add, remove, replace: anything else is 400 invalidSyntax', async () => {
  const made = await scim.makeUser()
  for (const op of ['move', 'copy', 'test', '', 7, null, undefined]) {
    await refused(made, [{ op, path: 'nickName', value: 'x' }], 400, 'invalidSyntax')
  }
})

test('P-342 op is read in any letter case', async () => {
  const made = await scim.makeUser()
  for (const op of ['Replace', 'REPLACE', 'Add', 'aDD']) {
    const value = unique()
    const answer = await scim.patch(`/Users/${made.id}`, [{ op, path: 'nickName', value }])
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.nickName).toBe(value)
  }
  const answer = await scim.patch(`/Users/${made.id}`, [{ op: 'Remove', path: 'nickName' }])
  expect(answer.body).not.toHaveProperty('nickName')
})

test('P-343 no array indexes and no JSON pointers', async () => {
  const made = await scim.makeUser({ emails: [{ value: 'a@example.com', type: 'work' }] })
  const index = await scim.patch(`/Users/${made.id}`, [
    { op: 'replace', path: 'emails[0]', value: { value: 'b@example.com' } },
  ])
  expect(index.status).toBe(400)
  expect(['invalidPath', 'invalidFilter']).toContain(index.body.scimType)
  await refused(made, [{ op: 'remove', path: '/emails/0' }], 400, 'invalidPath')
  await refused(made, [{ op: 'replace', path: '/nickName', value: 'x' }], 400, 'invalidPath')
})

test.each([
  '',
  '.',
  'name.',
  '.givenName',
  'name..givenName',
  'name givenName',
  'emails]',
  '1x',
  'emails[type eq "work"]x',
])('P-344 a malformed path %j is 400 invalidPath', async (path) => {
  const made = await scim.makeUser({ emails: [{ value: 'a@example.com', type: 'work' }] })
  await refused(made, [{ op: 'replace', path, value: 'x' }], 400, 'invalidPath')
})

test.each([
  'emails[]',
  'emails[type]',
  'emails[type eq]',
  'emails[type eq work]',
  "emails[type eq 'work']",
  'emails[type is "work"]',
  'emails[type eq "work" and]',
  'emails[(type eq "work"]',
  'emails[nope eq "work"]',
])('P-344 a bad filter inside %j is 400 invalidFilter', async (path) => {
  const made = await scim.makeUser({ emails: [{ value: 'a@example.com', type: 'work' }] })
  await refused(made, [{ op: 'remove', path }], 400, 'invalidFilter')
})

test('P-344 a value path with a sub-attribute', async () => {
  const made = await scim.makeUser({ emails: [{ value: 'a@example.com', type: 'work' }] })
  const answer = await scim.patch(`/Users/${made.id}`, [
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'b@example.com' },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.emails).toEqual([{ value: 'b@example.com', type: 'work' }])
})

test('P-344 a path that is no string is refused', async () => {
  const made = await scim.makeUser()
  const answer = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 7, value: 'x' }])
  expect(answer.status).toBe(400)
  expect(['invalidPath', 'invalidSyntax']).toContain(answer.body.scimType)
})

test('P-345 operations run in order, each on the result of the one before', async () => {
  const [a, b] = [await scim.makeUser(), await scim.makeUser()]
  const group = await scim.makeGroup({ members: [{ value: a.id }] })
  const answer = await scim.patch(`/Groups/${group.id}`, [
    { op: 'remove', path: 'members' },
    { op: 'add', path: 'members', value: [{ value: b.id }] },
  ])
  expect(answer.status, answer.text).toBe(204)
  const read = (await scim.get(`/Groups/${group.id}`)).body
  expect(read.members.map((member: Body) => member.value)).toEqual([b.id])

  const made = await scim.makeUser()
  const changed = await scim.patch(`/Users/${made.id}`, [
    { op: 'add', path: 'emails', value: [{ value: 'a@example.com', type: 'work' }] },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'b@example.com' },
    { op: 'replace', path: 'nickName', value: 'one' },
    { op: 'replace', path: 'nickName', value: 'two' },
  ])
  expect(changed.body.emails).toEqual([{ value: 'b@example.com', type: 'work' }])
  expect(changed.body.nickName).toBe('two')
})

test('P-346 atomic: one failing operation leaves all as it was', async () => {
  const made = await scim.makeUser({ nickName: 'Before' })
  await refused(
    made,
    [
      { op: 'replace', path: 'nickName', value: 'After' },
      { op: 'replace', path: 'id', value: 'other' },
    ],
    400,
    'mutability',
  )
})

test('P-346 atomic for members too: a late failure keeps them', async () => {
  const [a, b] = [await scim.makeUser(), await scim.makeUser()]
  const group = await scim.makeGroup({ members: [{ value: a.id }] })
  await refused(
    group,
    [
      { op: 'add', path: 'members', value: [{ value: b.id }] },
      { op: 'remove', path: `members[value eq "${a.id}"]` },
      { op: 'add', path: 'members', value: [{ value: 'nobody' }] },
    ],
    400,
    'invalidValue',
  )
  await refused(
    group,
    [
      { op: 'remove', path: 'members' },
      { op: 'replace', path: 'nope', value: 1 },
    ],
    400,
    'invalidPath',
  )
})

test('P-347 a user: 200 with the whole resource; 200 with a selection for attributes', async () => {
  const made = await scim.makeUser({ title: 'Dr' })
  const whole = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'nickName', value: 'N' }])
  expect(whole.status, whole.text).toBe(200)
  expect(whole.body).toEqual((await scim.get(`/Users/${made.id}`)).body)
  expect(whole.headers.get('etag')).toBe(whole.body.meta.version)
  expect(whole.headers.get('location')).toBe(whole.body.meta.location)
  const narrow = await scim.patch(`/Users/${made.id}?attributes=userName`, [
    { op: 'replace', path: 'nickName', value: 'M' },
  ])
  expect(narrow.status).toBe(200)
  expect(Object.keys(narrow.body).toSorted()).toEqual(['id', 'schemas', 'userName'])
})

test('P-347 a group: 204 with headers, but 200 for attributes or excludedAttributes', async () => {
  const [a, b] = [await scim.makeUser(), await scim.makeUser()]
  const group = await scim.makeGroup()
  const bare = await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: a.id }] }])
  expect(bare.status).toBe(204)
  expect(bare.text).toBe('')
  // Some clients take an answer without a media type for a failure (RFC 9110 §8.3 allows it).
  expect(bare.headers.get('content-type')).toBe('application/scim+json')
  expect(bare.headers.get('location')).toBe(group.meta.location)
  expect(bare.headers.get('etag')).toBe((await scim.get(`/Groups/${group.id}`)).headers.get('etag'))
  const chosen = await scim.patch(`/Groups/${group.id}?attributes=members`, [
    { op: 'add', path: 'members', value: [{ value: b.id }] },
  ])
  expect(chosen.status, chosen.text).toBe(200)
  expect(chosen.body.members.map((member: Body) => member.value).toSorted()).toEqual([a.id, b.id].toSorted())
  expect(chosen.body).not.toHaveProperty('displayName')
  const without = await scim.patch(`/Groups/${group.id}?excludedAttributes=members`, [
    { op: 'remove', path: `members[value eq "${b.id}"]` },
  ])
  expect(without.status, without.text).toBe(200)
  expect(without.body).not.toHaveProperty('members')
  expect(without.body.displayName).toBe(group.displayName)
})

test('P-347 Prefer: return=minimal gives 204, but not with attributes', async () => {
  const made = await scim.makeUser()
  const minimal = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'nickName', value: 'N' }], {
    prefer: 'return=minimal',
  })
  expect(minimal.status).toBe(204)
  expect(minimal.text).toBe('')
  const read = await scim.get(`/Users/${made.id}`)
  expect(minimal.headers.get('etag')).toBe(read.headers.get('etag'))
  expect(minimal.headers.get('location')).toBe(made.meta.location)
  const named = await scim.patch(
    `/Users/${made.id}?attributes=userName`,
    [{ op: 'replace', path: 'nickName', value: 'O' }],
    { prefer: 'return=minimal' },
  )
  expect(named.status).toBe(200)
})

test('P-348 setting primary on one value takes it from the others', async () => {
  const made = await scim.makeUser({
    emails: [
      { value: 'a@example.com', type: 'work', primary: true },
      { value: 'b@example.com', type: 'home' },
    ],
  })
  const answer = await scim.patch(`/Users/${made.id}`, [
    { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
  ])
  expect(answer.status, answer.text).toBe(200)
  const primaries = answer.body.emails.filter((email: Body) => email.primary === true)
  expect(primaries.map((email: Body) => email.value)).toEqual(['b@example.com'])
})

test('P-349 a request that changes nothing succeeds and keeps version and lastModified', async () => {
  const member = await scim.makeUser()
  const group = await scim.makeGroup({ members: [{ value: member.id }] })
  const before = await scim.get(`/Groups/${group.id}`)
  const again = await scim.patch(`/Groups/${group.id}`, [
    { op: 'add', path: 'members', value: [{ value: member.id, display: 'whatever' }] },
  ])
  expect(again.status, again.text).toBe(204)
  expect(again.headers.get('etag')).toBe(before.headers.get('etag'))
  expect((await scim.get(`/Groups/${group.id}`)).text).toBe(before.text)

  const made = await scim.makeUser({ nickName: 'N', emails: [{ value: 'a@example.com', type: 'work' }] })
  for (const operation of [
    { op: 'add', path: 'nickName', value: 'N' },
    { op: 'replace', path: 'nickName', value: 'N' },
    { op: 'add', path: 'emails', value: [{ value: 'a@example.com', type: 'work' }] },
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@example.com' },
    { op: 'remove', path: 'title' },
    { op: 'remove', path: 'emails[type eq "home"]' },
    { op: 'replace', value: { nickName: 'N' } },
  ]) {
    const answer = await scim.patch(`/Users/${made.id}`, [operation])
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body, JSON.stringify(operation)).toEqual(made)
    expect(answer.headers.get('etag')).toBe(made.meta.version)
  }
})

test('P-350 core attributes may be written with their URN', async () => {
  const made = await scim.makeUser()
  const answer = await scim.patch(`/Users/${made.id}`, [
    { op: 'add', path: `${USER}:nickName`, value: 'N' },
    { op: 'add', path: `${USER.toUpperCase()}:name.GIVENNAME`, value: 'G' },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.nickName).toBe('N')
  expect(answer.body.name).toEqual({ givenName: 'G' })
})

test('P-351 an extension attribute brings its URN into schemas', async () => {
  const made = await scim.makeUser()
  expect(made.schemas).toEqual([USER])
  const added = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: `${ENT}:employeeNumber`, value: '1' }])
  expect(added.status, added.text).toBe(200)
  expect(added.body.schemas.toSorted()).toEqual([USER, ENT].toSorted())
  expect(added.body[ENT]).toEqual({ employeeNumber: '1' })
  const other = await scim.makeUser()
  const replaced = await scim.patch(`/Users/${other.id}`, [{ op: 'replace', path: `${ENT}:department`, value: 'D' }])
  expect(replaced.body.schemas).toContain(ENT)
})

test.each([
  { op: 'replace', path: 'id', value: 'other' },
  { op: 'add', path: 'meta.created', value: '2026-01-01T00:00:00Z' },
  { op: 'remove', path: 'groups' },
  { op: 'remove', path: 'id' },
  { op: 'replace', path: 'meta', value: {} },
  { op: 'add', path: 'groups', value: [{ value: 'x' }] },
  { op: 'replace', path: `${ENT}:manager.displayName`, value: 'Boss' },
])('P-352 $op of readOnly $path is 400 mutability', async (operation) => {
  const boss = await scim.makeUser()
  const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { manager: { value: boss.id } } })
  const answer = await scim.patch(`/Users/${made.id}`, [operation])
  expectError(answer, 400, 'mutability')
})

test('P-353 an immutable attribute is set once: add when unset, the same value again, never another', async () => {
  const made = await scim.makeUser()
  const set = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: `${BADGE}:serial`, value: 'c-1' }])
  expect(set.status, set.text).toBe(200)
  expect(set.body[BADGE]).toEqual({ serial: 'c-1' })
  await refused(made, [{ op: 'replace', path: `${BADGE}:serial`, value: 'c-2' }], 400, 'mutability')
  const same = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: `${BADGE}:serial`, value: 'c-1' }])
  expect(same.status, same.text).toBe(200)
  expect(same.headers.get('etag')).toBe(set.headers.get('etag'))
})

test.each(['foo', 'name.foo', 'urn:x:y:z', `${ENT}:foo`, 'nickName.foo', 'emails.foo', `${USER}`])(
  'P-354 a path that names nothing, %j, is 400 invalidPath',
  async (path) => {
    const made = await scim.makeUser()
    await refused(made, [{ op: 'add', path, value: 'x' }], 400, 'invalidPath')
  },
)

test.each([
  [{ op: 'add', path: 'nickName' }, 'add without value'],
  [{ op: 'replace', path: 'nickName' }, 'replace without value'],
  [{ op: 'replace', path: 'emails' }, 'replace of a list without value'],
  [{ op: 'replace', path: 'active', value: 'x' }, 'text for a boolean'],
  [{ op: 'replace', path: 'active', value: 'true' }, 'the text "true" for a boolean'],
  [{ op: 'replace', path: 'userName', value: 42 }, 'a number for a string'],
  [{ op: 'replace', path: 'nickName', value: { a: 1 } }, 'an object for a string'],
  [{ op: 'replace', path: 'nickName', value: ['a'] }, 'a list for a string'],
  [{ op: 'replace', path: 'name', value: 'x' }, 'a string for a complex attribute'],
  [{ op: 'add', path: 'emails', value: 'x' }, 'a string for a list of objects'],
  [{ op: 'add', path: 'emails', value: [null] }, 'null inside a list'],
  [{ op: 'add', path: 'emails', value: [{ value: 7 }] }, 'a number for emails.value'],
  [{ op: 'add' }, 'neither path nor value'],
])('P-355 %j is 400 invalidValue (%s)', async (operation, _case) => {
  const made = await scim.makeUser()
  await refused(made, [operation], 400, 'invalidValue')
})

test('P-356 no operation leaves a required attribute unassigned', async () => {
  const made = await scim.makeUser()
  await refused(
    made,
    [
      { op: 'remove', path: 'userName' },
      { op: 'add', path: 'userName', value: 'x' },
    ],
    400,
    'mutability',
  )
  await refused(made, [{ op: 'replace', path: 'userName', value: null }], 400, 'invalidValue')
  await refused(made, [{ op: 'replace', path: 'userName', value: '' }], 400, 'invalidValue')
  await refused(made, [{ op: 'replace', value: { userName: null } }], 400, 'invalidValue')
  const group = await scim.makeGroup()
  await refused(group, [{ op: 'remove', path: 'displayName' }], 400, 'mutability')
})

test('P-357 the userName of another user is 409 uniqueness', async () => {
  const [a, b] = [await scim.makeUser(), await scim.makeUser()]
  await refused(a, [{ op: 'replace', path: 'userName', value: b.userName.toUpperCase() }], 409, 'uniqueness')
  await refused(a, [{ op: 'replace', value: { userName: b.userName } }], 409, 'uniqueness')
})

test('P-358 a missing resource is 404 before the body is looked at', async () => {
  expectError(await scim.patch('/Users/nope', '{'), 404)
  expectError(await scim.patch('/Users/nope', { Operations: 'x' }), 404)
  expectError(await scim.patch('/Groups/3f1c2b60-0000-7000-8000-000000000001', [{ op: 'x' }]), 404)
})

test('P-359 readOnly sub-attributes inside a value are dropped', async () => {
  const boss = await scim.makeUser({ displayName: 'The Boss' })
  const group = await scim.makeGroup()
  const answer = await scim.patch(`/Groups/${group.id}?attributes=members`, [
    { op: 'add', path: 'members', value: [{ value: boss.id, display: 'zzz' }] },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.members[0].display).toBe('The Boss')
  const made = await scim.makeUser()
  const managed = await scim.patch(`/Users/${made.id}`, [
    { op: 'add', path: `${ENT}:manager`, value: { value: boss.id, displayName: 'zzz' } },
  ])
  expect(managed.status, managed.text).toBe(200)
  expect(managed.body[ENT].manager.displayName).toBe('The Boss')
})

test('P-360 a single object for a list is wrapped', async () => {
  const made = await scim.makeUser()
  const answer = await scim.patch(`/Users/${made.id}`, [
    { op: 'add', path: 'emails', value: { value: 'a@example.com', type: 'work' } },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.emails).toEqual([{ value: 'a@example.com', type: 'work' }])
  const member = await scim.makeUser()
  const group = await scim.makeGroup()
  const added = await scim.patch(`/Groups/${group.id}?attributes=members`, [
    { op: 'add', path: 'members', value: { value: member.id } },
  ])
  expect(added.body.members.map((one: Body) => one.value)).toEqual([member.id])
})

test('P-361 a stale If-Match is 412 and changes nothing', async () => {
  const made = await scim.makeUser()
  const first = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'nickName', value: 'one' }], {
    'if-match': made.meta.version,
  })
  expect(first.status, first.text).toBe(200)
  const stale = await scim.patch(`/Users/${made.id}`, [{ op: 'add', path: 'nickName', value: 'two' }], {
    'if-match': made.meta.version,
  })
  expectError(stale, 412)
  expect((await scim.get(`/Users/${made.id}`)).body).toEqual(first.body)

  const member = await scim.makeUser()
  const group = await scim.makeGroup()
  const operations = [{ op: 'add', path: 'members', value: [{ value: member.id }] }]
  expect((await scim.patch(`/Groups/${group.id}`, operations, { 'if-match': group.meta.version })).status).toBe(204)
  const back = [{ op: 'remove', path: 'members' }]
  expectError(await scim.patch(`/Groups/${group.id}`, back, { 'if-match': group.meta.version }), 412)
  expect((await scim.get(`/Groups/${group.id}`)).body.members).toHaveLength(1)
})

test('P-362 version and lastModified advance once per request that changes anything', async () => {
  const made = await scim.makeUser()
  const answer = await scim.patch(`/Users/${made.id}`, [
    { op: 'add', path: 'nickName', value: 'one' },
    { op: 'add', path: 'title', value: 'two' },
    { op: 'add', path: 'name.givenName', value: 'three' },
    { op: 'add', path: 'emails', value: [{ value: 'a@example.com' }] },
    { op: 'add', path: `${ENT}:department`, value: 'five' },
  ])
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.meta.version).not.toBe(made.meta.version)
  // One request, one line in the log.
  const lines = (await at.server.store.changes(tenantOf(scim), 0, 10_000)).filter((line) => line.id === made.id)
  expect(lines.map((line) => line.op)).toEqual(['create', 'patch'])
  expect(lines.map((line) => line.version)).toEqual([1, 2])
  expect(answer.body.meta.created).toBe(made.meta.created)
  expect(Date.parse(answer.body.meta.lastModified)).toBeGreaterThanOrEqual(Date.parse(made.meta.lastModified))
})

test('P-395 keys of a path-less value may be full paths', async () => {
  const made = await scim.makeUser({ emails: [{ value: 'a@example.com', type: 'work' }] })
  for (const op of ['replace', 'add']) {
    const [given, department, email] = [unique('g'), unique('d'), `${unique('e')}@example.com`]
    const answer = await scim.patch(`/Users/${made.id}`, [
      {
        op,
        value: {
          'name.givenName': given,
          [`${ENT}:department`]: department,
          'emails[type eq "work"].value': email,
        },
      },
    ])
    expect(answer.status, answer.text).toBe(200)
    const read = (await scim.get(`/Users/${made.id}`)).body
    expect(read.name).toEqual({ givenName: given })
    expect(read[ENT]).toEqual({ department })
    expect(read.emails).toEqual([{ value: email, type: 'work' }])
    expect(Object.keys(read).filter((name) => /[.[]/.test(name) && !name.startsWith('urn:'))).toEqual([])
    expect(read).not.toHaveProperty([`${ENT}:department`])
  }
})

test('P-396 a path-less replace may carry the id of the resource, and no other', async () => {
  const group = await scim.makeGroup()
  const displayName = unique('renamed')
  const answer = await scim.patch(`/Groups/${group.id}`, [{ op: 'replace', value: { id: group.id, displayName } }])
  expect(answer.status, answer.text).toBe(204)
  expect((await scim.get(`/Groups/${group.id}`)).body.displayName).toBe(displayName)
  await refused(group, [{ op: 'replace', value: { id: 'other', displayName: unique() } }], 400, 'mutability')
})

test('P-397 1,000 operations in one PATCH', async () => {
  const made = await scim.makeUser()
  const operations = Array.from({ length: 1000 }, (_, at) => ({ op: 'replace', path: 'nickName', value: `n-${at}` }))
  const answer = await scim.patch(`/Users/${made.id}`, operations)
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.nickName).toBe('n-999')
})

test('P-397 10,000 member values in one PATCH', { timeout: 180_000 }, async () => {
  const ids: string[] = []
  for (let block = 0; block < 10; block += 1) {
    const answer = await scim.bulk(
      Array.from({ length: 1000 }, (_, at) => ({
        method: 'POST',
        path: '/Users',
        bulkId: `b${at}`,
        data: { schemas: [USER], userName: unique('many') },
      })),
    )
    expect(answer.status, answer.text.slice(0, 500)).toBe(200)
    for (const { location } of answer.body.Operations) ids.push(location.slice(location.lastIndexOf('/') + 1))
  }
  const group = await scim.makeGroup()
  const answer = await scim.patch(`/Groups/${group.id}`, [
    { op: 'add', path: 'members', value: ids.map((value) => ({ value })) },
  ])
  expect(answer.status, answer.text).toBe(204)
  const read = (await scim.get(`/Groups/${group.id}`)).body
  expect(new Set(read.members.map((member: Body) => member.value))).toEqual(new Set(ids))
})

test('P-397 a PATCH above the payload limit is 413', async () => {
  const made = await scim.makeUser()
  const { maxPayloadSize } = (await scim.get('/ServiceProviderConfig')).body.bulk
  const operations = [{ op: 'add', path: 'nickName', value: 'x'.repeat(maxPayloadSize) }]
  expectError(await scim.patch(`/Users/${made.id}`, operations), 413)
})
