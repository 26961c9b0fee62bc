import type { Attribute, BoundFilter, Target } from '../../protocol/index.ts'
import type { Bindings } from './bindings.ts'
import { sqlite as dialect } from './dialect.ts'
import { hintFor, hintForElement } from './hint.ts'
import { rowsOf } from './other-rows.ts'
import {
  columnOf,
  folds,
  indexOf,
  isLinked,
  linkedValue,
  listPath,
  type Place,
  pathOf,
  shaped,
  singularValue,
  sourceFor,
} from './values.ts'

/**
 * A filter as an SQL condition on `r`: 1 or 0, never null, so that `not` means what it says (A-24).
 * RFC 7644 §3.4.2.2; the meaning is that of `matches` in protocol/match.ts.
 */
export function compileFilter(filter: BoundFilter, place: Place, bindings: Bindings): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return joined(
        filter.op,
        filter.all.map((one) => compileFilter(one, place, bindings)),
      )
    case 'not':
      return `(not ${compileFilter(filter.filter, place, bindings)})`
    case 'constant':
      return filter.value ? '1' : '0'
    case 'pr':
      return present(filter.target, place, bindings)
    case 'has':
      return has(filter.target, filter.filter, place, bindings)
    default:
      return comparison(filter.op, filter.target, filter.value, place, bindings)
  }
}

type Operator = Extract<BoundFilter, { value: string | number | boolean; target: Target }>['op']

/** Compares an expression that is null where there is no value. */
function compare(op: Operator, x: string, value: string | number | boolean, bindings: Bindings): string {
  switch (op) {
    case 'eq':
      return `(${dialect.same(`(${x})`, bindings.bind(value))})`
    case 'ne':
      return `(${dialect.different(`(${x})`, bindings.bind(value))})`
    case 'co':
      if (value === '') return `((${x}) is not null)`
      return `coalesce(${dialect.position(`(${x})`, bindings.bind(value))} > 0, 0)`
    case 'sw':
    case 'ew': {
      if (value === '') return `((${x}) is not null)`
      const length = [...String(value)].length
      const part = op === 'sw' ? `substr((${x}), 1, ${length})` : `substr((${x}), ${-length})`
      return `coalesce(${part} = ${bindings.bind(value)}, 0)`
    }
    default:
      return `coalesce((${x}) ${SIGNS[op]} ${bindings.bind(value)}, 0)`
  }
}

// Operators that "", which has no index entry, never satisfies with an operand that isn't "" itself.
const ENTERED: ReadonlySet<Operator> = new Set(['eq', 'co', 'sw', 'ew', 'gt', 'ge'])

const SIGNS = { gt: '>', lt: '<', ge: '>=', le: '<=' } as const

/** Any value of a list satisfies; for `ne` also a list without values (A-24). */
function anyOf(op: Operator, from: string, x: string, value: string | number | boolean, bindings: Bindings): string {
  const some = `exists (select 1 from ${from} where (${x}) is not null and ${compare(op, x, value, bindings)})`
  return op === 'ne' ? `(${some} or not exists (select 1 from ${from} where (${x}) is not null))` : some
}

function comparison(
  op: Operator,
  target: Target,
  value: string | number | boolean,
  place: Place,
  bindings: Bindings,
): string {
  const hint = isInText(target, place) ? hintFor(op, target.leaf, value, bindings) : undefined
  const exact = exactComparison(op, target, value, place, bindings)
  return hint === undefined ? exact : `(${hint} and ${exact})`
}

/** Only the document's text has the values: no column, no rows, no entries. */
function isInText(target: Target, place: Place): boolean {
  const { extension, attribute, sub } = target
  if (extension === undefined && (attribute.name === 'id' || attribute.name === 'meta')) return false
  if (rowsOf(target) !== undefined || indexOf(target, place) !== undefined) return false
  return sub === undefined || !isLinked(attribute, sub)
}

function exactComparison(
  op: Operator,
  target: Target,
  value: string | number | boolean,
  place: Place,
  bindings: Bindings,
): string {
  const rows = rowsOf(target)
  if (rows !== undefined) {
    return anyOf(op, rows.from('r.k'), rows.value(target.leaf, place, bindings), value, bindings)
  }
  const column = columnOf(target, place, bindings)
  if (column !== undefined) return compare(op, column, value, bindings)
  const { attribute, sub, leaf } = target
  const index = indexOf(target, place)
  if (!attribute.multiValued && !leaf.multiValued)
    return compare(op, singularValue(target, place, bindings), value, bindings)
  if (index !== undefined && ENTERED.has(op) && value !== '') {
    // The row's own list of entries holds the values in the form they are compared in, all but "".
    return anyOf(op, dialect.elements('r.entries', [String(index.a)]), 'value', value, bindings)
  }
  if (!attribute.multiValued) {
    return anyOf(op, dialect.elements(sourceFor(leaf), pathOf(target)), shaped('value', leaf), value, bindings)
  }
  const path = listPath(target)
  if (sub === undefined)
    return anyOf(op, dialect.elements(sourceFor(leaf), path), shaped('value', leaf), value, bindings)
  if (isLinked(attribute, sub)) {
    const list = `${dialect.elements('r.text', path)} e`
    return anyOf(op, list, elementValue(target, path, place, bindings)(sub), value, bindings)
  }
  return anyOf(
    op,
    dialect.elements(sourceFor(leaf), path),
    shaped(dialect.within('value', sub.name), leaf),
    value,
    bindings,
  )
}

function present(target: Target, place: Place, bindings: Bindings): string {
  const rows = rowsOf(target)
  if (rows !== undefined) {
    if (target.sub === undefined) return `exists (select 1 from ${rows.from('r.k')})`
    return `exists (select 1 from ${rows.from('r.k')} where (${rows.value(target.sub, place, bindings)}) <> '')`
  }
  if (target.extension === undefined && (target.attribute.name === 'meta' || target.attribute.name === 'id')) return '1'
  const { attribute, sub, leaf } = target
  if (sub !== undefined && isLinked(attribute, sub)) {
    if (!attribute.multiValued) return `coalesce((${singularValue(target, place, bindings)}) <> '', 0)`
    const path = listPath(target)
    return `exists (select 1 from ${dialect.elements('r.text', path)} e where coalesce((${elementValue(target, path, place, bindings)(sub)}) <> '', 0))`
  }
  if (leaf.type === 'complex' || leaf.multiValued || attribute.multiValued) {
    if (sub === undefined || !attribute.multiValued) return dialect.anyValue('r.text', pathOf(target))
    return `exists (select 1 from ${dialect.elements('r.text', listPath(target))} where coalesce(${dialect.within('value', sub.name)}, '') <> '')`
  }
  return `(coalesce(${dialect.at('r.text', pathOf(target))}, '') <> '')`
}

/** One and the same element satisfies all of the filter. RFC 7644 §3.4.2.2, table 5. */
function has(target: Target, filter: BoundFilter, place: Place, bindings: Bindings): string {
  const rows = rowsOf(target)
  if (rows !== undefined) {
    const condition = onElement(filter, (leaf) => rows.value(leaf, place, bindings), bindings)
    return `exists (select 1 from ${rows.from('r.k')} where ${condition})`
  }
  const { attribute } = target
  const hint = hintForElement(filter, (leaf) => !isLinked(attribute, leaf), bindings)
  const exact = exactHas(target, filter, place, bindings)
  return hint === undefined ? exact : `(${hint} and ${exact})`
}

function exactHas(target: Target, filter: BoundFilter, place: Place, bindings: Bindings): string {
  const { attribute } = target
  if (!attribute.multiValued) {
    // The one value is the only element there is.
    const value = (leaf: Attribute) =>
      singularValue({ ...target, sub: leaf, leaf, path: `${target.path}.${leaf.name}` }, place, bindings)
    return `(${dialect.anyValue('r.text', listPath(target))} and ${onElement(filter, value, bindings)})`
  }
  const path = listPath(target)
  const condition = onElement(filter, elementValue(target, path, place, bindings), bindings)
  return `exists (select 1 from ${dialect.elements('r.text', path)} e where ${condition})`
}

/** The parts of the element `e` of a list in `r.text`, each in the form it is compared in. */
function elementValue(
  target: Target,
  path: readonly string[],
  place: Place,
  bindings: Bindings,
): (leaf: Attribute) => string {
  const { attribute } = target
  return (leaf) => {
    const name = leaf === attribute ? undefined : leaf.name
    const own = name === undefined ? 'e.value' : dialect.within('e.value', name)
    const twin = `case when r.folded is null then lower(${own}) else ${dialect.twin('r.folded', path, 'e.key', name)} end`
    const value = !folds(leaf) ? shaped(own, leaf) : leaf.uniqueness === 'none' ? twin : `squeeze(${twin})`
    if (!isLinked(attribute, leaf)) return value
    return linkedValue(leaf, dialect.within('e.value', 'value'), value, place, bindings)
  }
}

/** Conditions in a tree as flat as can be: databases limit how deep an expression may be. */
function joined(op: 'and' | 'or', conditions: readonly string[]): string {
  const [only] = conditions
  if (only === undefined) return op === 'and' ? '1' : '0'
  if (conditions.length === 1) return only
  if (conditions.length <= 8) return `(${conditions.join(` ${op} `)})`
  const half = conditions.length >> 1
  return `(${joined(op, conditions.slice(0, half))} ${op} ${joined(op, conditions.slice(half))})`
}

/** A filter on one element, whose parts `valueFor` finds. */
export function onElement(filter: BoundFilter, valueFor: (leaf: Attribute) => string, bindings: Bindings): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return joined(
        filter.op,
        filter.all.map((one) => onElement(one, valueFor, bindings)),
      )
    case 'not':
      return `(not ${onElement(filter.filter, valueFor, bindings)})`
    case 'constant':
      return filter.value ? '1' : '0'
    case 'pr':
      return `(coalesce(${valueFor(filter.target.leaf)}, '') <> '')`
    case 'has':
      return '0'
    default:
      return compare(filter.op, valueFor(filter.target.leaf), filter.value, bindings)
  }
}
