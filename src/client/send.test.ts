import { afterEach, describe, expect, test } from 'vitest'
import { json, type Reply, raw, type Scripted, scripted, type Wire } from '../../test/client/scripted.ts'
import { type World, world } from '../world.ts'
import { type Attempt, type ClientOptions, createClient, custom, token, User } from './index.ts'

const USER = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id: '1', userName: 'ada' }
const ok = json(200, USER)
const open: Scripted[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

/** A client of a scripted server, in a world where waiting takes no time but is counted. */
async function clientOf(answer: (wire: Wire, count: number) => Reply, options: Partial<ClientOptions> = {}) {
  const server = await scripted(answer)
  open.push(server)
  const waits: number[] = []
  const attempts: Attempt[] = []
  let now = Date.parse('2026-11-23T12:00:00Z')
  const own: World = {
    ...world,
    now: () => now,
    random: (bytes) => bytes.fill(0x80),
    wait: async (ms, signal) => {
      signal?.throwIfAborted()
      waits.push(ms)
      now += ms
    },
  }
  const app = createClient({
    url: `${server.url}/scim/v2`,
    auth: token('secret'),
    told: (attempt) => attempts.push(attempt),
    world: own,
    ...options,
  })
  return { app, server, waits, attempts }
}

describe('what is tried again', () => {
  test('429 by anything, after as many seconds as it says', async () => {
    const { app, waits, server } = await clientOf((_wire, count) =>
      count === 1 ? raw(429, '', { 'Retry-After': '7' }) : json(201, USER),
    )
    expect((await app.create(User, { userName: 'ada' })).id).toBe('1')
    expect(waits).toEqual([7_000])
    expect(server.seen).toHaveLength(2)
  })

  test('503 until a date', async () => {
    const { app, waits } = await clientOf((_wire, count) =>
      count === 1 ? raw(503, '', { 'Retry-After': 'Mon, 23 Nov 2026 12:00:30 GMT' }) : ok,
    )
    await app.get(User, '1')
    expect(waits).toEqual([30_000])
  })

  test('without a word on when, after a random part of a bound that doubles', async () => {
    const { app, waits } = await clientOf((_wire, count) => (count < 4 ? raw(503, '') : ok), { backoffMs: 100 })
    await app.get(User, '1')
    expect(waits).toEqual([50, 100, 200])
  })

  test('not for longer than allowed: then the error says when', async () => {
    const { app, waits } = await clientOf(() => raw(429, '<html>', { 'Retry-After': '3600' }))
    await expect(app.get(User, '1')).rejects.toMatchObject({
      code: 'ERR_NOT_SCIM',
      status: 429,
      retryAfterMs: 3_600_000,
    })
    expect(waits).toEqual([])
  })

  test('no more often than asked for', async () => {
    const { app, server } = await clientOf(() => raw(503, ''), { attempts: 3 })
    await expect(app.get(User, '1')).rejects.toMatchObject({ name: 'ScimError', status: 503 })
    expect(server.seen).toHaveLength(3)
  })

  test('500 and cut connections by what may be repeated, and not by POST and PATCH', async () => {
    const cut: Reply = (socket) => socket.destroy()
    for (const first of [raw(500, ''), cut]) {
      const answer = (wire: Wire, count: number): Reply =>
        count === 1 ? first : wire.method === 'DELETE' ? raw(204, '') : ok
      const get = await clientOf(answer)
      expect((await get.app.get(User, '1')).id).toBe('1')
      const put = await clientOf(answer)
      expect((await put.app.replace(User, '1', { userName: 'ada' })).id).toBe('1')
      const post = await clientOf(answer)
      await expect(post.app.create(User, { userName: 'ada' })).rejects.toMatchObject(
        first === cut ? { code: 'ERR_NETWORK', mayBeDone: true } : { status: 500 },
      )
      expect(post.server.seen).toHaveLength(1)
      const patch = await clientOf(answer)
      await expect(patch.app.patch(User, '1', [])).rejects.toThrow()
      expect(patch.server.seen).toHaveLength(1)
      // The second one would be told that the version is another: by the first.
      const conditional = await clientOf(answer)
      await expect(conditional.app.replace(User, '1', { userName: 'a' }, { ifMatch: 'W/"1"' })).rejects.toThrow()
      expect(conditional.server.seen).toHaveLength(1)
    }
  })

  test('a DELETE whose answer was lost, and that finds nothing then, is done', async () => {
    const gone = json(404, { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: 'gone' })
    const { app } = await clientOf((_wire, count) => (count === 1 ? (socket) => socket.destroy() : gone))
    await app.remove(User, '1')
    const other = await clientOf(() => gone)
    await expect(other.app.remove(User, '1')).rejects.toMatchObject({ status: 404 })
  })

  test('anything where no connection came about: nothing can have been done', async () => {
    const gone = await scripted(() => ok)
    await gone.close()
    const { attempts, app } = await clientOf(() => ok, { url: gone.url })
    await expect(app.create(User, { userName: 'ada' })).rejects.toMatchObject({ code: 'ERR_NETWORK', mayBeDone: false })
    expect(attempts.map(({ error }) => error)).toEqual(['ERR_NETWORK', 'ERR_NETWORK', 'ERR_NETWORK', 'ERR_NETWORK'])
  })
})

describe('what is given up', () => {
  test('an answer that does not come, with a word on whether it may be done', async () => {
    const silent: Reply = () => undefined
    const { app, server } = await clientOf(() => silent, { timeoutMs: 50, attempts: 2 })
    await expect(app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_TIMEOUT', mayBeDone: false })
    expect(server.seen).toHaveLength(2)
    await expect(app.create(User, { userName: 'a' })).rejects.toMatchObject({ code: 'ERR_TIMEOUT', mayBeDone: true })
    expect(server.seen).toHaveLength(3)
  })

  test('an answer that stops in the middle', async () => {
    const half: Reply = (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id"')
    const { app } = await clientOf(() => half, { timeoutMs: 50, attempts: 1 })
    await expect(app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_TIMEOUT' })
    const cut: Reply = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id"')
    const other = await clientOf(() => cut, { attempts: 1 })
    await expect(other.app.patch(User, '1', [])).rejects.toMatchObject({ code: 'ERR_NETWORK', mayBeDone: true })
  })

  test('an answer that is too long, at the limit and one past it', async () => {
    const bytes = Buffer.byteLength(JSON.stringify(USER))
    const { app } = await clientOf(() => ok, { answerBytes: bytes })
    expect((await app.get(User, '1')).id).toBe('1')
    const other = await clientOf(() => ok, { answerBytes: bytes - 1 })
    await expect(other.app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_TOO_LARGE' })
  })

  test('whatever its caller gives up, with the reason that the caller gave', async () => {
    const { app } = await clientOf(() => () => undefined)
    const controller = new AbortController()
    const work = app.get(User, '1', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(work).rejects.toThrow('enough')
    await expect(app.get(User, '1', { signal: controller.signal })).rejects.toThrow('enough')
  })
})

describe('redirects', () => {
  test('lead on within the origin', async () => {
    const { app, server } = await clientOf((wire) =>
      wire.target === '/scim/v2/Users/1' ? raw(307, '', { Location: '/other/Users/1' }) : ok,
    )
    expect((await app.get(User, '1')).id).toBe('1')
    expect(server.seen.at(-1)?.target).toBe('/other/Users/1')
  })

  test('never take the credentials to another origin', async () => {
    const elsewhere = await scripted(() => ok)
    open.push(elsewhere)
    const { app } = await clientOf(() => raw(308, '', { Location: `${elsewhere.url}/Users/1` }))
    await expect(app.get(User, '1')).rejects.toMatchObject({
      code: 'ERR_REDIRECT',
      message: expect.stringContaining(elsewhere.url),
    })
    expect(elsewhere.seen).toEqual([])
  })

  test('never turn a write into a GET, and end', async () => {
    const { app } = await clientOf(() => raw(302, '', { Location: '/login' }))
    await expect(app.create(User, { userName: 'a' })).rejects.toMatchObject({ code: 'ERR_REDIRECT', mayBeDone: false })
    await expect(app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_REDIRECT' })
  })
})

test('what goes out: media types, a User-Agent, the version, filters with %20, ids encoded whole', async () => {
  const { app, server } = await clientOf(() => json(200, { Resources: [], totalResults: 0 }))
  await app.query(User, { filter: 'userName eq "a b+c"' })
  await app.patch(User, 'a/b&c', [{ op: 'remove', path: 'title' }], { ifMatch: 'W/"3"' })
  const [query, patch] = server.seen
  expect(query?.target).toBe('/scim/v2/Users?filter=userName%20eq%20%22a%20b%2Bc%22')
  expect(query?.headers.get('accept')).toBe('application/scim+json, application/json')
  expect(query?.headers.get('user-agent')).toBe('Lockstep')
  expect(query?.headers.get('authorization')).toBe('Bearer secret')
  expect(patch?.target).toBe('/scim/v2/Users/a%2Fb%26c')
  expect(patch?.headers.get('if-match')).toBe('W/"3"')
  expect(patch?.headers.get('content-type')).toBe('application/scim+json')
})

test('a 401 has new credentials made once', async () => {
  const refused: (string | undefined)[] = []
  const auth = custom(async (ask) => {
    refused.push(ask.refused)
    return { authorization: `Key ${refused.length}` }
  })
  const { app, server } = await clientOf((_wire, count) => (count === 1 ? raw(401, '') : ok), { auth })
  await app.get(User, '1')
  expect(refused).toEqual([undefined, 'Key 1'])
  const { app: never } = await clientOf(() => raw(401, ''), { auth })
  await expect(never.get(User, '1')).rejects.toMatchObject({ status: 401 })
  const fixed = await clientOf(() => raw(401, ''))
  await expect(fixed.app.get(User, '1')).rejects.toMatchObject({ status: 401 })
  expect(fixed.server.seen).toHaveLength(1)
  expect(server.seen.map(({ headers }) => headers.get('authorization'))).toEqual(['Key 1', 'Key 2'])
})

test('no secret is in an error or a note', async () => {
  const { app, attempts } = await clientOf(() => raw(500, '<html>no</html>'), { attempts: 1 })
  const error = await app.query(User, { filter: 'userName eq "private@example.com"' }).catch((thrown: Error) => thrown)
  const text = JSON.stringify([attempts, error, (error as Error).message])
  expect(text).not.toContain('secret')
  expect(text).not.toContain('private')
  expect(() => token('a\nb')).toThrow(/characters/)
})
