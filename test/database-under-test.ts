// The database that a test runs on: SQLite, or a new PostgreSQL database in the project `postgres`.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { Store } from '../src/store/index.ts'
import { postgresStore } from '../src/store/postgres/postgres.ts'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's way to the PostgreSQL server of the run; absent in the project that runs on SQLite. */
    readonly postgres?: string
  }
}

/** The database that others are copied from: its tables are made. */
export const TEMPLATE = 'lockstep_template'

const server = inject('postgres')

/** Whether these tests run on PostgreSQL: the project `postgres` of vitest.config.ts runs them again there. */
export const onPostgres = server !== undefined

/** Every test that is run on SQLite alone, and why. */
const SQLITE_ALONE = {
  'a command that only reads does not create a missing database': 'there a database is made by its server',
  "an administrator adds apps, repairs one, and restores yesterday's backup":
    'on PostgreSQL, whoever restores says so: lockstep hub review',
  'a backup is a complete database': 'PostgreSQL has tools of its own for that, which the command names',
} as const

/** Whether a test runs here: for `test.runIf(runsHere('…'))`. */
export function runsHere(name: keyof typeof SQLITE_ALONE): boolean {
  return !onPostgres || SQLITE_ALONE[name] === undefined
}

/** An empty database of a test's own. */
export interface Place {
  /** As `--database` takes it. */
  readonly database: string
  /** Opens it in this process; others may have it open too. */
  readonly open: () => Promise<Store>
  /** All it holds, as text. */
  readonly dump: () => Promise<string>
  /** Drops it, even if clients are still connected. */
  readonly remove: () => Promise<void>
}

let places = 0

/** Makes an empty database: a file that isn't there yet, or a PostgreSQL database with its tables made. */
export async function emptyPlace(): Promise<Place> {
  if (server === undefined) {
    const folder = await mkdtemp(join(tmpdir(), 'lockstep-'))
    const file = join(folder, 'test.db')
    return {
      database: `sqlite:${file}`,
      open: async () => sqliteStore(file),
      dump: async () =>
        (await Promise.all((await readdir(folder)).map((one) => readFile(join(folder, one), 'latin1')))).join('\n'),
      remove: () => rm(folder, { recursive: true, force: true }),
    }
  }
  const name = `place_${process.pid}_${++places}`
  await administer(server, `create database ${name} template ${TEMPLATE}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    database: url.href,
    open: () => postgresStore({ url: url.href, connections: 4 }),
    dump: async () => {
      const tables = await administer(url.href, `select tablename from pg_tables where schemaname = 'lockstep'`)
      const texts = tables.map(({ tablename }) => administer(url.href, `select x::text from lockstep.${tablename} x`))
      return JSON.stringify(await Promise.all(texts))
    },
    remove: async () => void (await administer(server, `drop database if exists ${name} with (force)`)),
  }
}

async function administer(url: string, sql: string): Promise<readonly { readonly [column: string]: string }[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
