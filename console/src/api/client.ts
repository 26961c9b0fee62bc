// Calls the admin API: typed by its table of routes, with errors that say what the server said.

import { ADMIN } from '../place.ts'
import type { Operations } from './operations.ts'

/** The name of an operation: `GET /tenants/{tenant}`. */
export type Operation = keyof Operations
/** What an operation answers. */
export type Answer<Name extends Operation> = Operations[Name]['answer']
/** What an operation is given: parameters of its path, its query, its body. */
export type Given<Name extends Operation> = Operations[Name]['given']
/** What a form sends to an operation. */
export type Body<Name extends Operation> = Operations[Name]['given'] extends { readonly body: infer Sent }
  ? Sent
  : never

/** Headers that make a change safe. */
export interface Safely {
  /** Refuses the change if somebody else made one since this version was read. */
  readonly ifMatch?: string | undefined
  /** The same key twice is done once. */
  readonly idempotencyKey?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is wrong with one field. */
export interface Fault {
  readonly in: 'query' | 'body'
  readonly field: string
  readonly message: string
}

/** A refusal of the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly faults: readonly Fault[]
  /** How many resources are in the way. */
  readonly count: number | undefined
  /** When trying again makes sense. */
  readonly retryAfterMs: number | undefined
  readonly requestId: string | undefined
  constructor(
    status: number,
    code: string,
    message: string,
    rest: {
      readonly faults?: readonly Fault[]
      readonly count?: number
      readonly retryAfterMs?: number
      readonly requestId?: string
    } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.faults = rest.faults ?? []
    this.count = rest.count
    this.retryAfterMs = rest.retryAfterMs
    this.requestId = rest.requestId
  }
}

/** A request below `/admin/v1/`, before it is sent. */
export interface Call {
  readonly method: string
  /** With parameters and query in place. */
  readonly path: string
  readonly body?: unknown
}

interface Parts {
  readonly params?: { readonly [name: string]: string }
  readonly query?: { readonly [name: string]: unknown }
  readonly body?: unknown
}

/** The request that an operation makes: what *As command* shows, and what {@link api} sends. */
export function callOf<Name extends Operation>(name: Name, given: Given<Name>): Call {
  const [method = 'GET', pattern = ''] = name.split(' ')
  const { params = {}, query = {}, body }: Parts = given
  const path = pattern.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''))
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.append(key, String(value))
  const text = search.toString()
  return { method, path: path.slice(1) + (text === '' ? '' : `?${text}`), ...(body === undefined ? {} : { body }) }
}

/**
 * Calls an operation of the admin API.
 *
 * @throws {ApiError} when it is refused, or when there is no answer
 * @example const { items } = await api('GET /tenants/{tenant}/connections', { params: { tenant: 'acme' } })
 */
export async function api<Name extends Operation>(
  name: Name,
  given: Given<Name>,
  safely: Safely = {},
): Promise<Answer<Name>> {
  const { answer } = await apiWithTag(name, given, safely)
  return answer
}

/** Like {@link api}, with the version of what was read, to be handed back as `ifMatch`. */
export async function apiWithTag<Name extends Operation>(
  name: Name,
  given: Given<Name>,
  { ifMatch, idempotencyKey, signal }: Safely = {},
): Promise<{ readonly answer: Answer<Name>; readonly tag: string | undefined }> {
  const response = await send(callOf(name, given), {
    signal,
    headers: {
      ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    },
  })
  const answer = (response.status === 204 ? undefined : await response.json()) as Answer<Name>
  return { answer, tag: response.headers.get('etag') ?? undefined }
}

/** Hears what every request came to: its status, 0 where there was no answer, and its path. */
type Hear = (status: number, path: string) => void

const hearers = new Set<Hear>()

/** Whoever has to know of every answer, whoever asked: signing in again, and the bar that says that the server is silent. */
export function onAnswer(hear: Hear): void {
  hearers.add(hear)
}

function tell(status: number, path: string): void {
  for (const hear of hearers) hear(status, path)
}

/** How a request is sent. */
interface Sending {
  readonly signal?: AbortSignal | undefined
  readonly headers?: { readonly [name: string]: string }
}

/** Longest wait of which nothing need be said, and how often it is waited for one request. */
const SHORT_WAIT_MS = 2_000
const WAITS = 8

/**
 * Sends a request below `/admin/v1/` and gives its answer, if it is no refusal: for files, streams and SCIM itself. Who asks for much at
 * once, as an import does, is told to slow down (429) before anything is done: then it waits as long as it is told, and asks again.
 */
export async function send(call: Call, how: Sending = {}): Promise<Response> {
  for (let waits = 0; ; waits++) {
    try {
      return await sendOnce(call, how)
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 429 || waits === WAITS) throw error
      const { retryAfterMs = Number.POSITIVE_INFINITY } = error
      if (retryAfterMs > SHORT_WAIT_MS) throw error
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
      how.signal?.throwIfAborted()
    }
  }
}

async function sendOnce({ method, path, body }: Call, { signal, headers = {} }: Sending): Promise<Response> {
  let response: Response
  try {
    response = await fetch(new URL(path, ADMIN), {
      method,
      signal: signal ?? null,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        // No form of another site can send it: the browser would have to ask first.
        'X-Lockstep': '1',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    tell(0, path)
    throw new ApiError(0, 'ERR_NETWORK', error instanceof Error ? error.message : String(error))
  }
  tell(response.status, path)
  if (response.ok) return response
  throw await refusalOf(response)
}

async function refusalOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id')
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  const rest = {
    ...(requestId === null ? {} : { requestId }),
    ...(Number.isNaN(wait) ? {} : { retryAfterMs: wait * 1_000 }),
  }
  const said = (await response.json().catch(() => ({}))) as {
    readonly error?: {
      readonly code?: string
      readonly message?: string
      readonly faults?: readonly Fault[]
      readonly count?: number
    }
    readonly detail?: string
    readonly scimType?: string
  }
  const { error } = said
  if (error?.message !== undefined) {
    const count = error.count === undefined ? {} : { count: error.count }
    return new ApiError(response.status, error.code ?? '', error.message, {
      ...rest,
      faults: error.faults ?? [],
      ...count,
    })
  }
  // An answer of SCIM, or of something between the browser and the server.
  return new ApiError(
    response.status,
    said.scimType ?? `HTTP_${response.status}`,
    said.detail ?? response.statusText,
    rest,
  )
}
