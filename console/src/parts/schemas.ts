// Schemas as SCIM shows them, and which of them a resource uses. RFC 7643 §7.

import type { Resource } from '../api/scim.ts'

/** An attribute of a schema. */
export interface SchemaAttribute {
  readonly name: string
  readonly type: string
  readonly multiValued?: boolean
  readonly required?: boolean
  readonly mutability?: string
  readonly returned?: string
  readonly description?: string
  readonly canonicalValues?: readonly string[]
  readonly subAttributes?: readonly SchemaAttribute[]
}
/** A schema. */
export interface SchemaResource {
  readonly id: string
  readonly name: string
  readonly attributes: readonly SchemaAttribute[]
  /** Whether its attributes stand under its own name. */
  readonly extension: boolean
}
/** The list of schemas. */
export interface SchemaList {
  readonly Resources?: readonly Omit<SchemaResource, 'extension'>[]
}

/** The URNs of the schemas that a resource uses, its own first. */
export function urnsIn(list: SchemaList, { schemas = [], meta }: Resource): readonly string[] {
  if (schemas.length > 0) return schemas
  const own = list.Resources?.find(({ name }) => name === (meta?.resourceType ?? 'User'))
  return own === undefined ? [] : [own.id]
}

/** The schemas with some URNs, of which the first is the base and the others extend it. */
export function schemasOf(list: SchemaList, urns: readonly string[]): readonly SchemaResource[] {
  const all = list.Resources ?? []
  return urns.flatMap((id, at) => {
    const schema = all.find((one) => one.id === id)
    return schema === undefined ? [] : [{ ...schema, extension: at > 0 }]
  })
}

/** What a form can change: a value of a kind that a field takes, by its path. */
export interface Field {
  readonly path: string
  readonly label: string
  readonly kind: 'text' | 'boolean' | 'number' | 'json'
  readonly required: boolean
  readonly choices: readonly string[]
}

const READ_ONLY = new Set(['readOnly', 'immutable'])

/** The fields of a form, from the schemas: values by themselves; lists as JSON. */
export function fieldsOf(schemas: readonly SchemaResource[]): readonly Field[] {
  return schemas.flatMap(({ id, attributes, extension }) => {
    const prefix = extension ? `${id}:` : ''
    const own: readonly SchemaAttribute[] = extension
      ? attributes
      : [{ name: 'externalId', type: 'string' }, ...attributes]
    return own.flatMap((attribute) => fieldsUnder(attribute, prefix))
  })
}

function fieldsUnder(attribute: SchemaAttribute, prefix: string): readonly Field[] {
  const { name, type, multiValued, mutability, subAttributes, required, canonicalValues } = attribute
  if (READ_ONLY.has(mutability ?? '') || mutability === 'writeOnly' || name === 'members' || name === 'schemas')
    return []
  const path = prefix + name
  const common = {
    path,
    label: path.split(':').at(-1) ?? path,
    required: required === true,
    choices: canonicalValues ?? [],
  }
  if (multiValued === true) return [{ ...common, kind: 'json' }]
  if (type === 'complex') return (subAttributes ?? []).flatMap((sub) => fieldsUnder(sub, `${path}.`))
  if (type === 'boolean') return [{ ...common, kind: 'boolean' }]
  if (type === 'integer' || type === 'decimal') return [{ ...common, kind: 'number' }]
  return [{ ...common, kind: 'text' }]
}

/** The value of a field. */
export function valueAt(resource: Resource, path: string): unknown {
  const colon = path.lastIndexOf(':')
  const container = colon === -1 ? resource : resource[path.slice(0, colon)]
  let at: unknown = container
  for (const step of path.slice(colon + 1).split('.')) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as { readonly [name: string]: unknown })[step]
  }
  return at
}
