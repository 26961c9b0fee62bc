// Bulk requests. RFC 7644 §3.7.

import { describe, expect, test } from 'vitest'
import {
  type Answer,
  type Body,
  BULK_REQUEST,
  BULK_RESPONSE,
  ENT,
  ERROR,
  expectError,
  GROUP,
  PATCH_OP,
  USER,
  unique,
  user,
} from './client.ts'
import { changeTenant } from './settings.ts'
import { site } from './site.ts'

// Requirements block P.14: bulk. RFC 7644 §3.7.
const at = site()
const scim = at.strict()

/** The results of a processed bulk job. */
function results(answer: Answer): readonly Body[] {
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.schemas).toEqual([BULK_RESPONSE])
  return answer.body.Operations
}

const statuses = (answer: Answer) => results(answer).map((result) => result.status)
const idOf = (result: Body): string => result.location.slice(result.location.lastIndexOf('/') + 1)
const postUser = (bulkId: string, more: { readonly [name: string]: unknown } = {}) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: user(more),
})
const postGroup = (bulkId: string, members: readonly string[] = []) => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { schemas: [GROUP], displayName: unique('bulk'), members: members.map((value) => ({ value })) },
})
const patchOf = (...Operations: readonly object[]) => ({ schemas: [PATCH_OP], Operations })
const memberIds = async (id: string): Promise<readonly string[]> =>
  ((await scim.get(`/Groups/${id}`)).body.members ?? []).map((member: Body) => member.value).toSorted()

test('P-420 /Bulk is advertised with both limits', async () => {
  const { bulk } = (await scim.get('/ServiceProviderConfig')).body
  expect(bulk.supported).toBe(true)
  expect(bulk.maxOperations).toBeGreaterThanOrEqual(1000)
  expect(bulk.maxPayloadSize).toBeGreaterThanOrEqual(1_048_576)
})

test('P-420 switched off: advertised as such, and 501', async () => {
  const other = await at.connect()
  await changeTenant(at, other, { features: { bulk: false } })
  expect((await other.get('/ServiceProviderConfig')).body.bulk.supported).toBe(false)
  expectError(await other.bulk([postUser('a')]), 501)
})

test.each([
  ['no schemas', { Operations: [] }],
  ['another schema', { schemas: [USER], Operations: [postUser('a')] }],
  ['no Operations', { schemas: [BULK_REQUEST] }],
  ['Operations of another type', { schemas: [BULK_REQUEST], Operations: 'x' }],
  ['Operations that is an object', { schemas: [BULK_REQUEST], Operations: {} }],
])('P-421 a request with %s is 400 invalidSyntax', async (_case, body) => {
  expectError(await scim.post('/Bulk', body), 400, 'invalidSyntax')
})

test('P-421 the answer is a BulkResponse', async () => {
  const answer = await scim.bulk([postUser('a')])
  expect(results(answer)).toHaveLength(1)
  expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/)
})

test.each([
  ['no method', { path: '/Users', bulkId: 'x', data: user() }],
  ['an unknown method', { method: 'GET', path: '/Users', bulkId: 'x' }],
  ['no path', { method: 'POST', bulkId: 'x', data: user() }],
  ['a path to a resource for POST', { method: 'POST', path: '/Users/1', bulkId: 'x', data: user() }],
  ['a path to an endpoint for DELETE', { method: 'DELETE', path: '/Users' }],
  ['no data for POST', { method: 'POST', path: '/Users', bulkId: 'x' }],
  ['no bulkId for POST', { method: 'POST', path: '/Users', data: user() }],
])('P-422 an operation with %s fails alone with 400 invalidSyntax', async (_case, operation) => {
  const found = results(await scim.bulk([operation, postUser('good')]))
  expect(found.map((result) => result.status)).toEqual(['400', '201'])
  expect(found[0].response).toMatchObject({ schemas: [ERROR], status: '400', scimType: 'invalidSyntax' })
})

test('P-422 POST, PUT, PATCH and DELETE', async () => {
  const [a, b, c] = [await scim.makeUser(), await scim.makeUser(), await scim.makeUser()]
  const found = await scim.bulk([
    postUser('new'),
    { method: 'PUT', path: `/Users/${a.id}`, data: { ...a, title: 'put' } },
    { method: 'PATCH', path: `/Users/${b.id}`, data: patchOf({ op: 'add', path: 'title', value: 'patched' }) },
    { method: 'DELETE', path: `/Users/${c.id}` },
  ])
  expect(statuses(found)).toEqual(['201', '200', '200', '204'])
  expect((await scim.get(`/Users/${a.id}`)).body.title).toBe('put')
  expect((await scim.get(`/Users/${b.id}`)).body.title).toBe('patched')
  expect((await scim.get(`/Users/${c.id}`)).status).toBe(404)
})

test('P-423 the data of a PATCH is a PatchOp; a bare list of operations is 400 invalidSyntax', async () => {
  const made = await scim.makeUser()
  const operation = { op: 'add', path: 'title', value: 'x' }
  const found = results(
    await scim.bulk([
      { method: 'PATCH', path: `/Users/${made.id}`, data: [operation] },
      { method: 'PATCH', path: `/Users/${made.id}`, data: patchOf(operation) },
    ]),
  )
  expect(found.map((result) => result.status)).toEqual(['400', '200'])
  expect(found[0].response.scimType).toBe('invalidSyntax')
})

test('P-424 a processed job is 200, also when all operations fail', async () => {
  const found = await scim.bulk([
    { method: 'DELETE', path: '/Users/nobody' },
    { method: 'POST', path: '/Users', bulkId: 'a', data: { schemas: [USER] } },
  ])
  expect(statuses(found)).toEqual(['404', '400'])
})

test('P-425 what a result holds', async () => {
  const made = await scim.makeUser()
  const gone = await scim.makeUser()
  const body = user()
  const found = results(
    await scim.bulk([
      { method: 'POST', path: '/Users', bulkId: 'good', data: body },
      { method: 'POST', path: '/Users', bulkId: 'bad', data: body },
      { method: 'PATCH', path: `/Users/${made.id}`, bulkId: 'echo', data: patchOf({ op: 'remove', path: 'id' }) },
      { method: 'DELETE', path: `/Users/${gone.id}` },
    ]),
  )
  const [good, bad, echo, removed] = found
  const read = await scim.get(good.location)
  expect(good).toEqual({
    method: 'POST',
    bulkId: 'good',
    status: '201',
    location: read.body.meta.location,
    version: read.headers.get('etag'),
  })
  expect(bad).toMatchObject({ method: 'POST', bulkId: 'bad', status: '409' })
  expect(bad).not.toHaveProperty('location')
  expect(bad.response).toMatchObject({ schemas: [ERROR], status: '409', scimType: 'uniqueness' })
  expect(echo).toMatchObject({ method: 'PATCH', bulkId: 'echo', status: '400', location: made.meta.location })
  expect(echo.response).toMatchObject({ schemas: [ERROR], status: '400', scimType: 'mutability' })
  expect(removed).toMatchObject({ method: 'DELETE', status: '204', location: gone.meta.location })
  expect(removed).not.toHaveProperty('response')
})

test('P-426 the status of a result is what the single request would have given', async () => {
  const [a, b] = [await scim.makeUser(), await scim.makeUser()]
  const group = await scim.makeGroup()
  const found = await scim.bulk([
    postUser('a'),
    { method: 'PUT', path: `/Users/${a.id}`, data: { ...a, title: 'x' } },
    {
      method: 'PATCH',
      path: `/Groups/${group.id}`,
      data: patchOf({ op: 'add', path: 'members', value: [{ value: a.id }] }),
    },
    { method: 'DELETE', path: `/Users/${b.id}` },
    { method: 'DELETE', path: `/Users/${b.id}` },
    { method: 'POST', path: '/Users', bulkId: 'dup', data: user({ userName: a.userName }) },
    { method: 'PUT', path: `/Users/${a.id}`, version: 'W/"99"', data: a },
    { method: 'POST', path: '/Nope', bulkId: 'nope', data: {} },
  ])
  expect(statuses(found)).toEqual(['201', '200', '204', '204', '404', '409', '412', '404'])
})

test('P-427 a failure does not stop the rest', async () => {
  const found = await scim.bulk([{ method: 'DELETE', path: '/Users/nobody' }, postUser('a'), postUser('b')])
  expect(statuses(found)).toEqual(['404', '201', '201'])
})

describe('failOnErrors', () => {
  test('P-428 after n errors processing stops, and the rest is absent', async () => {
    const last = user()
    const found = await scim.bulk(
      [
        { method: 'DELETE', path: '/Users/nobody' },
        { method: 'POST', path: '/Users', bulkId: 'a', data: last },
      ],
      { failOnErrors: 1 },
    )
    expect(statuses(found)).toEqual(['404'])
    expect(await scim.ids('/Users', `userName eq "${last.userName}"`)).toEqual([])
    const two = await scim.bulk(
      [
        { method: 'DELETE', path: '/Users/nobody' },
        postUser('a'),
        { method: 'DELETE', path: '/Users/nobody' },
        postUser('b'),
      ],
      { failOnErrors: 2 },
    )
    expect(statuses(two)).toEqual(['404', '201', '404'])
  })
  test.each([0, -1])('P-428 failOnErrors %j is refused', async (failOnErrors) => {
    expectError(await scim.bulk([postUser('a')], { failOnErrors }), 400, 'invalidValue')
  })
})

test('P-429 bulkId:x in a value is replaced by the id that its POST created', async () => {
  const found = results(
    await scim.bulk([
      postUser('boss'),
      postGroup('team', ['bulkId:boss']),
      postUser('report', { schemas: [USER, ENT], [ENT]: { manager: { value: 'bulkId:boss' } } }),
    ]),
  )
  expect(found.map((result) => result.status)).toEqual(['201', '201', '201'])
  const [boss, team, report] = found.map(idOf)
  expect(await memberIds(team ?? '')).toEqual([boss])
  expect((await scim.get(`/Users/${report}`)).body[ENT].manager.value).toBe(boss)
})

test('P-430 references work whatever the order', async () => {
  const found = results(
    await scim.bulk([postGroup('team', ['bulkId:one', 'bulkId:two']), postUser('one'), postUser('two')]),
  )
  expect(found.map((result) => [result.bulkId, result.status])).toEqual([
    ['team', '201'],
    ['one', '201'],
    ['two', '201'],
  ])
  const [team, one, two] = found.map(idOf)
  expect(await memberIds(team ?? '')).toEqual([one, two].toSorted())
})

test('P-431 circular references: two groups that contain each other', async () => {
  const found = results(await scim.bulk([postGroup('a', ['bulkId:b']), postGroup('b', ['bulkId:a'])]))
  expect(found.map((result) => result.status)).toEqual(['201', '201'])
  const [a, b] = found.map(idOf)
  expect(await memberIds(a ?? '')).toEqual([b])
  expect(await memberIds(b ?? '')).toEqual([a])
  // The version of a result is the one the resource has afterwards.
  for (const result of found) expect((await scim.get(result.location)).headers.get('etag')).toBe(result.version)
})

test('P-431 circular references through manager', async () => {
  const withManager = (bulkId: string, manager: string) =>
    postUser(bulkId, { schemas: [USER, ENT], [ENT]: { manager: { value: `bulkId:${manager}` } } })
  const found = results(await scim.bulk([withManager('a', 'b'), withManager('b', 'c'), withManager('c', 'a')]))
  expect(found.map((result) => result.status)).toEqual(['201', '201', '201'])
  const [a, b, c] = found.map(idOf)
  const managers = await Promise.all(
    [a, b, c].map(async (id) => (await scim.get(`/Users/${id}`)).body[ENT].manager.value),
  )
  expect(managers).toEqual([b, c, a])
})

test('P-432 bulkId:x in paths and in PATCH values and filters', async () => {
  const old = await scim.makeUser()
  const group = await scim.makeGroup({ members: [{ value: old.id }] })
  const found = results(
    await scim.bulk([
      { method: 'PATCH', path: '/Users/bulkId:a', data: patchOf({ op: 'add', path: 'title', value: 'x' }) },
      postUser('a'),
      {
        method: 'PATCH',
        path: `/Groups/${group.id}`,
        data: patchOf(
          { op: 'add', path: 'members', value: [{ value: 'bulkId:a' }] },
          { op: 'remove', path: `members[value eq "${old.id}"]` },
        ),
      },
      postUser('b'),
      {
        method: 'PATCH',
        path: `/Groups/${group.id}`,
        data: patchOf(
          { op: 'add', path: 'members', value: [{ value: 'bulkId:b' }] },
          { op: 'remove', path: 'members[value eq "bulkId:a"]' },
        ),
      },
    ]),
  )
  expect(found.map((result) => result.status)).toEqual(['200', '201', '204', '201', '204'])
  expect((await scim.get(found[1].location)).body.title).toBe('x')
  expect(await memberIds(group.id)).toEqual([idOf(found[3])])
})

test('P-433 an unknown bulkId fails its operation with 400 invalidValue', async () => {
  const found = results(await scim.bulk([postGroup('team', ['bulkId:nobody']), postUser('a')]))
  expect(found.map((result) => result.status)).toEqual(['400', '201'])
  expect(found[0].response.scimType).toBe('invalidValue')
})

test('P-433 the bulkId of a failed POST gives 409', async () => {
  const taken = await scim.makeUser()
  const found = results(
    await scim.bulk([postUser('bad', { userName: taken.userName }), postGroup('team', ['bulkId:bad'])]),
  )
  expect(found.map((result) => result.status)).toEqual(['409', '409'])
})

test('P-433 the same bulkId twice refuses the whole request', async () => {
  const [one, two] = [user(), user()]
  const answer = await scim.bulk([
    { method: 'POST', path: '/Users', bulkId: 'same', data: one },
    { method: 'POST', path: '/Users', bulkId: 'same', data: two },
  ])
  expectError(answer, 400, 'invalidSyntax')
  expect(await scim.ids('/Users', `userName eq "${one.userName}" or userName eq "${two.userName}"`)).toEqual([])
})

test('P-434 more operations than maxOperations: 413 that names the limit, and nothing executed', async () => {
  const { maxOperations } = (await scim.get('/ServiceProviderConfig')).body.bulk
  const first = user()
  const operations = Array.from({ length: maxOperations + 1 }, (_, at) =>
    at === 0
      ? { method: 'POST', path: '/Users', bulkId: 'first', data: first }
      : { method: 'DELETE', path: `/Users/none-${at}` },
  )
  const answer = await scim.bulk(operations)
  expectError(answer, 413)
  expect(answer.body.detail.replaceAll(/[,_ ]/g, '')).toContain(String(maxOperations))
  expect(await scim.ids('/Users', `userName eq "${first.userName}"`)).toEqual([])
  expect(results(await scim.bulk(operations.slice(1)))).toHaveLength(maxOperations)
})

test('P-434 a body above maxPayloadSize: 413 that names the limit, and nothing executed', async () => {
  const { maxPayloadSize } = (await scim.get('/ServiceProviderConfig')).body.bulk
  const first = user()
  const answer = await scim.bulk([
    { method: 'POST', path: '/Users', bulkId: 'a', data: first },
    postUser('b', { displayName: 'x'.repeat(maxPayloadSize) }),
  ])
  expectError(answer, 413)
  expect(answer.body.detail.replaceAll(/[,_ ]/g, '')).toContain(String(maxPayloadSize))
  expect(await scim.ids('/Users', `userName eq "${first.userName}"`)).toEqual([])
})

test('P-435 version acts as If-Match', async () => {
  const [a, b, c] = [await scim.makeUser(), await scim.makeUser(), await scim.makeUser()]
  const stale = 'W/"99"'
  const patch = patchOf({ op: 'add', path: 'title', value: 'x' })
  const refused = await scim.bulk([
    { method: 'PUT', path: `/Users/${a.id}`, version: stale, data: { ...a, title: 'x' } },
    { method: 'PATCH', path: `/Users/${b.id}`, version: stale, data: patch },
    { method: 'DELETE', path: `/Users/${c.id}`, version: stale },
  ])
  expect(statuses(refused)).toEqual(['412', '412', '412'])
  for (const { id } of [a, b, c]) expect((await scim.get(`/Users/${id}`)).body).not.toHaveProperty('title')
  const taken = await scim.bulk([
    { method: 'PUT', path: `/Users/${a.id}`, version: a.meta.version, data: { ...a, title: 'x' } },
    { method: 'PATCH', path: `/Users/${b.id}`, version: b.meta.version, data: patch },
    { method: 'DELETE', path: `/Users/${c.id}`, version: c.meta.version },
  ])
  expect(statuses(taken)).toEqual(['200', '200', '204'])
})

test('P-436 authorization is checked per operation', async () => {
  const half = await at.connect({
    rights: { User: { read: true, write: true }, Group: { read: true, write: false } },
  })
  const found = results(await half.bulk([postGroup('team'), postUser('a')]))
  expect(found.map((result) => result.status)).toEqual(['403', '201'])
  expect(found[0].response).toMatchObject({ schemas: [ERROR], status: '403' })
})
