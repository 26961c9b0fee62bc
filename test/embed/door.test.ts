// The door of embed: opened at the first request, again after a failure, closed once; what is public.

import { bearer, environment, Group, type LockstepOptions, lockstep, memoryStore, ScimError, User } from 'lockstep'
import { afterEach, expect, test } from 'vitest'
import { emptyPlace } from '../database-under-test.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const authenticate = bearer({ secret: { tenant: 'acme', actor: 'okta', kind: 'okta' } })
const post = { schemas: [USER], userName: 'ann' }

async function database() {
  const place = await emptyPlace()
  closing.push(place.remove)
  return place
}

function appOn(options: LockstepOptions) {
  const scim = lockstep(options)
  closing.push(scim.close)
  const ask = (path: string, body?: unknown, headers: Record<string, string> = { authorization: 'Bearer secret' }) =>
    scim.fetch(
      new Request(`http://x${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...headers, 'content-type': 'application/scim+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  return { scim, ask }
}

test('the store is opened at the first request, by all that come at once together', async () => {
  const { open } = await database()
  let opened = 0
  const store = () => {
    opened++
    return open()
  }
  const { scim, ask } = appOn({ store, authenticate })
  scim.express()
  scim.next()
  scim.users('acme')
  scim.credentials('acme')
  expect(opened).toBe(0)
  const answers = await Promise.all([
    ask('/scim/v2/Users'),
    ask('/scim/v2/Groups'),
    ask('/scim/v2/ServiceProviderConfig'),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(opened).toBe(1)
})

test('a store that can not be opened is 503 with Retry-After, reported, and opened once it can', async () => {
  const { open } = await database()
  const reported: unknown[] = []
  let up = false
  let ms = 0
  const { ask } = appOn({
    store: () => (up ? open() : Promise.reject(new Error('connection refused'))),
    authenticate,
    report: ({ error }) => reported.push(error),
    environment: { ...environment, monotonic: () => ms },
  })
  for (let at = 0; at < 3; at++) {
    const answer = await ask('/scim/v2/Users')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await answer.json()).toMatchObject({
      status: '503',
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    })
  }
  expect(reported.map(String)).toEqual(['Error: connection refused'])
  up = true
  ms += 1_000
  expect((await ask('/scim/v2/Users', post)).status).toBe(201)
})

test('a promise of a store that fails before the first request ends nothing', async () => {
  const { ask } = appOn({ store: Promise.reject(new Error('too early')), authenticate, report: () => undefined })
  expect((await ask('/scim/v2/Users')).status).toBe(503)
})

test('closed, it answers 503 and has closed its store', async () => {
  const { open } = await database()
  let closed = 0
  const { scim, ask } = appOn({
    store: async () => {
      const store = await open()
      return {
        ...store,
        close: async () => {
          closed++
          await store.close()
        },
      }
    },
    authenticate,
    report: () => undefined,
  })
  await ask('/scim/v2/Users')
  await Promise.all([scim.close(), scim.close()])
  expect(closed).toBe(1)
  expect((await ask('/scim/v2/Users')).status).toBe(503)
  await expect(scim.users('acme').get('x')).rejects.toThrow('closed')
})

test('a tenant of the URL that is not the one of the credential is as a wrong token', async () => {
  const { ask } = appOn({ store: memoryStore(), url: 'https://:tenant.app.example/scim/v2', authenticate })
  const wrong = await ask('/scim/v2/Users')
  expect(wrong.status).toBe(404)
  const { scim } = appOn({ store: memoryStore(), url: '/t/:tenant/scim/v2', authenticate })
  const sent = async (tenant: string, token: string) => {
    const answer = await scim.fetch(
      new Request(`http://x/t/${tenant}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } }),
    )
    return [answer.status, answer.headers.get('www-authenticate'), await answer.text()]
  }
  const other = await sent('other', 'secret')
  expect(other[0]).toBe(401)
  expect(other).toEqual(await sent('acme', 'nonsense'))
})

test('what the middleware of the app knows reaches authenticate', async () => {
  const scim = lockstep({
    store: memoryStore(),
    authenticate: (_call, context: { readonly session: string } | undefined) =>
      context?.session === 'ann' ? { tenant: 'acme', actor: 'ann', kind: 'generic' } : undefined,
  })
  closing.push(scim.close)
  const request = () => new Request('http://x/scim/v2/Users')
  expect((await scim.fetch(request(), { session: 'ann' })).status).toBe(200)
  expect((await scim.fetch(request(), { session: 'bob' })).status).toBe(401)
  expect((await scim.fetch(request())).status).toBe(401)
})

test('an error of authenticate that is not about the credential is 503 and reported', async () => {
  const reported: unknown[] = []
  const { ask } = appOn({
    store: memoryStore(),
    authenticate: () => Promise.reject(new Error('sessions are down')),
    report: ({ error }) => reported.push(error),
  })
  expect((await ask('/scim/v2/Users')).status).toBe(503)
  expect(reported).toHaveLength(1)
})

test.each([
  ['nobody', null, 401],
  ['no tenant', { actor: 'okta' }, 500],
  ['an empty tenant', { tenant: '', actor: 'okta' }, 500],
  ['a number', { tenant: 7, actor: 'okta' }, 500],
  ['no actor', { tenant: 'acme' }, 500],
])('a caller that is %s writes nothing, and the app is told', async (_name, found, status) => {
  for (const option of [{ authenticate: () => found as never }, { credentials: { find: () => found as never } }]) {
    const told: unknown[] = []
    const scim = lockstep({ store: memoryStore(), ...option, report: ({ error }) => told.push(error) })
    const answer = await scim.fetch(
      new Request('http://x/scim/v2/Users', {
        method: 'POST',
        headers: { authorization: 'Bearer token', 'content-type': 'application/scim+json' },
        body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ann' }),
      }),
    )
    expect(answer.status).toBe(status)
    expect(told).toHaveLength(status === 500 ? 1 : 0)
    await scim.close()
  }
  const scim = lockstep({ store: memoryStore(), authenticate: () => undefined })
  await expect(scim.adopt('', [])).rejects.toThrow(/tenant: must be a name/)
  await scim.close()
})

test('features and hooks of the app count', async () => {
  const { ask } = appOn({
    store: memoryStore(),
    authenticate,
    types: [User, Group],
    features: () => ({ bulk: false }),
    hooks: {
      prepare: ({ document }) => {
        if (document.userName === 'root') throw new ScimError(403, 'root is ours')
        return { ...document, title: 'new' }
      },
    },
  })
  expect(
    (await ask('/scim/v2/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [] }))
      .status,
  ).toBe(501)
  expect(await (await ask('/scim/v2/Users', post)).json()).toMatchObject({ title: 'new' })
  const refused = await ask('/scim/v2/Users', { ...post, userName: 'root' })
  expect([refused.status, await refused.json()]).toMatchObject([403, { detail: 'root is ours' }])
})
