// Builds filters whose attribute names, operators and values TypeScript checks. RFC 7644 §3.4.2.2.

import { attributePaths } from './attribute-paths.ts'
import { attributeIn, resolve } from './attributes.ts'
import { ConfigError } from './errors.ts'
import { COMPARISONS, type Filter, formatFilter } from './filter.ts'
import { filterValue } from './filter-value.ts'
import type { OperatorAt, ValueAt } from './operators.ts'
import type { ElementsAt, FilterPath } from './path-types.ts'
import type { Attribute, ResourceType } from './schema.ts'
import { didYouMean } from './spelling.ts'

/** Carries the names of a filter in the types only; never there when the program runs. */
declare const named: unique symbol

/** A filter that knows which attributes it names. As text and in JSON it is what is sent. */
export interface TypedFilter<out Path extends string = string> {
  readonly [named]?: Path
  /** The filter as a tree. */
  readonly filter: Filter
  /** The filter as it is sent: `userName eq "ann@acme.example"`. */
  readonly toString: () => string
  /** The filter as it is sent. */
  readonly toJSON: () => string
}

/** What follows an operator: nothing after `pr`, a filter on one element after `has`, else a value. RFC 7644 §3.4.2.2. */
export type Operand<T, Path extends string, O> = O extends 'pr'
  ? []
  : O extends 'has'
    ? [element: (is: Compare<ElementsAt<T, Path>>) => TypedFilter<FilterPath<ElementsAt<T, Path>>>]
    : [value: ValueAt<T, Path, O>]

/** Takes one comparison. */
export type Compare<T> = <const Path extends FilterPath<T>, const O extends OperatorAt<T, Path>>(
  path: Path,
  op: O,
  ...operand: Operand<T, Path, O>
) => Where<T>

/** Takes another filter as a whole. */
type Join<T> = (other: TypedFilter<FilterPath<T>>) => Where<T>

/** A filter that can be gone on with, as {@link where} makes it. RFC 7644 §3.4.2.2. */
export interface Where<T> extends TypedFilter<FilterPath<T>> {
  /** Both hold: what stands before, and one comparison or another filter. */
  readonly and: Compare<T> & Join<T>
  /** At least one holds: what stands before, or one comparison or another filter. */
  readonly or: Compare<T> & Join<T>
  /** The opposite of what stands before. */
  readonly not: () => Where<T>
}

/**
 * A filter on resources of a type. Editors complete names, operators and canonical values, and a wrong one is a compile error; at run
 * time a name that the type lacks and a value that no filter has throw ConfigError. Comparisons are joined from left to right. RFC 7644
 * §3.4.2.2.
 * @example where(User, 'emails.value', 'ew', '@acme.example').and('active', 'eq', true)
 * @example where(User, 'title', 'pr').and(where(User, 'userType', 'eq', 'Intern').or('active', 'eq', false))
 * @example where(User, 'emails', 'has', (email) => email('type', 'eq', 'work').and('value', 'ew', '@acme.example'))
 */
export function where<T extends ResourceType, const Path extends FilterPath<T>, const O extends OperatorAt<T, Path>>(
  type: T,
  path: Path,
  op: O,
  ...operand: Operand<T, Path, O>
): Where<T> {
  return compareIn<T>(placeOf(type))(path, op, ...operand)
}

/** Where names are looked up: a resource type, or the elements of a list. */
interface Place {
  readonly owner: string
  readonly names: () => readonly string[]
  readonly leafOf: (path: string) => Attribute | undefined
}

function placeOf(type: ResourceType): Place {
  return {
    owner: type.name,
    names: () => attributePaths(type),
    leafOf: (path) => {
      const found = resolve(path, type)
      return found?.attribute === undefined ? undefined : found.leaf
    },
  }
}

function elementsOf(path: string, { subAttributes = [] }: Attribute): Place {
  return {
    owner: path,
    names: () => subAttributes.map(({ name }) => name),
    leafOf: (name) => attributeIn(subAttributes, name),
  }
}

/** How a comparison is given, whatever the types know of it. */
type Given = readonly [path: string, op: string, operand?: unknown]

function compareIn<T>(place: Place): Compare<T> {
  const compare = (...given: Given) => conditionOf<T>(place, comparison(place, ...given))
  return compare as Compare<T>
}

function conditionOf<T>(place: Place, filter: Filter): Where<T> {
  const join = (op: 'and' | 'or') => {
    const joined = (...given: readonly [TypedFilter] | Given) => {
      const [first] = given
      const other = typeof first === 'string' ? comparison(place, ...(given as Given)) : first.filter
      return conditionOf<T>(place, { op, all: [...partsOf(filter, op), ...partsOf(other, op)] })
    }
    return joined as Where<T>['and']
  }
  const text = () => formatFilter(filter)
  return {
    filter,
    and: join('and'),
    or: join('or'),
    not: () => conditionOf(place, { op: 'not', filter }),
    toString: text,
    toJSON: text,
  }
}

/** What `and` and `or` join: of a filter by the same operator its parts. */
function partsOf(filter: Filter, op: 'and' | 'or'): readonly Filter[] {
  return filter.op === op ? filter.all : [filter]
}

/** What TypeScript refuses comes all the same, from JavaScript and by `any`. */
function comparison(place: Place, path: string, op: string, operand: unknown): Filter {
  const leaf = place.leafOf(path)
  if (leaf === undefined) {
    throw new ConfigError('filter', `${place.owner} has no attribute "${path}"${didYouMean(path, place.names())}`)
  }
  if (op === 'pr') return { op, path }
  if (op === 'has') {
    if (typeof operand !== 'function')
      throw new ConfigError('filter', `${path} has is followed by a function: (one) => one('value', 'eq', …)`)
    return {
      op,
      path,
      filter: (operand as (is: Compare<never>) => TypedFilter)(compareIn(elementsOf(path, leaf))).filter,
    }
  }
  const known = COMPARISONS.get(op)
  if (known !== undefined) return { op: known, path, value: filterValue(operand, `the value of ${path}`) }
  throw new ConfigError(
    'filter',
    `"${op}" is no operator; there are ${[...COMPARISONS.keys(), 'pr', 'has'].join(', ')}`,
  )
}
