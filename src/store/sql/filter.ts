import { type Attribute, type BoundFilter, isReference, type Target } from '../../protocol/index.ts'
import { type Bindings, createBindings } from './bindings.ts'
import type { SqlValue } from './connection.ts'
import { sqlite as dialect } from './dialect.ts'
import { hintFor, hintForElement } from './hint.ts'
import type { IndexPath, Names } from './names.ts'

/** Where the values of one resource type are to be found; the statement calls its row `r`. */
export interface Place {
  /** Parameters of the tenant's and the type's number. */
  readonly t: string
  readonly y: string
  readonly typeName: string
  /** The base URL, and the endpoint of each type, for meta.location and `$ref`. */
  readonly base: string
  readonly endpoints: { readonly [type: string]: string }
  readonly path: (path: string) => IndexPath | undefined
  readonly names: Names
}

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

/** The value of a singular attribute in the form it is compared in; null when there is none. */
export function singularValue(target: Target, place: Place, bindings: Bindings): string {
  const { attribute, sub, leaf } = target
  const path = pathOf(target)
  const own = shaped(dialect.at(sourceFor(leaf), path), leaf)
  if (sub !== undefined && isLinked(attribute, sub)) {
    return linkedValue(sub, dialect.at('r.text', [...path.slice(0, -1), 'value']), own, place, bindings)
  }
  const index = indexOf(target, place)
  // An entry has the right form already; "" has none.
  return index === undefined ? own : `coalesce(${dialect.first('r.entries', [String(index.a)])}, ${own})`
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
function onElement(filter: BoundFilter, valueFor: (leaf: Attribute) => string, bindings: Bindings): string {
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

/** A filter on `members` for the rows of one group, `e` being the member's resource. */
export function compileMembers(
  filter: BoundFilter,
  names: Names,
): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const bindings = createBindings()
  const unknown = { t: '0', y: '0', typeName: '', base: '', endpoints: {}, path: () => undefined, names }
  const inner = filter.op === 'has' ? filter.filter : filter
  return { sql: onElement(inner, (leaf) => memberValue(leaf, unknown, bindings), bindings), values: bindings.values }
}

/** The ids that a filter on `members` names, when no other member can satisfy it. */
export function idsNamed(filter: BoundFilter): readonly string[] | undefined {
  if (filter.op === 'eq') {
    return filter.target.leaf.name === 'value' && typeof filter.value === 'string' ? [filter.value] : undefined
  }
  if (filter.op === 'has') return idsNamed(filter.filter)
  if (filter.op === 'and') {
    for (const one of filter.all) {
      const ids = idsNamed(one)
      if (ids !== undefined) return ids
    }
    return undefined
  }
  if (filter.op === 'or') {
    const ids: string[] = []
    for (const one of filter.all) {
      const some = idsNamed(one)
      if (some === undefined) return undefined
      ids.push(...some)
    }
    return [...new Set(ids)]
  }
  return undefined
}

/** `groups` and `members`, which are no part of a document: rows, as a table with the other resource as `e`. */
interface Rows {
  readonly from: (k: string) => string
  readonly value: (leaf: Attribute, place: Place, bindings: Bindings) => string
}

const MEMBERS: Rows = {
  from: (k) => `member x cross join resource e on e.k = x.m and x.g = ${k}`,
  value: memberValue,
}

const GROUPS: Rows = {
  // Direct and nested; union and not union all, so that circles end.
  from: (k) => `(with recursive up (g, d) as (
    select g, 1 from member where m = ${k} union select z.g, 0 from up join member z on z.m = up.g
  ) select g, max(d) as d from up where g <> ${k} group by g) x cross join resource e on e.k = x.g`,
  value(leaf, place, bindings) {
    if (leaf.name === 'type') return `case x.d when 1 then 'direct' else 'indirect' end`
    return otherValue('e', leaf, place, bindings)
  },
}

function memberValue(leaf: Attribute, place: Place, bindings: Bindings): string {
  if (leaf.name !== 'type') return otherValue('e', leaf, place, bindings)
  const name = '(select name from type where type.y = e.y)'
  return isExact(leaf) ? name : `lower(${name})`
}

/** What a resource, the row `row`, shows of itself to those that refer to it. */
function otherValue(row: string, leaf: Attribute, place: Place, bindings: Bindings): string {
  const form = (x: string) => (isExact(leaf) ? x : `fold(${x})`)
  switch (leaf.name) {
    case 'value':
      return form(`${row}.id`)
    case 'display':
    case 'displayName':
      return form(`nullif(${row}.display, '')`)
    case '$ref': {
      const cases = Object.entries(place.endpoints).flatMap(([name, endpoint]) => {
        const y = place.names.type(name)
        return y === undefined ? [] : [`when ${y} then ${bindings.bind(`${place.base}${endpoint}/`)} || ${row}.id`]
      })
      return cases.length === 0 ? 'null' : form(`case ${row}.y ${cases.join(' ')} end`)
    }
    default:
      return 'null'
  }
}

/** The rows behind a target, if it is no part of a document. */
export function rowsOf(target: Target): Rows | undefined {
  const { attribute } = target
  if (target.extension !== undefined || !attribute.multiValued) return undefined
  if (attribute.name === 'members' && isReference(attribute)) return MEMBERS
  return attribute.name === 'groups' && attribute.mutability === 'readOnly' ? GROUPS : undefined
}

/** The columns behind id and meta. */
export function columnOf(target: Target, place: Place, bindings: Bindings): string | undefined {
  if (target.extension !== undefined) return undefined
  if (target.attribute.name === 'id') return 'r.id'
  if (target.attribute.name !== 'meta') return undefined
  switch (target.leaf.name) {
    case 'created':
      return 'r.created'
    case 'lastModified':
      return 'r.modified'
    case 'resourceType':
      return isExact(target.leaf) ? bindings.bind(place.typeName) : `lower(${bindings.bind(place.typeName)})`
    case 'version':
      return isExact(target.leaf) ? `'W/"' || r.version || '"'` : `'w/"' || r.version || '"'`
    case 'location': {
      const uri = `${bindings.bind(`${place.base}${place.endpoints[place.typeName] ?? ''}/`)} || r.id`
      return isExact(target.leaf) ? uri : `fold(${uri})`
    }
    default:
      return undefined
  }
}

/** The index path that holds all values of a target. */
export function indexOf(target: Target, place: Place): IndexPath | undefined {
  // `emails` in a comparison means `emails.value`, and is entered under the one or the other name.
  const path = place.path(target.path)
  return path?.ready === true ? path : undefined
}

/** `$ref` of a manager, its `displayName` and the like: what the resource referred to says, and no document holds. */
function isLinked(attribute: Attribute, sub: Attribute): boolean {
  if (!isReference(attribute)) return false
  if (sub.name === '$ref') return true
  return sub.mutability === 'readOnly' && (sub.name === 'displayName' || sub.name === 'display')
}

/** What the resource with that id says; if there is none, what the document says. */
function linkedValue(leaf: Attribute, id: string, own: string, place: Place, bindings: Bindings): string {
  const what = otherValue('o', leaf, place, bindings)
  const other = `select ${what} from resource o where o.t = ${place.t} and o.y in (select y from counter where t = ${place.t}) and o.id = ${id}`
  return `coalesce((${other}), ${own})`
}

/** Brings a value of the document into the form it is compared in: folded, squeezed, or an instant. */
export function shaped(x: string, leaf: Attribute): string {
  if (leaf.type === 'dateTime') return `instant(${x})`
  if (!folds(leaf)) return x
  return leaf.uniqueness === 'none' ? `lower(${x})` : `squeeze(lower(${x}))`
}

/** The text to read from: lower() folds ASCII; what lies beyond is folded in the second text, there only when it differs. */
export function sourceFor(leaf: Attribute): string {
  return folds(leaf) ? 'coalesce(r.folded, r.text)' : 'r.text'
}

function folds(leaf: Attribute): boolean {
  return (leaf.type === 'string' || leaf.type === 'reference') && !leaf.caseExact
}

function isExact(leaf: Attribute): boolean {
  return leaf.caseExact || leaf.type === 'binary'
}

/** Where a target's leaf lies in the document. */
export function pathOf(
  target: Pick<Target, 'extension' | 'attribute'> & { readonly sub?: Attribute | undefined },
): string[] {
  const path = listPath(target)
  if (target.sub !== undefined) path.push(target.sub.name)
  return path
}

/** Where a target's attribute lies in the document. */
export function listPath(target: Pick<Target, 'extension' | 'attribute'>): string[] {
  return target.extension === undefined ? [target.attribute.name] : [target.extension, target.attribute.name]
}
