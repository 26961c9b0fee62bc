// Prepares userNames and passwords. RFC 8265.

import { invalidValue } from './errors.ts'
import { LIMITS } from './limits.ts'

/** What keeps a userName from being prepared, or undefined. Spaces inside are allowed (A-52, P-542). RFC 8265 §3. */
export function userNameFault(text: string): string | undefined {
  if (text.trim() === '') return 'is empty; give the name the person logs in with'
  // In no PRECIS class: RFC 8264 §9.
  return charactersFault(text, UNSEEN, 'an invisible') ?? charactersFault(text, MEANINGLESS, 'a control or unassigned')
}

/**
 * Code points that are not shown: with one of them a name would look like another one and not be the same. RFC 8264 §9.13; the
 * marks of annotations and the blank Braille pattern are shown as little, though Unicode doesn't call them ignorable.
 */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800]/u
/** Controls, line and paragraph separators, unassigned and private code points. */
const MEANINGLESS = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Co}]/u

function charactersFault(text: string, refused: RegExp, what: string): string | undefined {
  const found = refused.exec(text)
  if (found === null) return undefined
  const point = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `contains ${what} character (U+${point} at position ${found.index + 1}); leave it out`
}

/**
 * A password in the form it is hashed in, OpaqueString: non-ASCII spaces become spaces, then NFC; letter case stays.
 * The message never repeats it. RFC 7644 §5, RFC 8265 §4.2.
 */
export function preparePassword(text: string): string {
  if (text.length > LIMITS.PASSWORD_LENGTH) {
    throw invalidValue(`password is longer than ${LIMITS.PASSWORD_LENGTH} characters; give a shorter one`)
  }
  const prepared = text.replace(/\p{Zs}/gu, ' ').normalize('NFC')
  if (prepared === '') throw invalidValue('password is empty')
  if (/[\p{Cc}\p{Cs}\p{Cn}]/u.test(prepared)) throw invalidValue('password contains a control or unassigned character')
  return prepared
}
