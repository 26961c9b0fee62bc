// Holds every writer of a database for a test.

import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'

/** Keeps every writer of a database waiting, and no reader, until the function it resolves with is called. */
export async function holdWrites(database: string): Promise<() => Promise<void>> {
  if (database.startsWith('sqlite:')) {
    const { DatabaseSync } = await import('node:sqlite')
    const db = new DatabaseSync(database.slice('sqlite:'.length), { timeout: 5_000 })
    db.exec('begin immediate')
    return async () => {
      db.exec('rollback')
      db.close()
    }
  }
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query('begin; lock table lockstep.resource in share mode')
  return async () => {
    await client.query('rollback')
    await client.end()
    await wait(0)
  }
}
