// Tests the routes for access reviews: as documented, and nobody decides about themselves or in another's place.

import { afterEach, expect, test } from 'vitest'
import { expectDocumented } from '../../test/documented.ts'
import { environment } from '../environment.ts'
import { STRICT } from '../protocol/index.ts'
import { createSiteDirectory } from '../site/directory.ts'
import { createSiteHub } from '../site/hub.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import { createOperators, createSealer, createTenancy, makeSealKey, parseSealKeys } from '../tenancy/index.ts'
import { createAdmin } from './admin.ts'
import { createOneTimeLinks } from './sign-in/one-time-links.ts'

const open: { close: () => unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const ROOT = '/tenants/acme/reviews'

async function start() {
  const store = sqliteStore(':memory:')
  const tenancy = createTenancy({ store })
  const keys = parseSealKeys(makeSealKey(environment), 'test')
  const sealer = createSealer(async () => keys, environment)
  const directory = createSiteDirectory(store, tenancy)
  const admin = createAdmin({ store, tenancy, directory, hub: createSiteHub(store, tenancy, sealer) })
  open.push(store, tenancy, admin)
  await tenancy.tenants.create('acme')
  const { token } = await tenancy.adminTokens.create({ label: 'owner' })
  const bearer = { authorization: `Bearer ${token}` }
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = bearer) => {
    const response = await admin.fetch(
      new Request(`http://scim.example/admin/v1${path}`, {
        method,
        headers: { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    if (!path.endsWith('/csv')) expectDocumented(method, path, response.status, text)
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return { status: response.status, text, body: isJson ? JSON.parse(text) : undefined, headers: response.headers }
  }
  /** Signs an operator in; gives what a browser sends then. */
  const signIn = async (operator: string) => {
    const operators = createOperators(store, environment, { actor: 'test', role: 'owner', tenants: undefined })
    await operators.create(operator, { role: 'owner', tenants: null })
    const { secret } = await createOneTimeLinks(store, environment).make({ operator }, 60_000, { actor: 'test' })
    const own = { 'x-lockstep': '1', 'sec-fetch-site': 'same-origin' }
    const { headers } = await send('POST', '/session', { link: secret }, own)
    return { ...own, cookie: (headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' }
  }
  /** Reads a review until it is no longer under way. */
  const settled = async (review: string) => {
    for (;;) {
      const { body } = await send('GET', `${ROOT}/${review}`)
      if (body.state !== 'copying' && body.work?.state !== 'running') return body
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const context = { tenant: 'acme', actor: 'test', allow: STRICT }
  const user = async (userName: string) =>
    (await directory.create(context, 'User', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName }))
      .stored.id
  const group = async (displayName: string, members: readonly string[]) => {
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
    const body = { schemas, displayName, members: members.map((value) => ({ value })) }
    return (await directory.create(context, 'Group', body)).stored.id
  }
  return { send, signIn, settled, user, group }
}

test('a review goes its whole way, as the document says', async () => {
  const { send, signIn, settled, user, group } = await start()
  const [ada, bob] = [await user('ada'), await user('bob')]
  const staff = await group('Staff', [ada, bob])
  await send('POST', '/tenants/acme/apps', {
    app: 'wiki',
    options: { url: 'https://wiki.example/scim' },
    scope: { users: { memberOf: [staff] } },
  })
  await send('POST', '/tenants/acme/apps/wiki/switch-on', { withoutPlan: true })
  const cookie = await signIn('ada')
  const other = await signIn('eve')

  const draft = { name: 'Q1', reason: 'Every quarter', subject: { group: staff }, endsAt: '2099-01-01T00:00:00Z' }
  expect((await send('POST', ROOT, { ...draft, endsAt: '2020-01-01T00:00:00Z' })).status).toBe(400)
  expect((await send('POST', ROOT, { ...draft, reviewer: 'nobody' })).status).toBe(404)
  const begun = await send('POST', ROOT, { ...draft, reviewer: 'ada' })
  expect(begun.status).toBe(201)
  const { review } = begun.body
  const one = `${ROOT}/${review}`
  expect(await settled(review)).toMatchObject({ state: 'open', lines: 2, counts: { undecided: 2 } })
  const lines = (await send('GET', `${one}/lines?now=true`)).body.items
  expect(lines).toMatchObject([{ now: 'same' }, { now: 'same' }])

  // Another than the reviewer is refused, and the reviewer not asked about herself.
  const wanted = { where: {}, verdict: 'remove', comment: 'Left the project' }
  expect((await send('POST', `${one}/decisions`, wanted, other)).body.error.message).toContain(
    'Only the operator "ada"',
  )
  expect((await send('POST', `${one}/decisions`, wanted)).status).toBe(409)
  expect((await send('POST', `${one}/decisions`, { verdict: 'keep' }, cookie)).status).toBe(400)
  expect((await send('POST', `${one}/decisions`, wanted, cookie)).body).toEqual({ decided: 1, own: 1 })
  expect((await send('GET', `${one}/lines?verdict=remove&text=BOB`)).body.items).toMatchObject([
    { user: bob, by: 'console:ada', comment: 'Left the project' },
  ])

  expect((await send('GET', `${one}/csv`)).status).toBe(409)
  expect((await send('POST', `${one}/close`)).body).toMatchObject({
    state: 'closed',
    counts: { remove: 1, undecided: 1 },
  })
  expect((await send('GET', `${one}/plan`)).body.items).toMatchObject([
    { user: bob, does: 'leave', groups: [{ id: staff }] },
  ])
  expect((await send('POST', `${one}/apply`, {})).status).toBe(202)
  const applied = await settled(review)
  expect(applied).toMatchObject({ work: { state: 'done' }, counts: { done: 1 }, runs: [{ left: 1 }] })
  expect((await send('GET', `${one}/came`)).body.items).toEqual([])

  expect((await send('GET', `${one}/csv`)).text.split('\r\n')).toHaveLength(4)
  expect((await send('GET', `${one}/document`)).body.review).toMatchObject({
    sub: review,
    counts: { lines: 2, done: 1 },
  })

  // What it took away can be given back, as every run.
  const undone = await send('POST', '/tenants/acme/undo', { run: { txn: applied.runs[0].txn }, apply: true })
  expect(undone.body).toMatchObject({ done: 1, refused: 0 })
  expect((await send('GET', ROOT)).body.items).toHaveLength(1)
  expect((await send('DELETE', one)).status).toBe(204)
  expect((await send('GET', one)).status).toBe(404)
})
