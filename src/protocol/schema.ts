// The types of schemas and attributes. RFC 7643 §7.

/** The data types of attributes. RFC 7643 §2.3. */
export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'reference'
  | 'binary'
  | 'complex'

/** RFC 7643 §2.2, §7. */
export type Mutability = 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
/** RFC 7643 §2.2, §7. */
export type Returned = 'always' | 'never' | 'default' | 'request'
/** RFC 7643 §2.2, §7. */
export type Uniqueness = 'none' | 'server' | 'global'

/** An attribute with every characteristic filled in. RFC 7643 §2.2, §7. */
export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly canonicalValues?: readonly string[]
  /** Only the canonical values are taken. Schemas of code alone say that; as JSON, canonical values are suggestions. */
  readonly closed?: boolean
  readonly caseExact: boolean
  readonly mutability: Mutability
  readonly returned: Returned
  readonly uniqueness: Uniqueness
  readonly referenceTypes?: readonly string[]
  /** Present exactly when the type is complex. */
  readonly subAttributes?: readonly Attribute[]
}

/** A schema: a URI and its attributes. RFC 7643 §7. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

/** A resource type: an endpoint, a base schema, its extensions. RFC 7643 §6. */
export interface ResourceType {
  /** Equal to the name. */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Path below the base URL, with its leading slash: `/Users`. */
  readonly endpoint: string
  readonly schema: Schema
  readonly extensions: readonly { readonly schema: Schema; readonly required: boolean }[]
  /** Canonical paths that a tenant has declared indexed, besides those that are found by index from the start. */
  readonly indexed?: readonly string[]
}

/** All resource types and schemas of one tenant. */
export interface Catalog {
  readonly types: readonly ResourceType[]
  /** Rises with each change; equal revisions have the same types. */
  readonly revision: number
}

/** Whether the attribute points at resources by id: a complex one with `value` and a `$ref` to resource types. RFC 7643 §2.4. */
export function isReference(attribute: Attribute): boolean {
  const known = references.get(attribute)
  if (known !== undefined) return known
  const sub = (name: string) => attribute.subAttributes?.find((each) => each.name === name)
  const found =
    sub('value')?.type === 'string' &&
    (sub('$ref')?.referenceTypes ?? []).some((type) => type !== 'external' && type !== 'uri')
  references.set(attribute, found)
  return found
}

const references = new WeakMap<Attribute, boolean>()
