// The texts of guides: the values of a connection put in, and their parts for a page to set.

/** A piece of a text: plain, what a menu or button says, or what is typed or sent. */
export interface TextPart {
  readonly is: 'text' | 'menu' | 'code'
  readonly text: string
}

/** The values of a connection that guides mention; one that is not known stays as its placeholder. */
export interface GuideValues {
  readonly baseUrl?: string
  readonly token?: string
}

/**
 * A text with the values of a connection in place of `{base-url}` and `{token}`.
 *
 * @example
 * withValues('{base-url}?aadOptscim062020', { baseUrl: 'https://scim.example.com/tenants/acme/scim/v2' })
 */
export function withValues(text: string, { baseUrl, token }: GuideValues): string {
  return text.replaceAll('{base-url}', () => baseUrl ?? '{base-url}').replaceAll('{token}', () => token ?? '{token}')
}

/** The parts of a text: `*…*` is a menu or button, `` `…` `` what is typed or sent. A mark without its partner is text. */
export function partsOf(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  for (const [piece] of text.matchAll(/\*[^*]+\*|`[^`]+`|[^*`]+|[*`]/g)) {
    const marked = piece.length > 2 && (piece[0] === '*' || piece[0] === '`')
    parts.push(
      marked ? { is: piece[0] === '*' ? 'menu' : 'code', text: piece.slice(1, -1) } : { is: 'text', text: piece },
    )
  }
  return parts
}
