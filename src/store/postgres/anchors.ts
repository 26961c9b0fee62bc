import type { Database } from './database.ts'

/** The way to a deep startIndex. */
export interface Anchors {
  /** An id at or before a position in the order of ids, and its position. */
  readonly before: (
    t: number,
    y: string,
    position: number,
  ) => Promise<{ readonly first: string; readonly position: number }>
}

/** Makes the anchors of one database. */
export function createAnchors(_database: Database): Anchors {
  return { before: async () => ({ first: '', position: 0 }) }
}
