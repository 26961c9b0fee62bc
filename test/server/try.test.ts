// Trying requests over the admin API: as any connection, with nothing written.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Administrator } from '../../src/access/index.ts'
import { Group, STRICT, User } from '../../src/protocol/index.ts'
import { expectDocumented } from '../documented.ts'
import { type Serving, serve } from '../serve.ts'

let server: Serving
const tokens = new Map<string, string>()
const ids = new Map<string, string>()
const context = { tenant: 'acme', actor: 'test', allow: STRICT }
const USER = User.schema.id
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

beforeAll(async () => {
  server = await serve()
  await server.tenancy.tenants.create('acme')
  await server.tenancy.ready('acme')
  for (const role of ['owner', 'auditor'] as const) {
    tokens.set(role, (await server.tenancy.adminTokens.create({ role })).token)
  }
  const { directory } = server
  const boss = await directory.create(context, 'User', { schemas: [USER], userName: 'boss' })
  ids.set('boss', boss.stored.id)
  const manager = {
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: boss.stored.id } },
  }
  const ada = await directory.create(context, 'User', {
    schemas: [USER],
    userName: 'ada',
    externalId: 'e-1',
    ...manager,
  })
  ids.set('ada', ada.stored.id)
  const members = [{ value: ada.stored.id }]
  const group = await directory.create(context, 'Group', { schemas: [Group.schema.id], displayName: 'Field', members })
  ids.set('Field', group.stored.id)
})
afterAll(() => server.close())

async function ask(path: string, body: object, role: Administrator['role'] = 'auditor') {
  const response = await fetch(`${server.url}/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.get(role)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  expectDocumented('POST', path, response.status, text)
  return { status: response.status, body: JSON.parse(text) }
}

const attempt = async (body: object) => (await ask('/tenants/acme/try', body)).body

/** All that a write could change. */
async function everything() {
  const { directory } = server
  const lines = await directory.changes('acme', 0, 1_000)
  const refs = [...ids].map(([name, id]) => ({ tenant: 'acme', type: name === 'Field' ? 'Group' : 'User', id }))
  const resources = await Promise.all(refs.map((ref) => directory.get(ref)))
  const people = await directory.memberPage({ tenant: 'acme', type: 'Group', id: ids.get('Field') ?? '' }, 100)
  return JSON.stringify([lines, resources, people])
}

describe('dry', () => {
  test('a create is answered as it would be, and nothing is there afterwards', async () => {
    const before = await everything()
    const body = { schemas: [USER], userName: 'grace', active: 'True' }
    const tried = await attempt({ method: 'POST', path: '/Users', body, kind: 'entra' })
    expect(tried).toMatchObject({ status: 201, dry: true, body: { userName: 'grace', active: true } })
    expect(tried.changes).toMatchObject([{ op: 'create', type: 'User', id: tried.body.id }])
    expect(tried.changes[0].paths).toContainEqual({ path: 'userName', new: 'grace' })
    const found = await attempt({ method: 'GET', path: '/Users?filter=userName%20eq%20%22grace%22' })
    expect(found.body.totalResults).toBe(0)
    expect(await everything()).toBe(before)
  })

  test('a name that is taken is found out in the store, and explained', async () => {
    const body = { schemas: [USER], userName: 'ADA' }
    const tried = await attempt({ method: 'POST', path: '/Users', body, kind: 'entra' })
    expect(tried).toMatchObject({ status: 409, body: { scimType: 'uniqueness' }, changes: [] })
    expect(tried.explanation).toMatchObject({ cause: 'user-name-taken', happened: expect.stringContaining('Entra') })
    const german = await attempt({ method: 'POST', path: '/Users', body, kind: 'entra', language: 'de' })
    expect(german.explanation.happened).toContain('sandte')
  })

  test('a change says what it would change, from what to what', async () => {
    const before = await everything()
    const body = { schemas: [PATCH], Operations: [{ op: 'replace', path: 'active', value: false }] }
    const tried = await attempt({ method: 'PATCH', path: `/Users/${ids.get('ada')}`, body })
    expect(tried).toMatchObject({ status: 200, body: { active: false } })
    expect(tried.changes).toMatchObject([{ op: 'patch', paths: [{ path: 'active', old: true, new: false }] }])
    expect(tried.headers.etag).toBe('W/"2"')
    expect(await everything()).toBe(before)
  })

  test('members come and go on paper only, and one who is not here is refused', async () => {
    const before = await everything()
    const path = `/Groups/${ids.get('Field')}`
    const operation = (value: string) => ({
      schemas: [PATCH],
      Operations: [{ op: 'add', path: 'members', value: [{ value }] }],
    })
    const boss = ids.get('boss') ?? ''
    const added = await attempt({ method: 'PATCH', path, body: operation(boss), kind: 'okta' })
    expect(added.status).toBeLessThan(300)
    expect(added.changes).toMatchObject([{ type: 'Group', members: { added: [boss], removed: [] } }])
    const unknown = await attempt({ method: 'PATCH', path, body: operation('nobody'), kind: 'okta' })
    expect(unknown).toMatchObject({ status: 400, changes: [], explanation: { cause: 'member-not-here' } })
    expect(await everything()).toBe(before)
  })

  test('a removal names all who would lose a reference', async () => {
    const before = await everything()
    const tried = await attempt({ method: 'DELETE', path: `/Users/${ids.get('boss')}` })
    expect(tried.status).toBe(204)
    const changed = tried.changes.map(({ op, id }: { op: string; id: string }) => [op, id])
    expect(changed).toEqual([
      ['patch', ids.get('ada')],
      ['delete', ids.get('boss')],
    ])
    expect(await everything()).toBe(before)
  })

  test('what bends the message is named, with the piece before and after', async () => {
    const path = `/Users/${ids.get('ada')}`
    const body = { schemas: [PATCH], Operations: [{ op: 'replace', path: '', value: { active: false } }] }
    const tried = await attempt({ method: 'PATCH', path, body, kind: 'onelogin' })
    expect(tried.status).toBe(200)
    expect(tried.bends[0]).toMatchObject({ name: 'empty-path', before: body, source: expect.any(String) })
    expect(tried.bends[0].after.Operations[0]).toEqual({ op: 'replace', value: { active: false } })
    expect(await attempt({ method: 'PATCH', path, body, kind: 'strict' })).toMatchObject({ status: 400, bends: [] })
  })

  test('what is left out is named', async () => {
    const body = { schemas: [USER], userName: 'left', badge: 7 }
    expect(await attempt({ method: 'POST', path: '/Users', body, kind: 'okta' })).toMatchObject({
      status: 201,
      left: ['badge'],
    })
  })

  test('a text is sent as it is', async () => {
    const tried = await attempt({ method: 'POST', path: '/Users', body: '{"userName": "x",' })
    expect(tried).toMatchObject({ status: 400, explanation: { cause: 'not-json' } })
  })

  test('the rights of a connection hold', async () => {
    const { connection } = await server.connection('okta', { tenant: 'acme', rights: 'read:users' })
    const body = { schemas: [USER], userName: 'right' }
    const tried = await attempt({ method: 'POST', path: '/Users', body, connection })
    expect(tried).toMatchObject({ status: 403, explanation: { cause: 'rights-missing' } })
    expect(tried.explanation.happened).toContain('Okta')
  })

  test('a bulk request cannot be tried, and says so', async () => {
    const { status, body } = await ask('/tenants/acme/try', { method: 'POST', path: '/Bulk', body: {} })
    expect(status).toBe(400)
    expect(body.error.message).toContain('one by one')
  })
})

describe('not dry', () => {
  const request = { method: 'POST', path: '/Users', body: { schemas: [USER], userName: 'real' }, dry: false }

  test('needs edit', async () => {
    expect((await ask('/tenants/acme/try', request)).status).toBe(403)
    expect((await attempt({ method: 'GET', path: '/Users?filter=userName%20eq%20%22real%22' })).body.totalResults).toBe(
      0,
    )
  })

  test('is carried out, under the name of whoever tried', async () => {
    const { body } = await ask('/tenants/acme/try', request, 'owner')
    expect(body).toMatchObject({ status: 201, dry: false, changes: [] })
    const last = (await server.directory.changes('acme', 0, 1_000)).at(-1)
    expect(last).toMatchObject({ op: 'create', id: body.body.id })
    expect(last?.actor).not.toBe('test')
  })
})

test('an error is explained', async () => {
  const path = '/explain?code=uniqueness&kind=okta&language=de'
  const response = await fetch(`${server.url}/admin/v1${path}`, {
    headers: { authorization: `Bearer ${tokens.get('auditor')}` },
  })
  const text = await response.text()
  expectDocumented('GET', path, response.status, text)
  expect(JSON.parse(text)).toMatchObject({
    code: 'SCIM_UNIQUENESS',
    place: expect.arrayContaining(['Attribute Mappings']),
  })
})
