// Says what is wrong with a token that arrived, from its form alone; never repeats a part of it.

import { hashToken, isAdminToken, tenantOfToken, tokenId, tokenPrefix } from '../../access/index.ts'
import { LIMITS } from '../../protocol/index.ts'
import type { SetupToken } from '../link/link.ts'

/** What is wrong with an Authorization header. Lengths are in characters, times in milliseconds since 1970. */
export type TokenFault =
  /** There was no Authorization header. */
  | { readonly fault: 'no-header' }
  /** The word Bearer alone. */
  | { readonly fault: 'empty' }
  /** A user name with a password, or another scheme. */
  | { readonly fault: 'other-scheme' }
  /** The token came without the word Bearer before it. */
  | { readonly fault: 'no-bearer' }
  | { readonly fault: 'bearer-twice'; readonly arrived: number }
  /** A blank, visible or not, before, within or behind the token. */
  | { readonly fault: 'blank'; readonly where: 'before' | 'within' | 'behind' }
  | { readonly fault: 'quoted' }
  | { readonly fault: 'cut' | 'longer' | 'unlike'; readonly arrived: number; readonly ours: number }
  /** The right length and beginning, but another token: mistyped, or made elsewhere. */
  | { readonly fault: 'unknown' }
  /** One that a later one has replaced. */
  | { readonly fault: 'replaced'; readonly at: number }
  /** The right one, but it was revoked or is over. */
  | { readonly fault: 'ended' }
  | { readonly fault: 'other-tenant' }
  | { readonly fault: 'admin-token' }

/** What a token is compared with. */
export interface Expected {
  readonly tenant: string
  /** The tokens made through a link, oldest first. */
  readonly tokens: readonly SetupToken[]
}

/** Other schemes than Bearer that identity providers can be set to. */
const OTHER_SCHEME = /^(?:basic|digest|negotiate|ntlm|oauth|apikey|api-key|token|hmac)[\s:=]/i
const BEARER = /^bearer(?:[\s:]|%20|[^\x21-\x7e]|$)/i
const QUOTES = /^[«"'`<({[“”‘’]|[»"'`>)}\]“”‘’]$/
/** Characters that no token has: blanks, and what can't be seen or isn't ASCII. */
const BLANK = /[\s]|[^\x21-\x7e]|%20|%0a|%0d/i

/**
 * What is wrong with a header that was refused, compared with the tokens of a link; undefined for the token in use as it should be.
 * Pure, and its work is proportional to the length of the header.
 * @example tokenFault('Bearer Bearer lk_acme_…', expected) // { fault: 'bearer-twice', arrived: 51 }
 */
export function tokenFault(header: string | undefined, expected: Expected): TokenFault | undefined {
  if (header === undefined || header.trim() === '') return { fault: 'no-header' }
  const ours = expected.tokens.at(-1)?.length ?? 0
  if (header.length > LIMITS.AUTHORIZATION_LENGTH) return { fault: 'unlike', arrived: header.length, ours }
  const { rest, bearers } = afterBearer(header)
  const sent = withoutEnds(rest)
  if (sent === '') return { fault: 'empty' }
  if (bearers > 1) return { fault: 'bearer-twice', arrived: sent.length }
  if (bearers === 0 && OTHER_SCHEME.test(header.trim())) return { fault: 'other-scheme' }
  if (QUOTES.test(rest.trim())) return { fault: 'quoted' }
  const blank = blankIn(rest, sent)
  if (blank !== undefined) return { fault: 'blank', where: blank }
  return ofToken(sent, bearers, ours, expected)
}

/** What stands behind the word Bearer, and how often that word comes. The first blank behind it belongs to it. */
function afterBearer(header: string): { readonly rest: string; readonly bearers: number } {
  let rest = header.trimStart()
  let bearers = 0
  while (bearers < 3) {
    const [word] = BEARER.exec(rest) ?? []
    if (word === undefined) break
    bearers++
    rest = rest.slice('bearer'.length)
    rest = /^(?:[ :]|%20)/.test(rest) ? rest.replace(/^(?:[ :]|%20)/, '') : rest
    if (BEARER.test(rest.trimStart())) rest = rest.trimStart()
  }
  return { rest, bearers }
}

/** The text without what no token has at its ends. */
function withoutEnds(text: string): string {
  let begin = 0
  let end = text.length
  while (begin < end && isBlank(text, begin)) begin++
  while (end > begin && isBlank(text, end - 1)) end--
  return text.slice(begin, end).replace(/(?:%20|%0a|%0d)$/i, '')
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code <= 0x20 || code >= 0x7f
}

function blankIn(rest: string, sent: string): 'before' | 'within' | 'behind' | undefined {
  if (BLANK.test(sent)) return 'within'
  const at = rest.indexOf(sent)
  if (at > 0) return 'before'
  return rest.length > at + sent.length ? 'behind' : undefined
}

function ofToken(sent: string, bearers: number, ours: number, { tenant, tokens }: Expected): TokenFault | undefined {
  const id = tokenId(hashToken(sent))
  const known = tokens.find((token) => token.id === id)
  if (known?.ended !== undefined) return { fault: 'replaced', at: known.ended }
  if (known !== undefined) return bearers === 0 ? { fault: 'no-bearer' } : undefined
  if (isAdminToken(sent)) return { fault: 'admin-token' }
  const prefix = tokenPrefix(tenant)
  const length = sent.length
  if (sent.startsWith(prefix) || prefix.startsWith(sent)) {
    if (length < ours) return { fault: 'cut', arrived: length, ours }
    return length > ours ? { fault: 'longer', arrived: length, ours } : { fault: 'unknown' }
  }
  if (tenantOfToken(sent) !== undefined) return { fault: 'other-tenant' }
  return { fault: 'unlike', arrived: length, ours }
}
