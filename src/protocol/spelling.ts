// Suggests the nearest name for a misspelt one.

/** `; did you mean userName?` for the nearest of the names, or nothing when none is near. */
export function didYouMean(word: string, names: readonly string[]): string {
  const near = nearest(word, names)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** Longest word that is compared with names. */
const LONGEST = 100

/** The name that is most like a word, if one is like it. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  // Nothing is like it, and to find out would take its length times theirs.
  if (word.length > LONGEST) return undefined
  const folded = word.toLowerCase()
  let best: string | undefined
  let least = Math.max(2, Math.ceil(folded.length / 4)) + 1
  for (const name of names) {
    const distance = distanceOf(folded, name.toLowerCase())
    if (distance >= least || distance >= name.length) continue
    least = distance
    best = name
  }
  return best
}

/** How many letters have to be put in, taken out, changed or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? 0
}
