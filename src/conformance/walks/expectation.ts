// What a resource must show for a case to pass, each with the words that a report has for it.

import type { Json } from '../../protocol/index.ts'
import type { AttributePath } from '../attribute-path.ts'
import { demand } from '../demand.ts'
import type { Level } from '../fault.ts'
import { holds, isSameSet, isUnassigned, member, memberIds, objects, pathOf, valueAt } from '../json-access.ts'
import type { Exchange } from '../wire/exchange.ts'

/** One thing that a resource must show. */
export interface Expectation {
  /** As a report says it after "expected": `nickName "two"`. */
  readonly words: string
  readonly holds: (resource: unknown) => boolean
  /** Less binding than the case as a whole. */
  readonly level?: Level
}

/** One expectation or several. */
export type Expectations = Expectation | readonly Expectation[]

/** An expectation of its own kind. */
export function that(words: string, holds: Expectation['holds'], level?: Level): Expectation {
  return level === undefined ? { words, holds } : { words, holds, level }
}

/** A path has just this simple value. */
export function shows(path: AttributePath, value: string | number | boolean): Expectation {
  return that(`${pathOf(path)} ${JSON.stringify(value)}`, (resource) => valueAt(resource, path) === value)
}

/** A path has a value that holds all of another; more is no harm. */
export function keeps(path: AttributePath, value: Json): Expectation {
  const words = `${pathOf(path)}${typeof value === 'object' ? ' with' : ''} ${JSON.stringify(value)}`
  return that(words, (resource) => holds(valueAt(resource, path), value))
}

/** A path has no value. RFC 7643 §2.5. */
export function lacks(path: AttributePath): Expectation {
  return that(`no ${pathOf(path)}`, (resource) => isUnassigned(valueAt(resource, path)))
}

/** The elements of a list have just these values, in any order. */
export function valuesAre(list: AttributePath, ...values: readonly string[]): Expectation {
  return that(`${pathOf(list)} with ${values.join(' and ')} and no other`, (resource) =>
    isSameSet(
      objects(valueAt(resource, list)).map((one) => String(member(one, 'value'))),
      values,
    ),
  )
}

/** A group has just these members. */
export function membersAre(...ids: readonly string[]): Expectation {
  const words =
    ids.length === 0
      ? 'a group without members'
      : ids.length === 1
        ? `the member ${ids[0]} and no other`
        : `the members ${ids.join(' and ')} and no others`
  return that(words, (group) => isSameSet(memberIds(group), ids))
}

/** Fails the case unless a resource shows all that is expected of it. */
export function demandShown(
  at: Exchange | readonly Exchange[],
  resource: unknown,
  expectations: Expectations | undefined,
): void {
  const all = [expectations ?? []].flat()
  for (const level of new Set(all.map((one) => one.level))) {
    const these = all.filter((one) => one.level === level)
    demand(
      at,
      these.every((one) => one.holds(resource)),
      these.map(({ words }) => words).join(' and '),
      level,
    )
  }
}
