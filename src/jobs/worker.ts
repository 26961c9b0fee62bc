// Works the due items of a queue, each under a lease of its own.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { Item, ItemDraft, Store, Work, Write } from '../store/index.ts'
import { backoffMs } from './backoff.ts'
import type { HeldLease } from './lease.ts'
import { PACE, type Pace, type RoundCounts, startRounds, type TurnResult } from './rounds.ts'

/** What the work on an item came to. */
export interface WorkResult {
  /** What the item says from now on; `undefined` removes it. If it was marked meanwhile, its lane, due and state stay, and so does it. */
  readonly set: ItemDraft | undefined
  /** Committed together with it. They are of the item's tenant. */
  readonly writes?: readonly Write[]
}

/** What a worker is made of. */
export interface WorkerOptions {
  readonly store: Pick<Store & Work, 'due' | 'items' | 'commit' | 'lease' | 'release' | 'watchWork'>
  readonly environment?: Pick<Environment, 'now' | 'monotonic' | 'chance' | 'setTimer'>
  /** Its items are what has one owner at a time (an app, an endpoint, a source): few for each tenant, and each leaves a lease behind. */
  readonly queue: string
  /** Names this process on the database; none before or after it has the same name. */
  readonly owner: string
  /**
   * Does the work of an item as it is now. May be called again for the same work when anything fails before the result is committed.
   * What it throws puts the item off, up to 5 minutes.
   */
  readonly work: (item: Item, lease: HeldLease) => Promise<WorkResult>
  /** Called with what `work` or the store has thrown. */
  readonly report: (error: unknown, item: Item | undefined) => void
  readonly pace?: Partial<Pace>
}

/** A worker that runs. */
export interface Worker {
  readonly counts: () => RoundCounts & {
    /** Items whose result is committed. */
    readonly items: number
  }
  /** As {@link Rounds.stop}. */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** Due items in one look. */
const PAGE = 200
/** The lane for which slots are kept. */
const FIRST = [0]

/** Starts working. Its own process's commits wake it; what other processes commit, and what has come due, is found within a second. */
export function startWorker(options: WorkerOptions): Worker {
  const { store, queue, report } = options
  const environment = options.environment ?? realEnvironment
  const counts = { items: 0 }
  const rounds = startRounds<{ readonly item: Item; readonly lease: HeldLease['key']; readonly first: boolean }>({
    store,
    environment,
    owner: options.owner,
    pace: { ...PACE, ...options.pace },
    async look(_, firstOnly) {
      const where = { until: environment.now(), limit: PAGE, ...(firstOnly ? { lanes: FIRST } : {}) }
      const found = await store.due(queue, where)
      const candidates = found.map((item) => ({
        item,
        lease: { tenant: item.tenant, name: `work/${queue}/${item.key}` },
        first: item.lane === 0,
      }))
      return { candidates, more: false }
    },
    async turn({ item }, lease, failures) {
      const result = await workItem({ ...options, environment }, item, lease, failures)
      if (result === 'more') counts.items++
      return result
    },
    report: (error, candidate) => report(error, candidate?.item),
  })
  const unwatch = store.watchWork((queues) => queues.has(queue) && rounds.nudge())
  return {
    counts: () => ({ ...rounds.counts(), ...counts }),
    stop(graceMs) {
      unwatch()
      return rounds.stop(graceMs)
    },
  }
}

/** One turn of an item. It commits at most once: a commit of unknown outcome is followed by nothing under this lease. */
async function workItem(
  { store, environment, work }: Required<Pick<WorkerOptions, 'store' | 'environment' | 'work'>>,
  { tenant, queue, key }: Item,
  lease: HeldLease,
  failures: number,
): Promise<TurnResult> {
  // What was found due may be done by now. Under the lease nobody else does it.
  const [item] = await store.items(tenant, queue, { keys: [key] })
  if (item === undefined || item.state === '' || item.due > environment.now()) return 'done'
  let result: WorkResult
  try {
    result = await work(item, lease)
  } catch (error) {
    // Not settled: it keeps its lane, and makes way for the others of that lane.
    if (!lease.signal.aborted) {
      const due = environment.now() + backoffMs(failures + 1, environment.chance)
      await store.commit([lease.fence, { write: 'item', item: { tenant, queue, key }, set: { due } }])
    }
    throw error
  }
  const settled: Write = { write: 'item', item: { tenant, queue, key }, set: result.set, settles: item.mark }
  await store.commit([lease.fence, settled, ...(result.writes ?? [])])
  return 'more'
}
