// Tests the example of an adapter of a user's own: the contract suite, errors, and that the suite finds mistakes.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { desk } from '../../examples/adapter.ts'
import { tryDesk } from '../../examples/adapter-suite.ts'
import { environment } from '../../src/environment.ts'
import {
  type Adapter,
  type AdapterDeps,
  type AdapterKind,
  AppError,
  type AppSettings,
  changedAttributes,
  compileMap,
  defineAdapter,
} from '../../src/hub/index.ts'
import { type AdapterSubject, adapterContract } from '../../src/hub/testing.ts'
import { createOutbound } from '../../src/outbound/index.ts'
import { User } from '../../src/protocol/index.ts'
import { type Desk, startDesk } from './desk.ts'

const SECRET = 'canary-desk-token'
const outbound = createOutbound({ allow: [{ address: '127.0.0.0', bits: 8 }] })
let running: Desk
beforeAll(async () => {
  running = await startDesk(SECRET)
})
afterAll(async () => {
  await running.close()
  await outbound.close()
})

const settings = (over: Partial<AppSettings> = {}): AppSettings =>
  ({
    id: 'desk',
    label: 'Help desk',
    adapter: 'desk',
    options: { url: running.url },
    credentials: { kind: 'bearer', sealed: 's1' },
    ...over,
  }) as AppSettings
const deps = (secret = SECRET): AdapterDeps => ({
  tenant: 'acme',
  environment: { ...environment, fetch: outbound.fetch },
  secret: async () => secret,
  types: [User],
})
const call = { signal: new AbortController().signal, headers: { 'x-delivery': 'd1' } }
const open = (kind: AdapterKind = desk, secret = SECRET): Adapter => kind.open(settings(), deps(secret))

describe('the example keeps the contract', () => {
  tryDesk(test, () => ({ url: running.url, token: SECRET }))
})

test.each([
  [400, 'refused'],
  [401, 'credentials'],
  [403, 'credentials'],
  [404, 'unavailable'],
  [409, 'conflict'],
  [413, 'too-large'],
  [422, 'refused'],
  [429, 'throttled'],
  [500, 'unknown'],
  [502, 'unknown'],
  [503, 'throttled'],
  [302, 'unavailable'],
])('a create that is answered %d is %s, with what the app said and without the secret', async (status, trouble) => {
  running.next.push({ status, headers: { 'retry-after': '7' }, body: `no\n ${SECRET}` })
  const error = await open()
    .create('User', { userName: 'x' }, call)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({
    trouble,
    status,
    retryAfterMs: 7_000,
    message: `POST /people was answered ${status}: no (secret)`,
  })
})

test('reads that fail are never of unknown effect; an answer that is no JSON is no success', async () => {
  running.next.push({ status: 500 }, { status: 200, body: '<html>' }, { status: 200, body: '<html>' })
  await expect(open().read('User', '1', call)).rejects.toMatchObject({ trouble: 'unavailable' })
  await expect(open().read('User', '1', call)).rejects.toMatchObject({ trouble: 'unavailable' })
  await expect(open().create('User', { userName: 'x' }, call)).rejects.toMatchObject({ trouble: 'unknown' })
})

test('no connection means that nothing was sent; a call that is given up rejects with an AppError', async () => {
  const nowhere = desk.open(settings({ options: { url: 'http://127.0.0.1:1' } }), deps())
  await expect(nowhere.create('User', { userName: 'x' }, call)).rejects.toMatchObject({ trouble: 'unavailable' })
  const closed = desk.open(settings({ options: { url: 'http://127.0.0.1:1024' } }), deps())
  await expect(closed.create('User', { userName: 'x' }, call)).rejects.toMatchObject({ trouble: 'unavailable' })
})

test('the headers of a call and the credentials go along, the latter in three forms', async () => {
  running.requests.length = 0
  const forms = [
    { kind: 'bearer' },
    { kind: 'basic', public: { user: 'me' } },
    { kind: 'header', public: { name: 'Authorization' } },
  ] as const
  for (const credentials of forms)
    await desk
      .open(settings({ credentials }), deps('abcd'))
      .read('User', '1', call)
      .catch(() => undefined)
  expect(running.requests.map(({ authorization }) => authorization)).toEqual([
    'Bearer abcd',
    `Basic ${btoa('me:abcd')}`,
    'abcd',
  ])
})

test('the map that is built in names what the app keeps, and compiles against its schema', () => {
  const map = desk.defaultMap({ options: {} })
  expect(Object.keys(map)).toEqual(['User'])
  expect(Object.keys(map.User ?? {}).sort()).toEqual(['active', 'displayName', 'userName'])
  const accountType = desk.accountSchema('User', { options: {} }, [User])
  expect(accountType?.schema.attributes.map(({ name }) => name).sort()).toEqual(['active', 'displayName', 'userName'])
  compileMap(map.User ?? {}, {
    type: 'User',
    sourceType: User,
    accountType,
    grants: [],
  })
})

test('with list, create and update alone an adapter finds, reads and disables', async () => {
  const people = new Map<string, { userName: string; active: boolean }>()
  const least = defineAdapter({
    kind: 'least',
    traits: { users: { keeps: ['userName', 'active'], match: ['userName'] } },
    list: async (_type, after) => {
      const all = [...people].map(([id, document]) => ({ id, document }))
      const at = Number(after ?? 0)
      return { accounts: all.slice(at, at + 2), ...(at + 2 < all.length ? { next: String(at + 2) } : {}) }
    },
    create: async (_type, document) => {
      if ([...people.values()].some(({ userName }) => userName === document.userName))
        throw new AppError('conflict', 'taken')
      const id = `p${people.size}`
      people.set(id, document as never)
      return { id, document }
    },
    update: async (_type, id, change) => {
      const { userName } = change.after
      if ([...people].some(([other, one]) => other !== id && one.userName === userName))
        throw new AppError('conflict', 'taken')
      people.set(id, { ...people.get(id), ...changedAttributes(change) } as never)
    },
  })
  const found: [string, () => Promise<void>][] = []
  adapterContract(
    (name, run) => found.push([name, run]),
    async () => ({ adapter: open(least) }),
  )
  for (const [name, run] of found) await run().catch((error) => expect.fail(`${name}: ${error}`))
  await expect(open(least).remove('User', 'p0', call)).rejects.toMatchObject({ trouble: 'refused' })
})

describe('the suite finds mistakes', () => {
  /** The cases that fail for an adapter with a mistake. */
  async function failing(mistake: (right: Adapter) => Partial<Adapter>): Promise<readonly string[]> {
    const right = open()
    const adapter: Adapter = { ...right, ...mistake(right) }
    const failed: string[] = []
    const cases: [string, () => Promise<void>][] = []
    const subject: AdapterSubject = { adapter, secret: SECRET }
    adapterContract(
      (name, run) => cases.push([name, run]),
      async () => subject,
    )
    for (const [name, run] of cases) await run().catch(() => failed.push(name))
    return failed
  }

  const mistakes: readonly (readonly [mistake: string, make: (right: Adapter) => Partial<Adapter>])[] = [
    ['disable does nothing', () => ({ disable: async () => undefined })],
    [
      'disabling who is gone fails',
      (right) => ({ disable: (id, change, own) => right.update('User', id, change, own) }),
    ],
    ['remove does nothing', () => ({ remove: async () => undefined })],
    [
      'find gives everybody',
      (right) => ({ find: async (type, _key, own) => (await right.list(type, undefined, own)).accounts }),
    ],
    ['find gives nobody', () => ({ find: async () => [] })],
    [
      'the list has one page',
      (right) => ({
        list: async (type, _after, own) => ({ accounts: (await right.list(type, undefined, own)).accounts }),
      }),
    ],
    ['the list begins again', (right) => ({ list: async (type, _after, own) => right.list(type, undefined, own) })],
    [
      'uncertain attributes are not written',
      (right) => ({ update: (type, id, change, own) => right.update(type, id, { ...change, uncertain: [] }, own) }),
    ],
    [
      'what goes is not cleared',
      (right) => ({
        update: (type, id, change, own) =>
          right.update(type, id, { ...change, after: { ...change.before, ...change.after } }, own),
      }),
    ],
    [
      'a conflict is swallowed',
      (right) => ({
        create: (type, document, own) => right.create(type, document, own).catch(() => ({ id: '1', document })),
      }),
    ],
    [
      'errors are plain',
      (right) => ({
        update: (type, id, change, own) =>
          right.update(type, id, change, own).catch(() => {
            throw new Error('no')
          }),
      }),
    ],
    [
      'a gone account is read',
      (right) => ({ read: async (type, id, own) => (await right.read(type, id, own)) ?? { id, document: {} } }),
    ],
    ['show tells the secret', () => ({ show: () => [{ verb: 'x', target: SECRET }] })],
    [
      'comparable hides everything',
      (right) => ({ traits: { ...right.traits, users: { ...right.traits.users, comparable: () => ({}) } } }),
    ],
    ['an aborted call goes on', (right) => ({ create: (type, document) => right.create(type, document, call) })],
  ]
  test('and none where there are none', async () => {
    expect(await failing(() => ({}))).toEqual([])
  })

  test.each(mistakes)('%s', async (_, make) => {
    expect(await failing(make)).not.toEqual([])
  })
})
