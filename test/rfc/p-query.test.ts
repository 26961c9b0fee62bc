// List responses, index paging and /.search. RFC 7644 §3.4.2 and §3.4.3.

import { beforeAll, describe, expect, test } from 'vitest'
import { type Body, ENT, expectError, expectList, LIST_RESPONSE, SEARCH_REQUEST, USER, unique, user } from './client.ts'
import { site } from './site.ts'

// RFC 7644 §3.4.2: queries and list responses. §3.4.2.4: index paging. §3.4.3: search by POST.

const at = site()

describe('list responses', () => {
  const c = at.strict()
  let ids: readonly string[]

  beforeAll(async () => {
    const made: string[] = []
    for (let i = 0; i < 25; i++) made.push((await c.makeUser({ title: i % 2 === 0 ? 'even' : 'odd' })).id)
    await c.makeGroup()
    ids = made
  })

  test('P-100 a list says what it is, how many there are, and where the page starts', async () => {
    const answer = await c.get('/Users?count=10')
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toEqual({
      schemas: [LIST_RESPONSE],
      totalResults: 25,
      startIndex: 1,
      itemsPerPage: 10,
      Resources: expect.any(Array),
    })
    expect(answer.body.Resources).toHaveLength(10)
  })

  test('P-101 no match is 200 with an empty list', async () => {
    for (const answer of [
      await c.filter('/Users', 'userName eq "nobody"'),
      await c.search('/Users', { filter: 'userName eq "nobody"' }),
    ]) {
      expect(answer.status, answer.text).toBe(200)
      expect(answer.body).toMatchObject({ totalResults: 0, itemsPerPage: 0, Resources: [] })
    }
  })

  test('P-102 totalResults counts all matches, not the page', async () => {
    expect((await c.get('/Users?count=10')).body.totalResults).toBe(25)
    expect((await c.get('/Users?count=10&startIndex=21')).body.totalResults).toBe(25)
    expect((await c.filter('/Users', 'title eq "even"', { count: '2' })).body.totalResults).toBe(13)
    expect((await c.get('/?count=3')).body.totalResults).toBe(26)
  })

  test('P-103 itemsPerPage is the number of resources in the page', async () => {
    const last = await c.get('/Users?startIndex=21&count=10')
    expect(last.body.itemsPerPage).toBe(5)
    expect(expectList(last)).toHaveLength(5)
  })

  test('P-104 a query goes to a type or to the base', async () => {
    expect(expectList(await c.get('/Users')).every(({ meta }) => meta.resourceType === 'User')).toBe(true)
    const all = expectList(await c.get('/'))
    expect(new Set(all.map(({ meta }) => meta.resourceType))).toEqual(new Set(['User', 'Group']))
    const users = await c.filter('/', 'meta.resourceType eq "User"')
    expect(users.body.totalResults).toBe(25)
    expect((await c.filter('/', 'meta.resourceType eq "Group"')).body.totalResults).toBe(1)
  })

  test('P-105 over several types, an attribute that a type lacks has no value there', async () => {
    const types = async (filter: string) => {
      const found = expectList(await c.filter('/', filter))
      return [...new Set(found.map(({ meta }) => meta.resourceType))].sort()
    }
    expect(await types('userName pr')).toEqual(['User'])
    expect(await types('not (userName pr)')).toEqual(['Group'])
    expect(await types('userName pr or members pr or displayName pr')).toEqual(['Group', 'User'])
    expectError(await c.filter('/', 'foo pr'), 400, 'invalidFilter')
  })

  test('P-106 a broad query is paged, not refused as too many', async () => {
    const answer = await c.filter('/Users', 'userName pr or title pr or active eq true', { count: '1000' })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.totalResults).toBe(25)
  })

  test('P-108 a deleted resource is in no query', async () => {
    const { id, userName } = await c.makeUser()
    expect(await c.ids('/Users', `userName eq "${userName}"`)).toEqual([id])
    expect((await c.del(`/Users/${id}`)).status).toBe(204)
    expect(await c.ids('/Users', `userName eq "${userName}"`)).toEqual([])
    expect(await c.ids('/Users', `id eq "${id}"`)).toEqual([])
    expect(await c.ids('/', `id eq "${id}"`)).toEqual([])
    expect(expectList(await c.search('/Users', {})).map((found) => found.id)).not.toContain(id)
    expect((await c.get('/Users?count=0')).body.totalResults).toBe(25)
  })

  test('P-109 a walk over all pages has no duplicate and no gap', async () => {
    for (const query of ['', '&sortBy=title', '&sortBy=userName&sortOrder=descending', '&filter=title%20pr']) {
      const seen: string[] = []
      for (let start = 1; start <= 25; start += 4) {
        seen.push(...expectList(await c.get(`/Users?startIndex=${start}&count=4${query}`)).map(({ id }) => id))
      }
      expect([...seen].sort(), query).toEqual([...ids].sort())
    }
  })

  test('P-180 startIndex is 1 when absent or below', async () => {
    const first = expectList(await c.get('/Users?count=3'))
    for (const startIndex of ['1', '0', '-5']) {
      const answer = await c.get(`/Users?count=3&startIndex=${startIndex}`)
      expect(answer.body.startIndex).toBe(1)
      expect(expectList(answer)).toEqual(first)
    }
    const second = expectList(await c.get('/Users?count=3&startIndex=2'))
    expect(second[0]).toEqual(first[1])
  })

  test('P-181 count is the most that a page holds', async () => {
    for (const count of [1, 7, 25, 26]) {
      expect(expectList(await c.get(`/Users?count=${count}`)).length).toBe(Math.min(count, 25))
    }
    expect(expectList(await c.get('/Users')).length).toBe(25)
  })

  test('P-182 count 0 and below gives no resources but the true total', async () => {
    for (const count of ['0', '-1', '-100']) {
      const answer = await c.get(`/Users?count=${count}`)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.body).toMatchObject({ totalResults: 25, itemsPerPage: 0, Resources: [] })
    }
    const search = await c.search('/Users', { count: 0 })
    expect(search.body).toMatchObject({ totalResults: 25, Resources: [] })
  })

  test('P-183 startIndex of the answer is the place of its first resource', async () => {
    const answer = await c.get('/Users?startIndex=11&count=10')
    expect(answer.body).toMatchObject({ startIndex: 11, itemsPerPage: 10, totalResults: 25 })
    const all = expectList(await c.get('/Users?count=25'))
    expect(expectList(answer)).toEqual(all.slice(10, 20))
  })

  test('P-184 startIndex past the end gives an empty page', async () => {
    for (const startIndex of ['26', '999', '2147483648']) {
      const answer = await c.get(`/Users?startIndex=${startIndex}`)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.body).toMatchObject({ totalResults: 25, itemsPerPage: 0, Resources: [] })
    }
  })

  test('P-185 startIndex and count are integers', async () => {
    for (const value of ['abc', '1.5', '1e1', '0x1', '1 0', '١']) {
      expectError(await c.get(`/Users?count=${encodeURIComponent(value)}`), 400, 'invalidValue')
      expectError(await c.get(`/Users?startIndex=${encodeURIComponent(value)}`), 400, 'invalidValue')
    }
  })

  test('P-187 a page needs nothing remembered: a deletion between two pages hurts neither', async () => {
    const tenant = await at.connect()
    for (let i = 0; i < 4; i++) await tenant.makeUser()
    const [first] = expectList(await tenant.get('/Users?startIndex=1&count=2'))
    expect((await tenant.del(`/Users/${first.id}`)).status).toBe(204)
    const next = await tenant.get('/Users?startIndex=3&count=2')
    expect(next.body.totalResults).toBe(3)
    expect(expectList(next)).toHaveLength(1)
  })
})

describe('large pages', () => {
  const c = at.strict()

  beforeAll(async () => {
    for (let round = 0; round < 2; round++) {
      const operations = Array.from({ length: 600 }, (_, i) => ({
        method: 'POST',
        path: '/Users',
        bulkId: `u${i}`,
        data: user(),
      }))
      const answer = await c.bulk(operations)
      expect(answer.status, answer.text.slice(0, 500)).toBe(200)
    }
  })

  test('P-107 no answer holds more than filter.maxResults', async () => {
    const { filter } = (await c.get('/ServiceProviderConfig')).body
    expect(filter.maxResults).toBeLessThan(1200)
    for (const answer of [
      await c.get('/Users?count=100000'),
      await c.filter('/Users', 'userName pr', { count: '100000' }),
      await c.search('/Users', { count: 100_000 }),
      await c.get('/?count=100000'),
    ]) {
      expect(answer.body.totalResults).toBe(1200)
      expect(expectList(answer).length).toBeLessThanOrEqual(filter.maxResults)
    }
  })

  test('P-186 a count above the limit is capped, not refused', async () => {
    const { filter } = (await c.get('/ServiceProviderConfig')).body
    for (const count of ['99999', '9007199254740993', '1'.padEnd(30, '0')]) {
      const answer = await c.get(`/Users?count=${count}`)
      expect(answer.status, answer.text.slice(0, 500)).toBe(200)
      expect(answer.body.itemsPerPage).toBe(filter.maxResults)
    }
  })
})

describe('search by POST', () => {
  const c = at.strict()
  let ada: Body

  beforeAll(async () => {
    ada = await c.makeUser({ displayName: 'Ada', title: 'b', schemas: [USER, ENT], [ENT]: { department: 'd' } })
    await c.makeUser({ displayName: 'Bob', title: 'a' })
    await c.makeUser({ displayName: 'Cy' })
    await c.makeGroup({ displayName: 'Ada’s' })
  })

  test('P-220 POST to .search is a query and answers 200 with a list', async () => {
    for (const path of ['/Users/.search', '/.search']) {
      const answer = await c.post(path, { schemas: [SEARCH_REQUEST], filter: 'displayName eq "Ada"' })
      expect(answer.status, answer.text).toBe(200)
      expect(expectList(answer).map(({ id }) => id)).toEqual([ada.id])
      expectError(await c.post(path, { filter: 'displayName eq "Ada"' }), 400, 'invalidSyntax')
      expectError(await c.post(path, { schemas: [USER], filter: 'displayName eq "Ada"' }), 400, 'invalidSyntax')
    }
    expect((await c.get('/Users?count=0')).body.totalResults).toBe(3)
  })

  test('P-221 a search means what the same GET means', async () => {
    const requests: readonly { readonly [name: string]: unknown }[] = [
      {},
      { filter: 'title pr' },
      { sortBy: 'displayName', sortOrder: 'descending' },
      { sortBy: 'title' },
      { startIndex: 2, count: 1 },
      { attributes: ['userName', `${ENT}:department`] },
      { excludedAttributes: ['meta', 'title'] },
      { filter: `${ENT}:department eq "d"`, count: 10, attributes: ['id'] },
    ]
    for (const request of requests) {
      const query = new URLSearchParams(
        Object.entries(request).map(([name, value]): [string, string] => [name, String(value)]),
      )
      const got = await c.get(`/Users?${query}`)
      const posted = await c.search('/Users', request)
      expect(got.status, got.text).toBe(200)
      expect(posted.body, JSON.stringify(request)).toEqual(got.body)
    }
  })

  test('P-222 a search is refused as the GET would be', async () => {
    expectError(await c.search('/Users', { filter: 'foo eq' }), 400, 'invalidFilter')
    expectError(await c.search('/Users', { filter: 'foo eq "a"' }), 400, 'invalidFilter')
    expectError(await c.search('/Users', { sortBy: 'name' }), 400, 'invalidValue')
    for (const request of [
      { count: 'x' },
      { count: '1' },
      { startIndex: true },
      { filter: 1 },
      { attributes: 'userName,title' },
      { attributes: [1] },
      { sortBy: {} },
    ]) {
      const answer = await c.search('/Users', request)
      expect({ request, status: answer.status, scimType: answer.body.scimType }).toEqual({
        request,
        status: 400,
        scimType: 'invalidSyntax',
      })
    }
  })

  test('P-223 .search at the base covers every resource type', async () => {
    const found = expectList(await c.search('', { filter: 'displayName sw "Ada"' }))
    expect(found.map(({ meta }) => meta.resourceType).sort()).toEqual(['Group', 'User'])
    expect((await c.search('', { count: 0 })).body.totalResults).toBe(4)
  })

  test('P-210 leaving members out costs no reading of members', async () => {
    const size = 3000
    const ids: string[] = []
    for (let round = 0; round < size / 1000; round++) {
      const operations = Array.from({ length: 1000 }, (_, i) => ({
        method: 'POST',
        path: '/Users',
        bulkId: `u${i}`,
        data: user(),
      }))
      const answer = await c.bulk(operations)
      expect(answer.status).toBe(200)
      ids.push(...answer.body.Operations.map(({ location }: { location: string }) => location.split('/').at(-1)))
    }
    const large = await c.post('/Groups?excludedAttributes=members', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: unique(),
      members: ids.map((value) => ({ value })),
    })
    expect(large.status, large.text.slice(0, 500)).toBe(201)
    const path = `/Groups/${large.body.id}`
    const fastest = async (query: string) => {
      let best = Number.POSITIVE_INFINITY
      for (let i = 0; i < 10; i++) {
        const start = performance.now()
        const answer = await c.get(`${path}${query}`)
        best = Math.min(best, performance.now() - start)
        expect(answer.status).toBe(200)
      }
      return best
    }
    expect((await c.get(path)).body.members).toHaveLength(size)
    const without = await c.get(`${path}?excludedAttributes=members`)
    expect(without.body).not.toHaveProperty('members')
    expect(await fastest('?excludedAttributes=members')).toBeLessThan((await fastest('')) / 2)
  })
})
