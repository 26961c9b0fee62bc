// Sort keys of resources. RFC 7644 §3.4.2.3.

import type { BoundSort } from './bound.ts'
import { comparable, compareText } from './folding.ts'
import { instantOf } from './instant.ts'
import { type Document, isObject, type Json } from './json.ts'
import { valuesOf } from './match.ts'

/** What a resource is sorted by; null when it has no such value. Text is `comparable`, a dateTime milliseconds since 1970. */
export type SortKey = string | number | boolean | null

/** The sort key of a full representation: the value, or that of the primary element, or of the first. RFC 7644 §3.4.2.3. */
export function sortKey(document: Document, { target }: BoundSort): SortKey {
  const { sub, leaf } = target
  const elements = sub === undefined ? valuesOf(document, target) : elementsOf(document, target)
  const element = elements.find((one) => isObject(one) && one.primary === true) ?? elements[0]
  const value = sub !== undefined && isObject(element) ? element[sub.name] : element
  if (typeof value === 'string') return leaf.type === 'dateTime' ? (instantOf(value) ?? null) : comparable(leaf, value)
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/**
 * Orders two keys; negative when `a` comes first. No value comes last ascending and first descending (P-163); false comes before true
 * . Ties are left to the ids, which ascend in both directions. RFC 7644 §3.4.2.3.
 */
export function compareKeys(a: SortKey, b: SortKey, options?: { readonly descending?: boolean }): number {
  const order = ascending(a, b)
  return options?.descending ? -order : order
}

function ascending(a: SortKey, b: SortKey): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return Number(a) - Number(b)
}

function elementsOf(document: Document, { extension, attribute }: BoundSort['target']): readonly Json[] {
  return valuesOf(document, {
    ...(extension === undefined ? {} : { extension }),
    attribute,
    leaf: attribute,
    path: attribute.name,
  })
}
