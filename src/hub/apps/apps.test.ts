// Tests of the administration of apps: each change with its note, its refusals, and nothing secret anywhere.

import { afterEach, describe, expect, test } from 'vitest'
import { environment } from '../../environment.ts'
import { ConfigError, Group, User } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import { sqliteStore } from '../../store/sqlite/sqlite.ts'
import { type AdapterKind, HUB_READER, QUEUES, readApp } from '../contract/index.ts'
import { SCOPE_LIMITS } from '../scope/scope-limits.ts'
import { APP_LIMITS } from './app-limits.ts'
import { type Apps, createApps } from './apps.ts'

const SECRET = 'canary-4711'
const open: Store[] = []
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
})

/** A way of speaking to apps whose options have a URL. */
const plain: AdapterKind = {
  kind: 'plain',
  check({ options }) {
    if (typeof options.url !== 'string') throw new ConfigError('url', 'must be a URL')
  },
  defaultMap: () => ({}),
  accountSchema: () => undefined,
  open() {
    throw new Error('nothing is opened here')
  },
}

async function fresh({ mayNameVariables = true } = {}): Promise<{ readonly store: Store; readonly apps: Apps }> {
  const store = sqliteStore(':memory:')
  open.push(store)
  await store.commit([{ write: 'tenant', tenant: 't', as: 'new', at: 1 }])
  const apps = createApps({
    store,
    environment,
    actor: 'ada',
    kinds: [plain],
    seal: async (_tenant, _app, secret) => `sealed(${secret.length})`,
    matches: async (_tenant, _app, sealed, secret) => sealed === `sealed(${secret.length})`,
    mayNameVariables,
    types: async (tenant) => {
      if ((await store.tenant(tenant)) === undefined) throw new Error(`no tenant ${tenant}`)
      return [User, Group]
    },
  })
  return { store, apps }
}

const draft = { adapter: 'plain', options: { url: 'https://a.example/scim' } }
const refused = (...fields: readonly string[]) => ({
  faults: fields.map((field) => expect.objectContaining({ field })),
})

describe('a new app', () => {
  test('is off, has the defaults, a unit, and the reader of the log', async () => {
    const { store, apps } = await fresh()
    const app = await apps.create('t', 'crm', draft)
    expect(app).toMatchObject({
      id: 'crm',
      label: 'crm',
      mode: 'off',
      scope: { users: {} },
      grants: [],
      policy: { onLeave: 'disable', tombstoneDays: 30, adopt: 'one' },
      guard: { floor: 10, percent: 10 },
      state: { health: 'review' },
    })
    expect(await apps.get('t', 'crm')).toEqual(app)
    expect(await store.cursors('t')).toMatchObject([{ reader: HUB_READER, place: 0 }])
    expect(await store.items('t', QUEUES.units, { keys: ['crm'] })).toMatchObject([{ state: '' }])
    const [line] = await store.changes('t', 0, 10)
    expect(line).toMatchObject({ op: 'note', actor: 'ada', type: 'App', id: 'crm' })
    expect(line?.paths[0]).toEqual({ path: 'verb', new: 'created' })
    expect(line?.paths).toContainEqual({ path: 'options', new: draft.options })
  })

  test('the second one leaves the reader where it is', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'a', draft)
    await store.commit([{ write: 'cursor', tenant: 't', reader: HUB_READER, place: 0 }])
    await apps.create('t', 'b', draft)
    expect(await store.cursors('t')).toMatchObject([{ place: 0 }])
  })

  test('every field that is wrong is named', async () => {
    const { apps } = await fresh()
    const wrong = {
      adapter: 'plane',
      options: 5,
      colour: 'red',
      credentials: { kind: 'bearer' },
      map: { Device: {} },
      scope: { users: { filter: 'userName eq' }, groups: { memberOf: [] } },
      grants: [{ group: 'g', attribute: 'roles' }],
      policy: { onLeave: 'archive' },
      guard: { percent: 101 },
      sweeps: { fullHours: -1, policies: { zombie: 'kill' } },
    }
    await expect(apps.create('t', 'crm', wrong)).rejects.toMatchObject({
      code: 'ERR_INVALID',
      ...refused(
        'colour',
        'adapter',
        'options',
        'credentials',
        'map.Device',
        'scope.users.filter',
        'scope.groups.memberOf',
        'grants.0.value',
        'policy.onLeave',
        'guard.percent',
        'sweeps.fullHours',
        'sweeps.policies.zombie',
      ),
    })
    await expect(apps.create('t', 'crm', { adapter: 'plain' })).rejects.toMatchObject(refused('options.url'))
    for (const id of ['', '-a', 'A', 'a'.repeat(41)])
      await expect(apps.create('t', id, draft)).rejects.toMatchObject(refused('id'))
  })

  test('at its limits it is taken, past them refused', async () => {
    const { apps } = await fresh()
    await apps.create('t', 'a'.repeat(40), { ...draft, label: 'x'.repeat(APP_LIMITS.LABEL) })
    await expect(apps.create('t', 'b', { ...draft, label: 'x'.repeat(APP_LIMITS.LABEL + 1) })).rejects.toMatchObject(
      refused('label'),
    )
    const map = (length: number) => ({ User: { a: { const: 'x'.repeat(length - '{"a":{"const":""}}'.length) } } })
    await apps.create('t', 'c', { ...draft, map: map(APP_LIMITS.MAP) })
    await expect(apps.create('t', 'd', { ...draft, map: map(APP_LIMITS.MAP + 1) })).rejects.toMatchObject(
      refused('map.User'),
    )
    // What the settings take, the engine takes.
    const names = (count: number) => Array.from({ length: count }, (_, at) => `g${at}`)
    const memberOf = (count: number) => ({ scope: { users: { memberOf: names(count) } } })
    await apps.create('t', 'e', { ...draft, ...memberOf(SCOPE_LIMITS.GROUPS) })
    await expect(apps.create('t', 'f', { ...draft, ...memberOf(SCOPE_LIMITS.GROUPS + 1) })).rejects.toMatchObject(
      refused('scope.users.memberOf'),
    )
    const grants = (count: number) => ({
      grants: Array.from({ length: count }, (_, at) => ({ group: 'g', attribute: 'roles', value: `r${at}` })),
    })
    await apps.create('t', 'g', { ...draft, ...grants(SCOPE_LIMITS.GRANTS) })
    await expect(apps.create('t', 'h', { ...draft, ...grants(SCOPE_LIMITS.GRANTS + 1) })).rejects.toMatchObject(
      refused('grants'),
    )
  })

  test('there are at most so many, however many are made at once', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'first', draft)
    await store.commit([
      { write: 'record', record: { tenant: 't', kind: 'apps', key: 'apps' }, value: { count: APP_LIMITS.APPS - 1 } },
    ])
    const made = await Promise.allSettled(['a', 'b', 'c'].map((id) => apps.create('t', id, draft)))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(apps.create('t', 'd', draft)).rejects.toMatchObject({ code: 'ERR_IN_USE' })
  })

  test('an id is taken once', async () => {
    const { apps } = await fresh()
    const made = await Promise.allSettled([1, 2, 3].map(() => apps.create('t', 'crm', draft)))
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(apps.create('t', 'crm', draft)).rejects.toMatchObject({ code: 'ERR_EXISTS' })
  })
})

describe('a change', () => {
  test('is merged, noted before and after, and marks the unit', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'crm', { ...draft, options: { url: 'https://a.example', size: 1 }, guard: { floor: 5 } })
    const app = await apps.change('t', 'crm', {
      label: 'CRM',
      options: { size: null, page: 10 },
      guard: { percent: 20 },
      scope: { users: { filter: 'active eq true' } },
    })
    expect(app).toMatchObject({ label: 'CRM', options: { url: 'https://a.example', page: 10 } })
    expect(app.options).not.toHaveProperty('size')
    expect(app.guard).toMatchObject({ floor: 5, percent: 20 })
    const line = (await store.changes('t', 0, 10)).at(-1)
    expect(line?.paths.slice(0, 3)).toEqual([
      { path: 'verb', new: 'changed' },
      { path: 'label', old: 'crm', new: 'CRM' },
      { path: 'options', old: { url: 'https://a.example', size: 1 }, new: { url: 'https://a.example', page: 10 } },
    ])
    expect(await store.items('t', QUEUES.units, { keys: ['crm'] })).toMatchObject([{ state: 'ready', mark: 1 }])
  })

  test('that changes nothing writes nothing', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'crm', draft)
    await apps.change('t', 'crm', draft)
    await apps.change('t', 'crm', {})
    expect(await store.changes('t', 0, 10)).toHaveLength(1)
  })

  test('null takes a map and credentials away', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'crm', {
      ...draft,
      map: { User: { userName: { from: 'userName' } } },
      credentials: { kind: 'bearer', env: 'CRM_TOKEN' },
    })
    await apps.change('t', 'crm', { map: null, credentials: null })
    expect(await readApp(store, 't', 'crm')).not.toHaveProperty('map')
    expect(await readApp(store, 't', 'crm')).not.toHaveProperty('credentials')
  })

  test('changes at once are all there at the end', async () => {
    const { apps } = await fresh()
    await apps.create('t', 'crm', draft)
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => apps.change('t', 'crm', { options: { [name]: 1 } })))
    expect(Object.keys((await apps.get('t', 'crm')).options).sort()).toEqual(['a', 'b', 'c', 'd', 'url'])
  })
})

describe('a secret', () => {
  const credentials = { kind: 'bearer', secret: SECRET, expiresAt: '2020-01-01' }

  test('is sealed, and neither shown nor noted', async () => {
    const { store, apps } = await fresh()
    const app = await apps.create('t', 'crm', { ...draft, credentials })
    expect(app.credentials).toEqual({ kind: 'bearer', secret: 'sealed', expiresAt: '2020-01-01', expiry: 'expired' })
    await apps.change('t', 'crm', { credentials: { kind: 'bearer', secret: `${SECRET}5` } })
    expect((await readApp(store, 't', 'crm'))?.credentials?.sealed).toBe(`sealed(${SECRET.length + 1})`)
    const said = JSON.stringify([await store.changes('t', 0, 10), await apps.get('t', 'crm')])
    expect(said).not.toContain('sealed(')
    expect(said).not.toContain(SECRET)
    expect(said).toContain('"path":"credentials","new":"changed"')
  })

  test('stays when the other facts of credentials change', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'crm', { ...draft, credentials })
    await apps.change('t', 'crm', { credentials: { kind: 'bearer', expiresAt: '2040-01-01' } })
    expect((await readApp(store, 't', 'crm'))?.credentials).toEqual({
      kind: 'bearer',
      sealed: `sealed(${SECRET.length})`,
      expiresAt: '2040-01-01',
    })
  })

  test('does not go to another server unless it is given again', async () => {
    const { apps } = await fresh()
    await apps.create('t', 'crm', { ...draft, credentials })
    const elsewhere = { options: { url: 'https://evil.example/scim' } }
    await expect(apps.change('t', 'crm', elsewhere)).rejects.toMatchObject(refused('credentials.secret'))
    const tokenUrl = { credentials: { kind: 'bearer', public: { tokenUrl: 'https://evil.example' } } }
    await expect(apps.change('t', 'crm', tokenUrl)).rejects.toMatchObject(refused('credentials.secret'))
    await apps.change('t', 'crm', { options: { url: 'https://a.example/scim/v2' } })
    await apps.change('t', 'crm', { ...elsewhere, credentials })
  })

  test('a variable is named by those who reach the whole database, and is none of the server', async () => {
    const { apps } = await fresh({ mayNameVariables: false })
    const env = (name: string) => ({ ...draft, credentials: { kind: 'bearer', env: name } })
    await expect(apps.create('t', 'crm', env('CRM_TOKEN'))).rejects.toMatchObject(refused('credentials.env'))
    const own = (await fresh()).apps
    await expect(own.create('t', 'crm', env('LOCKSTEP_SEAL_KEY'))).rejects.toMatchObject(refused('credentials.env'))
    await expect(own.create('t', 'crm', env('not a name'))).rejects.toMatchObject(refused('credentials.env'))
    await own.create('t', 'crm', env('CRM_TOKEN'))
  })
})

describe('a mode', () => {
  test('goes from off to on by a plan, and between on and paused', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'crm', draft)
    await expect(apps.resume('t', 'crm')).rejects.toMatchObject({ code: 'ERR_IN_USE' })
    await expect(apps.switchOn('t', 'crm', undefined)).rejects.toMatchObject(refused('plan'))
    await expect(apps.switchOn('t', 'crm', '7')).rejects.toMatchObject(refused('plan'))
    await store.commit([{ write: 'item', item: { tenant: 't', queue: QUEUES.runs('crm'), key: '7' }, set: {} }])
    await apps.switchOn('t', 'crm', '7')
    await expect(apps.switchOn('t', 'crm', '7')).resolves.toMatchObject({ mode: 'on' })
    await apps.pause('t', 'crm')
    await apps.pause('t', 'crm')
    expect((await apps.resume('t', 'crm')).mode).toBe('on')
    const notes = (await store.changes('t', 1, 10)).map(({ paths }) => paths)
    expect(notes).toEqual([
      [
        { path: 'verb', new: 'switchedOn' },
        { path: 'mode', old: 'off', new: 'on' },
        { path: 'plan', new: '7' },
      ],
      [
        { path: 'verb', new: 'paused' },
        { path: 'mode', old: 'on', new: 'paused' },
      ],
      [
        { path: 'verb', new: 'resumed' },
        { path: 'mode', old: 'paused', new: 'on' },
      ],
    ])
  })
})

/** All queues that are made for one app alone. */
const OF_AN_APP = Object.values(QUEUES).filter(
  (queue): queue is (app: string) => string =>
    typeof queue === 'function' && queue.length === 1 && queue !== QUEUES.reviewLines,
)

describe('a removed app', () => {
  test('leaves nothing behind, and its id to nobody once it had accounts', async () => {
    const { store, apps } = await fresh()
    await apps.create('t', 'crm', draft)
    const item = (queue: string, key: string, value: object = {}) =>
      ({ write: 'item', item: { tenant: 't', queue, key }, set: { value: value as never } }) as const
    await store.commit([
      ...Array.from({ length: 1_100 }, (_, at) => item(QUEUES.links('crm'), `u${at}`, { type: 'User' })),
      item(QUEUES.links('crm'), 'g', { type: 'Group' }),
      item(QUEUES.members('crm', 'g'), 'u1'),
      ...OF_AN_APP.map((queueOf) => item(queueOf('crm'), '1')),
    ])
    await apps.remove('t', 'crm')
    const queues = [
      QUEUES.units,
      QUEUES.links('crm'),
      QUEUES.members('crm', 'g'),
      ...OF_AN_APP.map((queueOf) => queueOf('crm')),
    ]
    for (const queue of queues) expect(await store.items('t', queue, { limit: 1 })).toEqual([])
    expect(await store.cursors('t')).toEqual([])
    await expect(apps.get('t', 'crm')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    await expect(apps.create('t', 'crm', draft)).rejects.toMatchObject({ code: 'ERR_EXISTS' })
  })

  test('that never had an account leaves its id', async () => {
    const { apps } = await fresh()
    await apps.create('t', 'crm', draft)
    await apps.remove('t', 'crm')
    expect((await apps.create('t', 'crm', draft)).mode).toBe('off')
  })
})

test('the list comes in pages, and is searched by id and label', async () => {
  const { apps } = await fresh()
  for (const [id, label] of [
    ['a', 'Wiki'],
    ['b', 'CRM'],
    ['c', 'Chat'],
  ] as const)
    await apps.create('t', id, { ...draft, label })
  const first = await apps.list('t', { limit: 2 })
  expect([first.items.map(({ id }) => id), first.next]).toEqual([['a', 'b'], 'b'])
  expect((await apps.list('t', { limit: 2, after: 'b' })).items.map(({ id }) => id)).toEqual(['c'])
  expect((await apps.list('t', { limit: 9, search: 'c' })).items.map(({ id }) => id)).toEqual(['b', 'c'])
})
