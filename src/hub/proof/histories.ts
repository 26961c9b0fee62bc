// Histories that were read a moment ago: the next page of an answer about the past does not read the log again.

import type { Environment } from '../../environment.ts'
import { type History, type HistoryStore, readHistory } from './history.ts'

/** Reads histories, and keeps the last ones for a while. */
export interface Histories {
  /** As {@link readHistory}: the same as before, unless something was written since. */
  readonly read: (tenant: string, at: number, only: string | undefined) => Promise<History>
}

/** How long a history is kept after it was asked for, in milliseconds, and how many are. */
const KEPT_MS = 60_000
const MOST = 4
/** Values in a history that is kept: larger ones would stand in memory for those who never ask again. */
const MOST_VALUES = 200_000

/** Creates what reads histories. */
export function createHistories(store: HistoryStore, { setTimer }: Pick<Environment, 'setTimer'>): Histories {
  const kept = new Map<string, { readonly history: Promise<History>; forget: () => void }>()
  const keep = (key: string, history: Promise<History>) => {
    kept.get(key)?.forget()
    const cancel = setTimer(KEPT_MS, () => kept.delete(key), { background: true })
    const forget = () => {
      cancel()
      kept.delete(key)
    }
    // The one that was asked for last is the last.
    kept.set(key, { history, forget })
    const [oldest] = kept.values()
    if (kept.size > MOST) oldest?.forget()
    return forget
  }
  return {
    async read(tenant, at, only) {
      // What was written since is not undone in a history that was read before it.
      const { place = 0, begins = 1 } = (await store.tenant(tenant)) ?? {}
      const key = JSON.stringify([tenant, at, only ?? null, place, begins])
      const known = kept.get(key)?.history
      const history = known ?? readHistory(store, tenant, at, only)
      const forget = keep(key, history)
      try {
        const found = await history
        if (found.size > MOST_VALUES) forget()
        return found
      } catch (error) {
        forget()
        throw error
      }
    },
  }
}
