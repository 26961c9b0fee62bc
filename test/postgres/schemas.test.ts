import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDirectory, type Directory } from '../../src/directory/index.ts'
import { LENIENT } from '../../src/protocol/index.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres.ts'
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
