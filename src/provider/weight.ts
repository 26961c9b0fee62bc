// Weighs a request: light ones run on the event loop, heavy ones are offloaded.

import { isObject, type Json, type JsonObject, type SearchInput } from '../protocol/index.ts'

/** Whether a request is carried out on the event loop, or off it where there is somewhere to (decision 11). */
export type Weight = 'light' | 'heavy'

/** Bodies above this many bytes are heavy. */
const BYTES = 256 * 1024
/** Bulk requests above this many bytes are heavy: each operation is a request of its own. */
const BULK_BYTES = 16 * 1024
/** So many values in a body are read and compared in some milliseconds. */
const VALUES = 3_000
/** A body that is shorter holds fewer values than that. */
const FEW_VALUES = VALUES * 2
/** Each operation of a PATCH has a path to be read, and each member of a value without a path is one. */
const EDITS = 100
/** Names in `attributes` or `excludedAttributes` are looked for in each resource of the page. */
const NAMES = 100
/** A filter above this many characters may have hundreds of comparisons. */
const FILTER = 4_096

/** A resource of more characters is read and written off the event loop. */
export const LARGE_TEXT = 256 * 1024

/** A page whose resources have more characters together is heavy. */
export const LARGE_PAGE = 1024 * 1024

/** Weighs a body before it is parsed: by its bytes, and by how many values they can be. */
export function weighBody(bytes: Uint8Array): Weight {
  if (bytes.length > BYTES) return 'heavy'
  return bytes.length > FEW_VALUES && holdsMoreThan(bytes, VALUES) ? 'heavy' : 'light'
}

/** Weighs the body of a bulk request before it is parsed. RFC 7644 §3.7. */
export function weighBulk(bytes: Uint8Array): Weight {
  return bytes.length > BULK_BYTES ? 'heavy' : 'light'
}

/** Weighs a PATCH by its changes, whatever their size. RFC 7644 §3.5.2. */
export function weighPatch(body: Json): Weight {
  if (!isObject(body)) return 'light'
  let edits = 0
  for (const list of Object.values(body)) {
    if (!Array.isArray(list)) continue
    for (const operation of list as readonly Json[]) {
      edits += isObject(operation) ? editsOf(operation) : 1
      if (edits > EDITS) return 'heavy'
    }
  }
  return 'light'
}

/** Weighs a search by what the client has written; what the store has to read for it, the store knows. RFC 7644 §3.4.2. */
export function weighSearch({ filter, attributes, excludedAttributes }: SearchInput): Weight {
  if (filter !== undefined && filter.length > FILTER) return 'heavy'
  return (attributes ?? excludedAttributes ?? []).length > NAMES ? 'heavy' : 'light'
}

const COMMA = 0x2c
const OPEN_LIST = 0x5b
const OPEN = 0x7b

/** Counts separators, also inside strings: a text full of commas counts as heavy, which does no harm. */
function holdsMoreThan(bytes: Uint8Array, limit: number): boolean {
  let count = 0
  for (const byte of bytes) {
    if ((byte === COMMA || byte === OPEN || byte === OPEN_LIST) && ++count > limit) return true
  }
  return false
}

function editsOf(operation: JsonObject): number {
  let most = 1
  for (const value of Object.values(operation)) {
    if (isObject(value)) most = Math.max(most, Object.keys(value).length)
  }
  return most
}
