// What a customer sees of what arrives: every kind connects, and each mistake has its own sentence.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OFFERED_KINDS } from '../../src/setup/index.ts'
import { type Serving, serve } from '../serve.ts'
import { readFlows } from '../wire/flow.ts'
import { runFlow } from '../wire/runner.ts'
import { setUp } from '../wire/target.ts'
import { begin, type Customer, scim, type Vendor, vendorOf } from './customer.ts'

const FLOWS = readFlows(new URL('../wire/flows/', import.meta.url)).map(
  (flow) => [flow.id, OFFERED_KINDS.find((kind) => kind === flow.idp) ?? 'generic', flow] as const,
)

let serving: Serving
let vendor: Vendor

beforeAll(async () => {
  serving = await serve()
  vendor = await vendorOf(serving)
})
afterAll(() => serving.close())

/** A customer with a token of a kind. */
async function connected(kind = 'generic') {
  const tenant = await serving.tenant()
  const { body } = await vendor('POST', `/tenants/${tenant}/setup-links`, {})
  const customer = await begin(serving.url, body.url)
  const token = await customer.token(kind)
  const { baseUrl } = await customer.state()
  return { tenant, customer, token, base: baseUrl, kind }
}

/** The last arrival, once there is one. */
async function lastOf(customer: Customer) {
  await expect.poll(async () => (await customer.state()).arrivals.length).toBeGreaterThan(0)
  return (await customer.state()).arrivals.at(-1)
}

describe('a recorded conversation connects', () => {
  test.each(FLOWS)('%s as %s', async (_id, kind, flow) => {
    const own = await connected(kind)
    const target = await setUp(serving, own, flow.requires ?? [])
    expect(await runFlow(flow, target)).toEqual({ outcome: 'passed' })
    await expect.poll(async () => (await own.customer.state()).connected).toBeDefined()
    const state = await own.customer.state()
    const letIn = state.arrivals.filter(({ asked }) => asked !== undefined)
    expect(letIn.length).toBeGreaterThan(0)
    expect(letIn.every(({ token }) => token === state.token?.id)).toBe(true)
    expect(JSON.stringify(state)).not.toContain(own.token)
  })

  test('there is one of each kind that the page offers by name', () => {
    const kinds = new Set(FLOWS.map(([, kind]) => kind))
    expect([...kinds].sort()).toEqual([...OFFERED_KINDS].sort())
  })
})

describe('each mistake has a fault of its own', () => {
  const path = '/Users?count=1'
  test.each([
    ['no token', () => undefined, { fault: 'no-header' }],
    ['cut off', (token: string) => `Bearer ${token.slice(0, -6)}`, { fault: 'cut' }],
    ['Bearer twice', (token: string) => `Bearer Bearer ${token}`, { fault: 'bearer-twice' }],
    ['a blank at the end', (token: string) => `Bearer ${token}\u00a0`, { fault: 'blank', where: 'behind' }],
    ['a letter changed', (token: string) => `Bearer ${token.slice(0, -2)}_-`, { fault: 'unknown' }],
    [
      'of another tenant',
      (token: string) => `Bearer ${token.replace(/^lk_[^_]+_/, 'lk_globex_')}`,
      { fault: 'other-tenant' },
    ],
    ['a password', () => 'Basic YTpi', { fault: 'other-scheme' }],
    ['another secret', () => 'Bearer dapi00112233', { fault: 'unlike' }],
  ])('%s', async (_what, headerOf, fault) => {
    const { customer, token, base } = await connected('entra')
    expect((await scim(base, headerOf(token), path)).status).toBe(401)
    expect(await lastOf(customer)).toMatchObject({ wrong: fault, count: 1 })
    expect((await customer.state()).connected).toBeUndefined()
  })

  test('the token before this one', async () => {
    const { customer, token, base } = await connected('okta')
    await customer.token('okta')
    await scim(base, `Bearer ${token}`, path)
    expect(await lastOf(customer)).toMatchObject({ wrong: { fault: 'replaced' } })
  })

  test('a base URL without its middle, told by the token that came with it', async () => {
    const { customer, token, tenant } = await connected('okta')
    const header = `Bearer ${token}`
    await fetch(`${serving.url}/scim/v2/Users?count=1`, { headers: { authorization: header } })
    expect(await lastOf(customer)).toMatchObject({ wrong: { fault: 'url-lacks', lacks: `/tenants/${tenant}` } })
    await fetch(`${serving.url}/tenants/${tenant}/Users`)
    await expect.poll(async () => (await customer.state()).arrivals.at(-1)?.wrong).toMatchObject({ lacks: '/scim/v2' })
  })

  test('a base URL with a piece too many', async () => {
    const { customer, token, base } = await connected('okta')
    await scim(base, `Bearer ${token}`, '/scim/v2/Users?count=1')
    expect(await lastOf(customer)).toMatchObject({ wrong: { fault: 'url-extra', extra: '/scim/v2' } })
  })

  test('alike ones are told as one, with their number', async () => {
    const { customer, base } = await connected('okta')
    for (let times = 1; times <= 5; times++) await scim(base, undefined, path)
    await expect.poll(async () => (await customer.state()).arrivals).toMatchObject([{ count: 5 }])
  })
})

describe('the first people and a leaver', () => {
  const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

  test('are cards with what arrived and what did not, warnings, and the moment of leaving', async () => {
    const { customer, token, base } = await connected('okta')
    const header = `Bearer ${token}`
    const person = {
      schemas: [USER],
      userName: 'bjensen',
      name: { givenName: 'Barbara', familyName: 'Jensen' },
      password: 'not-shown-1',
    }
    const made = await scim(base, header, '/Users', { method: 'POST', body: JSON.stringify(person) })
    const { id } = (await made.json()) as { readonly id: string }
    const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'Sales' }
    await scim(base, header, '/Groups', { method: 'POST', body: JSON.stringify(group) })
    await expect.poll(async () => (await customer.state()).written).toMatchObject({ people: 1, groups: 1 })
    const { body } = await customer.people()
    expect(body).toMatchObject({
      people: [{ id, name: 'bjensen', active: true, missing: expect.arrayContaining(['externalId', 'emails']) }],
      groups: [{ name: 'Sales', members: 0 }],
    })
    const { people, warnings } = body as { people: { attributes: object[] }[]; warnings: { warning: string }[] }
    expect(people[0]?.attributes).toContainEqual({ path: 'name.familyName', value: 'Jensen' })
    expect(warnings.map(({ warning }) => warning)).toEqual(
      expect.arrayContaining(['user-name-no-address', 'no-external-id', 'no-email', 'groups-empty']),
    )
    expect(JSON.stringify(body)).not.toContain('not-shown-1')
    await customer.step({ leaver: 'begin' })
    const off = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', value: { active: false } }],
    }
    await scim(base, header, `/Users/${id}`, { method: 'PATCH', body: JSON.stringify(off) })
    await expect.poll(async () => (await customer.state()).leaver).toMatchObject({ id, how: 'deactivated' })
    const done = await customer.step({ step: 'done' })
    expect(done.progress).toMatchObject({ step: 'done', done: expect.any(Number) })
  })

  test('arrive by the stream as they happen', async () => {
    const { customer, token, base, tenant } = await connected('okta')
    const stream = await customer.ask('GET', '/stream')
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    const reader = stream.body?.getReader()
    const decoder = new TextDecoder()
    let text = ''
    const until = async (piece: string) => {
      while (!text.includes(piece)) {
        const { value, done } = (await reader?.read()) ?? { done: true }
        if (done) throw new Error(`the stream ended: ${text}`)
        text += decoder.decode(value, { stream: true })
      }
    }
    await until('event: state')
    await scim(base, `Bearer ${token}`, '/ServiceProviderConfig')
    await until('"connected"')
    const { body } = await vendor('GET', `/tenants/${tenant}/setup-links`)
    await vendor('DELETE', `/tenants/${tenant}/setup-links/${(body.items[0] as { link: string }).link}`)
    await until('event: over')
    await reader?.cancel()
  })
})

describe('a scanner that presses every button of the first page', () => {
  test('sees no secret and nothing of people, and the link works for the customer all the same', async () => {
    const tenant = await serving.tenant()
    const other = await serving.connection('okta', { tenant })
    const person = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'seen@secret.example' }
    await scim(other.base, `Bearer ${other.token}`, '/Users', { method: 'POST', body: JSON.stringify(person) })
    const { body } = await vendor('POST', `/tenants/${tenant}/setup-links`, { kinds: ['okta', 'entra'] })
    const saw: string[] = []
    for (let times = 1; times <= 5; times++) {
      const scanner = await begin(serving.url, body.url)
      for (const path of ['/state', '/people', '/page', '/logo'])
        saw.push(await (await scanner.ask('GET', path)).text())
      saw.push(JSON.stringify(await scanner.step({ step: 'provider' })))
    }
    const all = saw.join('\n')
    expect(all).not.toContain('seen@secret.example')
    expect(all).not.toMatch(/lk_/)
    const customer = await begin(serving.url, body.url)
    const token = await customer.token('okta')
    expect((await scim(other.base, `Bearer ${token}`)).status).toBe(200)
    expect((await scim(other.base, `Bearer ${other.token}`)).status).toBe(200)
  })
})
