// The newest requests, as the stream tells of them: bounded in memory, held back while the list is paused.

import { useCallback, useEffect, useRef, useState } from 'react'
import { type Answer, api } from '../api/client.ts'
import { type Live, type StreamEvent, useStream } from '../api/stream.ts'
import { parseFilter, passes, passesWhole, type RequestFilter } from './filter.ts'
import { type Kept, nothingKept, type RequestLine, release, take, takeGap, toOlder } from './kept-lines.ts'

const PAGE = 200
const AT_ONCE = 1_000
/** Whoever is further behind than so many pages begins anew, after a line that says so. */
const PAGES = 10
/** Without the stream, the list is asked. */
const EVERY_MS = 10_000
/** Whether anything is still kept is asked now and then: a silent stream does not tell. */
const CHECK_TURNS = 3

/** The lines of a list. */
export interface LiveLines {
  /** Oldest first; undefined while the first are read. */
  readonly lines: readonly RequestLine[] | undefined
  /** How many have come while it was paused. */
  readonly held: number
  readonly error: unknown
  /** Whether they come by the stream. */
  readonly live: Live
  /** Nothing could be kept since then. */
  readonly failingSince: string | undefined
  /** Whether there are older ones. */
  readonly hasOlder: boolean
  readonly older: () => void
}

/** Reads the requests of a tenant, or of all, and then those that the stream tells of; asks every 10 s while there is none. */
export function useLiveLines(tenant: string, filterText: string, follow: boolean): LiveLines {
  const kept = useRef<Kept>(nothingKept())
  const [, setTurn] = useState(0)
  const [error, setError] = useState<unknown>()
  const [failingSince, setFailing] = useState<string>()
  const following = useRef(follow)
  following.current = follow
  const reading = useRef<{ readonly hear: (event: StreamEvent) => void }>(undefined)
  const live = useStream('requests', tenant === '' ? undefined : tenant, (event) => reading.current?.hear(event))
  const state = useRef(live.state)
  state.current = live.state
  const paint = useCallback(() => setTurn((turn) => turn + 1), [])
  useEffect(() => {
    const stop = new AbortController()
    kept.current = nothingKept()
    setError(undefined)
    paint()
    const own = catchingUp({
      kept: kept.current,
      read: reader(tenant, parseFilter(filterText), stop.signal),
      filter: parseFilter(filterText),
      follows: () => following.current,
      done: (failing) => {
        if (stop.signal.aborted) return
        setFailing(failing)
        setError(undefined)
        paint()
      },
      failed: (failure) => {
        if (!stop.signal.aborted) setError(failure)
      },
    })
    reading.current = own
    own.readOn()
    let turns = 0
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return
      turns++
      if (state.current !== 'live' || turns % CHECK_TURNS === 0) own.readOn()
    }, EVERY_MS)
    return () => {
      stop.abort()
      clearInterval(timer)
    }
  }, [tenant, filterText, paint])
  useEffect(() => {
    if (!follow || kept.current.held.length === 0) return
    release(kept.current)
    paint()
  }, [follow, paint])
  const older = useCallback(() => {
    const { next } = kept.current
    if (next === undefined) return
    kept.current.next = undefined
    const into = kept.current
    const read = reader(tenant, parseFilter(filterText), undefined)
    read('newest', next, PAGE).then((page) => {
      toOlder(into, page.items, page.next)
      paint()
    }, setError)
  }, [tenant, filterText, paint])
  const { shown, came, next } = kept.current
  return { lines: shown, held: came, error, live, failingSince, hasOlder: next !== undefined, older }
}

type Reader = ReturnType<typeof reader>

function reader(tenant: string, filter: RequestFilter, signal: AbortSignal | undefined) {
  return async (order: 'newest' | 'oldest', after: number | undefined, limit: number) => {
    const query = { ...filter.query, order, after, limit } as never
    const page: Answer<'GET /requests'> =
      tenant === ''
        ? await api('GET /requests', { query }, { signal })
        : await api('GET /tenants/{tenant}/requests', { params: { tenant }, query }, { signal })
    return {
      items: page.items.filter((line) => passes(line, filter)),
      places: page.items.map(({ place }) => place),
      next: page.next,
      failing: page.failingSince,
    }
  }
}

/** Reads the list up to its end whenever a stream begins; what the stream tells of meanwhile waits, so that nothing is passed over. */
function catchingUp({
  kept,
  read,
  filter,
  follows,
  done,
  failed,
}: {
  readonly kept: Kept
  readonly read: Reader
  readonly filter: RequestFilter
  readonly follows: () => boolean
  readonly done: (failingSince: string | undefined) => void
  readonly failed: (error: unknown) => void
}) {
  let failing: string | undefined
  let isReading = false
  let isWanted = false
  let waiting: StreamEvent[] = []
  const apply = ({ event, data }: StreamEvent) => {
    if (event === 'gap') return takeGap(kept, data as { readonly to: number })
    const { items } = data as { readonly items: readonly RequestLine[] }
    const newer = items.filter(({ place }) => place > kept.place)
    take(
      kept,
      newer.filter((line) => passesWhole(line, filter)),
      newer.at(-1)?.place,
    )
  }
  const settle = () => {
    for (const event of waiting) apply(event)
    waiting = []
    if (follows()) release(kept)
    done(failing)
  }
  const readOn = async () => {
    isWanted = true
    if (isReading) return
    isReading = true
    try {
      while (isWanted) {
        isWanted = false
        failing = await (kept.shown === undefined ? begin(kept, read) : goOn(kept, read))
      }
      settle()
    } catch (error) {
      failed(error)
    } finally {
      isReading = false
    }
  }
  return {
    readOn: () => void readOn(),
    hear(event: StreamEvent) {
      // Lines don't say whom they name: the list is asked.
      if (event.event === 'open' || filter.query.about !== undefined) return void readOn()
      waiting.push(event)
      if (!isReading && kept.shown !== undefined) settle()
    },
  }
}

async function begin(kept: Kept, read: Reader): Promise<string | undefined> {
  const page = await read('newest', undefined, PAGE)
  kept.shown = page.items.toReversed()
  kept.place = Math.max(0, ...page.places)
  kept.next = page.next
  return page.failing
}

async function goOn(kept: Kept, read: Reader): Promise<string | undefined> {
  for (let pages = 0; pages < PAGES; pages++) {
    const page = await read('oldest', kept.place, AT_ONCE)
    take(kept, page.items, page.places.at(-1))
    if (page.next === undefined || page.places.length === 0) return page.failing
  }
  const page = await read('newest', undefined, PAGE)
  const first = Math.min(...page.places)
  if (first > kept.place + 1) takeGap(kept, { to: first - 1 })
  take(kept, page.items.filter(({ place }) => place > kept.place).toReversed(), page.places[0])
  return page.failing
}
