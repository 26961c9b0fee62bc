// The store contract: the suite that every store must pass.

import { afterEach, beforeEach, describe } from 'vitest'
import { commitsContract } from './store-contract/commits.ts'
import { createFixture, type OpenStore } from './store-contract/fixture.ts'
import { indexEntriesContract } from './store-contract/index-entries.ts'
import { logContract } from './store-contract/log.ts'
import { membersContract } from './store-contract/members.ts'
import { movingContract } from './store-contract/moving.ts'
import { queriesContract } from './store-contract/queries.ts'
import { recordsContract } from './store-contract/records.ts'
import { resourcesContract } from './store-contract/resources.ts'
import { watchingContract } from './store-contract/watching.ts'
import { weighingContract } from './store-contract/weighing.ts'
import { withinContract } from './store-contract/within.ts'

export type { OpenStore } from './store-contract/fixture.ts'
export * from './store-contract/writes.ts'

/** What every store keeps: run it on yours until it is green. */
export function storeContract<Tx>(name: string, open: OpenStore<Tx>, traits: { readonly inside?: boolean } = {}): void {
  const on = createFixture(open)
  describe(`store contract: ${name}`, () => {
    describe('on an empty store', () => {
      beforeEach(on.start)
      afterEach(on.stop)

      resourcesContract(on)
      commitsContract(on, traits)
      membersContract(on)
      logContract(on)
      recordsContract(on)
      indexEntriesContract(on)
      movingContract(on)
      weighingContract(on)
      watchingContract(on)
      if (traits.inside !== false) withinContract(on)
    })

    queriesContract(on)
  })
}
