// Reads a page of a list response as servers really write it. RFC 7644 §3.4.2.

import { isObject, type Json, type JsonObject } from '../protocol/index.ts'

/** One page of a list as a server gave it. RFC 7644 §3.4.2, RFC 9865 §2. */
export interface RawPage {
  readonly resources: readonly JsonObject[]
  /** How many there are in all; undefined when the server doesn't say. */
  readonly totalResults: number | undefined
  /** Cursor of the next page. */
  readonly nextCursor: string | undefined
  /** Entries that are no JSON object. */
  readonly unusable: number
}

/**
 * Reads a list response: names in any letter case, numbers as text, `Resources` missing when there are none, a bare resource
 * instead of a list with one entry. `itemsPerPage` and `startIndex` are ignored: only the resources present count. Undefined for anything else.
 * @example
 * const page = readPage(await response.json())
 */
export function readPage(body: JsonObject | undefined): RawPage | undefined {
  if (body === undefined) return undefined
  const member = (name: string): Json | undefined => {
    for (const key in body) if (key.toLowerCase() === name) return body[key]
    return undefined
  }
  const list = member('resources')
  const total = wholeNumber(member('totalresults'))
  if (list === undefined || list === null) {
    if (total === undefined) return undefined
    return { resources: [], totalResults: total, nextCursor: undefined, unusable: 0 }
  }
  const entries: readonly Json[] = Array.isArray(list) ? list : [list]
  const cursor = member('nextcursor')
  const resources = entries.filter(isObject)
  return {
    resources,
    unusable: entries.length - resources.length,
    totalResults: total,
    nextCursor: typeof cursor === 'string' && cursor !== '' ? cursor : undefined,
  }
}

/** A whole number, which some servers write as text. */
export function wholeNumber(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
