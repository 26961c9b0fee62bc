// Readers, workers and leases under every fault, and the mistakes that the simulation must find.

import { describe, expect, test } from 'vitest'
import { memoryStore, type Write } from '../../src/store/index.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite.ts'
import type { OpenStore } from '../simulation/simulation.ts'
import { MISTAKES } from './mistakes.ts'
import { runJobs } from './scenario.ts'

const STORES: readonly (readonly [name: string, open: OpenStore, share: number])[] = [
  ['memory', async (environment) => memoryStore({ environment }), 1],
  ['SQLite in memory', async (environment) => sqliteStore(':memory:', { environment }), 0.25],
]
/** `SEEDS=2000` is the full run, that many on each store; `SEED=n` runs one seed. */
const SEEDS = Number(process.env.SEEDS ?? 200)
const ONLY = process.env.SEED === undefined ? undefined : Number(process.env.SEED)
/** Every mistake must be found within this many seeds. */
const ENOUGH = 2_000
const TIMEOUT = 3_600_000

/** Runs seeds. Returns the first failure, or undefined. */
async function firstFailure(seeds: number, run: (seed: number) => Promise<string | undefined>) {
  const first = ONLY ?? 0
  for (let seed = first; seed < first + (ONLY === undefined ? seeds : 1); seed++) {
    const wrong = await run(seed)
    if (wrong !== undefined) return `SEED=${seed}: ${wrong}`
  }
  return undefined
}

describe('jobs in virtual time', () => {
  test.each(STORES)(
    'no line is missed, repeated or shown early, a lease has one owner, and no mark is lost: %s',
    { timeout: TIMEOUT },
    async (_, open, share) => {
      const seeds = process.env.SEEDS === undefined ? SEEDS * share : SEEDS
      expect(await firstFailure(seeds, (seed) => runJobs(seed, open))).toBeUndefined()
    },
  )

  test.each(STORES)('a seed gives the same run each time: %s', async (_, open) => {
    const trace = async () => {
      const commits: (readonly [string, readonly Write[]])[] = []
      await runJobs(3, open, { committed: (writes, by) => commits.push([by.name, writes]) })
      return commits
    }
    const first = await trace()
    expect(first.length).toBeGreaterThan(50)
    expect(await trace()).toEqual(first)
  })

  test.each(MISTAKES.map((mistake) => [mistake.name, mistake] as const))(
    'finds that %s',
    {
      timeout: TIMEOUT,
    },
    async (_, mistake) => {
      const [[, open]] = STORES as [(typeof STORES)[number]]
      expect(await firstFailure(ENOUGH, (seed) => runJobs(seed, open, { mistake }))).toMatch(/^SEED=\d+: /)
    },
  )
})
