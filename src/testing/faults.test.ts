// The fault layer: what a client sees of each fault, what took effect, and what the trace says of it.

import { afterEach, describe, expect, test } from 'vitest'
import { createFakeApp } from './app.ts'
import type { FakeApp } from './fake-app.ts'
import type { Fault } from './faults.ts'
import { type ListeningApp, listen } from './listen.ts'

const ADA = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada', displayName: 'Ada' }

/** An app in its own time: what waits is woken by `pass`. */
function start() {
  let now = 1_800_000_000_000
  const waiting: { readonly at: number; readonly wake: () => void }[] = []
  const clock = {
    now: () => now,
    chance: () => 0.5,
    wait: (ms: number) => new Promise<void>((wake) => void waiting.push({ at: now + ms, wake })),
  }
  const app = createFakeApp({ clock })
  const pass = async (ms: number) => {
    now += ms
    for (const one of waiting.filter(({ at }) => at <= now)) one.wake()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { app, pass }
}

function post(app: FakeApp, signal?: AbortSignal): Promise<Response> {
  return app.fetch(`${app.base}/Users`, {
    method: 'POST',
    headers: { 'content-type': 'application/scim+json', authorization: 'Bearer hush' },
    body: JSON.stringify(ADA),
    ...(signal === undefined ? {} : { signal }),
  })
}

describe('a create meets', () => {
  test.each<[string, Fault, number, boolean]>([
    ['a 503', { kind: 'error', status: 503 }, 503, false],
    ['a 500 after it was done', { kind: 'error', effect: true }, 500, true],
    ['429', { kind: 'throttled', seconds: 7 }, 429, false],
    ['401', { kind: 'unauthorized' }, 401, false],
    ['413', { kind: 'too-large' }, 413, false],
    ['a page for people', { kind: 'html' }, 200, false],
    ['an empty answer', { kind: 'empty' }, 200, true],
    ['an attribute that is refused', { kind: 'refused-attribute', attribute: 'displayName' }, 400, false],
    ['an attribute that it does not have', { kind: 'refused-attribute', attribute: 'title' }, 201, true],
  ])('%s', async (_case, fault, status, done) => {
    const { app } = start()
    app.fault({ fault })
    expect((await post(app)).status).toBe(status)
    expect(app.state().length).toBe(done ? 1 : 0)
    expect(app.trace()[0]).toMatchObject({ status, effects: done ? [{ change: 'created' }] : [] })
  })

  test.each<[string, Fault, string, boolean]>([
    ['no connection', { kind: 'refused' }, 'ECONNREFUSED', false],
    ['a connection that breaks before', { kind: 'reset', effect: false }, 'ECONNRESET', false],
    ['a connection that breaks after', { kind: 'reset', effect: true }, 'ECONNRESET', true],
  ])('%s', async (_case, fault, code, done) => {
    const { app } = start()
    app.fault({ fault })
    await expect(post(app)).rejects.toMatchObject({ cause: { code } })
    expect(app.state().length).toBe(done ? 1 : 0)
    expect(app.trace()[0]?.status).toBeUndefined()
  })

  test.each<[string, number | undefined, readonly [number, number]]>([
    ['silence, and nothing is done', undefined, [0, 0]],
    ['silence, and it is done', 0, [1, 1]],
    ['silence, and it is done later', 5_000, [0, 1]],
  ])('%s', async (_case, afterMs, [first, last]) => {
    const { app, pass } = start()
    app.fault({ fault: { kind: 'silent', ...(afterMs === undefined ? {} : { afterMs }) } })
    const given = new AbortController()
    const answer = post(app, given.signal)
    await pass(1_000)
    given.abort(new Error('time is up'))
    await expect(answer).rejects.toThrow('time is up')
    expect(app.state().length).toBe(first)
    await pass(5_000)
    expect(app.state().length).toBe(last)
    expect(app.trace()[0]?.effects.length).toBe(last)
  })

  test('its double', async () => {
    const { app, pass } = start()
    app.fault({ fault: { kind: 'duplicated', afterMs: 3_000 }, times: 1 })
    expect((await post(app)).status).toBe(201)
    app.otherWriter.update('User', app.state()[0]?.id ?? '', { userName: 'renamed' })
    await pass(3_000)
    expect(app.state().map(({ attributes }) => attributes.userName)).toEqual(['renamed', 'ada'])
  })

  test.each([
    ['half an answer that looks whole', false],
    ['half an answer and a broken connection', true],
  ])('%s', async (_case, broken) => {
    const { app } = start()
    app.fault({ fault: { kind: 'truncated', broken } })
    const answer = await post(app)
    await expect(answer.json()).rejects.toThrow()
    expect(app.state().length).toBe(1)
  })
})

test.each<[Extract<Fault, { kind: 'throttled' }>['retryAfter'], RegExp | null]>([
  ['seconds', /^7$/],
  ['date', /GMT$/],
  ['nonsense', /^soon$/],
  ['none', null],
])('Retry-After: %s', async (retryAfter = 'seconds', shown) => {
  const { app } = start()
  app.fault({ fault: { kind: 'throttled', seconds: 7, retryAfter } })
  const header = (await post(app)).headers.get('retry-after')
  if (shown === null) expect(header).toBeNull()
  else expect(header).toMatch(shown)
})

test('a rule says for which requests it is, how often, how likely, and until when', async () => {
  const { app, pass } = start()
  const get = async () => (await app.fetch(`${app.base}/Users`)).status
  app.fault({ fault: { kind: 'error' }, methods: ['POST'] })
  app.fault({ fault: { kind: 'error' }, path: '/Groups' })
  app.fault({ fault: { kind: 'error' }, chance: 0.4 })
  expect(await get()).toBe(200)
  app.fault({ fault: { kind: 'unauthorized' }, until: 1_800_000_001_000 })
  expect(await get()).toBe(401)
  await pass(1_000)
  expect(await get()).toBe(200)
  const stop = app.fault({ fault: { kind: 'error' }, times: 1 })
  expect([await get(), await get()]).toEqual([500, 200])
  stop()
  app.clearFaults()
  expect([app.faults(), (await post(app)).status]).toEqual([[], 201])
})

test('the trace holds requests, and no token', async () => {
  const { app } = start()
  await post(app)
  expect(app.trace()).toMatchObject([
    {
      number: 1,
      method: 'POST',
      path: '/Users',
      status: 201,
      headers: { authorization: '(secret)' },
      body: JSON.stringify(ADA),
    },
  ])
  expect(JSON.stringify(app.trace())).not.toContain('hush')
  app.clearTrace()
  expect(app.trace()).toEqual([])
})

describe('behind an address', () => {
  let at: ListeningApp | undefined
  afterEach(() => at?.close())

  test('the control API adds faults, shows trace and state, and writes as somebody else', async () => {
    at = await listen(createFakeApp())
    const json = { headers: { 'content-type': 'application/scim+json' } }
    const made = await fetch(`${at.base}/Users`, { ...json, method: 'POST', body: JSON.stringify(ADA) })
    expect([made.status, made.headers.get('location')?.startsWith(at.base)]).toEqual([201, true])
    const [account] = (await (await fetch(`${at.origin}/_state`)).json()) as [{ readonly id: string }]
    const other = { do: 'update', type: 'User', id: account.id, attributes: { active: false } }
    await fetch(`${at.origin}/_as-other-writer`, { method: 'POST', body: JSON.stringify(other) })
    expect(await (await fetch(`${at.origin}/_state`)).json()).toMatchObject([{ attributes: { active: false } }])
    await fetch(`${at.origin}/_fault`, {
      method: 'POST',
      body: JSON.stringify({ fault: { kind: 'error', status: 503 }, times: 1 }),
    })
    expect(await (await fetch(`${at.origin}/_fault`)).json()).toHaveLength(1)
    expect((await fetch(`${at.base}/Users`)).status).toBe(503)
    expect(await (await fetch(`${at.origin}/_trace`)).json()).toMatchObject([{ status: 201 }, { status: 503 }])
    expect((await fetch(`${at.origin}/_fault`, { method: 'POST', body: '[]' })).status).toBe(400)
  })

  test('faults of the network are real', async () => {
    const app = createFakeApp()
    at = await listen(app)
    app.fault({ fault: { kind: 'reset', effect: false }, times: 1 })
    await expect(fetch(`${at.base}/Users`)).rejects.toThrow('fetch failed')
    app.fault({ fault: { kind: 'silent' }, times: 1 })
    await expect(fetch(`${at.base}/Users`, { signal: AbortSignal.timeout(50) })).rejects.toThrow()
    expect((await fetch(`${at.base}/Users`)).status).toBe(200)
  })
})
