// The SQLite store beyond the contract: query plans, deep pages, other processes and threads.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConfigError, EnterpriseUser } from '../src/protocol/index.ts'
import { type Affected, type Query, StoreUnavailable, type Write } from '../src/store/index.ts'
import { openConnection } from '../src/store/sqlite/connection.ts'
import { createDictionary } from '../src/store/sqlite/dictionary.ts'
import { createFinds } from '../src/store/sqlite/find.ts'
import { createGroupsOf } from '../src/store/sqlite/groups.ts'
import { type SqliteOptions, type SqliteStore, sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { creating, editing, GROUP, idsOn, querying, removing, replacing, USER } from './store.contract.ts'

const OTHER_PROCESS = new URL('./store.other-process.ts', import.meta.url)
const OTHER_THREAD = new URL('./store.other-thread.ts', import.meta.url)
const CONNECTION = { cacheMib: 2, mmapMib: 0, busyTimeoutMs: 5_000 }

let folder: string
let file: string
const stores: SqliteStore[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-'))
  file = join(folder, 'scim.db')
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await rm(folder, { recursive: true })
})

async function open(options: SqliteOptions = {}): Promise<SqliteStore> {
  const store = sqliteStore(file, options)
  stores.push(store)
  if ((await store.tenants()).length === 0) await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  return store
}

const people = (count: number, prefix = 'p'): Write[] =>
  Array.from({ length: count }, (_, i) => {
    const id = `${prefix}${String(i).padStart(6, '0')}`
    return creating(id, {
      userName: id,
      displayName: `Name ${i % 7}`,
      emails: [{ value: `${id}@x.example`, type: 'work' }],
      [EnterpriseUser.id]: { manager: { value: `${prefix}000000` } },
    })
  })

describe('plans', () => {
  /** The statements that a query runs, each with its plan. */
  function plansOf(query: Query): string[] {
    const connection = openConnection(file, CONNECTION)
    const plans: string[] = []
    const explain = (sql: string, values: readonly (string | number | null)[]) => {
      const rows = connection.rows(`explain query plan ${sql}`, ...values)
      plans.push(rows.map((row) => String(row[3])).join('\n'))
    }
    const spied = {
      ...connection,
      rows: (sql: string, ...values: (string | number | null)[]) => {
        explain(sql, values)
        return connection.rows(sql, ...values)
      },
    }
    const dictionary = createDictionary(connection)
    createFinds({ connection: spied, dictionary, groupsOf: createGroupsOf(connection, false) }).find(query)
    connection.close()
    return plans
  }

  beforeEach(async () => {
    const store = await open()
    await store.commit([...people(50), creating('g1', { displayName: 'g' }, { members: ['p000001'] })])
    await store.commit([{ write: 'indexed', tenant: 'acme', type: 'User', paths: ['title'], as: 'complete' }])
  })

  test.each([
    ['userName eq "p000001"'],
    ['userName eq "p000001" and active eq true'],
    ['userName sw "p00"'],
    ['userName eq "p000001" or externalId eq "x" or id eq "p000002"'],
    ['displayName ge "name 3" and title co "x"'],
    ['emails.value eq "p000003@x.example"'],
    ['emails[type eq "work" and value eq "p000003@x.example"]'],
    [`${EnterpriseUser.id}:manager.value eq "p000000"`],
    ['id eq "p000001"'],
    ['meta.lastModified gt "2026-01-01T00:00:00Z"'],
    ['meta.created gt "2026-01-01T00:00:00Z"'],
    ['title eq "dr"'],
    ['title sw "d" and active eq true'],
    ['groups.value eq "g1"'],
  ])('%s reads no resource but those an index names', (filter) => {
    const plans = plansOf(querying([USER], { filter }))
    expect(plans.join('\n')).toMatch(/SEARCH (r USING INTEGER PRIMARY KEY|lockstep_resource USING COVERING INDEX)/)
    for (const plan of plans) expect(plan).not.toMatch(/SCAN (r|lockstep_\w+)\b/)
  })

  test('co walks one index path, not the resources', () => {
    const [plan] = plansOf(querying([USER], { filter: 'userName co "00"' }))
    expect(plan).toMatch(/SEARCH lockstep_value_index USING PRIMARY KEY \(t=\? AND a=\?\)/)
    expect(plan).not.toMatch(/SCAN (r|lockstep_\w+)\b/)
  })

  test('members.value drives from the member', () => {
    for (const plan of plansOf(querying([GROUP], { filter: 'members.value eq "p000001"' }))) {
      expect(plan).toMatch(/SEARCH x USING COVERING INDEX lockstep_member_of/)
    }
  })

  test('pages in order of id sort nothing', () => {
    for (const page of [
      { offset: 0, limit: 10 },
      { offset: 30, limit: 10 },
      { after: { id: 'p000010' }, limit: 10 },
    ]) {
      for (const plan of plansOf(querying([USER], { page }))) {
        expect(plan).toMatch(/USING (COVERING )?INDEX lockstep_resource_id \(t=\? AND y=\? AND id>/)
        expect(plan).not.toMatch(/TEMP B-TREE/)
      }
    }
  })
})

describe('deep pages', () => {
  const check = async (store: SqliteStore, ids: readonly string[]) => {
    for (const offset of [0, 1, 2_047, 2_048, 2_049, 4_096, 8_191, 9_999, ids.length - 3, ids.length, ids.length + 5]) {
      const page = await store.find(querying([USER], { page: { offset, limit: 5 } }))
      expect(idsOn(page), `from ${offset}`).toEqual(ids.slice(offset, offset + 5))
      expect(page.total).toBe(ids.length)
    }
    const db = new DatabaseSync(file, { readOnly: true })
    const blocks = db.prepare('select n from lockstep_block where t = 1 and y = 1').all()
    db.close()
    expect(blocks.reduce((sum, { n }) => sum + Number(n), 0)).toBe(ids.length)
    expect(Math.max(...blocks.map(({ n }) => Number(n)))).toBeLessThanOrEqual(2_048)
  }

  test('every startIndex finds its resource, after growth at the end, in the middle, and after deletes', async () => {
    const store = await open()
    await store.commit(people(10_000, 'm'))
    let ids = Array.from({ length: 10_000 }, (_, i) => `m${String(i).padStart(6, '0')}`)
    await check(store, ids)
    // One by one in the middle and before the first, in ever new commits.
    for (let i = 0; i < 5; i++) await store.commit(people(1_000, `m00500${i}-`))
    await store.commit(people(2_000, 'a'))
    const page = await store.find(querying([USER], { page: { offset: 0, limit: 20_000 }, total: false }))
    ids = idsOn(page)
    expect(ids).toHaveLength(17_000)
    expect(ids).toEqual([...ids].sort())
    await check(store, ids)
    const gone = new Set(ids.filter((_, i) => i % 3 !== 0 || i < 4_500))
    await store.commit([...gone].map((id) => removing('User', id)))
    await check(
      store,
      ids.filter((id) => !gone.has(id)),
    )
  })
})

describe('hooks inside the transaction', () => {
  test('rows of the host are written together with the resource, or not at all', async () => {
    const store = await open()
    await store.commit([], (tx) => tx.exec('create table account (id text primary key, name text)'))
    await store.commit([creating('u1', { userName: 'ada' })], (tx, changes) => {
      for (const { id } of changes) tx.prepare('insert into account values (?, ?)').run(id, 'Ada')
    })
    const failing = store.commit([creating('u2', { userName: 'bob' })], (tx) => {
      tx.prepare('insert into account values (?, ?)').run('u2', 'Bob')
      tx.prepare('insert into account values (?, ?)').run('u1', 'Twice')
    })
    const beside = store.commit([creating('u3', { userName: 'carl' })])
    await expect(failing).rejects.toThrow('UNIQUE constraint failed: account.id')
    await beside
    const rows: unknown[] = []
    await store.commit([], (tx) => {
      rows.push(...tx.prepare('select id from account').all())
    })
    expect(rows).toEqual([{ id: 'u1' }])
    expect(idsOn(await store.find(querying([USER])))).toEqual(['u1', 'u3'])
  })

  test('an asynchronous hook is refused, and so is any hook beside a writer thread', async () => {
    const store = await open()
    const waiting = store.commit([creating('u1', { userName: 'ada' })], async () => {})
    await expect(waiting).rejects.toThrow(ConfigError)
    expect((await store.find(querying([USER]))).total).toBe(0)
    const threaded = await open({ threads: true })
    await expect(threaded.commit([], () => {})).rejects.toThrow(/hooks.commit: needs the store on the same thread/)
  })
})

describe('when the database cannot be written', () => {
  test('a full disk fails every commit of the transaction, and none is half done', async () => {
    const store = await open()
    await store.commit([creating('u1', { userName: 'ada' })])
    await store.commit([], (tx) => {
      const { page_count: pages } = tx.prepare('pragma page_count').get() as { page_count: number }
      tx.exec(`pragma max_page_count = ${pages + 2}`)
    })
    const big = { userName: 'big', title: 'x'.repeat(100_000) }
    const results = await Promise.allSettled([
      store.commit([creating('u2', { userName: 'small' })]),
      store.commit([creating('u3', big)]),
      store.commit([creating('u4', { userName: 'after' })]),
    ])
    for (const result of results) {
      expect(result.status).toBe('rejected')
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StoreUnavailable)
    }
    expect(idsOn(await store.find(querying([USER])))).toEqual(['u1'])
    expect((await store.tenants())[0]).toMatchObject({ place: 1, resources: { User: 1 } })
    await store.commit([], (tx) => tx.exec('pragma max_page_count = 1000000'))
    await store.commit([creating('u3', big)])
    expect((await store.changes('acme', 0, 10)).map(({ place }) => place)).toEqual([1, 2])
  })

  test.each([[false], [true]])('a lock held for too long, threads %s', async (threads) => {
    const store = await open({ threads, busyTimeoutMs: 30 })
    const other = new DatabaseSync(file)
    other.exec('begin immediate')
    const error = await store.commit([creating('u1', { userName: 'ada' })]).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect((error as StoreUnavailable).retryAfterMs).toBeGreaterThan(0)
    expect((await store.find(querying([USER]))).total).toBe(0)
    other.exec('rollback')
    other.close()
    await store.commit([creating('u1', { userName: 'ada' })])
    expect((await store.find(querying([USER]))).total).toBe(1)
  })

  test.each([[false], [true]])(
    'a closed store takes nothing more, but finishes what it has; threads %s',
    async (threads) => {
      const store = await open({ threads })
      const last = store.commit([creating('u1', { userName: 'ada' })])
      await store.close()
      stores.pop()
      await expect(last).resolves.toMatchObject([{ version: 1 }])
      await expect(store.commit([])).rejects.toThrow(StoreUnavailable)
      expect((await (await open()).find(querying([USER]))).total).toBe(1)
    },
  )

  test('a file in a folder that is not there says what would be right', () => {
    const missing = join(folder, 'no', 'scim.db')
    expect(() => sqliteStore(missing)).toThrow(ConfigError)
    expect(() => sqliteStore(missing)).toThrow(/its folder must exist/)
  })

  test('a file from a later release is refused', async () => {
    await (await open()).close()
    stores.pop()
    const db = new DatabaseSync(file)
    db.exec('insert into lockstep_migration values (999)')
    db.close()
    expect(() => sqliteStore(file)).toThrow(/of a later release/)
  })

  test('what cannot travel to the writer thread fails alone', async () => {
    const store = await open({ threads: true })
    const write = creating('u1', { userName: 'ada' })
    const odd = { ...write, log: { ...write.log, paths: [{ path: 'x', new: 1n as never }] } }
    const [one, other] = await Promise.allSettled([
      store.commit([odd]),
      store.commit([creating('u2', { userName: 'bob' })]),
    ])
    expect([one.status, other.status]).toEqual(['rejected', 'fulfilled'])
  })

  test('a writer thread that ends unexpectedly fails those who wait, and the next write has a new one', async () => {
    const store = await open({ threads: true })
    const [first, second] = people(2)
    if (first === undefined || second === undefined) throw new Error('two people')
    await store.commit([first])
    for (let round = 0; round < 3; round++) {
      const outcomes: PromiseSettledResult<unknown>[] = []
      const port = store.writerPort()
      port.postMessage(['{"no list": true}'])
      // Some come before the thread has read that, some after it has ended.
      for (let n = 0; outcomes.at(-1)?.status !== 'rejected'; n++) {
        outcomes.push(
          ...(await Promise.allSettled([store.commit([creating(`r${round}-${n}`, { userName: `${round}-${n}` })])])),
        )
      }
      expect(outcomes.at(-1)).toMatchObject({ reason: expect.any(StoreUnavailable) })
      // A thread takes a moment to begin; on a busy machine a long one.
      await vi.waitFor(() => expect(store.commit([])).resolves.toEqual([]), { timeout: 20_000 })
    }
    await store.commit([second])
    expect(
      await store.get({ tenant: 'acme', type: 'User', id: second.write === 'create' ? second.draft.id : '' }),
    ).toBeDefined()
    // Nothing is half there: each resource has its line, and each line its resource.
    const log = await store.changes('acme', 0, 10_000)
    const all = await store.find(querying([USER], { page: { offset: 0, limit: 1_000 } }))
    expect(new Set(log.map(({ id }) => id))).toEqual(new Set(all.resources.map(({ id }) => id)))
    expect(log.map(({ place }) => place)).toEqual(log.map((_, at) => at + 1))
  })
})

describe('several threads', () => {
  test('a store in another thread reads by itself and writes through the one writer', async () => {
    const store = await open({ threads: true })
    const notified: Affected[] = []
    store.watch((affected) => notified.push(...affected))
    const port = store.writerPort()
    const worker = new Worker(OTHER_THREAD, { workerData: { file, port, count: 200 }, transferList: [port] })
    const here = Promise.all(people(200, 'here').map((write) => store.commit([write])))
    const [message] = await once(worker, 'message')
    await here
    await once(worker, 'exit')
    expect(message).toEqual({ written: 200, conflict: 'unique', seen: 200 })
    expect((await store.find(querying([USER]))).total).toBe(400)
    const log = await store.changes('acme', 0, 1_000)
    expect(log.map(({ place }) => place)).toEqual(Array.from({ length: 400 }, (_, i) => i + 1))
    store.poll()
    expect(new Set(notified.flatMap((one) => ('id' in one ? [one.id] : []))).size).toBe(400)
  })

  test('a database in memory belongs to one thread', () => {
    expect(() => sqliteStore(':memory:', { threads: true })).toThrow(ConfigError)
    const store = sqliteStore(':memory:')
    expect(() => store.writerPort()).toThrow(ConfigError)
  })

  test('members of 20,000 in one commit, and read while they go', async () => {
    const store = await open({ threads: true })
    const writes = people(20_000)
    await store.commit(writes)
    const members = writes.map((write) => ({ id: write.write === 'create' ? write.draft.id : '' }))
    await store.commit([creating('g1', { displayName: 'all' })])
    await store.commit([editing('g1', [{ edit: 'add', members }])])
    let seen = 0
    for await (const chunk of store.members({ tenant: 'acme', type: 'Group', id: 'g1' })) {
      if (seen === 0) await store.commit([editing('g1', [{ edit: 'clear' }])])
      seen += chunk.length
    }
    expect(seen).toBe(20_000)
    for await (const _chunk of store.members({ tenant: 'acme', type: 'Group', id: 'g1' }))
      throw new Error('no one is left')
  })
})

describe('several processes', () => {
  const children: ChildProcess[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  function start(...args: string[]) {
    const child = spawn(process.execPath, [OTHER_PROCESS.pathname, file, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    if (child.stdout === null) throw new Error('no output')
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
  }

  test('both write at the same time: nothing is lost, the log has no gap, each is notified of the other', async () => {
    const store = await open({ threads: true })
    const notified = new Set<string>()
    store.watch((affected) => {
      for (const one of affected) if ('id' in one) notified.add(one.id)
    })
    const { child } = start('create', 'there', '300')
    const ended = once(child, 'exit')
    for (let i = 0; i < 30; i++) {
      await Promise.all(people(10, `here${String(i).padStart(2, '0')}-`).map((write) => store.commit([write])))
    }
    expect(await ended).toEqual([0, null])
    expect((await store.find(querying([USER]))).total).toBe(600)
    const log = await store.changes('acme', 0, 1_000)
    expect(log.map(({ place }) => place)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1))
    expect((await store.tenants())[0]).toMatchObject({ place: 600, resources: { User: 600 } })
    store.poll()
    expect(notified.size).toBe(600)
    const found = await store.find(querying([USER], { filter: 'userName eq "there000299"' }))
    expect(idsOn(found)).toEqual(['there000299'])
  })

  test('a tenant recreated by another process is a new tenant here', async () => {
    const store = await open()
    await store.commit([creating('u1', { userName: 'ada' })])
    expect((await store.find(querying([USER]))).total).toBe(1)
    const { child } = start('make')
    expect(await once(child, 'exit')).toEqual([0, null])
    // The same turn of the event loop may still see the old one.
    await new Promise((resolve) => setImmediate(resolve))
    expect((await store.find(querying([USER]))).total).toBe(0)
    await store.commit([creating('u1', { userName: 'ada' })])
    expect(await store.changes('acme', 0, 10)).toMatchObject([{ place: 1 }])
  })

  test('what was answered survives kill -9', async () => {
    await open()
    const { child, lines } = start('create', 'k', '100000')
    const acknowledged: string[] = []
    while (acknowledged.length < 500) acknowledged.push(String((await lines.next()).value))
    child.kill('SIGKILL')
    for (let line = await lines.next(); !line.done; line = await lines.next()) acknowledged.push(line.value)
    const store = await open()
    for (const id of acknowledged) {
      expect((await store.get({ tenant: 'acme', type: 'User', id }))?.id).toBe(id)
    }
    const { total } = await store.find(querying([USER], { page: { offset: 0, limit: 0 } }))
    expect((await store.tenants())[0]?.place).toBe(total)
  })
})

describe('backup', () => {
  test.each([[false], [true]])('copies one moment while others write, threads %s', async (threads) => {
    const store = await open({ threads })
    await store.commit(people(500))
    const to = join(folder, 'copy.db')
    let going = true
    const writing = (async () => {
      for (let i = 0; going; i++) {
        await store.commit([creating(`a${i}`, { userName: `a${i}` }), creating(`b${i}`, { userName: `b${i}` })])
      }
    })()
    await store.backup(to)
    going = false
    await writing
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([])
    const copy = sqliteStore(to)
    const ids = idsOn(await copy.find(querying([USER], { page: { offset: 0, limit: 100_000 } })))
    expect(ids.filter((id) => id.startsWith('p'))).toHaveLength(500)
    // Both or none of each pair, and a log that says the same.
    expect(ids.filter((id) => id.startsWith('a'))).toHaveLength(ids.filter((id) => id.startsWith('b')).length)
    expect((await copy.tenants())[0]?.place).toBe(ids.length)
    await copy.close()
  })

  test('never over the database itself, and nothing stays of a failure', async () => {
    const store = await open()
    await expect(store.backup(file)).rejects.toThrow(ConfigError)
    const nowhere = join(folder, 'no', 'such')
    await expect(store.backup(join(nowhere, 'copy.db'))).rejects.toThrow(`there is no folder ${nowhere};`)
    expect(existsSync(join(folder, 'no'))).toBe(false)
    await writeFile(join(folder, 'no'), '')
    await expect(store.backup(join(nowhere, 'copy.db'))).rejects.toThrow(`there is no folder ${nowhere};`)
    const memory = sqliteStore(':memory:')
    await memory.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    await memory.backup(join(folder, 'memory.db'))
    await memory.close()
    const copy = sqliteStore(join(folder, 'memory.db'))
    expect(await copy.tenants()).toHaveLength(1)
    await copy.close()
  })
})

describe('tenants that are gone', () => {
  const TABLES = ['resource', 'value_index', 'member', 'change', 'record', 'block', 'counter', 'path', 'gone']

  test.each([[false], [true]])('leave nothing behind, others lose nothing; threads %s', async (threads) => {
    const store = await open({ threads })
    await store.commit([{ write: 'tenant', tenant: 'other', as: 'new', at: 1 }])
    await store.commit([creating('o1', { userName: 'ada' }, { tenant: 'other' })])
    const writes = people(1_000)
    await store.commit(writes)
    const members = writes.map((write) => ({ id: write.write === 'create' ? write.draft.id : '' }))
    await store.commit([creating('g1', { displayName: 'all' }), editing('g1', [{ edit: 'add', members }])])
    await store.commit([{ write: 'record', record: { tenant: 'acme', kind: 'k', key: 'x' }, value: 1 }])
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'gone', at: 1 }])
    await store.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
    await store.commit([creating('u1', { userName: 'ada' })])
    expect(idsOn(await store.find(querying([USER])))).toEqual(['u1'])
    const db = new DatabaseSync(file, { readOnly: true })
    const rows = (table: string) => Number(db.prepare(`select count(*) as n from lockstep_${table}`).get()?.n)
    await vi.waitFor(() => expect(rows('gone')).toBe(0), { timeout: 10_000 })
    expect(TABLES.map((table) => [table, rows(table)])).toEqual([
      ['resource', 2],
      ['value_index', 2],
      ['member', 0],
      ['change', 2],
      ['record', 0],
      ['block', 2],
      ['counter', 2],
      ['path', 2],
      ['gone', 0],
    ])
    db.close()
    expect((await store.get({ tenant: 'other', type: 'User', id: 'o1' }))?.display).toBe('ada')
    expect(await store.changes('acme', 0, 10)).toMatchObject([{ place: 1, id: 'u1' }])
  })
})

describe('what looks different', () => {
  test('a long list of affected resources stands for the whole tenant', async () => {
    const store = await open()
    const writes = people(600)
    await store.commit(writes)
    const notified: Affected[] = []
    store.watch((affected) => notified.push(...affected))
    // 599 others have this one as their manager and show its name.
    const [first] = writes
    const before = first?.write === 'create' ? JSON.parse(first.draft.text) : {}
    await store.commit([replacing('p000000', before, { ...before, displayName: 'Boss' })])
    expect(notified).toContainEqual({ tenant: 'acme', all: true })
  })

  test('a nested group stands for the whole tenant, a plain member for itself', async () => {
    const store = await open()
    await store.commit([
      ...people(3),
      creating('g1', { displayName: 'one' }, { members: ['p000000'] }),
      creating('g2', { displayName: 'two' }),
    ])
    const notified: Affected[] = []
    store.watch((affected) => notified.push(...affected))
    await store.commit([editing('g2', [{ edit: 'add', members: [{ id: 'p000001' }] }])])
    expect(notified).toEqual([
      { tenant: 'acme', type: 'Group', id: 'g2' },
      { tenant: 'acme', type: 'User', id: 'p000001' },
    ])
    notified.length = 0
    await store.commit([editing('g2', [{ edit: 'add', members: [{ id: 'g1' }] }])])
    expect(notified).toContainEqual({ tenant: 'acme', all: true })
  })
})
