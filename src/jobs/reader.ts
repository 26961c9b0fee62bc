// Reads the logs of all tenants, each line once, and keeps its place together with what the lines came to.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { Change, News, Store, Work, Write } from '../store/index.ts'
import type { HeldLease } from './lease.ts'
import { PACE, type Pace, type RoundCounts, startRounds, type TurnResult } from './rounds.ts'

/** Lines of one tenant's log, in order and without gaps, beginning right after the reader's place. */
export interface LogBatch {
  readonly tenant: string
  /** The name under which this reader has a cursor in the tenant. */
  readonly reader: string
  readonly lines: readonly [Change, ...Change[]]
  readonly lease: HeldLease
}

/** What a batch came to. */
export interface LogResult {
  /** Committed together with the reader's place: each exactly once, whatever fails. They are of the batch's tenant. */
  readonly writes: readonly Write[]
  /** The last place that is done with; the batch's last line unless given. Places before its first line: none is. */
  readonly upTo?: number
}

/** What a reader is made of. */
export interface ReaderOptions {
  readonly store: Pick<Store & Work, 'news' | 'cursors' | 'changes' | 'commit' | 'lease' | 'release' | 'watch'>
  readonly environment?: Pick<Environment, 'monotonic' | 'chance' | 'setTimer'>
  /**
   * Reads for each cursor of this name, or of a name that begins with it and a slash. A `cursor` write makes a reader begin; nothing is
   * read in a tenant without one.
   */
  readonly reader: string
  /** Names this process on the database; none before or after it has the same name. */
  readonly owner: string
  /** Deals with a batch. May be called again with the same lines, and others behind them, when anything fails before they are committed. */
  readonly handle: (batch: LogBatch) => Promise<LogResult>
  /** Called with what `handle` or the store has thrown; those lines are read again later. */
  readonly report: (error: unknown, where: { readonly tenant: string; readonly reader: string } | undefined) => void
  readonly pace?: Partial<Pace>
  /** Most lines in a batch. */
  readonly batchLines?: number
}

/** A reader that runs. */
export interface Reader {
  readonly counts: () => RoundCounts & {
    /** Lines whose result is committed. */
    readonly lines: number
  }
  /** As {@link Rounds.stop}. */
  readonly stop: (graceMs?: number) => Promise<void>
}

/** Most lines in a batch, unless said otherwise. */
const BATCH_LINES = 500
/** Batches in one turn of a tenant; the others come after those who wait. */
const BATCHES = 8
/** Readers that are behind, in one look. */
const PAGE = 200

/** Starts reading. Its own process's commits wake it; what other processes commit is found within a second. */
export function startReader(options: ReaderOptions): Reader {
  const { store, reader, report } = options
  const environment = options.environment ?? realEnvironment
  const counts = { lines: 0 }
  const rounds = startRounds<{ readonly news: News; readonly lease: HeldLease['key']; readonly first: boolean }>({
    store,
    environment,
    owner: options.owner,
    pace: { ...PACE, ...options.pace },
    async look(after) {
      const found = await store.news(reader, PAGE, after?.news)
      const candidates = found.map((news) => ({
        news,
        lease: { tenant: news.tenant, name: `log/${news.reader}` },
        first: false,
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

/** One turn of a tenant: some batches. */
async function readOn(
  options: ReaderOptions,
  { tenant, reader }: News,
  lease: HeldLease,
  done: (lines: number) => void,
): Promise<TurnResult> {
  const { store, handle, batchLines = BATCH_LINES } = options
  // The place in the news may be an old one. Under the lease nobody else moves it.
  const cursor = (await store.cursors(tenant)).find((one) => one.reader === reader)
  if (cursor === undefined || cursor.paused) return 'done'
  let { place } = cursor
  for (let batches = 0; batches < BATCHES && !lease.signal.aborted; batches++) {
    const [first, ...others] = await store.changes(tenant, place, batchLines)
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
