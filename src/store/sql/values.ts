// The value of an attribute as an SQL expression, in the form in which it is compared.

import { type Attribute, entryOf, fold, isOrdered, isReference, type Target } from '../../protocol/index.ts'
import type { Binder } from './bindings.ts'
import type { Dialect } from './dialect.ts'
import type { IndexPath, SqlScope } from './scope.ts'

/** The value of a singular attribute in the form it is compared in; null when there is none. */
export function singularValue(target: Target, scope: SqlScope, bindings: Binder): string {
  const { attribute, sub, leaf } = target
  const { dialect } = bindings
  const path = pathOf(target)
  const own = shaped(dialect.at(sourceFor(leaf), path), leaf, dialect)
  if (sub !== undefined && isLinked(attribute, sub)) {
    return linkedValue(sub, dialect.at('r.text', [...path.slice(0, -1), 'value']), own, scope, bindings)
  }
  const index = indexOf(target, scope)
  // An entry has that form already; "" has no entry.
  return index === undefined
    ? own
    : `coalesce(${dialect.text(dialect.first('r.entries', String(index.pathNo)))}, ${own})`
}

/** What the resource in the row `row` shows of itself where others refer to it. */
export function otherValue(row: string, leaf: Attribute, scope: SqlScope, bindings: Binder): string {
  const { dialect } = bindings
  const exact = isExact(leaf)
  const form = (column: 'id' | 'display') => (exact ? `${row}.${column}` : dialect.folded(row, column))
  switch (leaf.name) {
    case 'value':
      return form('id')
    case 'display':
    case 'displayName':
      return `nullif(${form('display')}, '')`
    case '$ref': {
      const cases = Object.entries(scope.endpoints).flatMap(([name, endpoint]) => {
        const key = scope.typeKey(name)
        const start = exact ? `${scope.base}${endpoint}/` : fold(`${scope.base}${endpoint}/`)
        return key === undefined ? [] : [`when ${dialect.literal(key)} then ${bindings.bind(start)} || ${form('id')}`]
      })
      return cases.length === 0 ? 'null' : `case ${row}.y ${cases.join(' ')} end`
    }
    default:
      return 'null'
  }
}

/** The columns behind id and meta. */
export function columnOf(target: Target, scope: SqlScope, bindings: Binder): string | undefined {
  const { dialect } = bindings
  if (target.extension !== undefined) return undefined
  if (target.attribute.name === 'id') return 'r.id'
  if (target.attribute.name !== 'meta') return undefined
  switch (target.leaf.name) {
    case 'created':
      return 'r.created'
    case 'lastModified':
      return 'r.modified'
    case 'resourceType':
      return bindings.bind(isExact(target.leaf) ? scope.typeName : fold(scope.typeName))
    case 'version':
      return isExact(target.leaf) ? `'W/"' || r.version || '"'` : `'w/"' || r.version || '"'`
    case 'location': {
      const start = `${scope.base}${entryOf(scope.endpoints, scope.typeName) ?? ''}/`
      return isExact(target.leaf)
        ? `${bindings.bind(start)} || r.id`
        : `${bindings.bind(fold(start))} || ${dialect.folded('r', 'id')}`
    }
    default:
      return undefined
  }
}

/** The index path that holds all values of a target, in the form in which they are compared. */
export function indexOf(target: Target, scope: SqlScope): IndexPath | undefined {
  return isOrdered(target.leaf) ? undefined : orderedIndexOf(target, scope)
}

/** The same, also for booleans, numbers and times, whose entries have another form than the one that is compared. */
export function orderedIndexOf(target: Target, scope: SqlScope): IndexPath | undefined {
  // In a comparison `emails` means `emails.value`; its entries have the one path or the other.
  const path = scope.path(target.path)
  return path?.ready === true ? path : undefined
}

/** Whether a sub-attribute shows the referenced resource and no document contains it: `$ref` or `displayName` of a manager. */
export function isLinked(attribute: Attribute, sub: Attribute): boolean {
  if (!isReference(attribute)) return false
  if (sub.name === '$ref') return true
  return sub.mutability === 'readOnly' && (sub.name === 'displayName' || sub.name === 'display')
}

/** What the resource with that id shows; if it does not exist, what the document says. */
export function linkedValue(leaf: Attribute, id: string, own: string, scope: SqlScope, bindings: Binder): string {
  const what = otherValue('o', leaf, scope, bindings)
  const { table, anyType } = bindings.dialect
  const other = `select ${what} from ${table('resource')} o where ${anyType('o', scope.tenant)} and o.id = ${id}`
  return `coalesce((${other}), ${own})`
}

/** Brings a value of the document into the form it is compared in: folded, squeezed, or an instant. */
export function shaped(x: string, leaf: Attribute, dialect: Dialect): string {
  if (leaf.type === 'dateTime') return dialect.instant(x)
  if (leaf.type === 'boolean' || leaf.type === 'integer' || leaf.type === 'decimal') return dialect.scalar(x, leaf.type)
  if (!folds(leaf)) return dialect.text(x)
  const lower = dialect.lower(x)
  return leaf.uniqueness === 'none' ? lower : dialect.squeeze(lower)
}

/** The text to read from: lower() folds ASCII; `folded` is there for documents that have other letters. */
export function sourceFor(leaf: Attribute): string {
  return folds(leaf) ? 'coalesce(r.folded, r.text)' : 'r.text'
}

/** Whether values of an attribute compare without regard to case. */
export function folds(leaf: Attribute): boolean {
  return (leaf.type === 'string' || leaf.type === 'reference') && !leaf.caseExact
}

/** Whether values of an attribute compare as they are. */
export function isExact(leaf: Attribute): boolean {
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
