// Parses a URL; null for text that is none. Node 20 has no URL.parse.

/** An address, or null for text that is none: URL.parse, which Node 20 doesn't have. */
export function parseUrl(text: string, base?: string): URL | null {
  return URL.canParse(text, base) ? new URL(text, base) : null
}
