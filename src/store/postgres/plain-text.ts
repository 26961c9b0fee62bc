/** Refuses what PostgreSQL could store as text but never take apart as JSON: a filter over it would fail for everybody. */
export function requirePlain(text: string): void {
  if (UNREADABLE.test(text)) throw new TypeError('a document holds NUL or half a character, which no value may have')
}

// As JSON.stringify writes them, the backslash not being escaped itself.
const UNREADABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/
