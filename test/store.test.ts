// Runs the store contract on memory and on SQLite.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Database from 'better-sqlite3'
import { sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { openMemory, openSqliteFile, openSqliteInMemory } from './local-stores.ts'
import { storeContract } from './store.contract.ts'

storeContract('memory', openMemory)

storeContract('sqlite in memory', openSqliteInMemory)

storeContract('sqlite inline', openSqliteFile({}))

storeContract("sqlite on the app's connection", async () => {
  const app = new DatabaseSync(':memory:')
  app.exec('create table tenant (a); create table resource (a)')
  const store = sqliteStore({ database: app })
  return {
    store,
    async close() {
      await store.close()
      app.close()
    },
  }
})

storeContract("sqlite on the app's connection of better-sqlite3", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-'))
  const app = new Database(join(folder, 'app.db'))
  app.pragma('journal_mode = wal')
  const store = sqliteStore({ database: app })
  return {
    store,
    async close() {
      await store.close()
      app.close()
      await rm(folder, { recursive: true })
    },
  }
})

storeContract('sqlite threaded', openSqliteFile({ threads: true }), { inside: false })
