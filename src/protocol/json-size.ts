// Whether a value is small enough, as JSON.

import type { Json, JsonObject } from './json.ts'

/** Whether a value takes at most so many bytes as JSON in UTF-8. */
export function fitsInBytes(value: Json, bytes: number): boolean {
  // Nearly every value is far below: adding up what it could take at most is much cheaper than writing it.
  if (mostBytes(value) <= bytes) return true
  return new TextEncoder().encode(JSON.stringify(value)).length <= bytes
}

/** Bytes that a value takes at most: a character that has to be escaped takes six. RFC 8259 §7. */
function mostBytes(value: Json): number {
  if (typeof value === 'string') return 6 * value.length + 2
  if (typeof value !== 'object' || value === null) return 25
  let sum = 2
  if (Array.isArray(value)) for (const each of value) sum += mostBytes(each) + 1
  else for (const name in value) sum += 6 * name.length + 4 + mostBytes((value as JsonObject)[name] ?? null)
  return sum
}
