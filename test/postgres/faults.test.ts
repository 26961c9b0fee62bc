// Lost connections, unknown commit outcomes and unreachable databases on PostgreSQL.

import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Conflict, type Store, StoreUnavailable } from '../../src/store/index.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'
import { creating, editing, querying, replacing, USER } from '../store.contract.ts'
import { openWire, type Wire } from './wire.ts'

let server: TestServer
let database: TestDatabase
let wire: Wire
let store: PostgresStore | undefined
/** Past the wire. */
let direct: PostgresStore

const throughWire = () => database.url.replace(`:${server.port}/`, `:${wire.port}/`)

beforeAll(async () => {
  server = await startPostgres({ durable: true })
})
afterAll(() => server.stop())

beforeEach(async () => {
  database = await server.database()
  wire = await openWire(server.port)
  direct = await postgresStore({ url: database.url, connections: 3 })
  await direct.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
  await direct.commit([creating('u0', { userName: 'u0' }), creating('g', { displayName: 'g' })])
})
afterEach(async () => {
  await store?.close()
  store = undefined
  await direct.close()
  await wire.close()
  await database.drop()
})

const open = async (options: Partial<Parameters<typeof postgresStore>[0] & object> = {}) => {
  const opened = await postgresStore({
    url: throughWire(),
    connections: 3,
    connectTimeoutMs: 2_000,
    listen: false,
    ...options,
  })
  store = opened
  return opened
}

/** The log has no gaps, and says of each user the same as the users do. */
async function expectWhole(of: Store<never> | PostgresStore): Promise<string[]> {
  const log = await of.changes('acme', 0, 100_000)
  expect(log.map(({ place }) => place)).toEqual(log.map((_, i) => i + 1))
  const created = log.filter(({ op, type }) => op === 'create' && type === 'User').map(({ id }) => id)
  const page = await of.find(querying([USER], { page: { offset: 0, limit: 100_000 } }))
  expect(page.resources.map(({ id }) => id)).toEqual(created.toSorted())
  expect(page.total).toBe(created.length)
  expect((await of.tenants())[0]).toMatchObject({ place: log.length })
  return created
}

const settled = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done' as const,
    (error: unknown) => {
      expect(error).toBeInstanceOf(StoreUnavailable)
      return 'unavailable' as const
    },
  )

describe('the connection is cut', () => {
  test.each(['sent', 'answered'] as const)(
    'at every message of a commit (%s): the answer is the truth, and never a success that is none',
    async (side) => {
      const cutting = await open()
      // Names, numbers and paths are known, so that what is cut is the transaction.
      await cutting.commit([creating('warm', { userName: 'warm' })])
      const outcomes: string[] = []
      for (let n = 1; n < 40; n++) {
        const id = `c${side}${n}`
        wire.cutAt(n, side)
        const outcome = await settled(
          cutting.commit([creating(id, { userName: id }), editing('g', [{ edit: 'add', members: [{ id }] }])]),
        )
        const was = wire.wasCut()
        const there = (await direct.get({ tenant: 'acme', type: 'User', id })) !== undefined
        if (outcome === 'done') expect(there, `${side} ${n}`).toBe(true)
        // What it couldn't say for sure may be there; the rest is not.
        outcomes.push(`${outcome} ${there}`)
        // A second attempt with the same body can be distinguished.
        if (outcome === 'unavailable') {
          const again = await direct.commit([creating(id, { userName: id })]).catch((error: unknown) => error)
          if (there) expect(again).toBeInstanceOf(Conflict)
        }
        if (!was) break
      }
      await expectWhole(direct)
      // Nearly every cut is mended by asking or trying again.
      expect(outcomes.filter((one) => one.startsWith('done')).length).toBeGreaterThan(3)
    },
  )

  test('while a tenant is created: it exists or not, and the caller is not told that it existed before', async () => {
    const cutting = await open()
    for (let n = 1; n < 12; n++) {
      const tenant = `t${n}`
      wire.cutAt(n, 'answered')
      const outcome = await settled(cutting.commit([{ write: 'tenant', tenant, as: 'new', at: 1 }]))
      const there = (await direct.tenants()).some((one) => one.tenant === tenant)
      if (outcome === 'done') expect(there).toBe(true)
      if (!wire.wasCut()) break
    }
  })

  test('during reads: the next connection answers', async () => {
    const cutting = await open()
    for (let n = 0; n < 5; n++) {
      wire.cut()
      expect(await cutting.get({ tenant: 'acme', type: 'User', id: 'u0' })).toMatchObject({ id: 'u0' })
    }
  })

  test('and no connection succeeds: unavailable, with a retry time, until one does', async () => {
    const cutting = await open()
    await cutting.get({ tenant: 'acme', type: 'User', id: 'u0' })
    wire.refuse(true)
    wire.cut()
    const error = await cutting.get({ tenant: 'acme', type: 'User', id: 'u0' }).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect((error as StoreUnavailable).retryAfterMs).toBeGreaterThan(0)
    expect(await settled(cutting.commit([creating('no', { userName: 'no' })]))).toBe('unavailable')
    wire.refuse(false)
    await cutting.commit([creating('yes', { userName: 'yes' })])
    expect(await expectWhole(cutting)).toEqual(['u0', 'yes'])
  })
})

describe('the server', () => {
  /** Writes until stopped, and records what was acknowledged. */
  function load(on: PostgresStore, prefix: string) {
    const acknowledged: string[] = []
    let failed = 0
    let running = true
    const writers = Array.from({ length: 8 }, async (_, w) => {
      for (let n = 0; running; n++) {
        const id = `${prefix}${w}x${n}`
        try {
          await on.commit([creating(id, { userName: id })])
          acknowledged.push(id)
        } catch (error) {
          expect(error).toBeInstanceOf(StoreUnavailable)
          failed++
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    })
    return {
      acknowledged,
      failed: () => failed,
      async stop() {
        running = false
        await Promise.all(writers)
      },
    }
  }

  test('is killed and started again under load: what was acknowledged is there, and it goes on by itself', async () => {
    const own = await startPostgres({ durable: true })
    const mine = await own.database()
    const on = await postgresStore({ url: mine.url, connections: 4, connectTimeoutMs: 1_000 })
    try {
      await on.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
      const writing = load(on, 'k')
      for (let round = 0; round < 2; round++) {
        await until(() => writing.acknowledged.length > 50 * (round + 1))
        process.kill(own.pid(), 'SIGKILL')
        await new Promise((resolve) => setTimeout(resolve, 300))
        await startAgain(own)
        const before = writing.acknowledged.length
        await until(() => writing.acknowledged.length > before + 20)
      }
      await writing.stop()
      const there = new Set(await expectWhole(on))
      expect(writing.acknowledged.filter((id) => !there.has(id))).toEqual([])
    } finally {
      await on.close()
      await own.stop()
    }
  }, 90_000)

  test('fails over to a promoted replica: what was acknowledged is there, and it goes on by itself', async () => {
    const primary = await startPostgres({ durable: true, settings: ['wal_level=replica', 'max_wal_senders=4'] })
    const copy = `${primary.folder}-standby`
    let standby: TestServer | undefined
    const way = await openWire(primary.port)
    let on: PostgresStore | undefined
    try {
      const mine = await primary.database()
      // A base backup by hand: the embedded server has no pg_basebackup.
      const backup = new pg.Client({ connectionString: primary.url() })
      await backup.connect()
      await backup.query(`select pg_backup_start('test', true)`)
      await cp(primary.folder, copy, { recursive: true, filter: (path) => !path.endsWith('postmaster.pid') })
      const label = await backup.query(`select labelfile from pg_backup_stop(false)`)
      await backup.end()
      await writeFile(join(copy, 'backup_label'), label.rows[0].labelfile)
      await writeFile(join(copy, 'standby.signal'), '')
      const source = `host=127.0.0.1 port=${primary.port} user=postgres password=test application_name=second`
      await writeFile(join(copy, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`)
      if (process.getuid?.() === 0) execFileSync('chown', ['-R', 'postgres', copy])
      execFileSync('chmod', ['700', copy])
      standby = await startPostgres({ durable: true, data: copy, settings: ['hot_standby=on'] })
      // Without it an acknowledged commit may be lost with the primary, by the operator's choice.
      await primary.admin(`alter system set synchronous_standby_names = 'second'`)
      await primary.admin('select pg_reload_conf()')
      on = await postgresStore({
        url: mine.url.replace(`:${primary.port}/`, `:${way.port}/`),
        connections: 4,
        connectTimeoutMs: 1_000,
      })
      await on.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
      const writing = load(on, 'f')
      await until(() => writing.acknowledged.length > 50)
      process.kill(primary.pid(), 'SIGKILL')
      // For a moment clients are led to a server that only reads.
      way.lead(standby.port)
      await new Promise((resolve) => setTimeout(resolve, 500))
      await standby.admin('select pg_promote()')
      const before = writing.acknowledged.length
      await until(() => writing.acknowledged.length > before + 20)
      await writing.stop()
      const there = new Set(await expectWhole(on))
      expect(writing.acknowledged.filter((id) => !there.has(id))).toEqual([])
    } finally {
      await on?.close()
      await way.close()
      await standby?.stop()
      await startAgain(primary).catch(() => {})
      await primary.stop().catch(() => {})
      await rm(copy, { recursive: true, force: true })
    }
  }, 90_000)

  test('takes no more connections: unavailable, and well again afterwards', async () => {
    const few = await open({ connections: 2, connectTimeoutMs: 300 })
    const [one, other] = [await few.pool.connect(), await few.pool.connect()]
    expect(await settled(few.get({ tenant: 'acme', type: 'User', id: 'u0' }))).toBe('unavailable')
    expect(await settled(few.commit([creating('p', { userName: 'p' })]))).toBe('unavailable')
    one.release()
    other.release()
    await few.commit([creating('p', { userName: 'p' })])
    expect(await expectWhole(few)).toEqual(['u0', 'p'])
  })

  test('is too slow: a statement ends at its time-out, and nothing of the transaction stays', async () => {
    const slow = await open({ statementTimeoutMs: 300 })
    await slow.commit([creating('before', { userName: 'before' })])
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('begin')
    await holder.query('select * from lockstep.tenant_state for update')
    expect(await settled(slow.commit([creating('slow', { userName: 'slow' })]))).toBe('unavailable')
    await holder.query('rollback')
    await holder.end()
    await slow.commit([creating('after', { userName: 'after' })])
    expect(await expectWhole(slow)).toEqual(['u0', 'before', 'after'])
  })

  test('finds a deadlock: the transaction is done again', async () => {
    const mine = await open()
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    await other.query('begin')
    await other.query(`select 1 from lockstep.tenant_state where t > 0 for update`)
    const writing = mine.commit([replacing('u0', { userName: 'u0' }, { userName: 'u0', title: 'Dr' })])
    await until(async () => (await waiting()) > 0)
    // The one that closes the circle waits; PostgreSQL aborts one of the two.
    const closed = await other
      .query(`select 1 from lockstep.resource where id = 'u0' for update`)
      .catch((error) => error)
    await other.query('rollback')
    await writing
    await other.end()
    expect([undefined, '40P01']).toContain(closed.code)
    expect(await direct.get({ tenant: 'acme', type: 'User', id: 'u0' })).toMatchObject({ version: 2 })
    await expectWhole(direct)
  })

  test('refuses to serialise: the transaction is done again, some times', async () => {
    const mine = await open()
    await mine.commit([creating('a', { userName: 'a' })])
    await server.admin(
      `create sequence refusals;
       create function refuse() returns trigger language plpgsql as $$ begin
         if nextval('refusals') <= 3 then raise exception 'no' using errcode = '40001'; end if; return new; end $$;
       create trigger refuse before insert on lockstep.resource for each row execute function refuse()`,
      database.name,
    )
    await mine.commit([creating('b', { userName: 'b' })])
    await server.admin('alter sequence refusals restart increment by -1 minvalue -1000000 start 0', database.name)
    expect(await settled(mine.commit([creating('c', { userName: 'c' })]))).toBe('unavailable')
    await server.admin('drop trigger refuse on lockstep.resource', database.name)
    await mine.commit([creating('d', { userName: 'd' })])
    expect(await expectWhole(mine)).toEqual(['u0', 'a', 'b', 'd'])
  })

  test('has a full disk: unavailable, and well again when there is room', async ({ skip }) => {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-full-'))
    const small = ['-t', 'tmpfs', '-o', 'size=16m,mode=0777', 'tmpfs', folder]
    // Only the system's administrator can make a disk so small; elsewhere the server's own word for it, below, must do.
    if (process.getuid?.() !== 0 || spawnSync('mount', small).status !== 0) {
      await rm(folder, { recursive: true })
      return skip('no small disk can be made here')
    }
    const data = join(folder, 'data')
    let on: PostgresStore | undefined
    try {
      execFileSync('install', ['-d', '-o', 'postgres', '-m', '700', data])
      await server.admin(`create tablespace small location '${data}'`)
      await server.admin('create database small tablespace small')
      on = await postgresStore({ url: server.url('small'), connections: 3 })
      await on.commit([{ write: 'tenant', tenant: 'acme', as: 'new', at: 1 }])
      const acknowledged: string[] = []
      let full = false
      for (let n = 0; n < 2_000 && !full; n++) {
        const id = `f${String(n).padStart(4, '0')}`
        // Nothing that compresses to nothing.
        const title = Array.from({ length: 3_000 }, () => Math.random().toString(36)).join('')
        const outcome = await settled(on.commit([creating(id, { userName: id, title })]))
        if (outcome === 'done') acknowledged.push(id)
        else full = true
      }
      expect(full).toBe(true)
      expect(acknowledged.length).toBeGreaterThan(10)
      expect(await expectWhole(on)).toEqual(acknowledged)
      execFileSync('mount', ['-o', 'remount,size=64m', folder])
      await on.commit([creating('after', { userName: 'after' })])
      expect(await expectWhole(on)).toEqual([...acknowledged, 'after'])
    } finally {
      await on?.close()
      await server.admin('drop database if exists small (force)')
      await server.admin('drop tablespace if exists small')
      execFileSync('umount', [folder])
      await rm(folder, { recursive: true })
    }
  }, 90_000)

  test.each([
    ['53100', 'could not extend file: No space left on device'],
    ['25006', 'cannot execute INSERT in a read-only transaction'],
    ['57P03', 'the database system is starting up'],
    ['53200', 'out of memory'],
  ])('says %s (%s): unavailable, and well again afterwards', async (code, message) => {
    const mine = await open()
    await server.admin(
      `create function fail() returns trigger language plpgsql as $$ begin
         raise exception '${message}' using errcode = '${code}'; end $$;
       create trigger fail before insert on lockstep.change for each row execute function fail()`,
      database.name,
    )
    expect(await settled(mine.commit([creating('no', { userName: 'no' })]))).toBe('unavailable')
    await server.admin('drop trigger fail on lockstep.change', database.name)
    await mine.commit([creating('no', { userName: 'no' })])
    expect(await expectWhole(mine)).toEqual(['u0', 'no'])
  })
})

/** How many wait for a lock in this database. */
async function waiting(): Promise<number> {
  const { rows } = await server.admin(
    `select count(*)::int as n from pg_stat_activity where datname = '${database.name}' and wait_event_type = 'Lock'`,
  )
  return rows[0].n
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 25_000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** A killed server's last processes may still hold its memory for a moment. */
async function startAgain(server: TestServer): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await server.start()
    } catch (error) {
      if (tries === 20) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
