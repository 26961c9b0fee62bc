// The errors of SCIM and of configuration, with stable codes. RFC 7644 §3.12.

import { isObject, type JsonObject } from './json.ts'
import { ERROR } from './urn.ts'

/** The detail error keywords and the status each goes with. RFC 7644 §3.12 table 9, §7.5.2 (erratum 6893); RFC 9865 §2.1. */
export const SCIM_TYPES = {
  invalidFilter: 400,
  tooMany: 400,
  uniqueness: 409,
  mutability: 400,
  invalidSyntax: 400,
  invalidPath: 400,
  noTarget: 400,
  invalidValue: 400,
  invalidVers: 400,
  sensitive: 403,
  invalidCursor: 400,
  expiredCursor: 400,
  invalidCount: 400,
} as const

/** A detail error keyword. RFC 7644 §3.12, table 9. */
export type ScimType = keyof typeof SCIM_TYPES

/** The statuses of errors, each with the stable code it has when no keyword says more. RFC 7644 §3.12, table 8. */
export const STATUS_CODES = {
  400: 'SCIM_BAD_REQUEST',
  401: 'SCIM_UNAUTHORIZED',
  403: 'SCIM_FORBIDDEN',
  404: 'SCIM_NOT_FOUND',
  405: 'SCIM_METHOD_NOT_ALLOWED',
  406: 'SCIM_NOT_ACCEPTABLE',
  409: 'SCIM_CONFLICT',
  412: 'SCIM_PRECONDITION_FAILED',
  413: 'SCIM_PAYLOAD_TOO_LARGE',
  414: 'SCIM_URI_TOO_LONG',
  415: 'SCIM_UNSUPPORTED_MEDIA_TYPE',
  421: 'SCIM_MISDIRECTED',
  429: 'SCIM_TOO_MANY_REQUESTS',
  431: 'SCIM_HEADERS_TOO_LARGE',
  500: 'SCIM_INTERNAL',
  501: 'SCIM_NOT_IMPLEMENTED',
  503: 'SCIM_UNAVAILABLE',
} as const

/** The stable code of a keyword: `invalidFilter` is `SCIM_INVALID_FILTER`. */
export function codeOf(scimType: ScimType): string {
  return `SCIM_${scimType.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

function isScimType(text: string | undefined): text is ScimType {
  return text !== undefined && Object.hasOwn(SCIM_TYPES, text)
}

/** The base of all errors: `code` is stable and meant for programs, `message` for people. */
export class LockstepError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** Options that make no sense, found when they are given. */
export class ConfigError extends LockstepError {
  /** Path of the option: `limits.pageMax`, `attributes.number.type`. */
  readonly option: string
  /** `expected` says what would be right. */
  constructor(option: string, expected: string, options?: { readonly cause?: unknown }) {
    super('ERR_CONFIG', `${option}: ${expected}`, options)
    this.option = option
  }
}

/** What the protocol refuses. RFC 7644 §3.12. */
export class ScimError extends LockstepError {
  readonly status: number
  /** One of {@link SCIM_TYPES}, or what another server says instead. */
  readonly scimType: ScimType | (string & {}) | undefined
  /** Written for the administrator of an identity provider: what, where, what would be right. */
  readonly detail: string
  /** Headers of the answer: `WWW-Authenticate`, `Allow`, `Retry-After`. */
  readonly headers: { readonly [name: string]: string } | undefined

  constructor(
    status: number,
    detail: string,
    options: {
      readonly scimType?: ScimType | (string & {})
      readonly headers?: { readonly [name: string]: string }
      readonly cause?: unknown
    } = {},
  ) {
    const { scimType } = options
    const codes: { readonly [status: number]: string } = STATUS_CODES
    const cause = 'cause' in options ? { cause: options.cause } : undefined
    super(isScimType(scimType) ? codeOf(scimType) : (codes[status] ?? `SCIM_${status}`), detail, cause)
    this.status = status
    this.scimType = scimType
    this.detail = detail
    this.headers = options.headers
  }

  /** The body of the answer. `status` is a string there. */
  toJSON(): JsonObject {
    const { scimType } = this
    return {
      schemas: [ERROR],
      status: String(this.status),
      ...(scimType === undefined ? {} : { scimType }),
      detail: this.detail,
    }
  }
}

/**
 * The error in the body of an answer, or undefined when it does not have the shape of one. Tolerant: `status` as a
 * number or missing, no `schemas`, any letter case of the names, a `scimType` that no RFC has. RFC 7644 §3.12.
 */
export function readScimError(
  status: number,
  body: unknown,
  headers?: { readonly [name: string]: string },
): ScimError | undefined {
  if (!isObject(body)) return undefined
  const member = (name: string) => {
    for (const key in body) if (key.toLowerCase() === name) return body[key]
    return undefined
  }
  const text = (name: string) => {
    const value = member(name)
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const given = text('scimtype')
  const scimType = (Object.keys(SCIM_TYPES) as ScimType[]).find((each) => each.toLowerCase() === given?.toLowerCase())
  const schemas = member('schemas')
  const isError = Array.isArray(schemas) && schemas.includes(ERROR)
  const detail = text('detail')
  if (!isError && detail === undefined && given === undefined) return undefined
  return new ScimError(status, detail ?? given ?? `The server answered ${status} without saying why`, {
    ...(given === undefined ? {} : { scimType: scimType ?? given }),
    ...(headers === undefined ? {} : { headers }),
  })
}

function refuse(scimType: ScimType, detail: string): ScimError {
  return new ScimError(SCIM_TYPES[scimType], detail, { scimType })
}

/** A filter that cannot be read, or whose operator and attribute don't go together; `at` points at the character. RFC 7644 §3.4.2.2. */
export function invalidFilter(detail: string, at?: number): ScimError {
  return refuse('invalidFilter', at === undefined ? detail : `${detail}, at character ${at + 1} of the filter`)
}
/** More results than are computed. RFC 7644 §3.4.2.1. */
export const tooMany = (detail: string): ScimError => refuse('tooMany', detail)
/** A value that is taken. RFC 7644 §3.3. */
export const uniqueness = (detail: string): ScimError => refuse('uniqueness', detail)
/** A change that the attribute's mutability forbids. RFC 7644 §3.5.2. */
export const mutability = (detail: string): ScimError => refuse('mutability', detail)
/** A body that cannot be read or has not the request's schema. RFC 7644 §3.12. */
export const invalidSyntax = (detail: string): ScimError => refuse('invalidSyntax', detail)
/** A PATCH path that is malformed or names nothing. RFC 7644 §3.5.2. */
export const invalidPath = (detail: string): ScimError => refuse('invalidPath', detail)
/** A PATCH path that selects nothing. RFC 7644 §3.5.2. */
export const noTarget = (detail: string): ScimError => refuse('noTarget', detail)
/** A value that is missing or doesn't fit. RFC 7644 §3.12. */
export const invalidValue = (detail: string): ScimError => refuse('invalidValue', detail)
/** A protocol version in the URL that isn't served. RFC 7644 §3.13. */
export const invalidVers = (detail: string): ScimError => refuse('invalidVers', detail)
/** Sensitive values in a URL. RFC 7644 §7.5.2. */
export const sensitive = (detail: string): ScimError => refuse('sensitive', detail)
/** A cursor that this query didn't give out. RFC 9865 §2.1. */
export const invalidCursor = (detail: string): ScimError => refuse('invalidCursor', detail)
/** A cursor that is too old. RFC 9865 §2.1. */
export const expiredCursor = (detail: string): ScimError => refuse('expiredCursor', detail)
/** An invalid page size, or one that changed between pages. RFC 9865 §2.1. */
export const invalidCount = (detail: string): ScimError => refuse('invalidCount', detail)

/** No credentials, or none that are known; `challenge` is the WWW-Authenticate header. RFC 7644 §2, RFC 6750 §3. */
export function unauthorized(detail: string, challenge: string): ScimError {
  return new ScimError(401, detail, { headers: { 'www-authenticate': challenge } })
}
/** Credentials without the right for this. RFC 7644 §3.12. */
export const forbidden = (detail: string): ScimError => new ScimError(403, detail)
/** No such resource or endpoint. RFC 7644 §3.12. */
export const notFound = (detail: string): ScimError => new ScimError(404, detail)
/** A method that the endpoint doesn't have; `allow` lists those it has. RFC 9110 §15.5.6. */
export function methodNotAllowed(allow: readonly string[]): ScimError {
  const list = allow.join(', ')
  return new ScimError(405, `This endpoint takes ${list || 'no method'} only`, { headers: { allow: list } })
}
/** An Accept header that no representation satisfies. RFC 9110 §15.5.7. */
export const notAcceptable = (detail: string): ScimError => new ScimError(406, detail)
/** Unresolvable bulk references. RFC 7644 §3.7.2. */
export const conflict = (detail: string): ScimError => new ScimError(409, detail)
/** The resource has another version. RFC 7644 §3.14. */
export const preconditionFailed = (detail: string): ScimError => new ScimError(412, detail)
/** Too large; the detail names the limit. RFC 7644 §3.7.4. */
export const payloadTooLarge = (detail: string): ScimError => new ScimError(413, detail)
/** A URL longer than is read. RFC 9110 §15.5.15. */
export const uriTooLong = (detail: string): ScimError => new ScimError(414, detail)
/** A body that isn't JSON by its media type. RFC 7644 §3.1. */
export const unsupportedMediaType = (detail: string): ScimError => new ScimError(415, detail)
/** Too many requests. RFC 6585 §4. */
export function tooManyRequests(retryAfterSeconds: number): ScimError {
  return new ScimError(429, `Too many requests; try again in ${retryAfterSeconds} s`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  })
}
/** Our mistake; `id` is in the log with the cause, nothing internal goes out. RFC 7644 §3.12. */
export function internal(id: string, cause?: unknown): ScimError {
  return new ScimError(500, `Internal error; the server's log has it under ${id}`, { cause })
}
/** Something switched off or never offered. RFC 7644 §3.12. */
export const notImplemented = (detail: string): ScimError => new ScimError(501, detail)
/** Not now. RFC 9110 §15.6.4. */
export function unavailable(retryAfterSeconds: number): ScimError {
  return new ScimError(503, `The server cannot answer just now; try again in ${retryAfterSeconds} s`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  })
}
