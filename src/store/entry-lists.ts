/** The entries of a resource by path number, as its row has them. */
export type EntryLists = { readonly [a: string]: readonly string[] }

/** Makes a resource's entries ready to be changed: each value once, found without a look at the others. */
export function createEntryLists(was: EntryLists): {
  readonly has: (a: number, value: string) => boolean
  readonly add: (a: number, value: string) => void
  readonly remove: (a: number, value: string) => void
  /** Without the paths that have none left. */
  readonly lists: () => EntryLists
} {
  const touched = new Map<number, Set<string>>()
  const of = (a: number) => {
    let values = touched.get(a)
    if (values === undefined) {
      values = new Set(was[a])
      touched.set(a, values)
    }
    return values
  }
  return {
    has: (a, value) => of(a).has(value),
    add: (a, value) => of(a).add(value),
    remove: (a, value) => of(a).delete(value),
    lists() {
      const now: { [a: string]: readonly string[] } = { ...was }
      for (const [a, values] of touched) {
        if (values.size === 0) delete now[a]
        else now[a] = [...values]
      }
      return now
    },
  }
}
