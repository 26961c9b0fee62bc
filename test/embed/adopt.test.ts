// The people whom an app has already become resources under its own ids.

import { afterEach, describe, expect, test } from 'vitest'
import { createDirectory, type Directory, type Hooks, isKnown } from '../../src/directory/index.ts'
import { type AdoptCounts, type AdoptedPerson, adopt } from '../../src/embed/matching/adopt.ts'
import { LENIENT } from '../../src/protocol/index.ts'
import { onPostgres } from '../database-under-test.ts'
import { DATABASES, inMemory, type Opened } from './databases.ts'

const open: Opened[] = []
afterEach(async () => {
  for (const { end } of open.splice(0)) await end()
})

async function setUp(on: () => Promise<Opened>, hooks?: Hooks) {
  const database = await on()
  open.push(database)
  const { store } = database
  return { store, directory: createDirectory({ store, ...(hooks === undefined ? {} : { hooks }) }) }
}

const person = (n: number): AdoptedPerson => ({
  id: String(n),
  userName: `user${n}@acme.example`,
  name: { givenName: `Given${n}`, familyName: `Family${n}` },
  emails: [{ value: `user${n}@acme.example`, type: 'work', primary: true }],
  active: n % 10 !== 0,
  created: new Date(1_500_000_000_000 + n * 1_000),
})
const people = (count: number) => Array.from({ length: count }, (_, n) => person(n + 1))
const get = async (directory: Directory, id: string) => {
  const stored = await directory.get({ tenant: 'acme', type: 'User', id })
  return stored && { ...JSON.parse(stored.text), version: stored.version, created: stored.created }
}
const context = { tenant: 'acme', actor: 'okta', allow: LENIENT }

describe.each(DATABASES)('on %s', (_name, on) => {
  test('5,000 people keep their ids and dates, one line of the log each, and no handler is called', async () => {
    let called = 0
    const { directory, store } = await setUp(on, { commit: () => void called++ })
    const seen: AdoptCounts[] = []
    async function* rows() {
      yield* people(5_000)
    }
    const report = await adopt(directory, 'acme', rows(), { onProgress: (counts) => seen.push(counts) })
    expect(report).toEqual({ adopted: 5_000, same: 0, updated: 0, refusals: 0, refused: [], skipped: [] })
    expect(seen.map(({ adopted }) => adopted)).toEqual(Array.from({ length: 25 }, (_, i) => (i + 1) * 200))
    expect(called).toBe(0)
    expect(await store.tenant('acme')).toMatchObject({ place: 5_000, resources: { User: 5_000 } })
    const lines = await store.changes('acme', 0, 1_000)
    expect(lines.every((line) => line.op === 'create' && line.actor === 'adopt' && isKnown(line))).toBe(true)
    expect(await get(directory, '4990')).toMatchObject({
      userName: 'user4990@acme.example',
      active: false,
      created: 1_500_004_990_000,
    })
  })

  test('ended half-way it goes on where it was, and does nobody twice', async () => {
    const { directory, store } = await setUp(on)
    const stop = new AbortController()
    const under = adopt(directory, 'acme', people(1_000), {
      signal: stop.signal,
      onProgress: ({ adopted }) => adopted === 400 && stop.abort(new Error('the deploy ends')),
    })
    await expect(under).rejects.toThrow('the deploy ends')
    expect(await store.tenant('acme')).toMatchObject({ resources: { User: 400 } })
    expect(await adopt(directory, 'acme', people(1_000))).toMatchObject({ adopted: 600, same: 400, updated: 0 })
    expect(await adopt(directory, 'acme', people(1_000))).toMatchObject({ adopted: 0, same: 1_000 })
    expect(await store.tenant('acme')).toMatchObject({ place: 1_000 })
  })

  test('several at once, and an identity provider beside them, make nobody twice', async () => {
    const { directory, store } = await setUp(on)
    const own = directory.create(context, 'User', { userName: 'user300@acme.example' })
    const [one, two] = await Promise.all([
      adopt(directory, 'acme', people(500)),
      adopt(directory, 'acme', people(500)),
      own,
    ])
    expect(one.adopted + two.adopted).toBe(499)
    expect([...one.refused, ...two.refused].map(({ id }) => id)).toEqual(['300', '300'])
    expect(await store.tenant('acme')).toMatchObject({ resources: { User: 500 } })
  })
})

// The rest is the same on every database.
const on = inMemory
const here = test.skipIf(onPostgres)

here('who is there stays as an identity provider has left them, unless the app says otherwise', async () => {
  const { directory, store } = await setUp(on)
  await adopt(directory, 'acme', [{ ...person(1), title: 'Dr' }])
  await directory.replace(context, 'User', '1', { userName: 'ann', nickName: 'Annie' })
  expect(await adopt(directory, 'acme', [person(1)])).toMatchObject({ same: 1, updated: 0 })
  expect(await get(directory, '1')).toMatchObject({ userName: 'ann', version: 2 })
  const again = () => adopt(directory, 'acme', [person(1)], { existing: 'update' })
  expect(await again()).toMatchObject({ same: 0, updated: 1 })
  expect(await get(directory, '1')).toMatchObject({ userName: 'user1@acme.example', nickName: 'Annie', version: 3 })
  expect(await again()).toMatchObject({ same: 1, updated: 0 })
  expect((await store.changes('acme', 0, 10)).map(({ op, actor }) => `${op} ${actor}`)).toEqual([
    'create adopt',
    'replace okta',
    'replace adopt',
  ])
})

here('whoever can not be adopted is told with the reason, and the others are', async () => {
  const { directory } = await setUp(on)
  const group = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'g' }
  await directory.create(context, 'Group', group, { id: 'g1' })
  const cyclic: { [name: string]: unknown } = { id: 'c', userName: 'c' }
  cyclic.self = cyclic
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ id: '1/../2', userName: 'a' }, /^an id has letters/],
    [{ id: '', userName: 'a' }, /^an id is not empty/],
    [{ id: 7, userName: 'a' }, /^an id is a string, not number/],
    [{ userName: 'a' }, /^an id is a string, not undefined/],
    [{ id: 'g1', userName: 'a' }, /id g1 already/],
    [{ id: '2' }, /userName/],
    [{ id: '3', userName: '' }, /userName/],
    [{ id: '4', userName: 'TAKEN' }, /Another User has this userName/],
    [{ id: '5', userName: 'e', emails: 7 }, /emails/],
    [{ id: '6', userName: 'f', created: 'yesterday' }, /^created: must be a Date/],
    [{ id: '7', userName: 'g', created: new Date(Date.now() + 86_400_000) }, /^created: must be a moment between/],
    [{ id: '8', userName: 'h', password: 'secret' }, /^a password is not adopted/],
    [{ id: '9', userName: 'i', big: 1n }, /can't be written as JSON/],
    [cyclic, /can't be written as JSON/],
    [null, /^a person is an object/],
    ['ann', /^a person is an object/],
    [{ id: '10', userName: 'x'.repeat(1_100_000) }, /userName|long/],
  ]
  await adopt(directory, 'acme', [{ id: 't', userName: 'taken' }])
  const told: string[] = []
  const report = await adopt(directory, 'acme', [...wrong.map(([one]) => one as AdoptedPerson), person(50)], {
    onRefused: ({ why }) => told.push(why),
  })
  expect(report).toMatchObject({ adopted: 1, refusals: wrong.length })
  expect(told).toHaveLength(wrong.length)
  for (const [, why] of wrong)
    expect(
      told.some((one) => why.test(one)),
      String(why),
    ).toBe(true)
  expect(JSON.stringify(report)).not.toContain('secret')
})

here('columns that are no attributes are named, and the list of refusals is bounded', async () => {
  const { directory } = await setUp(on)
  const rows = Array.from({ length: 1_500 }, (_, n) => ({ id: `x ${n}`, userName: `u${n}` }))
  const report = await adopt(directory, 'acme', [...rows, { ...person(1), plan: 'pro', stripeId: 'c1' }])
  expect(report).toMatchObject({ adopted: 1, refusals: 1_500, skipped: ['plan', 'stripeId'] })
  expect(report.refused).toHaveLength(1_000)
})

here('a person who is there under another id is found by match, and keeps that id', async () => {
  const { directory, store } = await setUp(on)
  const { stored } = await directory.create(context, 'User', { userName: 'user1@acme.example' })
  const ids = new Map<string, string>()
  const report = await adopt(directory, 'acme', people(2), {
    existing: 'update',
    match: async ({ person, find }) => {
      const found = await find({ userName: person.userName })
      if (found !== undefined) ids.set(person.id, found.id)
      return found
    },
  })
  expect(report).toMatchObject({ adopted: 1, updated: 1, refusals: 0 })
  expect([...ids]).toEqual([['1', stored.id]])
  expect(await get(directory, stored.id)).toMatchObject({ name: { givenName: 'Given1' } })
  expect(await store.tenant('acme')).toMatchObject({ resources: { User: 2 } })
  const nobody = await adopt(directory, 'acme', [person(3)], { match: () => ({ id: 'nobody' }) })
  expect(nobody.refused).toEqual([{ id: '3', why: 'match says nobody, which is no User here' }])
})

here("with hooks: 'run' handlers see them; what a handler refuses is refused in its words", async () => {
  const seen: string[] = []
  const { directory } = await setUp(on, {
    commit: (change) => void seen.push(`${change.id} ${isKnown(change)}`),
  })
  await adopt(directory, 'acme', people(2), { hooks: 'run' })
  expect(seen).toEqual(['1 true', '2 true'])
})

here("trouble of the app's own code and of its list ends it; misspelt options are told at once", async () => {
  const { directory } = await setUp(on)
  const throwing = adopt(directory, 'acme', people(3), {
    match: () => {
      throw new TypeError('users is undefined')
    },
  })
  await expect(throwing).rejects.toThrow('users is undefined')
  async function* rows() {
    yield person(1)
    throw new Error('the cursor was closed')
  }
  await expect(adopt(directory, 'acme', rows())).rejects.toThrow('the cursor was closed')
  await expect(adopt(directory, 'acme', [], { onProgres: () => 1 } as object)).rejects.toThrow(
    /^onProgres: is no option/,
  )
})
