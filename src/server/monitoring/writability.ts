// Remembers whether the database accepts writes, and tries one now and then while it doesn't.

import type { Store } from '../../store/index.ts'
import { withPatience } from './with-timeout.ts'

/** Whether the database accepts writes, by the outcome of the last ones. */
export interface Writability {
  /** Notes that a write failed because of the database, and why, in words. */
  readonly failed: (why: string) => void
  /** Why writes fail, in words; undefined while they succeed. After a failure a small write is tried, every few seconds at most. */
  readonly check: () => Promise<string | undefined>
}

/** How often a write is tried while others fail. */
const TRY_EVERY_MS = 2_000
/** How long such an attempt may take. */
const PATIENCE_MS = 2_000
/** The record that each attempt overwrites. */
const PROBE = { tenant: '', kind: 'server', key: 'write-probe' } as const

/** Creates the memory of how writes went. Reads may succeed all the while: a full disk accepts nothing and shows everything. */
export function createWritability(store: Pick<Store, 'commit'>, now: () => number = Date.now): Writability {
  let reason: string | undefined
  let tried = Number.NEGATIVE_INFINITY
  let trying: Promise<void> | undefined

  async function attempt(): Promise<void> {
    const written = store.commit([{ write: 'record', record: PROBE, value: now() }])
    if ((await withPatience(written, PATIENCE_MS)) !== undefined) reason = undefined
  }

  return {
    failed: (why) => {
      reason = why
    },
    async check() {
      if (reason === undefined) return undefined
      if (trying === undefined && now() - tried >= TRY_EVERY_MS) {
        tried = now()
        trying = attempt().finally(() => {
          trying = undefined
        })
      }
      await trying
      return reason
    },
  }
}
