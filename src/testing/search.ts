// Lists: filters, pages, and how apps depart from both. RFC 7644 §3.4.2, RFC 9865.

import type { Held } from './accounts.ts'
import { type Filter, matches, parseFilter } from './filter.ts'
import { isList, type JsonObject } from './json.ts'
import type { FilterSupport } from './profile.ts'
import { invalid } from './refusal.ts'
import { represent, type Selection, type Shown, wholeOf } from './represent.ts'
import type { Type } from './schema.ts'

/** What a list is asked for. */
export interface Query {
  readonly filter?: string
  readonly startIndex?: string
  readonly count?: string
  readonly cursor?: string
  readonly selection: Selection
}

/** A source of shifts: how far the list has moved meanwhile. */
export type Shift = () => number

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** Reads a query from the parameters of a URL. */
export function readQuery(params: URLSearchParams): Query {
  const text = (name: string) => {
    const value = params.get(name)
    return value === null ? {} : { [name]: value }
  }
  const names = (name: string) =>
    params
      .get(name)
      ?.split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
  return {
    ...text('filter'),
    ...text('startIndex'),
    ...text('count'),
    ...text('cursor'),
    selection: selectionOf(names('attributes'), names('excludedAttributes')),
  }
}

/** Reads a query from the body of POST /.search. RFC 7644 §3.4.3. */
export function readSearch(body: JsonObject): Query {
  const names = (value: unknown) => (Array.isArray(value) ? value.map(String) : undefined)
  const text = (name: string) => (body[name] === undefined ? {} : { [name]: String(body[name]) })
  return {
    ...text('filter'),
    ...text('startIndex'),
    ...text('count'),
    ...text('cursor'),
    selection: selectionOf(names(body.attributes), names(body.excludedAttributes)),
  }
}

function selectionOf(attributes: readonly string[] | undefined, excluded: readonly string[] | undefined): Selection {
  if (attributes !== undefined && attributes.length > 0) return { attributes }
  return excluded === undefined ? {} : { excluded }
}

/** One page of the accounts of some types. */
export function list(shown: Shown, types: readonly Type[], query: Query, shift: Shift): JsonObject {
  const { profile } = shown
  const found = types.flatMap((type) => foundOf(shown, type, query.filter))
  if (profile.pages.shifts && found.length > 1) {
    const by = shift() % found.length
    found.push(...found.splice(0, by))
  }
  return profile.pages.style === 'cursor' ? cursorPage(shown, found, query) : indexPage(shown, found, query)
}

function foundOf(shown: Shown, type: Type, text: string | undefined): Held[] {
  const { profile, accounts } = shown
  if (text === undefined || text === '') return [...accounts.list(type)]
  const filter = parseFilter(text, type, profile.filters)
  requireSupported(filter, type, profile.filters)
  const quick = filter.op === 'eq' && typeof filter.value === 'string' && filter.steps?.length === 1
  const some = quick ? accounts.withValue(type, filter.steps?.[0]?.name ?? '', String(filter.value)) : undefined
  return [...(some ?? accounts.list(type))].filter((held) => matches(filter, searchable(shown, held)))
}

/** Members are found by filters even where reads hide them. */
function searchable(shown: Shown, held: Held): JsonObject {
  const { profile } = shown
  return wholeOf({ ...shown, profile: { ...profile, members: { ...profile.members, read: 'all' } } }, held)
}

function requireSupported(filter: Filter, type: Type, { operators, attributes, most }: FilterSupport): void {
  let comparisons = 0
  const walk = (one: Filter) => {
    if (operators !== undefined && !operators.includes(one.op))
      throw invalid('invalidFilter', `"${one.op}" is not supported`)
    if ('left' in one) {
      walk(one.left)
      walk(one.right)
    } else if (!('path' in one)) walk(one.filter)
    else {
      comparisons += 1
      const allowed = attributes?.[type]
      if (allowed !== undefined && !allowed.some((name) => name.toLowerCase() === one.path.toLowerCase()))
        throw invalid('invalidFilter', `"${one.path}" is not supported`)
      if (one.op === 'has') walk(one.filter)
    }
  }
  walk(filter)
  if (comparisons > most) throw invalid('invalidFilter', `A filter has ${most} comparisons at most`)
}

function countOf(
  text: string | undefined,
  { normal, most }: { readonly normal: number; readonly most: number },
): number {
  const count = text === undefined ? normal : Number(text)
  if (!Number.isInteger(count)) throw invalid('invalidValue', '"count" is a whole number')
  return Math.min(Math.max(0, count), most)
}

function indexPage(shown: Shown, found: readonly Held[], query: Query): JsonObject {
  const start = query.startIndex === undefined ? 1 : Number(query.startIndex)
  if (!Number.isInteger(start)) throw invalid('invalidValue', '"startIndex" is a whole number')
  const first = Math.max(1, start)
  const page = found.slice(first - 1, first - 1 + countOf(query.count, shown.profile.pages))
  return {
    ...schemasOf(shown),
    totalResults: found.length,
    startIndex: first,
    itemsPerPage: page.length,
    Resources: page.map((held) => represent(shown, held, query.selection)),
  }
}

/** Cursors say where the page begins. */
function cursorPage(shown: Shown, found: readonly Held[], query: Query): JsonObject {
  if (query.startIndex !== undefined) throw invalid('invalidValue', '"startIndex" is not supported: use cursors')
  const from =
    query.cursor === undefined || query.cursor === ''
      ? 0
      : Number(/^at-(\d{1,9})$/.exec(query.cursor)?.[1] ?? Number.NaN)
  if (Number.isNaN(from)) throw invalid('invalidValue', `"${query.cursor}" is no cursor`)
  const page = found.slice(from, from + countOf(query.count, shown.profile.pages))
  const end = from + page.length
  return {
    ...schemasOf(shown),
    totalResults: found.length,
    itemsPerPage: page.length,
    ...(end < found.length && page.length > 0 ? { nextCursor: `at-${end}` } : {}),
    Resources: page.map((held) => represent(shown, held, query.selection)),
  }
}

function schemasOf({ profile }: Shown): JsonObject {
  return { schemas: [profile.protocol === '1.1' ? 'urn:scim:schemas:core:1.0' : LIST] }
}

/** Whether a body is that of a search. RFC 7644 §3.4.3. */
export function isSearch(body: JsonObject): boolean {
  return isList(body.schemas) && body.schemas.includes('urn:ietf:params:scim:api:messages:2.0:SearchRequest')
}
