// The texts of guides: the values of a connection put in, and their parts for a page to set.

import { type Language, menuWord } from '../../src/explain/index.ts'

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

/** The way to a step in a language: what menus say stays as it is, `the app` is `die App`. */
export function menuPath(where: readonly string[], language: Language): readonly string[] {
  return where.map((step) => menuWord(step, language))
}

/** What a field asks for in words of ours, where nothing can be given to copy. */
const TO_CHOOSE: { readonly [value: string]: string } = {
  'an address that nobody here has': 'eine Adresse, die hier niemand hat',
  'on, if groups should follow': 'ein, wenn Gruppen folgen sollen',
  'the template of this guide': 'die Vorlage dieser Anleitung',
}

/** Whether a field's value is to be copied; if not, it says what to choose. */
export function isToCopy(value: string): boolean {
  return !Object.hasOwn(TO_CHOOSE, value)
}

/** The value of a field in a language: what is to be copied stays as it is. */
export function fieldValue(value: string, language: Language): string {
  return language === 'de' ? (TO_CHOOSE[value] ?? value) : value
}
