// A SQLite file of an app.

import { access } from 'node:fs/promises'
import { AppError } from '../../contract/index.ts'
import type { SqlDatabase, SqlResult, SqlValue } from './sql-database.ts'
import { sqlTrouble } from './sql-trouble.ts'

/** How long a statement waits for another process that writes, in milliseconds. It holds up everything, so the hub tries again instead. */
const BUSY_MS = 50

/** Opens a file that must exist. Statements run on the event loop: each is about one account, or one page. */
export async function openSqliteTables(path: string): Promise<SqlDatabase> {
  // Node 20 has no such module.
  const { DatabaseSync } = await import('node:sqlite')
  await access(path).catch(() => {
    throw new AppError('unavailable', `There is no database ${path}`)
  })
  let database: InstanceType<typeof DatabaseSync>
  try {
    database = new DatabaseSync(path)
    database.exec(`pragma busy_timeout = ${BUSY_MS}`)
  } catch (error) {
    throw sqlTrouble(error, false)
  }
  // One connection has one transaction at a time.
  let last: Promise<unknown> = Promise.resolve()
  const query = async (text: string, values: readonly SqlValue[]): Promise<SqlResult> => {
    const statement = database.prepare(text)
    const plain = values.map((value) => (typeof value === 'boolean' ? Number(value) : value))
    if (/^\s*select|\breturning\b/i.test(text)) {
      const rows = statement.all(...plain) as SqlResult['rows']
      return { rows, count: rows.length }
    }
    return { rows: [], count: Number(statement.run(...plain).changes) }
  }
  const inTurn = async <T>(mode: 'read' | 'write', signal: AbortSignal, run: () => Promise<T>): Promise<T> => {
    if (signal.aborted) throw new AppError('unavailable', 'The call was given up before it began')
    let committing = false
    try {
      database.exec(mode === 'read' ? 'begin' : 'begin immediate')
      const result = await run()
      if (signal.aborted) throw new AppError('unavailable', 'The call was given up')
      committing = true
      database.exec('commit')
      return result
    } catch (error) {
      try {
        database.exec('rollback')
      } catch {
        // There was none any more.
      }
      throw sqlTrouble(error, committing)
    }
  }
  return {
    boolean: (value) => (value ? 1 : 0),
    now: `strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
    transaction: (mode, signal, run) => {
      const mine = last.then(() => inTurn(mode, signal, () => run(query)))
      last = mine.catch(() => undefined)
      return mine
    },
    close: async () => {
      await last
      database.close()
    },
  }
}
