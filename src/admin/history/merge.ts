// Several sources of what happened as one list, the newest first, each read no further than it is needed.

/** One thing that happened. */
export interface Happened {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Where its source reads on behind it. */
  readonly next: string
}

/** A source, newest first. */
export interface Source<Item extends Happened> {
  readonly name: string
  /** A page beyond a cursor. `next`: where to read on; absent at the end. A page may be empty although there are more. */
  readonly read: (cursor: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next?: string }>
}

/** Where each source has been read to; a source that has ended is null. */
export type Cursors = { readonly [source: string]: string | null }

/** Pages of all sources together that are read for one page of the list. */
const PAGES = 40

interface Head<Item extends Happened> {
  readonly source: Source<Item>
  items: readonly Item[]
  at: number
  /** Behind what has been taken, and behind what has been read; null: at the end. */
  taken: string | null | undefined
  read: string | null | undefined
}

/** Merges a page. A page may have fewer items although there are more. */
export async function mergeNewest<Item extends Happened>(
  sources: readonly Source<Item>[],
  cursors: Cursors,
  limit: number,
): Promise<{ readonly items: readonly Item[]; readonly next?: Cursors }> {
  const heads = sources.map((source): Head<Item> => {
    const from = cursors[source.name]
    return { source, items: [], at: 0, taken: from, read: from }
  })
  const items: Item[] = []
  for (let pages = 0; items.length < limit; ) {
    const empty = heads.find((head) => head.at === head.items.length && head.read !== null)
    if (empty !== undefined) {
      if (pages++ === PAGES) break
      await readOn(empty)
      continue
    }
    const newest = newestOf(heads)
    const item = newest?.items[newest.at]
    if (newest === undefined || item === undefined) return { items }
    items.push(item)
    newest.at++
    newest.taken = newest.at === newest.items.length && newest.read === null ? null : item.next
  }
  if (heads.every(({ taken }) => taken === null)) return { items }
  return {
    items,
    next: Object.fromEntries(heads.flatMap(({ source, taken }) => (taken === undefined ? [] : [[source.name, taken]]))),
  }
}

async function readOn<Item extends Happened>(head: Head<Item>): Promise<void> {
  const { items, next } = await head.source.read(head.read ?? undefined)
  head.items = items
  head.at = 0
  head.read = next ?? null
  // Nothing of this page is shown, so nothing of it is read again.
  if (items.length === 0) head.taken = head.read
}

function newestOf<Item extends Happened>(heads: readonly Head<Item>[]): Head<Item> | undefined {
  let newest: Head<Item> | undefined
  for (const head of heads) {
    const at = head.items[head.at]?.at
    if (at !== undefined && at > (newest?.items[newest.at]?.at ?? Number.NEGATIVE_INFINITY)) newest = head
  }
  return newest
}
