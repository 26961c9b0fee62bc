import { comparable } from './folding.ts'
import { instantOf } from './instant.ts'
import type { Json } from './json.ts'
import type { Attribute, AttributeType } from './schema.ts'

/** Types whose values stand in an index as texts that are ordered as the values are. */
const ORDERED: ReadonlySet<AttributeType> = new Set(['boolean', 'integer', 'decimal', 'dateTime'])

/** Whether values of an attribute stand in an index in another form than texts do: booleans, numbers and times. */
export function isOrdered({ type }: Attribute): boolean {
  return ORDERED.has(type)
}

/** A value as it stands in an index; undefined where it has no place there: no value, "", or one that is not of the attribute's type. */
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

/** What a bound filter compares with, as it stands in an index: a time is an instant there. RFC 7644 §3.4.2.2. */
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
