// A path to an attribute of a resource, with what the server declares about the attribute.

/** An attribute as a server declares it, with the RFC's defaults for what is missing. RFC 7643 §2.2, §7. */
export interface DeclaredAttribute {
  readonly name: string
  readonly type: string
  readonly multiValued: boolean
  readonly required: boolean
  readonly canonicalValues: readonly string[]
  readonly caseExact: boolean
  readonly mutability: string
  readonly returned: string
  readonly uniqueness: string
  readonly referenceTypes: readonly string[]
  readonly subAttributes: readonly DeclaredAttribute[]
}

/** An attribute, perhaps of an extension, perhaps one sub-attribute of it. */
export interface AttributePath {
  readonly urn?: string
  readonly attribute: DeclaredAttribute
  readonly sub?: DeclaredAttribute
}

/** A path to a text attribute, whether the server declares it or not. */
export function textPath(name: string): AttributePath {
  return {
    attribute: {
      name,
      type: 'string',
      multiValued: false,
      required: false,
      canonicalValues: [],
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'none',
      referenceTypes: [],
      subAttributes: [],
    },
  }
}
