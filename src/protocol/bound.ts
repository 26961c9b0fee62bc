// Filters, paths and sorts whose names have been looked up.

import type { Attribute } from './schema.ts'

/** Where an attribute path leads in the schemas of a resource type. RFC 7644 §3.10. */
export interface Target {
  /** The extension's URN in its canonical case; absent for core and common attributes. */
  readonly extension?: string
  readonly attribute: Attribute
  /** The sub-attribute named, or the `value` that is meant. */
  readonly sub?: Attribute
  /** `sub ?? attribute`: the one that is compared or set. */
  readonly leaf: Attribute
  /** Canonical notation: `emails.value`, `urn:…:enterprise:2.0:User:manager.value`, `meta.created`. */
  readonly path: string
}

/** The comparison operators. RFC 7644 §3.4.2.2, table 3. */
export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'lt' | 'ge' | 'le'

/**
 * A filter bound to a resource type: names resolved, operators and values checked against the types.
 * `null` is gone (`eq null` is `not pr`). String values are already in the form they are compared in
 * (`comparable` of folding.ts: folded unless caseExact); dateTime values are milliseconds since 1970.
 */
export type BoundFilter =
  | { readonly op: 'and' | 'or'; readonly all: readonly BoundFilter[] }
  | { readonly op: 'not'; readonly filter: BoundFilter }
  | { readonly op: 'pr'; readonly target: Target }
  | { readonly op: Comparison; readonly target: Target; readonly value: string | number | boolean }
  /**
   * `emails[…]`: one and the same element satisfies `filter`, whose targets have `sub` set and the parent as `attribute`. Only
   * for multi-valued attributes. Where the values are simple (`tags[value eq "a"]`), the inner targets are the attribute itself.
   */
  | { readonly op: 'has'; readonly target: Target; readonly filter: BoundFilter }
  /** True or false whatever the resource: an attribute that another type of a multi-type query has. */
  | { readonly op: 'constant'; readonly value: boolean }

/** A bound sort key. RFC 7644 §3.4.2.3. */
export interface BoundSort {
  readonly target: Target
  readonly descending: boolean
}
