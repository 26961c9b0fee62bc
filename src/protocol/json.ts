// JSON values and objects as types.

/** Any JSON value. RFC 8259. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** A JSON object. */
export type JsonObject = { readonly [name: string]: Json }

/**
 * A resource in normal form: attribute names in their canonical case, unassigned values left out,
 * extension attributes in an object under the extension's URN. RFC 7643 §2.1, §2.5, §3.3.
 */
export type Document = JsonObject

/** Whether a value is a JSON object (neither null nor an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The entry of a table under a name from outside; inherited ones such as `constructor` don't count. */
export function entryOf<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

/** Two objects in one: where both hold an object under a name, those are merged too; else the second wins. */
export function mergedParts(a: JsonObject, b: JsonObject): JsonObject {
  const out: { [name: string]: Json } = { ...a }
  for (const [name, value] of Object.entries(b)) {
    const old = out[name]
    out[name] = isObject(old) && isObject(value) ? mergedParts(old, value) : value
  }
  return out
}
