// SCIM below the admin API: administrators read and write people with the rights of their roles.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needsTenants, ROLES, type Role } from '../../src/access/index.ts'
import { User } from '../../src/protocol/index.ts'
import { type Serving, serve } from '../serve.ts'

let server: Serving
let id: string
const tokens = new Map<string, string>()
const NAMES = Object.keys(ROLES) as Role[]
const person = (userName: string, more: object = {}) => JSON.stringify({ schemas: [User.schema.id], userName, ...more })

beforeAll(async () => {
  server = await serve({ flags: { metrics: 'local' } })
  for (const name of ['acme', 'globex']) await server.tenancy.tenants.create(name)
  for (const role of NAMES) {
    if (!needsTenants(role)) tokens.set(role, (await server.tenancy.adminTokens.create({ role, label: role })).token)
    tokens.set(`${role} of acme`, (await server.tenancy.adminTokens.create({ role, tenants: ['acme'] })).token)
  }
  const made = await scim('owner', 'POST', '/Users', person('bjensen'))
  id = made.body.id
})
afterAll(() => server.close())

async function scim(who: string, method: string, path: string, body?: string, tenant = 'acme') {
  const response = await fetch(`${server.url}/admin/v1/tenants/${tenant}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens.get(who)}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}

describe('SCIM as an administrator', () => {
  test('is the provider: a person is created, found, patched, listed and deleted, each under the name of the administrator', async () => {
    const made = await scim('operator', 'POST', '/Users', person('jsmith'))
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`${server.url}/admin/v1/tenants/acme/scim/v2/Users/${made.body.id}`)
    expect(
      (await fetch(made.body.meta.location, { headers: { authorization: `Bearer ${tokens.get('auditor')}` } })).status,
    ).toBe(200)
    const patch = JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
    const patched = await scim('operator', 'PATCH', `/Users/${made.body.id}`, patch)
    expect([patched.status, patched.body.active]).toEqual([200, false])
    const found = await scim('auditor', 'GET', '/Users?filter=userName%20eq%20%22jsmith%22')
    expect(found.body.totalResults).toBe(1)
    expect((await scim('operator', 'DELETE', `/Users/${made.body.id}`)).status).toBe(204)
    const lines = await server.directory.changes('acme', 0, 100)
    const hers = lines.filter((line) => line.id === made.body.id)
    expect(hers.map(({ op }) => op)).toEqual(['create', 'patch', 'delete'])
    expect(new Set(hers.map(({ actor }) => actor)).size).toBe(1)
    expect(hers[0]?.actor).toMatch(/^admin/)
  })

  test('is strict: it bends nothing that a client of a kind would be forgiven', async () => {
    const patch = JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    })
    expect((await scim('owner', 'PATCH', `/Users/${id}`, patch)).status).toBe(400)
  })

  test('takes bodies as large as SCIM does, and in a thread', async () => {
    const photos = Array.from({ length: 5_000 }, (_, at) => ({ value: `https://x.example/${at}/${'p'.repeat(900)}` }))
    const large = person('large', { photos })
    expect(large.length).toBeGreaterThan(4 * 1024 * 1024)
    const made = await scim('owner', 'POST', '/Users', large)
    expect(made.status).toBe(201)
    expect(made.body.photos).toHaveLength(5_000)
    const whole = await (await fetch(`${server.url}/metrics`)).text()
    const ran = whole.split('\n').filter((line) => /^lockstep_heavy_requests_total/.test(line) && !line.endsWith(' 0'))
    expect(ran).not.toEqual([])
    const tooLong = await scim('owner', 'POST', '/Users', person('longer', { title: 'x'.repeat(10_485_760) }))
    expect([tooLong.status, tooLong.body.schemas]).toEqual([413, ['urn:ietf:params:scim:api:messages:2.0:Error']])
  })
})

const READS = [
  ['GET', '/Users', undefined],
  ['GET', '/Groups?count=1', undefined],
  ['POST', '/Users/.search', JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] })],
] as const
/** Each would be refused for what it says, if it were let in: none changes anything. */
const WRITES = [
  ['POST', '/Users', '{}'],
  ['PUT', '/Users/none', '{}'],
  ['PATCH', '/Users/none', '{}'],
  ['DELETE', '/Users/none', undefined],
  ['POST', '/Bulk', '{}'],
] as const

describe.each(NAMES)('%s', (role) => {
  const has = (capability: string) => (ROLES[role] as readonly string[]).includes(capability)
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ['see', 'GET', '/Schemas', undefined],
    ['see', 'GET', '/ServiceProviderConfig', undefined],
    ...READS.map(([method, path, body]) => ['values', method, path, body] as const),
    ...WRITES.map(([method, path, body]) => ['edit', method, path, body] as const),
  ]
  test.each(cases)('with %s may %s %s in its own tenant, and sees no other', async (capability, method, path, body) => {
    const { status } = await scim(`${role} of acme`, method, path, body)
    if (has(capability)) expect([401, 403]).not.toContain(status)
    else expect(status).toBe(403)
    const foreign = await scim(`${role} of acme`, method, path, body, 'globex')
    const missing = await scim(`${role} of acme`, method, path, body, 'nobody')
    expect([foreign.status, missing.status]).toEqual([404, 404])
    expect(missing.body.error.message.replace('nobody', 'globex')).toBe(foreign.body.error.message)
  })
})

test('a token of SCIM opens nothing here, and no token neither', async () => {
  const { token } = await server.tenancy.connections.create('acme')
  tokens.set('connection', token)
  expect((await scim('connection', 'GET', '/Users')).status).toBe(401)
  expect((await fetch(`${server.url}/admin/v1/tenants/acme/scim/v2/ServiceProviderConfig`)).status).toBe(401)
})
