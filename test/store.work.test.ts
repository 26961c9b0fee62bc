// Work in memory and in SQLite.

import { memoryStore } from '../src/store/index.ts'
import { workContract } from './store.work.contract.ts'

workContract('memory', async () => {
  const store = memoryStore()
  return { store, close: () => store.close() }
})
