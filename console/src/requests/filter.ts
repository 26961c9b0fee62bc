// The filter language of requests: words like `status:409 kind:entra -code:… took:>100`, and text over the path.

/** A filter as the server takes it, and what is left out here. */
export interface RequestFilter {
  readonly query: { readonly [name: string]: string }
  readonly without: readonly { readonly name: string; readonly value: string }[]
  /** What cannot be read, word by word, in their order. */
  readonly unknown: readonly Unread[]
}

/** A word that cannot be read, and at which character it begins. */
export interface Unread {
  readonly word: string
  readonly at: number
}

/** The words that the server knows by the same name. */
const SAME: ReadonlySet<string> = new Set([
  'kind',
  'code',
  'method',
  'connection',
  'type',
  'resource',
  'print',
  'bent',
  'about',
])
const CLASSES: { readonly [word: string]: string } = { '2xx': 'answered', '4xx': 'refused', '5xx': 'failed' }

/**
 * Reads a filter.
 *
 * @example parseFilter('status:4xx kind:entra took:>100 Users').query
 * // { outcome: 'refused', kind: 'entra', took: '100', text: 'Users' }
 */
export function parseFilter(text: string): RequestFilter {
  const query: { [name: string]: string } = {}
  const without: { name: string; value: string }[] = []
  const unknown: Unread[] = []
  const free: string[] = []
  for (const { 0: word, index: at } of text.matchAll(/[^ ]+/g)) {
    const colon = word.indexOf(':')
    if (colon <= 0) {
      free.push(word)
      continue
    }
    const minus = word.startsWith('-')
    const name = word.slice(minus ? 1 : 0, colon)
    const value = word.slice(colon + 1)
    const read = value === '' ? undefined : readWord(name, value)
    if (read === undefined) unknown.push({ word, at })
    else if (minus) without.push({ name, value })
    else Object.assign(query, read)
  }
  if (free.length > 0) query.text = free.join(' ')
  return { query, without, unknown }
}

function readWord(name: string, value: string): { readonly [name: string]: string } | undefined {
  if (SAME.has(name)) return { [name]: name === 'method' ? value.toUpperCase() : value }
  if (name === 'took') {
    const ms = value.replace(/^>/, '')
    return /^\d{1,7}$/.test(ms) ? { took: ms } : undefined
  }
  if (name !== 'status') return undefined
  const parts = value.split(',')
  const classes = parts.map((one) => CLASSES[one])
  if (classes.every((one) => one !== undefined)) return { outcome: classes.join(',') }
  return parts.every((one) => /^[1-5]\d\d$/.test(one)) ? { status: value } : undefined
}

/** What a filter looks at in a line. */
export interface Filtered {
  readonly status: number
  readonly method: string
  readonly path?: string | undefined
  readonly kind?: string | undefined
  readonly code?: string | undefined
  readonly connection?: string | undefined
  readonly type?: string | undefined
  readonly resource?: string | undefined
  readonly print?: string | undefined
  readonly bends?: readonly string[] | undefined
  readonly us: number
}

const PERSON = /(?:^| )person:(\S+)/

/** Whom a filter names in the clear: a userName, an address or an externalId. */
export function personIn(text: string): string | undefined {
  return PERSON.exec(text)?.[1]
}

/** The same filter with the keyed hash in the place of the name, so that no address of a page holds anybody's. */
export function withHash(text: string, about: string): string {
  return text.replace(PERSON, ` about:${about}`).trim()
}

/** Whether a line passes what is left out here; the rest the server has done. */
export function passes(line: Filtered, { without }: RequestFilter): boolean {
  return without.every(({ name, value }) => !fits(line, name, value))
}

/** Whether a line passes all of a filter: the stream is one for all pages, and tells of each request. */
export function passesWhole(line: Filtered, filter: RequestFilter): boolean {
  return Object.entries(filter.query).every(([name, value]) => fits(line, name, value)) && passes(line, filter)
}

function fits(line: Filtered, name: string, value: string): boolean {
  switch (name) {
    case 'bent':
      return value === 'any' ? (line.bends ?? []).length > 0 : (line.bends ?? []).includes(value)
    case 'took':
      return line.us / 1_000 >= Number(value.replace(/^>/, ''))
    case 'outcome':
      return value.split(',').includes(line.status >= 500 ? 'failed' : line.status >= 400 ? 'refused' : 'answered')
    case 'status':
      return value.split(',').some((one) => one === String(line.status) || one === `${Math.floor(line.status / 100)}xx`)
    case 'text':
      return (line.path ?? '').toLowerCase().includes(value.toLowerCase())
    default:
      return line[name as keyof Filtered] === (name === 'method' ? value.toUpperCase() : value)
  }
}
