// Reads the logs of all tenants and commits its place together with the result of each batch.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import { type Change, LogCut, type News, type Store, type Work, type Write } from '../store/index.ts'
import type { HeldLease } from './lease.ts'
import { PACE, type Pace, type RoundCounts, startRounds, type TurnResult } from './lease-loop.ts'

/** Lines of one tenant's log, in order and without gaps, starting right after the reader's place. */
export interface LogBatch {
  readonly tenant: string
  /** The name of the cursor in this tenant. */
  readonly reader: string
  readonly lines: readonly [Change, ...Change[]]
  readonly lease: HeldLease
}

/** The result of a batch. */
export interface LogResult {
  /** Committed together with the reader's place: exactly once, whatever fails. They must belong to the batch's tenant. */
  readonly writes: readonly Write[]
  /** The last place that is finished; by default the batch's last line. A place before the first line: none is. */
  readonly upTo?: number
}

/** Lines that a reader has not read and never will: the log was cut before it, or before it was registered. */
export interface LogGap {
  readonly tenant: string
  readonly reader: string
  /** The first place that is still there; the reader goes on from it. */
  readonly begins: number
  readonly lease: HeldLease
}

/** The options of a reader. */
export interface ReaderOptions {
  readonly store: Pick<
    Store & Work,
    'news' | 'cursors' | 'changes' | 'commit' | 'lease' | 'release' | 'leaseHolder' | 'watch'
  >
  readonly environment?: Pick<Environment, 'monotonic' | 'chance' | 'setTimer'> | undefined
  /**
   * Reads for each cursor with this name, or a name that starts with it and a slash. A tenant is read once a `cursor` write has created
   * such a cursor. Up to 196 characters, the slash and what follows included.
   */
  readonly reader: string
  /** The name of this process; unique among all processes that ever use the database. */
  readonly owner: string
  /** Whether the owner of a lease has surely ended: then its lease is taken over before its time is up. */
  readonly hasEnded?: ((owner: string) => boolean) | undefined
  /** Handles a batch. If anything fails before the commit, it is called again with the same lines, and perhaps with later ones. */
  readonly handle: (batch: LogBatch) => Promise<LogResult>
  /**
   * Handles a gap, such as by starting over from the resources. The writes it returns are committed with the place before `begins`.
   * Without it the reader stays where it is, and each turn is reported as failed: nothing is passed over unnoticed.
   */
  readonly handleGap?: ((gap: LogGap) => Promise<readonly Write[]>) | undefined
  /** Called with the error that `handle` or the store has thrown; the lines are read again later. */
  readonly report: (error: unknown, where: { readonly tenant: string; readonly reader: string } | undefined) => void
  readonly pace?: Partial<Pace> | undefined
  /** Maximum lines in a batch. */
  readonly batchLines?: number | undefined
}

/** A running reader. */
export interface Reader {
  readonly counts: () => RoundCounts & {
    /** Lines whose result has been committed. */
    readonly lines: number
  }
  /**
   * Starts no more turns and resolves when the running ones have ended. After `graceMs` (5 s by default) their signals are aborted.
   */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** Maximum lines in a batch, by default. */
const BATCH_LINES = 500
/** Batches in one turn of a tenant; then other tenants have their turns. */
const BATCHES = 8
/** Readers with news in one page. */
const PAGE = 200

/** Starts a reader. It reads commits of its own process immediately, and those of other processes within about a second. */
export function startReader(options: ReaderOptions): Reader {
  const { store, reader, report } = options
  const environment = options.environment ?? realEnvironment
  const counts = { lines: 0 }
  const rounds = startRounds<{ readonly news: News; readonly lease: HeldLease['key']; readonly first: boolean }>({
    store,
    environment,
    owner: options.owner,
    hasEnded: options.hasEnded,
    pace: { ...PACE, ...options.pace },
    async look(after) {
      const found = await store.news(reader, PAGE, after?.news)
      const candidates = found.map((news) => ({
        news,
        lease: { tenant: news.tenant, name: `log/${news.reader}` },
        // Readers have no lanes, so none of their slots are reserved.
        first: true,
      }))
      return { candidates, more: found.length === PAGE }
    },
    turn: ({ news }, lease) => readOn(options, news, lease, (lines) => (counts.lines += lines)),
    report: (error, candidate) => report(error, candidate?.news),
  })
  const unwatch = store.watch(rounds.nudge)
  return {
    counts: () => ({ ...rounds.counts(), ...counts }),
    stop(graceMs) {
      unwatch()
      return rounds.stop(graceMs)
    },
  }
}

/** One turn of a tenant: up to eight batches. */
async function readOn(
  options: ReaderOptions,
  { tenant, reader }: News,
  lease: HeldLease,
  done: (lines: number) => void,
): Promise<TurnResult> {
  const { store, handle, batchLines = BATCH_LINES } = options
  // The place in the news may be out of date. Under the lease, no other process moves it.
  const cursor = (await store.cursors(tenant)).find((one) => one.reader === reader)
  if (cursor === undefined || cursor.paused) return 'done'
  let { place } = cursor
  for (let batches = 0; batches < BATCHES && !lease.signal.aborted; batches++) {
    const found = await store.changes(tenant, place, batchLines).catch(gapOrThrow)
    if (found instanceof LogCut) {
      if (options.handleGap === undefined) throw found
      const { begins } = found
      const writes = await options.handleGap({ tenant, reader, begins, lease })
      await store.commit([lease.fence, { write: 'cursor', tenant, reader, place: begins - 1 }, ...writes])
      place = begins - 1
      continue
    }
    const [first, ...others] = found
    if (first === undefined) return 'done'
    const last = others.at(-1) ?? first
    const { writes, ...result } = await handle({ tenant, reader, lines: [first, ...others], lease })
    const upTo = Math.min(result.upTo ?? last.place, last.place)
    if (upTo <= place) return 'stuck'
    await store.commit([lease.fence, { write: 'cursor', tenant, reader, place: upTo }, ...writes])
    done(upTo - place)
    place = upTo
  }
  return 'more'
}

function gapOrThrow(error: unknown): LogCut {
  if (error instanceof LogCut) return error
  throw error
}
