// Okta and Entra provision an app that has 5,000 people of its own: nobody is made twice, and nothing stops.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer } from '../../src/access/index.ts'
import { type AdoptedPerson, type Lockstep, lockstep } from '../../src/embed/index.ts'
import { type Serving, serve } from '../../src/node.ts'
import { type Json, User } from '../../src/protocol/index.ts'
import { readFlows } from '../wire/flow.ts'
import { runFlow } from '../wire/runner.ts'
import { DATABASES, type Opened } from './databases.ts'

const [, open] = DATABASES.at(-1) ?? []
if (open === undefined) throw new Error('There is no database to test on')

let database: Opened
let scim: Lockstep
let serving: Serving
let base: string

const KINDS = ['okta', 'entra'] as const

const person = (n: number): AdoptedPerson => ({
  id: `app-${n}`,
  userName: `person${n}@acme.example`,
  displayName: `Person ${n}`,
  title: 'from the app',
  emails: [{ value: `person${n}@acme.example`, type: 'work', primary: true }],
  created: '2021-01-01T00:00:00Z',
})

beforeAll(async () => {
  database = await open()
  scim = lockstep({
    store: database.store,
    authenticate: bearer(Object.fromEntries(KINDS.map((kind) => [kind, { tenant: 'acme', actor: kind, kind }]))),
    match: async ({ user, email, find }) =>
      (await find({ externalId: user.externalId })) ??
      (await find({ userName: user.userName })) ??
      (await find({ email })),
  })
  serving = await serve(scim.fetch, { port: 0, host: '127.0.0.1' })
  base = `${serving.url.replace(/\/$/, '')}/scim/v2`
  const report = await scim.adopt(
    'acme',
    Array.from({ length: 5_000 }, (_, n) => person(n)),
  )
  expect(report).toMatchObject({ adopted: 5_000, refusals: 0 })
})
afterAll(async () => {
  await serving.close()
  await scim.close()
  await database.end()
})

async function send(kind: string, method: string, path: string, body?: Json) {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { authorization: `Bearer ${kind}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}
const users = async () => (await database.store.tenant('acme'))?.resources.User
const filtered = (kind: string, filter: string) => send(kind, 'GET', `/Users?filter=${encodeURIComponent(filter)}`)

const FLOWS = readFlows(new URL('../wire/flows/', import.meta.url)).filter(
  ({ idp, requires = [] }) => KINDS.some((kind) => kind === idp) && requires.every((one) => one === 'legacy-shapes'),
)

test.each(FLOWS.map((flow) => [flow.id, flow] as const))('%s, as recorded', async (_id, flow) => {
  expect(await runFlow(flow, { base, token: flow.idp, requires: ['legacy-shapes'] })).toEqual({ outcome: 'passed' })
})

test('all flows that need no set-up are here', () => {
  expect(FLOWS.length).toBeGreaterThanOrEqual(16)
})

test('Okta finds whom the app has by name and goes on with PUT', async () => {
  const before = await users()
  for (let n = 0; n < 20; n++) {
    const found = await filtered('okta', `userName eq "person${n}@acme.example"`)
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: `app-${n}` }] })
    const profile = {
      schemas: [User.schema.id],
      userName: `person${n}@acme.example`,
      externalId: `00u${n}`,
      active: true,
    }
    const put = await send('okta', 'PUT', `/Users/app-${n}`, profile)
    expect(put).toMatchObject({ status: 200, body: { id: `app-${n}`, externalId: `00u${n}` } })
    // A job that is run again, after an answer that was lost.
    expect(await send('okta', 'POST', '/Users', profile)).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness' },
    })
  }
  expect(await users()).toBe(before)
})

test('Okta with other user names is answered 201 with the id of the app', async () => {
  const before = await users()
  for (let n = 100; n < 120; n++) {
    expect((await filtered('okta', `userName eq "p${n}"`)).body.totalResults).toBe(0)
    const made = await send('okta', 'POST', '/Users', {
      schemas: [User.schema.id],
      userName: `p${n}`,
      externalId: `00u${n}`,
      emails: [{ value: `Person${n}@acme.example`, primary: true }],
      active: true,
    })
    expect(made).toMatchObject({ status: 201, body: { id: `app-${n}`, userName: `p${n}`, title: 'from the app' } })
    expect((await filtered('okta', `userName eq "p${n}"`)).body.Resources).toMatchObject([{ id: `app-${n}` }])
    expect((await send('okta', 'GET', `/Users/app-${n}`)).body.meta.created).toBe('2021-01-01T00:00:00.000Z')
  }
  expect(await users()).toBe(before)
})

test('Entra that matches by externalId finds nobody, creates, and goes on with the id of the app', async () => {
  const before = await users()
  for (let n = 200; n < 220; n++) {
    expect((await filtered('entra', `externalId eq "guid-${n}"`)).body.totalResults).toBe(0)
    const made = await send('entra', 'POST', '/Users', {
      schemas: [User.schema.id],
      userName: `person${n}@acme.example`,
      externalId: `guid-${n}`,
      active: true,
    })
    expect(made).toMatchObject({ status: 201, body: { id: `app-${n}`, externalId: `guid-${n}` } })
    expect((await filtered('entra', `externalId eq "guid-${n}"`)).body.Resources).toMatchObject([{ id: `app-${n}` }])
    const off = await send('entra', 'PATCH', `/Users/app-${n}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    })
    expect(off.status).toBe(200)
    // Comes back under the same account.
    const back = await send('entra', 'PATCH', `/Users/app-${n}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'True' }],
    })
    expect(back.body).toMatchObject({ id: `app-${n}`, active: true })
  }
  expect(await users()).toBe(before)
})

test('an address that was given to somebody else does not open what its former owner had', async () => {
  const made = await send('okta', 'POST', '/Users', {
    schemas: [User.schema.id],
    userName: 'newcomer',
    externalId: '00uOther',
    emails: [{ value: 'person100@acme.example', primary: true }],
  })
  expect(made).toMatchObject({
    status: 409,
    body: { detail: expect.stringMatching(/app-100.*belongs to another account/) },
  })
  expect((await send('okta', 'GET', '/Users/app-100')).body).toMatchObject({ externalId: '00u100' })
})
