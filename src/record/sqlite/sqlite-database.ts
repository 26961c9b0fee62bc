// The record in a SQLite file, as its thread sees it.

import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Run, SqlDatabase, SqlRow, SqlValue } from '../sql/database.ts'
import { TABLES_VERSION, tableStatements } from '../sql/tables.ts'

/** Most statements that stay prepared. */
const MOST_STATEMENTS = 200
/** How long a write waits for another process. */
const BUSY_MS = 5_000
/** Pages that are given back to the disk after each write that removes lines. */
const VACUUM_PAGES = 500
/** Pages of the log that are copied to the file in one go: hashes go all over it, so that each page has changed often by then. */
const LOG_PAGES = 8_000
/** Bytes that the log of the database may keep. */
const LOG_BYTES = 64 * 1024 * 1024

/** Opens or makes the file, for its owner alone. `mostPages`: the file grows no further. Throws for a file of another program. */
export function openRecordFile(file: string, mostPages?: number): SqlDatabase {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  const db = new DatabaseSync(file)
  db.exec(`pragma busy_timeout = ${BUSY_MS}; pragma auto_vacuum = incremental; pragma journal_mode = wal`)
  db.exec(`pragma synchronous = normal; pragma journal_size_limit = ${LOG_BYTES}; pragma cache_size = -8192`)
  db.exec(`pragma wal_autocheckpoint = ${LOG_PAGES}`)
  if (mostPages !== undefined) db.exec(`pragma max_page_count = ${mostPages}`)
  makeTables(db, file)
  const run = createRun(db)
  let last: Promise<unknown> = Promise.resolve()
  return {
    // One at a time: this is one connection, and a read in the middle of a transaction would see what is not written yet.
    run: (sql, values) => {
      const result = last.then(() => run(sql, values))
      last = result.catch(() => undefined)
      return result
    },
    transaction: (work) => {
      const result = last.then(() => within(db, () => work(run)))
      last = result.catch(() => undefined)
      return result
    },
    prefix: '',
    bytes: async () => {
      const read = (name: string) => Number(Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0] ?? 0)
      return (read('page_count') - read('freelist_count')) * read('page_size')
    },
    close: async () => {
      await last
      db.close()
    },
  }
}

async function within<T>(db: DatabaseSync, work: () => Promise<T>): Promise<T> {
  db.exec('begin immediate')
  try {
    const result = await work()
    db.exec(`commit; pragma incremental_vacuum(${VACUUM_PAGES})`)
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function makeTables(db: DatabaseSync, file: string): void {
  const found = Number(Object.values(db.prepare('pragma user_version').get() ?? {})[0] ?? 0)
  if (found === TABLES_VERSION) return
  const others = db.prepare(`select count(*) as n from sqlite_schema`).get()
  if (found === 0 && others?.n !== 0) throw new Error(`${file} holds tables of another program`)
  if (found > TABLES_VERSION) throw new Error(`${file} was made by a newer version of Lockstep`)
  db.exec('begin immediate')
  for (const sql of tableStatements('', 'integer primary key autoincrement', ' without rowid')) db.exec(sql)
  db.exec(`pragma user_version = ${TABLES_VERSION}; commit`)
}

function createRun(db: DatabaseSync): Run {
  const prepared = new Map<string, { readonly statement: StatementSync; readonly order: readonly number[] }>()
  return async (sql, values) => {
    let found = prepared.get(sql)
    if (found === undefined) {
      const order: number[] = []
      const text = sql.replace(/\$(\d+)/g, (_whole, n) => {
        order.push(Number(n) - 1)
        return '?'
      })
      const statement = db.prepare(text)
      statement.setReturnArrays(true)
      found = { statement, order }
      if (prepared.size >= MOST_STATEMENTS) prepared.clear()
      prepared.set(sql, found)
    }
    const bound: SqlValue[] = found.order.map((at) => values[at] ?? null)
    return found.statement.all(...bound) as unknown as readonly SqlRow[]
  }
}
