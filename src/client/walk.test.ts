// Walks over all resources of a search.

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
      code: 'ERR_INCOMPLETE',
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

  test('gives what moved between pages once, and what came in front of it too', async () => {
    // Five come to the front after the first page.
    const { ids } = await walk((wire, count) => {
      const all = count === 1 ? people(15) : [...people(5, 101), ...people(15)]
      const from =
        wire.method === 'POST' ? JSON.parse(wire.body).startIndex : Number(query(wire).get('startIndex') ?? 1)
      return { totalResults: all.length, Resources: all.slice(from - 1, from + 4) }
    })
    expect(ids).toEqual([...people(15), ...people(5, 101)].map(({ id }) => id))
  })

  test('ends at an empty page when nobody says how many there are', async () => {
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

/** A server whose list is at hand as it changes: `all` is what it holds at the n-th request. */
const listing = (all: (asked: number) => readonly object[], size = 3) => {
  return (wire: Wire, asked: number) => {
    const from = Number(query(wire).get('startIndex') ?? 1)
    const now = all(asked)
    return { totalResults: now.length, Resources: now.slice(from - 1, from - 1 + size) }
  }
}

describe('a list that is not whole', () => {
  const first3 = (wire: Wire) => (Number(query(wire).get('startIndex') ?? 1) === 1 ? people(3) : [])
  const cases: readonly [string, (wire: Wire, count: number) => unknown][] = [
    ['pages stop', (wire) => ({ totalResults: 8, Resources: first3(wire) })],
    ['pages stop, totalResults is text', (wire) => ({ totalResults: '8', Resources: first3(wire) })],
    ['the first page is empty', () => ({ totalResults: 8, Resources: [] })],
    ['Resources is missing', () => ({ totalResults: 8 })],
    ['Resources is null', () => ({ totalResults: 8, Resources: null })],
    [
      'pages overlap',
      (wire) => {
        const from = Number(query(wire).get('startIndex') ?? 1)
        return { totalResults: 8, Resources: from > 8 ? [] : people(3, Math.max(1, Math.min(5, from - 2))) }
      },
    ],
    ['one is shown twice instead of another', () => ({ totalResults: 4, Resources: [...people(3), ...people(1)] })],
    ['startIndex is ignored', () => ({ totalResults: 8, Resources: people(3) })],
    [
      'the total shrinks to what came',
      (wire) => (first3(wire).length > 0 ? { totalResults: 8, Resources: people(3) } : { totalResults: 3 }),
    ],
    ['an entry has no id', () => ({ totalResults: 3, Resources: [...people(2), { userName: 'u3' }] })],
    ['an entry is null', () => ({ totalResults: 3, Resources: [...people(2), null] })],
  ]
  test.each(cases)('%s', async (_case, answer) => {
    await expect(walk(answer)).rejects.toMatchObject({
      name: 'TransportError',
      code: 'ERR_INCOMPLETE',
      mayBeDone: false,
      message: expect.stringContaining('/Users is not whole'),
    })
    const { ids } = await walk(answer, { paging: 'index', partial: true })
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('a full page that comes again where nobody says how many there are', async () => {
    const answer = () => ({ Resources: people(3) })
    await expect(walk(answer, { paging: 'index', count: 3 })).rejects.toMatchObject({ code: 'ERR_INCOMPLETE' })
    // A page that is not full, or that nobody asked to be so long, is all there is.
    expect((await walk(answer, { paging: 'index', count: 4 })).ids).toHaveLength(3)
    expect((await walk(answer, { paging: 'index' })).ids).toHaveLength(3)
  })

  test('by cursor: cursors that end early', async () => {
    const pages = (wire: Wire) =>
      query(wire).get('cursor') === ''
        ? { totalResults: 6, Resources: people(2), nextCursor: 'a' }
        : { totalResults: 6, Resources: people(2, 3) }
    await expect(walk(pages, { paging: 'cursor' })).rejects.toMatchObject({ code: 'ERR_INCOMPLETE' })
    expect((await walk(pages, { paging: 'cursor', partial: true })).ids).toHaveLength(4)
  })

  test('gives all that came before it says so, and says how many', async () => {
    const server = await scripted((wire) => json(200, { totalResults: 8, Resources: first3(wire) }))
    open.push(server)
    const ids: string[] = []
    const all = (async () => {
      for await (const { id } of createClient({ url: server.url }).list(User, { paging: 'index' })) ids.push(id)
    })()
    await expect(all).rejects.toThrow('3 different resources came, and totalResults says 8')
    expect(ids).toEqual(['1', '2', '3'])
  })

  test('is read once more before that is said, and no more when nothing changes', async () => {
    const { asked } = await walk((wire) => ({ totalResults: 8, Resources: first3(wire) })).catch(async () => ({
      asked: open.at(-1)?.seen.map(query) ?? [],
    }))
    expect(asked.map((each) => each.get('startIndex'))).toEqual([null, '4', null, '4'])
  })

  test('a page that came up short once is made good by the second pass', async () => {
    let isHealthy = false
    const { ids } = await walk((wire, count) => {
      isHealthy ||= count > 2
      const from = Number(query(wire).get('startIndex') ?? 1)
      return { totalResults: 5, Resources: isHealthy ? people(Math.min(3, 6 - from), from) : first3(wire) }
    })
    expect(ids).toEqual(['1', '2', '3', '4', '5'])
  })

  test('a limit and a caller that stops are no shortfall', async () => {
    const answer = (wire: Wire) => ({ totalResults: 8, Resources: first3(wire) })
    expect((await walk(answer, { paging: 'index', limit: 3 })).ids).toHaveLength(3)
    expect((await walk(answer, { paging: 'index' }, 3)).ids).toHaveLength(3)
  })

  test.each([[0], [-1], [Number.NaN]])('count %s walks nowhere, which is said at once', async (count) => {
    await expect(walk(() => ({}), { count })).rejects.toMatchObject({ code: 'ERR_CONFIG', option: 'count' })
  })
})

describe('a list that changes while it is read', () => {
  test('people who go move others to where the next page no longer looks: these are read all the same', async () => {
    const gone = people(9).filter(({ id }) => id !== '2')
    const { ids } = await walk(listing((asked) => (asked === 1 ? people(9) : gone)))
    expect(ids.toSorted()).toEqual(people(9).map(({ id }) => id))
  })

  test('people who come are in it, wherever they stand', async () => {
    const { ids } = await walk(listing((asked) => (asked === 1 ? people(9) : [...people(1, 100), ...people(9)])))
    expect(ids).toContain('100')
    expect(ids).toHaveLength(10)
  })

  test('one that changes all the time is whole when nobody who was there throughout is missing', async () => {
    // With every other request somebody who has been read goes.
    const { ids } = await walk(listing((asked) => people(30).slice(Math.floor(asked / 2)), 5))
    for (const { id } of people(10, 21)) expect(ids).toContain(id)
    // With each request somebody comes in front.
    const grows = await walk(listing((asked) => [...people(asked, 1_000).reverse(), ...people(9)]))
    for (const { id } of people(9)) expect(grows.ids).toContain(id)
  })

  test('a server whose totalResults is what remains is read to its end', async () => {
    const { ids } = await walk((wire) => {
      const from = Number(query(wire).get('startIndex') ?? 1)
      return { totalResults: Math.max(0, 9 - from), Resources: people(8).slice(from - 1, from + 2) }
    })
    expect(ids).toHaveLength(8)
  })

  test('a cursor that expires begins again, and gives only what is new', async () => {
    let lives = 2
    const server = await scripted((wire) => {
      const at = Number(query(wire).get('cursor') || '0')
      if (at > 0 && --lives < 0) {
        lives = 4
        return json(400, {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: '400',
          scimType: 'expiredCursor',
        })
      }
      return json(200, {
        totalResults: 10,
        Resources: people(2, at * 2 + 1),
        ...(at < 4 ? { nextCursor: String(at + 1) } : {}),
      })
    })
    open.push(server)
    const ids: string[] = []
    for await (const { id } of createClient({ url: server.url }).list(User, { paging: 'cursor' })) ids.push(id)
    expect(ids).toEqual(people(10).map(({ id }) => id))
  })

  test('one that expires again and again at the same place is an error', async () => {
    const expired = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '400',
      scimType: 'expiredCursor',
    }
    const server = await scripted((wire) =>
      query(wire).get('cursor') === ''
        ? json(200, { totalResults: 4, Resources: people(2), nextCursor: 'a' })
        : json(400, expired),
    )
    open.push(server)
    const ids: string[] = []
    const all = (async () => {
      for await (const { id } of createClient({ url: server.url }).list(User, { paging: 'cursor' })) ids.push(id)
    })()
    await expect(all).rejects.toMatchObject({ scimType: 'expiredCursor' })
    expect(ids).toEqual(['1', '2'])
  })
})
