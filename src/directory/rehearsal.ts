// A rehearsal: writes that the store checks to the last row and then rolls back.

import { Conflict, type Store, type Write, type Written } from '../store/index.ts'

/** Told of the writes that would have been committed. */
export type Rehearse = (writes: readonly Write[]) => void

/**
 * Hands writes to the store together with one that no store carries out, so that they are checked like all others and then rolled back.
 * Conflicts of the writes themselves are thrown as ever. Returns what would have been written; versions that the store alone knows are
 * one more than those that the writes name.
 */
export async function rehearse<Tx>(
  store: Store<Tx>,
  writes: readonly Write[],
  tenant: string,
  note: Rehearse,
): Promise<readonly Written[]> {
  try {
    await store.commit([...writes, neverWritten(tenant)])
  } catch (error) {
    if (!(error instanceof Conflict) || error.at !== writes.length) throw error
    note(writes)
    return writes.map(wouldBeWritten)
  }
  throw new Error('A rehearsal was committed')
}

/** Asks a record that is never there for a value. Keys configure nothing, so that no process drops what it caches. */
function neverWritten(tenant: string): Write {
  return { write: 'record', record: { tenant, kind: 'key', key: NAME }, value: undefined, ifValue: NAME }
}

const NAME = 'rehearsal'

function wouldBeWritten(write: Write): Written {
  const at = 'at' in write ? write.at : 0
  const before = 'ifVersion' in write ? (write.ifVersion ?? 0) : 0
  const created = 'created' in write && write.created !== undefined ? write.created : at
  return { changed: true, version: before + 1, created, modified: at }
}
