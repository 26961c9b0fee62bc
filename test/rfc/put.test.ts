// Replacing resources. RFC 7644 §3.5.1.

import { describe, expect, test } from 'vitest'
import { ENT, expectError, USER, unique, user } from './client.ts'
import { BADGE, serverWithBadge } from './custom.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.11: replace with PUT. RFC 7644 §3.5.1.
const at = site()
const scim = serverWithBadge(at)

describe('replace', () => {
  test('P-300 PUT is supported: 200 for a full body', async () => {
    const made = await scim.makeUser()
    const answer = await scim.put(`/Users/${made.id}`, { ...made, displayName: 'Replaced' })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.displayName).toBe('Replaced')
    const group = await scim.makeGroup()
    expect((await scim.put(`/Groups/${group.id}`, { ...group, displayName: unique('renamed') })).status).toBe(200)
  })

  test('P-301 PUT never creates: 404 for an unknown id, and nothing made', async () => {
    const body = user()
    expectError(await scim.put('/Users/3f1c2b60-0000-7000-8000-000000000001', body), 404)
    expect(await scim.ids('/Users', `userName eq "${body.userName}"`)).toEqual([])
  })

  test('P-302 given values replace the existing ones, exactly', async () => {
    const made = await scim.makeUser({
      displayName: 'Before',
      emails: [
        { value: 'one@example.com', type: 'work' },
        { value: 'two@example.com', type: 'home' },
      ],
      name: { givenName: 'Ada', familyName: 'Before' },
    })
    const answer = await scim.put(`/Users/${made.id}`, {
      schemas: [USER],
      userName: made.userName,
      displayName: 'After',
      emails: [{ value: 'three@example.com', type: 'other' }],
      name: { familyName: 'After' },
    })
    expect(answer.status, answer.text).toBe(200)
    const read = (await scim.get(`/Users/${made.id}`)).body
    expect(read.displayName).toBe('After')
    expect(read.emails).toEqual([{ value: 'three@example.com', type: 'other' }])
    expect(read.name).toEqual({ familyName: 'After' })
  })

  test('P-302 a given password takes the place of the old one, only as a hash', async () => {
    const made = await scim.makeUser({ password: 'first Passw0rd!' })
    const ref = { tenant: tenantOf(scim), type: 'User', id: made.id }
    const before = await at.server.store.secret(ref)
    const answer = await scim.put(`/Users/${made.id}`, { ...made, password: 'second Passw0rd!' })
    expect(answer.status, answer.text).toBe(200)
    const after = await at.server.store.secret(ref)
    expect(before).toEqual(expect.any(String))
    expect(after).toEqual(expect.any(String))
    expect(after).not.toBe(before)
    expect(after).not.toContain('second Passw0rd!')
    expect(answer.text).not.toContain('Passw0rd')
  })

  test('P-302 the members of a group are replaced, exactly', async () => {
    const [a, b, c] = [await scim.makeUser(), await scim.makeUser(), await scim.makeUser()]
    const group = await scim.makeGroup({ members: [{ value: a.id }, { value: b.id }] })
    const answer = await scim.put(`/Groups/${group.id}`, {
      schemas: group.schemas,
      displayName: group.displayName,
      members: [{ value: b.id }, { value: c.id }],
    })
    expect(answer.status, answer.text).toBe(200)
    const read = (await scim.get(`/Groups/${group.id}`)).body
    expect(read.members.map((member: { value: string }) => member.value).toSorted()).toEqual([b.id, c.id].toSorted())
  })

  test('P-303 an immutable attribute: another value is 400 mutability, the same one in any order is fine', async () => {
    const made = await scim.makeUser({ schemas: [USER, BADGE], [BADGE]: { serial: 'c-1', serials: ['a', 'b'] } })
    const put = (kit: object) => scim.put(`/Users/${made.id}`, { ...made, [BADGE]: kit })
    expectError(await put({ serial: 'c-2', serials: ['a', 'b'] }), 400, 'mutability')
    expectError(await put({ serial: 'c-1', serials: ['a', 'c'] }), 400, 'mutability')
    const answer = await put({ serial: 'c-1', serials: ['b', 'a'] })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.headers.get('etag')).toBe(made.meta.version)
    expect((await scim.get(`/Users/${made.id}`)).body[BADGE]).toEqual({ serial: 'c-1', serials: ['a', 'b'] })
  })

  test('P-303 an immutable attribute without a value takes the new one', async () => {
    const made = await scim.makeUser()
    const answer = await scim.put(`/Users/${made.id}`, { ...made, schemas: [USER, BADGE], [BADGE]: { serial: 'late' } })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body[BADGE]).toEqual({ serial: 'late' })
  })

  test('P-304 readOnly values are ignored: id, meta, groups', async () => {
    const made = await scim.makeUser()
    const other = await scim.makeGroup()
    const answer = await scim.put(`/Users/${made.id}`, {
      ...made,
      id: 'other',
      meta: { resourceType: 'X', created: '2000-01-01T00:00:00Z', version: 'W/"99"', location: 'https://x.example' },
      groups: [{ value: other.id }],
    })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.id).toBe(made.id)
    expect(answer.body.meta).toEqual(made.meta)
    expect(answer.body.groups ?? []).toEqual([])
  })

  test('P-305 required attributes must be there: 400 invalidValue without userName', async () => {
    const made = await scim.makeUser()
    expectError(await scim.put(`/Users/${made.id}`, { schemas: [USER], displayName: 'x' }), 400, 'invalidValue')
    expect((await scim.get(`/Users/${made.id}`)).body).toEqual(made)
  })

  test('P-306 omitted readWrite values are cleared; active and password stay', async () => {
    const made = await scim.makeUser({ nickName: 'Nick', active: false, password: 'kept Passw0rd!' })
    const ref = { tenant: tenantOf(scim), type: 'User', id: made.id }
    const secret = await at.server.store.secret(ref)
    const answer = await scim.put(`/Users/${made.id}`, { schemas: [USER], userName: made.userName })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).not.toHaveProperty('nickName')
    expect(answer.body.active).toBe(false)
    expect(await at.server.store.secret(ref)).toBe(secret)
    expect((await scim.get(`/Users/${made.id}`)).body).not.toHaveProperty('nickName')
  })

  test('P-307 null and [] clear', async () => {
    const made = await scim.makeUser({ title: 'Dr', phoneNumbers: [{ value: 'tel:+1-201-555-0123', type: 'work' }] })
    const answer = await scim.put(`/Users/${made.id}`, { ...made, title: null, phoneNumbers: [] })
    expect(answer.status, answer.text).toBe(200)
    const read = (await scim.get(`/Users/${made.id}`)).body
    expect(read).not.toHaveProperty('title')
    expect(read).not.toHaveProperty('phoneNumbers')
  })

  test('P-308 success is 200 with the entire resource, narrowed by attributes', async () => {
    const made = await scim.makeUser({ nickName: 'Nick' })
    const answer = await scim.put(`/Users/${made.id}`, { ...made, displayName: 'Entire' })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toEqual((await scim.get(`/Users/${made.id}`)).body)
    const narrow = await scim.put(`/Users/${made.id}?attributes=userName`, { ...made, displayName: 'Narrow' })
    expect(Object.keys(narrow.body).toSorted()).toEqual(['id', 'schemas', 'userName'])
  })

  test('P-309 userName of another user is 409 uniqueness; its own in another case is fine', async () => {
    const [a, b] = [await scim.makeUser(), await scim.makeUser()]
    expectError(await scim.put(`/Users/${a.id}`, { ...a, userName: b.userName.toUpperCase() }), 409, 'uniqueness')
    expect((await scim.get(`/Users/${a.id}`)).body).toEqual(a)
    const answer = await scim.put(`/Users/${a.id}`, { ...a, userName: a.userName.toUpperCase() })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.userName).toBe(a.userName.toUpperCase())
  })

  test('P-310 If-Match is honoured', async () => {
    const made = await scim.makeUser()
    const second = await scim.put(`/Users/${made.id}`, { ...made, title: 'one' }, { 'if-match': made.meta.version })
    expect(second.status, second.text).toBe(200)
    expectError(await scim.put(`/Users/${made.id}`, { ...made, title: 'two' }, { 'if-match': made.meta.version }), 412)
    expect((await scim.get(`/Users/${made.id}`)).body.title).toBe('one')
  })

  test('P-311 a PUT that changes nothing keeps version and lastModified', async () => {
    const made = await scim.makeUser({
      nickName: 'Nick',
      emails: [{ value: 'same@example.com', type: 'work', primary: true }],
      schemas: [USER, ENT],
      [ENT]: { department: 'Tools' },
    })
    const read = await scim.get(`/Users/${made.id}`)
    const answer = await scim.put(`/Users/${made.id}`, read.body)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.headers.get('etag')).toBe(read.headers.get('etag'))
    expect(answer.body).toEqual(read.body)
  })

  test('P-312 an omitted extension goes with its attributes and its URN', async () => {
    const made = await scim.makeUser({ schemas: [USER, ENT], [ENT]: { department: 'Tools' } })
    expect(made.schemas.toSorted()).toEqual([USER, ENT].toSorted())
    const answer = await scim.put(`/Users/${made.id}`, { schemas: [USER], userName: made.userName })
    expect(answer.status, answer.text).toBe(200)
    const read = (await scim.get(`/Users/${made.id}`)).body
    expect(read).not.toHaveProperty([ENT])
    expect(read.schemas).toEqual([USER])
  })
})
