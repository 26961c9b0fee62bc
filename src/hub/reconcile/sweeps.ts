// Begins sweeps, lists them, and decides what is done about what they found.

import type { Json } from '../../protocol/index.ts'
import type { Item, Work, WorkWrite } from '../../store/index.ts'
import { type DriftKind, HUB_LANES, QUEUES } from '../contract/index.ts'
import { unitMark } from '../engine/marks.ts'
import { NO_COUNTS, type SweepRun } from './sweep-run.ts'

/** What is to be mended of what a sweep has found. */
export interface Fixing {
  readonly kinds: readonly DriftKind[]
  /** Of these resources alone, at most {@link MOST_FIXED}. */
  readonly of?: readonly string[] | undefined
}

/** Most resources that can be named at once. */
export const MOST_FIXED = 200
/** How long a sweep that has ended is kept. */
const KEEP_MS = 90 * 86_400_000
/** The state of a run that its app's owner carries on. */
export const SWEEP_STATE = 'sweep'

/** The writes that begin a sweep. `run` is a new, time-ordered id; `after` is where the last light one ended. */
export function beginSweep(
  tenant: string,
  app: string,
  run: string,
  kind: SweepRun['kind'],
  now: number,
  after?: string,
): readonly WorkWrite[] {
  const value: SweepRun = {
    kind,
    startedAt: now,
    phase: kind === 'full' ? 'accounts' : 'links',
    type: 'User',
    counts: NO_COUNTS,
    ...(after === undefined ? {} : { after }),
  }
  return [runWrite(tenant, app, run, value, now), unitMark({ tenant, app }, HUB_LANES.sweep, now)]
}

/** The write that keeps a sweep as it is. */
export function runWrite(tenant: string, app: string, run: string, value: SweepRun, now: number): WorkWrite {
  const ended = value.phase === 'done' || value.phase === 'failed'
  const state = ended ? { state: '' } : { state: SWEEP_STATE, due: now }
  return {
    write: 'item',
    item: { tenant, queue: QUEUES.runs(app), key: run },
    set: { tag: 'sweep', lane: HUB_LANES.sweep, ...state, value: value as unknown as Json, expires: now + KEEP_MS },
  }
}

/** The sweeps of an app that are under way. */
export async function sweepsUnderWay(store: Pick<Work, 'due'>, tenant: string, app: string): Promise<readonly Item[]> {
  const within = { tenant, state: SWEEP_STATE }
  return await store.due(QUEUES.runs(app), { until: Number.MAX_SAFE_INTEGER, limit: 10, within })
}

/** The sweeps of an app in order of time, a page at a time. */
export async function sweepsOf(
  store: Pick<Work, 'items'>,
  tenant: string,
  app: string,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly { readonly id: string; readonly run: SweepRun }[]> {
  const where = after === undefined ? { tag: 'sweep', limit } : { tag: 'sweep', after, limit }
  const items = await store.items(tenant, QUEUES.runs(app), where)
  return items.map(({ key, value }) => ({ id: key, run: value as unknown as SweepRun }))
}

/** One sweep. */
export async function sweepOf(
  store: Pick<Work, 'items'>,
  tenant: string,
  app: string,
  run: string,
): Promise<SweepRun | undefined> {
  const [item] = await store.items(tenant, QUEUES.runs(app), { keys: [run] })
  return item?.tag === 'sweep' ? (item.value as unknown as SweepRun) : undefined
}

/**
 * The writes that have differences of some kinds mended, which a sweep that has ended found and left; `of` some resources alone, if given.
 * What it mends is read again first. Strangers are never touched.
 */
export function fixSweep(
  tenant: string,
  app: string,
  id: string,
  run: SweepRun,
  { kinds, of }: Fixing,
  now: number,
): readonly WorkWrite[] {
  const { after: _after, page: _page, endedAt: _ended, fixOf: _fixOf, ...rest } = run
  const fix = kinds.filter((kind) => kind !== 'stranger')
  return [
    runWrite(tenant, app, id, { ...rest, phase: 'fixing', fix, ...(of === undefined ? {} : { fixOf: of }) }, now),
    unitMark({ tenant, app }, HUB_LANES.sweep, now),
  ]
}
