// Access reviews: whoever is marked to be removed loses it where a group gives it, and nobody else loses anything.

import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createDirectory } from '../../src/directory/index.ts'
import { environment } from '../../src/environment.ts'
import { createApps } from '../../src/hub/apps/apps.ts'
import type { AdapterKind } from '../../src/hub/contract/index.ts'
import { createAccess } from '../../src/hub/proof/access.ts'
import { createBackground } from '../../src/hub/proof/background.ts'
import { createSigningKeys } from '../../src/hub/proof/signing-keys.ts'
import { forgetInReviews } from '../../src/hub/reviews/forget-lines.ts'
import { isGiven, rightOf } from '../../src/hub/reviews/review.ts'
import { verifyReview } from '../../src/hub/reviews/review-document.ts'
import { createReviews } from '../../src/hub/reviews/reviews.ts'
import { Group, type JsonObject, STRICT, User } from '../../src/protocol/index.ts'
import { memoryStore, type Store } from '../../src/store/index.ts'
import { emptyPlace } from '../database-under-test.ts'

const TENANT = 't'
const TYPES = [User, Group]
const CONTEXT = { tenant: TENANT, actor: 'test', allow: STRICT }
const kind: AdapterKind = {
  kind: 'plain',
  check() {},
  defaultMap: () => ({ User: { userName: { from: 'userName' } }, Group: { displayName: { from: 'displayName' } } }),
  accountSchema: (type) => (type === 'User' ? User : Group),
  open() {
    throw new Error('nothing is opened here')
  },
}
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A tenant in a store, with what is needed to give and to take. */
async function fresh(store: Store = memoryStore()) {
  let clock = 1_800_000_000_000
  const env = { ...environment, now: () => clock++ }
  const directory = createDirectory({ store, environment: env })
  await store.commit([{ write: 'tenant', tenant: TENANT, as: 'new', at: clock }])
  const apps = createApps({
    store,
    environment: env,
    actor: 'ada',
    kinds: [kind],
    seal: async () => '',
    matches: async () => false,
    mayNameVariables: true,
    types: async () => TYPES,
  })
  const make = async (type: 'User' | 'Group', body: JsonObject) => {
    const urn = (type === 'User' ? User : Group).schema.id
    return (await directory.create(CONTEXT, type, { schemas: [urn], ...body })).stored.id
  }
  const join = (group: string, ...ids: readonly string[]) =>
    directory.patch(CONTEXT, 'Group', group, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'add', path: 'members', value: ids.map((value) => ({ value })) }],
    })
  const app = async (id: string, settings: JsonObject) => {
    await apps.create(TENANT, id, { adapter: 'plain', ...settings })
    await apps.switchOn(TENANT, id, undefined, { withoutPlan: true })
  }
  const access = (_tenant: string, at?: number) =>
    createAccess({ store, tenant: TENANT, types: TYPES, kinds: [kind] }, at)
  const sealing = { seal: async (secret: string) => secret, open: async (sealed: string) => sealed }
  const keys = createSigningKeys({ store, environment: env, sealing })
  const reviews = createReviews({
    store,
    environment: env,
    actor: 'ada',
    requireTenant: async () => {},
    access,
    background: createBackground(),
    keys,
    issuer: async () => 'https://scim.example',
  })
  const draft = { name: 'Q1', reason: 'Every quarter', endsAt: clock + 86_400_000, undecided: 'open' as const }
  const start = (more: Partial<Parameters<typeof reviews.start>[1]> = {}) =>
    reviews.start(TENANT, { ...draft, subject: { everybody: true }, ...more })
  const all = async (review: string) => (await reviews.lines(TENANT, review, {}, { limit: 1_000 })).items
  /** Who has what by a rule, by person and right. */
  const rights = async () => {
    const found = new Set<string>()
    for (let after: string | undefined; ; ) {
      const page = await (await access(TENANT)).ruled({ everybody: true }, { limit: 50, ...(after && { after }) })
      for (const row of page.rows.filter(isGiven)) found.add(`${row.user} ${rightOf(row)}`)
      if (page.next === undefined) return found
      after = page.next
    }
  }
  return { store, directory, make, join, app, reviews, start, all, rights, keys, now: () => clock }
}

const CLI = { actor: 'cli', isLocal: true, people: [] }

/** A database of the project's own: SQLite, or PostgreSQL. */
async function onDatabase() {
  const place = await emptyPlace()
  const store = await place.open()
  closing.push(place.remove, async () => store.close())
  return fresh(store)
}

describe('a review', () => {
  test('is copied, decided, closed, carried out, undone by nobody, and signed', async () => {
    const { make, join, app, reviews, start, all, rights, directory, store, keys } = await onDatabase()
    const [ada, bob, eve] = [
      await make('User', { userName: 'ada', title: 'Boss' }),
      await make('User', { userName: 'bob' }),
      await make('User', { userName: 'eve' }),
    ]
    const [staff, admins] = [
      await make('Group', { displayName: 'Staff' }),
      await make('Group', { displayName: 'Admins' }),
    ]
    await join(staff, ada, bob, eve)
    await join(admins, ada, bob)
    await app('crm', {
      scope: { users: { memberOf: [staff] } },
      grants: [{ group: admins, attribute: 'roles', value: 'admin' }],
    })
    await app('wiki', { scope: { users: { filter: 'title pr' } } })
    const { id } = await start({ undecided: 'keep' })
    const lines = await all(id)
    const lineOf = (user: string, value: string, inApp = 'crm') =>
      lines.find(({ value: one }) => one.user === user && one.app === inApp && one.value === value)?.line ?? ''
    expect(lines).toHaveLength(6)

    // Nobody decides about themselves; a named reviewer is the only one; a closed review takes no decisions.
    const self = { actor: 'console:ada', operator: 'ada', people: ['ADA'] }
    expect(await reviews.decide(TENANT, id, self, { where: { user: ada }, verdict: 'keep' })).toMatchObject({
      decided: 0,
      own: 3,
    })
    const decide = (lines: readonly string[], verdict: 'keep' | 'remove', comment?: string) =>
      reviews.decide(TENANT, id, CLI, { lines, verdict, comment })
    await reviews.decide(TENANT, id, CLI, { where: { kind: 'account' }, verdict: 'keep' })
    await decide([lineOf(bob, 'admin'), lineOf(ada, 'ada', 'wiki')], 'remove', '=left the project')
    await decide([lineOf(eve, 'eve')], 'remove')
    expect((await reviews.get(TENANT, id)).counts).toMatchObject({ undecided: 1, keep: 2, remove: 3 })
    await expect(reviews.apply(TENANT, id, { directory })).rejects.toThrow('close it first')
    await reviews.close(TENANT, id)
    await expect(decide([lineOf(ada, 'admin')], 'remove')).rejects.toThrow('is closed')

    // Came since, and gone since.
    const zoe = await make('User', { userName: 'zoe', title: 'New' })
    expect((await reviews.came(TENANT, id, { limit: 100 })).items).toMatchObject([{ user: zoe, app: 'wiki' }])

    const before = await rights()
    const plan = await reviews.plan(TENANT, id, { limit: 100 })
    expect(Object.fromEntries(plan.items.map(({ value, does }) => [`${value.name} ${value.app}`, does]))).toEqual({
      'bob crm': 'leave',
      'eve crm': 'leave',
      'ada wiki': 'rule',
    })
    expect(await rights()).toEqual(before)
    const done = await reviews.apply(TENANT, id, { directory })
    expect(done.counts).toMatchObject({ done: 2, gone: 0, open: 1 })
    const after = await rights()
    expect([...before].filter((one) => !after.has(one)).sort()).toEqual(
      [`${bob} crm role admin`, `${eve} crm account `].sort(),
    )
    const place = (await store.tenant(TENANT))?.place
    // Again: nothing is left to be done, and no resource is written.
    expect((await reviews.apply(TENANT, id, { directory })).runs).toHaveLength(1)
    const lines2 = (await store.changes(TENANT, place ?? 0, 100)).filter(({ op }) => op !== 'note')
    expect(lines2).toEqual([])

    let csv = ''
    for await (const piece of await reviews.csv(TENANT, id)) csv += piece
    expect(csv).toContain(`"'=left the project"`.replaceAll('"', ''))
    const { jws } = await reviews.sign(TENANT, id)
    const set = await keys.published()
    expect(await verifyReview(jws, set, Buffer.from(csv))).toMatchObject({
      valid: true,
      csv: 'same',
      review: { tenant: TENANT },
    })
    expect(await verifyReview(jws, set, Buffer.from(csv.replace('keep', 'leep')))).toMatchObject({
      valid: true,
      csv: 'other',
    })
    const [head, body = '', seal] = jws.split('.')
    expect(
      await verifyReview([head, body.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')), seal].join('.'), set),
    ).toMatchObject({ valid: false })

    await directory.remove(CONTEXT, 'User', bob)
    await forgetInReviews(store, TENANT, bob)
    expect(JSON.stringify(await all(id))).not.toContain('"bob"')
    await reviews.remove(TENANT, id)
    expect(await reviews.list(TENANT)).toEqual([])
  })

  test('that was broken off goes on, and knows what it had begun to take away', async () => {
    const { make, join, app, reviews, start, all, directory } = await fresh()
    const [ada, bob] = [await make('User', { userName: 'ada' }), await make('User', { userName: 'bob' })]
    const [one, two] = [await make('Group', { displayName: 'One' }), await make('Group', { displayName: 'Two' })]
    await join(one, ada)
    await join(two, bob)
    await app('crm', { scope: { users: { memberOf: [one, two] } } })
    const { id } = await start()
    await reviews.decide(TENANT, id, CLI, { where: {}, verdict: 'remove' })
    await reviews.close(TENANT, id)
    let writes = 0
    const breaking = {
      ...directory,
      patch: async (...args: Parameters<typeof directory.patch>) => {
        if (++writes === 2) throw new Error('the process ends')
        return directory.patch(...args)
      },
    }
    await expect(reviews.apply(TENANT, id, { directory: breaking })).rejects.toThrow('the process ends')
    expect((await reviews.get(TENANT, id)).work?.state).toBe('failed')
    expect((await all(id)).map(({ value }) => value.outcome?.state)).toEqual(['going', 'going'])
    await reviews.apply(TENANT, id, { directory })
    expect((await all(id)).map(({ value }) => value.outcome?.state)).toEqual(['done', 'done'])
  })

  test('of a moment in the past shows what is gone since, and says so when it is carried out', async () => {
    const { make, join, app, reviews, start, directory, now, store } = await fresh()
    const ada = await make('User', { userName: 'ada' })
    const staff = await make('Group', { displayName: 'Staff' })
    await join(staff, ada)
    await app('crm', { scope: { users: { memberOf: [staff] } } })
    const at = now() + 1
    for (let i = 0; i < 5; i++) now()
    await make('User', { userName: 'later' })
    await make('User', { userName: 'latest' })
    const path = `members[value eq "${ada}"]`
    await directory.patch(CONTEXT, 'Group', staff, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'remove', path }],
    })
    const { id } = await start({ at })
    expect((await reviews.linesNow(TENANT, id, {}, { limit: 10 })).items).toMatchObject([
      { value: { user: ada }, now: 'gone' },
    ])
    await reviews.decide(TENANT, id, CLI, { where: {}, verdict: 'remove' })
    await reviews.close(TENANT, id)
    expect((await reviews.apply(TENANT, id, { directory })).counts).toMatchObject({ done: 0, gone: 1 })
    expect((await store.changes(TENANT, 0, 100)).filter(({ op }) => op === 'note').map(({ type }) => type)).toContain(
      'AccessReview',
    )
  })
})

test('whatever is decided: what is done is gone, what was not to be removed stays, and what is open says why', async () => {
  const membership = fc.record({ user: fc.nat(3), group: fc.nat(3) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(membership, { minLength: 3, maxLength: 10 }),
      fc.option(fc.record({ inner: fc.nat(3), outer: fc.nat(3) }), { nil: undefined }),
      fc.infiniteStream(fc.constantFrom('keep', 'remove', 'undecided')),
      fc.boolean(),
      async (members, nested, verdicts, alongside) => {
        const { make, join, app, reviews, start, all, rights, directory } = await fresh()
        const users: string[] = []
        for (const userName of ['a', 'b', 'c', 'd'])
          users.push(await make('User', { userName, ...(userName < 'c' && { title: 'x' }) }))
        const groups: string[] = []
        for (const displayName of ['w', 'x', 'y', 'z']) groups.push(await make('Group', { displayName }))
        for (const { user, group } of members) await join(groups[group] ?? '', users[user] ?? '')
        if (nested !== undefined && nested.inner !== nested.outer)
          await join(groups[nested.outer] ?? '', groups[nested.inner] ?? '')
        const [w = '', x = '', y = '', z = ''] = groups
        await app('crm', {
          scope: { users: { memberOf: [w, x] }, groups: {} },
          grants: [
            { group: y, attribute: 'roles', value: 'r' },
            { group: w, attribute: 'roles', value: 's' },
          ],
        })
        await app('wiki', {
          scope: { users: { filter: 'title pr', notMemberOf: [z] } },
          grants: [{ group: y, attribute: 'roles', value: 'r' }],
        })
        const { id } = await start()
        const decided = new Map<string, string>()
        for (const { line } of await all(id)) {
          const verdict = verdicts.next().value as 'keep' | 'remove' | 'undecided'
          decided.set(line, verdict)
          await reviews.decide(TENANT, id, CLI, { lines: [line], verdict })
        }
        await reviews.close(TENANT, id)
        const before = await rights()
        await reviews.apply(TENANT, id, { directory, alongside })
        const after = await rights()
        for (const { line, value } of await all(id)) {
          const has = after.has(`${value.user} ${rightOf(value)}`)
          if (decided.get(line) !== 'remove') {
            if (!alongside) expect(has).toBe(true)
            continue
          }
          expect(has).toBe(value.outcome?.state !== 'done')
          if (value.outcome?.state === 'open') expect(value.outcome.why).toMatch(/also|without a group/)
          if (alongside) expect(value.outcome?.why ?? '').not.toContain('also')
        }
        // Nothing comes that was not there, unless it was agreed to.
        if (!alongside) expect([...after].filter((one) => !before.has(one))).toEqual([])
      },
    ),
    { numRuns: 40 },
  )
})
