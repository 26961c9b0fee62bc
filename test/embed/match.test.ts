// Who is it? People whom the app has are found when an identity provider creates them.

import { afterEach, describe, expect, test } from 'vitest'
import { bearer } from '../../src/access/index.ts'
import { createDirectory, type Hooks } from '../../src/directory/index.ts'
import { lockstep } from '../../src/embed/index.ts'
import { adopt } from '../../src/embed/matching/adopt.ts'
import { type Match, type Matching, withMatching } from '../../src/embed/matching/match.ts'
import { type Json, LENIENT, User } from '../../src/protocol/index.ts'
import { createProvider } from '../../src/provider/index.ts'
import { KINDS } from '../../src/quirks/index.ts'
import { onPostgres } from '../database-under-test.ts'
import { DATABASES, inMemory, type Opened } from './databases.ts'

const open: Opened[] = []
afterEach(async () => {
  for (const { end } of open.splice(0)) await end()
})

type Body = { readonly [name: string]: unknown }

/** A provider whose people are matched, with a token for each kind of identity provider. */
async function setUp(on: () => Promise<Opened>, matching: Matching, hooks?: Hooks) {
  const database = await on()
  open.push(database)
  const { store } = database
  const directory = createDirectory({ store, ...(hooks === undefined ? {} : { hooks }) })
  const reported: unknown[] = []
  const provider = createProvider({
    directory: withMatching(directory, matching),
    authenticate: bearer(Object.fromEntries(KINDS.map((kind) => [kind, { tenant: 'acme', actor: kind, kind }]))),
    report: ({ error }) => reported.push(error),
  })
  async function send(kind: string, method: string, path: string, body?: Json) {
    const response = await provider.fetch(
      new Request(`https://app.example/scim/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${kind}`, 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as Body }
  }
  const post = (body: Body, kind = 'okta') =>
    send(kind, 'POST', '/Users', { schemas: [User.schema.id], ...body } as Json)
  const all = async () => {
    const { body } = await send('okta', 'GET', '/Users')
    return (body.Resources as Body[]).map(({ id, userName }) => [id, userName])
  }
  return { store, directory, send, post, all, reported }
}

/** The app's own table, by e-mail. */
const byEmail =
  (table: { readonly [email: string]: string }): Match =>
  ({ email }) => {
    const id = email === undefined ? undefined : table[email]
    return id === undefined ? undefined : { id, created: '2020-02-02T00:00:00Z' }
  }
const mail = (value: string) => ({ emails: [{ value, primary: true }] })

describe.each(DATABASES)('on %s', (_name, on) => {
  test("a person of the app gets the app's id and date, and is marked as known; anybody else is new", async () => {
    const hooks: { readonly id: string; readonly known: boolean }[] = []
    const { post, all, store } = await setUp(
      on,
      { match: byEmail({ 'ann@acme.example': '42' }) },
      {
        commit: ({ id, paths }) => void hooks.push({ id, known: paths.some(({ path }) => path === 'id') }),
      },
    )
    const ann = await post({ userName: 'ann', ...mail('ann@acme.example') })
    expect(ann).toMatchObject({ status: 201, body: { id: '42', meta: { created: '2020-02-02T00:00:00.000Z' } } })
    expect(ann.headers.get('location')).toBe('https://app.example/scim/v2/Users/42')
    const bea = await post({ userName: 'bea', ...mail('bea@acme.example') })
    expect(bea.status).toBe(201)
    expect(await all()).toHaveLength(2)
    expect(hooks).toEqual([
      { id: '42', known: true },
      { id: bea.body.id, known: false },
    ])
    expect(await store.changes('acme', 0, 10)).toHaveLength(2)
  })

  test('two requests at once for one person make one resource', async () => {
    for (const kind of ['okta', 'keycloak']) {
      const { post, all } = await setUp(on, { match: byEmail({ 'ann@acme.example': '42' }) })
      const body = { userName: 'ann', externalId: '00u1', ...mail('ann@acme.example') }
      const answers = await Promise.all(Array.from({ length: 8 }, () => post(body, kind)))
      const statuses = new Set(answers.map(({ status }) => status))
      expect([...statuses].sort(), kind).toEqual(kind === 'okta' ? [201, 409] : [201])
      expect(await all()).toEqual([['42', 'ann']])
    }
  })

  test('adopted people are adopted by the identity provider, which changes what it says and nothing else', async () => {
    const { directory, post, send } = await setUp(on, { match: byEmail({ 'ann@acme.example': '42' }) })
    const table = [{ id: '42', userName: 'ann', title: 'Dr', active: false, ...mail('ann@acme.example') }]
    expect(await adopt(directory, 'acme', table)).toMatchObject({ adopted: 1, refusals: 0 })
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    const answer = await post({
      schemas: [User.schema.id, enterprise],
      userName: 'ann@acme.example',
      externalId: '00u1',
      name: { givenName: 'Ann' },
      ...mail('ann@acme.example'),
      [enterprise]: { department: 'R&D' },
      nonsense: 1,
    })
    expect(answer.status).toBe(201)
    expect((await send('okta', 'GET', '/Users/42')).body).toMatchObject({
      id: '42',
      userName: 'ann@acme.example',
      externalId: '00u1',
      title: 'Dr',
      active: true,
      name: { givenName: 'Ann' },
      [enterprise]: { department: 'R&D' },
    })
  })

  test('in Bulk, too', async () => {
    const { directory, send, all } = await setUp(on, {
      match: byEmail({ 'ann@acme.example': '42', 'bea@acme.example': '43' }),
    })
    await adopt(directory, 'acme', [{ id: '42', userName: 'ann' }])
    const make = (userName: string, email: string) => ({
      method: 'POST',
      path: '/Users',
      bulkId: userName,
      data: { schemas: [User.schema.id], userName, externalId: userName, ...mail(email) },
    })
    const answer = await send('okta', 'POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [make('ann', 'ann@acme.example'), make('bea', 'bea@acme.example'), make('carl', 'carl@acme.example')],
    })
    expect((answer.body.Operations as Body[]).map(({ status }) => status)).toEqual(['201', '201', '201'])
    expect(await all()).toEqual(
      expect.arrayContaining([
        ['42', 'ann'],
        ['43', 'bea'],
      ]),
    )
    expect(await all()).toHaveLength(3)
  })
})

// The rest is the same on every database.
const on = inMemory

describe.skipIf(onPostgres)('by kind', () => {
  const known = { '1': { userName: 'ann' }, '2': { userName: 'ann', externalId: 'x1' } }
  const cases: readonly (readonly [string, keyof typeof known, Body, number])[] = [
    ['okta', '1', { userName: 'ann' }, 409],
    ['okta', '1', { userName: 'ann', externalId: 'x1' }, 201],
    ['okta', '1', { userName: 'new-name' }, 201],
    ['okta', '2', { userName: 'ann', externalId: 'x1' }, 409],
    ['okta', '2', { userName: 'new-name', externalId: 'x1' }, 201],
    ['entra', '1', { userName: 'ANN', externalId: 'x1' }, 201],
    ['entra', '2', { userName: 'ANN', externalId: 'x1' }, 409],
    ['generic', '2', { userName: 'ann', externalId: 'x1' }, 409],
    ['keycloak', '1', { userName: 'ann' }, 201],
    ['auth0', '2', { userName: 'ann', externalId: 'x1' }, 201],
    ['strict', '1', { userName: 'new-name', externalId: 'x1' }, 409],
    ['interop', '2', { userName: 'new-name', externalId: 'x1' }, 409],
    // Another account: an address that was given to somebody else.
    ['keycloak', '2', { userName: 'ann', externalId: 'x2' }, 409],
    ['okta', '2', { userName: 'new-name', externalId: 'x2' }, 409],
    ['okta', '2', { userName: 'new-name' }, 409],
  ]
  test.each(cases)('%s finds person %s with %j: %i', async (kind, id, sent, status) => {
    const { directory, post, all } = await setUp(on, { match: () => ({ id }) })
    await adopt(directory, 'acme', [{ id, ...known[id] }])
    const answer = await post(sent, kind)
    expect(answer.status).toBe(status)
    if (status === 201) expect(answer.body).toMatchObject({ id, userName: sent.userName })
    else expect(answer.body).toMatchObject({ scimType: 'uniqueness', detail: expect.stringContaining(`User ${id}`) })
    expect(await all()).toHaveLength(1)
  })

  test('a setting overrules the kind, but for another account', async () => {
    for (const [onMatch, status] of [
      ['adopt', 201],
      ['conflict', 409],
    ] as const) {
      const { directory, post } = await setUp(on, { match: () => ({ id: '1' }), onMatch })
      await adopt(directory, 'acme', [{ id: '1', userName: 'ann', externalId: 'x1' }])
      expect((await post({ userName: 'ann', externalId: 'x1' }, 'strict')).status).toBe(status)
      expect((await post({ userName: 'ann', externalId: 'x1' }, 'keycloak')).status).toBe(status)
      expect((await post({ userName: 'ann', externalId: 'x2' }, 'keycloak')).status).toBe(409)
    }
  })
})

describe.skipIf(onPostgres)('find', () => {
  const found: Match = async ({ user, email, find }) =>
    (await find({ externalId: user.externalId })) ??
    (await find({ userName: user.userName })) ??
    (await find({ email }))

  test('finds by externalId, user name and e-mail, within the tenant', async () => {
    const { directory, post } = await setUp(on, { match: found })
    await adopt(directory, 'acme', [
      { id: '1', userName: 'ann', externalId: 'x"1' },
      { id: '2', userName: 'bea' },
      { id: '3', userName: 'carl', ...mail('Carl@acme.example') },
    ])
    await adopt(directory, 'other', [{ id: '9', userName: 'dora', externalId: 'x9', ...mail('dora@acme.example') }])
    expect((await post({ userName: 'a2', externalId: 'x"1' })).body.id).toBe('1')
    expect((await post({ userName: 'Bea', externalId: 'x2' })).body.id).toBe('2')
    expect((await post({ userName: 'c2', externalId: 'x3', ...mail('carl@acme.example') })).body.id).toBe('3')
    const dora = await post({ userName: 'dora', externalId: 'x9', ...mail('dora@acme.example') })
    expect(dora.status).toBe(201)
    expect(dora.body.id).not.toBe('9')
  })

  test('several with the value are nobody: 409, and nothing is written', async () => {
    const { directory, post, all } = await setUp(on, { match: found })
    await adopt(directory, 'acme', [
      { id: '1', userName: 'ann', externalId: 'x' },
      { id: '2', userName: 'bea', externalId: 'x' },
    ])
    const answer = await post({ userName: 'new', externalId: 'x' })
    expect(answer).toMatchObject({ status: 409, body: { detail: expect.stringMatching(/Several people .* 1 and 2/) } })
    expect(await all()).toHaveLength(2)
  })
})

describe.skipIf(onPostgres)('handlers', () => {
  test('are told whom the app had before, and of an adopted person that it has changed', async () => {
    const told: string[] = []
    const tell = (event: { readonly name: string; readonly user: { readonly id: string } }, more = '') =>
      void told.push(`${event.name} ${event.user.id}${more}`)
    const { store, end } = await on()
    open.push({ store, end })
    const scim = lockstep({
      store,
      authenticate: () => ({ tenant: 'acme', actor: 'okta', kind: 'okta' }),
      match: ({ user }) => (user.userName === 'new' ? undefined : { id: String(user.userName) }),
      on: { 'user.created': (event) => tell(event, ` known: ${event.known}`), 'user.updated': (event) => tell(event) },
    })
    await scim.adopt('acme', [{ id: 'ann', userName: 'ann@acme.example' }])
    const post = async (body: Body) => {
      const headers = { authorization: 'Bearer x', 'content-type': 'application/scim+json' }
      const request = new Request('https://app.example/scim/v2/Users', {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      expect((await scim.fetch(request)).status).toBe(201)
    }
    await post({ userName: 'ann', externalId: '1' })
    await post({ userName: 'bea', externalId: '2' })
    await post({ userName: 'new', externalId: '3' })
    expect(told.slice(0, 2)).toEqual(['user.updated ann', 'user.created bea known: true'])
    expect(told[2]).toMatch(/^user\.created .* known: false$/)
    expect(told).toHaveLength(3)
  })
})

describe.skipIf(onPostgres)('trouble', () => {
  test('a match that throws is answered with 503 in words, reported with its cause, and writes nothing', async () => {
    const { post, all, reported, store } = await setUp(on, {
      match: () => {
        throw new Error('the users table is locked')
      },
    })
    const answer = await post({ userName: 'ann' })
    expect(answer).toMatchObject({
      status: 503,
      body: { detail: expect.stringMatching(/^The application could not tell/) },
    })
    expect(answer.headers.get('retry-after')).toBe('10')
    expect(JSON.stringify(answer.body)).not.toContain('locked')
    expect(reported).toMatchObject([{ cause: { message: 'the users table is locked' } }])
    expect(await all()).toEqual([])
    expect(await store.changes('acme', 0, 1)).toEqual([])
  })

  test.each(['a/b', '', '..', 'bulkId:1', 'x'.repeat(129), 7, '1 or 1=1', '.search'])(
    'an id of the app that is none, %j, is a fault of the app: 500, and nothing is written',
    async (id) => {
      const { post, all, reported } = await setUp(on, { match: () => ({ id: id as string }) })
      const answer = await post({ userName: 'ann' })
      expect(answer.status).toBe(500)
      expect(String(reported[0])).toMatch(/id: an id /)
      expect(await all()).toEqual([])
    },
  )

  test("an id that is a group's, or a user name that is another's, is refused in words", async () => {
    const { post, send, directory } = await setUp(on, { match: ({ user }) => ({ id: String(user.externalId) }) })
    const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'g' }
    const context = { tenant: 'acme', actor: 'test', allow: LENIENT }
    await directory.create(context, 'Group', group, { id: 'g1' })
    expect(await post({ userName: 'ann', externalId: 'g1' })).toMatchObject({ status: 409, body: { detail: /id g1/ } })
    await adopt(directory, 'acme', [{ id: '1', userName: 'ann' }])
    const taken = await post({ userName: 'ANN', externalId: '2' })
    expect(taken).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    expect((await send('okta', 'GET', '/Users/2')).status).toBe(404)
  })

  test('groups are not matched, and what is no user is refused as ever', async () => {
    let asked = 0
    const { send, post } = await setUp(on, { match: () => void asked++ as undefined })
    const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'g' }
    expect((await send('okta', 'POST', '/Groups', group)).status).toBe(201)
    expect((await post({ userName: 7 })).status).toBeLessThan(500)
    expect((await send('strict', 'POST', '/Users', { schemas: [], userName: 'x' })).status).toBe(400)
    expect(asked).toBe(1)
  })
})
