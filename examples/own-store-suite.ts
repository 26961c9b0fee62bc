// Runs the suite that every store must pass on the app's own store.

import { DatabaseSync } from 'node:sqlite'
import { storeContract, type TestApi } from 'lockstep/store-testing'
import { openStore } from './own-store.ts'

/** Registers one test for each thing that a store must do: `import * as vitest from 'vitest'`, or the globals of Jest. */
export function tryStore(api: TestApi): void {
  storeContract(api, "people in the app's table", async () => {
    const database = new DatabaseSync(':memory:')
    const store = openStore(database)
    const close = async () => {
      await store.close()
      database.close()
    }
    return { store, close }
  })
}
