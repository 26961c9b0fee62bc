// The contract suite of adapters: says when one is right.

import { ACCOUNT_CASES } from './contract-accounts.ts'
import { LEAVER_CASES } from './contract-leavers.ts'
import { MEMBER_CASES } from './contract-members.ts'
import { PLAIN_CASES } from './contract-plain.ts'
import { type AdapterSubject, createTrial } from './contract-subject.ts'

/**
 * Tries an adapter on an app of tests, case by case. `test` is that of Vitest, node:test or Jest; `open` opens the adapter, for each case
 * anew, on the same app or a fresh one. What a case makes it removes. A case that doesn't apply to the adapter, by its traits, passes.
 *
 * @example
 * adapterContract(test, async () => ({ adapter: desk.open(settings, deps) }))
 */
export function adapterContract(
  test: (name: string, run: () => Promise<void>) => unknown,
  open: () => Promise<AdapterSubject>,
): void {
  for (const { name, applies, run } of [...PLAIN_CASES, ...ACCOUNT_CASES, ...LEAVER_CASES, ...MEMBER_CASES]) {
    test(name, async () => {
      const trial = createTrial(await open())
      try {
        if (applies === undefined || applies(trial)) await run(trial)
      } finally {
        await trial.tidyUp()
      }
    })
  }
}
