// Versions and preconditions. RFC 7644 §3.14.

import { expect, test } from 'vitest'
import { ENT, expectError, expectList, USER } from './client.ts'
import { site } from './site.ts'

// Requirements block P.17: versions. RFC 7644 §3.14.
const at = site()
const scim = at.strict()

const title = (value: string) => [{ op: 'replace', path: 'title', value }]

test('P-500 weak ETags are advertised, in the header and in meta.version', async () => {
  expect((await scim.get('/ServiceProviderConfig')).body.etag).toEqual({ supported: true })
  const posted = await scim.post('/Users', { schemas: [USER], userName: `etag-${Date.now()}` })
  const { id } = posted.body
  const got = await scim.get(`/Users/${id}`)
  const patched = await scim.patch(`/Users/${id}`, title('a'))
  const put = await scim.put(`/Users/${id}`, { ...posted.body, title: 'b' })
  for (const answer of [posted, got, patched, put]) {
    expect(answer.headers.get('etag')).toMatch(/^W\/"[^"]+"$/)
    expect(answer.body.meta.version).toBe(answer.headers.get('etag'))
  }
  const [listed] = expectList(await scim.filter('/Users', `id eq "${id}"`))
  expect(listed.meta.version).toBe(put.headers.get('etag'))
})

test('P-501 If-Match on PUT, PATCH, DELETE: 412 and no change when stale, applied when current', async () => {
  const made = await scim.makeUser()
  const stale = { 'if-match': made.meta.version }
  const current = (await scim.patch(`/Users/${made.id}`, title('a'), stale)).body
  expect(current.title).toBe('a')
  expectError(await scim.put(`/Users/${made.id}`, { ...made, title: 'b' }, stale), 412)
  expectError(await scim.patch(`/Users/${made.id}`, title('b'), stale), 412)
  expectError(await scim.del(`/Users/${made.id}`, stale), 412)
  expect((await scim.get(`/Users/${made.id}`)).body).toEqual(current)
  // Also for a request that would change nothing.
  expectError(await scim.patch(`/Users/${made.id}`, title('a'), stale), 412)
  expect((await scim.del(`/Users/${made.id}`, { 'if-match': current.meta.version })).status).toBe(204)
})

test.each([
  ['*', (_tag: string) => '*'],
  ['the tag itself', (tag: string) => tag],
  ['the strong form', (tag: string) => tag.replace(/^W\//, '')],
  ['a list', (tag: string) => `W/"x", ${tag} , "y"`],
  ['a list without spaces', (tag: string) => `"x",${tag}`],
])('P-502 If-Match with %s matches', async (_case, form) => {
  const made = await scim.makeUser()
  const answer = await scim.put(`/Users/${made.id}`, { ...made, title: 'x' }, { 'if-match': form(made.meta.version) })
  expect(answer.status, answer.text).toBe(200)
})

test('P-502 If-Match: * on what does not exist is no success', async () => {
  const made = await scim.makeUser()
  await scim.del(`/Users/${made.id}`)
  expect([404, 412]).toContain((await scim.put(`/Users/${made.id}`, made, { 'if-match': '*' })).status)
})

test('P-502 If-None-Match: * on PUT is 412 for what exists', async () => {
  const made = await scim.makeUser()
  expectError(await scim.put(`/Users/${made.id}`, made, { 'if-none-match': '*' }), 412)
})

test('P-503 If-None-Match on GET with the current version: 304, no body, the ETag', async () => {
  const made = await scim.makeUser()
  const tag = made.meta.version
  for (const form of [tag, tag.replace(/^W\//, ''), '*', `"x", ${tag}`]) {
    const answer = await scim.get(`/Users/${made.id}`, { 'if-none-match': form })
    expect(answer.status, form).toBe(304)
    expect(answer.text).toBe('')
    expect(answer.headers.get('etag')).toBe(tag)
  }
  expect((await scim.get(`/Users/${made.id}`, { 'if-none-match': 'W/"99", "y"' })).status).toBe(200)
})

test('P-504 the version changes with every change, and only then', async () => {
  const made = await scim.makeUser({ title: 'a' })
  const same = await scim.patch(`/Users/${made.id}`, title('a'))
  expect(same.headers.get('etag')).toBe(made.meta.version)
  const seen = new Set([made.meta.version])
  for (const value of ['b', 'a', 'c']) {
    const answer = await scim.patch(`/Users/${made.id}`, title(value))
    expect(seen).not.toContain(answer.headers.get('etag'))
    seen.add(answer.headers.get('etag') ?? '')
  }
  const group = await scim.makeGroup()
  const added = await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: made.id }] }])
  expect(added.headers.get('etag')).not.toBe(group.meta.version)
  const again = await scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: made.id }] }])
  expect(again.headers.get('etag')).toBe(added.headers.get('etag'))
})

test('P-505 of concurrent writers with the same If-Match exactly one wins', async () => {
  const made = await scim.makeUser()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      scim.patch(`/Users/${made.id}`, title(`writer-${at}`), { 'if-match': made.meta.version }),
    ),
  )
  const won = answers.filter((answer) => answer.status === 200)
  expect(won).toHaveLength(1)
  for (const answer of answers) if (answer.status !== 200) expectError(answer, 412)
  expect((await scim.get(`/Users/${made.id}`)).body).toEqual(won[0]?.body)

  const group = await scim.makeGroup()
  const edits = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      at % 2 === 0
        ? scim.patch(`/Groups/${group.id}`, [{ op: 'add', path: 'members', value: [{ value: made.id }] }], {
            'if-match': group.meta.version,
          })
        : scim.put(
            `/Groups/${group.id}`,
            { ...group, displayName: `${group.displayName}-${at}` },
            { 'if-match': group.meta.version },
          ),
    ),
  )
  expect(edits.filter((answer) => answer.status < 300)).toHaveLength(1)
})

test('P-506 derived values do not change a version: groups, display, manager.displayName', async () => {
  const boss = await scim.makeUser({ displayName: 'Before' })
  const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { manager: { value: boss.id } } })
  const group = await scim.makeGroup({ members: [{ value: boss.id }] })
  await scim.makeGroup({ members: [{ value: made.id }] })
  const read = await scim.get(`/Users/${made.id}`)
  expect(read.body.groups).toHaveLength(1)
  expect(read.headers.get('etag')).toBe(made.meta.version)
  expect(read.body.meta.lastModified).toBe(made.meta.lastModified)
  await scim.patch(`/Users/${boss.id}`, [{ op: 'replace', path: 'displayName', value: 'After' }])
  const renamed = await scim.get(`/Users/${made.id}`)
  expect(renamed.body[ENT].manager.displayName).toBe('After')
  expect(renamed.headers.get('etag')).toBe(made.meta.version)
  const shown = await scim.get(`/Groups/${group.id}`)
  expect(shown.body.members[0].display).toBe('After')
  expect(shown.headers.get('etag')).toBe(group.meta.version)
})
