// The operations of a PATCH, and the words that a report has for them. RFC 7644 §3.5.2.

import type { Json, JsonObject } from '../../protocol/index.ts'
import type { AttributePath } from '../attribute-path.ts'
import { member, pathOf } from '../json-access.ts'

/** A path of an operation: to an attribute, or as text. */
export type OperationPath = AttributePath | string

/** An add at a path. */
export function add(path: OperationPath, value: Json): JsonObject {
  return { op: 'add', path: textOf(path), value }
}

/** A replace at a path. */
export function replace(path: OperationPath, value: Json): JsonObject {
  return { op: 'replace', path: textOf(path), value }
}

/** A remove at a path. */
export function remove(path: OperationPath): JsonObject {
  return { op: 'remove', path: textOf(path) }
}

/** The elements of a list that have a value in a sub-attribute: `emails[type eq "work"]`. */
export function elementsOf(list: OperationPath, sub: 'type' | 'value', value: string): string {
  return `${textOf(list)}[${sub} eq "${value}"]`
}

/** The words for a PATCH: `add of nickName`, `replace without a path`. */
export function describePatch(body: unknown): string {
  if (!Array.isArray(body)) return 'PATCH'
  return body
    .map((one) => {
      const [op, path] = [String(member(one, 'op')), member(one, 'path')]
      return path === undefined ? `${op} without a path` : `${op} of ${String(path)}`
    })
    .join(', ')
}

function textOf(path: OperationPath): string {
  return typeof path === 'string' ? path : pathOf(path)
}
