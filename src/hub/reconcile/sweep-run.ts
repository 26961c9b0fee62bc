// A sweep as it is kept while it runs and afterwards: how far it is, and what it has found.

import type { AccountType, DriftKind } from '../contract/index.ts'

/**
 * Where a sweep is. `accounts`: the app's accounts are listed. `zombies`: links are held against the list for those that should be off.
 * `links`: for all else. `strangers`: what is left of the list. `members`: members of groups. `fixing`: what was asked about is mended.
 */
export type SweepPhase = 'accounts' | 'zombies' | 'links' | 'strangers' | 'members' | 'fixing' | 'done' | 'failed'

/** The value of a run's item in `QUEUES.runs` when the run is a sweep. */
export interface SweepRun {
  readonly kind: 'full' | 'light'
  /** In milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt?: number
  readonly phase: SweepPhase
  /** What is listed in the phase `accounts`. */
  readonly type: AccountType
  /** Where the phase goes on: a page of the app, or a key of ours. */
  readonly after?: string
  /** A second place within the phase: the page of the members of the group `after`. */
  readonly page?: string
  readonly counts: SweepCounts
  /** Kinds of drift that somebody decided to mend after the report. */
  readonly fix?: readonly DriftKind[]
  /** Of these resources alone; absent: of all. */
  readonly fixOf?: readonly string[]
  /** Why it failed, or waits. */
  readonly reason?: string
}

/** What a sweep has counted so far. */
export interface SweepCounts {
  /** Accounts that the app has listed. */
  readonly listed: number
  /** Links, or members, that were held against it. */
  readonly compared: number
  readonly same: number
  /** Links that were changed while the sweep ran: the next one compares them. */
  readonly changed: number
  readonly drifted: number
  readonly missing: number
  readonly zombie: number
  readonly stranger: number
  /** Differences that somebody has said to leave; in none of the four above. Absent: none. */
  readonly ignored?: number
  /** Differences that are marked to be mended. */
  readonly fixed: number
}

/** Nothing counted yet. */
export const NO_COUNTS: SweepCounts = {
  listed: 0,
  compared: 0,
  same: 0,
  changed: 0,
  drifted: 0,
  missing: 0,
  zombie: 0,
  stranger: 0,
  fixed: 0,
}

/** Adds to some of the counts. */
export function counted(counts: SweepCounts, more: Partial<SweepCounts>): SweepCounts {
  const sum: { [name: string]: number } = { ...counts }
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + (count ?? 0)
  return { ...counts, ...sum }
}
