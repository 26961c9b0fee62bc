import { idInUri, isObject, type Json, type JsonObject } from '../protocol/index.ts'
import { wholeNumber } from './page.ts'
import { TransportError } from './transport-error.ts'

/** What a server answered to one operation. RFC 7644 §3.7.3. */
export interface BulkAnswer {
  readonly status: number
  readonly id: string | undefined
  readonly version: string | undefined
  /** The error body of a refusal. */
  readonly response: Json | undefined
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
  // By bulkId, else by what the location says, else in the order they stand.
  const rest = entries.filter((entry) => !place(entry, (at) => sameBulkId(entry, operations[at])))
  const last = rest.filter((entry) => !place(entry, (at) => sameLocation(entry, operations[at])))
  for (const entry of last) place(entry, (at) => sameMethod(entry, operations[at]))
  return out

  function place(entry: JsonObject, fits: (at: number) => boolean): boolean {
    const at = operations.findIndex((_, index) => out[index] === undefined && fits(index))
    if (at < 0) return false
    out[at] = readEntry(entry)
    return true
  }
}

type Sent = { readonly method: string; readonly path: string; readonly bulkId?: string } | undefined

function sameMethod(entry: JsonObject, operation: Sent): boolean {
  if (operation === undefined) return false
  return typeof entry.method !== 'string' || entry.method.toUpperCase() === operation.method
}

function sameBulkId(entry: JsonObject, operation: Sent): boolean {
  return typeof entry.bulkId === 'string' && entry.bulkId === operation?.bulkId && sameMethod(entry, operation)
}

function sameLocation(entry: JsonObject, operation: Sent): boolean {
  if (typeof entry.location !== 'string' || operation === undefined || operation.method === 'POST') return false
  return (
    sameMethod(entry, operation) && idOf(entry.location) === operation.path.slice(operation.path.lastIndexOf('/') + 1)
  )
}

function readEntry(entry: JsonObject): BulkAnswer {
  // A number or text in the RFC's examples, an object {"code": …} in older drafts.
  const status = isObject(entry.status) ? entry.status.code : entry.status
  const { location, version } = entry
  const response = isObject(entry.response) ? entry.response : undefined
  const own = response?.id
  return {
    status: wholeNumber(status) ?? 200,
    id: idOf(typeof location === 'string' ? location : null) ?? (typeof own === 'string' ? own : undefined),
    version: typeof version === 'string' ? version : undefined,
    response,
  }
}

/** The id at the end of a location, whatever host it names: behind a proxy that is often the wrong one. RFC 7644 §3.3. */
export function idOf(location: string | null): string | undefined {
  return location === null ? undefined : idInUri(location)
}
