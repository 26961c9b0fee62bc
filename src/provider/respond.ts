// Builds answers: resources, documents, empty ones and errors, with their headers.

import type { Answer, Body, Call } from '../call.ts'
import type { Stored } from '../directory/index.ts'
import {
  type Document,
  formatETag,
  internal,
  notAcceptable,
  SCIM_JSON,
  ScimError,
  unavailable,
} from '../protocol/index.ts'
import { locationOf } from './represent.ts'

/**
 * The media type of the answer: application/scim+json unless Accept prefers application/json, by its quality or by naming
 * it alone. 406 for neither. RFC 7644 §3.8, RFC 9110 §12.5.1, A-63.
 */
export function mediaType(accept: string | undefined): string {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === SCIM_JSON) return SCIM_JSON
  const ranges = accept.split(',').map(readRange)
  const scim = preference(ranges, [SCIM_JSON])
  const json = preference(ranges, ['application/json', 'text/json'])
  if (json.quality > scim.quality || (json.quality === scim.quality && json.named && !scim.named))
    return 'application/json'
  if (scim.quality > 0) return SCIM_JSON
  throw notAcceptable(`Answers here are application/scim+json or application/json, but Accept is ${accept}`)
}

interface Range {
  readonly name: string
  readonly quality: number
}

function readRange(text: string): Range {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters
    .map((parameter) => /^q=(\d(?:\.\d*)?)$/.exec(parameter)?.[1])
    .find((found) => found !== undefined)
  return { name, quality: quality === undefined ? 1 : Math.min(1, Number(quality)) }
}

/** How much a type is wanted; a range that names it counts more than one with an asterisk. */
function preference(
  ranges: readonly Range[],
  names: readonly string[],
): { readonly quality: number; readonly named: boolean } {
  const own = ranges.find(({ name }) => names.includes(name))
  if (own !== undefined) return { quality: own.quality, named: own.quality > 0 }
  const any = ranges.find(({ name }) => name === 'application/*') ?? ranges.find(({ name }) => name === '*/*')
  return { quality: any?.quality ?? 0, named: false }
}

/** Keeps shared caches from storing an answer, and private ones from using it without asking. RFC 9111 §5.2.2. */
export const UNSHARED: readonly [name: string, value: string] = ['Cache-Control', 'private, no-cache']
const [CACHE_CONTROL, PRIVATE] = UNSHARED

/** An answer with a resource. RFC 7644 §3.1, §3.14; A-48. */
export function resourceAnswer(
  status: number,
  endpoint: string,
  stored: Pick<Stored, 'id' | 'version'>,
  base: string,
  media: string,
  body: Body,
): Answer {
  const location = locationOf(base, endpoint, stored.id)
  return {
    status,
    headers: [
      'Content-Type',
      media,
      // Spelled out: a spread costs as much here as all the rest.
      CACHE_CONTROL,
      PRIVATE,
      'ETag',
      formatETag(stored.version),
      'Location',
      location,
      'Content-Location',
      location,
    ],
    body,
  }
}

/**
 * 204, or 304, of a resource: headers alone. A 204 has the media type that the resource would have had (RFC 9110 §8.3): some
 * clients take an answer without one for a failure.
 */
export function emptyAnswer(
  status: 204 | 304,
  endpoint: string,
  stored: Pick<Stored, 'id' | 'version'>,
  base: string,
): Answer {
  const media = status === 204 ? ['Content-Type', SCIM_JSON] : []
  const location = locationOf(base, endpoint, stored.id)
  return { status, headers: [...media, ...UNSHARED, 'ETag', formatETag(stored.version), 'Location', location] }
}

/** An answer with a document that is no resource of the directory. */
export function documentAnswer(
  status: number,
  document: Document,
  media: string,
  headers: readonly string[] = [],
): Answer {
  return { status, headers: ['Content-Type', media, ...UNSHARED, ...headers], body: JSON.stringify(document) }
}

/** What is reported of an internal error. */
export type Report = (problem: { readonly id: string; readonly error: unknown; readonly method: string }) => void

/** The one place where errors become answers. Unknown ones show an id that the log has too, and nothing else. RFC 7644 §3.12. */
export function errorAnswer(error: unknown, call: Call, report: Report): Answer {
  const known = errorOf(error, call, report)
  if (call.about !== undefined) {
    call.about.code = known.code
    call.about.detail = known.detail
  }
  const headers = ['Content-Type', SCIM_JSON, ...UNSHARED]
  for (const [name, value] of Object.entries(known.headers ?? {})) headers.push(name, value)
  return { status: known.status, headers, body: JSON.stringify(known) }
}

/** Any error as one of the protocol's. */
export function errorOf(error: unknown, call: Call, report: Report): ScimError {
  if (!(error instanceof ScimError)) return ours(error, call, report)
  // A client is never told to retry without a report.
  if (error.status === 503) report({ id: crypto.randomUUID(), error, method: call.method })
  return error
}

function ours(error: unknown, call: Call, report: Report): ScimError {
  const id = crypto.randomUUID()
  report({ id, error, method: call.method })
  // A store that can't be written or reached now says so itself, and when to come back.
  if (error instanceof Error && 'retryAfterMs' in error && typeof error.retryAfterMs === 'number') {
    return unavailable(Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
  }
  return internal(id, error)
}
