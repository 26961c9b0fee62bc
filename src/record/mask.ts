// Masks what people's values may stand in: URLs, filters, details. What is left is their form and length.

import { isKnownName, isNameLike, type Vocabulary } from './vocabulary.ts'

/** What stands in place of a text: what it looks like, and how long it is. */
export function formOf(text: string): string {
  if (text.length === 36 && ID.test(text)) return '‹id›'
  if (text.includes('@') && ADDRESS.test(text)) return formed('address', text.length)
  // Most texts begin with a letter: this is done for each of a body.
  const first = text.charCodeAt(0)
  if (!(first >= 48 && first <= 57)) return formed('text', text.length)
  return formed(DIGITS.test(text) ? 'digits' : TIME.test(text) ? 'time' : 'text', text.length)
}

type Form = 'address' | 'digits' | 'text' | 'time'

function formed(form: Form, length: number): string {
  return FORMS[form][length] ?? `‹${form} ${length}›`
}

const formsOf = (form: Form): readonly string[] => Array.from({ length: 100 }, (_, length) => `‹${form} ${length}›`)
const FORMS = { address: formsOf('address'), digits: formsOf('digits'), text: formsOf('text'), time: formsOf('time') }

const ID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
const ADDRESS = /^[^@\s]{1,200}@[^@\s]{1,200}$/
const DIGITS = /^\d+$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

const OPERATORS = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
const WORDS = new Set(['and', 'or', 'not', 'pr'])
const LITERALS = new Set(['true', 'false', 'null'])

/** A filter or a path of a PATCH operation with its values masked. A path may begin with a name that no schema has. */
export function maskExpression(text: string, vocabulary: Vocabulary, what: 'filter' | 'path'): string {
  let out = ''
  let at = 0
  let expects = false
  let compared = ''
  let first = what === 'path'
  while (at < text.length) {
    const sign = text.charAt(at)
    if (sign === '"') {
      const end = endOfQuoted(text, at)
      const value = text.slice(at + 1, end)
      out += `"${isSuggested(compared, value, vocabulary) ? value : formOf(value)}"`
      at = end + 1
      expects = false
      first = false
    } else if (BETWEEN.test(sign)) {
      out += sign
      at++
    } else {
      const end = endOfWord(text, at)
      const word = text.slice(at, end)
      const folded = word.toLowerCase()
      if (expects) out += LITERALS.has(folded) ? word : formOf(word)
      else if (OPERATORS.has(folded) || WORDS.has(folded)) out += word
      else if (isKnownName(word.replace(/^\./, ''), vocabulary) || (first && isNameLike(word))) {
        out += word
        compared = folded
      } else out += formOf(word)
      expects = OPERATORS.has(folded) && !expects
      first = false
      at = end
    }
  }
  return out
}

const BETWEEN = /[\s()[\],]/

function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"' && !BETWEEN.test(text.charAt(at))) at++
  return at
}

function endOfQuoted(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

/** `type eq "work"` says nothing of anybody. */
function isSuggested(compared: string, value: string, { values }: Vocabulary): boolean {
  return (compared === 'type' || compared.endsWith('.type')) && values.has(value.toLowerCase())
}

/** A path below the base URL with its query, values masked. Ids of resources stay where they are in our form. */
export function maskUrl(path: string, search: string, vocabulary: Vocabulary): string {
  const [, endpoint = '', ...rest] = path.split('/')
  const known = vocabulary.endpoints.has(`/${endpoint.toLowerCase()}`)
  const masked = rest.map((segment) => {
    const text = decoded(segment)
    const stays = ID.test(text) || text === '.search' || isKnownName(text, vocabulary)
    return stays || vocabulary.values.has(text.toLowerCase()) ? segment : formOf(text)
  })
  const parts = [endpoint === '' || known ? endpoint : formOf(endpoint), ...masked]
  return `/${parts.join('/')}${search === '' ? '' : `?${maskQuery(search, vocabulary)}`}`
}

function maskQuery(search: string, vocabulary: Vocabulary): string {
  return search
    .split('&', 20)
    .map((part) => {
      const equals = part.indexOf('=')
      const name = decoded(equals === -1 ? part : part.slice(0, equals))
      if (!vocabulary.names.has(name.toLowerCase())) return formOf(part)
      return equals === -1 ? name : `${name}=${maskParameter(name, decoded(part.slice(equals + 1)), vocabulary)}`
    })
    .join('&')
}

function maskParameter(name: string, value: string, vocabulary: Vocabulary): string {
  switch (name.toLowerCase()) {
    case 'filter':
      return maskExpression(value, vocabulary, 'filter')
    case 'startindex':
    case 'count':
      return /^-?\d{1,9}$/.test(value) ? value : formOf(value)
    case 'sortorder':
      return /^(?:a|de)scending$/i.test(value) ? value : formOf(value)
    case 'attributes':
    case 'excludedattributes':
    case 'sortby':
      return value
        .split(',')
        .map((one) => (isKnownName(one.trim(), vocabulary) ? one : formOf(one)))
        .join(',')
    default:
      return formOf(value)
  }
}

/** A part of a URL, decoded; as it is where it can't be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** The detail of an error with its values masked: what stands in quotes, what looks like a value, and every word that the request had. */
export function maskDetail(detail: string, vocabulary: Vocabulary, given: ReadonlySet<string>): string {
  return withoutGiven(detail.slice(0, DETAIL), vocabulary, given)
    .split('"')
    .map((part, at) => (at % 2 === 1 ? maskQuoted(part, vocabulary) : maskWords(part, vocabulary, given)))
    .join('"')
}

/** Longest detail that is kept. */
const DETAIL = 1_000

/** Shortest text of a request that is looked for wherever it stands, be it a part of a word. */
const LONG_ENOUGH = 4

function withoutGiven(detail: string, vocabulary: Vocabulary, given: ReadonlySet<string>): string {
  let text = detail
  for (const one of given) {
    if (one.length < LONG_ENOUGH || KEPT.has(one) || isKnownName(one, vocabulary)) continue
    for (let at = text.toLowerCase().indexOf(one); at !== -1; at = text.toLowerCase().indexOf(one, at)) {
      const form = formOf(text.slice(at, at + one.length))
      text = text.slice(0, at) + form + text.slice(at + one.length)
      at += form.length
    }
  }
  return text
}

function maskQuoted(text: string, vocabulary: Vocabulary): string {
  return isKnownName(text, vocabulary) || /^‹[a-z]+(?: \d+)?›$/.test(text) ? text : formOf(text)
}

function maskWords(text: string, vocabulary: Vocabulary, given: ReadonlySet<string>): string {
  return text.replace(/[^\s,;()[\]]+/g, (whole) => {
    const word = whole.replace(/^['“‘]|[.:'”’]$/g, '')
    // A form that stands there already, the number behind its blank as well.
    if (/^(?:|‹[a-z]+|\d+›|‹id›)$/.test(word) || isKnownName(word, vocabulary) || KEPT.has(word.toLowerCase()))
      return whole
    const isValue = given.has(word.toLowerCase()) || /[@%]/.test(word) || /\d{3}/.test(word) || ID.test(word)
    return isValue ? whole.replace(word, formOf(word)) : whole
  })
}

/** Words that details are made of although a request has them too. */
const KEPT = new Set([
  'user',
  'group',
  'users',
  'groups',
  '/users',
  '/groups',
  'replace',
  'remove',
  'add',
  'true',
  'false',
])

/** Most words of a request that a detail is searched for. */
const MOST_WORDS = 2_000

/**
 * The words of a request that may be somebody's, in lower case; `undefined` where there are too many to look for. `texts`: its body, and
 * the parts of its URL.
 */
export function wordsOf(...texts: readonly unknown[]): ReadonlySet<string> | undefined {
  const words = new Set<string>()
  const add = (text: string) => {
    words.add(text.toLowerCase())
    for (const word of text.split(/[\s/,;()[\]"=&]+/, MOST_WORDS)) if (word !== '') words.add(word.toLowerCase())
  }
  const walk = (value: unknown): void => {
    if (words.size > MOST_WORDS) return
    if (typeof value === 'string') add(value)
    else if (typeof value === 'number') words.add(String(value))
    else if (Array.isArray(value)) value.forEach(walk)
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk)
  }
  for (const text of texts) walk(typeof text === 'string' ? decoded(text) : text)
  return words.size > MOST_WORDS ? undefined : words
}
