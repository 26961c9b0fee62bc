// The published suite of stores, run with Vitest.

import * as vitest from 'vitest'
import { storeContract as contract, type OpenStore, type StoreTraits } from '../src/store/testing/index.ts'

export * from '../src/store/testing/writes.ts'
export type { OpenStore }

/** What every store keeps of resources: run it on yours until it is green. */
export function storeContract(name: string, open: OpenStore, traits: StoreTraits = {}): void {
  contract(vitest, name, open, { ...traits, half: 'resources' })
}

/** The same of work. */
export function workContract(name: string, open: OpenStore): void {
  contract(vitest, name, open, { half: 'work' })
}
