// The contract of a store as a suite of tests: says when a store is right.

import { COMMITS, INSIDE } from './commits.ts'
import { CUTS } from './cuts.ts'
import { DUE } from './due.ts'
import type { TestApi } from './expect.ts'
import { createFixture, type OpenStore } from './fixture.ts'
import { INDEX_ENTRIES } from './index-entries.ts'
import { ITEMS } from './items.ts'
import { LEASES } from './leases.ts'
import { LOG } from './log.ts'
import { MARKS } from './marks.ts'
import { MEMBERS } from './members.ts'
import { MOVING } from './moving.ts'
import { MOVING_WORK } from './moving-work.ts'
import { NEWS } from './news.ts'
import { QUERIES } from './queries.ts'
import { RECORDS } from './records.ts'
import { RESOURCES } from './resources.ts'
import type { Chapter } from './suite.ts'
import { WATCHING } from './watching.ts'
import { WEIGHING } from './weighing.ts'
import { WITHIN } from './within.ts'
import { WORK_LIMIT_RULES } from './work-limits.ts'

const RESOURCE_CHAPTERS: readonly Chapter[] = [
  RESOURCES,
  COMMITS,
  INSIDE,
  MEMBERS,
  LOG,
  RECORDS,
  INDEX_ENTRIES,
  MOVING,
  WEIGHING,
  WATCHING,
  WITHIN,
  QUERIES,
]
const WORK_CHAPTERS: readonly Chapter[] = [ITEMS, MARKS, DUE, LEASES, NEWS, CUTS, MOVING_WORK, WORK_LIMIT_RULES]

/** What a store may leave out. */
export interface StoreTraits {
  /** False: it runs no function inside a commit, as SQLite with a writer thread. Default true. */
  readonly inside?: boolean
  /** `database`: it compares text by the database's own `lower`, for which `ß` isn't `ss`. Default `unicode`. */
  readonly folding?: 'unicode' | 'database'
  /** `resources` or `work`: only that half of the contract. Default both. */
  readonly half?: 'resources' | 'work'
}

/**
 * Registers one test for each thing that a store must do, with the functions of Vitest (`import * as vitest from 'vitest'`) or the
 * globals of Jest. `open` opens an empty store for each test; `close` removes what it left. The stores of Lockstep run the same suite.
 *
 * @example
 * ```ts
 * import * as vitest from 'vitest'
 * import { storeContract } from 'lockstep/store-testing'
 *
 * storeContract(vitest, 'my store', async () => {
 *   const store = myStore(':memory:')
 *   return { store, close: () => store.close() }
 * })
 * ```
 */
export function storeContract(api: TestApi, name: string, open: OpenStore, traits: StoreTraits = {}): void {
  const { half } = traits
  const chapters = [...(half === 'work' ? [] : RESOURCE_CHAPTERS), ...(half === 'resources' ? [] : WORK_CHAPTERS)]
  api.describe(`store contract: ${name}`, () => {
    for (const chapter of chapters) {
      if (chapter.inside !== true || traits.inside !== false) registerChapter(api, chapter, open, traits)
    }
  })
}

function registerChapter(
  api: TestApi,
  { name, rules, before, reads }: Chapter,
  open: OpenStore,
  traits: StoreTraits,
): void {
  const { describe, test, expect } = api
  const on = createFixture(open, expect)
  const [begin, end] = reads === true ? [api.beforeAll, api.afterAll] : [api.beforeEach, api.afterEach]
  describe(name, () => {
    begin(async () => {
      await on.start()
      await before?.(on)
    })
    end(() => on.stop())
    for (const rule of rules) {
      if (rule.folds !== true || traits.folding !== 'database') test(rule.name, () => rule.run(on, expect))
    }
  })
}
