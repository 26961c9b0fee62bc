// Finds where the texts that start with a prefix end.

/** The smallest text that is greater than every text with this prefix; undefined if there is none. */
export function following(prefix: string): string | undefined {
  const points = [...prefix].map((letter) => letter.codePointAt(0) ?? 0)
  for (;;) {
    const last = points.pop()
    if (last === undefined) return undefined
    if (last >= 0x10ffff) continue
    // Surrogates are not characters.
    points.push(last === 0xd7ff ? 0xe000 : last + 1)
    return String.fromCodePoint(...points)
  }
}
