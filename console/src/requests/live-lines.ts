// The newest requests, as they come: at most 20,000 in memory, held back while the list is paused.

import { useCallback, useEffect, useRef, useState } from 'react'
import { type Answer, api } from '../api/client.ts'
import { parseFilter, passes, type RequestFilter } from './filter.ts'

/** A request as lists have it. */
export type RequestLine = Answer<'GET /requests'>['items'][number]

/** Most lines in memory. */
export const MOST_LINES = 20_000
const PAGE = 200
const AT_ONCE = 1_000
const EVERY_MS = 1_000

/** The lines of a list. */
export interface LiveLines {
  /** Oldest first; undefined while the first are read. */
  readonly lines: readonly RequestLine[] | undefined
  /** How many have come while it was paused. */
  readonly held: number
  readonly error: unknown
  /** Nothing could be kept since then. */
  readonly failingSince: string | undefined
  /** Whether there are older ones. */
  readonly hasOlder: boolean
  readonly older: () => void
}

interface Kept {
  shown: readonly RequestLine[] | undefined
  held: readonly RequestLine[]
  /** The last place that was read. */
  place: number
  next: number | undefined
}

/** Reads the requests of a tenant, or of all, and then those that come, each second while the page is in sight. */
export function useLiveLines(tenant: string, filterText: string, follow: boolean): LiveLines {
  const kept = useRef<Kept>({ shown: undefined, held: [], place: 0, next: undefined })
  const [, setTurn] = useState(0)
  const [error, setError] = useState<unknown>()
  const [failingSince, setFailing] = useState<string>()
  const following = useRef(follow)
  following.current = follow
  const paint = useCallback(() => setTurn((turn) => turn + 1), [])
  useEffect(() => {
    const stop = new AbortController()
    const filter = parseFilter(filterText)
    kept.current = { shown: undefined, held: [], place: 0, next: undefined }
    setError(undefined)
    paint()
    const read = reader(tenant, filter, stop.signal)
    let timer: ReturnType<typeof setTimeout> | undefined
    const turn = async () => {
      try {
        if (kept.current.shown === undefined) await begin(kept.current, read)
        else if (document.visibilityState === 'visible') await goOn(kept.current, read, following.current)
        setFailing(read.failingSince())
        setError(undefined)
        paint()
      } catch (failure) {
        if (stop.signal.aborted) return
        setError(failure)
      }
      if (!stop.signal.aborted) timer = setTimeout(() => void turn(), EVERY_MS)
    }
    void turn()
    return () => {
      stop.abort()
      clearTimeout(timer)
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
    const read = reader(tenant, parseFilter(filterText), undefined)
    read.page('newest', next, PAGE).then((page) => {
      kept.current.shown = [...page.items.toReversed(), ...(kept.current.shown ?? [])].slice(-MOST_LINES)
      kept.current.next = page.next
      paint()
    }, setError)
  }, [tenant, filterText, paint])
  const { shown, held, next } = kept.current
  return { lines: shown, held: held.length, error, failingSince, hasOlder: next !== undefined, older }
}

type Reader = ReturnType<typeof reader>

function reader(tenant: string, filter: RequestFilter, signal: AbortSignal | undefined) {
  let failing: string | undefined
  return {
    failingSince: () => failing,
    async page(order: 'newest' | 'oldest', after: number | undefined, limit: number) {
      const query = { ...filter.query, order, after, limit } as never
      const page =
        tenant === ''
          ? await api('GET /requests', { query }, { signal })
          : await api('GET /tenants/{tenant}/requests', { params: { tenant }, query }, { signal })
      failing = page.failingSince
      return {
        items: page.items.filter((line) => passes(line, filter)),
        places: page.items.map(({ place }) => place),
        next: page.next,
      }
    },
  }
}

async function begin(kept: Kept, read: Reader): Promise<void> {
  const page = await read.page('newest', undefined, PAGE)
  kept.shown = page.items.toReversed()
  kept.place = Math.max(0, ...page.places)
  kept.next = page.next
}

async function goOn(kept: Kept, read: Reader, follow: boolean): Promise<void> {
  for (;;) {
    const page = await read.page('oldest', kept.place, AT_ONCE)
    kept.place = Math.max(kept.place, ...page.places)
    if (page.items.length > 0) kept.held = [...kept.held, ...page.items].slice(-MOST_LINES)
    if (page.next === undefined || page.places.length === 0) break
  }
  if (follow) release(kept)
}

function release(kept: Kept): void {
  if (kept.held.length === 0) return
  kept.shown = [...(kept.shown ?? []), ...kept.held].slice(-MOST_LINES)
  kept.held = []
}
