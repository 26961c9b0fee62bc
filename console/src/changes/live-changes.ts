// The log of a tenant, newest first: page by page, and what the stream tells of on top unless it is paused.

import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Answer, api } from '../api/client.ts'
import { useStream } from '../api/stream.ts'
import { type Filter, filterQuery, fits, type Line } from './filter.ts'

/** Lines that are kept of what the stream told of; beyond, the list is read again. */
const MOST = 2_000
/** Without the stream, the list is asked. */
const EVERY_MS = 10_000

type LogPage = Answer<'GET /tenants/{tenant}/log'>

/** Reads the log, and follows it; `heldAt`: while it is paused, the place of the newest line that is shown. */
export function useLiveChanges(tenant: string, filter: Filter, heldAt: number | undefined) {
  const [came, setCame] = useState<readonly Line[]>([])
  const query = filterQuery(filter)
  const key = JSON.stringify([tenant, query])
  // What came under another filter is of no use.
  const [cameFor, setCameFor] = useState(key)
  if (cameFor !== key) {
    setCameFor(key)
    setCame([])
  }
  const again = () => {
    setCame([])
    void read.refetch()
  }
  const live = useStream('changes', tenant, ({ event, data }) => {
    if (event !== 'changes' || came.length > MOST) return again()
    const items = (data as { readonly items: readonly Line[] }).items.filter((line) => fits(line, filter))
    if (items.length > 0) setCame((before) => [...items.toReversed(), ...before])
  })
  const read = useInfiniteQuery({
    queryKey: ['log', tenant, query],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) => {
      const page = { ...query, order: 'desc', limit: 100, ...(pageParam === undefined ? {} : { before: pageParam }) }
      return api('GET /tenants/{tenant}/log', { params: { tenant }, query: page as never }, { signal })
    },
    getNextPageParam: (last: LogPage) => (last.end ? undefined : last.next),
    refetchInterval: live.state === 'live' ? false : EVERY_MS,
  })
  const listed = read.data?.pages.flatMap(({ items }) => items) ?? []
  const known = new Set(listed.map(({ place }) => place))
  const all = [...came.filter(({ place }) => !known.has(place)), ...listed].sort((a, b) => b.place - a.place)
  const lines = heldAt === undefined ? all : all.filter(({ place }) => place <= heldAt)
  return { read, lines, held: all.length - lines.length, live }
}
