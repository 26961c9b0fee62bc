// Reads the header of a CSV file: which attribute each column holds.

import {
  type Attribute,
  attributePaths,
  COMMON,
  didYouMean,
  type Filter,
  LockstepError,
  type Path,
  parsePath,
  type ResourceType,
  resolve,
} from '../protocol/index.ts'

/** A column of a CSV file: the attribute that its header names. */
export interface Column {
  /** As written in the header. */
  readonly name: string
  /** The extension's URN; absent for core attributes. */
  readonly extension?: string
  readonly attribute: Attribute
  /** The sub-attribute that the cells hold, of a complex attribute. */
  readonly sub?: Attribute
  /** `sub ?? attribute`. */
  readonly leaf: Attribute
  /** Which value of a multi-valued attribute the column holds: `type eq "work"`. Empty for the only one. */
  readonly where: readonly Condition[]
}

/** One condition on a value: a sub-attribute and what it equals. */
export interface Condition {
  readonly name: string
  readonly value: string | boolean
}

/** A parsed header: the type of its rows, and the columns in order; undefined for `id`. */
export interface Header {
  readonly type: ResourceType
  readonly columns: readonly (Column | undefined)[]
  /** The index of the column with the source's ids, by which rows refer to each other; -1 without one. */
  readonly idAt: number
}

/** Tolerated in headers: people write `department` for an attribute of an extension. */
const NAMES = { dotAfterUrn: true, bareExtensionNames: true }

/**
 * Reads the header of a CSV file: attribute names as SCIM has them, like `userName`, `name.givenName`,
 * `emails[type eq "work"].value` or `urn:…:User:department`. Throws ERR_INPUT with the column that is wrong, and what would be right.
 */
export function readHeader(cells: readonly string[], types: readonly ResourceType[], file: string): Header {
  const names = cells.map((cell) => cell.trim())
  const idAt = names.findIndex((name) => name.toLowerCase() === 'id')
  const others = names.filter((_name, at) => at !== idAt)
  const type = types.find((one) => fits(one, others)) ?? nearestOf(types, others)
  if (type === undefined) throw refused(file, 'no resource type fits it')
  const columns = names.map((name, at) => (at === idAt ? undefined : readColumn(name, at, type, file)))
  const known = columns.filter((column) => column !== undefined)
  refuseDoubles(known, file)
  const missing = type.schema.attributes.find(
    ({ required, name }) =>
      required && !known.some(({ attribute, extension }) => attribute.name === name && extension === undefined),
  )
  if (missing !== undefined) throw refused(file, `a ${type.name} requires ${missing.name}, but there is no such column`)
  return { type, columns, idAt }
}

/** Whether a type has all attributes that a header names, and the header all that the type needs. */
function fits(type: ResourceType, names: readonly string[]): boolean {
  const found = names.map((name) => targetOf(name, type))
  return (
    found.every((one) => one !== undefined) &&
    type.schema.attributes.every(
      ({ required, name }) =>
        !required || found.some((one) => one?.attribute?.name === name && one.extension === undefined),
    )
  )
}

/** The type that has most of the header's attributes; on a tie, the first. */
function nearestOf(types: readonly ResourceType[], names: readonly string[]): ResourceType | undefined {
  const count = (type: ResourceType) => names.filter((name) => targetOf(name, type) !== undefined).length
  return types.reduce<ResourceType | undefined>(
    (best, type) => (best === undefined || count(type) > count(best) ? type : best),
    undefined,
  )
}

function pathIn(name: string): Path | undefined {
  try {
    return parsePath(name)
  } catch {
    return undefined
  }
}

function targetOf(name: string, type: ResourceType) {
  const path = pathIn(name)
  if (path === undefined) return undefined
  const found = resolve(path.sub === undefined ? path.attribute : `${path.attribute}.${path.sub}`, type, NAMES)
  return found?.attribute === undefined ? undefined : found
}

function readColumn(name: string, at: number, type: ResourceType, file: string): Column {
  if (name === '') throw refused(file, `column ${at + 1} has no name`)
  const path = pathIn(name)
  const found = targetOf(name, type)
  if (path === undefined || found === undefined) {
    throw refused(file, `"${name}" is not an attribute of ${type.name}${didYouMean(name, attributePaths(type))}`)
  }
  const { attribute, extension } = found
  if (attribute.mutability === 'readOnly' || attribute === COMMON[0]) {
    throw refused(file, `${name} can't be imported because the server computes it; remove the column`)
  }
  const sub = found.sub ?? attribute.subAttributes?.find((one) => one.name === 'value')
  if (attribute.type === 'complex' && sub === undefined) {
    const [first] = attribute.subAttributes ?? []
    throw refused(file, `${name} has sub-attributes; choose one, like ${name}.${first?.name ?? 'value'}`)
  }
  const where = path.filter === undefined ? [] : conditionsOf(path.filter)
  if (where === undefined || (where.length > 0 && !(attribute.multiValued && attribute.type === 'complex'))) {
    throw refused(file, `${name}: the brackets must select one value, like emails[type eq "work"].value`)
  }
  return {
    name,
    ...(extension === undefined ? {} : { extension }),
    attribute,
    ...(sub === undefined ? {} : { sub }),
    leaf: sub ?? attribute,
    where,
  }
}

/** `type eq "work"`, or several with `and`; undefined for any other filter. */
function conditionsOf(filter: Filter): readonly Condition[] | undefined {
  if (filter.op === 'and') {
    const all = filter.all.map(conditionsOf)
    return all.every((one) => one !== undefined) ? all.flat() : undefined
  }
  if (filter.op !== 'eq') return undefined
  const { path, value } = filter
  return typeof value === 'string' || typeof value === 'boolean' ? [{ name: path, value }] : undefined
}

function refuseDoubles(columns: readonly Column[], file: string): void {
  const seen = new Map<string, string>()
  const ways = new Map<string, { readonly name: string; readonly plain: boolean }>()
  for (const { name, extension, attribute, leaf, where } of columns) {
    const root = `${extension ?? ''}:${attribute.name}`
    const key = `${root} ${JSON.stringify(where)} ${leaf.name}`
    const twin = seen.get(key)
    if (twin !== undefined) throw refused(file, `${name} is there twice${twin === name ? '' : `, also as ${twin}`}`)
    seen.set(key, name)
    const plain = where.length === 0
    const way = ways.get(root) ?? { name, plain }
    if (way.plain !== plain)
      throw refused(file, `${way.name} and ${name} select values in different ways; write both with brackets`)
    ways.set(root, way)
  }
}

function refused(file: string, what: string): LockstepError {
  const end = what.endsWith('?') ? '' : '.'
  return new LockstepError(
    'ERR_INPUT',
    `The header of ${file}: ${what}${end} Headers are attributes, like userName,name.givenName,emails[type eq "work"].value`,
  )
}
