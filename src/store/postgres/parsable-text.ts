// Refuses documents that PostgreSQL could store as text but never parse as JSON.

/** Throws TypeError for a document that holds NUL or half a surrogate pair: every filter that reads it would fail. */
export function requireParsable(text: string): void {
  if (UNPARSABLE.test(text))
    throw new TypeError('A document holds NUL or half a surrogate pair, which no value may have')
}

// As JSON.stringify writes them, where the backslash itself is not escaped.
const UNPARSABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/
