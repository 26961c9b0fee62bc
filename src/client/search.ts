import {
  type Json,
  type JsonObject,
  type ResourceType,
  SCIM_TYPES,
  ScimError,
  SEARCH_REQUEST,
} from '../protocol/index.ts'
import { CLIENT_LIMITS } from './limits.ts'
import { type RawPage, readPage } from './page.ts'
import { type Received, readResource } from './received.ts'
import type { Answer } from './response.ts'
import type { Send } from './send.ts'
import { TransportError } from './transport-error.ts'

/** Which attributes an answer shows. RFC 7644 §3.9. */
export interface Selection {
  readonly attributes?: readonly string[]
  readonly excludedAttributes?: readonly string[]
}

/** A search. RFC 7644 §3.4.2. */
export interface Search extends Selection {
  /** A filter; the `filter` tag quotes its values. */
  readonly filter?: string
  readonly sortBy?: string
  readonly sortOrder?: 'ascending' | 'descending'
  /** Resources on a page. */
  readonly count?: number
  /** The filter holds what must stand in no log: it goes in a body, by POST to `/.search`. RFC 7644 §7.5.2. */
  readonly sensitive?: boolean
  readonly signal?: AbortSignal
}

/** Where a page begins. */
export interface Start {
  /** From 1. */
  readonly startIndex?: number | undefined
  /** "" for the first page of a walk by cursor. RFC 9865 §2. */
  readonly cursor?: string | undefined
}

/** One page of resources. */
export interface Page<T extends ResourceType> {
  readonly resources: readonly Received<T>[]
  /** How many there are in all, where the server says it. */
  readonly totalResults: number | undefined
  readonly nextCursor: string | undefined
}

/** Reads one page. Long and sensitive searches go by POST, where the server takes it. RFC 7644 §3.4.2, §3.4.3. */
export async function readOnePage<T extends ResourceType>(
  send: Send,
  type: T,
  search: Search,
  start: Start,
  urlLength: number,
): Promise<Page<T>> {
  const answer = await ask(send, type.endpoint, search, start, urlLength)
  const page = readPage(answer.body)
  if (page === undefined) {
    const what = `the answer to GET ${type.endpoint} is no ListResponse: it has neither "Resources" nor "totalResults"`
    throw new TransportError('ERR_NOT_SCIM', what, { mayBeDone: false, status: answer.status })
  }
  return { ...page, resources: readAll(type, page) }
}

function readAll<T extends ResourceType>(type: T, page: RawPage): readonly Received<T>[] {
  return page.resources.map((each) => {
    const resource = readResource(type, each)
    if (resource !== undefined) return resource
    throw new TransportError('ERR_NOT_SCIM', `a ${type.name} in the list has no id`, { mayBeDone: false })
  })
}

async function ask(send: Send, endpoint: string, search: Search, start: Start, urlLength: number): Promise<Answer> {
  const { signal, filter, sensitive = false } = search
  const query = {
    filter,
    sortBy: search.sortBy,
    sortOrder: search.sortOrder,
    startIndex: start.startIndex,
    cursor: start.cursor,
    count: search.count,
    attributes: search.attributes?.join(','),
    excludedAttributes: search.excludedAttributes?.join(','),
  }
  const get = () => send({ method: 'GET', path: endpoint, query, signal })
  const post = () =>
    send({ method: 'POST', path: `${endpoint}/.search`, body: bodyOf(search, start), signal, isSafe: true })
  const length = Object.values(query).reduce<number>((sum, value) => sum + encodeURIComponent(value ?? '').length, 0)
  if (!sensitive && length <= urlLength) {
    try {
      return await get()
    } catch (error) {
      if (error instanceof ScimError && isForBody(error)) return post()
      throw error
    }
  }
  try {
    return await post()
  } catch (error) {
    // What is only long may still be short enough for this server; what is sensitive never goes into a URL.
    if (!sensitive && isMissing(error)) return get()
    throw error
  }
}

/** The server wants it in a body: too long a URL, or sensitive. RFC 7644 §7.5.2, RFC 9110 §15.5.15. */
function isForBody({ status, scimType }: ScimError): boolean {
  return status === 414 || (status === SCIM_TYPES.sensitive && scimType === 'sensitive')
}

/** Undefined where the server has no `/.search`. */
async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  if (error instanceof ScimError) return [404, 405, 501].includes(error.status)
  return error instanceof TransportError && error.code === 'ERR_NOT_SCIM' && error.status === 404
}

function bodyOf(search: Search, start: Start): JsonObject {
  const members: { readonly [name: string]: Json | undefined } = {
    filter: search.filter,
    sortBy: search.sortBy,
    sortOrder: search.sortOrder,
    startIndex: start.startIndex,
    cursor: start.cursor,
    count: search.count,
    attributes: search.attributes,
    excludedAttributes: search.excludedAttributes,
  }
  const body: { [name: string]: Json } = { schemas: [SEARCH_REQUEST] }
  for (const [name, value] of Object.entries(members)) if (value !== undefined) body[name] = value
  return body
}

/** A walk through all pages. */
export interface Walk extends Search {
  /** How to go from page to page. Default: by cursor where the server says that it can, else by index. RFC 9865. */
  readonly paging?: 'index' | 'cursor'
  /** Ends after so many resources. */
  readonly limit?: number
}

/**
 * All resources of a search, page after page, each once. By index the next page begins after as many as came, whatever the server
 * says of its pages; what moves meanwhile may come twice, and is then left out, or be missed, as the protocol has it. A server that
 * gives the same pages again and again, or cursors that go round, is an error and no endless loop. RFC 7644 §3.4.2.4, RFC 9865.
 */
export async function* walk<T extends ResourceType>(
  send: Send,
  type: T,
  search: Walk,
  options: { readonly urlLength: number; readonly hasCursors: (signal?: AbortSignal) => Promise<boolean> },
): AsyncGenerator<Received<T>, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY, signal } = search
  if (limit <= 0) return
  const byCursor = search.paging === undefined ? await options.hasCursors(signal) : search.paging === 'cursor'
  let start: Start = byCursor ? { cursor: '' } : {}
  const seen = new Set<string>()
  const cursors = new Set<string>()
  let got = 0
  let given = 0
  let stale = 0
  let asked: Search = search
  let isInBody = search.sensitive === true
  for (let pages = 0; pages < CLIENT_LIMITS.PAGES; pages++) {
    let page: Page<T> = await readOnePage(send, type, asked, start, options.urlLength)
    const isStale = ({ resources }: Page<T>) =>
      resources.length > 0 && resources.every((each) => seen.has((each as { id: string }).id))
    if (isStale(page) && !isInBody) {
      // Some servers (scimmy-routers 1.3) read startIndex only as a number, which a URL can't hold; a body can.
      isInBody = true
      const again = await orMissing(readOnePage(send, type, { ...search, sensitive: true }, start, options.urlLength))
      if (again !== undefined && !isStale(again)) {
        page = again
        asked = { ...search, sensitive: true }
      }
    }
    let fresh = 0
    for (const resource of page.resources) {
      const { id } = resource as { id: string }
      if (seen.has(id)) continue
      if (seen.size < CLIENT_LIMITS.SEEN_IDS) seen.add(id)
      fresh += 1
      yield resource
      given += 1
      if (given >= limit) return
    }
    got += page.resources.length
    stale = fresh === 0 ? stale + 1 : 0
    const { nextCursor, totalResults } = page
    if (nextCursor !== undefined && search.paging !== 'index') {
      if (cursors.has(nextCursor)) throw roundAbout(type, 'gave a cursor twice')
      cursors.add(nextCursor)
      start = { cursor: nextCursor }
      continue
    }
    if (start.cursor !== undefined && start.cursor !== '') return
    // A walk by cursor that got no cursor, from a server that only says it has them: on by index.
    if (page.resources.length === 0 || (totalResults !== undefined && got >= totalResults)) return
    if (totalResults === undefined && fresh === 0) return
    if (stale >= CLIENT_LIMITS.STALE_PAGES) throw roundAbout(type, 'gives the same page whatever startIndex says')
    start = { startIndex: got + 1 }
  }
  throw roundAbout(type, `has more than ${CLIENT_LIMITS.PAGES} pages`)
}

function roundAbout(type: ResourceType, what: string): TransportError {
  return new TransportError(
    'ERR_NOT_SCIM',
    `the server ${what} in the list of ${type.endpoint}, so that it can't be read whole`,
    {
      mayBeDone: false,
    },
  )
}
