// Tests that every list comes in pages that join to the whole, and is searched.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectDocumented } from '../../test/documented.ts'
import { environment } from '../environment.ts'
import { LENIENT } from '../protocol/index.ts'
import { createSiteDirectory } from '../site/directory.ts'
import { createSiteHub } from '../site/hub.ts'
import { createSiteSetup } from '../site/setup.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createSealer, createTenancy } from '../tenancy/index.ts'
import { createAdmin } from './admin.ts'

const store = sqliteStore(':memory:')
const tenancy = createTenancy({ store })
const directory = createSiteDirectory(store, tenancy)
const admin = createAdmin({
  store,
  tenancy,
  directory,
  setup: createSiteSetup(store, tenancy, () => undefined),
  hub: createSiteHub(
    store,
    tenancy,
    createSealer(async () => [], environment),
  ),
})
let token = ''

async function get(path: string) {
  const response = await admin.fetch(
    new Request(`http://scim.example/admin/v1${path}`, { headers: { authorization: `Bearer ${token}` } }),
  )
  const text = await response.text()
  expectDocumented('GET', path, response.status, text)
  return { status: response.status, body: JSON.parse(text) }
}

const LISTS = [
  ['/tenants', 'tenant', 't'],
  ['/tenants/t1/connections', 'connection', 'head'],
  ['/tenants/t1/schemas', 'id', 'user'],
  ['/tenants/t1/types', 'name', 'us'],
  ['/tenants/t1/indexes', 'path', 'usern'],
  ['/tenants/t1/lists/Role', 'value', 'it/'],
  ['/tenants/t1/log', 'place', 'tester'],
  ['/log', 'place', 'app'],
  ['/tokens', 'id', 'second'],
] as const

beforeAll(async () => {
  for (const name of ['t1', 't2', 't3', 'u1']) await tenancy.tenants.create(name)
  await tenancy.tenants.create('gone')
  await tenancy.tenants.delete('gone')
  const change = { usage: directory, actor: 'tester' }
  await tenancy.schemas.putType('t1', { name: 'Role' }, change)
  const context = { tenant: 't1', actor: 'tester', allow: LENIENT }
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Role']
  for (const value of ['it/admin', 'it/user', 'hr']) await directory.create(context, 'Role', { schemas, value })
  for (const label of ['Head office', 'head count', 'Branch']) await tenancy.connections.create('t1', { label })
  token = (await tenancy.adminTokens.create({ label: 'first' })).token
  await tenancy.adminTokens.create({ label: 'second' })
})
afterAll(async () => {
  await tenancy.close()
  await store.close()
})

describe.each(LISTS)('%s', (path, key, word) => {
  test('its pages join to the whole', async () => {
    const whole = (await get(path)).body.items
    expect(whole.length).toBeGreaterThan(1)
    const joined: unknown[] = []
    let after: string | number | undefined
    for (let pages = 0; pages <= whole.length; pages++) {
      const query = after === undefined ? '' : `&after=${encodeURIComponent(after)}`
      const { items, next } = (await get(`${path}?limit=1${query}`)).body
      expect(items.length).toBeLessThanOrEqual(1)
      joined.push(...items)
      if (next === undefined || next === after) break
      after = next
    }
    expect(joined).toEqual(whole)
  })

  test('a search finds the entries that begin with it, on every page', async () => {
    const whole = (await get(path)).body.items
    const found = (await get(`${path}?search=${encodeURIComponent(word)}`)).body.items
    expect(found.length).toBeGreaterThan(0)
    if (path !== '/log') expect(found.length).toBeLessThan(whole.length)
    const first = (await get(`${path}?search=${encodeURIComponent(word)}&limit=1`)).body.items
    expect(first).toEqual(found.slice(0, 1))
    expect(whole.map((one: Record<string, unknown>) => one[key])).toEqual(
      expect.arrayContaining(found.map((one: Record<string, unknown>) => one[key])),
    )
    expect((await get(`${path}?search=zzz`)).body.items).toEqual([])
  })

  test.each(['limit=0', 'limit=1001', 'limit=x', 'search=', `search=${'x'.repeat(501)}`, 'after=%00', 'sort=name'])(
    '?%s is refused by its field',
    async (query) => {
      const { status, body } = await get(`${path}?${query}`)
      expect([status, body.error.faults]).toEqual([
        400,
        [expect.objectContaining({ in: 'query', field: query.split('=')[0] })],
      ])
    },
  )
})

test('a page of a search may be empty although there are more', async () => {
  await tenancy.tenants.create('many')
  const { commit } = store
  await commit(
    Array.from({ length: 1_500 }, (_, at) => ({
      write: 'record' as const,
      record: { tenant: 'many', kind: 'connection', key: `generic-${String(at).padStart(4, '0')}` },
      value: { kind: 'generic', label: at === 1_400 ? 'needle' : 'hay', rights: {}, created: at },
    })),
  )
  const first = (await get('/tenants/many/connections?search=needle')).body
  expect(first).toEqual({ items: [], next: 'generic-0999' })
  const second = (await get(`/tenants/many/connections?search=needle&after=${first.next}`)).body
  expect(second.items).toMatchObject([{ connection: 'generic-1400' }])
  expect(second.next).toBeUndefined()
})

test('a log that was cut begins where its lines begin, and says so', async () => {
  for (const label of ['a', 'b', 'c']) await tenancy.connections.create('t2', { label })
  await store.commit([{ write: 'trim', tenant: 't2', upTo: 2 }])
  const { items, ...rest } = (await get('/tenants/t2/log?limit=1')).body
  expect([items[0].place, rest]).toEqual([3, { next: 3, end: false, begins: 3 }])
  expect((await get('/tenants/t2/log?after=3')).body).toMatchObject({ items: [{ place: 4 }], next: 4 })
})

test('faults name the fields of a body, each at its own place', async () => {
  const response = await admin.fetch(
    new Request('http://scim.example/admin/v1/tenants', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 5, connection: { kind: 'novell', colour: 'red' } }),
    }),
  )
  const { error } = JSON.parse(await response.text())
  expect(error.faults.map(({ field }: { field: string }) => field)).toEqual([
    'name',
    'connection.kind',
    'connection.colour',
  ])
  expect(error.message).toMatch(/^body\.name: .*; body\.connection\.kind: /)
})

test('a refused connection of a new tenant names its field within the body', async () => {
  const response = await admin.fetch(
    new Request('http://scim.example/admin/v1/tenants', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'fresh', connection: { rights: 'read:grops' } }),
    }),
  )
  const { error } = JSON.parse(await response.text())
  expect(error.faults).toMatchObject([
    { in: 'body', field: 'connection.rights', message: expect.stringContaining('groups') },
  ])
})
