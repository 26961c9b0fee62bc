// Resource types by tenant: loaded once, shared where they are the same, loaded again in all processes.

import { bearer, defineSchema, Group, type LockstepOptions, lockstep, memoryStore, User } from 'lockstep'
import { afterEach, describe, expect, test } from 'vitest'
import { emptyPlace } from '../database-under-test.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'
const Badge = defineSchema({ id: BADGE, name: 'Badge', attributes: { number: { type: 'integer' } } })

function appOn(open: LockstepOptions['store'], types: LockstepOptions['types'], more: Partial<LockstepOptions> = {}) {
  const authenticate = bearer((token) => ({ tenant: token, actor: 'test' }))
  const scim = lockstep({ store: open, url: '/t/:tenant/scim/v2', types, authenticate, ...more })
  closing.push(scim.close)
  const ask = (tenant: string, method: string, path: string, body?: unknown) =>
    scim.fetch(
      new Request(`http://x/t/${tenant}/scim/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${tenant}`, 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  const create = async (tenant: string, userName: string) => {
    const answer = await ask(tenant, 'POST', '/Users', { schemas: [USER, BADGE], userName, [BADGE]: { number: 7 } })
    return [answer.status, ((await answer.json()) as { [BADGE]?: unknown })[BADGE]]
  }
  return { scim, ask, create }
}

async function database() {
  const place = await emptyPlace()
  closing.push(place.remove)
  return place.open
}

describe.each([
  ['the database', database],
  ['memory', async () => async () => memoryStore()],
])('in %s', (_name, opener) => {
  test('each tenant has its own, loaded once, and is created with its first resource', async () => {
    const open = await opener()
    const loaded: string[] = []
    const { create, ask } = appOn(
      () => open(),
      async (tenant) => {
        loaded.push(tenant)
        return tenant === 'acme' ? [User.extend(Badge), Group] : [User, Group]
      },
    )
    expect(await create('acme', 'ann')).toEqual([201, { number: 7 }])
    expect(await create('other', 'ann')).toEqual([201, undefined])
    expect((await ask('acme', 'GET', `/Schemas/${BADGE}`)).status).toBe(200)
    expect((await ask('other', 'GET', `/Schemas/${BADGE}`)).status).toBe(404)
    expect(loaded).toEqual(['acme', 'other'])
  })

  test('the first resource of a tenant may be made by the app', async () => {
    const open = await opener()
    for (const types of [undefined, [User], () => [User], async () => [User]]) {
      const { scim } = appOn(() => open(), types as never)
      const tenant = `t${String(types).length}`
      expect(await scim.users(tenant).create({ userName: 'ann' })).toMatchObject({ userName: 'ann' })
      await scim.close()
    }
  })
})

test('refreshed in one process, they are loaded again there at once, and in others when they see it', async () => {
  const open = await database()
  let types = [User, Group] as readonly (typeof User | typeof Group)[]
  const one = appOn(
    () => open(),
    () => types,
  )
  const other = appOn(
    () => open(),
    () => types,
  )
  for (const { create } of [one, other]) expect((await create('acme', `u${Math.random()}`))[1]).toBeUndefined()
  types = [User.extend(Badge) as never, Group]
  expect((await one.create('acme', 'before'))[1]).toBeUndefined()
  await one.scim.refresh('acme')
  expect(await one.create('acme', 'after')).toEqual([201, { number: 7 }])
  let at = 0
  await expect
    .poll(async () => (await other.create('acme', `other${at++}`))[1], { timeout: 20_000 })
    .toEqual({ number: 7 })
  types = [User, Group]
  await one.scim.refresh()
  expect((await one.create('acme', 'last'))[1]).toBeUndefined()
})

test('requests under way when they are refreshed end with those that they began with', async () => {
  let label = 'first'
  const { scim, create } = appOn(
    () => memoryStore(),
    async () => {
      label += '.'
      return [User.extend(Badge), Group]
    },
  )
  const answers = Promise.all(Array.from({ length: 50 }, (_, n) => create('acme', `ann${n}`)))
  for (let n = 0; n < 20; n++) await scim.refresh('acme')
  expect(await answers).toEqual(Array.from({ length: 50 }, () => [201, { number: 7 }]))
  const before = label
  await scim.refresh()
  await create('acme', 'bea')
  expect(label).toBe(`${before}.`)
})

test('types that can not be loaded are 503 with Retry-After for who may know, and 401 for who may not', async () => {
  const reported: unknown[] = []
  const { scim, ask } = appOn(
    () => memoryStore(),
    () => Promise.reject(new Error('no such tenant')),
    {
      report: ({ error }) => reported.push(error),
    },
  )
  const answer = await ask('acme', 'GET', '/Users')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect(String(reported[0])).toContain("The tenant's types could not be loaded")
  expect((await scim.fetch(new Request('http://x/t/acme/scim/v2/ServiceProviderConfig'))).status).toBe(401)
  await expect(scim.users('acme').get('x')).rejects.toThrow('no such tenant')
})

test('types that make no sense are an error of the one tenant', async () => {
  const reported: unknown[] = []
  const types = (tenant: string) => (tenant === 'acme' ? [User, User] : [User])
  const { ask } = appOn(() => memoryStore(), types, { report: ({ error }) => reported.push(error) })
  expect((await ask('acme', 'GET', '/Users')).status).toBe(503)
  expect((await ask('other', 'GET', '/Users')).status).toBe(200)
  expect(reported).toHaveLength(1)
})

test('thousands of tenants are served by one provider, and those with the same list share what is made of it', async () => {
  const list = [User, Group] as const
  let loads = 0
  const { ask, scim } = appOn(
    () => memoryStore(),
    () => {
      loads++
      return list
    },
  )
  for (let at = 0; at < 12_000; at++) expect((await ask(`t${at}`, 'GET', '/Users?count=1')).status).toBe(200)
  expect(loads).toBe(12_000)
  const { directory } = await scim.open()
  expect(directory.catalog('t11998')).toBe(directory.catalog('t11999'))
  // Those that were not used for long are loaded again.
  expect((await ask('t0', 'GET', '/Users?count=1')).status).toBe(200)
  expect(loads).toBe(12_001)
})
