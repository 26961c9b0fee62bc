// Packs operations into as many requests as an app's limits ask for.

import type { DifferenceNote } from './differences.ts'
import { isObject, type Json, type JsonObject, mergedParts } from './json.ts'
import type { DiffOperation, PatchOperation } from './patch-operation.ts'
import type { UpdateProfile } from './update-profile.ts'

/** An operation on its way into a request, and how many members it changes. */
export interface Unpacked {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: Json
  readonly members?: number
  /** Only in a path-less value: the key that replaces the path. */
  readonly bare?: JsonObject
}

/** Operations as an app takes them: their spelling, and as many requests as its limits ask for. RFC 7644 §3.5.2. */
export function packOperations(
  given: readonly Unpacked[],
  updates: UpdateProfile,
  notes: DifferenceNote[],
): readonly (readonly DiffOperation[])[] {
  const operations = updates.paths ? given : together(given)
  const requests: DiffOperation[][] = []
  let current: DiffOperation[] = []
  let members = 0
  let bytes = 0
  for (const one of operations) {
    const operation = spell(one, updates)
    const size = utf8.encode(JSON.stringify(operation)).length + 1
    const more = one.members ?? 0
    const isFull =
      current.length >= updates.perRequest ||
      (members > 0 && members + more > updates.members.perRequest) ||
      bytes + size > updates.bytes
    if (isFull && current.length > 0) {
      requests.push(current)
      current = []
      members = 0
      bytes = 0
    }
    current.push(operation)
    members += more
    bytes += size
  }
  if (current.length > 0) requests.push(current)
  if (requests.length > 1) {
    const why = `${requests.length} requests, because the app takes no more in one; they don't happen all or none`
    notes.push({ kind: 'split', path: '', why })
  }
  return requests
}

const utf8 = new TextEncoder()

/** One operation without a path that says all. */
function together(given: readonly Unpacked[]): readonly Unpacked[] {
  let value: JsonObject = {}
  for (const { bare = {} } of given) value = mergedParts(value, bare)
  return Object.keys(value).length === 0 ? [] : [{ op: 'replace', path: '', value }]
}

function spell({ op, path, value }: Unpacked, { opCase, booleans }: UpdateProfile): DiffOperation {
  const operation: PatchOperation = {
    op: opCase === 'lower' ? op : `${op[0]?.toUpperCase()}${op.slice(1)}`,
    ...(path === '' ? {} : { path }),
    ...(value === undefined ? {} : { value: booleans === 'json' ? value : textBooleans(value) }),
  }
  return operation as DiffOperation
}

function textBooleans(value: Json): Json {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return value.map((each: Json) => textBooleans(each))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, textBooleans(member)]))
}
