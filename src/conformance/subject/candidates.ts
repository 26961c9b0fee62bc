// Which of the attributes that a server stores can play which part in the cases, best first.

import type { AttributePath, DeclaredAttribute } from '../attribute-path.ts'

/** Attributes by the part that they can play. */
export interface Candidates {
  /** Plain texts of the base schema. */
  readonly texts: readonly AttributePath[]
  /** Booleans of the base schema. */
  readonly flags: readonly AttributePath[]
  /** Multi-valued complex attributes with value and type. */
  readonly lists: readonly AttributePath[]
  /** Singular complex attributes with two plain texts. */
  readonly complexes: readonly ComplexPath[]
  /** Plain texts of extensions. */
  readonly extended: readonly AttributePath[]
}

/** A singular complex attribute, and two texts in it. */
export interface ComplexPath {
  readonly whole: AttributePath
  readonly first: SubPath
  readonly second: SubPath
}

/** A path to a sub-attribute. */
export type SubPath = AttributePath & { readonly sub: DeclaredAttribute }

/** Attributes that play a part rather than others. */
const PREFERRED = [
  'nickName',
  'title',
  'department',
  'costCenter',
  'organization',
  'name',
  'emails',
  'phoneNumbers',
  'ims',
]
/** Sub-attributes that play a part rather than others. */
const PREFERRED_SUBS = ['givenName', 'familyName', 'middleName']
/** Texts whose values servers check or set. */
const NOT_FREE = ['preferredLanguage', 'locale', 'timezone', 'externalId', 'formatted']

/** Sorts stored attributes by the parts that they can play; the naming attribute plays none. */
export function findCandidates(kept: readonly AttributePath[], named: AttributePath): Candidates {
  const ranked = kept.toSorted((a, b) => rank(PREFERRED, a.attribute.name) - rank(PREFERRED, b.attribute.name))
  const core = ranked.filter(({ urn }) => urn === undefined)
  return {
    texts: core.filter(({ attribute }) => attribute.name !== named.attribute.name && isPlainText(attribute)),
    flags: core.filter(
      ({ attribute: { type, multiValued, mutability } }) =>
        type === 'boolean' && !multiValued && mutability === 'readWrite',
    ),
    lists: core.filter(({ attribute }) => isList(attribute)),
    complexes: core.flatMap(complexOf),
    extended: ranked.filter(({ urn, attribute }) => urn !== undefined && isPlainText(attribute)),
  }
}

/** Whether an attribute is a text that a client can give any value. */
export function isPlainText(attribute: DeclaredAttribute): boolean {
  return (
    attribute.type === 'string' &&
    !attribute.multiValued &&
    !attribute.required &&
    attribute.canonicalValues.length === 0 &&
    attribute.uniqueness === 'none' &&
    attribute.mutability === 'readWrite' &&
    attribute.returned === 'default' &&
    !NOT_FREE.includes(attribute.name)
  )
}

function isList({ type, multiValued, mutability, subAttributes }: DeclaredAttribute): boolean {
  const has = (sub: string) =>
    subAttributes.some((one) => one.name === sub && one.type === 'string' && one.mutability === 'readWrite')
  return type === 'complex' && multiValued && mutability === 'readWrite' && has('value') && has('type')
}

function complexOf(whole: AttributePath): readonly ComplexPath[] {
  const { type, multiValued, subAttributes } = whole.attribute
  if (type !== 'complex' || multiValued) return []
  const [first, second] = subAttributes
    .filter(isPlainText)
    .toSorted((a, b) => rank(PREFERRED_SUBS, a.name) - rank(PREFERRED_SUBS, b.name))
  if (first === undefined || second === undefined) return []
  return [{ whole, first: { ...whole, sub: first }, second: { ...whole, sub: second } }]
}

function rank(preferred: readonly string[], name: string): number {
  const at = preferred.indexOf(name)
  return at < 0 ? preferred.length : at
}
