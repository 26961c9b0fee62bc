// Reads a log that may be cut at any moment.

import { type Change, LogCut, type Store } from '../store/index.ts'

/** Lines of a log after a place, or from where the log begins now if the next one was cut. */
export async function changesFrom(
  store: Pick<Store, 'changes'>,
  tenant: string,
  after: number,
  limit: number,
): Promise<readonly Change[]> {
  for (let place = after; ; ) {
    try {
      return await store.changes(tenant, place, limit)
    } catch (error) {
      if (!(error instanceof LogCut)) throw error
      place = error.begins - 1
    }
  }
}
