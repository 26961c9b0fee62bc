// Writes through the directory: hooks, passwords, members, references, contention.

import { randomBytes, scryptSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import {
  createCatalog,
  type Document,
  defineSchema,
  EnterpriseUser,
  Entitlement,
  Group,
  type Json,
  LENIENT,
  LIMITS,
  PATCH_OP,
  type ResourceType,
  Role,
  STRICT,
  User,
  uniqueness,
} from '../protocol/index.ts'
import { memoryStore } from '../store/memory/memory.ts'
import { sqliteStore } from '../store/sqlite/sqlite.ts'
import type { Context, Hooks } from './context.ts'
import { createDirectory, type Directory } from './directory.ts'
import { documentOf } from './document.ts'

const context: Context = { tenant: 'acme', actor: 'test', allow: STRICT }
const TYPES = [User, Group]
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function inMemory(hooks: Hooks = {}, types: readonly ResourceType[] = TYPES): Directory {
  return createDirectory({ store: memoryStore(), types, hooks })
}

/** Two processes' worth of directories on one file: nothing is shared between them but the file. */
function twins(types: readonly ResourceType[] = TYPES): readonly [Directory, Directory] {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-'))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  const open = () => {
    const store = sqliteStore(join(folder, 'test.db'))
    closing.push(() => store.close())
    return createDirectory({ store, types })
  }
  return [open(), open()]
}

let made = 0
const person = (more: { readonly [name: string]: Json } = {}): Json => ({
  schemas: [User.schema.id],
  userName: `user-${++made}`,
  ...more,
})
const patch = (...Operations: Json[]): Json => ({ schemas: [PATCH_OP], Operations })
const addMembers = (...ids: readonly string[]): Json =>
  patch({ op: 'add', path: 'members', value: ids.map((value) => ({ value })) })

async function makeUser(directory: Directory, more: { readonly [name: string]: Json } = {}): Promise<string> {
  return (await directory.create(context, 'User', person(more))).stored.id
}

async function makeGroup(directory: Directory, ...ids: readonly string[]): Promise<string> {
  const body = {
    schemas: [Group.schema.id],
    displayName: `group-${++made}`,
    members: ids.map((value) => ({ value })),
  }
  return (await directory.create(context, 'Group', body)).stored.id
}

const userRef = (id: string) => ({ tenant: 'acme', type: 'User', id })
const groupRef = (id: string) => ({ tenant: 'acme', type: 'Group', id })

async function membersOf(directory: Directory, id: string): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const chunk of directory.members(groupRef(id))) ids.push(...chunk.map((member) => member.id))
  return ids.sort()
}

async function outcomes(works: readonly Promise<unknown>[]): Promise<readonly (number | 'done')[]> {
  return (await Promise.allSettled(works)).map((one) => (one.status === 'fulfilled' ? 'done' : one.reason.status))
}

describe('If-Match (P-505)', () => {
  const changes: readonly (readonly [string, (directory: Directory, id: string, other: string) => Promise<unknown>])[] =
    [
      [
        'PATCH of members',
        (directory, id, other) => directory.patch(context, 'Group', id, addMembers(other), { ifMatch: 'W/"1"' }),
      ],
      [
        'PUT that changes members only',
        async (directory, id, other) => {
          const { displayName = '' } = documentOf((await directory.get(groupRef(id))) as never)
          const body = { schemas: [Group.schema.id], displayName, members: [{ value: other }] }
          return directory.replace(context, 'Group', id, body, { ifMatch: 'W/"1"' })
        },
      ],
      [
        'PATCH of the name',
        (directory, id, other) =>
          directory.patch(context, 'Group', id, patch({ op: 'replace', path: 'displayName', value: other }), {
            ifMatch: 'W/"1"',
          }),
      ],
      ['DELETE', (directory, id) => directory.remove(context, 'Group', id, { ifMatch: 'W/"1"' })],
    ]

  test.each(changes)('of two processes that carry out a %s at one version, exactly one wins', async (_name, change) => {
    const [one, other] = twins()
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await makeUser(one), await makeUser(one)]
      const id = await makeGroup(one)
      const came = await outcomes([change(one, id, a), change(other, id, b)])
      expect(came.filter((status) => status === 'done')).toHaveLength(1)
      expect([412, 404]).toContain(came.find((status) => status !== 'done'))
    }
  })
})

describe('many writers of one group', () => {
  test('a rename gets through although members come and go all the time', { timeout: 60_000 }, async () => {
    const [directory] = twins()
    const ids = await Promise.all(Array.from({ length: 40 }, () => makeUser(directory)))
    const group = await makeGroup(directory)
    let busy = true
    const storm = ids.map(async (id) => {
      while (busy) {
        await directory.patch(context, 'Group', group, addMembers(id))
        await directory.patch(context, 'Group', group, patch({ op: 'remove', path: `members[value eq "${id}"]` }))
      }
    })
    for (let round = 0; round < 10; round++) {
      const name = patch({ op: 'replace', path: 'displayName', value: `name-${round}` })
      expect((await directory.patch(context, 'Group', group, name)).changed).toBe(true)
    }
    await directory.remove(context, 'Group', group)
    busy = false
    expect((await outcomes(storm)).every((status) => status === 'done' || status === 404)).toBe(true)
  })

  test('PATCHes of one user from two processes all take effect', async () => {
    const [one, other] = twins()
    const id = await makeUser(one)
    const names = ['title', 'nickName', 'displayName', 'locale', 'timezone', 'userType']
    const values = ['a', 'b', 'c', 'de', 'Europe/Berlin', 'f']
    await Promise.all(
      names.map((path, at) =>
        (at % 2 ? one : other).patch(context, 'User', id, patch({ op: 'replace', path, value: values[at] ?? '' })),
      ),
    )
    const stored = await one.get(userRef(id))
    expect(stored?.version).toBe(7)
    expect(stored && documentOf(stored)).toMatchObject(Object.fromEntries(names.map((name, at) => [name, values[at]])))
  })

  test('two processes delete it: one 404, no 5xx', async () => {
    const [one, other] = twins()
    const id = await makeUser(one)
    const came = await outcomes([one.remove(context, 'User', id), other.remove(context, 'User', id)])
    expect([...came].sort()).toEqual([404, 'done'])
  })
})

describe('references to what is deleted (A-55)', () => {
  const urn = EnterpriseUser.id

  async function managerOf(directory: Directory, id: string): Promise<unknown> {
    const stored = await directory.get(userRef(id))
    return stored && (documentOf(stored)[urn] as { manager?: unknown } | undefined)?.manager
  }

  test('of 450 reports all lose their manager, in version and log too', async () => {
    const directory = inMemory()
    const boss = await makeUser(directory)
    const reports = await Promise.all(
      Array.from({ length: 450 }, () =>
        makeUser(directory, { schemas: [User.schema.id, urn], [urn]: { manager: { value: boss } } }),
      ),
    )
    await directory.remove(context, 'User', boss)
    for (const id of reports) expect(await managerOf(directory, id)).toBeUndefined()
    const log = await directory.changes('acme', 451, 1_000)
    expect(log.filter(({ op }) => op === 'patch')).toHaveLength(450)
    expect(log.at(-1)?.op === 'delete' || log.some(({ op, id }) => op === 'delete' && id === boss)).toBe(true)
    expect(log.map(({ place }) => place)).toEqual(log.map((_, at) => 452 + at))
  })

  test('someone who refers to it by two attributes loses both at once', async () => {
    const badge = defineSchema({
      id: 'urn:example:team:User',
      name: 'Team',
      attributes: {
        buddies: {
          type: 'complex',
          multiValued: true,
          subAttributes: { value: { type: 'string' }, $ref: { type: 'reference', referenceTypes: ['User'] } },
        },
      },
    })
    const directory = inMemory({}, [User.extend(badge), Group])
    const boss = await makeUser(directory)
    const friend = await makeUser(directory)
    const id = await makeUser(directory, {
      schemas: [User.schema.id, urn, badge.id],
      [urn]: { manager: { value: boss } },
      [badge.id]: { buddies: [{ value: boss }, { value: friend }] },
    })
    await directory.remove(context, 'User', boss)
    const stored = await directory.get(userRef(id))
    expect(stored?.version).toBe(2)
    expect(stored && documentOf(stored)).not.toHaveProperty([urn])
    expect(stored && documentOf(stored)[badge.id]).toEqual({ buddies: [{ value: friend }] })
  })

  test('a report that another process deletes at the same time does not make it a 404', async () => {
    const [one, other] = twins()
    for (let round = 0; round < 5; round++) {
      const boss = await makeUser(one)
      const more = { schemas: [User.schema.id, urn], [urn]: { manager: { value: boss } } }
      const reports = await Promise.all(Array.from({ length: 5 }, () => makeUser(one, more)))
      const works = reports.map((id) => other.remove(context, 'User', id))
      expect(await outcomes([one.remove(context, 'User', boss), ...works])).toEqual(Array(6).fill('done'))
    }
  })
})

describe('hooks', () => {
  test.each([
    ['memory', () => memoryStore()],
    ['SQLite', () => sqliteStore(':memory:')],
  ] as const)('what the commit hook throws undoes everything (%s)', async (_name, open) => {
    const store = open()
    const seen: string[] = []
    const directory = createDirectory({
      store: store as ReturnType<typeof memoryStore>,
      hooks: {
        commit(change) {
          seen.push(`${change.op} ${change.place}`)
          if (change.paths.some(({ path }) => path === 'title')) throw uniqueness('no titles here')
        },
      },
    })
    const id = await makeUser(directory)
    expect(await outcomes([makeUser(directory, { title: 'x' })])).toEqual([409])
    expect(
      await outcomes([directory.patch(context, 'User', id, patch({ op: 'add', path: 'title', value: 'x' }))]),
    ).toEqual([409])
    expect((await directory.get(userRef(id)))?.version).toBe(1)
    expect(await directory.changes('acme', 0, 10)).toHaveLength(1)
    expect(seen).toEqual(['create 1', 'create 2', 'patch 2'])
    await store.close()
  })

  test('a commit hook that is asynchronous is refused on SQLite, and nothing is written', async () => {
    const store = sqliteStore(':memory:')
    const directory = createDirectory({ store, hooks: { commit: async () => {} } })
    await expect(makeUser(directory)).rejects.toMatchObject({ code: 'ERR_CONFIG' })
    expect(await directory.changes('acme', 0, 10)).toEqual([])
    await store.close()
  })

  test('prepare may adjust or refuse', async () => {
    const directory = inMemory({
      prepare({ op, document }) {
        if (document.title === 'king') throw uniqueness('there is one already')
        return op === 'create' ? { ...document, nickName: 'new' } : undefined
      },
    })
    const { stored } = await directory.create(context, 'User', person())
    expect(documentOf(stored)).toMatchObject({ nickName: 'new' })
    const king = patch({ op: 'add', path: 'title', value: 'king' })
    expect(await outcomes([directory.patch(context, 'User', stored.id, king)])).toEqual([409])
  })

  const asset = defineSchema({
    id: 'urn:example:asset:User',
    name: 'Asset',
    attributes: { number: { type: 'string', mutability: 'readOnly' }, since: { type: 'dateTime' } },
  })

  test.each<[string, object, object]>([
    ['the id, meta and schemas', { id: 'mine', meta: { version: 'W/"9"' }, schemas: ['urn:nope'] }, {}],
    ['an attribute that no schema has', { foo: 1, 'urn:nope:1': { bar: 1 } }, {}],
    ['the groups, which nobody writes', { groups: [{ value: 'g1' }] }, {}],
    ['a name in another letter case', { NickName: 'Nick' }, { nickName: 'Nick' }],
    ['nothing, as null', { title: null }, { title: undefined }],
    [
      'what clients can only read',
      { [asset.id]: { number: 'A-1', since: new Date(0) } },
      {
        schemas: [User.schema.id, asset.id],
        [asset.id]: { number: 'A-1', since: '1970-01-01T00:00:00.000Z' },
      },
    ],
  ])('prepare gives back %s: it is read like what comes from outside', async (_what, made, expected) => {
    const directory = inMemory({ prepare: ({ document }) => ({ ...document, ...made }) }, [User.extend(asset), Group])
    const body = person({ userName: 'ada', title: 'Dr' })
    const { stored } = await directory.create(context, 'User', body)
    const created = {
      schemas: [User.schema.id],
      id: stored.id,
      userName: 'ada',
      title: 'Dr',
      active: true,
      ...expected,
    }
    expect(documentOf(stored)).toEqual(JSON.parse(JSON.stringify(created)))
    expect(JSON.parse((await directory.get(userRef(stored.id)))?.text ?? '')).toEqual(documentOf(stored))
    const { stored: patched } = await directory.patch(
      context,
      'User',
      stored.id,
      patch({ op: 'add', path: 'nickName', value: 'Ann' }),
    )
    const after = { ...created, ...(_what.includes('letter case') ? {} : { nickName: 'Ann' }) }
    expect(documentOf(patched)).toEqual(JSON.parse(JSON.stringify(after)))
    const { stored: replaced } = await directory.replace(context, 'User', stored.id, body)
    expect(documentOf(replaced)).toEqual(JSON.parse(JSON.stringify(created)))
  })

  test.each<[string, unknown, object | RegExp]>([
    ['a text where a boolean belongs', { active: 'yes' }, { status: 400, scimType: 'invalidValue' }],
    ['a list where there is one value', { title: ['a', 'b'] }, { status: 400, scimType: 'invalidValue' }],
    ['a user without a userName', { userName: null }, { status: 400, scimType: 'invalidValue' }],
    [
      'a longer text than is taken',
      { title: 'x'.repeat(LIMITS.STRING_LENGTH + 1) },
      { status: 400, scimType: 'invalidValue' },
    ],
    ['a text with NUL', { title: 'a\0b' }, { status: 400, scimType: 'invalidValue' }],
  ])('prepare gives back %s: refused, and nothing is written', async (_what, made, error) => {
    const directory = inMemory({ prepare: ({ document }) => ({ ...document, ...(made as object) }) })
    await expect(makeUser(directory)).rejects.toMatchObject(error)
    expect(await directory.changes('acme', 0, 10)).toEqual([])
  })

  test('prepare gives back no document at all: said as a fault of the application', async () => {
    const directory = inMemory({ prepare: () => 'ada' as unknown as Document })
    await expect(makeUser(directory)).rejects.toThrow(/hooks\.prepare: must give back the document/)
  })

  test('what prepare changes in place, and does not give back, reaches nobody', async () => {
    const directory = inMemory({
      prepare({ document }) {
        Object.assign(document, { title: 'changed' })
        return undefined
      },
    })
    const { stored } = await directory.create(context, 'User', person())
    expect(documentOf(stored)).not.toHaveProperty('title')
  })

  test('a tenant comes into being with its first resource, with a catalog of each tenant too', async () => {
    for (const store of [memoryStore(), sqliteStore(':memory:') as unknown as ReturnType<typeof memoryStore>]) {
      const directory = createDirectory({ store, catalog: () => createCatalog([User, Group]) })
      const id = await makeUser(directory)
      expect(await directory.get(userRef(id))).toBeDefined()
      const kept = createDirectory({ store, openTenants: false })
      await expect(kept.create({ ...context, tenant: 'beta' }, 'User', person())).rejects.toMatchObject({ status: 404 })
      await store.close()
    }
  })

  test('prepare sees the members of a group in a create and in a replace, and may change them', async () => {
    const seen: unknown[] = []
    const directory = inMemory({
      prepare({ op, type, document }) {
        if (type !== 'Group') return undefined
        seen.push([op, Array.isArray(document.members) ? document.members.length : 0])
        return op === 'replace'
          ? { ...document, members: (document.members as readonly Json[]).slice(0, 1) }
          : undefined
      },
    })
    const [a, b] = [await makeUser(directory), await makeUser(directory)]
    const members = [{ value: a }, { value: b }]
    const body = { schemas: [Group.schema.id], displayName: 'team', members }
    const { stored } = await directory.create(context, 'Group', body)
    await directory.replace(context, 'Group', stored.id, body)
    expect(seen).toEqual([
      ['create', 2],
      ['replace', 2],
    ])
    expect(await directory.memberCount(stored, 10)).toBe(1)
  })

  test('a hook for passwords takes them, and nothing is kept', async () => {
    const taken: string[] = []
    const directory = inMemory({ password: (ref, password) => void taken.push(`${ref.id} ${password}`) })
    const id = await makeUser(directory, { password: 'correct horse' })
    expect(taken).toEqual([`${id} correct horse`])
    expect(await directory.checkPassword(userRef(id), 'correct horse')).toBe(false)
  })
})

describe('passwords (S-106)', () => {
  test('are kept as a hash that only the right one fits, and stand nowhere', async () => {
    const directory = inMemory()
    const { stored } = await directory.create(context, 'User', person({ password: 'correct horse' }))
    expect(stored.text).not.toContain('correct')
    expect(await directory.checkPassword(userRef(stored.id), 'correct horse')).toBe(true)
    expect(await directory.checkPassword(userRef(stored.id), 'wrong horse')).toBe(false)
    expect(await directory.checkPassword(userRef(stored.id), '')).toBe(false)
    expect(await directory.checkPassword(userRef('nobody'), 'correct horse')).toBe(false)
    const log = await directory.changes('acme', 0, 10)
    expect(JSON.stringify(log)).not.toContain('correct')
    expect(log[0]?.paths).toContainEqual({ path: 'password' })
  })

  test('hashed at less cost than today are taken, and hashed anew when the right one comes', async () => {
    const store = memoryStore()
    const directory = createDirectory({ store })
    const { stored } = await directory.create(context, 'User', person({ password: 'correct horse' }))
    const ref = userRef(stored.id)
    const salt = randomBytes(16)
    const key = scryptSync('correct horse', salt, 32, { N: 2 ** 14, r: 8, p: 1 })
    const old = `scrypt$14$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`
    await store.commit([{ write: 'reindex', ref, unindex: [], index: [], secret: old }])
    expect(await directory.checkPassword(ref, 'wrong horse')).toBe(false)
    expect(await store.secret(ref)).toBe(old)
    expect(await directory.checkPassword(ref, 'correct horse')).toBe(true)
    expect(await store.secret(ref)).toMatch(/^scrypt\$14\$8\$5\$/)
    expect(await directory.checkPassword(ref, 'correct horse')).toBe(true)
    expect(await store.get(ref)).toMatchObject({ version: stored.version, modified: stored.modified })
    expect(await store.changes('acme', 0, 10)).toHaveLength(1)
  })

  test('stay with a PUT that has none, are changed by PATCH, cleared by remove', async () => {
    const directory = inMemory()
    const { stored } = await directory.create(context, 'User', person({ userName: 'ada', password: 'first one' }))
    const ref = userRef(stored.id)
    await directory.replace(context, 'User', stored.id, person({ userName: 'ada', title: 'x' }))
    expect(await directory.checkPassword(ref, 'first one')).toBe(true)
    const change = await directory.patch(
      context,
      'User',
      stored.id,
      patch({ op: 'replace', path: 'password', value: 'second one' }),
    )
    expect(change.changed).toBe(true)
    expect(await directory.checkPassword(ref, 'first one')).toBe(false)
    expect(await directory.checkPassword(ref, 'second one')).toBe(true)
    await directory.patch(context, 'User', stored.id, patch({ op: 'remove', path: 'password' }))
    expect(await directory.checkPassword(ref, 'second one')).toBe(false)
  })

  test("a group's extension may have an attribute of that name, which is another one", async () => {
    const safe = defineSchema({
      id: 'urn:example:safe:Group',
      name: 'Safe',
      attributes: { password: { type: 'string' } },
    })
    const directory = inMemory({}, [User, Group.extend(safe)])
    const body = { schemas: [Group.schema.id, safe.id], displayName: 'g', [safe.id]: { password: 'x' } }
    const { stored } = await directory.create(context, 'Group', body)
    expect(documentOf(stored)).toMatchObject({ [safe.id]: { password: 'x' } })
    const remove = patch({ op: 'remove', path: `${safe.id}:password` })
    const outcome = await directory.patch(context, 'Group', stored.id, remove)
    expect(documentOf(outcome.stored)).not.toHaveProperty([safe.id])
    const [, line] = await directory.changes('acme', 0, 10)
    expect(line?.paths.map(({ path }) => path)).toEqual([`${safe.id}:password`])
  })
})

describe('lists of roles and entitlements (D-042)', () => {
  test('an empty list of roles does not open the list of entitlements', async () => {
    const directory = inMemory({}, [User, Group, Role, Entitlement])
    await directory.create(context, 'Entitlement', {
      schemas: [Entitlement.schema.id],
      value: 'parking',
      display: 'Parking',
    })
    const body = person({ roles: [{ value: 'anything' }], entitlements: [{ value: 'yacht' }] })
    expect(await outcomes([directory.create(context, 'User', body)])).toEqual([400])
    await directory.create(
      context,
      'User',
      person({ roles: [{ value: 'anything' }], entitlements: [{ value: 'parking' }] }),
    )
  })
})

describe('members', () => {
  test('A-53 a group can not be its own member, and nobody unknown is one', async () => {
    const directory = inMemory()
    const id = await makeGroup(directory)
    expect(await outcomes([directory.patch(context, 'Group', id, addMembers(id))])).toEqual([400])
    expect(await outcomes([directory.patch(context, 'Group', id, addMembers('nobody'))])).toEqual([400])
    expect((await directory.get(groupRef(id)))?.version).toBe(1)
  })

  test('A-68 adding who is there and removing who is not changes no version', async () => {
    const directory = inMemory()
    const ada = await makeUser(directory)
    const id = await makeGroup(directory, ada)
    const again = await directory.patch(context, 'Group', id, addMembers(ada))
    expect([again.changed, again.stored.version]).toEqual([false, 1])
    const gone = await directory.patch(
      context,
      'Group',
      id,
      patch({ op: 'remove', path: 'members[value eq "nobody"]' }),
    )
    expect([gone.changed, gone.stored.version]).toEqual([false, 1])
  })

  test('operations on members and others in one PATCH are all or none', async () => {
    const directory = inMemory()
    const ada = await makeUser(directory)
    const id = await makeGroup(directory)
    const both = (member: string) =>
      patch(
        { op: 'replace', path: 'displayName', value: 'both' },
        { op: 'add', path: 'members', value: [{ value: member }] },
      )
    expect(await outcomes([directory.patch(context, 'Group', id, both('nobody'))])).toEqual([400])
    expect((await directory.get(groupRef(id)))?.version).toBe(1)
    const done = await directory.patch(context, 'Group', id, both(ada))
    expect(done.stored).toMatchObject({ version: 2, display: 'both' })
    expect(await membersOf(directory, id)).toEqual([ada])
  })
})

test('LENIENT and STRICT allow different things, and the door reads them by name only', async () => {
  const directory = inMemory()
  const unknown = person({ notThere: 'x' })
  expect((await directory.create({ ...context, allow: LENIENT }, 'User', unknown)).skipped).toContain('notThere')
})
