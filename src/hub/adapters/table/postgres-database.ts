// A PostgreSQL database of an app.

import { AppError } from '../../contract/index.ts'
import type { Row, SqlDatabase } from './sql-database.ts'
import { sqlTrouble } from './sql-trouble.ts'

/** How long a connection may take to come about, in milliseconds. */
const CONNECT_MS = 5_000

/** Opens connections to a database, when they are needed. */
export async function openPostgresTables(
  url: string,
  { connections, statementMs }: { readonly connections: number; readonly statementMs: number },
): Promise<SqlDatabase> {
  const { openPool } = await import('../../../store/postgres/postgres.ts')
  const pool = await openPool({ url, connections, connectTimeoutMs: CONNECT_MS, statementTimeoutMs: statementMs })
  // A connection that breaks while nothing uses it is replaced by the next call.
  pool.on('error', () => undefined)
  return {
    boolean: (value) => value,
    now: 'now()',
    transaction: async (mode, signal, run) => {
      if (signal.aborted) throw new AppError('unavailable', 'The call was given up before it began')
      const client = await pool.connect().catch((error: unknown) => {
        throw sqlTrouble(error, false)
      })
      const lost = () => undefined
      client.on('error', lost)
      let committing = false
      let broken: Error | undefined
      try {
        await client.query(mode === 'read' ? 'begin read only' : 'begin')
        const result = await run(async (text, values) => {
          let at = 0
          const answer = await client.query(
            text.replace(/\?/g, () => `$${++at}`),
            values,
          )
          return { rows: answer.rows as readonly Row[], count: answer.rowCount ?? 0 }
        })
        if (signal.aborted) throw new AppError('unavailable', 'The call was given up')
        committing = true
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch((failed: Error) => {
          broken = failed
        })
        throw sqlTrouble(error, committing)
      } finally {
        client.off('error', lost)
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}
