// Bulk through the client.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { json, type Scripted, scripted } from '../../test/client/scripted.ts'
import { ALL_FEATURES, bearer } from '../access/index.ts'
import { createDirectory } from '../directory/index.ts'
import { type Serving, serve } from '../node.ts'
import { isObject } from '../protocol/index.ts'
import { createProvider } from '../provider/index.ts'
import { memoryStore } from '../store/memory/memory.ts'
import { type BulkStepInput, createClient, Group, token, User } from './index.ts'

const U = User.schema.id
const G = Group.schema.id
let serving: Serving
const open: Scripted[] = []

beforeAll(async () => {
  const directory = createDirectory({ store: memoryStore() })
  const grants = { whole: { tenant: 'a', actor: 'a' }, single: { tenant: 'b', actor: 'b' } }
  const provider = createProvider({
    directory,
    authenticate: bearer(grants),
    features: (tenant) => ({ ...ALL_FEATURES, bulk: tenant === 'a' }),
  })
  serving = await serve(provider.fetch)
})
afterAll(() => serving.close())
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

/** A real provider behind a server that says it takes less; requests are counted. */
async function limited(secret: string, limits: { maxOperations?: number; maxPayloadSize?: number; says413?: number }) {
  const calls: { readonly path: string; readonly count: number; readonly bytes: number }[] = []
  const server = await scripted((wire) => (socket) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' }
    const operations = wire.body === '' ? [] : ((JSON.parse(wire.body) as { Operations?: unknown[] }).Operations ?? [])
    calls.push({ path: `${wire.method} ${wire.target}`, count: operations.length, bytes: Buffer.byteLength(wire.body) })
    void (async () => {
      if (limits.says413 !== undefined && operations.length > limits.says413) {
        socket.end(
          json(413, { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '413', detail: 'too much' }),
        )
        return
      }
      const response = await fetch(`${serving.url}/scim/v2${wire.target}`, {
        method: wire.method,
        headers,
        ...(wire.body === '' ? {} : { body: wire.body }),
      })
      const text = await response.text()
      const body: unknown = text === '' ? {} : JSON.parse(text)
      const shown =
        wire.target === '/ServiceProviderConfig' && isObject(body) && isObject(body.bulk)
          ? { ...body, bulk: { ...body.bulk, ...limits } }
          : body
      socket.end(
        json(response.status, shown, {
          ...(response.headers.get('location') ? { Location: response.headers.get('location') ?? '' } : {}),
        }),
      )
    })()
  })
  open.push(server)
  const app = createClient({ url: server.url, auth: token(secret) })
  return { app, calls, bulks: () => calls.filter(({ path }) => path === 'POST /Bulk') }
}

let names = 0
const person = (bulkId: string): BulkStepInput => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { schemas: [U], userName: `bulk-${++names}` },
})
const team = (bulkId: string, ...members: string[]): BulkStepInput => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { schemas: [G], displayName: bulkId, members: members.map((each) => ({ value: `bulkId:${each}` })) },
})

describe('a bulk', () => {
  test('goes in one request where that is allowed', async () => {
    const { app, bulks } = await limited('whole', {})
    const outcomes = await app.bulk([person('a'), person('b'), team('t', 'a', 'b')])
    expect(outcomes.map(({ state }) => state)).toEqual(['done', 'done', 'done'])
    expect(bulks()).toHaveLength(1)
  })

  test.each([
    ['operations', { maxOperations: 3 }, 4],
    ['bytes', { maxPayloadSize: 700 }, 4],
  ])('is split to the most %s, references filled in across requests', async (_what, limits, least) => {
    const { app, bulks } = await limited('whole', limits)
    const ids = Array.from({ length: 10 }, (_, at) => `p${at}`)
    // The group comes first and refers to all that follow.
    const outcomes = await app.bulk([team('all', ...ids), ...ids.map(person)])
    expect(outcomes.every(({ state }) => state === 'done')).toBe(true)
    expect(bulks().length).toBeGreaterThanOrEqual(least)
    const [first] = outcomes
    const group = await app.get(Group, first?.state === 'done' ? (first.id ?? '') : '')
    expect(new Set(group.members?.map(({ value }) => value))).toEqual(
      new Set(outcomes.slice(1).map((each) => (each.state === 'done' ? each.id : undefined))),
    )
    for (const { count, bytes } of bulks()) {
      if ('maxOperations' in limits) expect(count).toBeLessThanOrEqual(3)
      // One that is larger by itself still goes, alone.
      else if (count > 1) expect(bytes).toBeLessThanOrEqual(700)
    }
  })

  test('references that go round in a circle are set afterwards', async () => {
    for (const secret of ['whole', 'single']) {
      const { app } = await limited(secret, { maxOperations: 1 })
      const outcomes = await app.bulk([team('x', 'y'), team('y', 'x')])
      expect(outcomes.map(({ state }) => state)).toEqual(['done', 'done'])
      const [x, y] = outcomes.map((each) => (each.state === 'done' ? (each.id ?? '') : ''))
      expect((await app.get(Group, x ?? '')).members?.[0]?.value).toBe(y)
      expect((await app.get(Group, y ?? '')).members?.[0]?.value).toBe(x)
    }
  })

  test('is sent one by one where there is no bulk', async () => {
    const { app, calls, bulks } = await limited('single', {})
    const outcomes = await app.bulk([person('a'), team('t', 'a')])
    expect(outcomes.map(({ state }) => state)).toEqual(['done', 'done'])
    expect(bulks()).toEqual([])
    const id = outcomes[1]?.state === 'done' ? outcomes[1].id : ''
    const later = await app.bulk([
      {
        method: 'PATCH',
        path: `/Groups/${id}`,
        data: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'remove', path: 'members' }],
        },
      },
      { method: 'DELETE', path: `/Groups/${id}` },
      { method: 'DELETE', path: `/Groups/${id}` },
    ])
    expect(later.map(({ state }) => state)).toEqual(['done', 'done', 'refused'])
    expect(calls.filter(({ path }) => path.startsWith('DELETE'))).toHaveLength(2)
  })

  test('is halved when it is too much after all', async () => {
    const { app, bulks } = await limited('whole', { says413: 2 })
    const outcomes = await app.bulk(['a', 'b', 'c', 'd', 'e'].map(person))
    expect(outcomes.every(({ state }) => state === 'done')).toBe(true)
    expect(bulks().map(({ count }) => count)).toEqual([5, 2, 2, 1])
  })

  test('refuses what refers to something that could not be made, and goes on', async () => {
    for (const secret of ['whole', 'single']) {
      const { app } = await limited(secret, { maxOperations: 2 })
      const taken = person('a')
      const outcomes = await app.bulk([taken, { ...taken, bulkId: 'b' }, person('c'), team('t', 'b'), person('d')])
      expect(outcomes.map(({ state }) => state)).toEqual(['done', 'refused', 'done', 'refused', 'done'])
      expect(outcomes[1]).toMatchObject({ error: { status: 409, scimType: 'uniqueness' } })
      expect(outcomes[3]).toMatchObject({ error: { status: 409 } })
    }
  })

  test('stops after so many refusals, across requests', async () => {
    for (const [secret, maxOperations] of [
      ['whole', 2],
      ['whole', 100],
      ['single', 1],
    ] as const) {
      const { app } = await limited(secret, { maxOperations })
      const taken = person('a')
      const again = (bulkId: string) => ({ ...taken, bulkId })
      const outcomes = await app.bulk([taken, again('b'), again('c'), person('d'), person('e')], { failOnErrors: 2 })
      expect(outcomes.map(({ state }) => state)).toEqual(['done', 'refused', 'refused', 'unsent', 'unsent'])
    }
  })

  test('says of what got no answer that it may be done', async () => {
    const config = { patch: { supported: true }, bulk: { supported: true, maxOperations: 2 } }
    const server = await scripted((wire) => (wire.method === 'GET' ? json(200, config) : (socket) => socket.destroy()))
    open.push(server)
    const outcomes = await createClient({ url: server.url, attempts: 1 }).bulk(['a', 'b', 'c'].map(person))
    expect(outcomes.map(({ state }) => state)).toEqual(['unknown', 'unknown', 'unsent'])
  })
})

describe('what an answer to an operation says', () => {
  const ERROR = ['urn:ietf:params:scim:api:messages:2.0:Error']
  const taken = { schemas: ERROR, status: '409', scimType: 'uniqueness', detail: 'taken' }
  /** The outcome of one POST that a server answers with this entry. */
  async function outcome(entry: object) {
    const config = { bulk: { supported: true, maxOperations: 10 } }
    const server = await scripted((wire) =>
      json(200, wire.method === 'GET' ? config : { Operations: [{ method: 'POST', bulkId: 'a', ...entry }] }),
    )
    open.push(server)
    const [only] = await createClient({ url: server.url }).bulk([person('a')])
    return only
  }

  test.each([
    [{ status: '409 Conflict' }, 409, undefined],
    [{ status: 'HTTP/1.1 409 Conflict' }, 409, undefined],
    [{ status: 409 }, 409, undefined],
    [{ status: { code: '409' } }, 409, undefined],
    [{ status: '409', response: taken }, 409, 'uniqueness'],
    [{ status: '409', response: JSON.stringify(taken) }, 409, 'uniqueness'],
    [{ response: taken }, 409, 'uniqueness'],
    [{ response: JSON.stringify(taken) }, 409, 'uniqueness'],
    [{ status: '200', response: taken }, 409, 'uniqueness'],
    [{ status: 'OK', response: { ...taken, status: '409 Conflict' } }, 409, 'uniqueness'],
    [{ response: { schemas: ERROR } }, 400, undefined],
    [{ response: { detail: 'no' } }, 400, undefined],
  ])('%j is a refusal', async (entry, status, scimType) => {
    expect(await outcome(entry)).toMatchObject({ state: 'refused', error: { status, scimType } })
  })

  test.each([
    [{}],
    [{ status: 'fine' }],
    [{ status: '302 Found' }],
    [{ status: 100 }],
    [{ status: 7 }],
    [{ location: 'https://app.example/Users/1' }],
    [{ response: '{"schemas":' }],
  ])('%j says nothing, so that it may be done', async (entry) => {
    expect(await outcome(entry)).toMatchObject({ state: 'unknown', error: { code: 'ERR_NOT_SCIM', mayBeDone: true } })
  })

  test.each([
    [{ status: '201' }],
    [{ status: 'HTTP/1.1 201 Created' }],
    [{ status: '201 Created', response: { id: '1', detail: 'of their own', schemas: [U] } }],
  ])('%j is done', async (entry) => {
    expect(await outcome({ ...entry, location: 'https://app.example/Users/1' })).toMatchObject({
      state: 'done',
      status: 201,
      id: '1',
    })
  })
})
