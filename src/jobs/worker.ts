// Processes the due items of a queue, each under its own lease.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { Item, ItemDraft, Store, Work, Write } from '../store/index.ts'
import { backoffMs } from './backoff.ts'
import type { HeldLease } from './lease.ts'
import { PACE, type Pace, type RoundCounts, startRounds, type TurnResult } from './lease-loop.ts'

/** The result of working on an item. */
export interface WorkResult {
  /** The item's new content; `undefined` removes it. If it was marked meanwhile, it stays, with its lane, due and state. */
  readonly set: ItemDraft | undefined
  /** Committed together with it. They must belong to the item's tenant. */
  readonly writes?: readonly Write[]
}

/** Time and chance, as far as a worker needs them. */
type Clock = Pick<Environment, 'now' | 'monotonic' | 'chance' | 'setTimer'>

/** The options of a worker. */
export interface WorkerOptions {
  readonly store: Pick<Store & Work, 'due' | 'items' | 'commit' | 'lease' | 'release' | 'leaseHolder' | 'watchWork'>
  readonly environment?: Clock | undefined
  /**
   * Its items are things with one owner at a time (an app, an endpoint, a source): few per tenant, since each leaves a lease row behind.
   * The names of the queue and of an item have up to 194 characters together.
   */
  readonly queue: string
  /** The name of this process; unique among all processes that ever use the database. */
  readonly owner: string
  /** Whether the owner of a lease has surely ended: then its lease is taken over before its time is up. */
  readonly hasEnded?: ((owner: string) => boolean) | undefined
  /**
   * Works on an item as it is now. If anything fails before the result is committed, it is called again for the same work. When it
   * throws, the item is postponed, by up to 5 minutes.
   */
  readonly work: (item: Item, lease: HeldLease) => Promise<WorkResult>
  /** Called with the error that `work` or the store has thrown. */
  readonly report: (error: unknown, item: Item | undefined) => void
  readonly pace?: Partial<Pace> | undefined
}

/** A running worker. */
export interface Worker {
  readonly counts: () => RoundCounts & {
    /** Items whose result has been committed. */
    readonly items: number
  }
  /**
   * Starts no more turns and resolves when the running ones have ended. After `graceMs` (5 s by default) their signals are aborted.
   */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** Due items in one page. */
const PAGE = 200
/** The lane with reserved slots. */
const FIRST = [0]

/** Starts a worker. It works on items marked by its own process immediately, and on all others within about a second. */
export function startWorker(options: WorkerOptions): Worker {
  const { store, queue, report } = options
  const environment = options.environment ?? realEnvironment
  const counts = { items: 0 }
  const rounds = startRounds<{ readonly item: Item; readonly lease: HeldLease['key']; readonly first: boolean }>({
    store,
    environment,
    owner: options.owner,
    hasEnded: options.hasEnded,
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

/** One turn of an item. It commits at most once, so nothing follows a commit of unknown outcome under the same lease. */
async function workItem(
  { store, environment, work }: Pick<WorkerOptions, 'store' | 'work'> & { readonly environment: Clock },
  { tenant, queue, key }: Item,
  lease: HeldLease,
  failures: number,
): Promise<TurnResult> {
  // The item may have been finished since it was found. Under the lease, no other process works on it.
  const [item] = await store.items(tenant, queue, { keys: [key] })
  if (item === undefined || item.state === '' || item.due > environment.now()) return 'done'
  let result: WorkResult
  try {
    result = await work(item, lease)
  } catch (error) {
    // It is not settled, so it keeps its lane, but other items now come before it.
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
