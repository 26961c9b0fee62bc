// Finds the end of a quoted string.

/**
 * The index just past the double-quoted string that opens at `at`; -1 if it is never closed. A backslash escapes the next character.
 * RFC 7644 §3.4.2.2, RFC 8259 §7.
 */
export function quotedEnd(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    const sign = text[end]
    if (sign === '\\') end++
    else if (sign === '"') return end + 1
  }
  return -1
}

/** The text outside its double-quoted strings rewritten, the strings left alone. */
export function outsideStrings(text: string, rewrite: (piece: string) => string): string {
  let out = ''
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('"', at)
    const until = open === -1 ? text.length : open
    if (until > at) out += rewrite(text.slice(at, until))
    if (open === -1) break
    const end = quotedEnd(text, open)
    at = end === -1 ? text.length : end
    out += text.slice(open, at)
  }
  return out
}
