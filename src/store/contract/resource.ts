// What a store keeps of a resource: its row, index entries, members and edits of them.

import type { BoundFilter } from '../../protocol/index.ts'

/** Names one resource. */
export interface Ref {
  readonly tenant: string
  /** Name of the resource type: `User`. */
  readonly type: string
  readonly id: string
}

/** A group as seen from one of its members. RFC 7643 §4.1.2, `groups`. */
export interface Membership {
  readonly id: string
  readonly display: string
  /** True for a direct membership, false for one through a nested group. */
  readonly direct: boolean
}

/** A member as seen from its group. RFC 7643 §4.2. */
export interface Member {
  readonly id: string
  /** Name of the member's resource type. */
  readonly type: string
  /** The member's `display` (see {@link Stored}). */
  readonly display: string
}

/** A page of a group's members. */
export interface MemberList {
  readonly members: readonly Member[]
  /** Where the next page begins, if there is more. */
  readonly next?: string
}

/** A resource as kept. Holds no derived value: no groups, members, meta, manager.displayName. */
export interface Stored extends Ref {
  /** 1 at creation, one more with each change. */
  readonly version: number
  /** Milliseconds since 1970. */
  readonly created: number
  /** Milliseconds since 1970. */
  readonly modified: number
  /** JSON text of the document, `schemas` and `id` first; without password, members, groups, meta. */
  readonly text: string
  /** The name by which others show it: displayName, else userName, else "". */
  readonly display: string
  /** Only when requested, and then always: the groups it is in, direct ones first, each group once. */
  readonly groups?: readonly Membership[]
}

/** One value by which a resource can be found without reading it, already in the form that is compared (folded unless caseExact). */
export interface IndexEntry {
  /** Canonical attribute path: `userName`, `emails.value`. */
  readonly path: string
  readonly value: string
  /** No other resource of the tenant and type may have it under the same path. */
  readonly unique?: boolean
}

/** A change to the members of a group, carried out on rows; the group is never loaded. */
export type MemberEdit =
  | { readonly edit: 'add'; readonly members: readonly { readonly id: string; readonly type?: string }[] }
  | { readonly edit: 'remove'; readonly ids: readonly string[] }
  /** Removes the members that satisfy a filter whose targets are sub-attributes of `members` (value, type, display). */
  | { readonly edit: 'removeWhere'; readonly filter: BoundFilter }
  | { readonly edit: 'clear' }
  /** Exactly these, afterwards. */
  | { readonly edit: 'set'; readonly members: readonly { readonly id: string; readonly type?: string }[] }
