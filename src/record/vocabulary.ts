// The words of a tenant's schemas: what may stand in a shape because it is nobody's value.

import { type Attribute, type Catalog, DISCOVERY_SCHEMAS, type Schema } from '../protocol/index.ts'

/** The words of a tenant's schemas, in lower case. */
export interface Vocabulary {
  /** Names of attributes and sub-attributes. */
  readonly names: ReadonlySet<string>
  /** URIs of schemas. */
  readonly uris: ReadonlySet<string>
  /** Suggested values of `type` and the like, and names of resource types. */
  readonly values: ReadonlySet<string>
  /** Endpoints with their slash. */
  readonly endpoints: ReadonlySet<string>
  /** Names of attributes that are never returned. */
  readonly secrets: ReadonlySet<string>
}

/** Names that every message may have. */
const COMMON = [
  'schemas',
  'id',
  'externalId',
  'meta',
  'resourceType',
  'created',
  'lastModified',
  'location',
  'version',
  'groups',
  'members',
  'op',
  'path',
  'value',
  'Operations',
  'filter',
  'attributes',
  'excludedAttributes',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
  'bulkId',
  'method',
  'data',
  'failOnErrors',
  'password',
  '$ref',
]

/** Makes the vocabulary of a catalog; the same one as long as the catalog is the same. */
export function vocabularyOf(catalog: Catalog): Vocabulary {
  const known = made.get(catalog)
  if (known !== undefined) return known
  const names = new Set(COMMON.map(lower))
  const uris = new Set<string>()
  const values = new Set<string>()
  const secrets = new Set(['password'])
  const add = (attribute: Attribute) => {
    names.add(lower(attribute.name))
    if (attribute.returned === 'never') secrets.add(lower(attribute.name))
    for (const one of [...(attribute.canonicalValues ?? []), ...(attribute.referenceTypes ?? [])])
      values.add(lower(one))
    for (const sub of attribute.subAttributes ?? []) add(sub)
  }
  const schemas: Schema[] = [...DISCOVERY_SCHEMAS]
  for (const { schema, extensions } of catalog.types) schemas.push(schema, ...extensions.map((one) => one.schema))
  for (const { id, attributes } of schemas) {
    uris.add(lower(id))
    for (const attribute of attributes) add(attribute)
  }
  for (const { name } of catalog.types) values.add(lower(name))
  const endpoints = new Set(catalog.types.map(({ endpoint }) => lower(endpoint)))
  for (const one of ['/bulk', '/me', '/.search', '/schemas', '/resourcetypes', '/serviceproviderconfig'])
    endpoints.add(one)
  const vocabulary = { names, uris, values, endpoints, secrets }
  made.set(catalog, vocabulary)
  return vocabulary
}

const made = new WeakMap<Catalog, Vocabulary>()

function lower(text: string): string {
  return text.toLowerCase()
}

/** Whether a text is the name of an attribute that the vocabulary has: with its sub-attribute, and with the URI of a schema before it. */
export function isKnownName(text: string, { names, uris }: Vocabulary): boolean {
  const folded = lower(text)
  if (uris.has(folded)) return true
  const colon = folded.lastIndexOf(':')
  if (colon !== -1 && !uris.has(folded.slice(0, colon)) && !folded.startsWith('urn:ietf:params:scim:')) return false
  return folded
    .slice(colon + 1)
    .split('.')
    .every((part) => names.has(part))
}

/** Whether a text has the form of an attribute's name. What stands where a name belongs is taken for one. RFC 7643 §2.1. */
export function isNameLike(text: string): boolean {
  return /^(?:urn:[\w:.-]{1,200}:)?[A-Za-z][\w$-]{0,63}(?:\.[A-Za-z][\w$-]{0,63})?$/i.test(text)
}
