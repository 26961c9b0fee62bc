// What a function that runs inside a commit can read and write in its transaction.

import type { Change } from './log.ts'
import type { Member, Stored } from './resource.ts'
import type { Item, ItemsWhere, WorkWrite } from './work.ts'

/** A value that some stores have at once, and others only promise. */
export type Awaitable<T> = T | Promise<T>

/** A page of a group's members. */
export interface MemberPage {
  readonly members: readonly Member[]
  /** Where the next page begins; absent after the last one. */
  readonly next?: number
}

/**
 * Reads and writes of one tenant in the transaction of a commit, after its own writes: what they see is what is committed if nothing
 * throws. Until the transaction ends, no other one that writes a log line of the tenant can commit, so what was read stays true.
 */
export interface Within {
  /** Whether every call returns a value instead of a promise, and whoever calls must return at once too: on SQLite. */
  readonly synchronous: boolean
  /** Resources by id, whatever their type, up to 1,000; unknown ids are left out. */
  readonly resources: (ids: readonly string[]) => Awaitable<readonly Stored[]>
  /** Their types and displays alone. */
  readonly names: (ids: readonly string[]) => Awaitable<readonly Member[]>
  /** The direct memberships of up to 1,000 resources, in any order. */
  readonly groupsOf: (
    ids: readonly string[],
  ) => Awaitable<readonly { readonly group: string; readonly member: string }[]>
  /** Direct members of a group, from the beginning or from where a page before ended; none for an unknown group. */
  readonly membersOf: (group: string, after: number, limit: number) => Awaitable<MemberPage>
  /** Resources of a type in order of their ids, after an id. */
  readonly ofType: (type: string, after: string, limit: number) => Awaitable<readonly Stored[]>
  /** The log after a place, as `Store.changes` has it. */
  readonly changes: (after: number, limit: number) => Awaitable<readonly Change[]>
  /** Items of a queue, as `Work.items` has them. */
  readonly items: (queue: string, where: ItemsWhere) => Awaitable<readonly Item[]>
  /** Writes items in the same transaction. */
  readonly write: (writes: readonly WithinWrite[]) => Awaitable<void>
}

/** What can be written from inside a commit. */
export type WithinWrite = Extract<WorkWrite, { write: 'item' | 'mark' }>
