// Tests the routes for apps: settings, links, requests, holds, sweeps, and the live feed.

import { afterEach, describe, expect, test } from 'vitest'
import { expectDocumented } from '../../test/documented.ts'
import { environment } from '../environment.ts'
import { type Hold, QUEUES } from '../hub/index.ts'
import { STRICT } from '../protocol/index.ts'
import { createSiteDirectory } from '../site/directory.ts'
import { createSiteHub } from '../site/hub.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createSealer, createTenancy, makeSealKey, parseSealKeys } from '../tenancy/index.ts'
import { createAdmin } from './admin.ts'

const SECRET = 'canary-1138'
const open: { close: () => unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function start() {
  const store = sqliteStore(':memory:')
  const tenancy = createTenancy({ store })
  const keys = parseSealKeys(makeSealKey(environment), 'test')
  const hub = createSiteHub(
    store,
    tenancy,
    createSealer(async () => keys, environment),
  )
  const admin = createAdmin({ store, tenancy, directory: createSiteDirectory(store, tenancy), hub })
  open.push(store, tenancy, admin)
  for (const name of ['acme', 'other']) await tenancy.tenants.create(name)
  const { token, admin: own } = await tenancy.adminTokens.create({ label: 'owner' })
  const limited = await tenancy.adminTokens.create({ label: 'limited', tenants: ['acme'] })
  const request = (method: string, path: string, body?: unknown, bearer = token, more: Record<string, string> = {}) =>
    admin.fetch(
      new Request(`http://scim.example/admin/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', ...more },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  const send = async (method: string, path: string, body?: unknown, bearer = token) => {
    const response = await request(method, path, body, bearer)
    const text = await response.text()
    expectDocumented(method, path, response.status, text)
    expect(text).not.toContain(SECRET)
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const item = (queue: string, key: string, set: object) =>
    store.commit([{ write: 'item', item: { tenant: 'acme', queue, key }, set }])
  return { store, tenancy, send, request, item, own, token, limited: limited.token }
}

const APPS = '/tenants/acme/apps'
const WIKI = {
  app: 'wiki',
  options: { url: 'https://wiki.example/scim' },
  credentials: { kind: 'bearer', secret: SECRET, expiresAt: '2020-01-01' },
}

describe('an app', () => {
  test('is shown with what it is owed, in the list too', async () => {
    const { send, item } = await start()
    await send('POST', APPS, WIKI)
    const link = (key: string, state: string) =>
      item(QUEUES.links('wiki'), key, { state, due: 1, lane: 3, value: { type: 'User', name: key } })
    for (const [key, state] of [
      ['a', 'parked'],
      ['b', 'ready'],
      ['c', 'ready'],
      ['d', 'watched'],
    ] as const) {
      await link(key, state)
    }
    const owed = { parked: 1, ready: 2 }
    expect((await send('GET', APPS)).body.items).toMatchObject([{ app: 'wiki', owed }])
    expect((await send('GET', `${APPS}/wiki`)).body.owed).toEqual(owed)
  })

  test('is added, shown, changed, switched on, paused, resumed and removed', async () => {
    const { send, store } = await start()
    const made = await send('POST', APPS, WIKI)
    expect(made).toMatchObject({ status: 201, body: { app: 'wiki', adapter: 'scim', mode: 'off', health: 'review' } })
    expect(made.body.credentials).toMatchObject({ kind: 'bearer', secret: 'sealed', expiry: 'expired' })
    expect((await send('GET', `${APPS}/wiki`)).body).toEqual({ ...made.body, owed: {} })
    const changed = await send('PATCH', `${APPS}/wiki`, {
      label: 'Wiki',
      scope: { users: { filter: 'active eq true' } },
      guard: { percent: 5 },
    })
    expect(changed.body).toMatchObject({ label: 'Wiki', guard: { floor: 10, percent: 5 } })
    expect((await send('PATCH', `${APPS}/wiki`, { credentials: null })).body.credentials).toBeUndefined()
    expect((await send('POST', `${APPS}/wiki/resume`)).status).toBe(409)
    expect((await send('POST', `${APPS}/wiki/switch-on`, {})).status).toBe(400)
    const on = await send('POST', `${APPS}/wiki/switch-on`, { withoutPlan: true })
    expect(on.body).toMatchObject({ mode: 'on', health: 'healthy' })
    expect((await send('POST', `${APPS}/wiki/pause`)).body.mode).toBe('paused')
    expect((await send('POST', `${APPS}/wiki/resume`)).body.mode).toBe('on')
    expect((await send('DELETE', `${APPS}/wiki`)).status).toBe(204)
    expect((await send('GET', `${APPS}/wiki`)).status).toBe(404)
    expect(JSON.stringify(await store.changes('acme', 0, 100))).not.toContain(SECRET)
  })

  test('is changed as the last one left it: by the version of its settings', async () => {
    const { send, request, token } = await start()
    await send('POST', APPS, WIKI)
    const path = `${APPS}/wiki`
    const tagNow = async () => (await request('GET', path)).headers.get('etag') ?? ''
    const change = (body: unknown, tag: string) => request('PATCH', path, body, token, { 'if-match': tag })
    const tag = await tagNow()
    expect((await send('GET', path)).body.version).toBe(tag)
    const scope = { users: { filter: 'active eq true' } }
    expect((await change({ scope }, tag)).status).toBe(200)
    const late = await change({ label: 'Late' }, tag)
    expect(late.status).toBe(412)
    expect(await late.json()).toMatchObject({ error: { code: 'ERR_CHANGED' } })
    expect((await send('GET', path)).body).toMatchObject({ label: 'wiki', scope })
    // Without a version it is changed as ever, for the command line and other clients.
    expect((await send('PATCH', path, { label: 'Wiki' })).status).toBe(200)
  })

  test('names every field that is wrong', async () => {
    const { send } = await start()
    const wrong = { ...WIKI, options: { url: 'wiki' }, colour: 'red', scope: { users: { filter: 5 } } }
    const fields = ({ body }: Awaited<ReturnType<typeof send>>) =>
      body.error.faults.map(({ field }: { field: string }) => field).toSorted()
    expect(fields(await send('POST', APPS, wrong))).toEqual(['colour', 'scope.users.filter'])
    expect(fields(await send('POST', APPS, { ...WIKI, options: { url: 'wiki' } }))).toEqual(['options.url'])
    const map = { User: { userName: { from: 'usrName' } } }
    const inMap = fields(await send('POST', APPS, { ...WIKI, map }))
    expect(inMap).toContainEqual(expect.stringMatching(/^map\.User\.userName/))
  })

  test('gets a variable of the server only from who has the whole database', async () => {
    const { send, limited } = await start()
    const env = { ...WIKI, credentials: { kind: 'bearer', env: 'WIKI_TOKEN' } }
    const refused = await send('POST', APPS, env, limited)
    expect(refused.body.error.faults).toMatchObject([{ field: 'credentials.env' }])
    expect((await send('POST', APPS, env)).status).toBe(201)
    const elsewhere = await send('PATCH', `${APPS}/wiki`, { options: { url: 'https://evil.example' } }, limited)
    expect(elsewhere.body.error.faults).toMatchObject([{ field: 'credentials.secret' }])
  })

  test('is one of a list in pages', async () => {
    const { send } = await start()
    for (const app of ['a', 'b', 'c']) await send('POST', APPS, { ...WIKI, app })
    const first = (await send('GET', `${APPS}?limit=2`)).body
    expect(first.items.map(({ app }: { app: string }) => app)).toEqual(['a', 'b'])
    const second = (await send('GET', `${APPS}?limit=2&after=${first.next}`)).body
    expect(second.items.map(({ app }: { app: string }) => app)).toEqual(['c'])
    expect((await send('GET', '/tenants/other/apps')).body.items).toEqual([])
  })
})

test('a preview shows what settings that are not saved would make of people', async () => {
  const { send, tenancy, store } = await start()
  await send('POST', APPS, WIKI)
  await tenancy.ready('acme')
  const directory = createSiteDirectory(store, tenancy)
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  for (const userName of ['Ada', 'Bob']) {
    const user = { schemas, userName, title: userName === 'Ada' ? 'Countess' : 'Clerk' }
    await directory.create({ tenant: 'acme', actor: 'test', allow: STRICT }, 'User', user)
  }
  const settings = {
    scope: { users: { filter: 'title eq "Countess"' } },
    map: { User: { userName: { from: 'userName', to: ['lower'] } } },
  }
  const { status, body } = await send('POST', `${APPS}/wiki/map/preview`, { settings })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    maps: { User: { userName: { from: 'userName' } } },
    looked: 2,
    rows: [{ name: 'Ada', scope: { in: true }, document: { userName: 'ada' } }],
  })
  expect((await send('GET', `${APPS}/wiki`)).body.map).toBeUndefined()
  const wrong = { settings: { map: { User: { userName: { from: 'usrName' } } } } }
  const refused = (await send('POST', `${APPS}/wiki/map/preview`, wrong)).body
  expect(refused.rows).toEqual([])
  expect(refused.findings).toContainEqual(expect.objectContaining({ level: 'error' }))
})

test('a difference is ignored for some days, with why, and no longer; access that must have ended never is', async () => {
  const { send, item } = await start()
  await send('POST', APPS, WIKI)
  const link = { type: 'User', name: 'ada', account: '7', wanted: 'active', ackedAt: 1_700_000_000_000 }
  await item(QUEUES.links('wiki'), 'u1', { value: link, tag: 'User/7' })
  await item(QUEUES.links('wiki'), 'u2', { value: { ...link, account: '8', wanted: 'absent' }, tag: 'User/8' })
  const draft = { kind: 'drifted', type: 'User', account: '7', attributes: ['title'], reason: 'A trial', days: 30 }
  const path = `${APPS}/wiki/ignored`
  const made = await send('POST', path, draft)
  expect(made).toMatchObject({ status: 201, body: { resource: 'u1', name: 'ada', attributes: ['title'] } })
  expect(
    (await send('POST', path, { kind: 'stranger', type: 'User', account: '9', reason: 'Theirs', days: 1 })).status,
  ).toBe(201)
  const listed = (await send('GET', path)).body.items
  expect(listed.map(({ account, reason }: { account: string; reason: string }) => [account, reason]).sort()).toEqual([
    ['7', 'A trial'],
    ['9', 'Theirs'],
  ])
  for (const [wrong, field] of [
    [{ ...draft, account: '8' }, 'account'],
    [{ ...draft, account: '10' }, 'account'],
    [{ ...draft, kind: 'stranger' }, 'account'],
    [{ ...draft, attributes: [] }, 'attributes'],
    [{ ...draft, reason: ' ' }, 'reason'],
  ] as const) {
    const refused = await send('POST', path, wrong)
    expect([refused.status, refused.body.error.faults?.[0]?.field]).toEqual([400, field])
  }
  expect((await send('DELETE', `${path}/${made.body.ignored}`)).status).toBe(204)
  expect((await send('DELETE', `${path}/${made.body.ignored}`)).status).toBe(404)
  expect((await send('GET', path)).body.items).toHaveLength(1)
})

test('links are listed by state, and counted', async () => {
  const { send, item } = await start()
  await send('POST', APPS, WIKI)
  const link = { type: 'User', name: 'ada', account: '7', wanted: 'active', ackedAt: 1_700_000_000_000 }
  const reason = { code: 'conflict', message: 'The name is taken', since: 1_700_000_000_000 }
  await item(QUEUES.links('wiki'), 'u1', { value: link })
  await item(QUEUES.links('wiki'), 'u2', { value: { ...link, name: 'bob', reason }, state: 'parked', due: 5 })
  const all = (await send('GET', `${APPS}/wiki/links?limit=1`)).body
  expect(all).toMatchObject({ items: [{ resource: 'u1', state: '' }], next: 'u1' })
  const parked = (await send('GET', `${APPS}/wiki/links?state=parked`)).body
  expect(parked.items).toMatchObject([
    { resource: 'u2', reason: { code: 'conflict' }, due: '1970-01-01T00:00:00.005Z' },
  ])
  expect((await send('GET', `${APPS}/wiki/states`)).body).toEqual({ parked: 1 })
  expect((await send('GET', `${APPS}/none/links`)).status).toBe(404)
})

const ATTEMPT = {
  at: 1_700_000_000_000,
  ms: 12,
  resource: 'u1',
  type: 'User',
  lane: 2,
  basis: 7,
  step: 'create',
  requests: [{ verb: 'POST', target: '/Users', body: { userName: 'ada' } }],
  outcome: 'done',
  status: 201,
}

test('requests are listed, all or those about one resource', async () => {
  const { send, item } = await start()
  await send('POST', APPS, WIKI)
  await item(QUEUES.attempts('wiki'), '1', { tag: 'u1', value: ATTEMPT })
  await item(QUEUES.attempts('wiki'), '2', { tag: 'u2', value: { ...ATTEMPT, resource: 'u2' } })
  expect((await send('GET', `${APPS}/wiki/attempts`)).body.items).toHaveLength(2)
  const own = (await send('GET', `${APPS}/wiki/attempts?resource=u2`)).body.items
  expect(own).toMatchObject([{ id: '2', at: '2023-11-14T22:13:20.000Z', requests: [{ verb: 'POST' }] }])
})

test('a hold is decided once, and the log says by whom', async () => {
  const { send, item, store, own } = await start()
  await send('POST', APPS, WIKI)
  const hold: Hold = { openedAt: 1, cause: 'configuration', place: 7, count: 31, limit: 12 }
  await item(QUEUES.holds('wiki'), 'h1', { value: hold })
  expect((await send('GET', `${APPS}/wiki/held?open=true`)).body.items).toMatchObject([{ hold: 'h1', count: 31 }])
  const decided = await send('POST', `${APPS}/wiki/held/h1/approve`)
  expect(decided.body).toMatchObject({ verdict: 'approved', by: `admin:${own.id}` })
  expect((await send('POST', `${APPS}/wiki/held/h1/discard`)).status).toBe(409)
  expect((await send('POST', `${APPS}/wiki/held/h2/approve`)).status).toBe(404)
  expect((await send('GET', `${APPS}/wiki/held?open=true`)).body.items).toEqual([])
  const line = (await store.changes('acme', 0, 100)).at(-1)
  expect(line).toMatchObject({
    type: 'App',
    id: 'wiki',
    paths: [{ path: 'verb', new: 'approved' }, { new: 'h1' }, {}, {}],
  })
})

test('a sweep is begun once, and what it found is mended when it has ended', async () => {
  const { send, item, store } = await start()
  await send('POST', APPS, WIKI)
  const { body } = await send('POST', `${APPS}/wiki/sweeps`)
  expect((await send('POST', `${APPS}/wiki/sweeps`)).status).toBe(409)
  expect((await send('GET', `${APPS}/wiki/sweeps`)).body.items).toMatchObject([{ sweep: body.sweep, kind: 'full' }])
  const fix = { kinds: ['drifted'] }
  expect((await send('POST', `${APPS}/wiki/sweeps/${body.sweep}/fix`, fix)).status).toBe(409)
  const [run] = await store.items('acme', QUEUES.runs('wiki'), { keys: [body.sweep] })
  await item(QUEUES.runs('wiki'), body.sweep, { value: { ...(run?.value as object), phase: 'done' } })
  const drift = { kind: 'drifted', type: 'User', account: '7', name: 'ada', what: 'title', done: 'reported' }
  await item(QUEUES.drifts('wiki'), `${body.sweep}/000000000`, { tag: `${body.sweep}/drifted`, value: drift })
  const path = `${APPS}/wiki/sweeps/${body.sweep}/drift`
  expect((await send('GET', `${path}?kind=drifted`)).body.items).toEqual([drift])
  expect((await send('GET', `${path}?kind=zombie`)).body.items).toEqual([])
  expect((await send('POST', `${APPS}/wiki/sweeps/${body.sweep}/fix`, fix)).status).toBe(204)
})

describe('the live feed', () => {
  /** Reads events until one holds. */
  async function readUntil(response: Response, holds: (text: string) => boolean): Promise<string> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!holds(text)) {
      const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
      if (done) break
      text += value
    }
    await reader?.cancel()
    return text
  }

  test('tells of apps, requests and debt as they come', async () => {
    const { send, request, item } = await start()
    await send('POST', APPS, WIKI)
    await item(QUEUES.links('wiki'), 'u1', { value: { type: 'User', name: 'ada' }, state: 'parked', due: 5 })
    const response = await request('GET', '/tenants/acme/live')
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const at = Date.now() + 1_000
    await item(QUEUES.attempts('wiki'), `${String(at).padStart(15, '0')}-1-000001`, { value: { ...ATTEMPT, at } })
    const text = await readUntil(response, (so) => so.includes('event: attempt'))
    expect(text).toContain('event: app\ndata: {"app":"wiki","mode":"off","health":"healthy"}')
    expect(text).toContain('event: debt\ndata: {"app":"wiki","states":{"parked":1}}')
    expect(text).toContain('"step":"create"')
    expect(text).not.toContain('"requests"')
  })

  test('ends when the server does, and is refused beyond so many', async () => {
    const { request } = await start()
    const streams = await Promise.all(Array.from({ length: 200 }, () => request('GET', '/tenants/acme/live')))
    expect((await request('GET', '/tenants/acme/live')).status).toBe(503)
    await streams[0]?.body?.cancel()
    const last = await request('GET', '/tenants/acme/live')
    expect(last.status).toBe(200)
    open.pop()?.close()
    expect(await readUntil(last, () => false)).toMatch(/^retry: 2000\n\nevent: bye\n/)
  })

  test('is for those who may see values', async () => {
    const { tenancy, request } = await start()
    const { token } = await tenancy.adminTokens.create({ role: 'support' })
    expect((await request('GET', '/tenants/acme/live', undefined, token)).status).toBe(403)
  })
})
