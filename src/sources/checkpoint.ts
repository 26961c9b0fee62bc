// Where an import stands: what it has done so far, and what the second pass has to complete.

/** How many records an import has handled, by what was done with them. */
export interface Counts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
}

/** A resource whose record refers to ids that were not known yet; the second pass completes it. */
export interface Pending {
  readonly type: string
  readonly id: string
  /** Whether the import created it. */
  readonly made: boolean
}

/** What one batch of records adds. */
export interface Step<P extends Pending> {
  /** After this batch, of the whole import. */
  readonly counts: Counts
  /** Ids at the source, and the ids they have here. */
  readonly ids: readonly (readonly [theirs: string, ours: string])[]
  readonly pending: readonly P[]
}

/** All batches together: enough to resume. */
export interface Checkpoint<P extends Pending> {
  readonly counts: Counts
  readonly ids: ReadonlyMap<string, string>
  readonly pending: readonly P[]
}

const NONE: Counts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }

/** Where an import stands after these batches. */
export function checkpointAfter<P extends Pending>(steps: readonly Step<P>[]): Checkpoint<P> {
  return {
    counts: steps.at(-1)?.counts ?? NONE,
    ids: new Map(steps.flatMap(({ ids }) => ids)),
    pending: steps.flatMap(({ pending }) => pending),
  }
}
