// The demands that a case makes of an answer; one that is not met fails the case.

import { isObject, type JsonObject } from '../protocol/index.ts'
import { Fault, type Level } from './fault.ts'
import { member, objects } from './json-access.ts'
import type { Exchange } from './wire/exchange.ts'

/** Fails the case unless something holds; `expected` says what would be right. */
export function demand(
  at: Exchange | readonly Exchange[],
  holds: boolean,
  expected: string,
  level?: Level,
): asserts holds {
  if (!holds) throw new Fault(expected, 'status' in at ? [at] : at, level)
}

/** Fails the case unless the answer has one of these statuses. */
export function demandStatus(at: Exchange, statuses: readonly number[], what: string): void {
  demand(at, statuses.includes(at.status), `${statuses.join(' or ')}: ${what}`)
}

/** The resource in a successful answer. */
export function demandResource(at: Exchange, statuses: readonly number[], what: string): JsonObject {
  demandStatus(at, statuses, what)
  demand(at, isObject(at.body), `the resource as a JSON object: ${what}`)
  return at.body as JsonObject
}

/** What a refusal may look like. */
export interface Refusal {
  readonly status?: readonly number[]
  /** The detail keywords that fit; any when absent. */
  readonly keyword?: readonly string[]
  /** The RFC requires the keyword by name, so that it must not be missing. */
  readonly named?: boolean
  /**
   * Whether the resource is right though the request was accepted: the server has understood what was meant. No sentence of
   * the RFCs forbids that, so it is reported as a difference only.
   */
  readonly mended?: boolean
}

/**
 * Fails the case unless the request was refused. Another 4xx than the one that fits, or another keyword, is still a refusal:
 * it misses a SHOULD (RFC 7644 §3.12, tables 8 and 9), unless the RFC names status or keyword for this very case.
 */
export function demandRefusal(at: Exchange, what: string, refusal: Refusal = {}): void {
  const { status = [400], keyword, named = false, mended = false } = refusal
  const wanted = `${status.join(' or ')}${keyword ? ` ${keyword.join(' or ')}` : ''}: ${what}`
  demand(
    at,
    (at.status >= 400 && at.status < 500) || status.includes(at.status),
    wanted,
    mended && at.status < 300 ? 'OWN' : undefined,
  )
  demand(at, status.includes(at.status), wanted, 'SHOULD')
  if (keyword === undefined || at.status !== (status[0] ?? 400)) return
  const given = member(at.body, 'scimType')
  if (named) demand(at, typeof given === 'string' && keyword.includes(given), wanted)
  else demand(at, given === undefined || (typeof given === 'string' && keyword.includes(given)), wanted, 'SHOULD')
}

/** A list response: its resources and how many there are in all. RFC 7644 §3.4.2. */
export function demandList(
  at: Exchange,
  what: string,
): { readonly resources: readonly JsonObject[]; readonly total: number } {
  demandStatus(at, [200], what)
  demand(at, isObject(at.body), `a ListResponse: ${what}`)
  const total = member(at.body, 'totalResults')
  const resources = member(at.body, 'Resources')
  demand(at, typeof total === 'number', `totalResults as a number: ${what}`)
  demand(
    at,
    // Null, no value and an empty list mean the same. RFC 7643 §2.5.
    Array.isArray(resources) || resources === undefined || (resources === null && total === 0),
    `Resources as an array: ${what}`,
  )
  return { resources: objects(resources), total }
}
