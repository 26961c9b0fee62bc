// Operations of the admin API as React sees them: read with a cache, and carried out.

import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useRef } from 'react'
import { type Answer, ApiError, api, apiWithTag, type Given, type Operation, type Safely } from './client.ts'

/** The cache of all pages. A refusal is an answer, so only what may pass by itself is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Whether the server is reached says its answer: it may run on this computer, without any network.
      networkMode: 'always',
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (count, error) =>
        count < 2 && error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status === 503),
      retryDelay: (count, error) =>
        error instanceof ApiError && error.retryAfterMs !== undefined ? error.retryAfterMs : 500 * 2 ** count,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
})

/** What a reading operation is read as, for `prefetchQuery` and the like. */
export function readOptions<Name extends Operation>(
  name: Name,
  given: Given<Name>,
): {
  readonly queryKey: readonly unknown[]
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<Answer<Name>>
} {
  const queryKey: readonly unknown[] = [name, given]
  return { queryKey, queryFn: ({ signal }) => api(name, given, { signal }) }
}

/** How a page reads. */
export interface Reading {
  /** Off while what it needs is not there yet. */
  readonly enabled?: boolean
  /** Asks again and again, where there is no stream. */
  readonly everyMs?: number
}

/** The same, where what was answered last decides whether it is asked again. */
interface ReadingOf<Answered> extends Omit<Reading, 'everyMs'> {
  readonly everyMs?: number | ((answer: Answered | undefined) => number | undefined)
}

/**
 * Reads an operation; what was there stays while the next is read.
 *
 * @example const tenant = useApi('GET /tenants/{tenant}', { params: { tenant: 'acme' } })
 */
export function useApi<Name extends Operation>(
  name: Name,
  given: Given<Name>,
  { enabled = true, everyMs }: ReadingOf<Answer<Name>> = {},
) {
  const interval =
    typeof everyMs === 'function'
      ? (query: { readonly state: { readonly data: Answer<Name> | undefined } }) => everyMs(query.state.data) ?? false
      : everyMs
  return useQuery<Answer<Name>>({
    ...readOptions<Name>(name, given),
    enabled,
    placeholderData: keepPreviousData,
    ...(interval === undefined ? {} : { refetchInterval: interval }),
  })
}

/** Reads what is edited in a form, with its version: the form hands it back as `ifMatch`, so that nobody overwrites what they have not seen. */
export function useVersioned<Name extends Operation>(name: Name, given: Given<Name>) {
  return useQuery({
    queryKey: [name, given, 'version'],
    queryFn: ({ signal }) => apiWithTag(name, given, { signal }),
    placeholderData: keepPreviousData,
  })
}

/** An answer that is one page of a list. */
type PageOf<Item> = {
  readonly items: readonly Item[]
  readonly next?: string | undefined
  readonly total?: number | undefined
}
type ItemOf<Name extends Operation> = Answer<Name> extends PageOf<infer Item> ? Item : never

/** Reads a list page by page; `items` are all that were read so far, `more` reads the next page. */
export function useList<Name extends Operation>(
  name: Name,
  given: Given<Name>,
  { enabled = true, everyMs }: Reading = {},
) {
  const query = useInfiniteQuery({
    queryKey: [name, given, 'pages'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const { query: own, ...rest } = given as { readonly query?: object }
      const page = { ...rest, query: { ...own, after: pageParam } } as unknown as Given<Name>
      return (await api(name, page, { signal })) as PageOf<ItemOf<Name>>
    },
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    enabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  })
  const pages = query.data?.pages ?? []
  return {
    items: pages.flatMap((page) => page.items),
    total: pages.at(-1)?.total,
    hasMore: query.hasNextPage,
    more: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage()
    },
    query,
  }
}

/** Carries an operation out; what was read is read again when it is done, whatever it was. */
export function useAct<Name extends Operation>(
  name: Name,
  { done }: { readonly done?: (answer: Answer<Name>) => void } = {},
) {
  const client = useQueryClient()
  const running = useRef<{ readonly key: string; readonly answer: Promise<Answer<Name>> }>(undefined)
  return useMutation<Answer<Name>, Error, Given<Name> & { readonly safely?: Safely }>({
    mutationFn: ({ safely, ...given }) => {
      // A second click comes before the button is drawn as busy: it is the same act.
      const key = JSON.stringify(given)
      if (running.current?.key === key) return running.current.answer
      const answer = api(name, given as Given<Name>, safely).finally(() => {
        running.current = undefined
      })
      running.current = { key, answer }
      return answer
    },
    onSuccess: (answer) => {
      void client.invalidateQueries()
      done?.(answer)
    },
  })
}
