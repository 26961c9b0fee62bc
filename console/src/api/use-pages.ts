// A list of known length, read by page where one looks: any place of 100,000 lines, without those before it.

import { useCallback, useEffect, useRef, useState } from 'react'

/** Lines of a page. */
const PAGE = 100
/** Pages that are kept; those looked at longest ago go first. */
const KEPT = 30

/** A list that is read where one looks. */
export interface Paged<Row> {
  /** Undefined until the first page is there. */
  readonly total: number | undefined
  readonly rowAt: (index: number) => Row | undefined
  readonly onRange: (first: number, last: number) => void
  readonly error: unknown
  readonly again: () => void
}

/** Reads pages of a list. `key` names the list: another key begins anew. */
export function usePages<Row>(
  key: string,
  read: (
    start: number,
    count: number,
    signal: AbortSignal,
  ) => Promise<{ readonly rows: readonly Row[]; readonly total: number }>,
  enabled = true,
): Paged<Row> {
  const state = useRef({ key: '', pages: new Map<number, readonly Row[]>(), asked: new Map<number, AbortController>() })
  const [total, setTotal] = useState<number>()
  const [error, setError] = useState<unknown>()
  const [, redraw] = useState(0)
  const last = useRef(read)
  last.current = read
  const load = useCallback(async (page: number) => {
    const { pages, asked, key: own } = state.current
    if (pages.has(page) || asked.has(page)) return
    const controller = new AbortController()
    asked.set(page, controller)
    try {
      const found = await last.current(page * PAGE, PAGE, controller.signal)
      if (state.current.key !== own) return
      pages.set(page, found.rows)
      for (const old of pages.keys()) {
        if (pages.size <= KEPT) break
        if (old !== page) pages.delete(old)
      }
      setTotal(found.total)
      setError(undefined)
      redraw((count) => count + 1)
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure)
    } finally {
      asked.delete(page)
    }
  }, [])
  const begin = useCallback(() => {
    for (const controller of state.current.asked.values()) controller.abort()
    state.current = { key, pages: new Map(), asked: new Map() }
    setError(undefined)
    if (enabled) void load(0)
  }, [key, enabled, load])
  useEffect(() => {
    setTotal(undefined)
    begin()
  }, [begin])
  const wanted = useRef(0)
  const onRange = useCallback(
    (first: number, end: number) => {
      clearTimeout(wanted.current)
      // Whoever drags the bar passes many pages and wants the last.
      wanted.current = window.setTimeout(() => {
        if (!enabled) return
        for (let page = Math.floor(first / PAGE); page <= Math.floor(end / PAGE); page++) void load(page)
      }, 40)
    },
    [enabled, load],
  )
  const rowAt = useCallback((index: number) => state.current.pages.get(Math.floor(index / PAGE))?.[index % PAGE], [])
  return { total, rowAt, onRange, error, again: begin }
}
