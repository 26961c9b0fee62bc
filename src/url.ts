// Parses a URL; null for text that is none. Node 20 has no URL.parse.

type Parse = (text: string, base?: string) => URL | null

const own = (URL as unknown as { readonly parse?: Parse }).parse
const parse: Parse = own?.bind(URL) ?? ((text, base) => (URL.canParse(text, base) ? new URL(text, base) : null))

/** An address, or null for text that is none: URL.parse, which Node 20 doesn't have. */
export function parseUrl(text: string, base?: string): URL | null {
  return parse(text, base)
}
