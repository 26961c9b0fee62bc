// Tests the record of requests over HTTP: what is kept of a request, who may see it, and the id that leads to it.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Json } from '../../src/protocol/index.ts'
import { expectDocumented } from '../documented.ts'
import { type Serving, serve } from '../serve.ts'

vi.setConfig({ testTimeout: 60_000 })

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

let server: Serving
let made: Awaited<ReturnType<Serving['connection']>>
const tokens = new Map<string, string>()

beforeAll(async () => {
  server = await serve()
  made = await server.connection('entra')
  tokens.set('owner', (await server.tenancy.adminTokens.create({})).token)
  const other = await server.tenant()
  tokens.set('other', (await server.tenancy.adminTokens.create({ role: 'support', tenants: [other] })).token)
})
afterAll(() => server.close())

async function send(method: string, path: string, body?: Json, headers: { readonly [name: string]: string } = {}) {
  const response = await fetch(`${made.base}${path}`, {
    method,
    headers: { authorization: `Bearer ${made.token}`, 'content-type': 'application/scim+json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, id: response.headers.get('x-request-id') ?? '', text }
}

async function admin(path: string, who = 'owner') {
  const response = await fetch(`${server.url}/admin/v1${path}`, {
    headers: { authorization: `Bearer ${tokens.get(who)}` },
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

/** A request once it is written. */
async function kept(id: string) {
  for (let tries = 0; tries < 1_000; tries++) {
    const { status, body } = await admin(`/tenants/${made.tenant}/requests/${id}`)
    if (status === 200) return body
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`the request ${id} was not kept`)
}

const user = (userName: string) => ({ schemas: [USER], userName, active: 'True', favouriteColour: 'blue' })

describe('a request', () => {
  test('that creates is kept with who, what came of it, and the shape of its body', async () => {
    const { status, id, text } = await send('POST', '/Users', user('bjensen@acme.example'))
    expect([status, id]).toEqual([201, expect.stringMatching(/^r_[0-9a-z]{13}$/)])
    const line = await kept(id)
    expect(line).toMatchObject({
      tenant: made.tenant,
      connection: made.connection,
      kind: 'entra',
      method: 'POST',
      route: '/Users',
      asks: 'create',
      path: '/Users',
      status: 201,
      type: 'User',
      resource: JSON.parse(text).id,
      version: 1,
      body: 'shape',
      sent: { schemas: [USER], userName: '‹address 20›', active: 'True', favouriteColour: '‹text 4›' },
    })
    expect(JSON.stringify(line)).not.toContain('bjensen')
    expect(JSON.stringify(line)).not.toContain(made.token)
  })

  test('to a URL that lacks a piece is seen with the tenant whose token it brought, and with nobody else', async () => {
    const lost = (token: string, path: string) =>
      fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    const answers = [
      await lost(made.token, '/scim/v2/Users/bjensen@acme.example'),
      await lost(`${made.token.slice(0, -1)}_`, '/scim/v2/Groups'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([404, 404])
    // Whether a token is right, a stranger does not learn.
    expect(await answers[0]?.text()).toBe(await answers[1]?.text())
    const path = `/tenants/${made.tenant}/requests?status=404&limit=5`
    await vi.waitFor(async () => expect((await admin(path)).body.items).toHaveLength(1), { timeout: 20_000 })
    const [line] = (await admin(path)).body.items
    expect(line).toMatchObject({ connection: made.connection, kind: 'entra', code: 'SCIM_NOT_FOUND' })
    expect(line.detail).toMatch(
      new RegExp(`SCIM is at /tenants/${made.tenant}/scim/v2, and what came was for /scim/v2/Users/…$`),
    )
    expect(JSON.stringify(line)).not.toContain('bjensen')
  })

  test('that is refused ends its detail with the id, and leads to it', async () => {
    await send('POST', '/Users', user('twice'))
    const { status, id, text } = await send('POST', '/Users', user('twice'))
    expect(status).toBe(409)
    expect(JSON.parse(text).detail).toMatch(new RegExp(`userName already.* \\[${id}\\]$`))
    const line = await kept(id)
    expect(line).toMatchObject({ status: 409, code: 'SCIM_UNIQUENESS', print: expect.stringMatching(/^[0-9a-f]{12}$/) })
    expect(line.detail).toMatch(/^Another User has this userName already/)
    expect((await admin(`/requests/${id}`)).body.id).toBe(id)
  })

  test('that is bent says by what', async () => {
    const { id: made } = JSON.parse((await send('POST', '/Users', user('bent'))).text)
    const { id } = await send('PATCH', `/Users/${made}`, {
      schemas: [PATCH],
      Operations: [{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'b@acme.example' }],
    })
    const line = await kept(id)
    expect(line.sent.Operations).toEqual([
      { op: 'Replace', path: 'emails[type eq "work"].value', value: '‹address 14›' },
    ])
    expect(line).toMatchObject({ asks: 'update', version: 2, resource: made })
  })

  test('with a wrong token is kept without the token', async () => {
    const { status, id } = await send('GET', '/Users', undefined, { authorization: 'Bearer lk_wrong_secret' })
    expect(status).toBe(401)
    const line = await kept(id)
    expect(line).toMatchObject({ status: 401, asks: 'door', code: 'SCIM_UNAUTHORIZED' })
    expect(line.connection).toBeUndefined()
    expect(JSON.stringify(line)).not.toContain('lk_wrong')
  })

  test('with a token that lets nobody in says to administrators what that is, and to the client nothing', async () => {
    const { connections } = server.tenancy
    const issued = await connections.rotate(made.tenant, made.connection)
    const revoked = issued.connection.tokens.at(-1)?.id ?? ''
    await connections.revoke(made.tenant, made.connection, revoked)
    const other = await server.connection('okta')
    const own = (letter: string) => `lk_${made.tenant}_${letter.repeat(43)}`
    const cases: readonly (readonly [string, string, string, string | undefined])[] = [
      [issued.token, 'was revoked on 20', 'token-revoked', revoked],
      [other.token, 'one of another tenant', 'token-of-other-tenant', undefined],
      [tokens.get('owner') ?? '', 'one of the admin API', 'token-of-admin', undefined],
      [own('x').slice(0, -9), 'is not whole', 'token-not-whole', undefined],
      ['secret-of-another-product', '25 characters', 'token-of-elsewhere', undefined],
      [own('x'), 'never made here', 'token-unknown', expect.stringMatching(/^[0-9a-f]{12}$/) as unknown as string],
    ]
    const answers = new Set<string>()
    for (const [token, says, cause, shortName] of cases) {
      const { id, text } = await send('GET', '/Users', undefined, { authorization: `Bearer ${token}` })
      answers.add(text.replace(id, ''))
      const line = await kept(id)
      expect(line).toMatchObject({ status: 401, detail: expect.stringContaining(says) })
      expect(line.token).toEqual(shortName)
      expect(JSON.stringify(line)).not.toContain(token)
      const query = new URLSearchParams({ code: line.code, detail: line.detail, kind: 'entra' })
      expect((await admin(`/explain?${query}`)).body).toMatchObject({ cause, isCertain: true })
    }
    expect(answers.size).toBe(1)
  })

  test('of a paused connection is its connection’s, says so, and is no failure of the server', async () => {
    const { connections } = server.tenancy
    const paused = await server.connection('entra', { tenant: made.tenant })
    const draft = { kind: 'entra', rights: (await connections.show(made.tenant, paused.connection)).rights }
    await connections.change(made.tenant, paused.connection, { ...draft, paused: true })
    const { id, status } = await send('GET', '/Users', undefined, { authorization: `Bearer ${paused.token}` })
    expect(status).toBe(503)
    const line = await kept(id)
    expect(line).toMatchObject({ connection: paused.connection, status: 503, kind: 'entra' })
    const query = new URLSearchParams({ code: line.code, detail: line.detail, kind: 'entra', language: 'de' })
    expect((await admin(`/explain?${query}`)).body).toMatchObject({ cause: 'paused', isCertain: true })
    await connections.revoke(made.tenant, paused.connection)
  })

  test('that a thread carries out is kept as well', async () => {
    const members = Array.from({ length: 3_000 }, (_, at) => ({ value: `nobody ${at}` }))
    const { status, id } = await send('POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Secret Crew',
      members,
    })
    expect(status).toBe(400)
    const line = await kept(id)
    expect(line).toMatchObject({ connection: made.connection, status: 400, type: 'Group', body: 'shape' })
    expect(line.sent.members[0]).toEqual({ value: '‹text 8›' })
    expect(line.sent.members.at(-1)).toMatch(/^‹\d+ more›$/)
    expect(JSON.stringify(line)).not.toMatch(/nobody|Secret/)
  })
})

describe('values', () => {
  const record = (body: object, method = 'PUT') =>
    fetch(`${server.url}/admin/v1/tenants/${made.tenant}/connections/${made.connection}/recording`, {
      method,
      headers: { authorization: `Bearer ${tokens.get('owner')}`, 'content-type': 'application/json' },
      ...(method === 'PUT' ? { body: JSON.stringify(body) } : {}),
    })

  test('are recorded for some time, with a reason, secrets apart, and shown to those who may see them', async () => {
    expect((await record({ hours: 200, reason: 'long' })).status).toBe(400)
    expect((await record({ hours: 1 })).status).toBe(400)
    const response = await record({ hours: 1, reason: 'a customer asked' })
    expect(response.status).toBe(200)
    const { valuesUntil, valuesBy, valuesReason } = (await response.json()) as { [name: string]: string }
    expect(Date.parse(valuesUntil ?? '')).toBeGreaterThan(Date.now())
    expect([valuesBy, valuesReason]).toEqual([expect.stringMatching(/./), 'a customer asked'])
    // Tokens in use are known by heart until the process has seen the change: at once on SQLite, within a second on PostgreSQL.
    let line = await kept((await send('POST', '/Users', { ...user('v0'), password: 'Hunter22!' })).id)
    for (let tries = 1; line.body !== 'values' && tries < 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      line = await kept((await send('POST', '/Users', { ...user(`v${tries}`), password: 'Hunter22!' })).id)
    }
    expect(line.sent).toBeUndefined()
    const path = `/tenants/${made.tenant}/requests/${line.id}/values`
    line = (await admin(path)).body
    expect(line.sent).toMatchObject({ userName: expect.stringMatching(/^v\d+$/), password: '***' })
    expect(JSON.stringify(line)).not.toContain('Hunter22')
    const { token } = await server.tenancy.adminTokens.create({ role: 'support' })
    tokens.set('support', token)
    const { body } = await admin(`/tenants/${made.tenant}/requests/${line.id}`, 'support')
    expect([body.body, body.sent]).toEqual(['values', undefined])
    expect((await admin(path, 'support')).status).toBe(403)
    const audit = JSON.stringify((await admin('/audit?limit=100')).body)
    expect(audit).toContain('showRequestValues')
    expect(audit).toContain(line.id)
    const log = (await admin(`/tenants/${made.tenant}/log?type=Connection&limit=1000`)).body.items
    expect(JSON.stringify(log)).toContain('a customer asked')
  })

  test('are not recorded any more once that is ended', async () => {
    expect((await record({}, 'DELETE')).status).toBe(204)
    const shown = (await admin(`/tenants/${made.tenant}/connections/${made.connection}`)).body
    expect([shown.valuesUntil, shown.valuesBy, shown.valuesReason]).toEqual([undefined, undefined, undefined])
    const audit = (await admin('/audit?limit=100')).body.items.map(({ action }: { action: string }) => action)
    expect(audit).toEqual(expect.arrayContaining(['recordValues', 'stopRecordingValues']))
    let line = await kept((await send('POST', '/Users', user('w0'))).id)
    for (let tries = 1; line.body !== 'shape' && tries < 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      line = await kept((await send('POST', '/Users', user(`w${tries}`))).id)
    }
    expect(line.sent.userName).toMatch(/^‹text/)
  })
})

test('a change leads to the request that made it: one that changed nothing did not', async () => {
  const cause = async (query: string) => {
    const { items } = (await admin(`/tenants/${made.tenant}/log?order=desc&limit=1&${query}`)).body
    const path = `/tenants/${made.tenant}/log/${items[0].place}/cause`
    const { status, body } = await admin(path)
    expectDocumented('GET', path, status, JSON.stringify(body))
    return body.request?.id
  }
  const created = await send('POST', '/Users', user('caused'))
  const { id } = JSON.parse(created.text)
  const group = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Causes',
    members: [{ value: id }],
  }
  const grouped = JSON.parse((await send('POST', '/Groups', group)).text).id
  const titled = (value: string) => ({ schemas: [PATCH], Operations: [{ op: 'replace', path: 'title', value }] })
  const first = await send('PATCH', `/Users/${id}`, titled('one'))
  const again = await send('PATCH', `/Users/${id}`, titled('one'))
  const bulk = await send('POST', '/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations: [{ method: 'PATCH', path: `/Users/${id}`, data: titled('two') }],
  })
  const removed = await send('DELETE', `/Users/${id}`)
  await kept(removed.id)
  expect([first.status, again.status, bulk.status, removed.status]).toEqual([200, 200, 200, 204])
  expect(await cause(`id=${id}&op=create`)).toBe(created.id)
  // The group lost her by a request that names her alone.
  expect(await cause(`id=${grouped}&op=patch`)).toBe(removed.id)
  expect(await cause(`id=${id}&op=delete`)).toBe(removed.id)
  expect(await cause(`id=${id}&op=patch`)).toBe(bulk.id)
  const { items } = (await admin(`/tenants/${made.tenant}/log?id=${id}&op=patch`)).body
  const one = items.find(({ version }: { version: number }) => version === 2)
  expect((await admin(`/tenants/${made.tenant}/log/${one.place}/cause`)).body.request.id).toBe(first.id)
  expect((await admin(`/tenants/${made.tenant}/log/999999/cause`)).status).toBe(404)
})

test('all that happened to somebody is one list, each once in pages, and a change has the request that made it', async () => {
  const first = await send('POST', '/Users', { ...user('story'), active: true })
  const { id } = JSON.parse(first.text)
  const refused = await send('POST', '/Users', user('story'))
  const off = await send('PATCH', `/Users/${id}`, {
    schemas: [PATCH],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  })
  const read = await send('GET', `/Users/${id}`)
  await kept(read.id)
  const page = async (query: string) => {
    const path = `/tenants/${made.tenant}/resources/User/${id}/happenings?${query}`
    const { status, body } = await admin(path)
    expectDocumented('GET', path, status, JSON.stringify(body))
    return body
  }
  interface Happening {
    readonly kind: string
    readonly maker?: string
    readonly request?: { readonly id: string }
    readonly change?: { readonly line: { readonly op: string } }
  }
  const shown = ({ kind, maker, request, change }: Happening) =>
    change === undefined ? `${kind} ${request?.id}` : `${change.line.op} ${maker}`
  const whole = (await page('')).items
  expect(whole.map(shown)).toEqual([
    `patch ${off.id}`,
    `request ${refused.id}`,
    `request ${first.id}`,
    `create ${first.id}`,
  ])
  expect((await page('kinds=read')).items.map(shown)).toEqual([`read ${read.id}`])
  expect((await page('kinds=push,receipt')).items).toEqual([])
  const keys: string[] = []
  for (let next: string | undefined = ''; next !== undefined && keys.length < 20; ) {
    const { items, next: beyond } = await page(
      `limit=1&kinds=change,request,read${next === '' ? '' : `&before=${next}`}`,
    )
    keys.push(...items.map(({ key }: { key: string }) => key))
    next = beyond
  }
  const all = (await page('kinds=change,request,read&limit=200')).items
  // In pages of one, no request lies beside its change.
  expect(keys.length).toBe(all.length + 1)
  expect(new Set(keys).size).toBe(keys.length)
  expect((await admin(`/tenants/${made.tenant}/resources/User/${id}/happenings?before=e30x`)).status).toBe(400)
})

describe('what happened to an address', () => {
  const find = async (name: string, who = 'owner') => {
    const response = await fetch(`${server.url}/admin/v1/tenants/${made.tenant}/whereabouts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.get(who)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }

  test('is told without the address being kept', async () => {
    const named = (userName: string) => ({
      schemas: [USER],
      userName,
      emails: [{ type: 'work', value: `${userName}.mail` }],
    })
    const { id, text } = await send('POST', '/Users', named('Whereabouts@acme.example'))
    await kept(id)
    const here = await find('whereabouts@acme.example.MAIL', 'support')
    expect(here.body).toMatchObject({ state: 'here', type: 'User', resource: JSON.parse(text).id, requests: 1 })
    const { id: gone } = JSON.parse(text)
    await send('DELETE', `/Users/${gone}`)
    expect((await find('whereabouts@acme.example')).body.state).toBe('gone')
    expect((await find('never@acme.example')).body).toMatchObject({ state: 'never', requests: 0 })
    await kept((await send('GET', '/Users?filter=userName%20eq%20%22asked%40acme.example%22')).id)
    expect((await find('asked@acme.example')).body.state).toBe('asked')
    const refused = await send('POST', '/Users', { ...named('refused@acme.example'), emails: 7 })
    expect(refused.status).toBe(400)
    await kept(refused.id)
    expect((await find('Refused@acme.example')).body).toMatchObject({ state: 'refused', refusal: { id: refused.id } })
    expect((await find('x', 'other')).status).toBe(404)
    // By what it answers, the list gives the requests that named it, and no others.
    const { about } = (await find('refused@acme.example')).body
    const { items } = (await admin(`/tenants/${made.tenant}/requests?about=${about}`)).body
    expect(items.map((line: { id: string }) => line.id)).toEqual([refused.id])
    const faults = await admin('/faults')
    expectDocumented('GET', '/faults', faults.status, JSON.stringify(faults.body))
    expect(faults.body.items).toContainEqual(expect.objectContaining({ tenant: made.tenant, newest: items[0] }))
    expect((await admin('/faults', 'other')).body.items).toEqual([])
  })
})

test('the list is newest first, in pages, and filtered', async () => {
  const { id } = await send('GET', '/Users?filter=userName%20eq%20%22bjensen%22&count=3')
  expect((await kept(id)).path).toBe('/Users?filter=userName eq "‹text 7›"&count=3')
  const list = async (query: string) => (await admin(`/tenants/${made.tenant}/requests?${query}`)).body
  const first = await list('limit=2')
  expect(first.items).toHaveLength(2)
  const rest = await list(`limit=1000&after=${first.next}`)
  const places = [...first.items, ...rest.items].map(({ place }: { place: number }) => place)
  expect(places).toEqual([...places].sort((a, b) => b - a))
  expect(rest.next).toBeUndefined()
  const refused = await list('outcome=refused&order=oldest')
  expect(new Set(refused.items.map(({ status }: { status: number }) => status))).toEqual(new Set([404, 409, 401, 400]))
  expect((await list('status=409')).items).toHaveLength(2)
  expect((await list('asks=search&text=filter')).items[0].id).toBe(id)
  expect((await list('from=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z')).items).toEqual([])
  expect((await admin(`/tenants/${made.tenant}/requests?status=abc`)).status).toBe(400)
})

test("another tenant's requests look as if they did not exist", async () => {
  const { id } = await send('GET', '/Users')
  await kept(id)
  expect((await admin(`/requests/${id}`, 'other')).status).toBe(404)
  expect((await admin(`/tenants/${made.tenant}/requests`, 'other')).status).toBe(404)
  expect((await admin('/requests', 'other')).body.items).toEqual([])
})

test('a tenant may keep ids out of its errors', async () => {
  const { tenant } = made
  const response = await fetch(`${server.url}/admin/v1/tenants/${tenant}/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${tokens.get('owner')}`, 'content-type': 'application/json' },
    body: '{"requestIds":false}',
  })
  expect(response.status).toBe(200)
  const { text, id } = await send('GET', '/Users/nobody')
  expect(JSON.parse(text).detail).not.toContain('[r_')
  expect(id).toMatch(/^r_/)
})

test('what was kept is there after a restart, and for other processes', async () => {
  const first = await serve({ database: server.database })
  try {
    const response = await fetch(`${first.url}/tenants/${made.tenant}/scim/v2/Users/nobody`, {
      headers: { authorization: `Bearer ${made.token}` },
    })
    expect(response.status).toBe(404)
    await response.text()
    const line = await kept(response.headers.get('x-request-id') ?? '')
    expect(line).toMatchObject({ status: 404, path: '/Users/‹text 6›' })
  } finally {
    await first.close()
  }
})

test('a token of a tenant that does not exist is kept under no tenant', async () => {
  const response = await fetch(`${server.url}/tenants/later/scim/v2/Users`, { headers: { authorization: 'Bearer x' } })
  const id = response.headers.get('x-request-id')
  let found = await admin(`/requests/${id}`)
  for (let tries = 0; found.status !== 200 && tries < 1_000; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    found = await admin(`/requests/${id}`)
  }
  expect([found.body.tenant, found.body.asks]).toEqual(['', 'door'])
  // Whoever comes later under that name does not find it.
  await server.tenant('later')
  expect((await admin('/tenants/later/requests')).body.items).toEqual([])
})

test('a record that cannot be written harms no request, and says since when nothing is kept', async () => {
  const broken = await serve({ flags: { record: 'sqlite:/nowhere/at/all/test.record.db', logLevel: 'silent' } })
  try {
    const { base, token, tenant } = await broken.connection('entra')
    const { token: owner } = await broken.tenancy.adminTokens.create({})
    for (let at = 0; at < 20; at++) {
      const response = await fetch(`${base}/Users`, { headers: { authorization: `Bearer ${token}` } })
      expect(response.status).toBe(200)
      await response.text()
    }
    const list = () =>
      fetch(`${broken.url}/admin/v1/tenants/${tenant}/requests`, { headers: { authorization: `Bearer ${owner}` } })
    let text = ''
    for (let tries = 0; tries < 200 && !text.includes('since'); tries++) {
      const response = await list()
      expect(response.status).toBe(503)
      text = await response.text()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(text).toMatch(/can't be read: .*; nothing has been kept since 20/)
  } finally {
    await broken.close()
  }
})

test('without a record there are no ids, and the list says so', async () => {
  const plain = await serve({ flags: { record: 'off' } })
  try {
    const { base, token, tenant } = await plain.connection('entra')
    const response = await fetch(`${base}/Users/nobody`, { headers: { authorization: `Bearer ${token}` } })
    expect(response.headers.get('x-request-id')).toBeNull()
    expect(((await response.json()) as { detail: string }).detail).not.toContain('[r_')
    const { token: owner } = await plain.tenancy.adminTokens.create({})
    const list = await fetch(`${plain.url}/admin/v1/tenants/${tenant}/requests`, {
      headers: { authorization: `Bearer ${owner}` },
    })
    expect([list.status, ((await list.json()) as { error: { code: string } }).error.code]).toEqual([
      404,
      'ERR_NOT_RECORDED',
    ])
  } finally {
    await plain.close()
  }
})

test('how long requests are kept is set for all processes, after it was said what would go', async () => {
  const asked = await admin('/retention?recordDays=1')
  expectDocumented('GET', '/retention', asked.status, JSON.stringify(asked.body))
  expect(asked.body).toMatchObject({ record: { days: 14, startedWith: 14, isSet: false }, goes: 0 })
  const put = (body: Json) =>
    fetch(`${server.url}/admin/v1/retention`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${tokens.get('owner')}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const set = await put({ recordDays: 3 })
  const text = await set.text()
  expectDocumented('PUT', '/retention', set.status, text)
  expect(JSON.parse(text)).toMatchObject({ record: { days: 3, startedWith: 14, isSet: true } })
  expect((await admin('/system')).body.record.most.days).toBe(3)
  expect([(await put({ recordDays: 91 })).status, (await put({ recordDays: 0 })).status]).toEqual([400, 400])
  expect(JSON.stringify(await server.store.changes('', 0, 1_000))).toContain('recordDays')
  expect((await put({ recordDays: null })).status).toBe(200)
  expect((await admin('/retention')).body.record).toMatchObject({ days: 14, isSet: false })
  expect((await admin('/retention', 'other')).status).toBe(403)
})
