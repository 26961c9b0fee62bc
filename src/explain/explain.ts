// Explains an error: what happened, why, and what to do, with the place to click in that identity provider.

import { codeOf, SCIM_TYPES, type ScimType, STATUS_CODES } from '../protocol/index.ts'
import type { Cause, Language, PlaceName, Three, Vendor } from './cause.ts'
import { CAUSES, UNKNOWN } from './causes.ts'
import { menuWord } from './menu-words.ts'
import { PLACE_WORDS, PLACES, VENDOR_NAMES } from './places.ts'

/** What is known of an error. */
export interface ErrorFacts {
  /** The stable code (`SCIM_UNIQUENESS`), a scimType (`uniqueness`), or a status (`409`). */
  readonly code: string | number
  readonly scimType?: string
  /** The kind of the connection; any text that is no identity provider's is *the identity provider*. */
  readonly kind?: string
  /** What the error said, values masked or not, with or without the request's id at its end. */
  readonly detail?: string
  /** What bent the message before: rewrites and allowances by name. */
  readonly bends?: readonly string[]
  readonly language?: Language
}

/** An error in three sentences. */
export interface Explanation {
  /** The code that was explained. */
  readonly code: string
  /** Which of the known causes it was; `unknown` for a code that is none of this product. */
  readonly cause: string
  /** Whether the detail told the cause; if not, it is what the code means in general. */
  readonly isCertain: boolean
  readonly happened: string
  readonly why: string
  readonly todo: string
  /** Where to click, menu by menu; absent where nothing is to be done there, or the identity provider is not known. */
  readonly place?: readonly string[]
}

/**
 * The three sentences. Texts hold `*…*` for what a menu says and `` `…` `` for what is typed or sent.
 *
 * @example
 * explain({ code: 'SCIM_UNIQUENESS', kind: 'entra', detail: 'Another User has this userName already; …' }).happened
 * // 'Entra sent a second person with the `userName` of somebody who is here.'
 */
export function explain(facts: ErrorFacts): Explanation {
  const { kind = '', detail = '', bends = [], language = 'en' } = facts
  const code = codeFrom(facts)
  const found = causeOf(code, detail)
  const cause = found ?? UNKNOWN
  const vendor = isVendor(kind) ? kind : undefined
  const [happened, why, todo] = wordsFor(cause, vendor, language).map((text) => filled(text, detail, vendor, language))
  const place = vendor === undefined || cause.place === undefined ? undefined : placeOf(vendor, cause.place, language)
  return {
    code,
    cause: cause.id,
    isCertain: found?.says !== undefined || isOnly(cause),
    happened: happened ?? '',
    why: `${why}${bentText(bends, language)}`,
    todo: `${todo}${placeText(cause.place, place, vendor, language)}`,
    ...(place === undefined ? {} : { place }),
  }
}

/** The stable code of what was given as a code, a scimType or a status. */
function codeFrom({ code, scimType }: ErrorFacts): string {
  if (scimType !== undefined && isScimType(scimType)) return codeOf(scimType)
  const text = String(code)
  if (isScimType(text)) return codeOf(text)
  const codes: { readonly [status: string]: string } = STATUS_CODES
  return codes[text] ?? (/^\d+$/.test(text) ? `SCIM_${text}` : text.toUpperCase())
}

function isScimType(text: string): text is ScimType {
  return Object.hasOwn(SCIM_TYPES, text)
}

/** The cause that the detail tells; else what the code means in general. */
function causeOf(code: string, detail: string): Cause | undefined {
  const ofCode = CAUSES.filter(({ codes }) => codes.includes(code))
  return (
    ofCode.find(({ says }) => says?.some((piece) => detail.includes(piece)) === true) ??
    ofCode.find(({ says }) => says === undefined)
  )
}

/** Whether a cause is all that its codes can mean, so that no detail is needed to tell. */
function isOnly({ id, codes }: Cause): boolean {
  return codes.length > 0 && codes.every((code) => CAUSES.every((one) => one.id === id || !one.codes.includes(code)))
}

function wordsFor(cause: Cause, vendor: Vendor | undefined, language: Language): Three {
  const [happened, why, todo] = cause[language]
  const own = vendor === undefined ? undefined : cause.vendors?.[vendor]
  return [happened, own?.why?.[language] ?? why, own?.todo?.[language] ?? todo]
}

/** How the sender is called: in a sentence, and as a place. */
const NOBODY: { readonly [one in Language]: readonly [idp: string, inIdp: string] } = {
  en: ['the identity provider', 'in the identity provider'],
  de: ['der Identity Provider', 'im Identity Provider'],
}

function filled(text: string, detail: string, vendor: Vendor | undefined, language: Language): string {
  const [idp, inIdp] = vendor === undefined ? NOBODY[language] : [VENDOR_NAMES[vendor], `in ${VENDOR_NAMES[vendor]}`]
  const attribute = attributeIn(detail)
  const named = attribute === undefined ? (language === 'en' ? 'an attribute' : 'ein Attribut') : `\`${attribute}\``
  const whole = text
    .replaceAll('{idp}', idp)
    .replaceAll('{inidp}', inIdp)
    .replaceAll('{attribute}', () => named)
  // A name keeps its own first letter: authentik.
  return vendor === undefined ? `${whole.slice(0, 1).toUpperCase()}${whole.slice(1)}` : whole
}

/** The attribute that a detail begins with: `emails[0].value must be a string`, `urn:…:User:department is required`. */
function attributeIn(detail: string): string | undefined {
  const [first = ''] = detail.split(' ', 1)
  const name = first.replace(/:$/, '')
  return /^[a-zA-Z$][\w:.$[\]-]{1,200}$/.test(name) && /^[a-z]/.test(name) ? name : undefined
}

function bentText(bends: readonly string[], language: Language): string {
  if (bends.length === 0) return ''
  const names = bends.map((name) => `\`${name}\``).join(', ')
  return language === 'en'
    ? ` Before that the message was read as the dialect it is written in (${names}).`
    : ` Vorher wurde die Nachricht in ihrem Dialekt gelesen (${names}).`
}

function placeOf(vendor: Vendor, name: PlaceName, language: Language): readonly string[] {
  return PLACES[vendor][name].map((step) => menuWord(step, language))
}

function placeText(
  name: PlaceName | undefined,
  place: readonly string[] | undefined,
  vendor: Vendor | undefined,
  language: Language,
): string {
  if (name === undefined) return ''
  if (place !== undefined && vendor !== undefined) return ` In ${VENDOR_NAMES[vendor]}: *${place.join(' → ')}*.`
  return language === 'en' ? ` Look ${PLACE_WORDS.en[name]}.` : ` Zu finden: ${PLACE_WORDS.de[name]}.`
}

/** Whether a kind is that of an identity provider whose places are known. */
export function isVendor(kind: string): kind is Vendor {
  return Object.hasOwn(VENDOR_NAMES, kind)
}
