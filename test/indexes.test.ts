// Declared indexes change no result, even when built while other processes write.

import { describe, expect, test } from 'vitest'
import { createDirectory, type Directory } from '../src/directory/index.ts'
import { type Environment, environment as realEnvironment } from '../src/environment.ts'
import { bindFilter, LENIENT, parseFilter, User } from '../src/protocol/index.ts'
import type { Store } from '../src/store/index.ts'
import { createTenancy, type Tenancy } from '../src/tenancy/index.ts'
import { emptyPlace } from './database-under-test.ts'
import { startProcess } from './process.ts'
import { type Client, createClient, ENT, USER, unique, user } from './rfc/client.ts'
import { site, tenantOf } from './rfc/site.ts'

// Attributes are declared indexed, and taken back, while everybody reads and writes.
const at = site()
const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'

/** A second process on a database, as far as a store, its tenancy and its directory make one. */
interface Other {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly directory: Directory
}

function otherOn(store: Store, environment: Environment = realEnvironment): Other {
  const tenancy = createTenancy({ store })
  const { catalog, uniquePaths, ready } = tenancy
  return { store, tenancy, directory: createDirectory({ store, catalog, unique: uniquePaths, ready, environment }) }
}

const put = ({ tenancy, directory }: Omit<Other, 'store'>, tenant: string, paths: readonly string[], type = 'User') =>
  tenancy.schemas.putIndexes(tenant, type, paths, { usage: directory, actor: 'test' })
const takeBack = ({ tenancy, directory }: Omit<Other, 'store'>, tenant: string, paths: readonly string[]) =>
  tenancy.schemas.deleteIndexes(tenant, 'User', paths, { usage: directory, actor: 'test' })
const isReady = async ({ tenancy, directory }: Omit<Other, 'store'>, tenant: string, path: string) =>
  (await tenancy.schemas.listIndexes(tenant, { usage: directory })).find((one) => one.path === path)?.ready

describe('what a filter finds is the same with an index and without', { timeout: 120_000 }, () => {
  const DECLARED = [
    'title',
    'name.familyName',
    'profileUrl',
    'addresses.locality',
    'phoneNumbers.value',
    'phoneNumbers.type',
    `${ENT}:department`,
    `${BADGE}:tags`,
    `${BADGE}:code`,
  ]
  const TEXTS = [
    'Dr',
    'dr',
    'ＤＲ',
    'Straße',
    'STRASSE',
    'Dr  Who',
    'dr who',
    '',
    'Zoë',
    'zoe\u0308',
    'x%_y',
    '\u{10400}',
  ]
  const OPERATORS = ['eq', 'ne', 'sw', 'co', 'ew', 'gt', 'ge', 'lt', 'le']

  function people(): readonly object[] {
    return TEXTS.flatMap((text, i) => {
      const other = TEXTS[(i * 5 + 1) % TEXTS.length]
      const numbers = [
        { value: text, type: 'work' },
        { value: other, type: 'home' },
      ]
      return [
        user({
          schemas: [USER, ENT, BADGE],
          title: text,
          name: { familyName: text },
          profileUrl: `https://x.example/${encodeURIComponent(text)}`,
          addresses: [
            { locality: text, type: 'work' },
            { locality: other, type: 'home' },
          ],
          phoneNumbers: numbers,
          [ENT]: { department: text },
          [BADGE]: { tags: [text, other], code: text },
        }),
        user({ title: other, [ENT]: { manager: { value: 'nobody' } }, schemas: [USER, ENT] }),
        user(),
      ]
    })
  }

  const filters = DECLARED.flatMap((path) => {
    const of = (text: string) =>
      path === 'profileUrl' ? `"https://x.example/${encodeURIComponent(text)}"` : JSON.stringify(text)
    const compared = TEXTS.filter((text) => text !== '').flatMap((text) =>
      OPERATORS.map((op) => `${path} ${op} ${of(text)}`),
    )
    return [
      ...compared,
      `${path} pr`,
      `not (${path} eq ${of('dr')})`,
      `${path} eq ${of('dr')} and active eq true`,
      `${path} sw ${of('d')} or ${path} eq ${of('zoë')}`,
      ...(path.includes('phone') || path.includes('addr') ? [] : [`${path} eq ""`]),
    ]
  })
  filters.push('addresses[type eq "home" and locality eq "DR"]', 'phoneNumbers[value sw "dr" and type eq "work"]')

  async function answers(scim: Client): Promise<readonly string[]> {
    const found: string[] = []
    const all = [...filters]
    const work = async () => {
      for (let filter = all.pop(); filter !== undefined; filter = all.pop()) {
        found.push(`${filter} → ${[...(await scim.ids('/Users', filter))].sort().join(' ')}`)
      }
    }
    await Promise.all([work(), work(), work(), work()])
    for (const sortBy of ['title', 'name.familyName', `${BADGE}:code`]) {
      const { body } = await scim.get(`/Users?${new URLSearchParams({ sortBy, count: '1000', attributes: 'id' })}`)
      found.push(`${sortBy} ${body.Resources.map(({ id }: { id: string }) => id).join(' ')}`)
    }
    return found.sort()
  }

  test('for every operator, kind of attribute and kind of text', async () => {
    const scim = await at.connect()
    const tenant = tenantOf(scim)
    const { tenancy, directory } = at.server
    const attributes = [
      { name: 'tags', type: 'string', multiValued: true },
      { name: 'code', type: 'string', caseExact: true },
    ]
    const options = { usage: directory, actor: 'test', extend: ['User'] }
    await tenancy.schemas.put(tenant, { id: BADGE, name: 'Badge', attributes }, options)
    for (const person of people()) expect((await scim.post('/Users', person)).status).toBe(201)
    const without = await answers(scim)
    expect(without.filter((line) => !line.endsWith('→ ')).length).toBeGreaterThan(100)
    const entries = await put(at.server, tenant, DECLARED)
    expect(entries).toEqual(DECLARED.toSorted().map((path) => ({ type: 'User', path, own: true, ready: true })))
    expect(await answers(scim)).toEqual(without)
    await takeBack(at.server, tenant, DECLARED)
    expect(await answers(scim)).toEqual(without)
  })
})

describe('declared while others write', { timeout: 180_000 }, () => {
  test('dropped and declared again: queries miss no resource, in either of two processes', async () => {
    const place = await emptyPlace()
    const other = otherOn(await place.open())
    const server = await startProcess(place.database)
    try {
      await other.tenancy.tenants.create('acme')
      const { token } = await other.tenancy.connections.create('acme', { kind: 'strict' })
      const scim = createClient({ base: `${server.url}/tenants/acme/scim/v2`, token })
      const context = { tenant: 'acme', actor: 'test', allow: LENIENT }
      const find = async (title: string) => {
        const filter = bindFilter(parseFilter(`title eq ${JSON.stringify(title)}`), User)
        const { resources } = await other.store.find({
          tenant: 'acme',
          types: [{ type: 'User', filter }],
          base: '',
          endpoints: {},
          page: { offset: 0, limit: 1_000 },
          total: false,
          groups: false,
        })
        return resources.map(({ id }) => id)
      }
      const doctors: string[] = []
      for (let n = 0; n < 30; n++) doctors.push((await scim.makeUser({ title: 'Dr' })).id)
      doctors.sort()

      let over = false
      const until = async (round: () => Promise<void>) => {
        while (!over) await round()
      }
      const looks = [
        until(async () => expect([...(await scim.ids('/Users', 'title eq "dr"'))].sort()).toEqual(doctors)),
        until(async () => {
          expect([...(await find('dr'))].sort()).toEqual(doctors)
          await new Promise((resolve) => setTimeout(resolve, 5))
        }),
        // Through one process: created, found; changed, found by the new title alone; deleted, gone.
        ...[1, 2].map(() =>
          until(async () => {
            const [first, second] = [unique('title'), unique('title')]
            const { id } = await scim.makeUser({ title: first })
            expect(await scim.ids('/Users', `title eq "${first}"`)).toEqual([id])
            await scim.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value: second }])
            expect(await scim.ids('/Users', `title eq "${second}"`)).toEqual([id])
            expect(await scim.ids('/Users', `title eq "${first}"`)).toEqual([])
            await scim.del(`/Users/${id}`)
          }),
        ),
        // Written by the one, found by the other.
        until(async () => {
          const title = unique('title')
          await other.tenancy.ready('acme')
          const { stored } = await other.directory.create(context, 'User', user({ title }))
          expect(await scim.ids('/Users', `title eq "${title}"`)).toEqual([stored.id])
          await scim.patch(`/Users/${stored.id}`, [{ op: 'replace', path: 'title', value: `${title}!` }])
          expect(await find(`${title}!`)).toEqual([stored.id])
        }),
      ]
      const failed = Promise.all(looks)
      const changes = (async () => {
        for (let round = 0; round < 2; round++) {
          expect(await put(other, 'acme', ['title'])).toMatchObject([{ ready: true }])
          await takeBack(other, 'acme', ['title'])
        }
        await put(other, 'acme', ['title'])
      })()
      try {
        await Promise.race([changes, failed])
      } finally {
        over = true
      }
      await Promise.all([changes, failed])
      const every = (await scim.get('/Users?count=1000&attributes=title')).body.Resources
      for (const { id, title } of every.slice(0, 100)) {
        expect(await scim.ids('/Users', `title eq "${title}"`)).toContain(id)
      }
    } finally {
      await server.kill()
      await other.tenancy.close()
      await other.store.close()
      await place.remove()
    }
  })

  test('resources whose write began long before are found too, delayed by password hashing', async () => {
    const scim = await at.connect()
    const tenant = tenantOf(scim)
    const { store, tenancy } = at.server
    const hashed = Promise.withResolvers<void>()
    const { catalog, uniquePaths, ready } = tenancy
    const hooks = { password: () => hashed.promise }
    const slow = createDirectory({ store, catalog, unique: uniquePaths, ready, hooks })
    const context = { tenant, actor: 'test', allow: LENIENT }
    const { id } = await scim.makeUser({ title: 'Dr' })
    const password = 'Secret!1'
    const creating = slow.create(context, 'User', user({ title: 'Prof', password }))
    const replacing = slow.replace(context, 'User', id, user({ title: 'Prof', password }))
    expect(await put(at.server, tenant, ['title'])).toMatchObject([{ ready: true }])
    hashed.resolve()
    const ids = [(await creating).stored.id, (await replacing).stored.id].sort()
    expect([...(await scim.ids('/Users', 'title eq "prof"'))].sort()).toEqual(ids)
    expect(await scim.ids('/Users', 'title eq "dr"')).toEqual([])
  })
})

describe('an index that was not finished', { timeout: 120_000 }, () => {
  test('is used by no query, is listed as not ready, and is rebuilt when declared again', async () => {
    const scim = await at.connect()
    const tenant = tenantOf(scim)
    const { store } = at.server
    const made = await Promise.all(Array.from({ length: 3 }, () => scim.makeUser({ title: 'Dr' })))
    const ids = made.map(({ id }) => id).sort()
    // It waits once before it enters what is there: that is as far as it gets.
    const cut = otherOn(store, { ...realEnvironment, wait: () => Promise.reject(new Error('the lights went out')) })
    await expect(put(cut, tenant, ['title'])).rejects.toThrow('the lights went out')
    ids.push((await scim.makeUser({ title: 'Dr' })).id)
    const asked = async () => [...(await scim.ids('/Users', 'title eq "dr"'))].sort()
    expect(await isReady(at.server, tenant, 'title')).toBe(false)
    expect(await asked()).toEqual(ids.sort())
    await put(at.server, tenant, ['title'])
    expect(await isReady(at.server, tenant, 'title')).toBe(true)
    expect(await asked()).toEqual(ids)
    await cut.tenancy.close()
  })

  test('since another change of the same type overtook it, says so and spoils nothing', async () => {
    const scim = await at.connect()
    const tenant = tenantOf(scim)
    const made = await Promise.all(Array.from({ length: 3 }, () => scim.makeUser({ title: 'Dr', nickName: 'Doc' })))
    const ids = made.map(({ id }) => id).sort()
    const late = otherOn(at.server.store)
    const ended = await Promise.allSettled([
      put(late, tenant, ['title']),
      new Promise((resolve) => setTimeout(resolve, 300)).then(() => put(at.server, tenant, ['title', 'nickName'])),
    ])
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(ended[0]).toMatchObject({
      reason: { code: 'ERR_IN_USE', message: expect.stringContaining('has begun in the meantime') },
    })
    for (const path of ['title', 'nickName']) {
      expect(await isReady(at.server, tenant, path)).toBe(true)
      expect([...(await scim.ids('/Users', `${path} sw "do" or title eq "DR"`))].sort()).toEqual(ids)
    }
    await late.tenancy.close()
  })
})

test('a declaration goes with its attribute, and with its type', { timeout: 60_000 }, async () => {
  const scim = await at.connect()
  const tenant = tenantOf(scim)
  const { tenancy, directory } = at.server
  const options = { usage: directory, actor: 'test', force: true }
  const schema = (...names: string[]) => ({ id: BADGE, name: 'Badge', attributes: names.map((name) => ({ name })) })
  await tenancy.schemas.put(tenant, schema('colour', 'number'), { ...options, extend: ['User'] })
  await put(at.server, tenant, [`${BADGE}:colour`, `${BADGE}:number`])
  const own = async () =>
    (await tenancy.schemas.listIndexes(tenant, options)).filter((one) => one.own).map(({ path }) => path)
  await tenancy.schemas.put(tenant, schema('number'), options)
  expect(await own()).toEqual([`${BADGE}:number`])
  const worn = await scim.makeUser({ schemas: [USER, BADGE], [BADGE]: { number: '7' } })
  expect(await scim.ids('/Users', `${BADGE}:number eq "7"`)).toEqual([worn.id])
  await tenancy.schemas.delete(tenant, BADGE, options)
  expect(await own()).toEqual([])
  await tenancy.schemas.put(tenant, schema('number'), { ...options, extend: ['User'] })
  expect(await own()).toEqual([])
  const again = await scim.makeUser({ schemas: [USER, BADGE], [BADGE]: { number: '7' } })
  expect(await scim.ids('/Users', `${BADGE}:number eq "7"`)).toEqual([again.id])
})
