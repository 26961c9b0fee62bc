// Refuses a connection pooler that mixes up prepared statements.

import type { Environment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import type { PostgresClient, PostgresPool } from './driver.ts'
import { codeOf } from './faults.ts'

/** How often two connections prepare a statement of the same name; mostly the first round finds the pooler out. */
const ROUNDS = 3
/** The statement exists already; it doesn't exist. */
const MIXED_UP = new Set(['42P05', '26000'])

/**
 * Refuses a pooler that doesn't keep the prepared statements of its clients apart. The start would succeed, and from some time on every
 * request would fail. Throws ConfigError.
 */
export async function requireStatements(pool: PostgresPool, { random }: Pick<Environment, 'random'>): Promise<void> {
  const { options } = pool as PostgresPool & { readonly options?: { readonly max?: number } }
  // With a single connection there is nothing to mix up.
  if ((options?.max ?? 1) < 2) return
  const clients = await connectTwo(pool)
  let wrong: unknown
  try {
    for (let round = 0; round < ROUNDS && wrong === undefined; round++) {
      const name = `lockstep_${Buffer.from(random(new Uint8Array(9))).toString('base64url')}`
      for (const client of [...clients, ...clients]) await client.query({ name, text: 'select 1', values: [] })
    }
  } catch (error) {
    wrong = error
  }
  for (const client of clients) client.release(wrong !== undefined)
  if (wrong === undefined) return
  if (!MIXED_UP.has(codeOf(wrong))) throw wrong
  const expected =
    'is reached through a pooler that mixes up the prepared statements of its clients; use pgbouncer 1.21 or newer with max_prepared_statements = 500, have it pool by session, or connect to the server itself'
  throw new ConfigError('database', expected, { cause: wrong })
}

async function connectTwo(pool: PostgresPool): Promise<readonly PostgresClient[]> {
  const first = await pool.connect()
  try {
    return [first, await pool.connect()]
  } catch (error) {
    first.release()
    throw error
  }
}
