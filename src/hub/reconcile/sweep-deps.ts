// What a slice of a sweep works with, and what it comes to.

import type { Item, Work, WorkWrite } from '../../store/index.ts'
import type { AccountType, AdapterCall, CompiledApp, Drift, Link } from '../contract/index.ts'
import { driftWrite, MOST_DRIFTS } from './drifts.ts'
import { counted, type SweepRun } from './sweep-run.ts'

/**
 * What a slice works with. It runs under the lease of the app and while no delivery to the app is under way, so that nobody else writes
 * its links.
 */
export interface SweepDeps {
  readonly store: Pick<Work, 'items'>
  readonly app: CompiledApp
  /** The key of the run's item. */
  readonly run: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Makes one reading call when the budget has something for the last lane. Throws AppError. */
  readonly ask: <T>(type: AccountType, call: (call: AdapterCall) => Promise<T>) => Promise<T>
  /** Commits under the fence: at most 2,000 writes of items. */
  readonly commit: (writes: readonly WorkWrite[]) => Promise<void>
}

/** What a slice comes to: the run as it is to be kept, together with these writes. */
export interface Slice {
  readonly run: SweepRun
  readonly writes: readonly WorkWrite[]
}

/** An item of a link, with its value. */
export interface LinkItem {
  readonly item: Item
  readonly link: Link
}

/** Where the items of a sweep are. */
export function placeOf({ app, run }: SweepDeps): {
  readonly tenant: string
  readonly app: string
  readonly run: string
} {
  return { tenant: app.tenant, app: app.settings.id, run }
}

/** Attributes that are compared: what the map writes again and again. What is written once may be changed in the app. */
export function comparedNames(app: CompiledApp, type: AccountType): readonly string[] {
  const map = type === 'User' ? app.maps.User : app.maps.Group
  if (map === undefined) return []
  return map.managed.filter((name) => !map.onCreateOnly.includes(name))
}

/** Collects the differences of a slice, with the counts and the writes that keep them. */
export function createReport(
  deps: SweepDeps,
  run: SweepRun,
): {
  readonly add: (drift: Drift, mending: readonly WorkWrite[]) => void
  readonly count: (more: Parameters<typeof counted>[1]) => void
  readonly write: (...writes: readonly WorkWrite[]) => void
  readonly writes: () => readonly WorkWrite[]
  readonly counts: () => SweepRun['counts']
} {
  let { counts } = run
  const writes: WorkWrite[] = []
  return {
    add(drift, mending) {
      const number = counts.drifted + counts.missing + counts.zombie + counts.stranger + (counts.ignored ?? 0)
      const { kind, done } = drift
      counts = counted(counts, done === 'ignored' ? { ignored: 1 } : { [kind]: 1, fixed: done === 'fixed' ? 1 : 0 })
      if (number < MOST_DRIFTS) writes.push(driftWrite(placeOf(deps), number, drift, deps.now()))
      if (drift.done === 'fixed') writes.push(...mending)
    },
    count(more) {
      counts = counted(counts, more)
    },
    write: (...more) => writes.push(...more),
    writes: () => writes,
    counts: () => counts,
  }
}
