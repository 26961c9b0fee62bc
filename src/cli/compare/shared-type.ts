// Merges the two schemas that two servers have for one resource type.

import {
  type Attribute,
  COMMON,
  EnterpriseUser,
  Group,
  isReference,
  type ResourceType,
  resolve,
  type Schema,
  User,
} from '../../protocol/index.ts'

/** A resource type, merged from both sides so that resources can be compared. */
export interface SharedType {
  /** The type for reading A's resources: B's attributes as they are compared, and those that only A has. */
  readonly a: ResourceType
  /** B's attributes, as they are compared. */
  readonly b: ResourceType
  /** Whether a path is in A's own schemas. */
  readonly isKnownToA: (path: string) => boolean
}

/**
 * Merges a type that two servers have. An attribute is read-only, or a reference, if either server or RFC 7643 says so, and
 * case-sensitive only if both do: a server whose schema hides a reference must not get the other one's ids. RFC 7643 §4, §7.
 */
export function shareType(a: ResourceType, b: ResourceType): SharedType {
  const shared: ResourceType = {
    ...b,
    schema: shareSchema(b.schema, [a.schema, STANDARD.get(b.schema.id.toLowerCase())]),
    extensions: b.extensions.map(({ schema, required }) => {
      const others = [extensionOf(a, schema.id), STANDARD.get(schema.id.toLowerCase())]
      return { schema: shareSchema(schema, others), required }
    }),
  }
  const more = a.extensions.filter(({ schema }) => extensionOf(b, schema.id) === undefined)
  const inA: ResourceType = {
    ...shared,
    endpoint: a.endpoint,
    schema: withMore(shared.schema, a.schema),
    extensions: [
      ...shared.extensions.map(({ schema, required }) => ({
        schema: withMore(schema, extensionOf(a, schema.id)),
        required,
      })),
      ...more,
    ],
  }
  return { a: inA, b: shared, isKnownToA: (path) => resolve(path, a) !== undefined }
}

const STANDARD: ReadonlyMap<string, Schema> = new Map(
  [User.schema, Group.schema, EnterpriseUser].map((schema) => [schema.id.toLowerCase(), schema]),
)

function extensionOf(type: ResourceType, id: string): Schema | undefined {
  return type.extensions.find(({ schema }) => schema.id.toLowerCase() === id.toLowerCase())?.schema
}

/** A schema with the attributes that only another one has added. */
function withMore(schema: Schema, other: Schema | undefined): Schema {
  const more = plainAttributes(other).filter(({ name }) => named(schema.attributes, name) === undefined)
  return { ...schema, attributes: [...schema.attributes, ...more] }
}

function shareSchema(own: Schema, others: readonly (Schema | undefined)[]): Schema {
  return {
    ...own,
    attributes: plainAttributes(own).map((attribute) =>
      share(
        attribute,
        others.map((other) => named(other?.attributes ?? [], attribute.name)).filter((each) => each !== undefined),
      ),
    ),
  }
}

/** The attributes of a schema, each once, without the common ones of every resource. RFC 7643 §3.1. */
function plainAttributes(schema: Schema | undefined): readonly Attribute[] {
  const seen = new Set(COMMON.map(({ name }) => name.toLowerCase()))
  return (schema?.attributes ?? []).filter(({ name }) => {
    const folded = name.toLowerCase()
    if (seen.has(folded)) return false
    seen.add(folded)
    return true
  })
}

function named(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find((each) => each.name.toLowerCase() === name.toLowerCase())
}

function share(own: Attribute, others: readonly Attribute[]): Attribute {
  const all = [own, ...others]
  const subAttributes = own.subAttributes?.map((sub) =>
    share(
      sub,
      others.map((other) => named(other.subAttributes ?? [], sub.name)).filter((each) => each !== undefined),
    ),
  )
  const out: Attribute = {
    ...own,
    mutability: all.some(({ mutability }) => mutability === 'readOnly') ? 'readOnly' : own.mutability,
    caseExact: all.every(({ caseExact }) => caseExact),
    uniqueness: all.find(({ uniqueness }) => uniqueness !== 'none')?.uniqueness ?? 'none',
    ...(subAttributes === undefined ? {} : { subAttributes }),
  }
  if (subAttributes === undefined || isReference(out)) return out
  const reference = others.find(isReference)
  return reference === undefined ? out : { ...out, subAttributes: referring(subAttributes, reference) }
}

/** Sub-attributes with the `value` and `$ref` of a reference. RFC 7643 §2.4. */
function referring(own: readonly Attribute[], { subAttributes = [] }: Attribute): readonly Attribute[] {
  const parts = subAttributes.filter(({ name }) => name === 'value' || name === '$ref')
  return [...own.filter(({ name }) => named(parts, name) === undefined), ...parts]
}
