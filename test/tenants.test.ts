// Tenants are isolated from each other on every route.

import { describe, expect, test } from 'vitest'
import { createDirectory } from '../src/directory/index.ts'
import { createTenancy } from '../src/tenancy/index.ts'
import { emptyPlace, onPostgres } from './database-under-test.ts'
import { startProcess } from './process.ts'
import { expectNone, replay } from './replay.ts'
import {
  type Answer,
  type Body,
  BULK_REQUEST,
  type Client,
  createClient,
  expectError,
  GROUP,
  PATCH_OP,
  SEARCH_REQUEST,
  USER,
  unique,
  user,
  withoutId,
} from './rfc/client.ts'
import { site, tenantOf } from './rfc/site.ts'

// A token of one tenant is worth nothing in another: 401 or 404 on every route, and nothing is written.
const at = site()
const own = at.strict()
const foreign = at.strict()

/** Every route of a tenant with a request that would do something there. */
function routes(u: Body, g: Body): readonly (readonly [string, string, unknown?])[] {
  const operations = (path: string, value: unknown) => ({
    schemas: [PATCH_OP],
    Operations: [{ op: 'add', path, value }],
  })
  const search = { schemas: [SEARCH_REQUEST] }
  return [
    ['GET', '/'],
    ['GET', '/?filter=userName%20pr'],
    ['GET', '/Users'],
    ['GET', '/Users?cursor=&count=1'],
    ['GET', `/Users/${u.id}`],
    ['HEAD', `/Users/${u.id}`],
    ['GET', `/Groups/${g.id}`],
    ['GET', '/Groups'],
    ['POST', '/Users', user()],
    ['POST', '/Groups', { schemas: [GROUP], displayName: unique() }],
    ['PUT', `/Users/${u.id}`, { ...u, title: 'taken' }],
    ['PUT', `/Groups/${g.id}`, { ...g, displayName: 'taken' }],
    ['PATCH', `/Users/${u.id}`, operations('title', 'taken')],
    ['PATCH', `/Groups/${g.id}`, operations('members', [{ value: u.id }])],
    ['DELETE', `/Users/${u.id}`],
    ['DELETE', `/Groups/${g.id}`],
    ['POST', '/.search', search],
    ['POST', '/Users/.search', search],
    ['POST', '/Groups/.search', search],
    ['POST', '/Bulk', { schemas: [BULK_REQUEST], Operations: [{ method: 'DELETE', path: `/Users/${u.id}` }] }],
    ['GET', '/Me'],
    ['POST', '/Me', user()],
    ['PUT', '/Me', u],
    ['PATCH', '/Me', operations('title', 'taken')],
    ['DELETE', '/Me'],
    ['GET', '/ServiceProviderConfig'],
    ['GET', '/Schemas'],
    ['GET', `/Schemas/${USER}`],
    ['GET', '/ResourceTypes'],
    ['GET', '/ResourceTypes/User'],
    ['GET', '/Nope'],
    ['POST', '/Users/x', {}],
    ['OPTIONS', '/Users'],
  ]
}

/** Many wrong tokens in a row may be slowed down (P-561); `slowed` says that this is one of many. */
function refused(answer: Answer, where: string, { slowed = false } = {}): void {
  expect([401, 404, ...(slowed ? [429] : [])], where).toContain(answer.status)
  if (answer.text !== '') expectError(answer, answer.status)
  if (answer.status === 401) expect(answer.headers.get('www-authenticate'), where).toMatch(/^Bearer/)
}

async function stateOf(client: Client): Promise<unknown> {
  const { lines } = await replay(at.server.store, tenantOf(client))
  return { users: (await client.get('/Users')).text, groups: (await client.get('/Groups')).text, lines: lines.length }
}

describe('tenants', () => {
  test('P-046 a token of one tenant on every route of another: 401 or 404, nothing revealed, nothing written', async () => {
    const secret = unique('secret')
    const u = await foreign.makeUser({ displayName: secret })
    const g = await foreign.makeGroup({ displayName: `${secret}-group` })
    const before = await stateOf(foreign)
    const intruder = createClient({ base: foreign.base, token: own.token })
    for (const [method, path, body] of routes(u, g)) {
      const answer = await intruder.call(method, path, body)
      refused(answer, `${method} ${path}`)
      expect(answer.text, `${method} ${path}`).not.toContain(secret)
    }
    expect(await stateOf(foreign)).toEqual(before)
  })

  test('ids of another tenant match nothing: as resources, members, managers, in Bulk, in filters', async () => {
    const u = await foreign.makeUser()
    const g = await foreign.makeGroup()
    const before = await stateOf(foreign)
    expectError(await own.get(`/Users/${u.id}`), 404)
    expectError(await own.put(`/Users/${u.id}`, u), 404)
    expectError(await own.patch(`/Groups/${g.id}`, [{ op: 'add', path: 'members', value: [{ value: u.id }] }]), 404)
    expectError(await own.del(`/Groups/${g.id}`), 404)
    const mine = await own.makeGroup()
    expectError(
      await own.patch(`/Groups/${mine.id}`, [{ op: 'add', path: 'members', value: [{ value: u.id }] }]),
      400,
      'invalidValue',
    )
    const bulk = await own.bulk([{ method: 'DELETE', path: `/Users/${u.id}` }])
    expect(bulk.body.Operations[0].status).toBe('404')
    expect(await own.ids('/Users', `id eq "${u.id}"`)).toEqual([])
    expect((await own.get(`/?filter=${encodeURIComponent(`id eq "${u.id}"`)}`)).body.totalResults).toBe(0)
    expect(await stateOf(foreign)).toEqual(before)
  })

  test('a connection may have allowances of its own: group names are unique on one, e-mail addresses checked on another', async () => {
    const tenant = await at.server.tenant()
    const client = async (options: object) => createClient(await at.server.connection('okta', { tenant, ...options }))
    const [plain, unique, strict] = [
      await client({}),
      await client({ allow: ['uniqueGroupNames'] }),
      await client({ forbid: ['anyForm'] }),
    ]
    const group = { schemas: [GROUP], displayName: 'Sales' }
    expect((await plain.post('/Groups', group)).status).toBe(201)
    expectError(await unique.post('/Groups', { ...group, displayName: 'SALES' }), 409, 'uniqueness')
    expect((await plain.post('/Groups', { schemas: [GROUP], displayName: 'Other' })).status).toBe(201)
    const odd = { schemas: [USER], userName: 'odd', emails: [{ value: 'not an address' }] }
    expectError(await strict.post('/Users', odd), 400, 'invalidValue')
    expect((await plain.post('/Users', odd)).status).toBe(201)
  })

  test('a cursor of another tenant is invalid', async () => {
    for (const client of [own, foreign]) for (let made = 0; made < 3; made += 1) await client.makeUser()
    const page = await foreign.get('/Users?cursor=&count=1')
    expectError(await own.get(`/Users?cursor=${page.body.nextCursor}&count=1`), 400, 'invalidCursor')
  })

  test('a tenant that does not exist answers as one that does', async () => {
    const nowhere = createClient({ base: own.base.replace(tenantOf(own), 'no-such-tenant'), token: own.token })
    const real = createClient({ base: foreign.base, token: own.token })
    const [a, b] = [await nowhere.get('/Users'), await real.get('/Users')]
    expect(a.status).toBe(b.status)
    // Each answer ends with the id of its own request.
    expect(withoutId(a.text)).toBe(withoutId(b.text))
    expect(withoutId(a.text)).not.toBe(a.text)
  })

  test('the same without a token, with a revoked one, and with nonsense; only /ServiceProviderConfig needs no token', async () => {
    const u = await foreign.makeUser()
    const g = await foreign.makeGroup()
    const connection = await at.server.connection('strict', { tenant: tenantOf(foreign) })
    await at.server.tenancy.connections.revoke(tenantOf(foreign), connection.connection)
    const before = await stateOf(foreign)
    for (const token of [undefined, connection.token, 'nonsense', `lk_${tenantOf(foreign)}_${'a'.repeat(43)}`]) {
      const nobody = createClient({ base: foreign.base, token })
      for (const [method, path, body] of routes(u, g)) {
        if (token === undefined && path === '/ServiceProviderConfig') continue
        refused(await nobody.call(method, path, body), `${method} ${path} with ${token}`, { slowed: true })
      }
    }
    expect((await createClient({ base: foreign.base }).get('/ServiceProviderConfig')).status).toBe(200)
    expect(await stateOf(foreign)).toEqual(before)
  })
})

describe('one database, two processes', { timeout: 60_000 }, () => {
  test('what one writes the other shows at once; both write without losing anything', async () => {
    const place = await emptyPlace()
    const store = await place.open()
    const tenancy = createTenancy({ store })
    await tenancy.tenants.create('shared')
    const servers = [await startProcess(place.database), await startProcess(place.database)]
    try {
      const { token } = await tenancy.connections.create('shared', { kind: 'strict' })
      const [one, two] = servers.map(({ url }) => createClient({ base: `${url}/tenants/shared/scim/v2`, token }))
      if (one === undefined || two === undefined) throw new Error('two servers were started')

      // Never stale, though both have seen it before and keep finished answers.
      const made = await one.makeUser()
      for (let round = 0; round < 20; round += 1) {
        const [writer, reader] = round % 2 === 0 ? [one, two] : [two, one]
        expect((await reader.get(`/Users/${made.id}`)).status).toBe(200)
        const title = `round-${round}`
        await writer.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'title', value: title }])
        expect((await reader.get(`/Users/${made.id}`)).body.title).toBe(title)
        expect(await reader.ids('/Users', `title eq "${title}"`)).toEqual([made.id])
      }

      // Many writes from both at once, to one group and to one userName.
      const group = await one.makeGroup()
      const people = await Promise.all(Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? one : two).makeUser()))
      const added = await Promise.all(
        people.map(({ id }, at) =>
          (at % 2 === 0 ? two : one).patch(`/Groups/${group.id}`, [
            { op: 'add', path: 'members', value: [{ value: id }] },
          ]),
        ),
      )
      expect(added.map(({ status }) => status)).toEqual(people.map(() => 204))
      expect((await one.get(`/Groups/${group.id}`)).body.members).toHaveLength(100)
      expect((await two.get(`/Groups/${group.id}`)).body.members).toHaveLength(100)
      const userName = unique('contested')
      const rivals = await Promise.all(
        Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? one : two).post('/Users', user({ userName }))),
      )
      expect(rivals.filter(({ status }) => status === 201)).toHaveLength(1)
      expect(rivals.filter(({ status }) => status === 409)).toHaveLength(19)

      // A token made elsewhere counts at once; one revoked there at once or, on PostgreSQL, within a second.
      const other = await tenancy.connections.create('shared', { kind: 'strict' })
      expect((await two.as(other.token).get('/Users?count=1')).status).toBe(200)
      await tenancy.connections.revoke('shared', other.connection.id)
      const after = async () => (await two.as(other.token).get('/Users?count=1')).status
      if (onPostgres) await expect.poll(after).toBe(401)
      else expect(await after()).toBe(401)

      const { faults } = await replay(store, 'shared')
      expectNone(faults)
      for (const server of servers) expect(server.complaints()).toBe('')
    } finally {
      for (const server of servers) await server.kill()
      await tenancy.close()
      await store.close()
      await place.remove()
    }
  })
})

describe('an attribute that had to be unique', { timeout: 60_000 }, () => {
  const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'
  const DEVICE = 'urn:example:scim:schemas:core:1.0:Device'

  test('and need no longer is found by what was written since: its schema changed, or taken away and made anew, or its type', async () => {
    const place = await emptyPlace()
    const store = await place.open()
    const tenancy = createTenancy({ store })
    try {
      await tenancy.tenants.create('acme')
      const directory = createDirectory({
        store,
        catalog: tenancy.catalog,
        unique: tenancy.uniquePaths,
        ready: tenancy.ready,
      })
      const server = await startProcess(place.database)
      const { token } = await tenancy.connections.create('acme', { kind: 'strict' })
      const scim = createClient({ base: `${server.url}/tenants/acme/scim/v2`, token })
      const options = { usage: directory, actor: 'test', force: true }
      const schema = (id: string, name: string, uniqueness: string) => ({
        id,
        name,
        attributes: [{ name: 'number', type: 'string', uniqueness }],
      })
      const put = (uniqueness: string) =>
        tenancy.schemas.put('acme', schema(BADGE, 'Badge', uniqueness), { ...options, extend: ['User'] })
      const wear = async (number: string) => {
        const { status, body } = await scim.post('/Users', user({ schemas: [USER, BADGE], [BADGE]: { number } }))
        expect(status).toBe(201)
        return body.id as string
      }
      const wearing = async (number: string) => (await scim.ids('/Users', `${BADGE}:number eq "${number}"`)).toSorted()
      try {
        await put('server')
        const first = await wear('7')
        await put('none')
        const second = await wear('7')
        expect(await wearing('7')).toEqual([first, second].sort())

        await tenancy.schemas.delete('acme', BADGE, options)
        await put('server')
        await tenancy.schemas.delete('acme', BADGE, options)
        await put('none')
        const third = await wear('7')
        expect(await wearing('7')).toEqual([third])

        const type = { name: 'Device', endpoint: '/Devices', schema: DEVICE }
        const device = async (number: string) =>
          (await scim.post('/Devices', { schemas: [DEVICE], number })).body.id as string
        for (const uniqueness of ['server', 'none']) {
          await tenancy.schemas.put('acme', schema(DEVICE, 'Device', uniqueness), options)
          await tenancy.schemas.putType('acme', type, options)
          // Processes, and their threads for heavy requests, have heard of it within a second.
          if (onPostgres) await new Promise((resolve) => setTimeout(resolve, 1_000))
          const made = [await device('1'), await device('2')]
          expect(await scim.ids('/Devices', 'number eq "2"')).toEqual(made.slice(1))
          await tenancy.schemas.deleteType('acme', 'Device', options)
        }
      } finally {
        await server.kill()
      }
    } finally {
      await tenancy.close()
      await store.close()
      await place.remove()
    }
  })
})
