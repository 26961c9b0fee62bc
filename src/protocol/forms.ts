// The forms of values: email addresses, phone numbers, URIs and the like. RFC 7643 §2.3, §4.1.

import { entryOf } from './json.ts'
import { userNameFault } from './prepare-name.ts'
import type { Attribute, Schema } from './schema.ts'
import { USER } from './urn.ts'

/** What is wrong with a text of some form, as "must be …", or undefined when nothing is. */
export type Form = (text: string) => string | undefined

/** The forms that values of an attribute have. */
export interface Forms {
  /** Must be so on every connection. */
  readonly always?: Form
  /** Must be so where values are not stored as they come (allowance `anyForm`). */
  readonly strictly?: Form
}

/** The forms of an attribute: those of its type, and those RFC 7643 §4.1 names for attributes of User. RFC 7643 §2.3. */
export function formsOf(schema: Schema, attribute: Attribute, sub?: Attribute): Forms {
  const leaf = sub ?? attribute
  const named =
    schema.id === USER
      ? entryOf(NAMED, sub === undefined ? attribute.name : `${attribute.name}.${sub.name}`)
      : undefined
  if (leaf.type === 'dateTime') return { always: dateTime }
  if (leaf.type === 'binary') return { always: base64, ...named }
  if (leaf.type === 'reference') {
    const external = leaf.referenceTypes?.length === 1 && leaf.referenceTypes[0] === 'external'
    return { always: oneWord, strictly: external ? absoluteUri : uri, ...named }
  }
  return named ?? {}
}

/** An xsd:dateTime with date and time. RFC 7643 §2.3.5. */
export const dateTime: Form = (text) => {
  const parts = /^-?(\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|[+-](\d\d):(\d\d))?$/.exec(text)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] =
    parts?.slice(1).map((part) => Number(part ?? 0)) ?? []
  const days = month === 2 ? (leap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  const sound =
    parts !== null &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= days &&
    // Midnight at the end of a day may be written 24:00:00. XML Schema Part 2 §3.3.7.
    (hour <= 23 || (hour === 24 && minute === 0 && second === 0)) &&
    minute <= 59 &&
    second <= 59 &&
    offsetHour * 60 + offsetMinute <= 14 * 60 &&
    offsetMinute <= 59
  return sound ? undefined : 'must be a date and time, like 2026-01-31T09:30:00Z'
}

function leap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Base64 or base64url, with or without padding. RFC 7643 §2.3.6, RFC 4648. */
export const base64: Form = (text) => {
  const bare = text.replace(/={1,2}$/, '')
  const sound = /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)$/.test(bare) && bare.length % 4 !== 1
  // Padding, where there is any, fills up to a multiple of four.
  return sound && (bare === text || text.length % 4 === 0) ? undefined : 'must be base64'
}

/** One DER certificate: base64 of an ASN.1 SEQUENCE that ends where the bytes end. RFC 7643 §4.1.2. */
export const certificate: Form = (text) => {
  const fault = base64(text)
  if (fault !== undefined) return fault
  const bytes = atob(
    text
      .replace(/-/g, '+')
      .replace(/_/g, '/')
      .replace(/={1,2}$/, ''),
  )
  if (bytes.charCodeAt(0) !== 0x30) return ONE_CERTIFICATE
  const first = bytes.charCodeAt(1)
  const lengthBytes = first & 0x80 ? first & 0x7f : 0
  let length = lengthBytes === 0 ? first : 0
  for (let at = 0; at < lengthBytes; at++) length = length * 256 + bytes.charCodeAt(2 + at)
  return bytes.length === 2 + lengthBytes + length ? undefined : ONE_CERTIFICATE
}

const ONE_CERTIFICATE = 'must be one certificate in DER form, base64 encoded'

const oneWord: Form = (text) => (/\s/.test(text) ? 'must be a URI, which has no spaces' : undefined)

// The characters of RFC 3986 §2 and, for IRIs, what lies beyond ASCII.
const URI_TEXT = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=\u00a0-\u{10ffff}]|%[0-9A-Fa-f]{2})*$/u

/** An absolute or relative URI. RFC 7643 §2.3.7, RFC 3986 §4.1. */
export const uri: Form = (text) => (URI_TEXT.test(text) && !/\s/.test(text) ? undefined : 'must be a URI')

const absoluteUri: Form = (text) =>
  uri(text) === undefined && /^[A-Za-z][A-Za-z0-9+.-]*:./.test(text) && URL.canParse(text)
    ? undefined
    : 'must be a URL with its scheme, like https://example.com/ada'

/** A language tag; "_" is taken for "-" (erratum 6007). RFC 5646 §2.1. */
export const languageTag: Form = (text) =>
  /^[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*$/.test(text) ? undefined : 'must be a language tag, like en-US'

/** One of the languages in Accept-Language. RFC 9110 §12.5.4. */
const RANGE = /^(?:\*|[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*)(?:;q=(?:0(?:\.\d{1,3})?|1(?:\.0{1,3})?))?$/

const preferredLanguage: Form = (text) =>
  text.split(',').every((range, at) => RANGE.test(at > 0 && range.startsWith(' ') ? range.slice(1) : range))
    ? undefined
    : 'must be as in Accept-Language, like en-US or da, en-gb;q=0.8'

const timeZones = new Set<string>()

/** A name of the IANA time zone database, old names too. RFC 7643 §4.1.1. */
export const timeZone: Form = (text) => {
  if (timeZones.has(text)) return undefined
  try {
    // Offsets such as "+01:00" are understood there as well, and are no names.
    if (/^[A-Za-z]/.test(text) && text.length < 64) {
      new Intl.DateTimeFormat('en', { timeZone: text })
      timeZones.add(text)
      return undefined
    }
  } catch {}
  return 'must be a time zone of the IANA database, like Europe/Berlin'
}

// RFC 5321 §4.1.2, with the letters of RFC 6531; quoted local parts and address literals are taken without a closer look.
const MAILBOX =
  /^(?:[^\s"(),:;<>@[\\\]]{1,64}|"(?:[^"\\]|\\.){1,62}")@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?)*|\[[\w:.-]+\])$/u

/** An e-mail address. RFC 7643 §4.1.2, RFC 5321 §4.1.2. */
export const mailbox: Form = (text) =>
  text.length <= 320 && MAILBOX.test(text) && !/^\.|\.\.|\.@/.test(text)
    ? undefined
    : 'must be an e-mail address, like ada@example.com'

// ISO 3166-1 alpha-2, officially assigned codes.
const COUNTRIES: ReadonlySet<string> = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
    'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
    'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP ' +
    'KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT ' +
    'MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW ' +
    'SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ ' +
    'UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
)

/** A country code of two letters. RFC 7643 §4.1.2, ISO 3166-1. */
export const country: Form = (text) =>
  COUNTRIES.has(text.toUpperCase()) ? undefined : 'must be a country code of two letters, like US'

/** Attributes of User whose form RFC 7643 §4.1 names. */
const NAMED: { readonly [path: string]: Forms | undefined } = {
  userName: { always: userNameFault },
  preferredLanguage: { strictly: preferredLanguage },
  locale: { strictly: languageTag },
  timezone: { strictly: timeZone },
  'emails.value': { strictly: mailbox },
  'addresses.country': { strictly: country },
  'x509Certificates.value': { strictly: certificate },
}
