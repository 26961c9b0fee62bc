// Work in memory and in SQLite.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '../src/store/index.ts'
import { type SqliteOptions, sqliteStore } from '../src/store/sqlite/sqlite.ts'
import { workContract } from './store.work.contract.ts'

workContract('memory', async () => {
  const store = memoryStore()
  return { store, close: () => store.close() }
})

const onDisk = (options: SqliteOptions) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lockstep-'))
  const store = sqliteStore(join(folder, 'scim.db'), options)
  return {
    store,
    async close() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

workContract('sqlite in memory', async () => {
  const store = sqliteStore(':memory:')
  return { store, close: () => store.close() }
})

workContract('sqlite inline', onDisk({}))

workContract('sqlite threaded', onDisk({ threads: true }))
