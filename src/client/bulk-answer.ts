// Matches the answers of a bulk request to its operations. RFC 7644 §3.7.3.

import { ERROR, isObject, type Json, type JsonObject, readScimError, ScimError } from '../protocol/index.ts'
import { idOf } from './location.ts'
import { TransportError } from './transport-error.ts'

/** What a server answered to one operation. RFC 7644 §3.7.3. */
export interface BulkAnswer {
  /** Undefined where nothing says how it went. */
  readonly status: number | undefined
  readonly id: string | undefined
  readonly version: string | undefined
  /** The error; absent if it succeeded. */
  readonly refusal: ScimError | undefined
}

/** The answers to the operations of one bulk request, each at its operation's place; undefined for one that is not answered. */
export function readBulkAnswer(
  body: JsonObject | undefined,
  operations: readonly { readonly method: string; readonly path: string; readonly bulkId?: string }[],
): readonly (BulkAnswer | undefined)[] {
  const listed = Object.entries(body ?? {}).find(([key]) => key.toLowerCase() === 'operations')?.[1]
  if (!Array.isArray(listed)) {
    const what = 'the answer to the bulk request has no "Operations"'
    throw new TransportError('ERR_NOT_SCIM', what, { mayBeDone: true })
  }
  const out: (BulkAnswer | undefined)[] = operations.map(() => undefined)
  const entries = (listed as readonly Json[]).filter(isObject)
  const isFree = (at: number) => out[at] === undefined
  const byBulkId = operationsBy(operations, isFree, ({ bulkId }) => bulkId)
  const byLocation = operationsBy(operations, isFree, ({ method, path }) =>
    method === 'POST' ? undefined : path.slice(path.lastIndexOf('/') + 1),
  )
  const inOrder = operationsBy(operations, isFree, () => '')
  const place = (entry: JsonObject, at: number | undefined) => {
    if (at !== undefined) out[at] = readEntry(entry)
    return at === undefined
  }
  // By bulkId, else by location, else by order.
  const rest = entries.filter((entry) => place(entry, byBulkId(entry, textIn(entry.bulkId))))
  const last = rest.filter((entry) => {
    const location = textIn(entry.location)
    return place(entry, byLocation(entry, location === undefined ? undefined : idOf(location)))
  })
  for (const entry of last) place(entry, inOrder(entry, ''))
  return out
}

type Sent = { readonly method: string; readonly path: string; readonly bulkId?: string }

/**
 * Finds the first operation with a key, and with the method that an entry names if it names one, that has no answer yet. However many
 * entries the other side sends, each is looked up once.
 */
function operationsBy(
  operations: readonly Sent[],
  isFree: (at: number) => boolean,
  keyOf: (operation: Sent) => string | undefined,
): (entry: JsonObject, key: string | undefined) => number | undefined {
  const places = new Map<string, number[]>()
  for (const [at, operation] of operations.entries()) {
    const key = keyOf(operation)
    if (key === undefined) continue
    for (const method of ['', operation.method]) {
      const list = places.get(`${method} ${key}`)
      if (list === undefined) places.set(`${method} ${key}`, [at])
      else list.push(at)
    }
  }
  return ({ method }, key) => {
    if (key === undefined) return undefined
    const list = places.get(`${textIn(method)?.toUpperCase() ?? ''} ${key}`) ?? []
    while (list[0] !== undefined && !isFree(list[0])) list.shift()
    return list[0]
  }
}

function textIn(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function readEntry(entry: JsonObject): BulkAnswer {
  const { location, version } = entry
  const response = objectIn(entry.response)
  const own = response?.id
  // A number or text in the RFC's examples, an object {"code": …} in older drafts.
  const status = statusIn(isObject(entry.status) ? entry.status.code : entry.status)
  return {
    status,
    id: idOf(typeof location === 'string' ? location : null) ?? (typeof own === 'string' ? own : undefined),
    version: typeof version === 'string' ? version : undefined,
    refusal: refusalIn(status, response),
  }
}

/** The status in `409`, `"409"`, `"409 Conflict"` and `"HTTP/1.1 409 Conflict"`. */
function statusIn(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value >= 100 && value <= 599 ? Math.trunc(value) : undefined
  const found = typeof value === 'string' ? /(?<![\d.])[1-5]\d\d(?!\d)/.exec(value.slice(0, 100))?.[0] : undefined
  return found === undefined ? undefined : Number(found)
}

/** The body of an answer, which some servers write as text. */
function objectIn(value: Json | undefined): JsonObject | undefined {
  if (typeof value !== 'string') return isObject(value) ? value : undefined
  try {
    const json = JSON.parse(value) as Json
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

/** An error, by its status or by its body: a server that says 200 beside an Error, or nothing, has refused all the same. RFC 7644 §3.7.3. */
function refusalIn(status: number | undefined, response: JsonObject | undefined): ScimError | undefined {
  const isRefused = status !== undefined && status >= 400
  const member = (name: string) => Object.entries(response ?? {}).find(([key]) => key.toLowerCase() === name)?.[1]
  const schemas = member('schemas')
  const isError =
    Array.isArray(schemas) &&
    schemas.some((each) => typeof each === 'string' && each.toLowerCase() === ERROR.toLowerCase())
  if (!isRefused && !isError) {
    // A resource may have a "detail" of its own; without other signs it is an error's.
    if (status !== undefined || member('id') !== undefined) return undefined
    return readScimError(statusIn(member('status')) ?? 400, response)
  }
  const said = statusIn(member('status'))
  const code = isRefused ? status : said !== undefined && said >= 400 ? said : 400
  return readScimError(code, response) ?? new ScimError(code, `refused with status ${code}`)
}
