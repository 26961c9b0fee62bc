import { afterEach, describe, expect, test } from 'vitest'
import { json, type Scripted, scripted, type Wire } from '../../test/client/scripted.ts'
import { createClient, User, type Walk } from './index.ts'

const open: Scripted[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const people = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => ({ id: String(from + at), userName: `u${from + at}` }))
const query = (wire: Wire) => new URLSearchParams(wire.target.split('?')[1] ?? '')

/** The ids that a walk gives, with how often the server was asked; at most so many. */
async function walk(answer: (wire: Wire, count: number) => unknown, search: Walk = { paging: 'index' }, most = 1_000) {
  const server = await scripted((wire, count) => json(200, answer(wire, count)))
  open.push(server)
  const app = createClient({ url: server.url })
  const ids: string[] = []
  for await (const user of app.list(User, search)) {
    ids.push(user.id)
    if (ids.length >= most) break
  }
  return { ids, asked: server.seen.map(query), seen: server.seen }
}

describe('a walk by index', () => {
  test('goes on after as many as came, whatever was asked for', async () => {
    const { ids, asked } = await walk(
      (wire) => {
        const from = Number(query(wire).get('startIndex') ?? 1)
        return { totalResults: 7, itemsPerPage: 100, Resources: people(Math.min(3, 8 - from), from) }
      },
      { paging: 'index', count: 100 },
    )
    expect(ids).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect(asked.map((each) => each.get('startIndex'))).toEqual([null, '4', '7'])
  })

  test('ends after one page of a server that ignores count and startIndex and gives everything', async () => {
    const { ids, asked } = await walk(() => ({ totalResults: 5, Resources: people(5) }), { paging: 'index', count: 2 })
    expect(ids).toHaveLength(5)
    expect(asked).toHaveLength(1)
  })

  test('is an error where the server gives the first page again and again', async () => {
    await expect(walk(() => ({ totalResults: 50, Resources: people(5) }))).rejects.toMatchObject({
      code: 'ERR_NOT_SCIM',
      message: expect.stringContaining('same page'),
    })
  })

  test('asks by POST where the server reads startIndex in a body alone', async () => {
    const { ids, seen } = await walk((wire) => {
      const from = wire.method === 'POST' ? JSON.parse(wire.body).startIndex : 1
      return { totalResults: 7, Resources: people(Math.min(3, 8 - from), from) }
    })
    expect(ids).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    expect(seen.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST', 'POST'])
  })

  test('gives what moved between pages once, and goes on', async () => {
    // Five come to the front after the first page.
    const { ids } = await walk((wire, count) => {
      const all = count === 1 ? people(15) : [...people(5, 101), ...people(15)]
      const from =
        wire.method === 'POST' ? JSON.parse(wire.body).startIndex : Number(query(wire).get('startIndex') ?? 1)
      return { totalResults: all.length, Resources: all.slice(from - 1, from + 4) }
    })
    expect(ids).toEqual(people(15).map(({ id }) => id))
  })

  test('ends when people go meanwhile, and when nobody says how many there are', async () => {
    const { ids } = await walk((_wire, count) => ({ totalResults: 100, Resources: count === 1 ? people(5) : [] }))
    expect(ids).toHaveLength(5)
    const silent = await walk((wire) => {
      const from = Number(query(wire).get('startIndex') ?? 1)
      return { Resources: from > 6 ? [] : people(3, from) }
    })
    expect(silent.ids).toHaveLength(6)
  })

  test('stops where its caller stops', async () => {
    const endless = (wire: Wire) => {
      const from = Number(query(wire).get('startIndex') ?? 1)
      return { totalResults: from + 100, Resources: people(10, from) }
    }
    const { ids, asked } = await walk(endless, { paging: 'index' }, 25)
    expect(ids).toHaveLength(25)
    expect(asked).toHaveLength(3)
    expect((await walk(endless, { paging: 'index', limit: 4 })).ids).toHaveLength(4)
    expect((await walk(endless, { limit: 0 })).asked).toEqual([])
  })
})

describe('a walk by cursor', () => {
  const pages = (wire: Wire) => {
    const at = Number(query(wire).get('cursor') || '0')
    return { totalResults: 6, Resources: people(2, at * 2 + 1), ...(at < 2 ? { nextCursor: String(at + 1) } : {}) }
  }

  test('begins with an empty cursor', async () => {
    const { ids, asked } = await walk(pages, { paging: 'cursor' })
    expect(ids).toHaveLength(6)
    expect(asked.map((each) => each.get('cursor'))).toEqual(['', '1', '2'])
  })

  test('is taken where the server says that it can, or just does', async () => {
    const told = await walk(
      (wire) =>
        wire.target.startsWith('/ServiceProviderConfig') ? { patch: {}, pagination: { cursor: true } } : pages(wire),
      {},
    )
    expect(told.ids).toHaveLength(6)
    const did = await walk(
      (wire) => (wire.target.startsWith('/Service') ? { patch: { supported: true } } : pages(wire)),
      {},
    )
    expect(did.ids).toHaveLength(6)
    expect(did.seen.map(({ target }) => target)).toEqual([
      '/ServiceProviderConfig',
      '/Users',
      '/Users?cursor=1',
      '/Users?cursor=2',
    ])
  })

  test('is an error where cursors go round', async () => {
    await expect(
      walk((_wire, count) => ({ Resources: people(1, count), nextCursor: 'again' }), { paging: 'cursor' }),
    ).rejects.toMatchObject({ message: expect.stringContaining('cursor twice') })
  })
})

describe('a long search', () => {
  const long = `userName eq "${'x'.repeat(3_000)}"`

  test('falls back to a URL where the server has no /.search, but never with what is sensitive', async () => {
    const error = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: 'no' }
    const server = await scripted((wire) =>
      wire.method === 'POST' ? json(404, error) : json(200, { totalResults: 1, Resources: people(1) }),
    )
    open.push(server)
    const app = createClient({ url: server.url })
    expect((await app.query(User, { filter: long })).resources).toHaveLength(1)
    await expect(app.query(User, { filter: 'userName eq "x"', sensitive: true })).rejects.toMatchObject({ status: 404 })
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST'])
  })

  test('goes by POST when the server wants it so', async () => {
    const server = await scripted((wire) => {
      if (wire.method === 'POST') return json(200, { totalResults: 0, Resources: [] })
      return json(403, { schemas: [], status: '403', scimType: 'sensitive', detail: 'not in a URL' })
    })
    open.push(server)
    await createClient({ url: server.url }).query(User, { filter: 'phoneNumbers.value eq "1"', count: 5 })
    expect(server.seen.map(({ method, target }) => `${method} ${target.split('?')[0]}`)).toEqual([
      'GET /Users',
      'POST /Users/.search',
    ])
    expect(JSON.parse(server.seen[1]?.body ?? '')).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: 'phoneNumbers.value eq "1"',
      count: 5,
    })
  })
})
