// Told, kills, receipts and plans over the admin API.

import { afterAll, expect, test } from 'vitest'
import { environment } from '../environment.ts'
import { readKeySet, verifyReceipt } from '../hub/index.ts'
import { STRICT } from '../protocol/index.ts'
import { createSiteDirectory } from '../site/directory.ts'
import { createSiteHub } from '../site/hub.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createSealer, createTenancy, makeSealKey, parseSealKeys } from '../tenancy/index.ts'
import { createAdmin } from './admin.ts'

const store = sqliteStore(':memory:')
const tenancy = createTenancy({ store })
const directory = createSiteDirectory(store, tenancy)
afterAll(async () => {
  await tenancy.close()
  await store.close()
})

test('told, kill and receipt of somebody who left; of somebody who never was, 404', async () => {
  const sealer = createSealer(async () => parseSealKeys(makeSealKey(environment), 'test'), environment)
  const hub = createSiteHub(store, tenancy, sealer)
  const admin = createAdmin({ store, tenancy, directory, hub })
  await tenancy.tenants.create('acme')
  const { token } = await tenancy.adminTokens.create({ role: 'owner' })
  const ask = async (method: string, path: string, body?: object) => {
    const response = await admin.fetch(
      new Request(`http://scim.example/admin/v1/tenants/acme${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const context = { tenant: 'acme', actor: 'test', allow: STRICT }
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
  const { id } = (await directory.create(context, 'User', { schemas, userName: 'ada' })).stored
  expect(await ask('GET', `/people/${id}/told`)).toEqual({ status: 200, body: { user: id, apps: [] } })
  expect(await ask('POST', `/people/${id}/kill`)).toEqual({ status: 200, body: { user: id, already: false, apps: [] } })
  const { body } = await ask('GET', `/people/${id}/receipt`)
  expect(body.receipt).toMatchObject({ sub: id, tenant: 'acme', complete: true, left: { how: 'killed' } })
  const keys = readKeySet(JSON.stringify(await hub({ actor: 'x', mayNameVariables: false }).proof.keys.published()))
  expect(await verifyReceipt(body.jws, keys ?? { keys: [] })).toMatchObject({ valid: true })
  expect(await ask('GET', '/leavers')).toMatchObject({
    status: 200,
    body: { items: [{ user: id, how: 'killed', complete: true, apps: { open: 0 } }] },
  })
  expect((await ask('GET', '/leavers?since=2100-01-01T00:00:00Z')).body.items).toEqual([])
  expect((await ask('GET', '/leavers?since=yesterday')).status).toBe(400)
  for (const path of ['/deliveries', '/deliveries?failed=true', '/held', '/access'])
    expect(await ask('GET', path)).toMatchObject({ status: 200, body: { items: [] } })
  expect((await ask('GET', '/deliveries?app=none')).status).toBe(404)
  const kill = { at: expect.stringMatching(/Z$/), by: expect.any(String) }
  expect(await ask('GET', `/people/${id}/told`)).toEqual({ status: 200, body: { user: id, kill, apps: [] } })
  expect((await ask('DELETE', `/people/${id}/kill`)).status).toBe(204)
  expect((await ask('GET', `/people/${id}/told`)).body).toEqual({
    user: id,
    kill: { ...kill, revoked: kill },
    apps: [],
  })
  await ask('POST', `/people/${id}/kill`)
  expect((await ask('GET', `/people/${id}/told`)).body.kill).toEqual(kill)
  for (const [method, path] of [
    ['POST', '/people/nobody/kill'],
    ['GET', '/people/nobody/receipt'],
    ['GET', '/apps/none/plans/none'],
    ['POST', '/apps/none/plans'],
  ] as const) {
    expect(await ask(method, path)).toMatchObject({ status: 404, body: { error: { code: 'ERR_NOT_FOUND' } } })
  }
})
