// Compiles a filter to an SQL condition.

import { type Attribute, type BoundFilter, isPrimary, type Target } from '../../protocol/index.ts'
import type { Binder } from './bindings.ts'
import { rowsOf } from './derived-rows.ts'
import { hintFor, hintForFilter } from './prefilter.ts'
import type { SqlScope } from './scope.ts'
import {
  columnOf,
  folds,
  indexOf,
  isLinked,
  linkedValue,
  listPath,
  pathOf,
  shaped,
  singularValue,
  sourceFor,
} from './values.ts'

/**
 * A filter as an SQL condition on `r`: true or false, never null, so that `not` means what it says (A-24).
 * RFC 7644 §3.4.2.2; the meaning is that of `matches` in protocol/match.ts.
 */
export function compileFilter(filter: BoundFilter, scope: SqlScope, bindings: Binder): string {
  switch (filter.op) {
    case 'and':
    case 'or': {
      // Whoever looks for one text in several attributes looks for it in the document first, which is one comparison instead of several.
      const hint = filter.op === 'or' ? hintForFilter(filter, (one) => isInDocument(one), bindings) : undefined
      const exact = joined(
        filter.op,
        filter.all.map((one) => compileFilter(one, scope, bindings)),
        bindings,
      )
      return hint === undefined ? exact : `(${hint} and ${exact})`
    }
    case 'not':
      return `(not ${compileFilter(filter.filter, scope, bindings)})`
    case 'constant':
      return filter.value ? bindings.dialect.yes : bindings.dialect.no
    case 'pr':
      return present(filter.target, scope, bindings)
    case 'has':
      return has(filter.target, filter.filter, scope, bindings)
    default:
      return comparison(filter.op, filter.target, filter.value, scope, bindings)
  }
}

type Operator = Extract<BoundFilter, { value: string | number | boolean; target: Target }>['op']

/** Compares an expression that is null when there is no value. */
function compare(op: Operator, x: string, value: string | number | boolean, bindings: Binder): string {
  const { dialect } = bindings
  switch (op) {
    case 'eq':
      return `(${dialect.same(`(${x})`, bindings.bind(value))})`
    case 'ne':
      return `(${dialect.different(`(${x})`, bindings.bind(value))})`
    case 'co':
      if (value === '') return `((${x}) is not null)`
      return dialect.holds(`${dialect.position(`(${x})`, bindings.bind(value))} > 0`)
    case 'sw':
    case 'ew': {
      if (value === '') return `((${x}) is not null)`
      const part = op === 'sw' ? dialect.starts : dialect.ends
      return dialect.holds(part(`(${x})`, bindings.bind(value), String(value)))
    }
    default:
      return dialect.holds(
        `${typeof value === 'string' ? dialect.text(`(${x})`) : `(${x})`} ${SIGNS[op]} ${bindings.bind(value)}`,
      )
  }
}

// Operators that "", which has no index entry, never satisfies with an operand that isn't "" itself.
const ENTERED: ReadonlySet<Operator> = new Set(['eq', 'co', 'sw', 'ew', 'gt', 'ge'])

const SIGNS = { gt: '>', lt: '<', ge: '>=', le: '<=' } as const

/** Any value of a list satisfies; for `ne` also a list without values (A-24). */
function anyOf(op: Operator, from: string, x: string, value: string | number | boolean, bindings: Binder): string {
  const some = `exists (select 1 from ${from} where (${x}) is not null and ${compare(op, x, value, bindings)})`
  return op === 'ne' ? `(${some} or not exists (select 1 from ${from} where (${x}) is not null))` : some
}

function comparison(
  op: Operator,
  target: Target,
  value: string | number | boolean,
  scope: SqlScope,
  bindings: Binder,
): string {
  const hint = isInText(target, scope) ? hintFor(op, target.leaf, value, bindings) : undefined
  const exact = exactComparison(op, target, value, scope, bindings)
  return hint === undefined ? exact : `(${hint} and ${exact})`
}

/** Whether the values are in the document's text alone: in no column, row or index entry. */
function isInText(target: Target, scope: SqlScope): boolean {
  return isInDocument(target) && indexOf(target, scope) === undefined
}

/** Whether the values are in the document's text, if also in an index. */
function isInDocument(target: Target): boolean {
  const { extension, attribute, sub } = target
  if (extension === undefined && (attribute.name === 'id' || attribute.name === 'meta')) return false
  if (rowsOf(target) !== undefined) return false
  return sub === undefined || !isLinked(attribute, sub)
}

function exactComparison(
  op: Operator,
  target: Target,
  value: string | number | boolean,
  scope: SqlScope,
  bindings: Binder,
): string {
  const { dialect } = bindings
  const rows = rowsOf(target)
  if (rows !== undefined) {
    return anyOf(op, rows.from('r.k', scope, dialect), rows.value(target.leaf, scope, bindings), value, bindings)
  }
  const column = columnOf(target, scope, bindings)
  if (column !== undefined) return compare(op, column, value, bindings)
  const { attribute, sub, leaf } = target
  const index = indexOf(target, scope)
  if (!attribute.multiValued && !leaf.multiValued)
    return compare(op, singularValue(target, scope, bindings), value, bindings)
  if (index !== undefined && ENTERED.has(op) && value !== '') {
    // The list of entries in the row holds all values but "", in the form in which they are compared.
    return anyOf(
      op,
      dialect.elements('r.entries', [String(index.pathNo)]),
      dialect.text(dialect.atom('e.value')),
      value,
      bindings,
    )
  }
  if (!attribute.multiValued) {
    const list = dialect.elements(sourceFor(leaf), pathOf(target))
    return anyOf(op, list, shaped(dialect.atom('e.value'), leaf, dialect), value, bindings)
  }
  const path = listPath(target)
  if (sub === undefined)
    return anyOf(
      op,
      dialect.elements(sourceFor(leaf), path),
      shaped(dialect.atom('e.value'), leaf, dialect),
      value,
      bindings,
    )
  if (isLinked(attribute, sub)) {
    const list = dialect.elements('r.text', path)
    return anyOf(op, list, elementValue(target, path, scope, bindings)(sub), value, bindings)
  }
  return anyOf(
    op,
    dialect.elements(sourceFor(leaf), path),
    assumed(target, shaped(dialect.within('e.value', sub.name), leaf, dialect), bindings),
    value,
    bindings,
  )
}

/** The value that an element without one is taken to have. RFC 7643 §2.4. */
function assumed(target: Target, x: string, { dialect }: Binder): string {
  return isPrimary(target) ? `coalesce(${x}, ${dialect.no})` : x
}

function present(target: Target, scope: SqlScope, bindings: Binder): string {
  const { dialect } = bindings
  const rows = rowsOf(target)
  if (rows !== undefined) {
    if (target.sub === undefined) return `exists (select 1 from ${rows.from('r.k', scope, dialect)})`
    return `exists (select 1 from ${rows.from('r.k', scope, dialect)} where (${rows.value(target.sub, scope, bindings)}) <> '')`
  }
  if (target.extension === undefined && (target.attribute.name === 'meta' || target.attribute.name === 'id')) {
    return dialect.yes
  }
  const { attribute, sub, leaf } = target
  if (sub !== undefined && isLinked(attribute, sub)) {
    if (!attribute.multiValued) return dialect.holds(`(${singularValue(target, scope, bindings)}) <> ''`)
    const path = listPath(target)
    const value = elementValue(target, path, scope, bindings)(sub)
    return `exists (select 1 from ${dialect.elements('r.text', path)} where ${dialect.holds(`(${value}) <> ''`)})`
  }
  if (leaf.type === 'complex' || leaf.multiValued || attribute.multiValued) {
    if (sub === undefined || !attribute.multiValued) return dialect.anyValue('r.text', pathOf(target))
    return `exists (select 1 from ${dialect.elements('r.text', listPath(target))} where coalesce(${dialect.within('e.value', sub.name)}, '') <> '')`
  }
  return `(coalesce(${dialect.at('r.text', pathOf(target))}, '') <> '')`
}

/** One and the same element satisfies all of the filter. RFC 7644 §3.4.2.2, table 5. */
function has(target: Target, filter: BoundFilter, scope: SqlScope, bindings: Binder): string {
  const rows = rowsOf(target)
  if (rows !== undefined) {
    const condition = onElement(filter, (leaf) => rows.value(leaf, scope, bindings), bindings)
    return `exists (select 1 from ${rows.from('r.k', scope, bindings.dialect)} where ${condition})`
  }
  const { attribute } = target
  const hint = hintForFilter(filter, ({ leaf }) => !isLinked(attribute, leaf), bindings)
  const exact = exactHas(target, filter, scope, bindings)
  return hint === undefined ? exact : `(${hint} and ${exact})`
}

function exactHas(target: Target, filter: BoundFilter, scope: SqlScope, bindings: Binder): string {
  const { dialect } = bindings
  const { attribute } = target
  if (!attribute.multiValued) {
    // A singular attribute has one element: its value.
    const value = (leaf: Attribute) =>
      singularValue({ ...target, sub: leaf, leaf, path: `${target.path}.${leaf.name}` }, scope, bindings)
    return `(${dialect.anyValue('r.text', listPath(target))} and ${onElement(filter, value, bindings)})`
  }
  const path = listPath(target)
  const condition = onElement(filter, elementValue(target, path, scope, bindings), bindings)
  return `exists (select 1 from ${dialect.elements('r.text', path)} where ${condition})`
}

/** The parts of the element `e` of a list in `r.text`, each in the form it is compared in. */
function elementValue(
  target: Target,
  path: readonly string[],
  scope: SqlScope,
  bindings: Binder,
): (leaf: Attribute) => string {
  const { attribute } = target
  const { dialect } = bindings
  return (leaf) => {
    const name = leaf === attribute ? undefined : leaf.name
    const own = name === undefined ? dialect.atom('e.value') : dialect.within('e.value', name)
    const twin = dialect.text(
      `case when r.folded is null then ${dialect.lower(own)} else ${dialect.twin('r.folded', path, name)} end`,
    )
    const value = !folds(leaf) ? shaped(own, leaf, dialect) : leaf.uniqueness === 'none' ? twin : dialect.squeeze(twin)
    if (!isLinked(attribute, leaf)) return value
    return linkedValue(leaf, dialect.within('e.value', 'value'), value, scope, bindings)
  }
}

/** Joins conditions in a balanced tree: databases limit how deep an expression may be. */
function joined(op: 'and' | 'or', conditions: readonly string[], bindings: Binder): string {
  const [only] = conditions
  if (only === undefined) return op === 'and' ? bindings.dialect.yes : bindings.dialect.no
  if (conditions.length === 1) return only
  if (conditions.length <= 8) return `(${conditions.join(` ${op} `)})`
  const half = conditions.length >> 1
  return `(${joined(op, conditions.slice(0, half), bindings)} ${op} ${joined(op, conditions.slice(half), bindings)})`
}

/** A filter on one element, whose sub-attributes `valueFor` finds. */
export function onElement(filter: BoundFilter, valueFor: (leaf: Attribute) => string, bindings: Binder): string {
  switch (filter.op) {
    case 'and':
    case 'or':
      return joined(
        filter.op,
        filter.all.map((one) => onElement(one, valueFor, bindings)),
        bindings,
      )
    case 'not':
      return `(not ${onElement(filter.filter, valueFor, bindings)})`
    case 'constant':
      return filter.value ? bindings.dialect.yes : bindings.dialect.no
    case 'pr':
      return presentElement(filter.target.leaf, valueFor(filter.target.leaf))
    case 'has':
      return bindings.dialect.no
    default:
      return compare(filter.op, assumed(filter.target, valueFor(filter.target.leaf), bindings), filter.value, bindings)
  }
}

// The empty string counts as no value.
function presentElement(leaf: Attribute, value: string): string {
  const text = leaf.type === 'string' || leaf.type === 'reference' || leaf.type === 'binary'
  return text ? `(coalesce(${value}, '') <> '')` : `((${value}) is not null)`
}
