// Walks the table of routes: what each needs, by role and by tenant.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashToken, needsTenants, ROLES, type Role } from '../access/index.ts'
import { environment } from '../environment.ts'
import { createSiteDirectory } from '../site/directory.ts'
import { createSiteHub } from '../site/hub.ts'
import { createSiteSetup } from '../site/setup.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createOperators, createSealer, createTenancy } from '../tenancy/index.ts'
import { createAdmin } from './admin.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'
import { createOneTimeLinks } from './sign-in/one-time-links.ts'

const store = sqliteStore(':memory:')
const tenancy = createTenancy({ store })
/** A clock by which nobody asks faster than a session may, however fast the machine is. */
let ms = 0
const admin = createAdmin({
  environment: {
    ...environment,
    monotonic: () => {
      ms += 1_000
      return ms
    },
  },
  store,
  tenancy,
  directory: createSiteDirectory(store, tenancy),
  setup: createSiteSetup(store, tenancy, () => undefined),
  hub: createSiteHub(
    store,
    tenancy,
    createSealer(async () => [], environment),
  ),
})
const ROLE_NAMES = Object.keys(ROLES) as Role[]
/** Tokens by role, for the whole database and limited to the tenant `own`. */
const tokens = new Map<string, string>()
/** Cookies of sessions likewise. */
const cookies = new Map<string, string>()
/** A cookie of a session that began an hour ago, of an owner. */
let stale = ''

/** Signs an operator in, and returns the cookie. */
async function signIn(role: Role, tenants?: readonly string[]): Promise<string> {
  const operator = `op-${randomUUID().slice(0, 8)}`
  const operators = createOperators(store, environment, { actor: 'test', role: 'owner', tenants: undefined })
  await operators.create(operator, { role, tenants: tenants ?? null })
  const { secret } = await createOneTimeLinks(store, environment).make({ operator }, 60_000, { actor: 'test' })
  const { headers } = await admin.fetch(
    new Request('http://scim.example/admin/v1/session', {
      method: 'POST',
      headers: { 'x-lockstep': '1', 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      body: JSON.stringify({ link: secret }),
    }),
  )
  return (headers.getSetCookie()[0] ?? '').split(';')[0] ?? ''
}

beforeAll(async () => {
  for (const name of ['own', 'foreign']) await tenancy.tenants.create(name)
  for (const role of ROLE_NAMES) {
    if (!needsTenants(role)) tokens.set(role, (await tenancy.adminTokens.create({ role })).token)
    tokens.set(`${role} of own`, (await tenancy.adminTokens.create({ role, tenants: ['own'] })).token)
    if (!needsTenants(role)) cookies.set(role, await signIn(role))
    cookies.set(`${role} of own`, await signIn(role, ['own']))
  }
})
beforeAll(async () => {
  stale = await signIn('owner')
  const key = hashToken(stale.split('=')[1] ?? '')
  const [record] = await store.records('', 'session', { key })
  const value = { ...(record?.value as object), since: Date.now() - 3_600_000 }
  await store.commit([{ write: 'record', record: { tenant: '', kind: 'session', key }, value }])
})
afterAll(async () => {
  await tenancy.close()
  await store.close()
})

function cookieHeaders(cookie: string) {
  return { cookie, 'x-lockstep': '1', 'sec-fetch-site': 'same-origin' }
}

/** A request for things that don't exist, or with a body that is refused: it changes nothing even if it is let in. */
async function ask({ method, path }: Route, who: string, tenant: string, by: 'token' | 'session' = 'token') {
  const url = path.replace('{tenant}', tenant).replaceAll(/\{\w+\}/g, 'none')
  const response = await admin.fetch(
    new Request(`http://scim.example/admin/v1${url}`, {
      method: method.toUpperCase(),
      headers: {
        ...(by === 'token' ? { authorization: `Bearer ${tokens.get(who)}` } : cookieHeaders(cookies.get(who) ?? who)),
        'content-type': 'text/plain',
      },
      // Of another media type: refused with 415 after the needs are checked, and before anything is done.
      ...(method === 'get' || method === 'delete' ? {} : { body: '{}' }),
    }),
  )
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return { status: response.status, error: undefined }
  }
  const text = await response.text()
  return { status: response.status, error: text === '' ? undefined : JSON.parse(text).error }
}

const has = (role: Role, { capability, also }: Route['needs']) =>
  also === role ||
  capability === 'nothing' ||
  capability === 'session' ||
  (ROLES[role] as readonly string[]).includes(capability)
/** Without a body to be refused for, these would succeed. */
const HARMFUL = ['deleteTenant', 'signOut', 'endSessions']
const harmless = ROUTES.filter(({ id }) => !HARMFUL.includes(id))

describe.each(harmless.map((one) => [one.id, one] as const))('%s', (_id, route) => {
  const { reach } = route.needs
  describe.each(['token', 'session'] as const)('by %s', (by) => {
    test.each(ROLE_NAMES.filter((role) => !needsTenants(role)))('%s of the whole database', async (role) => {
      const { status, error } = await ask(route, role, 'own', by)
      if (has(role, route.needs)) expect([401, 403]).not.toContain(status)
      else expect([status, error.code]).toEqual([403, 'ERR_FORBIDDEN'])
    })
    test.each(ROLE_NAMES)('%s of one tenant', async (role) => {
      const { status } = await ask(route, `${role} of own`, 'own', by)
      const allowed = has(role, route.needs) && reach !== 'database'
      if (allowed) expect([401, 403]).not.toContain(status)
      else expect(status).toBe(403)
    })
  })
})

describe.each(harmless.filter(({ needs }) => needs.reach === 'tenant').map((one) => [one.id, one] as const))(
  '%s in another tenant',
  (_id, route) => {
    test.each(ROLE_NAMES)('looks to %s as if it did not exist', async (role) => {
      for (const by of ['token', 'session'] as const) {
        const foreign = await ask(route, `${role} of own`, 'foreign', by)
        expect([foreign.status, foreign.error.code]).toEqual([404, 'ERR_NOT_FOUND'])
        const missing = await ask(route, `${role} of own`, 'missing', by)
        expect(missing.error.message.replace('missing', 'foreign')).toBe(foreign.error.message)
      }
    })
  },
)

test.each(ROUTES.map((one) => [one.id, one] as const))(
  '%s: nobody, and a session that is not fresh',
  async (_id, route) => {
    const { capability, fresh } = route.needs
    const nobody = await ask(route, 'nobody=1', 'own', 'session')
    if (capability !== 'nothing') expect([nobody.status, nobody.error.code]).toEqual([401, 'ERR_UNAUTHORIZED'])
    if (HARMFUL.includes(route.id) && fresh !== true) return
    const { status, error } = await ask(route, stale, 'own', 'session')
    if (fresh === true) expect([status, error.code]).toEqual([403, 'ERR_NOT_FRESH'])
    else expect([401, 403]).not.toContain(status)
  },
)

test('deleteTenant needs an owner that reaches the tenant', async () => {
  const route = ROUTES.find(({ id }) => id === 'deleteTenant')
  if (route === undefined) throw new Error('there is no such route')
  expect(route.needs).toEqual({ capability: 'own', reach: 'tenant', fresh: true })
  expect((await ask(route, 'operator', 'own')).status).toBe(403)
  expect((await ask(route, 'owner of own', 'foreign')).status).toBe(404)
  expect((await ask(route, 'owner', 'missing')).status).toBe(404)
})

test('a list of tenants has those of the token alone', async () => {
  const names = async (who: string, query = '') => {
    const response = await admin.fetch(
      new Request(`http://scim.example/admin/v1/tenants${query}`, {
        headers: { authorization: `Bearer ${tokens.get(who)}` },
      }),
    )
    const { items } = JSON.parse(await response.text())
    return items.map(({ tenant }: { tenant: string }) => tenant)
  }
  expect(await names('support')).toEqual(['foreign', 'own'])
  expect(await names('support of own')).toEqual(['own'])
  expect(await names('support of own', '?search=f')).toEqual([])
  expect(await names('support of own', '?after=own')).toEqual([])
})

test('a token limited to a tenant does not reach a later one of the same name', async () => {
  await tenancy.tenants.create('short-lived')
  const { token, admin: made } = await tenancy.adminTokens.create({ tenants: ['own', 'short-lived'] })
  tokens.set('both', token)
  const route = ROUTES.find(({ id }) => id === 'showTenant')
  if (route === undefined) throw new Error('there is no such route')
  expect((await ask(route, 'both', 'short-lived')).status).toBe(200)
  await tenancy.tenants.delete('short-lived')
  await tenancy.tenants.create('short-lived')
  expect((await ask(route, 'both', 'short-lived')).status).toBe(404)
  expect((await ask(route, 'both', 'own')).status).toBe(200)
  expect((await tenancy.adminTokens.list()).find(({ id }) => id === made.id)?.tenants).toEqual(['own'])
})

test.each([
  [{ role: 'king' }, /"king" is not a role; the roles are owner, operator, administrator, auditor, support/],
  [{ role: 'administrator' }, /is for tenants that are named/],
  [{ tenants: [] }, /1 to 100 tenants/],
  [{ tenants: ['A'] }, /"A" can't name a tenant/],
])('an admin token with %j is refused', async (draft, message) => {
  await expect(tenancy.adminTokens.create(draft)).rejects.toThrow(message)
})
