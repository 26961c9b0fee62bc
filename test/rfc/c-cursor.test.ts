// Cursor paging. RFC 9865.

import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  type Body,
  type Client,
  createClient,
  expectError,
  expectList,
  SEARCH_REQUEST,
  unique,
  withoutId,
} from './client.ts'
import { site, tenantOf } from './site.ts'

// RFC 9865: cursor paging.

const at = site()

/** A strict client of a new tenant with this many users. */
async function tenantOfUsers(count: number): Promise<Client> {
  const c = await at.connect()
  for (let i = 0; i < count; i++) await c.makeUser({ title: i % 2 === 0 ? 'even' : 'odd' })
  return c
}

/** Walks all pages of a query by cursor; each page is handed to `look`. */
async function walk(
  c: Client,
  query: string,
  look: (answer: Answer) => unknown = () => {},
): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor = ''
  for (let page = 0; page < 1000; page++) {
    const answer = await c.get(`/Users?${query}&cursor=${cursor}`)
    ids.push(...expectList(answer).map(({ id }) => id))
    await look(answer)
    if (answer.body.nextCursor === undefined) return ids
    cursor = answer.body.nextCursor
  }
  throw new Error('the walk does not end')
}

describe('twenty-five users by cursor', () => {
  let c: Client
  beforeAll(async () => {
    c = await tenantOfUsers(25)
  })
  const first = async (query = 'count=10') => (await c.get(`/Users?cursor=&${query}`)).body

  test('C-001 a first request has an empty cursor, with or without its equals sign', async () => {
    const bare = await c.get('/Users?cursor&count=10')
    const empty = await c.get('/Users?cursor=&count=10')
    expect(expectList(bare)).toHaveLength(10)
    expect(expectList(empty)).toEqual(expectList(bare))
    expect(bare.body.nextCursor).toEqual(expect.any(String))
  })

  test('C-002 cursors hold only unreserved characters', async () => {
    await walk(c, 'count=4&sortBy=userName', ({ body }) => {
      for (const cursor of [body.nextCursor, body.previousCursor]) {
        if (cursor !== undefined) expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/)
      }
    })
  })

  test('C-003 every page has a nextCursor, but the last', async () => {
    const present: boolean[] = []
    expect(await walk(c, 'count=10', ({ body }) => present.push('nextCursor' in body))).toHaveLength(25)
    expect(present).toEqual([true, true, false])
    const exact: boolean[] = []
    const twenty = await tenantOfUsers(20)
    expect(await walk(twenty, 'count=10', ({ body }) => exact.push('nextCursor' in body))).toHaveLength(20)
    expect(exact).toEqual([true, false])
    expect((await c.get('/Users?cursor=&count=25')).body).not.toHaveProperty('nextCursor')
    expect((await c.filter('/Users', 'userName eq "nobody"', { cursor: '' })).body).not.toHaveProperty('nextCursor')
  })

  test('C-004 previousCursor, where it is given, leads back', async () => {
    const one = await first()
    expect(one).not.toHaveProperty('previousCursor')
    const two = (await c.get(`/Users?count=10&cursor=${one.nextCursor}`)).body
    if (two.previousCursor !== undefined) {
      const back = await c.get(`/Users?count=10&cursor=${two.previousCursor}`)
      expect(expectList(back)).toEqual(one.Resources)
    }
  })

  test('C-005 count bounds a page; 0 and below gives the total alone', async () => {
    expect((await first('count=3')).Resources).toHaveLength(3)
    for (const count of ['0', '-1']) {
      expect(await first(`count=${count}`)).toMatchObject({ totalResults: 25, itemsPerPage: 0, Resources: [] })
    }
    await walk(c, 'count=7', ({ body }) => expect(body.Resources.length).toBeLessThanOrEqual(7))
  })

  test('C-007 other parameters with a cursor are noticed', async () => {
    const { nextCursor } = await first('count=10&sortBy=userName&filter=title%20pr')
    const again = (query: string, path = '/Users') => c.get(`${path}?${query}&cursor=${nextCursor}`)
    const same = 'sortBy=userName&filter=title%20pr'
    expect((await again(`${same}&count=10`)).status).toBe(200)
    // The count may be left out on later pages.
    expect((await again(same)).status).toBe(200)
    expectError(await again(`${same}&count=5`), 400, 'invalidCount')
    expectError(await again(`${same}&count=11`), 400, 'invalidCount')
    expectError(await again('sortBy=userName&filter=userName%20pr&count=10'), 400, 'invalidCursor')
    expectError(await again('sortBy=userName&count=10'), 400, 'invalidCursor')
    expectError(await again('sortBy=title&filter=title%20pr&count=10'), 400, 'invalidCursor')
    expectError(await again(`${same}&sortOrder=descending&count=10`), 400, 'invalidCursor')
    expectError(await again(`${same}&count=10`, '/'), 400, 'invalidCursor')
    expectError(await again('count=10', '/Groups'), 400, 'invalidCursor')
  })

  test('C-008 a bad cursor is invalidCursor, a bad count invalidCount', async () => {
    for (const cursor of ['x', 'random-string', '%00', 'a'.repeat(5000), '..', '%F0%9F%99%82']) {
      expectError(await c.get(`/Users?count=10&cursor=${cursor}`), 400, 'invalidCursor')
    }
    for (const count of ['abc', '1.5']) expectError(await c.get(`/Users?cursor=&count=${count}`), 400, 'invalidCount')
    const { nextCursor } = await first()
    expectError(await c.get(`/Users?count=abc&cursor=${nextCursor}`), 400, 'invalidCount')
  })

  test('C-010 cursor pages are sorted', async () => {
    for (const order of ['ascending', 'descending']) {
      const whole = expectList(await c.get(`/Users?sortBy=userName&sortOrder=${order}&count=100`)).map(({ id }) => id)
      expect(await walk(c, `sortBy=userName&sortOrder=${order}&count=3`)).toEqual(whole)
    }
    const byTitle = expectList(await c.get('/Users?sortBy=title&count=100')).map(({ id }) => id)
    expect(await walk(c, 'sortBy=title&count=4')).toEqual(byTitle)
  })

  test('C-011 C-012 without a cursor the answer is by index', async () => {
    for (const answer of [
      await c.get('/Users'),
      await c.get('/Users?count=10'),
      await c.search('/Users', { count: 10 }),
    ]) {
      expect(answer.body.startIndex).toBe(1)
      expect(answer.body).not.toHaveProperty('nextCursor')
    }
  })

  test('C-013 startIndex together with cursor is refused', async () => {
    expectError(await c.get('/Users?cursor=&startIndex=1'), 400, 'invalidValue')
    const { nextCursor } = await first()
    expectError(await c.get(`/Users?count=10&startIndex=11&cursor=${nextCursor}`), 400, 'invalidValue')
    expectError(await c.search('/Users', { cursor: '', startIndex: 1 }), 400, 'invalidValue')
  })

  test('C-014 every cursor page has totalResults', async () => {
    await walk(c, 'count=10', ({ body }) => expect(body.totalResults).toBe(25))
    const even: number[] = []
    await walk(c, 'count=5&filter=title%20eq%20%22even%22', ({ body }) => even.push(body.totalResults))
    expect(even).toEqual([13, 13, 13])
  })

  test('C-015 a search takes cursor and count in its body', async () => {
    const ids: string[] = []
    let cursor: string | undefined = ''
    while (cursor !== undefined) {
      const answer = await c.post('/Users/.search', { schemas: [SEARCH_REQUEST], cursor, count: 10 })
      ids.push(...expectList(answer).map(({ id }) => id))
      cursor = answer.body.nextCursor
    }
    expect(new Set(ids).size).toBe(25)
    expectError(await c.search('/Users', { cursor: 'x' }), 400, 'invalidCursor')
    expectError(await c.search('/Users', { cursor: 5 }), 400, 'invalidSyntax')
  })

  test('C-016 ServiceProviderConfig says how paging works, and it is true', async () => {
    const { pagination, filter } = (await c.get('/ServiceProviderConfig')).body
    expect(pagination).toMatchObject({ cursor: true, index: true })
    if (pagination.defaultPaginationMethod !== undefined) expect(pagination.defaultPaginationMethod).toBe('index')
    if (pagination.cursorTimeout !== undefined) expect(Number.isInteger(pagination.cursorTimeout)).toBe(true)
    expect(pagination.maxPageSize).toBe(filter.maxResults)
    expect(pagination.defaultPageSize).toBeLessThanOrEqual(pagination.maxPageSize)
  })

  test('C-020 a forged cursor is noticed, whichever character is changed', async () => {
    const { nextCursor } = await first()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let i = 0; i < nextCursor.length; i += 3) {
      // The last character of a base64url text holds bits that no decoder reads: flip all of them at once.
      const at = alphabet.indexOf(nextCursor[i])
      const other = at === -1 ? 'A' : alphabet[(at + 32) % 64]
      const forged = nextCursor.slice(0, i) + other + nextCursor.slice(i + 1)
      expectError(await c.get(`/Users?count=10&cursor=${forged}`), 400, 'invalidCursor')
    }
    expectError(await c.get(`/Users?count=10&cursor=${nextCursor}A`), 400, 'invalidCursor')
    expectError(await c.get(`/Users?count=10&cursor=${nextCursor.slice(0, -1)}`), 400, 'invalidCursor')
  })

  test('C-022 cursors are cheap: nothing is remembered, and one can be used again', async () => {
    const { nextCursor } = await first()
    const [one, two] = [
      await c.get(`/Users?count=10&cursor=${nextCursor}`),
      await c.get(`/Users?count=10&cursor=${nextCursor}`),
    ]
    expect(expectList(one)).toEqual(expectList(two))
    const other = createClient({ base: c.base, token: c.token })
    expect(expectList(await other.get(`/Users?count=10&cursor=${nextCursor}`))).toEqual(expectList(one))
    const { pagination } = (await c.get('/ServiceProviderConfig')).body
    expect(pagination.maxPageSize).toBeLessThanOrEqual(10_000)
  })

  test('C-024 cursor pages have no startIndex', async () => {
    await walk(c, 'count=10', ({ body }) => expect(body).not.toHaveProperty('startIndex'))
  })

  test('C-025 count 0 with a cursor is a count alone', async () => {
    const answer = await c.get('/Users?cursor=&count=0')
    expect(answer.body).toMatchObject({ totalResults: 25, itemsPerPage: 0, Resources: [] })
    expect(answer.body).not.toHaveProperty('nextCursor')
    expect(answer.body).not.toHaveProperty('previousCursor')
  })
})

describe('limits and rights', () => {
  test('C-009 a count above maxPageSize is capped on the first page', async () => {
    const c = await tenantOfUsers(3)
    const { pagination } = (await c.get('/ServiceProviderConfig')).body
    const answer = await c.get('/Users?cursor=&count=1000000')
    expect(answer.status, answer.text).toBe(200)
    expect(expectList(answer).length).toBe(Math.min(3, pagination.maxPageSize))
  })

  test('C-018 a cursor grants nothing: another caller’s is refused like a forged one', async () => {
    const c = await tenantOfUsers(5)
    const { nextCursor } = (await c.get('/Users?cursor=&count=2')).body
    const colleague = await at.connect({ tenant: tenantOf(c) })
    const borrowed = await colleague.get(`/Users?count=2&cursor=${nextCursor}`)
    const forged = await colleague.get(`/Users?count=2&cursor=${nextCursor.slice(0, -4)}AAAA`)
    expectError(borrowed, 400, 'invalidCursor')
    expect(withoutId(borrowed.text)).toBe(withoutId(forged.text))
    expectError(await c.as(undefined).get(`/Users?count=2&cursor=${nextCursor}`), 401)
  })

  test('C-019 a walk ends when its token is revoked', async () => {
    const c = await tenantOfUsers(5)
    const tenant = tenantOf(c)
    const { connection, token } = await at.server.tenancy.connections.create(tenant, { kind: 'strict' })
    const walker = createClient({ base: c.base, token })
    const { nextCursor } = (await walker.get('/Users?cursor=&count=2')).body
    await at.server.tenancy.connections.revoke(tenant, connection.id)
    expectError(await walker.get(`/Users?count=2&cursor=${nextCursor}`), 401)
  })

  test('C-021 errors do not tell hidden from missing', async () => {
    const c = await tenantOfUsers(3)
    const there = await tenantOfUsers(3)
    const { nextCursor, Resources } = (await there.get('/Users?cursor=&count=1')).body
    const foreign = await c.get(`/Users?count=1&cursor=${nextCursor}`)
    const nonsense = await c.get('/Users?count=1&cursor=nonsense')
    expectError(foreign, 400, 'invalidCursor')
    expect(withoutId(foreign.text)).toBe(withoutId(nonsense.text))
    const hidden = await c.get(`/Users/${Resources[0].id}`)
    const missing = await c.get('/Users/00000000-0000-7000-8000-000000000000')
    const blank = (answer: Answer) => withoutId(answer.text).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    expect([hidden.status, blank(hidden)]).toEqual([missing.status, blank(missing)])
  })
})

describe('walks while others write', () => {
  test('C-023 a walk sees every resource that was there throughout exactly once', async () => {
    const c = await tenantOfUsers(60)
    const all = expectList(await c.get('/Users?count=100'))
    const doomed = all.filter((_, i) => i % 5 === 0).map(({ id }) => id)
    const staying = all.filter((_, i) => i % 5 !== 0).map(({ id }) => id)
    for (const query of ['count=7', 'count=7&sortBy=userName', 'count=7&sortBy=title&sortOrder=descending']) {
      const added: Body[] = []
      const seen = await walk(c, query, async () => {
        added.push(
          await c.makeUser({ userName: unique('aaa'), title: 'a' }),
          await c.makeUser({ userName: unique('zzz'), title: 'z' }),
        )
        const gone = doomed.pop()
        if (gone !== undefined) expect((await c.del(`/Users/${gone}`)).status).toBe(204)
        if (added.length > 60) throw new Error('the walk does not end')
      })
      expect(new Set(seen).size, query).toBe(seen.length)
      expect(seen, query).toEqual(expect.arrayContaining(staying))
      for (const { id } of added) await c.del(`/Users/${id}`)
    }
  })
})
