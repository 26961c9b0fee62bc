// Tests the webhook adapter: the contract suite, signatures, answers of receivers.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { environment } from '../../src/environment.ts'
import { WEBHOOK_KIND } from '../../src/hub/adapters/webhook/webhook-kind.ts'
import { type Adapter, type AppSettings, compileMap } from '../../src/hub/index.ts'
import { adapterContract } from '../../src/hub/testing.ts'
import { createOutbound } from '../../src/outbound/index.ts'
import { type Document, Group, User } from '../../src/protocol/index.ts'

const key = () => `whsec_${randomBytes(32).toString('base64')}`
const SECRETS = [key(), key()] as const

/** An event as it arrived. */
interface Arrived {
  readonly headers: Record<string, string>
  readonly body: string
}

const arrived: Arrived[] = []
/** What a receiver keeps that only remembers the last event of each account. */
const kept = new Map<string, Document>()
let answer: { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string } = {
  status: 204,
}
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => {
    arrived.push({ headers: request.headers as Record<string, string>, body })
    if (answer.status < 300) keep(body)
    response.writeHead(answer.status, answer.headers).end(answer.text)
  })
})
function keep(body: string): void {
  const { type, id, account } = JSON.parse(body).data
  if (account === null) kept.delete(`${type}/${id}`)
  else if (account !== undefined) kept.set(`${type}/${id}`, account)
}

const outbound = createOutbound({ allow: [{ address: '127.0.0.0', bits: 8 }] })
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/in?x=1`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await outbound.close()
})
beforeEach(() => {
  arrived.length = 0
  answer = { status: 204 }
})

const settingsOf = (options: object = { url }): AppSettings =>
  ({ id: 'audit', label: 'Audit', adapter: 'webhook', options, credentials: { kind: 'hmac', sealed: 's1' } }) as never
function open(secret: string | undefined = SECRETS.join(' '), options?: object): Adapter {
  const settings = settingsOf(options)
  WEBHOOK_KIND.check(settings)
  const world = { ...environment, fetch: outbound.fetch }
  return WEBHOOK_KIND.open(settings, {
    tenant: 'acme',
    environment: world,
    secret: async () => secret,
    types: [User, Group],
  })
}

const call = {
  signal: new AbortController().signal,
  headers: { traceparent: '00-1-2-01' },
  place: 12,
  previousPlace: 7,
}
const ada = { externalId: 'u1', userName: 'ada', active: true }

describe('the contract', () => {
  adapterContract(test, async () => ({
    adapter: open(),
    secret: SECRETS[0],
    look: async (type, id) => kept.get(`${type}/${id}`),
  }))
})

test('an event is signed by both keys, as the library of Standard Webhooks checks it', async () => {
  await open().create('User', ada, call)
  const [event] = arrived
  if (event === undefined) throw new Error('No event')
  for (const secret of SECRETS) expect(() => new Webhook(secret).verify(event.body, event.headers)).not.toThrow()
  expect(() => new Webhook(key()).verify(event.body, event.headers)).toThrow()
  expect(() => new Webhook(SECRETS[0]).verify(event.body.replace('ada', 'eve'), event.headers)).toThrow()
  expect(() => new Webhook(SECRETS[0]).verify(event.body, { ...event.headers, 'webhook-id': 'evt_other' })).toThrow()
})

test('an event says what happened, where in the log, and since what, with the whole account', async () => {
  const adapter = open()
  const off = { ...ada, active: false }
  await adapter.create('User', ada, call)
  await adapter.update('User', 'u1', { before: ada, after: { ...ada, title: 'Dr' }, uncertain: [] }, call)
  await adapter.disable('u1', { before: ada, after: off, uncertain: [] }, call)
  await adapter.remove('User', 'u1', call)
  await adapter.members('g1', { add: ['u1'], remove: ['u2'] }, call)
  const place = { tenant: 'acme', app: 'audit', place: 12, previousPlace: 7 }
  expect(arrived.map(({ body }) => JSON.parse(body))).toEqual(
    [
      { type: 'user.created', data: { ...place, type: 'User', id: 'u1', account: ada } },
      { type: 'user.changed', data: { ...place, type: 'User', id: 'u1', account: { ...ada, title: 'Dr' } } },
      { type: 'user.disabled', data: { ...place, type: 'User', id: 'u1', account: off } },
      { type: 'user.removed', data: { ...place, type: 'User', id: 'u1', account: null } },
      { type: 'group.members', data: { ...place, type: 'Group', id: 'g1', members: { add: ['u1'], remove: ['u2'] } } },
    ].map((event) => ({ ...event, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) })),
  )
  expect(arrived[0]?.headers).toMatchObject({ traceparent: '00-1-2-01', 'content-type': 'application/json' })
})

test('an attempt that is repeated has the same id; another content or place has another', async () => {
  const adapter = open()
  await adapter.create('User', ada, call)
  await adapter.create('User', ada, call)
  await adapter.create('User', { ...ada, title: 'Dr' }, call)
  await adapter.create('User', ada, { ...call, place: 13 })
  await adapter.disable('u1', { before: ada, after: { ...ada, active: false }, uncertain: [] }, call)
  const ids = arrived.map(({ headers }) => headers['webhook-id'])
  expect(ids[0]).toBe(ids[1])
  expect(new Set(ids).size).toBe(4)
})

test.each([
  [200, 'done'],
  [204, 'done'],
  [302, 'unavailable'],
  [400, 'refused'],
  [401, 'credentials'],
  [404, 'unavailable'],
  [409, 'refused'],
  [410, 'credentials'],
  [413, 'too-large'],
  [422, 'refused'],
  [429, 'throttled'],
  [500, 'unknown'],
  [503, 'throttled'],
])('an answer of %d is %s', async (status, trouble) => {
  answer = { status, headers: { 'retry-after': '3', location: url }, ...(status === 204 ? {} : { text: 'said so' }) }
  const error = await open()
    .create('User', ada, call)
    .catch((thrown: unknown) => thrown)
  expect(arrived).toHaveLength(1)
  if (trouble === 'done') expect(error).toMatchObject({ id: 'u1' })
  else
    expect(error).toMatchObject({
      trouble,
      // A redirect is refused on the way.
      ...(status === 302 ? {} : { status, retryAfterMs: 3_000, message: expect.stringContaining('said so') }),
    })
})

test('without a right secret nothing is sent, and no message repeats a wrong one', async () => {
  for (const secret of [undefined, '', 'canary', 'whsec_canary', `${key()} ${key()} ${key()}`, `${key()} canary`]) {
    const error = await open(secret ?? '')
      .create('User', ada, call)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ trouble: 'credentials' })
    expect(String(error)).not.toContain('canary')
  }
  expect(arrived).toEqual([])
})

test('an account without an externalId, and an event that is too large, are refused before they are sent', async () => {
  await expect(open().create('User', { userName: 'x' }, call)).rejects.toMatchObject({ trouble: 'refused' })
  const large = { ...ada, title: 'x'.repeat(300_000) }
  await expect(open().create('User', large, call)).rejects.toMatchObject({ trouble: 'too-large' })
  expect(arrived).toEqual([])
})

test('what it holds can not be read, and its traits say so', async () => {
  const { traits, list, find, read } = open()
  expect([traits.users.unreadable, traits.groups?.unreadable, traits.users.match]).toEqual([true, true, []])
  await expect(list('User', undefined, call)).rejects.toMatchObject({ trouble: 'refused' })
  await expect(find('User', { attribute: 'userName', value: 'x' }, call)).rejects.toMatchObject({ trouble: 'refused' })
  await expect(read('User', 'x', call)).rejects.toMatchObject({ trouble: 'refused' })
  expect(open(undefined, { url, groups: false }).traits.groups).toBeUndefined()
})

test('what is shown is what is sent, without what differs between attempts', async () => {
  const adapter = open()
  await adapter.create('User', ada, call)
  const { type, data } = JSON.parse(arrived[0]?.body ?? '{}')
  const { place: _place, previousPlace: _previous, ...shown } = data
  expect(adapter.show({ do: 'create', type: 'User', document: ada })).toEqual([
    { verb: 'POST', target: '/hooks/in', body: { type, data: shown } },
  ])
})

test('the map that is built in compiles, and gives externalId the id of the resource', () => {
  const map = WEBHOOK_KIND.defaultMap(settingsOf())
  const compiled = compileMap(map.User ?? {}, { type: 'User', sourceType: User, accountType: undefined, grants: [] })
  const surroundings = { memberOf: new Set<string>(), accountOf: () => undefined }
  const { document } = compiled.map({ id: 'u7', userName: 'ada' }, surroundings, 'create')
  expect(document).toMatchObject({ externalId: 'u7', userName: 'ada', active: true })
})

test.each([
  [{}, 'options.url'],
  [{ url: 'ftp://x.example' }, 'options.url'],
  [{ url: 'https://me:canary@x.example' }, 'options.url'],
  [{ url: `https://x.example/${'x'.repeat(2_048)}` }, 'options.url'],
  [{ url: 'https://x.example', groups: 'no' }, 'options.groups'],
  [{ url: 'https://x.example', more: 1 }, 'options.more'],
])('options %j are refused', (options, at) => {
  expect(() => WEBHOOK_KIND.check(settingsOf(options))).toThrow(at)
  expect(() => WEBHOOK_KIND.check(settingsOf(options))).not.toThrow('canary')
})
