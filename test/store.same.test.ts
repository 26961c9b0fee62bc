// Memory, SQLite and PostgreSQL give the same answers to random queries and writes.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { EnterpriseUser, type JsonObject, LIMITS } from '../src/protocol/index.ts'
import { type MemberEdit, memoryStore, type Page, type Store, type Write } from '../src/store/index.ts'
import { postgresStore } from '../src/store/postgres/postgres.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { startPostgres, type TestServer } from './postgres.ts'
import { creating, editing, GROUP, idsOn, querying, removing, replacing, USER } from './store.contract.ts'

/** How many random cases each property is tried on; fewer in CI. */
const RUNS = process.env.CI === undefined ? 150 : 50

/** Words that differ in case, script, length and order, some of them equal when folded. */
const WORDS = [
  '',
  'a',
  'A',
  'ab',
  'Ab ',
  'ä',
  'Ä',
  'A\u0308',
  'ß',
  'ss',
  'İ',
  'ı',
  '\u{10428}',
  '\u{10400}',
  '\uff21',
  '\ud7ff',
  '\ue000',
  '%',
  '_',
  "'",
  '"',
  '\\',
  'b  c',
  'B c',
  'z\u0000'.slice(0, 1),
  'Ω',
  'ω',
  'ς',
]
const DATES = [
  '2026-01-01T00:00:00Z',
  '2026-01-01T01:00:00+01:00',
  '2025-12-31T23:59:59.999Z',
  '2026-01-01T00:00:00.0005Z',
]

const word = fc.oneof(
  fc.constantFrom(...WORDS),
  fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...WORDS)).map(([a, b]) => a + b),
)
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const email = fc.record(
  { value: word, type: fc.constantFrom('work', 'Work', 'home', 'ä'), primary: fc.boolean() },
  { requiredKeys: [] },
)

const person = fc
  .record({
    displayName: optional(word),
    externalId: optional(word),
    nickName: optional(word),
    title: optional(word),
    active: optional(fc.boolean()),
    name: optional(fc.record({ familyName: word, givenName: word }, { requiredKeys: [] })),
    emails: optional(fc.array(email, { minLength: 1, maxLength: 3 })),
    photos: optional(
      fc.array(fc.record({ value: word, type: word }, { requiredKeys: [] }), { minLength: 1, maxLength: 2 }),
    ),
    department: optional(word),
    manager: optional(fc.integer({ min: 0, max: 11 })),
  })
  .map(({ department, manager, ...rest }): JsonObject => {
    const extension = {
      ...(department === undefined ? {} : { department }),
      ...(manager === undefined ? {} : { manager: { value: `u${manager}` } }),
    }
    const document: { [name: string]: unknown } = { ...rest }
    if (Object.keys(extension).length > 0) document[EnterpriseUser.id] = extension
    return JSON.parse(JSON.stringify(document)) as JsonObject
  })

const TEXTS = [
  'userName',
  'displayName',
  'externalId',
  'nickName',
  'title',
  'name.familyName',
  'emails.value',
  'emails.type',
  'emails',
  'photos.value',
  `${EnterpriseUser.id}:department`,
  `${EnterpriseUser.id}:manager.value`,
  `${EnterpriseUser.id}:manager.displayName`,
  `${EnterpriseUser.id}:manager.$ref`,
  'groups.value',
  'groups.display',
  'groups.type',
  'id',
  'schemas',
  'meta.location',
  'meta.version',
  'meta.resourceType',
]
const quoted = fc
  .oneof(word, fc.constantFrom('u1', 'g0', 'g1', 'direct', 'User', 'W/"1"', 'https://scim.example/v2/Users/u3'))
  .map((text) => JSON.stringify(text))
const operator = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le')
const term: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom(...TEXTS), operator, quoted).map((parts) => parts.join(' ')),
  fc.constantFrom(...TEXTS, 'name', 'active', 'emails.primary', 'groups', 'photos', 'meta').map((path) => `${path} pr`),
  fc
    .tuple(fc.constantFrom('active', 'emails.primary'), fc.constantFrom('eq', 'ne'), fc.boolean())
    .map((parts) => parts.join(' ')),
  fc
    .tuple(
      fc.constantFrom('meta.created', 'meta.lastModified'),
      fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
      fc.constantFrom(...DATES),
    )
    .map(([path, op, date]) => `${path} ${op} "${date}"`),
)
const inner: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom('value', 'type'), operator, quoted).map((parts) => parts.join(' ')),
  fc.constantFrom(
    'value pr',
    'type pr',
    'primary pr',
    'primary eq true',
    'primary eq false',
    'primary ne true',
    'primary ne false',
    'not (primary eq true)',
    'not (primary eq false)',
    'type eq "home" and primary eq false',
  ),
)
const brackets = fc.oneof(
  fc.tuple(fc.constantFrom('and', 'or'), inner, inner).map(([op, a, b]) => `emails[${a} ${op} ${b}]`),
  inner.filter((text) => !text.includes('primary')).map((text) => `groups[${text}]`),
  inner.filter((text) => !text.includes('primary')).map((text) => `photos[${text}]`),
)
const filter: fc.Arbitrary<string> = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    term,
    brackets,
    fc.tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie('any').map((one) => `not (${one})`),
  ),
})).any

/** Filters with so many terms that a store may read documents in another way. */
const longFilter = fc
  .tuple(fc.array(filter, { minLength: 8, maxLength: 12 }), fc.constantFrom(' and ', ' or '))
  .map(([all, op]) => all.map((one) => `(${one})`).join(op))

const SORTS = [
  'userName',
  'displayName',
  'title',
  'externalId',
  'active',
  'emails',
  'emails.type',
  'photos.value',
  'name.givenName',
  'meta.created',
  'meta.lastModified',
  'id',
  `${EnterpriseUser.id}:department`,
  `${EnterpriseUser.id}:manager.displayName`,
]

/** What is asked of stores stores. */
async function ask(
  store: Store,
  filterText: string | undefined,
  sortBy: string | undefined,
  descending: boolean,
  size: number,
) {
  const base = {
    ...(filterText === undefined ? {} : { filter: filterText }),
    ...(sortBy === undefined ? {} : { sortBy, descending }),
    groups: true,
  }
  const pages: unknown[] = []
  const whole = await store.find(querying([USER], base))
  pages.push(whole.resources, whole.total)
  for (let offset = 0; offset < 14; offset += size) {
    const page = await store.find(querying([USER], { ...base, page: { offset, limit: size } }))
    pages.push(idsOn(page), page.total, page.next !== undefined)
  }
  let after: Page['next']
  do {
    const page = await store.find(querying([USER], { ...base, total: size === 2, page: { after, limit: size } }))
    pages.push(idsOn(page), page.total)
    after = page.next
  } while (after !== undefined)
  if (filterText !== undefined) pages.push(idsOn(await store.find(querying([USER, GROUP], { filter: filterText }))))
  return pages
}

describe('memory, SQLite and PostgreSQL answer alike', () => {
  // Three databases and many questions, on machines that do other things besides.
  vi.setConfig({ testTimeout: 180_000 })
  const memory = memoryStore()
  const sqlite = sqliteStore(':memory:')
  const stores: Store[] = [memory, sqlite as Store]
  let server: TestServer
  beforeAll(async () => {
    server = await startPostgres()
    stores.push((await postgresStore((await server.database()).url)) as Store)
    for (const store of stores) await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  })
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()))
    await server.stop()
  })

  test('any filter, sort and page over any people', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 4, maxLength: 12 }),
        fc.array(
          fc.tuple(
            fc.oneof({ weight: 5, arbitrary: filter }, { weight: 1, arbitrary: longFilter }),
            fc.option(fc.constantFrom(...SORTS), { nil: undefined }),
            fc.boolean(),
            fc.integer({ min: 1, max: 5 }),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        async (people, questions) => {
          const ids = people.map((_, i) => `u${i}`)
          const writes: Write[] = [
            ...people.map((document, i) =>
              creating(
                `u${i}`,
                { ...document, schemas: ['urn:a', 'URN:B'], userName: `${WORDS[i + 1]}${i}` },
                { at: Date.parse(DATES[i % DATES.length] as string) },
              ),
            ),
            creating('g0', { displayName: 'Ä' }, { members: ids.slice(0, 3) }),
            creating('g1', { displayName: 'ss' }, { members: ['g0', ...ids.slice(3, 4)] }),
          ]
          for (const store of stores) await store.commit(writes)
          try {
            for (const [text, sortBy, descending, size] of questions) {
              const [one, ...others] = await Promise.all(
                stores.map((store) => ask(store, text, sortBy, descending, size)),
              )
              for (const other of others) expect(other, `${text} by ${sortBy}`).toEqual(one)
            }
          } finally {
            for (const store of stores) {
              await store.commit([
                ...ids.map((id) => removing('User', id)),
                removing('Group', 'g0'),
                removing('Group', 'g1'),
              ])
            }
          }
        },
      ),
      { numRuns: RUNS },
    )
  })

  test('filters as long and as deep as the limits allow', async () => {
    for (const store of stores) {
      await store.commit(['l1', 'l2', 'l3'].map((id) => creating(id, { userName: id, emails: [{ value: `${id}@x` }] })))
    }
    const many = (term: (n: number) => string, count: number = LIMITS.FILTER_TERMS) =>
      Array.from({ length: count }, (_, n) => term(n))
    const deep = (inner: string, wrap: (one: string) => string) => {
      let text = inner
      for (let depth = 1; depth < LIMITS.FILTER_DEPTH - 2; depth++) text = wrap(text)
      return text
    }
    const filters = [
      many((n) => `userName eq "l${n}"`).join(' or '),
      many((n) => `userName co "l${n}"`).join(' or '),
      many((n) => `title ne "l${n}"`).join(' and '),
      many((n) => `emails.value eq "l${n}@x"`).join(' or '),
      many((n) => `groups.value eq "l${n}"`).join(' or '),
      many((n) => `groups.display ne "l${n}"`).join(' and '),
      many((n) => `id eq "l${n}"`).join(' or '),
      many((n) => `${EnterpriseUser.id}:manager.displayName ne "l${n}"`, 300).join(' and '),
      many((n) => `emails[type eq "work" or value eq "l${n}@x"]`, LIMITS.FILTER_TERMS / 2).join(' or '),
      `emails[${many((n) => `value eq "l${n}@x"`).join(' or ')}]`,
      many((n) => (n % 2 ? `userName eq "l${n}"` : `not (title pr) and nickName pr`), 300).join(' or '),
      deep('userName eq "l1"', (one) => `not (${one})`),
      deep('userName eq "l1"', (one) => `(${one} and not (title pr))`),
      deep('title eq "l1"', (one) => `(${one} or userName eq "l2")`),
    ]
    for (const text of filters) {
      const [one, ...others] = await Promise.all(stores.map((store) => ask(store, text, 'userName', false, 2)))
      for (const other of others) expect(other, text.slice(0, 60)).toEqual(one)
      for (const store of stores) expect(store.weigh(querying([USER], { filter: text }))).toBeTypeOf('string')
    }
    for (const store of stores) await store.commit(['l1', 'l2', 'l3'].map((id) => removing('User', id)))
  })

  test('any run of writes leaves the same behind', async () => {
    const id = fc.integer({ min: 0, max: 5 }).map((n) => `w${n}`)
    const group = fc.integer({ min: 0, max: 1 }).map((n) => `h${n}`)
    const who = fc.oneof(id, group)
    const edit: fc.Arbitrary<MemberEdit> = fc.oneof(
      fc
        .array(who, { maxLength: 4 })
        .map((ids) => ({ edit: 'add' as const, members: ids.map((one) => ({ id: one })) })),
      fc.array(who, { maxLength: 4 }).map((ids) => ({ edit: 'remove' as const, ids })),
      fc
        .array(who, { maxLength: 4 })
        .map((ids) => ({ edit: 'set' as const, members: ids.map((one) => ({ id: one })) })),
      fc.constant({ edit: 'clear' as const }),
    )
    const name = fc.constantFrom('ä', 'Ä', 'x', 'y', 'z')
    type Step = (known: ReadonlyMap<string, JsonObject>) => {
      write: Write
      id: string
      after?: JsonObject | undefined
      gone?: boolean
    }
    // Mostly what can succeed, sometimes what can't.
    const put = (one: string, after: JsonObject, known: ReadonlyMap<string, JsonObject>) => {
      const before = known.get(one)
      return { write: before === undefined ? creating(one, after) : replacing(one, before, after), id: one, after }
    }
    const user: fc.Arbitrary<Step> = fc.tuple(id, fc.constantFrom('ä', 'Ä', 'x', 'y', 'z', 'v', 'w')).map(
      ([one, userName]) =>
        (known) =>
          put(one, { userName }, known),
    )
    const members: fc.Arbitrary<Step> = fc
      .tuple(group, fc.array(edit, { minLength: 1, maxLength: 4 }))
      .map(([one, edits]) => () => ({ write: editing(one, edits), id: one }))
    const step: fc.Arbitrary<Step> = fc.oneof(
      user,
      members,
      members,
      fc.tuple(id, name).map(
        ([one, userName]): Step =>
          () => ({ write: creating(one, { userName }), id: one, after: { userName } }),
      ),
      fc.tuple(group, name).map(
        ([one, displayName]): Step =>
          (known) =>
            put(one, { displayName }, known),
      ),
      who.map(
        (one): Step =>
          () => ({ write: removing(one.startsWith('w') ? 'User' : 'Group', one), id: one, gone: true }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 2 }), { minLength: 6, maxLength: 15 }),
        async (lists) => {
          for (const store of stores) await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 1 }])
          for (const store of stores) await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
          // Some are there from the start, so that most edits find whom they name.
          const known = new Map<string, JsonObject>([0, 1, 2, 3].map((n) => [`w${n}`, { userName: `w${n}` }]))
          known.set('h0', { displayName: 'h' }).set('h1', { displayName: 'i' })
          for (const store of stores) {
            await store.commit([...known].map(([one, document]) => creating(one, document)))
            await store.commit([editing('h0', [{ edit: 'add', members: [{ id: 'w0' }, { id: 'w1' }] }])])
          }
          for (const list of lists) {
            const after = new Map(known)
            const writes = list.map((make) => {
              const made = make(after)
              if (made.after !== undefined) after.set(made.id, made.after)
              if (made.gone) after.delete(made.id)
              return made.write
            })
            const results = await Promise.all(
              stores.map((store) =>
                store.commit(writes).then(
                  (written) => ({ written }),
                  (error: { reason?: string; at?: number; what?: string; found?: string }) => ({
                    reason: error.reason,
                    at: error.at,
                    what: error.what,
                    found: error.found,
                    error: error.reason ? undefined : error,
                  }),
                ),
              ),
            )
            expect(results[1]).toEqual(results[0])
            expect(results[2]).toEqual(results[0])
            if (results[0] !== undefined && 'written' in results[0]) {
              known.clear()
              for (const [key, value] of after) known.set(key, value)
            }
          }
          const states = await Promise.all(
            stores.map(async (store) => {
              const page = await store.find(querying([USER, GROUP], { groups: true }))
              const members: unknown[] = []
              for (const one of page.resources) {
                for await (const chunk of store.members(one))
                  members.push(
                    one.id,
                    [...chunk].sort((a, b) => (a.id < b.id ? -1 : 1)),
                  )
              }
              return [page, members, await store.changes('acme', 0, 1_000), await store.tenants()]
            }),
          )
          expect(states[1]).toEqual(states[0])
          expect(states[2]).toEqual(states[0])
        },
      ),
      { numRuns: RUNS },
    )
  })
})
