// A database with several processes, as far as a tenancy makes one, for tests.

import { afterEach } from 'vitest'
import { createDirectory, type Directory } from '../../src/directory/index.ts'
import { environment } from '../../src/environment.ts'
import type { Store } from '../../src/store/index.ts'
import { createTenancy, type Tenancy } from '../../src/tenancy/index.ts'
import { emptyPlace, type Place } from '../database-under-test.ts'

/** One process at a database: its tenancy, and what it asks of its store. */
export interface Process {
  readonly store: Store
  readonly tenancy: Tenancy
  readonly directory: Directory
  /** Names of the store's methods that were called, in order. */
  readonly asked: string[]
  /** Its clock. */
  readonly clock: { now: number }
}

/** A database with as many processes at it as a test wants; all is gone after the test. */
export interface Site {
  readonly place: Place
  readonly process: () => Promise<Process>
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** Makes an empty database. */
export async function site(): Promise<Site> {
  const place = await emptyPlace()
  open.push(place.remove)
  return {
    place,
    async process() {
      const asked: string[] = []
      const store = listenedTo(await place.open(), asked)
      const clock = { now: 1_700_000_000_000 }
      const tenancy = createTenancy({ store, environment: { ...environment, now: () => clock.now } })
      const { catalog, uniquePaths: unique, ready } = tenancy
      const directory = createDirectory({ store, catalog, unique, ready })
      open.push(async () => {
        await tenancy.close()
        await store.close()
      })
      return { store, tenancy, directory, asked, clock }
    },
  }
}

/** The store itself, with the names of its methods noted as they are called. */
function listenedTo(store: Store, asked: string[]): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof value !== 'function' || name === 'poll' || name === 'watch') return value
      return (...args: unknown[]) => {
        asked.push(String(name))
        return Reflect.apply(value, target, args)
      }
    },
  })
}
