// Pages of lists: one convention for all of them, bounded in entries and in work.

import type { Store, StoredRecord } from './contract/index.ts'

/** Which part of a list is wanted. */
export interface ListRequest {
  /** Only entries with a name that begins with this text, in any letter case. */
  readonly search?: string | undefined
  /** The `next` of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

/** A part of a list. It may have fewer entries than `limit`, even none; as long as it has a `next`, there may be more. */
export interface ListPage<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** Most records that are read for one page. */
const SCANNED = 1_000

/** Cuts a page out of a list in memory, in the order of its keys. `namesOf`: what `search` looks at. */
export function cutPage<T>(
  all: readonly T[],
  { search, after, limit }: ListRequest,
  keyOf: (item: T) => string,
  namesOf: (item: T) => readonly string[],
): ListPage<T> {
  const found = all
    .filter((item) => (after === undefined || keyOf(item) > after) && beginsWith(namesOf(item), search))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, ...(found.length > limit && last !== undefined ? { next: keyOf(last) } : {}) }
}

/** Reads a page of records of one kind, in the order of their keys. `namesOf`: what `search` looks at. */
export async function pageOfRecords(
  store: Store,
  tenant: string,
  kind: string,
  { search, after, limit }: ListRequest,
  namesOf: (record: StoredRecord) => readonly string[],
): Promise<ListPage<StoredRecord>> {
  // Without a search every record is an entry; one more tells whether there is a next page.
  const most = search === undefined ? limit + 1 : SCANNED
  const read = await store.records(tenant, kind, { limit: most, ...(after === undefined ? {} : { after }) })
  const found = read.filter((record) => beginsWith(namesOf(record), search))
  const items = found.slice(0, limit)
  const looked = found.length > limit ? items.at(-1) : read.length < most ? undefined : read.at(-1)
  return { items, ...(looked === undefined ? {} : { next: looked.key }) }
}

/** The row number that a page begins after, from its text; 0 for a text that is none: then the list begins anew. */
export function rowAfter(text: string | undefined): number {
  const row = Number(text ?? 0)
  return Number.isSafeInteger(row) && row > 0 ? row : 0
}

/** Whether one of the names begins with a text, in any letter case. */
export function beginsWith(names: readonly string[], search: string | undefined): boolean {
  if (search === undefined) return true
  const wanted = search.toLowerCase()
  return names.some((name) => name.toLowerCase().startsWith(wanted))
}
