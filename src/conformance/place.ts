/** An attribute as a server describes it, with the RFC's defaults where it says nothing. RFC 7643 §2.2, §7. */
export interface AttributeOffer {
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
  readonly subAttributes: readonly AttributeOffer[]
}

/** Where a value stands: an attribute, perhaps of an extension, perhaps one sub-attribute of it. */
export interface Place {
  readonly urn?: string
  readonly attribute: AttributeOffer
  readonly sub?: AttributeOffer
}
