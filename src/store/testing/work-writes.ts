// Writes and reads of work, for tests of stores.

import {
  type Conflict,
  type DueWhere,
  type Item,
  type ItemDraft,
  type ItemKey,
  NEVER,
  type Store,
  type Write,
} from '../index.ts'
import type { Expect } from './expect.ts'
import { creating } from './writes.ts'

/** The queue of most tests. */
export const QUEUE = 'links/crm'
/** A time far ahead, in milliseconds since 1970. */
export const FAR = 4_000_000_000_000

/** Names an item of the tenant `acme`. */
export const keyed = (key: string, queue = QUEUE, tenant = 'acme'): ItemKey => ({ tenant, queue, key })

/** The write that makes or changes an item. */
export function setting(
  key: string | ItemKey,
  set: ItemDraft | undefined,
  options: Omit<Extract<Write, { write: 'item' }>, 'write' | 'item' | 'set'> = {},
): Write {
  return { write: 'item', item: typeof key === 'string' ? keyed(key) : key, set, ...options }
}

/** The write that marks an item. */
export function marking(
  key: string | ItemKey,
  mark: Partial<Omit<Extract<Write, { write: 'mark' }>, 'write' | 'item'>> = {},
): Write {
  return {
    write: 'mark',
    item: typeof key === 'string' ? keyed(key) : key,
    lane: 5,
    due: 1_000,
    state: 'ready',
    ...mark,
  }
}

/** The write that commits only while a lease has this epoch. */
export const fence = (epoch: number, name = 'crm'): Write => ({
  write: 'fence',
  lease: { tenant: 'acme', name },
  epoch,
})
/** The write that says how far a reader has come. */
export const cursor = (reader: string, place: number | undefined, paused = false, tenant = 'acme'): Write => ({
  write: 'cursor',
  tenant,
  reader,
  place,
  ...(paused ? { paused } : {}),
})
/** The write that cuts the log. */
export const trim = (upTo: number): Write => ({ write: 'trim', tenant: 'acme', upTo })

/** What an error looks like that refuses the write at a position. */
export const conflict = (expect: Expect, reason: Conflict['reason'], at: number, what: string) =>
  expect.objectContaining({ name: 'Conflict', reason, at, what })

/** An item with nothing said of it. */
export const BARE = { tag: '', lane: 0, due: NEVER, state: '', mark: 0, done: 0, place: 0, value: null, expires: NEVER }

/** One item, if it is there. */
export const one = async (store: Store, key: string, queue = QUEUE): Promise<Item | undefined> =>
  (await store.items('acme', queue, { keys: [key] }))[0]

/** The keys of items. */
export const keysOf = (items: readonly Item[]) => items.map(({ key }) => key)

/** The keys of what is due. */
export const dueKeys = async (store: Store, where: Partial<DueWhere> = {}) =>
  keysOf(await store.due(QUEUE, { until: 10_000, limit: 100, ...where }))

/** The writes that make users, from a number on. */
export const people = (count: number, from = 0, tenant = 'acme') =>
  Array.from({ length: count }, (_, i) => creating(`u${from + i}`, { userName: `u${from + i}` }, { tenant }))
