// A query over resources, and a page of its results.

import type { BoundFilter, BoundSort } from '../../protocol/index.ts'
import type { Stored } from './resource.ts'

/** A query over one or more resource types of a tenant. */
export interface Query {
  readonly tenant: string
  /** Each type has its own filter, because attribute names are resolved per type. */
  readonly types: readonly { readonly type: string; readonly filter?: BoundFilter; readonly sort?: BoundSort }[]
  /** The base URL, which precedes `{endpoint}/{id}` in meta.location. */
  readonly base: string
  /** Endpoint of each type, for meta.location. */
  readonly endpoints: { readonly [type: string]: string }
  /** Index paging: how many to skip. Cursor paging: `after`. */
  readonly page:
    | { readonly offset: number; readonly limit: number }
    | { readonly after: PagePosition | undefined; readonly limit: number }
  /** Whether `total` is wanted. */
  readonly total: boolean
  /** Whether `groups` of each resource are wanted. */
  readonly groups: boolean
}

/** Where a cursor page ended: the last resource's sort key (null: it had none; absent: unsorted) and id. */
export interface PagePosition {
  readonly key?: string | number | boolean | null
  readonly id: string
}

/** One page. Unsorted pages are in id order; equal sort keys too. */
export interface Page {
  readonly resources: readonly Stored[]
  readonly total?: number
  /** Set when there is more after this page. */
  readonly next?: PagePosition
}

/** A resource that a filter may match. */
export interface Candidate {
  /** Identifies the resource as it looks now, until watchers are notified that it may look different. */
  readonly number: number
  /** The resource with its groups; absent when the caller knows its number. */
  readonly stored?: Stored
}

/** How costly a query is: `light` is answered by an index and bounded by the page; `heavy` reads many rows. */
export type Weight = 'light' | 'heavy'
