import type { Store } from '../../store/index.ts'
import { withPatience } from './patience.ts'

/** Whether the database takes writes, by what the last ones met. */
export interface Writability {
  /** A write failed for the database's own reasons, told in words. */
  readonly failed: (why: string) => void
  /** Why writes fail, in words; undefined while they come through. Where they failed, a small one is tried, every few seconds at most. */
  readonly check: () => Promise<string | undefined>
}

/** How often a write is tried while others fail. */
const TRY_EVERY_MS = 2_000
/** How long such a try may take. */
const PATIENCE_MS = 2_000
/** Overwritten with each try. */
const PROBE = { tenant: '', kind: 'server', key: 'write-probe' } as const

/** Makes the memory of how writes went. The database may be readable all the while: a full disk takes nothing and shows everything. */
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
