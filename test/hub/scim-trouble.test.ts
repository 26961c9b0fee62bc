// What goes wrong between the hub and a SCIM app, and what the hub is told of it.

import { describe, expect, test } from 'vitest'
import { environment } from '../../src/environment.ts'
import { AppError, type AppTrouble } from '../../src/hub/contract/index.ts'
import type { Json } from '../../src/protocol/index.ts'
import { createFakeApp, FAKE_PROFILES, listen } from '../../src/testing/index.ts'
import { CALL, openApp } from './scim-app.ts'

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
const scim = (status: number, detail: string, more: { readonly [name: string]: Json } = {}) =>
  JSON.stringify({ schemas: [ERROR], status: String(status), detail, ...more })

/** An app with one answer for everything, or for each request its own. */
function answering(...answers: readonly (() => Response | Promise<Response>)[]) {
  const asked: string[] = []
  const adapter = openApp({
    url: 'https://app.example/scim/v2',
    token: 'token-of-the-app',
    async fetch(url, { method = 'GET', signal }) {
      asked.push(`${method} ${url.replace('https://app.example/scim/v2', '')}`)
      const answer = answers[Math.min(asked.length, answers.length) - 1]
      signal?.throwIfAborted()
      return answer === undefined ? new Response(null, { status: 204 }) : answer()
    },
  })
  return { adapter, asked }
}

const change = { before: { userName: 'a' }, after: { userName: 'b' }, uncertain: [] }
const inTenSeconds = () => new Date(environment.now() + 10_500).toUTCString()

describe('an update', () => {
  test.each<[string, () => Response | Promise<Response>, AppTrouble, number | undefined]>([
    ['400', () => new Response(scim(400, 'no'), { status: 400 }), 'refused', 400],
    [
      '400 that says it is taken',
      () => new Response(scim(400, 'userName already exists'), { status: 400 }),
      'conflict',
      400,
    ],
    [
      '400 with the keyword',
      () => new Response(scim(400, 'x', { scimType: 'uniqueness' }), { status: 400 }),
      'conflict',
      400,
    ],
    ['409', () => new Response(scim(409, 'taken'), { status: 409 }), 'conflict', 409],
    ['400 tooMany', () => new Response(scim(400, 'x', { scimType: 'tooMany' }), { status: 400 }), 'too-large', 400],
    ['413 of a gateway', () => new Response('<html>', { status: 413 }), 'too-large', 413],
    ['401', () => new Response(scim(401, 'who'), { status: 401 }), 'credentials', 401],
    ['403', () => new Response(scim(403, 'no'), { status: 403 }), 'credentials', 403],
    [
      '403 about a value',
      () => new Response(scim(403, 'no', { scimType: 'mutability' }), { status: 403 }),
      'refused',
      403,
    ],
    [
      '403 of a rate limit',
      () => new Response('{}', { status: 403, headers: { 'retry-after': '5' } }),
      'throttled',
      403,
    ],
    ['403 in HTML', () => new Response('<html>', { status: 403 }), 'credentials', 403],
    ['429', () => new Response('{"code":1,"message":"slow down"}', { status: 429 }), 'throttled', 429],
    ['503 in HTML', () => new Response('<html>', { status: 503 }), 'throttled', 503],
    ['500', () => new Response(scim(500, 'oops'), { status: 500 }), 'unknown', 500],
    ['502 in HTML', () => new Response('<html>', { status: 502 }), 'unknown', 502],
    ['501', () => new Response(scim(501, 'never'), { status: 501 }), 'refused', 501],
    ['200 in HTML', () => new Response('<html><title>Sign in</title>', { status: 200 }), 'unknown', 200],
    [
      'a redirect elsewhere',
      () => new Response(null, { status: 302, headers: { location: 'https://x.example/' } }),
      'credentials',
      undefined,
    ],
    [
      'a connection that breaks',
      () => Promise.reject(Object.assign(new TypeError('x'), { cause: { code: 'ECONNRESET' } })),
      'unknown',
      undefined,
    ],
    [
      'nobody there',
      () => Promise.reject(Object.assign(new TypeError('x'), { cause: { code: 'ECONNREFUSED' } })),
      'unavailable',
      undefined,
    ],
    [
      'no such name',
      () => Promise.reject(Object.assign(new TypeError('x'), { cause: { code: 'ENOTFOUND' } })),
      'unavailable',
      undefined,
    ],
    [
      'an address that is refused',
      () => Promise.reject(Object.assign(new Error('x'), { code: 'ERR_OUTBOUND_REFUSED' })),
      'unavailable',
      undefined,
    ],
  ])('%s', async (_case, answer, trouble, status) => {
    const { adapter, asked } = answering(answer)
    const error = await adapter.update('User', '1', change, CALL).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ trouble, status })
    // Nothing is tried again here.
    expect(asked).toEqual(['PATCH /Users/1'])
  })

  test.each<[string, string | undefined, number | undefined]>([
    ['seconds', '7', 7_000],
    ['fractions', '0.5', 500],
    ['a date that has passed', 'Mon, 01 Jan 2001 00:00:00 GMT', 0],
    ['nonsense', 'soon', undefined],
    ['less than nothing', '-3', undefined],
    ['nothing', undefined, undefined],
  ])('Retry-After: %s', async (_case, header, expected) => {
    const headers: { [name: string]: string } = header === undefined ? {} : { 'retry-after': header }
    const { adapter } = answering(() => new Response(scim(429, 'slow'), { status: 429, headers }))
    await expect(adapter.update('User', '1', change, CALL)).rejects.toMatchObject({
      trouble: 'throttled',
      retryAfterMs: expected,
    })
  })

  test('Retry-After: a date', async () => {
    const { adapter } = answering(() => new Response('', { status: 503, headers: { 'retry-after': inTenSeconds() } }))
    const error = (await adapter.update('User', '1', change, CALL).catch((thrown: unknown) => thrown)) as AppError
    expect(error.trouble).toBe('throttled')
    expect(error.retryAfterMs).toBeGreaterThan(8_000)
    expect(error.retryAfterMs).toBeLessThanOrEqual(10_500)
  })

  test('a read that fails has changed nothing, however it fails', async () => {
    for (const status of [500, 502, 408]) {
      const { adapter } = answering(() => new Response('<html>', { status }))
      await expect(adapter.read('User', '1', CALL)).rejects.toMatchObject({ trouble: 'unavailable' })
    }
  })

  test('what a server repeats of secrets does not come into messages, and long ones are cut', async () => {
    const told = `token-of-the-app with hunter22 ${'x'.repeat(5_000)}`
    const { adapter } = answering(() => new Response(scim(400, told), { status: 400 }))
    const after = { userName: 'a', password: 'hunter22' }
    const error = (await adapter
      .update('User', '1', { before: { userName: 'a' }, after, uncertain: [] }, CALL)
      .catch((thrown: unknown) => thrown)) as AppError
    expect(error.message).not.toMatch(/token-of-the-app|hunter22/)
    expect(error.message).toContain('(secret)')
    expect(error.message.length).toBeLessThanOrEqual(500)
    expect(error.cause).toBeUndefined()
  })
})

test('what no request can be made of is refused, and nothing is sent', async () => {
  const { adapter, asked } = answering(() => Response.json({}))
  await expect(adapter.read('User', '..', CALL)).rejects.toMatchObject({ name: 'AppError', trouble: 'refused' })
  await expect(adapter.remove('User', '', CALL)).rejects.toMatchObject({ trouble: 'refused' })
  const after = { userName: { a: 1 } }
  const update = adapter.update('User', '1', { before: {}, after, uncertain: [] }, CALL)
  await expect(update).rejects.toMatchObject({ trouble: 'refused' })
  await expect(adapter.list('User', 'nonsense', CALL)).rejects.toBeInstanceOf(AppError)
  expect(asked).toEqual([])
})

describe('what is not there', () => {
  const gone = () => new Response(scim(404, 'no such user'), { status: 404 })
  const router = () => new Response('{"message":"no route matched"}', { status: 404 })
  const list = () => Response.json({ totalResults: 0, Resources: [] })

  test('an account that is not there, in an app that is', async () => {
    const { adapter, asked } = answering(gone, list)
    expect(await adapter.read('User', '1', CALL)).toBeUndefined()
    expect(asked).toEqual(['GET /Users/1', 'GET /Users?count=1'])
  })

  test('an app that is not there: the URL is wrong, and nobody has gone', async () => {
    const { adapter } = answering(router)
    await expect(adapter.read('User', '1', CALL)).rejects.toMatchObject({ trouble: 'credentials', status: 404 })
    await expect(adapter.disable('1', change, CALL)).rejects.toMatchObject({ trouble: 'credentials' })
    await expect(adapter.remove('User', '1', CALL)).rejects.toMatchObject({ trouble: 'credentials' })
    await expect(adapter.list('User', undefined, CALL)).rejects.toMatchObject({ trouble: 'credentials' })
  })

  test('an app that does not answer: nobody knows', async () => {
    const { adapter } = answering(gone, () => new Response('', { status: 500 }))
    await expect(adapter.remove('User', '1', CALL)).rejects.toMatchObject({ trouble: 'unavailable' })
  })
})

describe('lists that are not whole', () => {
  const page = (ids: readonly string[], totalResults?: number) => () =>
    Response.json({
      Resources: ids.map((id) => ({ id, userName: id })),
      ...(totalResults === undefined ? {} : { totalResults }),
    })
  const readAll = async (adapter: ReturnType<typeof answering>['adapter']) => {
    const ids: string[] = []
    let next: string | undefined
    do {
      const one = await adapter.list('User', next, CALL)
      ids.push(...one.accounts.map(({ id }) => id))
      next = one.next
    } while (next !== undefined)
    return ids
  }

  test.each<[string, readonly (() => Response)[], string]>([
    ['ends early', [page(['a', 'b'], 5), page([], 5)], 'ended after 2 entries'],
    ['begins again', [page(['a', 'b'], 5), page(['a', 'b'], 5)], 'gives the same page'],
    ['begins again, without a total', [page(['a', 'b']), page(['a', 'b'])], 'gives the same page'],
    [
      'an entry without an id',
      [() => Response.json({ totalResults: 1, Resources: [{ userName: 'a' }] })],
      'have no id',
    ],
    ['no list', [() => Response.json({ ok: true })], 'neither "Resources" nor "totalResults"'],
  ])('%s', async (_case, answers, message) => {
    const { adapter } = answering(...answers)
    await expect(readAll(adapter)).rejects.toMatchObject({
      trouble: 'unavailable',
      message: expect.stringContaining(message),
    })
  })

  test('pages shorter than were asked for, a total that grows, and none at all', async () => {
    expect(await readAll(answering(page(['a', 'b'], 3), page(['c'], 3)).adapter)).toEqual(['a', 'b', 'c'])
    expect(await readAll(answering(page(['a'], 2), page(['b'], 3), page(['c'], 3)).adapter)).toEqual(['a', 'b', 'c'])
    expect(await readAll(answering(page(['a']), page(['b']), page([])).adapter)).toEqual(['a', 'b'])
    expect(await readAll(answering(page([], 0)).adapter)).toEqual([])
  })

  test('a list that becomes shorter is read again from before', async () => {
    const { adapter, asked } = answering(page(['a', 'b'], 4), page(['c', 'd'], 3), page(['d'], 3))
    expect(await readAll(adapter)).toEqual(['a', 'b', 'c', 'd', 'd'].slice(0, 4))
    expect(asked[1]).toContain('startIndex=3')
  })

  test('by cursor: each page once, and an end that is one', async () => {
    const at = (ids: readonly string[], more: object) => () =>
      Response.json({ Resources: ids.map((id) => ({ id, userName: id })), ...more })
    const open = (...answers: readonly (() => Response)[]) => {
      const asked: string[] = []
      const adapter = openApp({
        url: 'https://app.example/scim',
        profile: { paging: { style: 'cursor', count: 2 } },
        async fetch(url) {
          asked.push(url)
          return answers[asked.length - 1]?.() ?? Response.error()
        },
      })
      return { adapter, asked }
    }
    const whole = open(at(['a', 'b'], { totalResults: 3, nextCursor: 'n&1' }), at(['c'], { totalResults: 3 }))
    expect(await readAll(whole.adapter)).toEqual(['a', 'b', 'c'])
    expect(whole.asked).toEqual([
      'https://app.example/scim/Users?cursor=&count=2',
      'https://app.example/scim/Users?cursor=n%261&count=2',
    ])
    const early = open(at(['a', 'b'], { totalResults: 3 }))
    await expect(readAll(early.adapter)).rejects.toThrow('ended after 2 entries')
    const round = open(at(['a'], { nextCursor: 'n' }), at(['b'], { nextCursor: 'n' }))
    await expect(readAll(round.adapter)).rejects.toThrow('the same page again')
  })

  test('by link: only below the base URL', async () => {
    const open = (link: string) => {
      const asked: string[] = []
      const adapter = openApp({
        url: 'https://app.example/scim',
        profile: { paging: { style: 'link' } },
        async fetch(url) {
          asked.push(url)
          const last = asked.length > 1
          const headers: { [name: string]: string } = last ? {} : { link }
          return Response.json(
            { totalResults: 2, Resources: [{ id: String(asked.length), userName: 'x' }] },
            { headers },
          )
        },
      })
      return { adapter, asked }
    }
    const { adapter, asked } = open(
      '<https://app.example/scim/Users?page=2>; rel="next", <https://app.example/>; rel="first"',
    )
    expect(await readAll(adapter)).toEqual(['1', '2'])
    expect(asked[1]).toBe('https://app.example/scim/Users?page=2')
    await expect(readAll(open('<https://evil.example/scim/Users>; rel=next').adapter)).rejects.toThrow('not below')
    await expect(readAll(open('</other/Users>; rel=next').adapter)).rejects.toThrow('not below')
  })
})

describe('searches', () => {
  const found =
    (...accounts: readonly Json[]) =>
    () =>
      Response.json({ totalResults: accounts.length, Resources: accounts })

  test('what an app gives besides, because it does not heed filters, is left out', async () => {
    const key = { attribute: 'userName', value: 'Ada' }
    const two = found({ id: '1', userName: 'ada' }, { id: '2', userName: 'bob' })
    expect((await answering(two).adapter.find('User', key, CALL)).map(({ id }) => id)).toEqual(['1'])
    expect(await answering(found({ id: '2', userName: 'bob' })).adapter.find('User', key, CALL)).toEqual([])
    const many = () => Response.json({ totalResults: 500, Resources: [{ id: '2', userName: 'bob' }] })
    await expect(answering(many).adapter.find('User', key, CALL)).rejects.toMatchObject({ trouble: 'refused' })
  })

  test('values are quoted', async () => {
    const { adapter, asked } = answering(found())
    await adapter.find('User', { attribute: 'userName', value: 'a" or userName pr or "' }, CALL)
    expect(decodeURIComponent(asked[0] ?? '')).toContain('filter=userName eq "a\\" or userName pr or \\""')
  })
})

test('headers of a call go with each request, and a call that is over sends nothing', async () => {
  const app = createFakeApp({ profile: FAKE_PROFILES.strict, token: 't' })
  const at = await listen(app)
  try {
    const adapter = openApp({ url: at.base, token: 't' })
    await adapter.list('User', undefined, { ...CALL, headers: { traceparent: '00-1-1-01', 'x-basis': '7' } })
    expect(app.trace()[0]?.headers).toMatchObject({
      traceparent: '00-1-1-01',
      'x-basis': '7',
      'user-agent': 'Lockstep',
    })
    app.clearTrace()
    const over = new AbortController()
    over.abort(new Error('the lease is lost'))
    await expect(adapter.remove('User', '1', { signal: over.signal, headers: {} })).rejects.toMatchObject({
      trouble: 'unavailable',
    })
    expect(app.trace()).toEqual([])
    app.fault({ fault: { kind: 'silent' } })
    const soon = new AbortController()
    const removal = adapter.remove('User', '1', { signal: soon.signal, headers: {} })
    while (app.trace().length === 0) await environment.wait(1)
    soon.abort(new Error('the lease is lost'))
    await expect(removal).rejects.toMatchObject({ trouble: 'unknown' })
  } finally {
    await at.close()
  }
})

describe('credentials', () => {
  test('each kind goes as it should, and nothing else is asked on the way', async () => {
    const headers: (string | null)[] = []
    const asked: string[] = []
    const open = (credentials: Parameters<typeof openApp>[0]['credentials']) =>
      openApp({
        url: 'https://app.example/scim',
        token: 'se:cret',
        ...(credentials === undefined ? {} : { credentials }),
        async fetch(url, init) {
          asked.push(url)
          if (url.endsWith('/token'))
            return Response.json({ access_token: 'at-1', token_type: 'Bearer', expires_in: 3600 })
          headers.push(new Headers(init.headers).get(credentials?.kind === 'header' ? 'x-api-key' : 'authorization'))
          return Response.json({ totalResults: 0 })
        },
      })
    await open({ kind: 'bearer', env: 'X' }).list('User', undefined, CALL)
    await open({ kind: 'basic', env: 'X', public: { user: 'me' } }).list('User', undefined, CALL)
    await open({ kind: 'header', env: 'X', public: { name: 'X-Api-Key' } }).list('User', undefined, CALL)
    const oauth = open({
      kind: 'oauth2-client',
      env: 'X',
      public: { tokenUrl: 'https://login.example/token', clientId: 'c' },
    })
    await oauth.list('User', undefined, CALL)
    await oauth.list('User', undefined, CALL)
    expect(headers).toEqual(['Bearer se:cret', `Basic ${btoa('me:se:cret')}`, 'se:cret', 'Bearer at-1', 'Bearer at-1'])
    expect(asked.filter((url) => url.endsWith('/token'))).toHaveLength(1)
  })

  test('a secret that is missing, and a token that is refused, are told as such', async () => {
    const missing = openApp({ url: 'https://app.example/scim', credentials: { kind: 'bearer', env: 'X' } })
    await expect(missing.list('User', undefined, CALL)).rejects.toMatchObject({
      trouble: 'credentials',
      message: expect.stringContaining('no secret'),
    })
    const refused = openApp({
      url: 'https://app.example/scim',
      token: 's',
      credentials: {
        kind: 'oauth2-client',
        env: 'X',
        public: { tokenUrl: 'https://login.example/token', clientId: 'c' },
      },
      fetch: async () => Response.json({ error: 'invalid_client' }, { status: 401 }),
    })
    await expect(refused.list('User', undefined, CALL)).rejects.toMatchObject({ trouble: 'credentials' })
  })

  test.each<[string, Parameters<typeof openApp>[0], string]>([
    [
      'a kind that the app does not take',
      { url: 'https://a.example', profile: 'aws', credentials: { kind: 'basic', env: 'X', public: { user: 'me' } } },
      'aws takes bearer, not basic',
    ],
    ['no user', { url: 'https://a.example', credentials: { kind: 'basic', env: 'X' } }, 'credentials.public.user'],
    [
      'a header that is none',
      { url: 'https://a.example', credentials: { kind: 'header', env: 'X', public: { name: 'a b' } } },
      'credentials.public.name',
    ],
    ['no URL', { url: 'app.example' }, 'options.url'],
    ['credentials in the URL', { url: 'https://me:pw@a.example' }, 'must not contain credentials'],
    ['a setting that is none', { url: 'https://a.example', profile: { uesr: {} } }, 'did you mean user?'],
  ])('%s', (_case, app, message) => {
    expect(() => openApp(app)).toThrow(message)
  })
})

test('what an app is known not to take is said beforehand, in the words of the refusal', async () => {
  const adapter = openApp({ url: 'https://app.example/scim/v2', profile: { user: { required: ['title'] } } })
  const document = { userName: 'ada', active: true }
  const why = adapter.traits.users.unfit?.(document)
  expect(why).toMatch(/can't take this User: it needs title$/)
  await expect(adapter.create('User', document, CALL)).rejects.toMatchObject({ trouble: 'refused', message: why })
  expect(adapter.traits.users.unfit?.({ ...document, title: 'Countess' })).toBeUndefined()
})

test('an answer that is too long to be read is about that account, and not about the app', async () => {
  const read = (fetch: typeof environment.fetch) =>
    openApp({ url: 'https://app.example/scim/v2', fetch }).read('Group', 'g1', CALL)
  const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024).fill(32)) })
  await expect(read(async () => new Response(endless))).rejects.toMatchObject({
    trouble: 'refused',
    message: expect.stringContaining(`longer than ${32 * 1024 * 1024} bytes`),
  })
  const cut = Object.assign(new Error('app.example answers with more than 10 bytes'), { code: 'ERR_OUTBOUND_SIZE' })
  await expect(read(() => Promise.reject(cut))).rejects.toMatchObject({ trouble: 'refused' })
})
