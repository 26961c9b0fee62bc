// Retries, pauses and redirects.

import { afterEach, describe, expect, test } from 'vitest'
import { json, type Reply, raw, type Scripted, scripted, type Wire } from '../../test/client/scripted.ts'
import { type Environment, environment } from '../environment.ts'
import { type Attempt, type ClientOptions, createClient, custom, token, User } from './index.ts'

const USER = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id: '1', userName: 'ada' }
const ok = json(200, USER)
const open: Scripted[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

/** A client of a scripted server, in a environment where waiting takes no time but is counted. */
async function clientOf(answer: (wire: Wire, count: number) => Reply, options: Partial<ClientOptions> = {}) {
  const server = await scripted(answer)
  open.push(server)
  const waits: number[] = []
  const attempts: Attempt[] = []
  let now = Date.parse('2026-11-23T12:00:00Z')
  const own: Environment = {
    ...environment,
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
    onAttempt: (attempt) => attempts.push(attempt),
    environment: own,
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

describe('a pause that the server asked for', () => {
  /** A client in the real time of this machine. */
  async function hurried(options: Partial<ClientOptions>, pause = '3600') {
    const attempts: Attempt[] = []
    const { app, server } = await clientOf(
      (_wire, count) => (count === 1 ? raw(429, '', { 'Retry-After': pause }) : ok),
      { environment, onAttempt: (attempt) => attempts.push(attempt), ...options },
    )
    await app.get(User, '1').catch(() => undefined)
    return { app, server, attempts }
  }

  test('is onAttempt, and waited for no longer than an attempt may take', async () => {
    const { app, server, attempts } = await hurried({ timeoutMs: 50, attempts: 1 })
    const late = await app.get(User, '1').catch((error: unknown) => error)
    expect(late).toMatchObject({ code: 'ERR_TIMEOUT', mayBeDone: false })
    expect((late as Error).message).toMatch(
      /was not sent within 50 ms: the server asked for a pause, of which \d+ s are left/,
    )
    expect((late as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(50_000)
    expect(server.seen).toHaveLength(1)
    expect(attempts.map(({ pausedMs }) => pausedMs !== undefined)).toEqual([false, true, false])
    expect(attempts[2]).toMatchObject({ error: 'ERR_TIMEOUT' })
  })

  test('that outlasts all attempts is not sat out in each of them', async () => {
    const { app, server, attempts } = await hurried({ timeoutMs: 50, attempts: 4 })
    await expect(app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_TIMEOUT', mayBeDone: false })
    expect(attempts.filter(({ pausedMs }) => pausedMs !== undefined)).toHaveLength(1)
    expect(server.seen).toHaveLength(1)
  })

  test('ends with the signal', async () => {
    const { app } = await hurried({ attempts: 1 })
    const stop = new AbortController()
    const waiting = app.get(User, '1', { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })

  test('reaches those who stand in the queue already', async () => {
    const held: (() => void)[] = []
    const { app, attempts, server } = await clientOf(
      (_wire, count) => (socket) => {
        held.push(() => socket.end(count === 1 ? raw(503, '', { 'Retry-After': '60' }) : ok))
      },
      { environment, timeoutMs: 400, attempts: 1, pace: { concurrency: 1 } },
    )
    const both = [app.get(User, '1'), app.get(User, '2')].map((one) =>
      one.catch((error: { code: string }) => error.code),
    )
    while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    held[0]?.()
    expect(await both[1]).toBe('ERR_TIMEOUT')
    expect(attempts.filter(({ pausedMs }) => pausedMs !== undefined)).toHaveLength(1)
    expect(server.seen).toHaveLength(1)
  })

  test('that is short is waited for, and an attempt that came too early is made again', async () => {
    const { app, server } = await hurried({ timeoutMs: 100, backoffMs: 50, attempts: 1 }, '0.05')
    await app.get(User, '1')
    expect(server.seen).toHaveLength(2)
    const longer = await hurried({ timeoutMs: 100, backoffMs: 10, attempts: 30 }, '0.4')
    await longer.app.get(User, '2')
  })
})

test.each([
  [{ attempts: 0 }, 'attempts: must be a whole number of at least 1, not 0'],
  [{ attempts: 1.5 }, 'attempts: must be a whole number'],
  [{ attempts: Number.NaN }, 'attempts: must be'],
  [{ attempts: '3' }, 'attempts: must be'],
  [{ backoffMs: -5 }, 'backoffMs: must be a number of at least 0, not -5'],
  [{ timeoutMs: -1 }, 'timeoutMs: must be a number of at least 1, not -1'],
  [{ timeoutMs: 0 }, 'timeoutMs: must be'],
  [{ timeoutMs: 2 ** 31 }, 'timeoutMs: must be a number of at most 2147483647'],
  [{ waitMs: -1 }, 'waitMs: must be'],
  [{ waitMs: Number.POSITIVE_INFINITY }, 'waitMs: must be a number of at most'],
  [{ answerBytes: 0 }, 'answerBytes: must be'],
  [{ urlLength: -1 }, 'urlLength: must be'],
  [{ discoveryMs: Number.NaN }, 'discoveryMs: must be'],
  [{ pace: { concurrency: 0 } }, 'pace.concurrency: must be a whole number of at least 1, not 0'],
  [{ pace: { perSecond: 0 } }, 'pace.perSecond: must be a number of more than 0, not 0'],
  [{ pace: { perSecond: -1 } }, 'pace.perSecond: must be'],
  [{ pace: { burst: 0 } }, 'pace.burst: must be'],
  [{ pace: 5 }, 'pace: must be options of a pace'],
  [{ pace: { run: 1 } }, 'pace: must have a function "run"'],
  [{ auth: 'token' }, 'auth: must have a function "headers"'],
  [{ environment: {} }, 'environment: must have a function "now"'],
  [{ onAttempt: 'me' }, 'onAttempt: must be a function'],
  [{ headers: { 'x y': 'a' } }, 'headers: "x y" can\'t name a header'],
  [{ headers: { 'x-key': 'secret\nline' } }, 'headers.x-key: must be text without line breaks'],
  [{ url: undefined }, 'url: must be the base URL'],
])('the options %j make no sense, which is said when the client is made', (options, words) => {
  const given = { url: 'https://app.example/scim/v2', ...options } as unknown as ClientOptions
  const error = (() => {
    try {
      return createClient(given)
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toMatchObject({ code: 'ERR_CONFIG', message: expect.stringContaining(words) })
  expect((error as Error).message).not.toContain('secret')
})

describe('a condition without effect', () => {
  const server = (etag: boolean) => (wire: Wire) =>
    wire.target.endsWith('/ServiceProviderConfig') ? json(200, { etag: { supported: etag } }) : ok

  test('is told once the write is done', async () => {
    const { app, attempts } = await clientOf(server(false))
    const person = { userName: 'ada' }
    await app.replace(User, '1', person, { ifMatch: 'W/"3"' })
    await app.patch(User, '1', [{ op: 'remove', path: 'title' }], { ifMatch: '*' })
    await app.remove(User, '1', { ifMatch: 'W/"3"' })
    await app.replace(User, '1', person)
    expect(attempts.filter(({ unheeded }) => unheeded === 'ifMatch').map(({ method }) => method)).toEqual([
      'PUT',
      'PATCH',
      'DELETE',
    ])
  })

  test('is not told where it has one, or where nobody says', async () => {
    const heeds = await clientOf(server(true))
    await heeds.app.replace(User, '1', { userName: 'ada' }, { ifMatch: 'W/"3"' })
    const silent = await clientOf((wire) => (wire.method === 'GET' ? raw(404, '') : ok))
    await silent.app.replace(User, '1', { userName: 'ada' }, { ifMatch: 'W/"3"' })
    for (const { attempts } of [heeds, silent])
      expect(attempts.some(({ unheeded }) => unheeded !== undefined)).toBe(false)
  })
})

test('messages name the URL that was asked', async () => {
  const { app, server } = await clientOf(() => raw(200, '<html><head><TITLE lang="en">\n Sign\n in </title>'))
  await expect(app.get(User, '1')).rejects.toThrow(
    `the answer to GET ${server.url}/scim/v2/Users/1 (200, a page titled "Sign in") is not a JSON object`,
  )
})

test('the title of a hostile page costs no more than a look', async () => {
  // Each of these was the beginning of a search to the end of the text.
  const { app } = await clientOf(() => raw(200, '<title'.repeat(1_000_000)), { attempts: 1 })
  await expect(app.get(User, '1')).rejects.toMatchObject({ code: 'ERR_NOT_SCIM' })
})
