// Sends a search, by GET or by POST. RFC 7644 §3.4.2, §3.4.3.

import {
  type AttributePath,
  type FilterPath,
  type Json,
  type JsonObject,
  type ResourceType,
  SCIM_TYPES,
  ScimError,
  SEARCH_REQUEST,
  type SortPath,
  type TypedFilter,
} from '../protocol/index.ts'
import { readPage } from './page.ts'
import { type Received, readResource } from './received.ts'
import type { Answer } from './response.ts'
import type { Send } from './send.ts'
import { TransportError } from './transport-error.ts'

/** Which attributes an answer shows. RFC 7644 §3.9. */
export interface Selection<T = ResourceType> {
  /** These alone, and what is always shown: `['userName', 'emails.value']`. */
  readonly attributes?: readonly AttributePath<T>[] | undefined
  /** All but these, of what is shown by default. */
  readonly excludedAttributes?: readonly AttributePath<T>[] | undefined
}

/** A search. RFC 7644 §3.4.2. */
export interface Search<T = ResourceType> extends Selection<T> {
  /** Which resources: `where(User, 'active', 'eq', true)`, whose names and values are checked, or a text. */
  readonly filter?: TypedFilter<FilterPath<T>> | string | undefined
  /** The attribute that orders them: `'name.familyName'`. RFC 7644 §3.4.2.3. */
  readonly sortBy?: SortPath<T> | undefined
  readonly sortOrder?: 'ascending' | 'descending' | undefined
  /** Resources on a page. */
  readonly count?: number | undefined
  /** The filter holds what must not be logged: it goes in a body, by POST to `/.search`. RFC 7644 §7.5.2. */
  readonly sensitive?: boolean | undefined
  readonly signal?: AbortSignal | undefined
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

/** A page as it was read. */
export interface ReadPage<T extends ResourceType> extends Page<T> {
  /** Entries that are left out because they have no id. */
  readonly unusable: number
}

/** Reads one page. Long and sensitive searches go by POST, where the server takes it. RFC 7644 §3.4.2, §3.4.3. */
export async function readOnePage<T extends ResourceType>(
  send: Send,
  type: T,
  search: Search,
  start: Start,
  urlLength: number,
): Promise<ReadPage<T>> {
  const answer = await ask(send, type.endpoint, search, start, urlLength)
  const page = readPage(answer.body)
  if (page === undefined) {
    const what = `the answer to GET ${type.endpoint} is not a ListResponse: it has neither "Resources" nor "totalResults"`
    throw new TransportError('ERR_NOT_SCIM', what, { mayBeDone: false, status: answer.status })
  }
  const resources = page.resources.map((each) => readResource(type, each)).filter((each) => each !== undefined)
  return { ...page, resources, unusable: page.unusable + page.resources.length - resources.length }
}

async function ask(send: Send, endpoint: string, search: Search, start: Start, urlLength: number): Promise<Answer> {
  const { signal, sensitive = false } = search
  const query = {
    filter: search.filter?.toString(),
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

/** Whether an error says that the server has no `/.search`. */
export function isMissing(error: unknown): boolean {
  if (error instanceof ScimError) return [404, 405, 501].includes(error.status)
  return error instanceof TransportError && error.code === 'ERR_NOT_SCIM' && error.status === 404
}

function bodyOf(search: Search, start: Start): JsonObject {
  const members: { readonly [name: string]: Json | undefined } = {
    filter: search.filter?.toString(),
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
