// How PostgreSQL processes learn about each other's changes, and at what cost.

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { environment } from '../../src/environment.ts'
import type { Affected, Write } from '../../src/store/index.ts'
import { createChangeWatch } from '../../src/store/postgres/change-watch.ts'
import { createDatabase } from '../../src/store/postgres/database.ts'
import { createDictionary } from '../../src/store/postgres/dictionary.ts'
import { type PostgresStore, postgresStore } from '../../src/store/postgres/postgres.ts'
import { createWatchers } from '../../src/store/watchers.ts'
import { startPostgres, type TestDatabase, type TestServer } from '../postgres.ts'

// What it costs a process to learn of changes, with many tenants.

const TENANTS = 300

let server: TestServer
let database: TestDatabase
/** Every statement of the process that listens, in order. */
let heard: string[]
let pool: pg.Pool
let listening: PostgresStore
let other: PostgresStore
let affected: Affected[]

const nameOf = (n: number) => `t${String(n).padStart(4, '0')}`
const used = (value: number): Write => ({
  write: 'quiet',
  records: Array.from({ length: TENANTS }, (_, n) => ({ tenant: nameOf(n), kind: 'token-use', key: 'a', value })),
})

beforeAll(async () => {
  server = await startPostgres()
  database = await server.database()
  heard = []
  pool = countingPool(database.url, heard)
  listening = await postgresStore({ pool })
  other = await postgresStore({ url: database.url, connections: 3 })
  affected = []
  listening.watch((some) => affected.push(...some))
  for (let n = 0; n < TENANTS; n++) {
    await other.commit([{ write: 'tenant', tenant: nameOf(n), as: 'new', at: 1 }])
    await listening.records(nameOf(n), 'token')
  }
  await looks(2)
})
afterAll(async () => {
  await Promise.all([listening.close(), other.close()])
  await pool.end()
  await server.stop()
})
beforeEach(() => {
  heard.length = 0
  affected.length = 0
})

describe('noting the use of tokens', () => {
  test('of many tenants is one statement, changes no count and wakes no process', async () => {
    const before = await counts()
    await listening.commit([used(1)])
    expect(heard.filter((sql) => /insert|update|notify/.test(sql))).toHaveLength(1)
    await other.commit([used(2)])
    await looks(2)
    expect(affected).toEqual([])
    expect(await counts()).toEqual(before)
    expect(await listening.records(nameOf(7), 'token-use')).toMatchObject([{ value: 2 }])
    // Nothing that was known of the tenants was read again.
    expect(heard.filter((sql) => /lockstep\.path|from lockstep\.tenant where/.test(sql))).toEqual([])
  })
})

describe('learning of changes', () => {
  test('a change of one tenant has that one looked at and no other', async () => {
    await other.commit([{ write: 'record', record: { tenant: nameOf(5), kind: 'k', key: 'a' }, value: 1 }])
    await until(() => affected.length > 0)
    expect(affected).toEqual([{ tenant: nameOf(5), records: true }])
    await looks(1)
    expect(affected).toHaveLength(1)
    expect(heard.filter((sql) => sql.includes('any($1'))).toEqual([])
  })

  test('a look asks an index for what changed lately', async () => {
    await looks(1)
    const look = heard.find((sql) => sql.includes('s.changed')) ?? ''
    await pool.query('analyze lockstep.tenant_state')
    const { rows } = await pool.query(`explain ${look.replace('$1', String(Date.now()))}`)
    expect(JSON.stringify(rows)).toContain('tenant_state_changed')
  })

  test('where nothing listens, looking finds what changed, and what is gone', async () => {
    const deaf = await postgresStore({ url: database.url, connections: 2, listen: false })
    const told: Affected[] = []
    deaf.watch((some) => told.push(...some))
    await deaf.records(nameOf(8), 'k')
    await deaf.records(nameOf(9), 'k')
    await other.commit([{ write: 'record', record: { tenant: nameOf(8), kind: 'k', key: 'a' }, value: 1 }])
    await until(() => told.length > 0)
    expect(told).toEqual([{ tenant: nameOf(8), records: true }])
    await other.commit([{ write: 'tenant', tenant: nameOf(9), as: 'gone', at: 5 }])
    await until(() => told.some((one) => 'all' in one && one.tenant === nameOf(9)))
    expect(await deaf.records(nameOf(8), 'k')).toHaveLength(1)
    await deaf.close()
  })
})

test('a tenant unused for an hour is dropped from memory, with everything kept for it', async () => {
  const calls: string[] = []
  const own = countingPool(database.url, calls)
  let time = Date.now()
  const reads = createDatabase(own, undefined, { ...environment, now: () => time })
  const watchers = createWatchers()
  const dictionary = createDictionary(reads, (tenant) => changes.watch(tenant))
  const changes = createChangeWatch({ database: reads, dictionary, watchers, origin: 'x', listen: false })
  const told: Affected[] = []
  watchers.watch((some) => told.push(...some))
  await dictionary.find(nameOf(1))
  await dictionary.find(nameOf(2))
  changes.start()
  time += 1_800_000
  dictionary.known(nameOf(2))
  time += 1_800_001
  await until(() => told.length > 0)
  expect(told).toEqual([{ tenant: nameOf(1), records: true }])
  expect(dictionary.known(nameOf(1))).toBeUndefined()
  expect(dictionary.known(nameOf(2))).toBeDefined()
  await changes.close()
  await own.end()
})

async function counts() {
  return (await pool.query('select t, records, place from lockstep.tenant_state order by t')).rows
}

/** Waits until the process that listens has looked so often. */
async function looks(times: number): Promise<void> {
  const before = heard.filter((sql) => sql.includes('s.changed')).length
  await until(() => heard.filter((sql) => sql.includes('s.changed')).length >= before + times)
}

function countingPool(url: string, statements: string[]): pg.Pool {
  const own = new pg.Pool({ connectionString: url, max: 5 })
  own.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    Object.assign(client, {
      query(...args: unknown[]) {
        const [first] = args
        statements.push(typeof first === 'string' ? first : String((first as { readonly text?: unknown }).text))
        return query(...args)
      },
    })
  })
  own.on('error', () => {})
  return own
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!holds()) {
    if (Date.now() > end) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
