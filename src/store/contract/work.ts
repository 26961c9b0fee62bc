// Durable work that changes by itself: items, cursors of log readers, leases, news; and cutting the log.

import type { Json } from '../../protocol/index.ts'

/** A time that never comes: the `due` of an item that waits for no time, the `expires` of one that stays. */
export const NEVER: number = Number.MAX_SAFE_INTEGER

/** Lanes of items, 0 (first) to 9. */
export const LANES: number = 10

/** Names one item. `tenant` is "" for items of the whole database. */
export interface ItemKey {
  readonly tenant: string
  /** What kind of work it is, and whose: `hub/crm`, `source-link/hr`. */
  readonly queue: string
  readonly key: string
}

/**
 * One piece of work or of state that changes by itself: a link, a wait, a session, a run. It is in one of three conditions:
 *
 * - at rest: `state` is "".
 * - due: it has a state and a time. {@link Work.due} finds it.
 * - held: it has a state and no time (`due` is `NEVER`). Marks raise its numbers and leave everything else alone.
 */
export interface Item extends ItemKey {
  /** A secondary look-up key; "" if none. */
  readonly tag: string
  /** 0 to 9; smaller comes first. */
  readonly lane: number
  /** When it is due, in milliseconds since 1970 by the clock of the writer. */
  readonly due: number
  readonly state: string
  /** Raised by everything that may change the result of the work. Unsettled while it is greater than `done`. */
  readonly mark: number
  /** The mark as of which it was settled last. */
  readonly done: number
  /** The place in the log that it must reflect at least. */
  readonly place: number
  readonly value: Json
  /** When it expires, in milliseconds since 1970 by the clock of the reader. From then on it counts as absent in every way. */
  readonly expires: number
}

/** What a write says about an item. What it leaves out stays; in a new item it is "", 0, `NEVER` or null. */
export type ItemDraft = Partial<Omit<Item, keyof ItemKey>>

/**
 * Writes of work. They go into one commit with other writes of the same tenant. They tell no watcher that anything looks different.
 *
 * - `item`: makes an item or changes what `set` names; `undefined` removes it. `ifAbsent`: `Conflict` exists when there is one. `ifValue`:
 *   `Conflict` missing unless there is one with exactly this value, its members in this order. `settles`: the work was done as of this
 *   mark, so `done` is raised to it. If the item was marked since, its lane, due and state stay as they are and it is not removed.
 * - `mark`: says that an item must be looked at, without reading it; makes it if it is absent. `mark` is raised by one, or to the
 *   number given if that is greater; `place` to the one given if that is greater. Unless it is held, it gets the state, the sooner time,
 *   and the smaller lane (the given one when it was at rest or settled). `tag` and `value` are those of an item made here.
 * - `cursor`: how far a reader of the tenant's log has come; `undefined` forgets the reader. A paused one has no news. Every reader
 *   keeps the log behind its place from being cut.
 * - `fence`: `Conflict` epoch unless the lease of this tenant has this epoch still. It guards the whole commit, whatever its place in it.
 * - `trim`: cuts the lines up to and including a place, of those that were there before the commit, and at most `WORK_LIMITS.TRIM_LINES` at
 *   once. `Conflict` reader when a reader has not come so far.
 */
export type WorkWrite =
  | {
      readonly write: 'item'
      readonly item: ItemKey
      readonly set: ItemDraft | undefined
      readonly ifAbsent?: boolean
      readonly ifValue?: Json
      readonly settles?: number
    }
  | {
      readonly write: 'mark'
      readonly item: ItemKey
      readonly lane: number
      readonly due: number
      readonly state: string
      readonly mark?: number
      readonly place?: number
      readonly tag?: string
      readonly value?: Json
    }
  | {
      readonly write: 'cursor'
      readonly tenant: string
      readonly reader: string
      readonly place: number | undefined
      readonly paused?: boolean
    }
  | { readonly write: 'fence'; readonly lease: LeaseKey; readonly epoch: number }
  | { readonly write: 'trim'; readonly tenant: string; readonly upTo: number }

/** How far a reader of a tenant's log has come. */
export interface Cursor {
  readonly tenant: string
  /** What reads, and for whom: `hub`, `events/crm`. */
  readonly reader: string
  /** The last place it is done with. */
  readonly place: number
  /** Stopped on purpose: it has no news, but the log behind its place is kept. */
  readonly paused: boolean
}

/** A reader whose tenant's log is ahead of it. */
export interface News extends Omit<Cursor, 'paused'> {
  /** The last place of the log. */
  readonly last: number
}

/** Names one lease. `tenant` is "" for leases of the whole database. */
export interface LeaseKey {
  readonly tenant: string
  readonly name: string
}

/** A lease as its new owner gets it. */
export interface Lease {
  /** Grows with each change of owner, never falls, and stays when it is renewed: what `fence` compares. */
  readonly epoch: number
  /** It was taken over from an owner that had not released it and may not know yet. */
  readonly abandoned: boolean
}

/** The owner of a lease. */
export interface LeaseHolder {
  readonly owner: string
  readonly epoch: number
  /** How long it still runs by the database's clock; 0 or less: anyone may take it. */
  readonly leftMs: number
}

/**
 * Which items of a queue are wanted: these keys (`WORK_LIMITS.ITEM_KEYS` at most), those with a tag, or all, both in order of their keys;
 * with `order: 'desc'` from the last one down, and `after` then means those before that key.
 */
export type ItemsWhere =
  | { readonly keys: readonly string[] }
  | { readonly tag?: string; readonly after?: string; readonly order?: 'asc' | 'desc'; readonly limit: number }

/** Which due items of a queue are wanted. */
export interface DueWhere {
  /** Those due at this time or before, in milliseconds since 1970. `NEVER` gives held ones too, with `within`. */
  readonly until: number
  readonly limit: number
  /** All lanes unless given. */
  readonly lanes?: readonly number[]
  /** Of one tenant and in this state alone. */
  readonly within?: { readonly tenant: string; readonly state: string }
}

/**
 * The part of a store that holds work. A tenant that is being imported shows its items and news before it is served: check that before
 * working on them.
 */
export interface Work {
  /** Items of one queue. Those by keys come in any order; absent ones are left out. */
  items(tenant: string, queue: string, where: ItemsWhere): Promise<readonly Item[]>
  /**
   * Items of a queue that are due, of all tenants: by lane, then by time; those of one lane and time in any order. Costs as much
   * however many are due. `limit` is `WORK_LIMITS.ITEM_KEYS` at most.
   */
  due(queue: string, where: DueWhere): Promise<readonly Item[]>
  /** How many items of a queue there are in each state, those at rest left out. */
  states(tenant: string, queue: string): Promise<{ readonly [state: string]: number }>
  /** The readers of a tenant's log, in order of their names. */
  cursors(tenant: string): Promise<readonly Cursor[]>
  /**
   * Readers that are behind the log of their tenant, among those called `reader` or `reader/…`; paused ones left out. Costs by how many
   * tenants have news for anyone, not by how many there are. In an order of the store's own: `after` is the last one of the page before.
   */
  news(reader: string, limit: number, after?: News): Promise<readonly News[]>
  /**
   * Takes a lease for so many milliseconds, or renews it. Undefined when another owner has it still, or there is no such tenant.
   * `from` takes it from the owner of that name even before its time is up. Time is the database's (SQLite: the machine's).
   */
  lease(key: LeaseKey, owner: string, ms: number, options?: { readonly from?: string }): Promise<Lease | undefined>
  /** Gives a lease back, unless it has another epoch by now. */
  release(key: LeaseKey, epoch: number): Promise<void>
  /** The owner of a lease, or the last one if it did not release it. */
  leaseHolder(key: LeaseKey): Promise<LeaseHolder | undefined>
  /**
   * Calls back after own commits that wrote items, with their queues. It does not call back for what other processes commit: poll for that.
   * Returns how to stop.
   */
  watchWork(watcher: (queues: ReadonlySet<string>) => void): () => void
}

/** The log was cut: lines before `begins` are gone. */
export class LogCut extends Error {
  /** The first place that is still there, or will be the next one. */
  readonly begins: number
  constructor(begins: number) {
    super(`The log begins at place ${begins}; earlier lines were cut`)
    this.name = 'LogCut'
    this.begins = begins
  }
}

/** The tenant that a write of work belongs to. */
export function tenantOfWork(write: WorkWrite): string {
  switch (write.write) {
    case 'item':
    case 'mark':
      return write.item.tenant
    case 'fence':
      return write.lease.tenant
    case 'cursor':
    case 'trim':
      return write.tenant
  }
}
