// Schema changes take effect in every PostgreSQL process without losing values.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDirectory, type Directory } from '../../src/directory/index.ts'
import { LENIENT } from '../../src/protocol/index.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { createTenancy, type Tenancy } from '../../src/tenancy/index.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'

const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const CONTEXT = { tenant: 'acme', actor: 'test', allow: LENIENT }

/** A process as far as a store, its tenancy and its directory make one. */
interface Process {
  readonly store: PostgresStore
  readonly tenancy: Tenancy
  readonly directory: Directory
}

let server: TestServer
let database: TestDatabase
let one: Process
let other: Process
beforeAll(async () => {
  server = await startPostgres()
  database = await server.database()
  one = await start(true)
  other = await start(false)
  await one.tenancy.tenants.create('acme')
})
afterAll(async () => {
  for (const { tenancy, store } of [one, other]) {
    await tenancy.close()
    await store.close()
  }
  await server.stop()
})

async function start(listen: boolean): Promise<Process> {
  const store = await postgresStore({ url: database.url, connections: 5, listen })
  const tenancy = createTenancy({ store })
  const directory = createDirectory({
    store,
    catalog: tenancy.catalog,
    unique: tenancy.uniquePaths,
    ready: tenancy.ready,
  })
  return { store, tenancy, directory }
}

test('while one process has values indexed that were not, what another one writes is found by what it is', async () => {
  const declare = (uniqueness: 'none' | 'server') =>
    one.tenancy.schemas.put(
      'acme',
      { id: BADGE, name: 'Badge', attributes: [{ name: 'badge', type: 'string', uniqueness }] },
      { usage: one.directory, actor: 'test', extend: ['User'], force: true },
    )
  await declare('none')
  const ids: string[] = []
  for (let n = 0; n < 4; n++) {
    const { stored } = await one.directory.create(CONTEXT, 'User', {
      schemas: [USER, BADGE],
      userName: `u${n}`,
      [BADGE]: { badge: `b${n}` },
    })
    ids.push(stored.id)
  }
  await other.tenancy.ready('acme')
  let declaring = true
  const writing = (async () => {
    for (let round = 0; declaring; round++) {
      for (const [n, id] of ids.entries()) {
        await new Promise((resolve) => setTimeout(resolve, round % 10))
        await other.tenancy.ready('acme')
        const value = `b${n}x${round}`
        await other.directory.patch(CONTEXT, 'User', id, {
          schemas: [PATCH_OP],
          Operations: [{ op: 'replace', path: `${BADGE}:badge`, value }],
        })
      }
    }
  })()
  await declare('server')
  declaring = false
  await writing
  const entries = await server.admin(
    `select r.id, i.v from lockstep.value_index i join lockstep.path p using (t, a) join lockstep.resource r using (t, k)
     where p.path = '${BADGE}:badge'`,
    database.name,
  )
  const found = entries.rows.map(({ id, v }: { id: string; v: string }) => `${id} ${v}`).sort()
  const wanted: string[] = []
  for (const id of ids) {
    const stored = await one.directory.get({ tenant: 'acme', type: 'User', id })
    wanted.push(`${id} ${JSON.parse(stored?.text ?? '{}')[BADGE].badge}`)
  }
  expect(found).toEqual(wanted.sort())
})

test('an attribute that another process has just declared is kept by whatever writes it', async () => {
  const context = { ...CONTEXT, tenant: 'beta' }
  await one.tenancy.tenants.create('beta')
  const { stored } = await other.directory.create(context, 'User', { schemas: [USER], userName: 'u' })
  const ref = { tenant: 'beta', type: 'User', id: stored.id }
  const textOf = async () => JSON.parse((await other.directory.get(ref))?.text ?? '{}')
  const attributes: { name: string; type: string }[] = []
  for (let n = 0; n < 6; n++) {
    // A new schema first, and then one more attribute each time.
    attributes.push({ name: `a${n}`, type: 'string' })
    await one.tenancy.schemas.put(
      'beta',
      { id: BADGE, name: 'Badge', attributes: [...attributes] },
      { usage: one.directory, actor: 'test', extend: ['User'], force: true },
    )
    const part = { [BADGE]: { [`a${n}`]: 'kept' } }
    if (n % 3 === 0) {
      const made = await other.directory.create(context, 'User', { schemas: [USER, BADGE], userName: `u${n}`, ...part })
      expect(JSON.parse(made.stored.text)).toMatchObject(part)
      expect(made.skipped).toEqual([])
    }
    if (n % 3 === 1) {
      await other.directory.replace(context, 'User', stored.id, { schemas: [USER, BADGE], userName: 'u', ...part })
      expect(await textOf()).toMatchObject(part)
    }
    if (n % 3 === 2) {
      const Operations = [{ op: 'add', path: `${BADGE}:a${n}`, value: 'kept' }]
      await other.directory.patch(context, 'User', stored.id, { schemas: [PATCH_OP], Operations })
      expect(await textOf()).toMatchObject(part)
    }
  }
  // Undeclared attributes are dropped as always.
  const body = { schemas: [USER], userName: 'v', [`${BADGE}x`]: { a: 1 } }
  expect((await other.directory.create(context, 'User', body)).skipped).not.toEqual([])
})
