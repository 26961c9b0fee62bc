import { type Attribute, isReference, type Target } from '../../protocol/index.ts'
import type { Bindings } from './bindings.ts'
import { sqlite as dialect } from './dialect.ts'
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

/** What a resource, the row `row`, shows of itself to those that refer to it. */
export function otherValue(row: string, leaf: Attribute, place: Place, bindings: Bindings): string {
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
export function isLinked(attribute: Attribute, sub: Attribute): boolean {
  if (!isReference(attribute)) return false
  if (sub.name === '$ref') return true
  return sub.mutability === 'readOnly' && (sub.name === 'displayName' || sub.name === 'display')
}

/** What the resource with that id says; if there is none, what the document says. */
export function linkedValue(leaf: Attribute, id: string, own: string, place: Place, bindings: Bindings): string {
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
