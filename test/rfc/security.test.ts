// Injection attempts, guessed tokens and sensitive filters. RFC 7644 §7.

import { expect, test } from 'vitest'
import { serve } from '../serve.ts'
import { type Answer, createClient, expectError, expectList, group, PATCH_OP, USER, unique, user } from './client.ts'
import { changeTenant } from './settings.ts'
import { site, tenantOf } from './site.ts'

// Requirements block P.20: security and privacy. RFC 7643 §9; RFC 7644 §7. The broad fuzzing is in test/fuzz.test.ts.
const at = site()
const scim = at.strict()

const INJECTIONS = [
  `' or '1'='1`,
  `"; drop table resource; --`,
  `x" or userName pr or userName eq "`,
  '%',
  '_',
  '*',
  '\\',
  '[a-z]',
  '$.userName',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '{"$gt":""}',
  '\u202egpj.exe',
]

test('P-560 texts that mean something to a database are only text', async () => {
  const made = await scim.makeUser()
  for (const text of INJECTIONS) {
    const literal = JSON.stringify(text)
    for (const filter of [
      `displayName eq ${literal}`,
      `displayName co ${literal}`,
      `displayName sw ${literal}`,
      `displayName ew ${literal}`,
      `emails[value co ${literal}]`,
      `userName eq ${literal}`,
      `title gt ${literal}`,
    ]) {
      expect(await scim.ids('/Users', filter), filter).toEqual([])
    }
    const kept = await scim.makeUser({ displayName: text, title: unique() })
    expect((await scim.get(`/Users/${kept.id}`)).body.displayName).toBe(text)
    expect(await scim.ids('/Users', `displayName eq ${literal}`)).toEqual([kept.id])
    expect(await scim.ids('/Users', `displayName co ${literal} and title eq "${kept.title}"`)).toEqual([kept.id])
    await scim.del(`/Users/${kept.id}`)
  }
  expect((await scim.get(`/Users/${made.id}`)).body).toEqual(made)
})

test('P-560 the same texts as ids, sort keys, attribute names, paths and cursors give only 4xx or an empty answer', async () => {
  const made = await scim.makeUser()
  for (const text of INJECTIONS) {
    const encoded = encodeURIComponent(text)
    expectError(await scim.get(`/Users/${encoded}`), 404)
    for (const query of [`sortBy=${encoded}`, `cursor=${encoded}`, `filter=${encoded}`, `count=${encoded}`]) {
      const answer = await scim.get(`/Users?${query}`)
      expect(answer.status, query).toBe(400)
      expectError(answer, 400, answer.body.scimType)
    }
    expect((await scim.get(`/Users?attributes=${encoded}`)).status).toBe(200)
    const patched = await scim.patch(`/Users/${made.id}`, [{ op: 'replace', path: text, value: 'x' }])
    expect(patched.status, text).toBe(400)
  }
})

test('P-562 a token of a user reaches its own resource and no other', async () => {
  const [own, other] = [await scim.makeUser(), await scim.makeUser()]
  const connection = await at.server.connection('strict', { tenant: tenantOf(scim), subject: own.id, rights: {} })
  const me = createClient(connection)
  expect([403, 404]).toContain((await me.get(`/Users/${other.id}`)).status)
  const list = await me.get('/Users')
  expect(list.status === 403 || list.body.totalResults === 0, list.text).toBe(true)
  const answer = await me.get('/Me')
  expect(answer.status, answer.text).toBe(200)
  expect(answer.body.id).toBe(own.id)
  expect([403, 404]).toContain((await me.del(`/Users/${other.id}`)).status)
  expect([403, 404]).toContain((await me.put(`/Users/${other.id}`, other)).status)
})

test('P-562 a token that may only write learns nothing of a resource but its id and version', async () => {
  const rights = { User: { read: false, write: true }, Group: { read: false, write: true } }
  const writer = createClient(await at.server.connection('strict', { tenant: tenantOf(scim), rights }))
  const made = await scim.makeUser({ nickName: 'Hidden', emails: [{ value: 'hidden@example.com' }] })
  const team = await scim.makeGroup({ members: [{ value: made.id }] })
  const bare = (answer: Answer, status: number) => {
    expect(answer.status, answer.text).toBe(status)
    expect(Object.keys(answer.body).toSorted()).toEqual(['id', 'meta', 'schemas'])
    expect(answer.headers.get('location')).toBe(answer.body.meta.location)
    expect(answer.headers.get('etag')).toBe(answer.body.meta.version)
  }
  const quiet = (answer: Answer) => {
    expect(answer.status, answer.text).toBe(204)
    expect(answer.text).toBe('')
    expect(answer.headers.get('etag')).not.toBeNull()
  }
  const changed = { schemas: [USER], userName: made.userName, title: 'New' }
  for (const query of ['', '?attributes=nickName,emails,groups', '?excludedAttributes=id']) {
    bare(await writer.post(`/Users${query}`, user({ nickName: 'Own' })), 201)
    bare(await writer.put(`/Users/${made.id}${query}`, changed), 200)
    quiet(await writer.patch(`/Users/${made.id}${query}`, [{ op: 'replace', path: 'title', value: unique() }]))
    quiet(await writer.patch(`/Users/${made.id}${query}`, [{ op: 'replace', path: 'userName', value: made.userName }]))
  }
  for (const query of ['', '?attributes=members', '?attributes=displayName']) {
    bare(await writer.post(`/Groups${query}`, group({ members: [{ value: made.id }] })), 201)
    bare(await writer.put(`/Groups/${team.id}${query}`, group({ members: [{ value: made.id }] })), 200)
    quiet(
      await writer.patch(`/Groups/${team.id}${query}`, [{ op: 'add', path: 'members', value: [{ value: made.id }] }]),
    )
  }
  const bulk = await writer.bulk([
    {
      method: 'PATCH',
      path: `/Users/${made.id}`,
      data: { schemas: [PATCH_OP], Operations: [{ op: 'add', path: 'title', value: 'Bulk' }] },
    },
    { method: 'PUT', path: `/Users/${made.id}`, data: changed },
    { method: 'POST', path: '/Groups', bulkId: 'g', data: group() },
  ])
  for (const operation of bulk.body.Operations) expect(operation.response).toBeUndefined()
  expectError(await writer.get(`/Users/${made.id}`), 403)
  expectError(await writer.search('/Users', { filter: 'userName pr' }), 403)
})

test('P-564 attributes classed sensitive are refused in URLs and taken by .search', async () => {
  const other = await at.connect()
  await changeTenant(at, other, { sensitiveFilters: ['userName'] })
  const made = await other.makeUser()
  expectError(await other.filter('/Users', `userName eq "${made.userName}"`), 403, 'sensitive')
  const found = expectList(await other.search('/Users', { filter: `userName eq "${made.userName}"` }))
  expect(found.map(({ id }) => id)).toEqual([made.id])
})

test('P-561 guessing tokens is slowed down; who has the right one is let in all the same', async () => {
  const guarded = await serve()
  try {
    const client = createClient(await guarded.connection('strict'))
    const statuses = new Set<number>()
    for (let guess = 0; guess < 5_000 && !statuses.has(429); guess += 1) {
      const answer = await client.as(`lk_guess_${guess}`).get('/Users')
      expectError(answer, answer.status)
      statuses.add(answer.status)
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect([...statuses].toSorted()).toEqual([401, 429])
    expect((await client.get('/Users')).status).toBe(200)
  } finally {
    await guarded.close()
  }
})

test('P-563 a client gets what it asks for and no more', async () => {
  const made = await scim.makeUser({
    displayName: 'Ada',
    title: 'Dr',
    phoneNumbers: [{ value: 'tel:+1-201-555-0123' }],
  })
  const [listed] = expectList(await scim.filter('/Users', `id eq "${made.id}"`, { attributes: 'userName,title' }))
  expect(Object.keys(listed).toSorted()).toEqual(['id', 'schemas', 'title', 'userName'])
  const one = await scim.get(`/Users/${made.id}?excludedAttributes=phoneNumbers,meta`)
  expect(one.body).not.toHaveProperty('phoneNumbers')
  expect(one.body).not.toHaveProperty('meta')
})
