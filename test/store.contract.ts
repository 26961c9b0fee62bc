// The store contract: the suite that every store must pass.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  bindFilter,
  bindSort,
  comparable,
  EnterpriseUser,
  Group,
  type Json,
  type JsonObject,
  LENIENT,
  parseFilter,
  type ResourceType,
  User,
} from '../src/protocol/index.ts'
import {
  type Affected,
  Conflict,
  type ExportRow,
  type IndexEntry,
  type Member,
  type MemberEdit,
  memoryStore,
  type Page,
  type Query,
  type Ref,
  type Store,
  type WholeChange,
  type Write,
} from '../src/store/index.ts'

/** Users with the enterprise extension, and groups. */
export const USER: ResourceType = User
export const GROUP: ResourceType = Group
const TYPES = [USER, GROUP]
export const BASE = 'https://scim.example/v2'
const ENDPOINTS = { User: '/Users', Group: '/Groups' }

/** Opens an empty store; `close` takes away what it left. */
export type OpenStore<Tx = unknown> = () => Promise<{ readonly store: Store<Tx>; readonly close: () => Promise<void> }>

/** Index entries as a door would write them. */
export function entriesOf(document: JsonObject): IndexEntry[] {
  const entries: IndexEntry[] = []
  const add = (path: string, value: unknown, unique?: boolean) => {
    if (typeof value !== 'string' || value === '') return
    const found = bindFilter(parseFilter(`${path} pr`, LENIENT), 'members' in document ? GROUP : USER, LENIENT)
    if (found.op !== 'pr') throw new Error(path)
    const entry = { path, value: comparable(found.target.leaf, value), ...(unique ? { unique } : {}) }
    if (!entries.some((one) => one.path === path && one.value === entry.value)) entries.push(entry)
  }
  add('userName', document.userName, true)
  add('externalId', document.externalId)
  add('displayName', document.displayName)
  for (const email of Array.isArray(document.emails) ? document.emails : []) {
    add('emails.value', (email as { value?: unknown }).value)
  }
  const extension = document[EnterpriseUser.id] as { manager?: { value?: unknown } } | undefined
  add(`${EnterpriseUser.id}:manager.value`, extension?.manager?.value)
  return entries
}

/** Keeps what is reported on the console, in place of printing it; gives how to stop. */
function silence(reported: unknown[]): () => void {
  const print = console.error
  console.error = (...all: unknown[]) => reported.push(all.map(String).join(' '))
  return () => {
    console.error = print
  }
}

/** A document's resource type by what it holds. */
export function typeOf(document: JsonObject): 'User' | 'Group' {
  return 'userName' in document ? 'User' : 'Group'
}

/** The write that makes a resource. */
export function creating(
  id: string,
  document: JsonObject,
  options: {
    readonly tenant?: string
    readonly at?: number
    readonly members?: readonly string[]
    readonly secret?: string
  } = {},
): Extract<Write, { write: 'create' }> {
  const whole = { schemas: [], id, ...document }
  return {
    write: 'create',
    draft: {
      tenant: options.tenant ?? 'acme',
      type: typeOf(document),
      id,
      text: JSON.stringify(whole),
      display: String(document.displayName ?? document.userName ?? ''),
      ...(options.secret === undefined ? {} : { secret: options.secret }),
    },
    at: options.at ?? 1_000,
    index: entriesOf(document),
    ...(options.members ? { members: [{ edit: 'add', members: options.members.map((id) => ({ id })) }] } : {}),
    log: {
      op: 'create',
      actor: 'tester',
      paths: Object.keys(document).map((path) => ({ path, new: document[path] ?? null })),
    },
  }
}

/** The write that puts one document in another's place. */
export function replacing(
  id: string,
  before: JsonObject,
  after: JsonObject,
  options: { readonly at?: number; readonly ifVersion?: number; readonly members?: readonly MemberEdit[] } = {},
): Extract<Write, { write: 'update' }> {
  const { draft } = creating(id, after)
  const [old, now] = [entriesOf(before), entriesOf(after)]
  const has = (list: IndexEntry[], one: IndexEntry) => list.some((e) => e.path === one.path && e.value === one.value)
  return {
    write: 'update',
    draft,
    at: options.at ?? 2_000,
    ...(options.ifVersion === undefined ? {} : { ifVersion: options.ifVersion }),
    unindex: old.filter((one) => !has(now, one)),
    index: now.filter((one) => !has(old, one)),
    ...(options.members ? { members: options.members } : {}),
    log: { op: 'replace', actor: 'tester', paths: [] },
  }
}

/** The write that changes members and nothing else. */
export function editing(id: string, members: readonly MemberEdit[], at = 3_000): Extract<Write, { write: 'update' }> {
  return {
    write: 'update',
    draft: { tenant: 'acme', type: 'Group', id, text: '', display: '' },
    at,
    same: true,
    unindex: [],
    index: [],
    members,
    log: { op: 'patch', actor: 'tester', paths: [] },
  }
}

/** The write that removes a resource. */
export function removing(
  type: string,
  id: string,
  options: { readonly ifVersion?: number; readonly at?: number } = {},
): Write {
  return {
    write: 'remove',
    ref: { tenant: 'acme', type, id },
    at: options.at ?? 4_000,
    ...(options.ifVersion === undefined ? {} : { ifVersion: options.ifVersion }),
    log: { op: 'delete', actor: 'tester', paths: [] },
  }
}

/** A query as the door would make it. */
export function querying(
  types: readonly ResourceType[],
  ask: {
    readonly filter?: string
    readonly sortBy?: string
    readonly descending?: boolean
    readonly page?: Query['page']
    readonly total?: boolean
    readonly groups?: boolean
  } = {},
): Query {
  const several = types.length > 1 ? { types } : undefined
  return {
    tenant: 'acme',
    types: types.map((type) => {
      const filter =
        ask.filter === undefined ? undefined : bindFilter(parseFilter(ask.filter, LENIENT), type, LENIENT, several)
      const order = ask.descending ? 'descending' : 'ascending'
      const sort = ask.sortBy === undefined ? undefined : bindSort(ask.sortBy, order, type, several)
      return { type: type.name, ...(filter ? { filter } : {}), ...(sort ? { sort } : {}) }
    }),
    base: BASE,
    endpoints: ENDPOINTS,
    page: ask.page ?? { offset: 0, limit: 1_000 },
    total: ask.total ?? true,
    groups: ask.groups ?? false,
  }
}

/** The ids on a page. */
export const idsOn = (page: Page): string[] => page.resources.map(({ id }) => id)

const user = (id: string): Ref => ({ tenant: 'acme', type: 'User', id })
const group = (id: string): Ref => ({ tenant: 'acme', type: 'Group', id })

/** What every store keeps: run it on yours until it is green. */
export function storeContract<Tx>(name: string, open: OpenStore<Tx>, traits: { readonly inside?: boolean } = {}): void {
  describe(`store contract: ${name}`, () => {
    let store: Store<Tx>
    let close: () => Promise<void>

    async function start(): Promise<void> {
      const opened = await open()
      store = opened.store
      close = opened.close
      await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    }

    const filtered = async (types: readonly ResourceType[], filter: string) =>
      idsOn(await store.find(querying(types, { filter })))

    async function membersOf(id: string): Promise<string[]> {
      return (await chunksOf(id))
        .flat()
        .map((member) => member.id)
        .sort()
    }

    async function chunksOf(id: string): Promise<(readonly Member[])[]> {
      const chunks: (readonly Member[])[] = []
      for await (const chunk of store.members(group(id))) chunks.push(chunk)
      return chunks
    }

    async function conflict(writes: readonly Write[]): Promise<Conflict> {
      const error = await store.commit(writes).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(error).toBeInstanceOf(Conflict)
      return error as Conflict
    }

    describe('on an empty store', () => {
      beforeEach(start)
      afterEach(() => close())

      describe('resources', () => {
        test('a created resource is read as it was written', async () => {
          const write = creating('u1', { userName: 'Ada', displayName: 'Ada L.' }, { at: 5, secret: 'hash' })
          expect(await store.commit([write])).toEqual([{ changed: true, version: 1, created: 5, modified: 5 }])
          expect(await store.get(user('u1'))).toEqual({
            ...user('u1'),
            version: 1,
            created: 5,
            modified: 5,
            text: write.draft.text,
            display: 'Ada L.',
          })
          expect(await store.secret(user('u1'))).toBe('hash')
        })

        test('what is not there is undefined: id, type, tenant', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          expect(await store.get(user('u2'))).toBeUndefined()
          expect(await store.get(group('u1'))).toBeUndefined()
          expect(await store.get({ tenant: 'other', type: 'User', id: 'u1' })).toBeUndefined()
          expect(await store.secret(user('u1'))).toBeUndefined()
        })

        test('an id counts once in a tenant, whatever the type', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          expect(await conflict([creating('u1', { userName: 'bob' })])).toMatchObject({ reason: 'exists', at: 0 })
          expect(await conflict([creating('u1', { displayName: 'g' })])).toMatchObject({ reason: 'exists' })
        })

        test('an update takes the next version and the new text', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          const write = replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' }, { at: 9, ifVersion: 1 })
          expect(await store.commit([write])).toEqual([{ changed: true, version: 2, created: 1_000, modified: 9 }])
          expect(await store.get(user('u1'))).toMatchObject({
            version: 2,
            modified: 9,
            created: 1_000,
            text: write.draft.text,
          })
        })

        test('an update from an old version is refused', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          const write = replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' }, { ifVersion: 1 })
          await store.commit([write])
          expect(await conflict([write])).toMatchObject({ reason: 'version', at: 0 })
          expect(await conflict([removing('User', 'u1', { ifVersion: 1 })])).toMatchObject({ reason: 'version' })
          expect(await conflict([replacing('u9', {}, { userName: 'x' })])).toMatchObject({ reason: 'missing' })
        })

        test('a secret stays, changes and goes', async () => {
          await store.commit([creating('u1', { userName: 'ada' }, { secret: 'one' })])
          const update = replacing('u1', { userName: 'ada' }, { userName: 'ada' })
          await store.commit([update])
          expect(await store.secret(user('u1'))).toBe('one')
          await store.commit([{ ...update, draft: { ...update.draft, secret: 'two' } }])
          expect(await store.secret(user('u1'))).toBe('two')
          await store.commit([{ ...update, draft: { ...update.draft, secret: null } }])
          expect(await store.secret(user('u1'))).toBeUndefined()
        })

        test('a removed resource is gone, with its index entries', async () => {
          await store.commit([creating('u1', { userName: 'ada', emails: [{ value: 'a@x' }] })])
          expect(await store.commit([removing('User', 'u1')])).toMatchObject([{ changed: true, version: 0 }])
          expect(await store.get(user('u1'))).toBeUndefined()
          expect(await filtered([USER], 'userName eq "ada"')).toEqual([])
          expect(await conflict([removing('User', 'u1')])).toMatchObject({ reason: 'missing' })
          await store.commit([creating('u2', { userName: 'ada', emails: [{ value: 'a@x' }] })])
          expect(await filtered([USER], 'emails.value eq "a@x"')).toEqual(['u2'])
        })
      })

      describe('commits', () => {
        test('all or none: the second write fails and the first is not there', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          const error = await conflict([creating('u2', { userName: 'bob' }), creating('u3', { userName: 'ada' })])
          expect(error).toMatchObject({ reason: 'unique', at: 1, what: 'userName' })
          expect(await store.get(user('u2'))).toBeUndefined()
          expect(await filtered([USER], 'userName eq "bob"')).toEqual([])
          expect(await store.changes('acme', 0, 10)).toHaveLength(1)
          expect((await store.tenants())[0]?.resources).toEqual({ User: 1 })
        })

        test('commits that arrive together do not disturb each other', async () => {
          const results = await Promise.allSettled(
            Array.from({ length: 50 }, (_, i) => store.commit([creating(`u${i}`, { userName: `name${i % 40}` })])),
          )
          expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(40)
          const log = await store.changes('acme', 0, 100)
          expect(log.map(({ place }) => place)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
          expect((await store.tenants())[0]).toMatchObject({ place: 40, resources: { User: 40 } })
          expect((await store.find(querying([USER]))).total).toBe(40)
        })

        test('a list that fails half-way affects no other list', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          const results = await Promise.allSettled([
            store.commit([creating('u2', { userName: 'bob' })]),
            store.commit([creating('u3', { userName: 'carl' }), creating('u4', { userName: 'ada' })]),
            store.commit([creating('u5', { userName: 'dora' }), removing('User', 'nobody')]),
            store.commit([creating('u6', { userName: 'carl' })]),
          ])
          expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
          expect(idsOn(await store.find(querying([USER])))).toEqual(['u1', 'u2', 'u6'])
          expect((await store.changes('acme', 0, 10)).map(({ id, place }) => [id, place])).toEqual([
            ['u1', 1],
            ['u2', 2],
            ['u6', 3],
          ])
        })

        test('of updates of one version only one wins', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          const results = await Promise.allSettled(
            Array.from({ length: 10 }, (_, i) =>
              store.commit([
                replacing('u1', { userName: 'ada' }, { userName: 'ada', title: `t${i}` }, { ifVersion: 1 }),
              ]),
            ),
          )
          expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
          expect((await store.get(user('u1')))?.version).toBe(2)
        })

        test('a unique value is free again after its holder lets it go, in the same commit too', async () => {
          await store.commit([creating('u1', { userName: 'ada' })])
          await store.commit([
            replacing('u1', { userName: 'ada' }, { userName: 'grace' }),
            creating('u2', { userName: 'ADA' }),
          ])
          expect(await filtered([USER], 'userName eq "ada"')).toEqual(['u2'])
          expect(await filtered([USER], 'userName eq "Grace"')).toEqual(['u1'])
        })

        test('uniqueness is of one tenant and type', async () => {
          await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
          await store.commit([creating('u1', { userName: 'ada' })])
          await store.commit([creating('u1', { userName: 'ada' }, { tenant: 'other' })])
          expect(await conflict([creating('u2', { userName: 'ada' })])).toMatchObject({
            reason: 'unique',
            what: 'userName',
          })
        })

        test('in a tenant that is not there nothing is written', async () => {
          const error = await conflict([creating('u1', { userName: 'ada' }, { tenant: 'nowhere' })])
          expect(error).toMatchObject({ reason: 'missing', what: 'tenant' })
        })

        test('an empty commit does nothing', async () => {
          expect(await store.commit([])).toEqual([])
        })

        if (traits.inside !== false) {
          test('inside sees the log lines, and what it throws undoes all', async () => {
            const seen: unknown[] = []
            await store.commit([creating('u1', { userName: 'ada' })], (_tx, changes) => {
              seen.push(...changes)
            })
            expect(seen).toMatchObject([{ id: 'u1', place: 1, op: 'create', version: 1 }])
            const boom = new Error('boom')
            const failing = store.commit([creating('u2', { userName: 'bob' })], () => {
              throw boom
            })
            const beside = store.commit([creating('u3', { userName: 'carl' })])
            await expect(failing).rejects.toBe(boom)
            await beside
            expect(await store.get(user('u2'))).toBeUndefined()
            expect((await store.changes('acme', 0, 10)).map(({ id, place }) => [id, place])).toEqual([
              ['u1', 1],
              ['u3', 2],
            ])
          })

          test('inside sees the ids of all members that came and went, where the log only counts', async () => {
            const ids = Array.from({ length: 620 }, (_, n) => `m${String(n).padStart(4, '0')}`)
            await store.commit(ids.map((id) => creating(id, { userName: id })))
            const seen: (WholeChange['members'] | undefined)[] = []
            const see = (_tx: Tx, changes: readonly WholeChange[]) => {
              seen.push(...changes.map(({ members }) => members))
            }
            await store.commit([creating('g1', { displayName: 'g' }, { members: ids.slice(0, 600) })], see)
            await store.commit([editing('g1', [{ edit: 'set', members: ids.slice(10).map((id) => ({ id })) }])], see)
            await store.commit([editing('g1', [{ edit: 'clear' }])], see)
            await store.commit([removing('User', 'm0000')], see)
            expect(seen).toEqual([
              { added: 600, removed: 0, ids: { added: ids.slice(0, 600), removed: [] } },
              { added: 20, removed: 10, ids: { added: ids.slice(600), removed: ids.slice(0, 10) } },
              { added: 0, removed: 610, ids: { added: [], removed: ids.slice(10) } },
              undefined,
            ])
            const log = await store.changes('acme', 620, 10)
            expect(log.map(({ members }) => members)).toEqual([
              { added: 600, removed: 0 },
              seen[1],
              { added: 0, removed: 610 },
              undefined,
            ])
          })

          test('inside that fails late takes its own writes back, once, and nothing older', async () => {
            await store.commit([creating('u1', { userName: 'ada' })])
            await store.commit([creating('u2', { userName: 'bob' })])
            const late = async () => {
              await new Promise((resolve) => setImmediate(resolve))
              throw new Error('late')
            }
            for (const title of ['Dr', 'Ms']) {
              const refused = store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title })], late)
              // SQLite refuses to wait at all.
              await expect(refused).rejects.toThrow(/late|must be synchronous on SQLite/)
            }
            expect((await store.changes('acme', 0, 10)).map(({ id, place }) => [id, place])).toEqual([
              ['u1', 1],
              ['u2', 2],
            ])
            expect(await store.get(user('u1'))).toMatchObject({ version: 1 })
          })
        }
      })

      describe('members', () => {
        beforeEach(() =>
          store.commit([
            creating('u1', { userName: 'ada', displayName: 'Ada' }),
            creating('u2', { userName: 'bob' }),
            creating('u3', { userName: 'carl' }),
            creating('g1', { displayName: 'One' }, { members: ['u1', 'u2'] }),
            creating('g2', { displayName: 'Two' }),
          ]),
        )

        test('a group is made with its members', async () => {
          expect(await membersOf('g1')).toEqual(['u1', 'u2'])
          expect(await store.memberCount(group('g1'), 10)).toBe(2)
          expect(await store.memberCount(group('g1'), 1)).toBe(1)
          expect(await store.memberCount(group('g9'), 1)).toBe(0)
          const [chunk] = await chunksOf('g1')
          expect(chunk).toContainEqual({ id: 'u1', type: 'User', display: 'Ada' })
        })

        test('some members are read by their ids, and no others', async () => {
          const among = async (id: string, ids: readonly string[]) =>
            [...(await store.membersAmong(group(id), ids))].sort((a, b) => (a.id < b.id ? -1 : 1))
          expect(await among('g1', ['u1', 'u3', 'nobody', 'u1', 'g1', '', 'x\0y'])).toEqual([
            { id: 'u1', type: 'User', display: 'Ada' },
          ])
          expect(await among('g1', ['u2', 'u1'])).toHaveLength(2)
          expect(await among('g1', [])).toEqual([])
          expect(await among('g2', ['u1'])).toEqual([])
          expect(await among('g9', ['u1'])).toEqual([])
          expect(await among('u1', ['u1'])).toEqual([])
          await store.commit([editing('g1', [{ edit: 'remove', ids: ['u1'] }])])
          expect(await among('g1', ['u1', 'u2'])).toEqual([{ id: 'u2', type: 'User', display: 'bob' }])
        })

        test('an edit that changes a member makes a version and a log line', async () => {
          const [written] = await store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'u3' }] }])])
          expect(written).toEqual({ changed: true, version: 2, created: 1_000, modified: 3_000 })
          expect(await membersOf('g1')).toEqual(['u1', 'u2', 'u3'])
          const line = (await store.changes('acme', 0, 100)).at(-1)
          expect(line).toMatchObject({ id: 'g1', version: 2, op: 'patch' })
          expect(line?.members).toEqual({ added: 1, removed: 0, ids: { added: ['u3'], removed: [] } })
          expect((await store.get(group('g1')))?.text).toContain('One')
        })

        test.each<[string, MemberEdit[]]>([
          ['adding who is there', [{ edit: 'add', members: [{ id: 'u1' }] }]],
          ['removing a member that is not there', [{ edit: 'remove', ids: ['u3', 'nobody'] }]],
          ['setting those who are there', [{ edit: 'set', members: [{ id: 'u2' }, { id: 'u1', type: 'User' }] }]],
          [
            'adding and removing again',
            [
              { edit: 'add', members: [{ id: 'u3' }] },
              { edit: 'remove', ids: ['u3'] },
            ],
          ],
          ['clearing and adding again', [{ edit: 'clear' }, { edit: 'add', members: [{ id: 'u1' }, { id: 'u2' }] }]],
          ['no edits', []],
        ])('%s changes nothing', async (_what, edits) => {
          const [written] = await store.commit([editing('g1', edits)])
          expect(written).toEqual({ changed: false, version: 1, created: 1_000, modified: 1_000 })
          expect(await store.changes('acme', 5, 10)).toEqual([])
          expect(await membersOf('g1')).toEqual(['u1', 'u2'])
        })

        test('edits are carried out in order', async () => {
          await store.commit([
            editing('g1', [
              { edit: 'remove', ids: ['u1'] },
              { edit: 'add', members: [{ id: 'u3' }] },
              { edit: 'set', members: [{ id: 'u1' }] },
              { edit: 'add', members: [{ id: 'u2' }, { id: 'u2' }] },
            ]),
          ])
          expect(await membersOf('g1')).toEqual(['u1', 'u2'])
        })

        test('members are removed by what a filter says of them', async () => {
          const where = (text: string): MemberEdit => {
            const bound = bindFilter(parseFilter(`members[${text}]`, LENIENT), GROUP, LENIENT)
            if (bound.op !== 'has') throw new Error('expected brackets')
            return { edit: 'removeWhere', filter: bound.filter }
          }
          await store.commit([editing('g1', [where('value eq "u1"')])])
          expect(await membersOf('g1')).toEqual(['u2'])
          await store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'g2' }, { id: 'u1' }, { id: 'u3' }] }])])
          await store.commit([editing('g1', [where('type eq "Group" or value eq "u3"')])])
          expect(await membersOf('g1')).toEqual(['u1', 'u2'])
          await store.commit([editing('g1', [where('display sw "AD"')])])
          expect(await membersOf('g1')).toEqual(['u2'])
          expect(await store.commit([editing('g1', [where('value eq "u1"')])])).toMatchObject([{ changed: false }])
          await store.commit([editing('g1', [where('not (value eq "u1")')])])
          expect(await membersOf('g1')).toEqual([])
        })

        test('a member must exist, and be of the type that was said', async () => {
          const unknown = await conflict([editing('g1', [{ edit: 'add', members: [{ id: 'u9' }] }])])
          expect(unknown).toMatchObject({ reason: 'member', what: 'u9', found: undefined })
          const wrong = await conflict([editing('g1', [{ edit: 'add', members: [{ id: 'g2', type: 'User' }] }])])
          expect(wrong).toMatchObject({ reason: 'member', what: 'g2', found: 'Group' })
          expect((await store.get(group('g1')))?.version).toBe(1)
        })

        test('groups of a member: direct ones first, nested ones, circles end', async () => {
          await store.commit([editing('g2', [{ edit: 'add', members: [{ id: 'g1' }] }])])
          const found = await store.get(user('u1'), { groups: true })
          expect(found?.groups).toEqual([
            { id: 'g1', display: 'One', direct: true },
            { id: 'g2', display: 'Two', direct: false },
          ])
          await store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'g2' }] }])])
          expect((await store.get(user('u1'), { groups: true }))?.groups).toHaveLength(2)
          expect((await store.get(group('g1'), { groups: true }))?.groups).toEqual([
            { id: 'g2', display: 'Two', direct: true },
          ])
          expect((await store.get(user('u3'), { groups: true }))?.groups).toEqual([])
          expect((await store.get(user('u1')))?.groups).toBeUndefined()
          const page = await store.find(querying([USER], { groups: true }))
          expect(page.resources.map((one) => one.groups?.map(({ id }) => id))).toEqual([['g1', 'g2'], ['g1', 'g2'], []])
        })

        test('removing a member gives each of its groups a version and a log line', async () => {
          await store.commit([editing('g2', [{ edit: 'add', members: [{ id: 'u1' }, { id: 'g1' }] }])])
          await store.commit([removing('User', 'u1', { at: 77 })])
          expect(await membersOf('g1')).toEqual(['u2'])
          expect(await store.get(group('g1'))).toMatchObject({ version: 2, modified: 77 })
          expect(await store.get(group('g2'))).toMatchObject({ version: 3, modified: 77 })
          const lines = await store.changes('acme', 6, 10)
          expect(lines.map(({ id, op, version }) => [id, op, version])).toEqual([
            ['u1', 'delete', 1],
            ['g1', 'patch', 2],
            ['g2', 'patch', 3],
          ])
          expect(lines[1]).toMatchObject({
            actor: 'tester',
            members: { added: 0, removed: 1, ids: { removed: ['u1'] } },
          })
        })

        test('removing a group frees its members', async () => {
          await store.commit([removing('Group', 'g1')])
          expect((await store.get(user('u1'), { groups: true }))?.groups).toEqual([])
          expect((await store.get(user('u1')))?.version).toBe(1)
        })

        test('names finds resources of any type', async () => {
          const names = await store.names('acme', ['g1', 'u1', 'nobody', 'u2', 'u1'])
          expect([...names].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
            { id: 'g1', type: 'Group', display: 'One' },
            { id: 'u1', type: 'User', display: 'Ada' },
            { id: 'u2', type: 'User', display: 'bob' },
          ])
          expect(await store.names('other', ['u1'])).toEqual([])
        })

        test('more than 500 members in one edit are counted, not named; they are read in chunks', async () => {
          const ids = Array.from({ length: 1_234 }, (_, i) => `x${String(i).padStart(4, '0')}`)
          await store.commit(ids.map((id) => creating(id, { userName: id })))
          await store.commit([editing('g2', [{ edit: 'add', members: ids.map((id) => ({ id })) }])])
          expect((await store.changes('acme', 0, 9_999)).at(-1)?.members).toEqual({ added: 1_234, removed: 0 })
          const chunks = await chunksOf('g2')
          expect(chunks.map((chunk) => chunk.length)).toEqual([1_000, 234])
          expect(chunks.flat().map(({ id }) => id)).toEqual(ids)
          expect(await store.memberCount(group('g2'), 10_000)).toBe(1_234)
          await store.commit([editing('g2', [{ edit: 'set', members: ids.slice(0, 1_200).map((id) => ({ id })) }])])
          expect((await store.changes('acme', 0, 9_999)).at(-1)?.members).toMatchObject({ added: 0, removed: 34 })
        })

        test('a reader of members sees one moment, whatever is written meanwhile', async () => {
          const ids = Array.from({ length: 2_500 }, (_, i) => `x${String(i).padStart(4, '0')}`)
          await store.commit(ids.map((id) => creating(id, { userName: id })))
          await store.commit([editing('g2', [{ edit: 'add', members: ids.map((id) => ({ id })) }])])
          const seen: string[] = []
          for await (const chunk of store.members(group('g2'))) {
            seen.push(...chunk.map(({ id }) => id))
            await store.commit([editing('g2', [{ edit: 'clear' }])])
          }
          expect(seen).toEqual(ids)
          expect(await store.memberCount(group('g2'), 10)).toBe(0)
        })
      })

      describe('the log', () => {
        test('places count from 1 per tenant and lines hold what was said', async () => {
          await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
          await store.commit([creating('u1', { userName: 'ada' }, { at: 10 })])
          await store.commit([creating('u1', { userName: 'ada' }, { tenant: 'other' })])
          await store.commit([replacing('u1', { userName: 'ada' }, { userName: 'bob' }, { at: 11 })])
          await store.commit([removing('User', 'u1', { at: 12 })])
          expect(await store.changes('acme', 0, 10)).toEqual([
            {
              ...user('u1'),
              place: 1,
              at: 10,
              op: 'create',
              actor: 'tester',
              version: 1,
              paths: [{ path: 'userName', new: 'ada' }],
            },
            { ...user('u1'), place: 2, at: 11, op: 'replace', actor: 'tester', version: 2, paths: [] },
            { ...user('u1'), place: 3, at: 12, op: 'delete', actor: 'tester', version: 2, paths: [] },
          ])
          expect((await store.changes('acme', 1, 1)).map(({ place }) => place)).toEqual([2])
          expect(await store.changes('acme', 3, 10)).toEqual([])
          expect(await store.changes('other', 0, 10)).toHaveLength(1)
          expect(await store.changes('nowhere', 0, 10)).toEqual([])
        })
      })

      describe('records and tenants', () => {
        const key = (key: string, kind = 'token', tenant = 'acme') => ({ tenant, kind, key })

        test('a record is kept, replaced and taken away', async () => {
          await store.commit([{ write: 'record', record: key('a'), value: { n: 1 }, tag: 't' }])
          await store.commit([{ write: 'record', record: key('b'), value: null }])
          expect(await store.records('acme', 'token')).toEqual([
            { ...key('a'), value: { n: 1 }, tag: 't' },
            { ...key('b'), value: null },
          ])
          await store.commit([{ write: 'record', record: key('a'), value: [2] }])
          expect(await store.records('acme', 'token', { key: 'a' })).toEqual([{ ...key('a'), value: [2] }])
          expect(await store.commit([{ write: 'record', record: key('a'), value: undefined }])).toMatchObject([
            { changed: true },
          ])
          expect(await store.commit([{ write: 'record', record: key('a'), value: undefined }])).toMatchObject([
            { changed: false },
          ])
          expect(await store.records('acme', 'token', { key: 'a' })).toEqual([])
        })

        test('records are found by kind, tag and place; those of the whole database stand apart', async () => {
          await store.commit(
            ['b', 'a', 'd', 'c'].map((name, i) => ({
              write: 'record',
              record: key(name),
              value: i,
              tag: i % 2 ? 'odd' : 'even',
            })),
          )
          await store.commit([{ write: 'record', record: key('a', 'token', ''), value: 'whole' }])
          const keys = async (where: Parameters<Store['records']>[2]) =>
            (await store.records('acme', 'token', where)).map(({ key }) => key)
          expect(await keys({})).toEqual(['a', 'b', 'c', 'd'])
          expect(await keys({ after: 'a', limit: 2 })).toEqual(['b', 'c'])
          expect(await keys({ tag: 'odd' })).toEqual(['a', 'c'])
          expect(await keys({ tag: 'odd', after: 'a' })).toEqual(['c'])
          expect(await keys({ key: 'a', tag: 'even' })).toEqual([])
          expect(await store.records('', 'token')).toEqual([{ ...key('a', 'token', ''), value: 'whole' }])
          expect(await store.records('acme', 'other')).toEqual([])
          expect(await store.records('nowhere', 'token')).toEqual([])
        })

        test('ifAbsent refuses a key that is taken', async () => {
          const write: Write = { write: 'record', record: key('a'), value: 1, ifAbsent: true }
          await store.commit([write])
          expect(await conflict([write])).toMatchObject({ reason: 'exists', what: 'a' })
        })

        test('ifValue refuses a key whose text is another one', async () => {
          const put = (value: string | undefined, ifValue: string): Write => ({
            write: 'record',
            record: key('a'),
            value,
            ifValue,
          })
          const refused = { reason: 'missing', what: 'a' }
          expect(await conflict([put('x', 'x')])).toMatchObject(refused)
          expect(await conflict([put(undefined, 'x')])).toMatchObject(refused)
          await store.commit([{ write: 'record', record: key('a'), value: 'x' }])
          await store.commit([put('y', 'x')])
          expect(await conflict([creating('u1', { userName: 'ada' }), put('z', 'x')])).toMatchObject({
            ...refused,
            at: 1,
          })
          expect(await store.get(user('u1'))).toBeUndefined()
          expect(await store.records('acme', 'token')).toMatchObject([{ value: 'y' }])
          await store.commit([put(undefined, 'y')])
          expect(await store.records('acme', 'token')).toEqual([])
        })

        test('ifValue compares whole values', async () => {
          const put = (value: number, ifValue: Json): Write => ({
            write: 'record',
            record: key('a'),
            value: { n: value, list: ['x'] },
            ifValue,
          })
          await store.commit([{ write: 'record', record: key('a'), value: { n: 1, list: ['x'] } }])
          expect(await conflict([put(2, { n: 2, list: ['x'] })])).toMatchObject({ reason: 'missing', what: 'a' })
          await store.commit([put(2, { n: 1, list: ['x'] })])
          expect(await store.records('acme', 'token')).toMatchObject([{ value: { n: 2, list: ['x'] } }])
        })

        test('quiet records are stored for several tenants together, and only for those that exist', async () => {
          await store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 2 }])
          const quiet = (value: number): Write => ({
            write: 'quiet',
            records: ['acme', 'beta', 'gone', ''].map((tenant) => ({ ...key('a', 'use', tenant), value })),
          })
          await store.commit([quiet(1)])
          await store.commit([quiet(2)])
          for (const tenant of ['acme', 'beta', '']) {
            expect(await store.records(tenant, 'use')).toEqual([{ ...key('a', 'use', tenant), value: 2 }])
          }
          expect(await store.records('gone', 'use')).toEqual([])
        })

        test('a note is a line of the log and no resource', async () => {
          const note = (tenant: string): Write => ({
            write: 'note',
            ref: { tenant, type: 'Connection', id: 'okta-1' },
            at: 5,
            log: { actor: 'admin', paths: [{ path: 'verb', new: 'created' }] },
          })
          await store.commit([note('acme'), creating('u1', { userName: 'ada' }), note('acme')])
          const line = {
            tenant: 'acme',
            type: 'Connection',
            id: 'okta-1',
            at: 5,
            op: 'note',
            actor: 'admin',
            version: 0,
          }
          const paths = [{ path: 'verb', new: 'created' }]
          const log = await store.changes('acme', 0, 10)
          expect(log).toMatchObject([{ place: 1 }, { place: 2, id: 'u1' }, { place: 3 }])
          expect([log[0], log[2]]).toEqual([
            { ...line, place: 1, paths },
            { ...line, place: 3, paths },
          ])
          expect(await store.tenant('acme')).toEqual({
            tenant: 'acme',
            created: 1,
            place: 3,
            begins: 1,
            resources: { User: 1 },
          })
          expect(await store.names('acme', ['okta-1', 'u1'])).toEqual([{ id: 'u1', type: 'User', display: 'ada' }])
          // The whole database has a log of its own.
          await store.commit([note('')])
          await store.commit([note(''), note('')])
          expect(await store.changes('', 1, 10)).toMatchObject([{ place: 2, tenant: '' }, { place: 3 }])
          expect(await conflict([note('gone')])).toMatchObject({ reason: 'missing', what: 'tenant' })
        })

        test('log lines are amended where they stand', async () => {
          await store.commit([
            creating('u1', { userName: 'ada' }),
            creating('g1', { displayName: 'g' }, { members: ['u1'] }),
          ])
          const [first, second] = await store.changes('acme', 0, 10)
          await store.commit([
            {
              write: 'amend',
              tenant: 'acme',
              lines: [
                { place: 1, paths: [{ path: 'userName' }] },
                { place: 9, paths: [] },
              ],
            },
          ])
          expect(await store.changes('acme', 0, 10)).toEqual([{ ...first, paths: [{ path: 'userName' }] }, second])
          const { members } = second ?? {}
          const amended: Write = {
            write: 'amend',
            tenant: 'acme',
            lines: [{ place: 2, paths: [], ...(members === undefined ? {} : { members }) }],
          }
          const failing: Write = { write: 'record', record: key('a'), value: 1, ifValue: 2 }
          expect(await conflict([{ ...amended, lines: [{ place: 2, paths: [] }] }, failing])).toBeDefined()
          await store.commit([amended])
          expect((await store.changes('acme', 1, 10))[0]).toMatchObject({ place: 2, paths: [], members: { added: 1 } })
        })

        test('one tenant is read alone', async () => {
          await store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 2 }])
          await store.commit([creating('u1', { userName: 'ada' })])
          expect(await store.tenant('acme')).toEqual({
            tenant: 'acme',
            created: 1,
            place: 1,
            begins: 1,
            resources: { User: 1 },
          })
          expect(await store.tenant('beta')).toEqual({ tenant: 'beta', created: 2, place: 0, begins: 1, resources: {} })
          for (const name of ['none', '', 'with\0nul']) expect(await store.tenant(name)).toBeUndefined()
        })

        test('tenants come with their counters and go with all they hold', async () => {
          expect(await conflict([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])).toMatchObject({
            reason: 'exists',
          })
          expect(await conflict([{ write: 'tenant', tenant: 'none', as: 'gone', at: 1 }])).toMatchObject({
            reason: 'missing',
          })
          await store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 2 }])
          await store.commit([
            creating('u1', { userName: 'ada' }),
            creating('g1', { displayName: 'g' }, { members: ['u1'] }),
          ])
          await store.commit([{ write: 'record', record: key('a'), value: 1 }])
          expect(await store.tenants()).toEqual([
            { tenant: 'acme', created: 1, place: 2, begins: 1, resources: { User: 1, Group: 1 } },
            { tenant: 'beta', created: 2, place: 0, begins: 1, resources: {} },
          ])
          const named = async (where: Parameters<Store['tenants']>[0]) =>
            (await store.tenants(where)).map(({ tenant, resources }) => [tenant, resources])
          expect(await named({ limit: 1 })).toEqual([['acme', { User: 1, Group: 1 }]])
          expect(await named({ limit: 1, after: 'acme' })).toEqual([['beta', {}]])
          expect(await named({ limit: 10, after: 'beta' })).toEqual([])
          expect(await named({ limit: 10, prefix: 'be' })).toEqual([['beta', {}]])
          expect(await named({ limit: 10, prefix: 'be', after: 'beta' })).toEqual([])
          expect(await named({ limit: 10, prefix: 'a' })).toEqual([['acme', { User: 1, Group: 1 }]])
          await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 3 }])
          expect(await store.tenants()).toMatchObject([{ tenant: 'beta' }])
          expect(await store.get(user('u1'))).toBeUndefined()
          await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 4 }])
          expect(await store.get(user('u1'))).toBeUndefined()
          expect(await store.records('acme', 'token')).toEqual([])
          expect(await store.changes('acme', 0, 10)).toEqual([])
          await store.commit([creating('u1', { userName: 'ada' })])
          expect(await store.changes('acme', 0, 10)).toMatchObject([{ place: 1 }])
          expect((await store.find(querying([USER]))).total).toBe(1)
        })
      })

      describe('index entries', () => {
        test('a changed name is found by its new value alone', async () => {
          const before = { userName: 'Ada', emails: [{ value: 'ada@work.example', type: 'work' }] }
          await store.commit([creating('u1', before)])
          await store.commit([
            replacing('u1', before, { ...before, userName: 'Zoë', emails: [{ value: 'zoe@x', type: 'work' }] }),
          ])
          expect(await filtered([USER], 'userName eq "ada"')).toEqual([])
          expect(await filtered([USER], 'userName eq "ZOË"')).toEqual(['u1'])
          expect(await filtered([USER], 'emails.value eq "ada@work.example"')).toEqual([])
          expect(await filtered([USER], 'emails co "ZOE"')).toEqual(['u1'])
        })

        test('holders are found in order of id, page by page', async () => {
          const path = `${EnterpriseUser.id}:manager.value`
          const ids = ['a', 'b', 'c', 'd']
          await store.commit(
            ids.map((id) => creating(id, { userName: id, [EnterpriseUser.id]: { manager: { value: 'boss' } } })),
          )
          expect(await store.holders('acme', 'User', { path, value: 'boss' }, 3)).toEqual(['a', 'b', 'c'])
          expect(await store.holders('acme', 'User', { path, value: 'boss' }, 3, 'c')).toEqual(['d'])
          expect(await store.holders('acme', 'User', { path, value: 'other' }, 3)).toEqual([])
          expect(await store.holders('acme', 'User', { path: 'none', value: 'boss' }, 3)).toEqual([])
          expect(await store.holders('nowhere', 'User', { path, value: 'boss' }, 3)).toEqual([])
        })

        test('an attribute that becomes indexed answers rightly at every step', async () => {
          await store.commit(['a', 'b', 'c'].map((id) => creating(id, { userName: id, title: 'Dr' })))
          const entry = { path: 'title', value: 'dr' }
          const asked = () => filtered([USER], 'title eq "DR"')
          expect(await asked()).toEqual(['a', 'b', 'c'])
          await store.commit([{ write: 'reindex', ref: user('a'), unindex: [], index: [entry] }])
          expect(await asked()).toEqual(['a', 'b', 'c'])
          expect(await store.get(user('a'))).toMatchObject({ version: 1 })
          await store.commit(['b', 'c'].map((id) => ({ write: 'reindex', ref: user(id), unindex: [], index: [entry] })))
          await store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['title'], as: 'complete' }])
          expect(await asked()).toEqual(['a', 'b', 'c'])
          await store.commit([removing('User', 'b')])
          expect(await asked()).toEqual(['a', 'c'])
          await store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['title'], as: 'gone' }])
          expect(await asked()).toEqual(['a', 'c'])
        })

        test('another hash of the same password is put without a version or a log line, and not over a newer one', async () => {
          const made = creating('a', { userName: 'a', title: 'Dr' })
          await store.commit([{ ...made, draft: { ...made.draft, secret: 'old' } }])
          const renewed = { write: 'reindex', ref: user('a'), unindex: [], index: [], secret: 'new' } as const
          await store.commit([{ ...renewed, ifVersion: 1 }])
          expect(await store.secret(user('a'))).toBe('new')
          expect(await store.get(user('a'))).toMatchObject({ version: 1, text: made.draft.text })
          expect(await store.changes('acme', 0, 10)).toHaveLength(1)
          expect(await filtered([USER], 'userName eq "a"')).toEqual(['a'])
          expect(await conflict([{ ...renewed, secret: 'late', ifVersion: 7 }])).toMatchObject({ reason: 'version' })
          expect(await store.secret(user('a'))).toBe('new')
        })

        test('a path that starts empty is not used before it is complete, whatever makes the first entry', async () => {
          const as = (how: 'complete' | 'incomplete' | 'empty' | 'gone'): Write => ({
            write: 'indexed',
            tenant: 'acme',
            type: 'User',
            paths: ['title'],
            as: how,
          })
          const entry = { path: 'title', value: 'dr' }
          const titled = (id: string, entered: boolean): Write => {
            const write = creating(id, { userName: id, title: 'Dr' })
            return { ...write, index: [...write.index, ...(entered ? [entry] : [])] }
          }
          const asked = () => filtered([USER], 'title eq "DR"')
          const paths = async () => {
            for await (const [first, ...rest] of store.exportTenant('acme')) {
              return [first, ...rest].filter((row) => row?.row === 'path' && row.path === 'title')
            }
            return []
          }
          await store.commit([titled('a', false)])
          await store.commit([as('empty')])
          expect(await paths()).toMatchObject([{ unique: true, complete: false }])
          await store.commit([titled('b', true)])
          expect(await asked()).toEqual(['a', 'b'])
          await store.commit([{ write: 'reindex', ref: user('a'), unindex: [], index: [entry] }])
          await store.commit([as('complete')])
          expect(await paths()).toMatchObject([{ unique: false, complete: true }])
          expect(await asked()).toEqual(['a', 'b'])
          // From here on writes may come without entries.
          await store.commit([as('incomplete')])
          await store.commit([titled('c', false)])
          expect(await asked()).toEqual(['a', 'b', 'c'])
          expect(await store.holders('acme', 'User', entry, 10)).toEqual(['a', 'b'])
          await store.commit([as('empty')])
          expect(await store.holders('acme', 'User', entry, 10)).toEqual([])
          expect(await asked()).toEqual(['a', 'b', 'c'])
          await store.commit([as('gone'), as('incomplete')])
          expect(await paths()).toEqual([])
          for await (const rows of store.exportTenant('acme')) {
            for (const row of rows) {
              if (row.row === 'resource') expect(Object.keys(row.entries)).toEqual(['userName'])
            }
          }
        })

        test('whether the entries of a path are unique is no matter of its being complete', async () => {
          await store.commit([creating('a', { userName: 'ada' })])
          await store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['userName'], as: 'complete' }])
          for await (const [first] of store.exportTenant('acme')) {
            expect(first).toMatchObject({ path: 'userName', unique: true, complete: true })
            break
          }
        })

        test('an entry made later can collide', async () => {
          await store.commit(['a', 'b'].map((id) => creating(id, { userName: id, title: 'Dr' })))
          const entry = { path: 'title', value: 'dr', unique: true }
          await store.commit([{ write: 'reindex', ref: user('a'), unindex: [], index: [entry] }])
          expect(await conflict([{ write: 'reindex', ref: user('b'), unindex: [], index: [entry] }])).toMatchObject({
            reason: 'unique',
            what: 'title',
          })
        })
      })

      // Moving a tenant: `rows` gives all it holds, `load` puts it elsewhere, unchanged. The memory store is the other end.
      describe('moving', () => {
        const rowsOf = async (from: Store<unknown>, tenant: string, after?: ExportRow): Promise<ExportRow[]> => {
          const rows: ExportRow[] = []
          for await (const chunk of from.exportTenant(tenant, after)) rows.push(...chunk)
          return rows
        }
        const people = Array.from({ length: 1_203 }, (_, i) => creating(`p${i}`, { userName: `P${i}` }))
        async function fill(): Promise<void> {
          await store.commit([
            creating(
              'u1',
              { userName: 'Ada', emails: [{ value: 'a@x' }, { value: 'A@y' }] },
              { at: 7, secret: 'hash' },
            ),
            creating('u\u{10400}', { userName: 'Ünï "q"' }),
            creating('u\uff21', { userName: 'bob', externalId: 'x' }),
          ])
          await store.commit([creating('g1', { displayName: 'one' }, { members: ['u1', 'u\uff21'] })])
          await store.commit([creating('g2', { displayName: 'two' }, { members: ['g1', 'u\u{10400}'] })])
          const before = { userName: 'Ada', emails: [{ value: 'a@x' }, { value: 'A@y' }] }
          const after = { userName: 'Ada', emails: [{ value: 'b@z' }, { value: 'A@y' }], title: 'Dr' }
          await store.commit([replacing('u1', before, after)])
          await store.commit([removing('User', 'u\uff21')])
          const ref = user('u1')
          await store.commit([{ write: 'reindex', ref, unindex: [], index: [{ path: 'title', value: 'dr' }] }])
          await store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['nickName'], as: 'complete' }])
          const record = (kind: string, key: string) => ({ tenant: 'acme', kind, key })
          await store.commit([
            { write: 'record', record: record('b', ''), value: { z: 1, a: [null, true] } },
            { write: 'record', record: record('a', 'k'), tag: 't', value: 'text' },
          ])
        }

        test('rows come in their order and hold all that was written', async () => {
          await fill()
          const rows = await rowsOf(store, 'acme')
          const keys = rows.map((row) =>
            row.row === 'path'
              ? row.path
              : row.row === 'record'
                ? row.kind
                : 'place' in row
                  ? row.place
                  : 'id' in row && row.id,
          )
          expect(keys).toEqual([
            ...['displayName', 'emails.value', 'externalId', 'nickName', 'title', 'userName'],
            ...['a', 'b'],
            ...['g1', 'g2', 'u1', 'u\u{10400}'],
            ...['g1', 'g2'],
            ...[1, 2, 3, 4, 5, 6, 7, 8],
          ])
          const path = (name: string) => rows.find((row) => row.row === 'path' && row.path === name)
          expect(path('userName')).toEqual({
            row: 'path',
            type: 'User',
            path: 'userName',
            unique: true,
            complete: true,
          })
          expect(path('title')).toMatchObject({ unique: false, complete: false })
          expect(path('nickName')).toMatchObject({ type: 'User', unique: false, complete: true })
          expect(rows.filter(({ row }) => row === 'record')).toEqual([
            { row: 'record', kind: 'a', key: 'k', tag: 't', value: 'text' },
            { row: 'record', kind: 'b', key: '', value: { z: 1, a: [null, true] } },
          ])
          const ada = await store.get(user('u1'))
          expect(rows.find((row) => row.row === 'resource' && row.id === 'u1')).toEqual({
            row: 'resource',
            type: 'User',
            id: 'u1',
            version: 2,
            created: 7,
            modified: 2_000,
            display: 'Ada',
            secret: 'hash',
            entries: { 'emails.value': ['a@y', 'b@z'], title: ['dr'], userName: ['ada'] },
            text: ada?.text,
          })
          expect(rows.filter(({ row }) => row === 'members')).toEqual([
            { row: 'members', type: 'Group', id: 'g1', members: ['u1'] },
            { row: 'members', type: 'Group', id: 'g2', members: ['g1', 'u\u{10400}'] },
          ])
          const log = await store.changes('acme', 0, 100)
          expect(rows.filter(({ row }) => row === 'change')).toEqual(
            log.map(({ tenant: _, ...change }) => ({ row: 'change', ...change })),
          )
          expect(await rowsOf(store, 'nobody')).toEqual([])
          expect(await rowsOf(store, '')).toEqual([])
        })

        test('what is loaded is what was there, here and elsewhere, and goes on from there', async () => {
          await fill()
          const rows = await rowsOf(store, 'acme')
          const other = memoryStore()
          await other.commit([{ write: 'tenant', tenant: 'moved', as: 'new', at: 9 }])
          await other.commit([{ write: 'load', tenant: 'moved', rows }])
          expect(await rowsOf(other, 'moved')).toEqual(rows)
          // Back again under another name, a few rows at a time.
          await store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 9 }])
          for (let at = 0; at < rows.length; at += 3) {
            await store.commit([{ write: 'load', tenant: 'back', rows: rows.slice(at, at + 3) }])
          }
          expect(await rowsOf(store, 'back')).toEqual(rows)
          const [acme, back] = await store.tenants()
          expect(back).toEqual({ ...acme, tenant: 'back', created: 9 })
          expect(await store.secret({ ...user('u1'), tenant: 'back' })).toBe('hash')
          const found = await store.find({ ...querying([USER], { filter: 'userName eq "ADA"' }), tenant: 'back' })
          expect(idsOn(found)).toEqual(['u1'])
          const member = await store.get({ ...user('u1'), tenant: 'back' }, { groups: true })
          expect(member?.groups?.map(({ id }) => id)).toEqual(['g1', 'g2'])
          expect(await store.records('back', 'a', { tag: 't' })).toMatchObject([{ key: 'k', value: 'text' }])
          const next = creating('u9', { userName: 'new' }, { tenant: 'back' })
          expect(await store.commit([next])).toMatchObject([{ version: 1 }])
          expect((await store.changes('back', 8, 10)).map(({ place, id }) => [place, id])).toEqual([[9, 'u9']])
          const taken = creating('u8', { userName: 'ada' }, { tenant: 'back' })
          expect(await conflict([taken])).toMatchObject({ reason: 'unique', what: 'userName' })
        })

        test('behind any row the rest is given', async () => {
          await fill()
          const rows = await rowsOf(store, 'acme')
          for (const [at, row] of rows.entries()) expect(await rowsOf(store, 'acme', row)).toEqual(rows.slice(at + 1))
        })

        test('many rows come in chunks, a thousand members in a row', async () => {
          await store.commit(people)
          const ids = people.map(({ draft }) => draft.id)
          await store.commit([creating('g1', { displayName: 'all' }, { members: ids })])
          const chunks: (readonly ExportRow[])[] = []
          for await (const chunk of store.exportTenant('acme')) chunks.push(chunk)
          expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1_000)
          const rows = chunks.flat()
          const members = rows.filter((row) => row.row === 'members')
          expect(members.map((row) => row.members.length)).toEqual([1_000, 203])
          expect(members.flatMap((row) => row.members)).toEqual(ids.toSorted())
          const [first] = members
          expect((await rowsOf(store, 'acme', first)).map(({ row }) => row).slice(0, 2)).toEqual(['members', 'change'])
          await store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 1 }])
          await store.commit([{ write: 'load', tenant: 'back', rows }])
          expect(await rowsOf(store, 'back')).toEqual(rows)
          const page = { offset: 1_100, limit: 2 }
          expect(idsOn(await store.find({ ...querying([USER], { page }), tenant: 'back' }))).toEqual(
            idsOn(await store.find(querying([USER], { page }))),
          )
        })

        test('what does not fit is refused whole', async () => {
          await fill()
          const rows = await rowsOf(store, 'acme')
          const only = (kind: ExportRow['row']) => rows.filter(({ row }) => row === kind)
          await store.commit([{ write: 'tenant', tenant: 'back', as: 'new', at: 1 }])
          const load = (some: readonly ExportRow[]) => conflict([{ write: 'load', tenant: 'back', rows: some }])
          expect(await load([...only('resource'), ...only('resource')])).toMatchObject({ reason: 'exists', at: 0 })
          expect(await load(only('members'))).toMatchObject({ reason: 'missing' })
          const group = only('resource').filter((row) => row.row === 'resource' && row.id === 'g1')
          expect(await load([...group, ...only('members')])).toMatchObject({ reason: 'member', what: 'u1' })
          expect(await load(only('change').slice(1))).toMatchObject({ reason: 'version', what: '2' })
          expect(await conflict([{ write: 'load', tenant: 'nobody', rows }])).toMatchObject({ what: 'tenant' })
          expect(await rowsOf(store, 'back')).toEqual([])
        })
      })

      describe('weighing', () => {
        test('one look-up is light, a scan of many is heavy', async () => {
          const ids = Array.from({ length: 301 }, (_, i) => `x${i}`)
          await store.commit([
            ...ids.map((id) => creating(id, { userName: id, title: 'Dr' })),
            creating('g', { displayName: 'g' }),
          ])
          const weight = (ask: Parameters<typeof querying>[1], types: readonly ResourceType[] = [USER]) =>
            store.weigh(querying(types, { page: { offset: 0, limit: 100 }, ...ask }))
          expect(weight({ filter: 'userName eq "x1"' })).toBe('light')
          expect(weight({ filter: 'userName eq "nobody" and title co "r"' })).toBe('light')
          expect(weight({})).toBe('light')
          expect(weight({ page: { offset: 0, limit: 1_000 } })).toBe('heavy')
          expect(weight({ filter: 'title co "x"' })).toBe('heavy')
          expect(weight({}, TYPES)).toBe('heavy')
          expect(weight({ sortBy: 'title' })).toBe('heavy')
        })
      })

      describe('watching', () => {
        let affected: Affected[]
        beforeEach(async () => {
          await store.commit([
            creating('u1', { userName: 'ada' }),
            creating('u2', { userName: 'bob', [EnterpriseUser.id]: { manager: { value: 'u1' } } }),
            creating('g1', { displayName: 'One' }, { members: ['u1'] }),
          ])
          affected = []
          store.watch((some) => affected.push(...some))
        })

        const names = (id: string, type = 'User') =>
          affected.some(
            (one) => ('id' in one && one.id === id && one.type === type) || 'all' in one || 'everything' in one,
          )

        test('a plain change touches the resource alone', async () => {
          await store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', active: false })])
          store.poll()
          expect(affected).toEqual([user('u1')])
        })

        test('member changes touch the members, a new name those who show it', async () => {
          await store.commit([editing('g1', [{ edit: 'add', members: [{ id: 'u2' }] }])])
          expect(names('u2') && names('g1', 'Group')).toBe(true)
          affected = []
          await store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', displayName: 'Ada' })])
          expect(names('u1') && names('u2') && names('g1', 'Group')).toBe(true)
          affected = []
          await store.commit([replacing('g1', { displayName: 'One' }, { displayName: 'Uno' })])
          expect(names('u1') && names('u2')).toBe(true)
          affected = []
          await store.commit([removing('Group', 'g1')])
          expect(names('u1') && names('u2')).toBe(true)
        })

        test('watchers that fail fail alone: the write is done, once, and the others are notified', async () => {
          const notified: Affected[] = []
          const reported: unknown[] = []
          const silent = silence(reported)
          try {
            store.watch(() => {
              throw new Error('thrown by a watcher')
            })
            store.watch(async () => {
              await Promise.resolve()
              throw new Error('rejected by a watcher')
            })
            store.watch((some) => notified.push(...some))
            // Handed in together, so that they share a transaction where lists can.
            const outcomes = await Promise.allSettled([
              store.commit([creating('u3', { userName: 'cat' })]),
              store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })]),
              store.commit([replacing('u2', { userName: 'bob' }, { userName: 'bob', title: 'Dr' })]),
              store.commit([creating('u1', { userName: 'again' })]),
            ])
            expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
            await store.commit([{ write: 'record', record: { tenant: 'acme', kind: 'k', key: 'x' }, value: 1 }])
            store.poll()
            await new Promise((resolve) => setImmediate(resolve))
          } finally {
            silent()
          }
          const log = await store.changes('acme', 3, 10)
          expect(log.map(({ id, version }) => `${id} ${version}`).sort()).toEqual(['u1 2', 'u2 2', 'u3 1'])
          for (const one of [user('u1'), user('u2'), user('u3'), { tenant: 'acme', records: true }]) {
            expect(notified).toContainEqual(one)
          }
          expect(reported.map(String).filter((one) => one.includes('thrown by')).length).toBeGreaterThan(0)
          expect(reported.map(String).filter((one) => one.includes('rejected by')).length).toBeGreaterThan(0)
        })

        test('when a write resolves, the watchers have been notified', async () => {
          let notified = 0
          store.watch(() => {
            notified++
          })
          const before = notified
          const after = await store
            .commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })])
            .then(() => notified)
          expect(after).toBeGreaterThan(before)
        })

        test('a watcher may stop itself and another one while it is notified; the same one may watch twice', async () => {
          const calls: string[] = []
          const leave: (() => void)[] = []
          leave.push(
            store.watch(() => {
              calls.push('first')
              for (const one of leave) one()
            }),
          )
          leave.push(store.watch(() => calls.push('second')))
          const twice = () => calls.push('twice')
          const [once] = [store.watch(twice), store.watch(twice)]
          once?.()
          await store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Dr' })])
          await store.commit([replacing('u1', { userName: 'ada' }, { userName: 'ada', title: 'Ms' })])
          expect(calls).toEqual(['first', 'twice', 'twice'])
        })

        test('quiet records and amended lines notify no watcher', async () => {
          affected = []
          await store.commit([{ write: 'quiet', records: [{ tenant: 'acme', kind: 'use', key: 'a', value: 1 }] }])
          await store.commit([{ write: 'amend', tenant: 'acme', lines: [{ place: 1, paths: [] }] }])
          expect(affected).toEqual([])
        })

        test('watchers are notified of records and tenants too, and not after they have stopped', async () => {
          const leave = store.watch((some) => notified.push(...some))
          const notified: Affected[] = []
          await store.commit([{ write: 'record', record: { tenant: 'acme', kind: 'k', key: 'x' }, value: 1 }])
          expect(affected).toEqual([{ tenant: 'acme', records: true }])
          expect(notified).toEqual(affected)
          leave()
          await store.commit([{ write: 'tenant', tenant: 'beta', as: 'new', at: 1 }])
          expect(affected).toContainEqual({ tenant: 'beta', records: true })
          expect(affected).toContainEqual({ tenant: 'beta', all: true })
          expect(notified).toHaveLength(1)
        })
      })
    })

    describe('queries', () => {
      const people: JsonObject[] = [
        {
          userName: 'Ada',
          displayName: 'Ada Lovelace',
          active: true,
          emails: [
            { value: 'ada@work.example', type: 'work', primary: true },
            { value: 'ada@home.example', type: 'home' },
          ],
          name: { familyName: 'Lovelace' },
          [EnterpriseUser.id]: { department: 'Engines', manager: { value: 'u3' } },
        },
        {
          userName: 'bjørn ÅS',
          externalId: 'X-1',
          active: false,
          title: 'Straße',
          emails: [{ value: 'BJØRN@work.example', type: 'Work' }],
        },
        { userName: 'carl', displayName: 'Carl', nickName: '', title: 'aide', externalId: 'x-1' },
        { userName: 'dora', active: true, emails: [{ value: 'dora@home.example', type: 'home' }] },
      ]
      const cases: [string, string[]][] = [
        ['userName eq "ada"', ['u1']],
        ['userName eq "ADA" and active eq true', ['u1']],
        ['userName eq "ada" and active eq false', []],
        ['userName eq "nobody"', []],
        ['userName eq "BJØRN åS"', ['u2']],
        ['userName sw "bjØ"', ['u2']],
        ['userName co "r"', ['u2', 'u3', 'u4']],
        ['userName ew "a"', ['u1', 'u4']],
        ['userName gt "b"', ['u2', 'u3', 'u4']],
        ['userName le "carl"', ['u1', 'u2', 'u3']],
        ['userName ne "ada"', ['u2', 'u3', 'u4']],
        ['externalId eq "x-1"', ['u3']],
        ['externalId eq "X-1"', ['u2']],
        ['id eq "u2"', ['u2']],
        ['id ne "u2"', ['u1', 'u3', 'u4']],
        ['id gt "u2"', ['u3', 'u4']],
        ['active eq true', ['u1', 'u4']],
        ['active ne true', ['u2', 'u3']],
        ['not (active eq true)', ['u2', 'u3']],
        ['title eq "STRASSE"', ['u2']],
        ['title sw "a"', ['u3']],
        ['title pr', ['u2', 'u3']],
        ['nickName pr', []],
        ['nickName eq ""', ['u3']],
        ['nickName lt "x"', ['u3']],
        ['not (nickName pr)', ['u1', 'u2', 'u3', 'u4']],
        ['displayName eq ""', []],
        ['displayName lt "b"', ['u1']],
        ['name.familyName eq "lovelace"', ['u1']],
        ['name pr', ['u1']],
        ['emails pr', ['u1', 'u2', 'u4']],
        ['emails.value eq "bjørn@WORK.example"', ['u2']],
        ['emails co "home"', ['u1', 'u4']],
        ['emails.type ne "work"', ['u1', 'u3', 'u4']],
        ['emails[type eq "work"]', ['u1', 'u2']],
        ['emails[type eq "work" and value eq "ada@work.example"]', ['u1']],
        ['emails[type eq "work" and value eq "ada@home.example"]', []],
        ['emails.type eq "work" and emails.value eq "ada@home.example"', ['u1']],
        ['emails[type eq "work"].value eq "bjørn@work.example"', ['u2']],
        ['emails[not (type eq "home")]', ['u1', 'u2']],
        ['emails[primary eq true]', ['u1']],
        // Left out, primary is false: RFC 7643 §2.4.
        ['emails[primary eq false]', ['u1', 'u2', 'u4']],
        ['emails[primary ne true]', ['u1', 'u2', 'u4']],
        ['emails[primary ne false]', ['u1']],
        ['emails[not (primary eq true)]', ['u1', 'u2', 'u4']],
        ['emails[type eq "home" and primary eq false]', ['u1', 'u4']],
        ['emails[type eq "work" and primary eq false]', ['u2']],
        ['emails.primary eq false', ['u1', 'u2', 'u4']],
        ['emails.primary ne false', ['u1', 'u3']],
        ['emails.primary ne true', ['u1', 'u2', 'u3', 'u4']],
        ['not (emails.primary eq true)', ['u2', 'u3', 'u4']],
        ['not (emails.primary eq false)', ['u3']],
        ['emails[primary pr]', ['u1']],
        ['emails.primary pr', ['u1']],
        ['emails[primary pr and value sw "ada"]', ['u1']],
        [`${EnterpriseUser.id}:department eq "engines"`, ['u1']],
        [`${EnterpriseUser.id}:manager.value eq "u3"`, ['u1']],
        [`${EnterpriseUser.id}:manager.displayName eq "CARL"`, ['u1']],
        [`${EnterpriseUser.id}:manager.$ref eq "${BASE}/Users/u3"`, ['u1']],
        ['userName eq "ada" or userName eq "carl"', ['u1', 'u3']],
        ['userName eq "ada" or title eq "aide"', ['u1', 'u3']],
        ['(userName sw "a" or userName sw "c") and not (displayName eq "carl")', ['u1']],
        ['groups.value eq "g1"', ['u1', 'u2']],
        ['groups.value eq "g2"', ['u1', 'u2', 'u3']],
        ['groups[value eq "g2" and type eq "direct"]', ['u3']],
        ['groups.display eq "TWÖ"', ['u1', 'u2', 'u3']],
        ['groups pr', ['u1', 'u2', 'u3']],
        ['not (groups.value eq "g1")', ['u3', 'u4']],
        ['groups.value ne "g1"', ['u1', 'u2', 'u3', 'u4']],
        ['meta.resourceType eq "User"', ['u1', 'u2', 'u3', 'u4']],
        ['meta.resourceType eq "Group"', []],
        ['meta.created gt "1970-01-01T00:00:01Z"', ['u2', 'u3', 'u4']],
        ['meta.created eq "1970-01-01T01:00:01.001+01:00"', ['u2']],
        ['meta.lastModified ge "1970-01-01T00:00:01.002Z"', ['u3', 'u4']],
        ['meta.lastModified lt "1970-01-01T00:00:01.002Z"', ['u1', 'u2']],
        [`meta.location eq "${BASE}/Users/u2"`, ['u2']],
        [`meta.location ew "u2"`, ['u2']],
        ['meta.version eq "W/\\"1\\""', ['u1', 'u2', 'u3', 'u4']],
        ['schemas eq "urn:x"', ['u1']],
        ['schemas eq "URN:X"', ['u1']],
      ]

      // Nothing is written from here on, so that one store serves all.
      beforeAll(async () => {
        await start()
        await store.commit([
          ...people.map((document, i) =>
            creating(`u${i + 1}`, i === 0 ? { ...document, schemas: ['urn:x'] } : document, { at: 1_000 + i }),
          ),
          creating('g1', { displayName: 'One' }, { members: ['u1', 'u2'] }),
          creating('g2', { displayName: 'Twö' }, { members: ['g1', 'u3'] }),
        ])
      })
      afterAll(() => close())

      test.each(cases)('%s', async (filter, ids) => {
        const page = await store.find(querying([USER], { filter }))
        expect(idsOn(page)).toEqual(ids)
        expect(page.total).toBe(ids.length)
        const few = await store.find(querying([USER], { filter, page: { offset: 1, limit: 1 } }))
        expect(idsOn(few)).toEqual(ids.slice(1, 2))
        expect(few.total).toBe(ids.length)
        const bare = await store.find(querying([USER], { filter, page: { offset: 0, limit: 0 } }))
        expect(bare).toEqual({ resources: [], total: ids.length })
        const walk = await store.find(
          querying([USER], { filter, total: false, page: { after: { id: 'u1' }, limit: 10 } }),
        )
        expect(idsOn(walk)).toEqual(ids.filter((id) => id > 'u1'))
        expect(walk.total).toBeUndefined()
      })

      test.each<[string, string[]]>([
        ['members.value eq "u1"', ['g1']],
        ['members.value eq "g1"', ['g2']],
        ['members eq "u3"', ['g2']],
        ['members[type eq "Group"]', ['g2']],
        ['members[value eq "u3" and type eq "Group"]', []],
        ['members.display eq "ada lovelace"', ['g1']],
        ['members.$ref eq "https://scim.example/v2/Users/u2"', ['g1']],
        ['members pr', ['g1', 'g2']],
        ['displayName eq "twÖ"', ['g2']],
      ])('groups: %s', async (filter, ids) => {
        expect(await filtered([GROUP], filter)).toEqual(ids)
      })

      test('several types are searched at once, in order of id', async () => {
        expect(idsOn(await store.find(querying(TYPES)))).toEqual(['g1', 'g2', 'u1', 'u2', 'u3', 'u4'])
        expect(await filtered(TYPES, 'displayName pr')).toEqual(['g1', 'g2', 'u1', 'u3'])
        expect(await filtered(TYPES, 'userName pr')).toEqual(['u1', 'u2', 'u3', 'u4'])
        expect(await filtered(TYPES, 'not (userName eq "ada")')).toEqual(['g1', 'g2', 'u2', 'u3', 'u4'])
        const page = await store.find(querying(TYPES, { page: { offset: 1, limit: 3 } }))
        expect([idsOn(page), page.total]).toEqual([['g2', 'u1', 'u2'], 6])
        const rest = await store.find(querying(TYPES, { page: { after: page.next, limit: 3 } }))
        expect(idsOn(rest)).toEqual(['u3', 'u4'])
        const sorted = await store.find(querying(TYPES, { sortBy: 'displayName' }))
        expect(idsOn(sorted)).toEqual(['u1', 'u3', 'g1', 'g2', 'u2', 'u4'])
        const byName = await store.find(querying(TYPES, { sortBy: 'userName', descending: true }))
        expect(idsOn(byName)).toEqual(['g1', 'g2', 'u4', 'u3', 'u2', 'u1'])
      })

      test.each<[string, boolean, string[]]>([
        ['userName', false, ['u1', 'u2', 'u3', 'u4']],
        ['userName', true, ['u4', 'u3', 'u2', 'u1']],
        ['title', false, ['u3', 'u2', 'u1', 'u4']],
        ['title', true, ['u1', 'u4', 'u2', 'u3']],
        ['active', false, ['u2', 'u1', 'u4', 'u3']],
        ['active', true, ['u3', 'u1', 'u4', 'u2']],
        ['emails', false, ['u1', 'u2', 'u4', 'u3']],
        ['emails.type', false, ['u4', 'u1', 'u2', 'u3']],
        ['meta.lastModified', true, ['u4', 'u3', 'u2', 'u1']],
        ['nickName', false, ['u3', 'u1', 'u2', 'u4']],
        [`${EnterpriseUser.id}:manager.displayName`, false, ['u1', 'u2', 'u3', 'u4']],
        ['id', true, ['u4', 'u3', 'u2', 'u1']],
      ])('sorted by %s, descending %s', async (sortBy, descending, ids) => {
        const page = await store.find(querying([USER], { sortBy, descending }))
        expect(idsOn(page)).toEqual(ids)
        // The same, walked by cursor, one at a time.
        const walked: string[] = []
        let after: Page['next']
        do {
          const one = await store.find(
            querying([USER], { sortBy, descending, total: false, page: { after, limit: 1 } }),
          )
          walked.push(...idsOn(one))
          after = one.next
        } while (after)
        expect(walked).toEqual(ids)
        const second = await store.find(querying([USER], { sortBy, descending, page: { offset: 1, limit: 2 } }))
        expect(idsOn(second)).toEqual(ids.slice(1, 3))
        expect(second.total).toBe(4)
      })

      test('pages say whether there is more', async () => {
        const first = await store.find(querying([USER], { page: { offset: 0, limit: 3 } }))
        expect([idsOn(first), first.total, first.next]).toEqual([['u1', 'u2', 'u3'], 4, { id: 'u3' }])
        const last = await store.find(querying([USER], { page: { offset: 3, limit: 3 } }))
        expect([idsOn(last), last.total, last.next]).toEqual([['u4'], 4, undefined])
        const beyond = await store.find(querying([USER], { page: { offset: 9, limit: 3 } }))
        expect([idsOn(beyond), beyond.total, beyond.next]).toEqual([[], 4, undefined])
        const none = await store.find(querying([USER], { filter: 'userName co "r"', page: { offset: 9, limit: 3 } }))
        expect([idsOn(none), none.total]).toEqual([[], 3])
        const nothing = await store.find({ ...querying([USER]), tenant: 'nowhere' })
        expect(nothing).toEqual({ resources: [], total: 0 })
      })
    })
  })
}
