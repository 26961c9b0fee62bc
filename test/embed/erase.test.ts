// A person is erased: out of documents, log, links and files, with a line that proves it; and logs are cut.

import { afterEach, expect, test } from 'vitest'
import { lockstep } from '../../src/embed/index.ts'
import { LENIENT } from '../../src/protocol/index.ts'
import { emptyPlace } from '../database-under-test.ts'

const ending: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

const ISSUER = 'https://idp.acme.example'

async function setUp() {
  const place = await emptyPlace()
  ending.push(place.remove)
  const store = await place.open()
  const deleted: string[] = []
  const scim = lockstep({
    store,
    authenticate: () => undefined,
    signIn: { connections: () => [{ id: 'sso', issuer: ISSUER }] },
    hooks: { commit: ({ op, id }) => void (op === 'delete' && deleted.push(id)) },
  })
  ending.push(scim.close)
  const { directory } = await scim.open()
  return { place, store, scim, directory, deleted, context: { tenant: 'acme', actor: 'okta', allow: LENIENT } }
}

const ann = {
  id: '42',
  userName: 'zelda.zebrowski@acme.example',
  externalId: 'xyzzy-4711',
  name: { givenName: 'Zelda', familyName: 'Zebrowski' },
  emails: [{ value: 'zelda.zebrowski@acme.example' }],
}
const SECRETS = /zelda|zebrowski|xyzzy-4711|subject-8844/i

test('nothing of the person is left but ids, and a line proves it', async () => {
  const { place, store, scim, directory, context, deleted } = await setUp()
  await scim.adopt('acme', [ann, { id: '43', userName: 'bea' }])
  const group = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'g',
    members: [{ value: '42' }],
  }
  await directory.create(context, 'Group', group)
  await directory.replace(context, 'User', '43', {
    userName: 'bea',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { manager: { value: '42' } },
  })
  expect(await scim.signIn({ tenant: 'acme', issuer: ISSUER, subject: 'xyzzy-4711' })).toMatchObject({
    outcome: 'accepted',
  })
  await scim.signIns.link('acme', '42', {
    issuer: ISSUER,
    subject: 'subject-8844',
    connection: 'sso',
    actor: 'support',
  })
  expect(await place.dump()).toMatch(SECRETS)

  const erased = await scim.erase('acme', '42', { actor: 'privacy@acme.example' })
  expect(erased).toMatchObject({ tenant: 'acme', id: '42', proof: { actor: 'privacy@acme.example' } })
  expect(erased.lines).toBeGreaterThan(0)
  expect(deleted).toEqual(['42'])
  const [proof] = await store.changes('acme', erased.proof.place - 1, 1)
  expect(proof).toMatchObject({ op: 'note', type: 'User', id: '42', at: erased.proof.at })
  expect(JSON.stringify(await store.changes('acme', 0, 100))).not.toMatch(SECRETS)
  expect(await store.items('acme', 'sign-in-link', { limit: 10 })).toEqual([])
  expect(await scim.signIns.check('acme', '42')).toMatchObject({ in: false })
  expect(await directory.get({ tenant: 'acme', type: 'User', id: '43' })).toMatchObject({ id: '43' })
  expect(await scim.signIn({ tenant: 'acme', issuer: ISSUER, subject: 'xyzzy-4711' })).toMatchObject({
    outcome: 'refused',
  })
  // In the files, too: as text, and with what the store keeps beside the rows.
  await expect.poll(() => place.dump(), { timeout: 20_000 }).not.toMatch(SECRETS)
})

test('whoever was deleted long ago can be erased, again and again, and nobody else', async () => {
  const { scim, directory, context } = await setUp()
  await scim.adopt('acme', [ann])
  await directory.remove(context, 'User', '42')
  expect((await scim.erase('acme', '42')).lines).toBe(2)
  expect((await scim.erase('acme', '42')).lines).toBe(0)
  await expect(scim.erase('acme', 'nobody')).rejects.toMatchObject({ status: 404 })
  await expect(scim.erase('nowhere', '42')).rejects.toMatchObject({ status: 404 })
})

test('readers of the log get the person as it was before it is erased, within the time they have', async () => {
  const { scim, store } = await setUp()
  await scim.adopt('acme', [ann])
  await store.commit([{ write: 'cursor', tenant: 'acme', reader: 'mine', place: 0 }])
  const under = scim.erase('acme', '42')
  const follow = async () => {
    const lines = await store.changes('acme', 0, 100)
    if (lines.length < 2) return false
    await store.commit([{ write: 'cursor', tenant: 'acme', reader: 'mine', place: 2 }])
    return lines
  }
  await expect.poll(async () => JSON.stringify(await follow()), { timeout: 20_000 }).toMatch(SECRETS)
  expect((await under).lines).toBe(2)
  await store.commit([{ write: 'cursor', tenant: 'acme', reader: 'mine', place: 0 }])
  await scim.adopt('acme', [{ id: '50', userName: 'zelda' }])
  expect((await scim.erase('acme', '50', { waitMs: 100 })).lines).toBe(2)
})

test('handlers after the transaction get the person first; what waits still gets the id alone', async () => {
  const place = await emptyPlace()
  ending.push(place.remove)
  const store = await place.open()
  const told: string[] = []
  const scim = lockstep({
    store,
    authenticate: () => undefined,
    background: false,
    after: { 'user.deleted': ({ user }) => void told.push(JSON.stringify(user)) },
  })
  ending.push(scim.close)
  await scim.adopt('acme', [ann, { ...ann, id: '43', userName: 'z', displayName: 'Zelda '.repeat(20_000) }])
  const under = scim.erase('acme', '42')
  await expect.poll(() => scim.after.run().then(() => told.length), { timeout: 20_000 }).toBe(1)
  await under
  expect(told[0]).toMatch(SECRETS)
  await scim.erase('acme', '43', { waitMs: 1 })
  await expect.poll(() => place.dump(), { timeout: 20_000 }).not.toMatch(SECRETS)
  await scim.after.run()
  expect(told[1]).toBe('{"id":"43"}')
})

test('what a handler has in hand that fails while its person is erased is not kept again', async () => {
  const place = await emptyPlace()
  ending.push(place.remove)
  const store = await place.open()
  const { promise: failing, reject: fail } = Promise.withResolvers<never>()
  const { promise: called, resolve: isCalled } = Promise.withResolvers<void>()
  const scim = lockstep({
    store,
    authenticate: () => undefined,
    background: false,
    report: () => undefined,
    after: {
      'user.deleted': () => {
        isCalled()
        return failing
      },
    },
  })
  ending.push(scim.close)
  await scim.adopt('acme', [ann])
  await scim.users('acme').delete('42')
  const run = scim.after.run()
  await called
  const erased = scim.erase('acme', '42', { waitMs: 1 })
  await new Promise((resolve) => setTimeout(resolve, 300))
  fail(new Error('no'))
  await run
  await erased
  const kept = await store.items('acme', 'embed/after', { limit: 10 })
  expect(JSON.stringify(kept)).toMatch(/user\.deleted/)
  expect(JSON.stringify(kept)).not.toMatch(SECRETS)
})

test('links go with who was deleted by a process without sign-in', async () => {
  const { store, scim } = await setUp()
  await scim.adopt('acme', [ann])
  const identity = { issuer: ISSUER, subject: 'subject-8844', connection: 'sso', actor: 'support' }
  await scim.signIns.link('acme', '42', identity)
  const bare = lockstep({ store: { ...store, close: async () => {} }, authenticate: () => undefined })
  ending.push(bare.close)
  await bare.users('acme').delete('42')
  await scim.erase('acme', '42')
  expect(JSON.stringify(await store.items('acme', 'sign-in-link', { limit: 10 }))).toBe('[]')
})

test('the log is cut up to a moment, after it has been archived', async () => {
  const { scim, store } = await setUp()
  await scim.adopt('acme', [ann, { id: '43', userName: 'bea' }])
  const archived: number[] = []
  const before = new Date(Date.now() + 1_000)
  const archive = async (lines: readonly { readonly place: number }[]) =>
    void archived.push(...lines.map(({ place }) => place))
  expect(await scim.pruneLog('acme', { before, archive })).toMatchObject({ lines: 2, begins: 3 })
  expect(archived).toEqual([1, 2])
  expect(await store.changes('acme', 2, 10)).toMatchObject([{ op: 'note', actor: 'retention' }])
  await expect(scim.pruneLog('acme', { before: 'someday' })).rejects.toThrow(/must be a Date/)
})
