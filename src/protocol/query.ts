// Reads query parameters and search requests. RFC 7644 §3.4.2.

import { invalidCount, invalidFilter, invalidSyntax, invalidValue } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { LIMITS, type Limits } from './limits.ts'
import { SEARCH_REQUEST } from './urn.ts'

/** Decoded query parameters, each once. */
export type QueryParameters = { readonly [name: string]: string }

/** Which attributes an answer shows. RFC 7644 §3.9. */
export interface SelectionInput {
  readonly attributes?: readonly string[]
  readonly excludedAttributes?: readonly string[]
}

/** A query, its form checked. RFC 7644 §3.4.2, RFC 9865 §2. */
export interface SearchInput extends SelectionInput {
  readonly filter?: string
  readonly sortBy?: string
  readonly sortOrder?: 'ascending' | 'descending'
  /** From 1. */
  readonly startIndex: number
  /** The page size to use, within the limits. */
  readonly count: number
  /** The page size that was asked for, within the limits, if one was. */
  readonly countGiven?: number
  /** Present for cursor paging; "" on the first page. */
  readonly cursor?: string
  readonly paging: 'index' | 'cursor'
}

/** How far reading a search request bends; a part of {@link Allowances}. */
export interface SearchAllowances {
  readonly guessSchemas: boolean
  readonly loneValueForList: boolean
  readonly textNumbers: boolean
  readonly looseQuery: boolean
}

const NAMES = [
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
  'attributes',
  'excludedAttributes',
] as const
const CANONICAL: ReadonlyMap<string, string> = new Map(
  [...NAMES, 'schemas'].flatMap((name) => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
)
const INTEGER = /^-?\d+$/
const ENCODED = /[%+]/

/**
 * Decodes the query part of a URL as a form: `+` is a space, empty parts are nothing (Q05). The parameters of a query are
 * known in any letter case and may come once (P-145); lists of attributes more often, and an empty filter counts for none, where
 * that is taken. RFC 7644 §3.4.2, RFC 1866 §8.2.1.
 */
export function decodeQuery(search: string, allow?: Pick<SearchAllowances, 'looseQuery'>): QueryParameters {
  const found: Record<string, string> = Object.create(null)
  if (search === '' || search === '?') return found
  const parts = (search.startsWith('?') ? search.slice(1) : search).split('&')
  if (parts.length > LIMITS.QUERY_PARAMETERS) {
    throw invalidValue(`The URL has more than ${LIMITS.QUERY_PARAMETERS} query parameters`)
  }
  for (const part of parts) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const sent = decode(equals < 0 ? part : part.slice(0, equals), undefined)
    const name = canonical(sent)
    const value = equals < 0 ? '' : decode(part.slice(equals + 1), name)
    const before = name === undefined ? undefined : found[name]
    if (before === undefined) found[name ?? sent] = value
    else if (allow?.looseQuery && isList(name)) found[name] = `${before},${value}`
    else throw invalidValue(`The parameter ${name} may occur in the URL only once`)
  }
  if (allow?.looseQuery && found.filter?.trim() === '') delete found.filter
  return found
}

/** Reads the parameters of a list (P.5, P.8, P.9, C). RFC 7644 §3.4.2, RFC 9865 §2. */
export function readQuery(query: QueryParameters, limits: Limits = LIMITS): SearchInput {
  const { filter, cursor } = query
  const sortBy = query.sortBy?.trim() || undefined
  const paging = pagingOf(cursor, query.startIndex?.trim() || undefined, query.count?.trim() || undefined, limits)
  return {
    // An empty filter is a filter that can't be read, not the absence of one (P-126).
    ...(filter === undefined ? {} : { filter }),
    ...sorting(sortBy, query.sortOrder?.trim() || undefined),
    ...paging,
    ...readSelection(query),
  }
}

/** Reads what an answer with one resource shows; paging and sorting mean nothing there, a filter is refused (A-84). RFC 7644 §3.9. */
export function readSelection(query: QueryParameters): SelectionInput {
  const { attributes, excludedAttributes } = query
  if (attributes === undefined && excludedAttributes === undefined) return {}
  return exclusive(names(attributes?.split(',')), names(excludedAttributes?.split(',')))
}

/** Refuses a filter on a single resource (A-84). RFC 7644 §3.4.2.1. */
export function refuseFilterOnOne(query: QueryParameters): void {
  if (query.filter !== undefined) {
    throw invalidFilter('A filter belongs to a list, such as /Users?filter=…; a single resource takes none')
  }
}

/** Reads the body of POST /.search (P-220..P-222). RFC 7644 §3.4.3, RFC 9865 §3. */
export function readSearchRequest(body: Json, allow?: SearchAllowances, limits: Limits = LIMITS): SearchInput {
  if (!isObject(body)) throw invalidSyntax('A search request must be a JSON object')
  const given = canonicalMembers(body)
  requireSchema(given.schemas, allow)
  const asked = text(given, 'filter')
  const filter = allow?.looseQuery && asked?.trim() === '' ? undefined : asked
  const sortBy = text(given, 'sortBy')?.trim() || undefined
  const sortOrder = text(given, 'sortOrder')?.trim() || undefined
  const cursor = text(given, 'cursor')
  const paging = pagingOf(cursor, number(given, 'startIndex', allow), number(given, 'count', allow), limits)
  return {
    ...(filter === undefined ? {} : { filter }),
    ...sorting(sortBy, sortOrder),
    ...paging,
    ...exclusive(names(list(given, 'attributes', allow)), names(list(given, 'excludedAttributes', allow))),
  }
}

function isList(name: string | undefined): name is 'attributes' | 'excludedAttributes' {
  return name === 'attributes' || name === 'excludedAttributes'
}

function canonical(name: string): string | undefined {
  return CANONICAL.get(name) ?? CANONICAL.get(name.toLowerCase())
}

function decode(part: string, name: string | undefined): string {
  if (!ENCODED.test(part)) return part
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    throw invalidValue(
      `The ${name === undefined ? 'query' : `parameter ${name}`} of the URL is not percent-encoded UTF-8; write % itself as %25`,
    )
  }
}

function sorting(sortBy: string | undefined, sortOrder: string | undefined): Pick<SearchInput, 'sortBy' | 'sortOrder'> {
  if (sortBy !== undefined) refuseLong('sortBy', sortBy)
  const order = sortOrder?.toLowerCase()
  if (order !== undefined && order !== 'ascending' && order !== 'descending') {
    throw invalidValue('sortOrder must be ascending or descending')
  }
  return {
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(order === undefined ? {} : { sortOrder: order }),
  }
}

// P-180..P-186, C-005, C-008, C-013, A-33, A-71
function pagingOf(
  cursor: string | undefined,
  startIndex: string | undefined,
  count: string | undefined,
  limits: Limits,
): Pick<SearchInput, 'startIndex' | 'count' | 'countGiven' | 'cursor' | 'paging'> {
  if (cursor !== undefined && startIndex !== undefined) {
    throw invalidValue('startIndex and cursor are two ways of paging; give one of them')
  }
  if (startIndex !== undefined && !INTEGER.test(startIndex)) {
    throw invalidValue('startIndex must be a whole number, 1 for the first resource')
  }
  if (count !== undefined && !INTEGER.test(count)) {
    const detail = `count must be a whole number, at most ${limits.PAGE_MAX}`
    throw cursor === undefined ? invalidValue(detail) : invalidCount(detail)
  }
  const size = count === undefined ? undefined : clamp(Number(count), 0, limits.PAGE_MAX)
  return {
    startIndex: startIndex === undefined ? 1 : clamp(Number(startIndex), 1, Number.MAX_SAFE_INTEGER),
    count: size ?? Math.min(limits.PAGE_DEFAULT, limits.PAGE_MAX),
    ...(size === undefined ? {} : { countGiven: size }),
    ...(cursor === undefined ? { paging: 'index' } : { cursor, paging: 'cursor' }),
  }
}

// -0 would show as 0 and compare as 0; it is made 0 all the same.
function clamp(number: number, least: number, most: number): number {
  return Math.min(Math.max(number, least), most) + 0
}

// P-203, P-208: blanks and empty items are nothing; nothing at all is no list.
function names(items: readonly string[] | undefined): readonly string[] | undefined {
  const found = items?.map((item) => item.trim()).filter((item) => item !== '')
  return found === undefined || found.length === 0 ? undefined : found
}

// P-206, A-34
function exclusive(
  attributes: readonly string[] | undefined,
  excludedAttributes: readonly string[] | undefined,
): SelectionInput {
  if (attributes !== undefined && excludedAttributes !== undefined) {
    throw invalidValue('attributes and excludedAttributes exclude each other; give one of them')
  }
  const longest = attributes ?? excludedAttributes ?? []
  if (longest.length > LIMITS.ATTRIBUTES_LIST) {
    throw invalidValue(`attributes and excludedAttributes may name at most ${LIMITS.ATTRIBUTES_LIST} attributes`)
  }
  for (const name of longest) refuseLong('attributes and excludedAttributes', name)
  if (attributes !== undefined) return { attributes }
  return excludedAttributes === undefined ? {} : { excludedAttributes }
}

function refuseLong(where: string, name: string): void {
  if (name.length > LIMITS.PATH_LENGTH) {
    throw invalidValue(`A name in ${where} is longer than ${LIMITS.PATH_LENGTH} characters`)
  }
}

/** The members of the message under their canonical names; null is absent (A-14, A-17). */
function canonicalMembers(body: JsonObject): { readonly [name: string]: Json } {
  const found: Record<string, Json> = Object.create(null)
  for (const [sent, value] of Object.entries(body)) {
    const name = canonical(sent)
    if (name === undefined) continue
    if (name in found) throw invalidSyntax(`The search request has ${name} twice`)
    found[name] = value
  }
  return found
}

function requireSchema(schemas: Json | undefined, allow: SearchAllowances | undefined): void {
  if (allow?.guessSchemas) return
  const folded = SEARCH_REQUEST.toLowerCase()
  const named = Array.isArray(schemas) && schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === folded)
  if (!named) throw invalidSyntax(`schemas of a search request must be ["${SEARCH_REQUEST}"]`)
}

function text(body: { readonly [name: string]: Json }, name: string): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw invalidSyntax(`${name} of a search request must be a string`)
}

function number(
  body: { readonly [name: string]: Json },
  name: string,
  allow: SearchAllowances | undefined,
): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && allow?.textNumbers) return value.trim() || undefined
  if (typeof value !== 'number') throw invalidSyntax(`${name} of a search request must be a number`)
  return Number.isInteger(value) ? BigInt(value).toString() : String(value)
}

function list(
  body: { readonly [name: string]: Json },
  name: string,
  allow: SearchAllowances | undefined,
): readonly string[] | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string' && allow?.loneValueForList) return value.split(',')
  const items = Array.isArray(value) ? value : undefined
  const texts = items?.filter((item) => typeof item === 'string')
  if (texts === undefined || texts.length !== items?.length) {
    throw invalidSyntax(`${name} of a search request must be an array of attribute names`)
  }
  return texts
}
