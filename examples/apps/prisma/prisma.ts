// Prisma's client for the app, and one for each connection that a transaction of Lockstep runs on.

import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from './generated/client.ts'

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
export const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })

/** A client of Prisma's that writes in the transaction of `connection`. */
export function within(connection: pg.PoolClient): PrismaClient {
  let client = made.get(connection)
  if (client === undefined) {
    client = new PrismaClient({ adapter: new PrismaPg(poolOf(connection)) })
    made.set(connection, client)
  }
  return client
}

const made = new WeakMap<pg.PoolClient, PrismaClient>()

/** Prisma wants a pool: one with this connection alone. A transaction that Prisma begins, as nested writes do, is a savepoint of the one under way. */
function poolOf(connection: pg.PoolClient): pg.Pool {
  const savepoints: { readonly [sql: string]: string } = {
    BEGIN: 'savepoint prisma',
    COMMIT: 'release savepoint prisma',
    ROLLBACK: 'rollback to savepoint prisma',
  }
  const query = (sent: pg.QueryConfig) => connection.query({ ...sent, text: savepoints[sent.text] ?? sent.text })
  const client = { query, release() {}, on() {}, removeListener() {} }
  return Object.assign(new pg.Pool(), { query, connect: async () => client }) as unknown as pg.Pool
}
