// What a hook sees of one commit: its log lines, and the documents before and after.

import type { Document } from '../protocol/index.ts'
import type { Ref, Stored, WholeChange, Within } from '../store/index.ts'

/** The documents of a resource that a commit creates, changes or deletes. */
export interface Documents {
  /** The resource before; absent when it is created. */
  readonly stored?: Stored
  readonly before?: Document
  /** Absent when it is deleted. */
  readonly after?: Document
}

/** A resource that is written, with its documents. */
export interface Touched extends Documents {
  readonly ref: Pick<Ref, 'type' | 'id'>
}

/** Everything that one commit writes of resources, as the `transaction` hook gets it. */
export interface Committed {
  readonly tenant: string
  /** Its log lines in order, one at least, with the ids of all members that joined and left. */
  readonly changes: readonly WholeChange[]
  /**
   * The documents of a resource whose document is written; undefined where only its members change. Never changed in place: they are
   * those that the directory goes on with.
   */
  readonly documents: (ref: Pick<Ref, 'type' | 'id'>) => Documents | undefined
  /** Reads and writes in the same transaction. */
  readonly within: Within
}

/** Puts together what a hook sees; nothing is computed before it asks. */
export function committed(
  tenant: string,
  changes: readonly WholeChange[],
  touched: readonly Touched[],
  within: Within,
): Committed {
  return {
    tenant,
    changes,
    documents: ({ type, id }) => touched.find(({ ref }) => ref.id === id && ref.type === type),
    within,
  }
}
