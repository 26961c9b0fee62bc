// The steps of `lockstep db distribute`, checked without a cluster.

import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { distributionSteps, planDistribution, tenantShards } from '../src/store/postgres/citus.ts'
import { postgresStore } from '../src/store/postgres/postgres.ts'
import { run } from './cli/run.ts'
import { startPostgres, type TestServer } from './postgres.ts'

let server: TestServer
let url: string
let tables: readonly string[]
beforeAll(async () => {
  server = await startPostgres()
  url = (await server.database()).url
  await (await postgresStore({ url, listen: false })).close()
  const { rows } = await server.admin(
    `select tablename from pg_tables where schemaname = 'lockstep' order by 1`,
    new URL(url).pathname.slice(1),
  )
  tables = rows.map(({ tablename }) => tablename)
})
afterAll(() => server.stop())

/** The small tables that are the same on every node. */
const EVERYWHERE = ['gone', 'migration', 'tenant']

describe('lockstep db distribute', () => {
  test('every table has its step, in an order that a cluster takes', () => {
    const steps = distributionSteps(tables, new Set(), new Set(tables)).map(({ sql }) => sql)
    const others = tables.filter((table) => !EVERYWHERE.includes(table) && table !== 'tenant_state')
    expect(steps).toEqual([
      ...EVERYWHERE.map((table) => `select create_reference_table('lockstep.${table}')`),
      `select create_distributed_table('lockstep.tenant_state', 't', shard_count := 32)`,
      `select truncate_local_data_after_distributing_table('lockstep.tenant_state')`,
      ...others.flatMap((table) => [
        `select create_distributed_table('lockstep.${table}', 't', colocate_with := 'lockstep.tenant_state')`,
        `select truncate_local_data_after_distributing_table('lockstep.${table}')`,
      ]),
    ])
    expect(others).toEqual(expect.arrayContaining(['resource', 'member', 'value_index', 'change', 'record', 'path']))
  })

  test('interrupted anywhere, the rest is what is left; when all is done, nothing', () => {
    const steps = distributionSteps(tables, new Set(), new Set(tables))
    const done = new Set<string>()
    const local = new Set(tables)
    for (const [at, { sql }] of steps.entries()) {
      expect(distributionSteps(tables, done, local)).toEqual(steps.slice(at))
      const table = /lockstep\.(\w+)'/.exec(sql)?.[1] ?? ''
      if (sql.includes('truncate')) local.delete(table)
      else done.add(table)
    }
    expect(distributionSteps(tables, done, local)).toEqual([])
  })

  test('a table of several gigabytes has its steps too', async () => {
    const database = await server.database()
    await (await postgresStore({ url: database.url, listen: false })).close()
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    // Three gigabytes of nothing, which take no room on the disk.
    const { rows: found } = await client.query(`select pg_relation_filepath('lockstep.change') as path`)
    const file = join(server.folder, found[0].path)
    for (const segment of [file, `${file}.1`, `${file}.2`]) {
      if (segment !== file) await writeFile(segment, '')
      await truncate(segment, 2 ** 30)
    }
    // A plain server, but for what only a cluster could answer.
    const steps = await planDistribution(async (sql, ...values) => {
      if (sql.includes('pg_extension')) return [[true]]
      if (sql.includes('pg_dist_partition')) return []
      return (await client.query({ text: sql, values, rowMode: 'array' })).rows
    })
    await client.end()
    await database.drop()
    const local = steps.filter(({ does }) => does.startsWith('take away')).map(({ does }) => does.split(' ').at(-1))
    expect(local).toEqual(['tenant_state', 'change'])
  })

  test('our tables are known whatever the role is called, and others of the same names are not taken for them', async () => {
    const database = await server.database()
    await (await postgresStore({ url: database.url, listen: false })).close()
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    // What a cluster's catalog would say, in a plain server.
    for (const sql of [
      'create table public.resource (id bigint)',
      'create table public.pg_dist_partition (logicalrelid regclass)',
      `insert into pg_dist_partition values ('lockstep.tenant_state'), ('lockstep.record'), ('public.resource')`,
      'create table public.pg_dist_shard (logicalrelid regclass, shardid bigint, shardminvalue text, shardmaxvalue text)',
      `insert into pg_dist_shard values ('lockstep.resource', 1, '0', '9'), ('lockstep.member', 2, '0', '9'), ('public.resource', 3, '0', '9')`,
      `create table public.citus_shards as select logicalrelid as table_name, shardid, 100::bigint as shard_size,
         'node'::text as nodename, 5432 as nodeport, 'distributed'::text as citus_table_type from pg_dist_shard`,
      `create function public.get_shard_id_for_distribution_column(regclass, bigint) returns bigint language sql as 'select 1::bigint'`,
      `insert into lockstep.tenant (name, t, created) values ('acme', 7, 1)`,
    ]) {
      await client.query(sql)
    }
    const rows = async (sql: string, ...values: (string | number)[]) =>
      sql.includes('pg_extension') || sql.includes(`to_regclass('lockstep.resource')`)
        ? [[true]]
        : (await client.query({ text: sql, values, rowMode: 'array' })).rows
    const done: string[][] = []
    for (const path of ['lockstep, public', 'public', 'public, lockstep']) {
      await client.query(`set search_path = ${path}`)
      const steps = await planDistribution(rows)
      const left = steps.flatMap(({ sql }) => /^select create_distributed_table\('lockstep.(\w+)'/.exec(sql)?.[1] ?? [])
      done.push(tables.filter((table) => !EVERYWHERE.includes(table) && !left.includes(table)))
      expect(await tenantShards(rows)).toEqual([
        { tenant: 'acme', shard: 1, node: 'node:5432', bytes: 200, tenants: 1, isolated: false },
      ])
    }
    for (const one of done) expect(one).toEqual(['record', 'tenant_state'])
    await client.end()
    await database.drop()
  })

  test('what is spread has the tenant first in its primary key and within every unique index', async () => {
    const { rows } = await server.admin(
      `select c.relname as table, i.indisprimary as primary,
         (select array_agg(a.attname::text order by k.n) from unnest(i.indkey::int[]) with ordinality k(num, n)
          join pg_attribute a on a.attrelid = c.oid and a.attnum = k.num) as columns
       from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'lockstep' and i.indisunique`,
      new URL(url).pathname.slice(1),
    )
    const spread = rows.filter(({ table }) => !EVERYWHERE.includes(table))
    expect(new Set(spread.filter(({ primary }) => primary).map(({ table }) => table)).size).toBe(
      tables.length - EVERYWHERE.length,
    )
    for (const { table, columns } of spread) expect(columns[0], table).toBe('t')
    const { rows: foreign } = await server.admin(
      `select conrelid::regclass::text from pg_constraint where contype = 'f' and connamespace = 'lockstep'::regnamespace`,
      new URL(url).pathname.slice(1),
    )
    expect(foreign).toEqual([])
  })

  test.each([
    [['distribute', '--dry-run'], /This database has no Citus/],
    [['distribute'], /This database has no Citus/],
    [['shards'], /This database has no Citus/],
    [['isolate', 'acme'], /This database has no Citus/],
  ])('db %j on a plain PostgreSQL is refused with a word', async (args, message) => {
    const { code, stdout, stderr } = await run(['db', ...args, '--database', url])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('a database that is no PostgreSQL, or is not there, is said', async () => {
    expect((await run(['db', 'shards', '--database', 'sqlite:x.db'])).stderr).toMatch(/needs a PostgreSQL database/)
    const gone = await run(['db', 'shards', '--database', 'postgres://a:secret@127.0.0.1:1/x'])
    expect(gone.stderr).toMatch(/postgres:\/\/a@127\.0\.0\.1:1\/x can't be opened/)
    expect(gone.stderr).not.toContain('secret')
  })
})
