// The form in which values are kept in an index.

import { comparable } from './folding.ts'
import { instantOf } from './instant.ts'
import type { Json } from './json.ts'
import type { Attribute, AttributeType } from './schema.ts'

/** Types whose values are indexed as texts that sort like the values. */
const ORDERED: ReadonlySet<AttributeType> = new Set(['boolean', 'integer', 'decimal', 'dateTime'])

/** Whether values of an attribute are indexed in another form than text: booleans, numbers and times. */
export function isOrdered({ type }: Attribute): boolean {
  return ORDERED.has(type)
}

/** A value in the form of an index; undefined for values that are not indexed: none, "", or of another type. */
export function indexValue(leaf: Attribute, value: Json | undefined): string | undefined {
  if (leaf.type === 'boolean') return typeof value === 'boolean' ? String(value) : undefined
  if (leaf.type === 'integer' || leaf.type === 'decimal') return typeof value === 'number' ? ordered(value) : undefined
  if (typeof value !== 'string') return undefined
  if (leaf.type === 'dateTime') {
    const at = instantOf(value)
    return at === undefined ? undefined : ordered(at)
  }
  const key = comparable(leaf, value)
  return key === '' ? undefined : key
}

/** The comparison value of a filter in the form of an index: a time is an instant there. RFC 7644 §3.4.2.2. */
export function indexedLiteral(leaf: Attribute, value: string | number | boolean): string | undefined {
  if (typeof value === 'string') return isOrdered(leaf) ? undefined : value
  return typeof value === 'boolean' ? String(value) : ordered(value)
}

/** A number as sixteen digits that compare by code point as numbers do: the bits of IEEE 754, those of negative ones turned round. */
function ordered(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  // -0 and 0 are one number.
  view.setFloat64(0, value === 0 ? 0 : value)
  const bits = view.getBigUint64(0)
  const top = 1n << 63n
  return (bits & top ? ~bits & 0xffff_ffff_ffff_ffffn : bits | top).toString(16).padStart(16, '0')
}
