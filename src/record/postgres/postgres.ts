// The record of requests in tables of their own of a PostgreSQL database.

import { openPool, type PostgresClient } from '../../store/postgres/postgres.ts'
import type { RecordStore } from '../contract.ts'
import type { Run, SqlDatabase, SqlRow, SqlValue } from '../sql/database.ts'
import { sqlRecord } from '../sql/sql-record.ts'
import { tableStatements } from '../sql/tables.ts'

/** Options of {@link postgresRecord}. */
export interface PostgresRecordOptions {
  readonly url: string
  readonly passwordFile?: string | undefined
}

/** Connections of one process. */
const CONNECTIONS = 2
const CONNECT_MS = 5_000
const STATEMENT_MS = 15_000
/** The lock that makes places become visible in their order, and that makes the tables. Any number that nothing else locks. */
const LOCK = 7_244_136_101
const PREFIX = 'lockstep.'

/** Opens the record. The tables are made with the first call, and again after each failure to. */
export async function postgresRecord({ url, passwordFile }: PostgresRecordOptions): Promise<RecordStore> {
  const pool = await openPool({
    url,
    passwordFile,
    connections: CONNECTIONS,
    connectTimeoutMs: CONNECT_MS,
    statementTimeoutMs: STATEMENT_MS,
  })
  pool.on('error', () => undefined)
  let ready: Promise<void> | undefined
  const made = () => {
    ready ??= transaction(pool, async (run) => {
      await run(`create schema if not exists lockstep`, [])
      for (const sql of tableStatements(PREFIX, 'bigint generated always as identity primary key')) await run(sql, [])
    }).catch((error) => {
      ready = undefined
      throw error
    })
    return ready
  }
  const database: SqlDatabase = {
    run: async (sql, values) => {
      await made()
      return rowsOf(pool, sql, values)
    },
    transaction: async (work) => {
      await made()
      return transaction(pool, work)
    },
    prefix: PREFIX,
    bytes: async () => {
      await made()
      const tables = ['line', 'about', 'minute', 'hour'].map(
        (table) => `pg_total_relation_size('${PREFIX}record_${table}')`,
      )
      const [[bytes] = [0]] = await rowsOf(pool, `select ${tables.join(' + ')}`, [])
      return Number(bytes)
    },
    close: () => pool.end(),
  }
  return sqlRecord(database)
}

type Queries = Pick<PostgresClient, 'query'>

async function rowsOf(
  on: { query: Queries['query'] } | { query(query: { text: string }): Promise<{ rows: readonly unknown[] }> },
  text: string,
  values: readonly SqlValue[],
): Promise<readonly SqlRow[]> {
  const query = { text, values, rowMode: 'array' as const }
  return (await on.query(query)).rows as readonly SqlRow[]
}

async function transaction<T>(pool: Awaited<ReturnType<typeof openPool>>, work: (run: Run) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let failure: Error | undefined
  const broken = (error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error))
  }
  client.on('error', broken)
  try {
    await client.query('begin')
    // A second of it may be lost with the power; the directory's own transactions are not touched.
    await client.query('set local synchronous_commit = off')
    await client.query(`select pg_advisory_xact_lock(${LOCK})`)
    const result = await work((sql, values) => rowsOf(client, sql, values))
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(broken)
    throw error
  } finally {
    client.off('error', broken)
    client.release(failure)
  }
}
