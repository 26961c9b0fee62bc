// Changes the lists of index entries that a resource's row holds.

/** The entries of a resource by path number, as stored in its row. */
export type EntryLists = { readonly [a: string]: readonly string[] }

/** Creates the entries of a resource changeable: each value once, and found without a scan of the others. */
export function createEntryLists(was: EntryLists): {
  readonly has: (a: number, value: string) => boolean
  readonly add: (a: number, value: string) => void
  readonly remove: (a: number, value: string) => void
  /** Paths without entries are left out. */
  readonly lists: () => EntryLists
} {
  const changed = new Map<number, Set<string>>()
  const of = (a: number) => {
    let values = changed.get(a)
    if (values === undefined) {
      values = new Set(was[a])
      changed.set(a, values)
    }
    return values
  }
  return {
    has: (a, value) => of(a).has(value),
    add: (a, value) => of(a).add(value),
    remove: (a, value) => of(a).delete(value),
    lists() {
      const now: { [a: string]: readonly string[] } = { ...was }
      for (const [a, values] of changed) {
        if (values.size === 0) delete now[a]
        else now[a] = [...values]
      }
      return now
    },
  }
}
