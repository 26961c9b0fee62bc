// Reads an answer: its body, or its error. RFC 7644 §3.12.

import { isObject, type JsonObject, readScimError, ScimError } from '../protocol/index.ts'
import { retryAfterMs } from './backoff.ts'
import type { Call } from './request.ts'
import { TransportError } from './transport-error.ts'

/** An answer that means success. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Undefined when it came without a body, as 204 does, and some 200 and 201 too. */
  readonly body: JsonObject | undefined
}

/** A call on its way: below which base URL. */
export interface Sending extends Call {
  readonly base: string
}

/** An answer as it came. */
export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Headers of a refusal that say what to do about it. */
const TELLING = ['retry-after', 'www-authenticate', 'allow', 'location'] as const

/**
 * What an answer says: its body, or its error. A body is read whatever its media type is, or if there is none.
 * RFC 7644 §3.1, §3.12.
 */
export function readAnswer(call: Sending, received: Received, now: number): Answer {
  const { status, text } = received
  if (status >= 400) throw readRefusal(call, received, now)
  const body = parse(text)
  const isEmpty = body === undefined && text.trim() === ''
  if (!isEmpty && !isObject(body)) throw notScim(call, received, now, 'is not a JSON object')
  return {
    status,
    get headers() {
      return received.headers
    },
    body: isObject(body) ? body : undefined,
  }
}

/** The error in a refusal. A page of HTML may come from anything on the way, not from the server. */
function readRefusal(call: Sending, received: Received, now: number): Error {
  const { status, headers, text } = received
  const kept: { [name: string]: string } = {}
  for (const name of TELLING) {
    const value = headers.get(name)
    if (value !== null) kept[name] = value
  }
  const json = parse(text)
  const body = Array.isArray(json) ? json[0] : json
  const known = readScimError(status, body, kept)
  if (known !== undefined) return known
  const said = isObject(body) ? wordsOf(body) : undefined
  const isJson = isObject(body) || Array.isArray(json)
  const plain = isJson || text.trim().startsWith('<') ? '' : text.trim().slice(0, 300)
  // A router that knows nothing of SCIM answers 404 in its own words; taking that for a missing resource could delete a user.
  if (!isJson && text.trim() !== '' && (plain === '' || status === 404)) {
    return notScim(call, received, now, 'is not SCIM')
  }
  return new ScimError(
    status,
    said ?? (plain || `The server answered ${status} to ${nameOf(call)} without saying why`),
    {
      headers: kept,
    },
  )
}

/** What the errors of servers that have their own shape say: `{"code":…,"message":"…"}` and the like. */
function wordsOf(body: JsonObject): string | undefined {
  const errors = Array.isArray(body.errors) ? body.errors[0] : body.errors
  for (const holder of [body, body.error, errors, body.Errors]) {
    if (typeof holder === 'string' && holder !== '') return holder.slice(0, 1_000)
    if (!isObject(holder)) continue
    for (const name of ['message', 'error_description', 'description', 'detail', 'title', 'reason']) {
      const value = holder[name]
      if (typeof value === 'string' && value !== '') return value.slice(0, 1_000)
    }
  }
  return undefined
}

function notScim(call: Sending, received: Received, now: number, what: string): TransportError {
  const { status, headers, text } = received
  const title = titleOf(text)
  const type = headers.get('content-type')
  const shown = title !== undefined && title !== '' ? `a page titled "${title}"` : (type ?? 'no media type')
  return new TransportError(
    'ERR_NOT_SCIM',
    `the answer to ${nameOf(call)} (${status}, ${shown}) ${what}; is the base URL right, or is something in between that answers instead?`,
    {
      // A gateway's error does not say what happened behind it; a plain refusal of a router does.
      mayBeDone: !isSafe(call) && (status < 400 || status >= 500),
      status,
      retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
    },
  )
}

/** The title of a page of HTML, if it is near its beginning: the text is untrusted and may be long. */
function titleOf(text: string): string | undefined {
  const head = text.slice(0, PAGE_HEAD)
  const tag = head.search(/<title/i)
  const from = tag < 0 ? 0 : head.indexOf('>', tag) + 1
  if (from === 0) return undefined
  const [title = ''] = head.slice(from, from + TITLE).split('<', 1)
  return title.replace(/\s+/g, ' ').trim()
}

/** How far into a page its title is looked for, and how much of one is shown, in characters. */
const PAGE_HEAD = 65_536
const TITLE = 200

/** Whether a request only looks. RFC 9110 §9.2.1. */
export function isSafe({ method, isSafe }: Call): boolean {
  return method === 'GET' || isSafe === true
}

/** A request for messages: the URL that was asked, without its query, which may hold personal data. */
export function nameOf({ method, path, base }: Sending): string {
  return `${method} ${base}${path}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
