// Declares schemas, attributes and resource types. RFC 7643 §2, §6, §7.

import { ConfigError } from './errors.ts'
import type { Attribute, AttributeType, Mutability, ResourceType, Returned, Schema, Uniqueness } from './schema.ts'
import { resourceTypeFaults, schemaFaults } from './schema-faults.ts'

/** An attribute as declared: what is left out takes the defaults of RFC 7643 §2.2. */
export interface AttributeDeclaration {
  readonly type?: AttributeType
  readonly multiValued?: boolean
  readonly description?: string
  readonly required?: boolean
  /** Values that are suggested, or with `closed` the only ones. RFC 7643 §7. */
  readonly canonicalValues?: readonly string[]
  /**
   * Only the canonical values are taken; any other is refused with `invalidValue`, and the types have a union of them. Without it they
   * are suggestions, as in RFC 7643 §7.
   */
  readonly closed?: boolean
  readonly caseExact?: boolean
  readonly mutability?: Mutability
  readonly returned?: Returned
  readonly uniqueness?: Uniqueness
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: AttributeDeclarations
}

/** Attributes by name. */
export interface AttributeDeclarations {
  readonly [name: string]: AttributeDeclaration
}

/** A schema as declared. RFC 7643 §7. */
export interface SchemaDeclaration {
  /** The schema's URI: `urn:example:scim:schemas:extension:badge:1.0:User`. */
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly attributes: AttributeDeclarations
}

/** Carries a declaration in the types only; never there when the program runs. */
declare const declared: unique symbol

/** A schema that knows its declaration's types. */
export interface DeclaredSchema<D extends SchemaDeclaration = SchemaDeclaration> extends Schema {
  readonly id: D['id']
  readonly [declared]?: D
}

/** An extension of a resource type, as declared. RFC 7643 §6. */
export interface ExtensionDeclaration {
  readonly schema: DeclaredSchema
  readonly required?: boolean
}

/** A resource type as declared. RFC 7643 §6. */
export interface ResourceTypeDeclaration {
  readonly name: string
  readonly description?: string
  /** Path below the base URL, with its leading slash: `/Users`. */
  readonly endpoint: string
  readonly schema: DeclaredSchema
  readonly extensions?: readonly ExtensionDeclaration[]
}

/** A resource type that knows its declaration's types. */
export interface DeclaredType<D extends ResourceTypeDeclaration = ResourceTypeDeclaration> extends ResourceType {
  /** The same resource type with one extension more. RFC 7643 §3.3. */
  readonly extend: <
    const S extends DeclaredSchema,
    const O extends { readonly required?: boolean } = Record<never, never>,
  >(
    schema: S,
    options?: O,
  ) => DeclaredType<{
    readonly name: D['name']
    readonly endpoint: D['endpoint']
    readonly schema: D['schema']
    readonly extensions: readonly [...Extensions<D>, { readonly schema: S } & O]
  }>
  readonly [declared]?: D
}

/** The extensions of a resource type's declaration. RFC 7643 §3.3. */
export type Extensions<D> = D extends { readonly extensions: infer E extends readonly ExtensionDeclaration[] }
  ? E
  : readonly []

/**
 * Declares a schema; throws {@link ConfigError} for one that RFC 7643 does not allow. RFC 7643 §2.1-§2.3, §7.
 * @example
 * const Badge = defineSchema({ id: 'urn:acme:params:scim:schemas:Badge', name: 'Badge', attributes: { number: { type: 'string' } } })
 */
export function defineSchema<const D extends SchemaDeclaration>(declaration: D): DeclaredSchema<D> {
  const schema = {
    id: declaration.id,
    name: declaration.name,
    description: declaration.description ?? declaration.name,
    attributes: fillIn(declaration.attributes),
  }
  refuse(schema.id, schemaFaults(schema))
  return schema
}

/**
 * Declares a resource type; throws {@link ConfigError} for one that cannot be served. RFC 7643 §6.
 * @example
 * const Device = defineResourceType({ name: 'Device', endpoint: '/Devices', schema: DeviceSchema })
 */
export function defineResourceType<const D extends ResourceTypeDeclaration>(declaration: D): DeclaredType<D> {
  const type: ResourceType = {
    id: declaration.name,
    name: declaration.name,
    description: declaration.description ?? declaration.name,
    endpoint: declaration.endpoint,
    schema: declaration.schema,
    extensions: (declaration.extensions ?? []).map(({ schema, required = false }) => ({ schema, required })),
  }
  refuse(type.name, resourceTypeFaults(type))
  const extend = (schema: DeclaredSchema, options: { readonly required?: boolean } = {}) =>
    defineResourceType({ ...declaration, extensions: [...(declaration.extensions ?? []), { schema, ...options }] })
  return { ...type, extend: extend as unknown as DeclaredType<D>['extend'] }
}

/** Every characteristic that a declaration leaves out, filled in. RFC 7643 §2.2. */
export function fillIn(declarations: AttributeDeclarations): readonly Attribute[] {
  return Object.entries(declarations).map(([name, given]) => {
    const type = given.type ?? 'string'
    const mutability = given.mutability ?? 'readWrite'
    return {
      name,
      type,
      multiValued: given.multiValued ?? false,
      description: given.description ?? '',
      required: given.required ?? false,
      ...(given.canonicalValues === undefined ? {} : { canonicalValues: given.canonicalValues }),
      ...(given.closed === true ? { closed: true } : {}),
      // URIs and encoded bytes are case exact whatever a definition says. RFC 7643 §2.3.6, §2.3.7.
      caseExact: type === 'reference' || type === 'binary' ? true : (given.caseExact ?? false),
      mutability,
      // What may only be written is never read back. RFC 7643 §7, "mutability".
      returned: given.returned ?? (mutability === 'writeOnly' ? 'never' : 'default'),
      uniqueness: given.uniqueness ?? 'none',
      ...(type === 'reference' ? { referenceTypes: given.referenceTypes ?? ['uri'] } : {}),
      ...(type !== 'reference' && given.referenceTypes !== undefined ? { referenceTypes: given.referenceTypes } : {}),
      ...(given.subAttributes === undefined ? {} : { subAttributes: fillIn(given.subAttributes) }),
    }
  })
}

function refuse(name: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new ConfigError(name, faults.join(' '))
}
