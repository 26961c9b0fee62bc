// Would a kept request pass now, and what if its connection were changed: nothing is written.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Json } from '../../src/protocol/index.ts'
import { expectDocumented } from '../documented.ts'
import { type Serving, serve } from '../serve.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

let server: Serving
let made: Awaited<ReturnType<Serving['connection']>>
let token = ''

beforeAll(async () => {
  server = await serve()
  made = await server.connection('entra')
  token = (await server.tenancy.adminTokens.create({})).token
})
afterAll(() => server.close())

async function send(method: string, path: string, body?: Json) {
  const response = await fetch(`${made.base}${path}`, {
    method,
    headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    id: response.headers.get('x-request-id') ?? '',
    body: text === '' ? {} : JSON.parse(text),
  }
}

async function admin(method: string, path: string, body?: object) {
  const response = await fetch(`${server.url}/admin/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expectDocumented(method, path, response.status, text)
  return { status: response.status, body: JSON.parse(text) }
}

/** What is said of a request, once it is written. */
async function again(id: string) {
  for (let tries = 0; tries < 200; tries++) {
    const { status, body } = await admin('POST', `/tenants/${made.tenant}/requests/${id}/again`, {})
    if (status === 200) return body
    if (status !== 404) throw new Error(JSON.stringify(body))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`the request ${id} was not kept`)
}

const places = async () => (await server.directory.changes(made.tenant, 0, 1_000)).length

describe('would it pass now', () => {
  test('yes, once what was in its way has gone', async () => {
    const settings = `/tenants/${made.tenant}/settings`
    await admin('PATCH', settings, { features: { filter: false } })
    const refused = await send('GET', '/Users?filter=userName%20eq%20%22ada%22')
    expect(refused.status).toBe(400)
    expect(await again(refused.id)).toMatchObject({ verdict: 'refused', was: { status: 400 }, now: { status: 400 } })
    await admin('PATCH', settings, { features: { filter: true } })
    const now = await again(refused.id)
    expect(now).toMatchObject({ verdict: 'passes', was: { status: 400 }, now: { status: 200 }, madeUp: true })
  })

  test('yes, with what it would change, and nothing is written', async () => {
    const { body: ada, id: creating } = await send('POST', '/Users', { schemas: [USER], userName: 'ada' })
    const operations = [{ op: 'Replace', path: 'active', value: 'False' }]
    await send('PATCH', `/Users/${ada.id}`, { schemas: [PATCH], Operations: operations })
    const { id } = await send('PATCH', `/Users/${ada.id}`, {
      schemas: [PATCH],
      Operations: [{ op: 'Add', path: 'title', value: 'x' }],
    })
    const before = await places()
    const changed = await again(id)
    expect(changed).toMatchObject({ verdict: 'passes', now: { status: 200 } })
    expect(changed.now.changes).toMatchObject([
      { op: 'patch', id: ada.id, paths: [{ path: 'title', old: 'x', new: 'm' }] },
    ])
    expect((await again(creating)).now.changes).toMatchObject([{ op: 'create', type: 'User' }])
    expect(await places()).toBe(before)
  })

  test('no, and why', async () => {
    const { id } = await send('POST', '/Users', { schemas: [USER], title: 'no name' })
    expect(await again(id)).toMatchObject({
      verdict: 'refused',
      madeUp: true,
      now: { status: 400, explanation: { cause: 'value-required' } },
    })
  })

  test('that hangs on a value which is not kept, and it says so', async () => {
    await send('POST', '/Users', { schemas: [USER], userName: 'twice' })
    const { id, status } = await send('POST', '/Users', { schemas: [USER], userName: 'twice' })
    expect(status).toBe(409)
    expect(await again(id)).toMatchObject({ verdict: 'unclear', because: 'values', madeUp: true, now: { status: 201 } })
  })

  test('nobody knows a request that is not kept', async () => {
    const path = `/tenants/${made.tenant}/requests/r_0000000000000/again`
    expect((await admin('POST', path, {})).status).toBe(404)
  })
})

describe('what if', () => {
  const ask = async (change: object) =>
    (await admin('POST', `/tenants/${made.tenant}/connections/${made.connection}/what-if`, change)).body

  test('the profile were strict: what is bent would be refused', async () => {
    const before = await places()
    const found = await ask({ profile: 'strict' })
    expect(found).toMatchObject({ complete: true, looked: expect.any(Number) })
    expect(found.looked).toBeGreaterThan(4)
    const patches = found.different.filter((one: { request: { method: string } }) => one.request.method === 'PATCH')
    expect(patches[0]).toMatchObject({ now: { status: 200 }, changed: { status: 400 } })
    expect(await places()).toBe(before)
  })

  test('the rights were fewer: each write would be refused, the alike as one', async () => {
    const found = await ask({ rights: 'read:users' })
    expect(found.differ).toBeGreaterThan(2)
    for (const { changed } of found.different) expect(changed).toMatchObject({ status: 403, code: 'SCIM_FORBIDDEN' })
    expect(found.different.some(({ alike }: { alike: number }) => alike > 1)).toBe(true)
  })

  test('nothing were changed: nothing differs', async () => {
    expect(await ask({})).toMatchObject({ differ: 0, different: [], complete: true })
  })

  test('the rights made no sense: refused', async () => {
    const path = `/tenants/${made.tenant}/connections/${made.connection}/what-if`
    expect((await admin('POST', path, { rights: 'read:stars' })).status).toBe(400)
  })
})
