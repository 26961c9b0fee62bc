// What a server declares about itself: its features, resource types and schemas.

import { EnterpriseUser, Group, type JsonObject, User, writeResourceType, writeSchema } from '../../protocol/index.ts'
import type { DeclaredAttribute } from '../attribute-path.ts'
import { dig, member, objects, texts } from '../json-access.ts'
import type { Exchange } from '../wire/exchange.ts'

/** A resource type as a server describes it. RFC 7643 §6. */
export interface DeclaredType {
  readonly name: string
  /** With its leading slash, `/Users`. */
  readonly endpoint: string
  readonly schema: string
  readonly attributes: readonly DeclaredAttribute[]
  readonly extensions: readonly {
    readonly urn: string
    readonly required: boolean
    readonly attributes: readonly DeclaredAttribute[]
  }[]
}

/** Features that ServiceProviderConfig declares. RFC 7643 §5. */
export type Feature = 'patch' | 'bulk' | 'filter' | 'sort' | 'etag' | 'changePassword'

/** What a server declares about itself. */
export interface Declared {
  readonly config: Exchange
  readonly resourceTypes: Exchange
  readonly schemas: Exchange
  readonly types: readonly DeclaredType[]
  /** Whether the server declares its types; otherwise they are those of RFC 7643. */
  readonly described: boolean
  /** Whether a feature is offered; undefined when that is not declared. */
  readonly has: (feature: Feature) => boolean | undefined
  /** Whether cursors are offered. RFC 9865 §4. */
  readonly cursors: boolean
  /** Most resources in one answer, where that is declared. */
  readonly maxResults: number | undefined
}

/** Reads what a server declares about itself; what is missing or unreadable is taken from RFC 7643. */
export async function readDeclared(get: (path: string) => Promise<Exchange>): Promise<Declared> {
  const [config, resourceTypes, schemas] = await Promise.all([
    get('/ServiceProviderConfig'),
    get('/ResourceTypes'),
    get('/Schemas'),
  ])
  const bodies = resourcesOf(schemas)
  const attributesOf = (urn: unknown) => {
    const found = bodies.find((one) => String(member(one, 'id')).toLowerCase() === String(urn).toLowerCase())
    const listed = member(found ?? standard.schemas.find(({ id }) => id === urn), 'attributes')
    return objects(listed).map(readAttribute)
  }
  const readType = (body: JsonObject): DeclaredType => ({
    name: String(member(body, 'name')),
    endpoint: `/${String(member(body, 'endpoint'))
      .replace(/^.*\/(?=[^/])/, '')
      .replaceAll('/', '')}`,
    schema: String(member(body, 'schema')),
    attributes: attributesOf(member(body, 'schema')),
    extensions: objects(member(body, 'schemaExtensions')).map((one) => ({
      urn: String(member(one, 'schema')),
      required: member(one, 'required') === true,
      attributes: attributesOf(member(one, 'schema')),
    })),
  })
  const listed = resourcesOf(resourceTypes).filter(
    (body) => typeof member(body, 'endpoint') === 'string' && typeof member(body, 'schema') === 'string',
  )
  const types = (listed.length > 0 ? listed : standard.types).map(readType)
  const maxResults = dig(config.body, 'filter', 'maxResults')
  return {
    config,
    resourceTypes,
    schemas,
    types,
    described: listed.length > 0 && bodies.length > 0,
    has(feature) {
      const supported = dig(config.body, feature, 'supported')
      return typeof supported === 'boolean' ? supported : undefined
    },
    cursors: dig(config.body, 'pagination', 'cursor') === true,
    maxResults: typeof maxResults === 'number' ? maxResults : undefined,
  }
}

/** The resources of a list, also when the server gave a bare array. */
export function resourcesOf({ body }: Exchange): readonly JsonObject[] {
  return objects(Array.isArray(body) ? body : member(body, 'Resources'))
}

/** An attribute's description with the RFC's defaults filled in. RFC 7643 §2.2. */
function readAttribute(body: JsonObject): DeclaredAttribute {
  const text = (name: string, otherwise: string) => {
    const value = member(body, name)
    return typeof value === 'string' ? value : otherwise
  }
  return {
    name: text('name', ''),
    type: text('type', 'string'),
    multiValued: member(body, 'multiValued') === true,
    required: member(body, 'required') === true,
    canonicalValues: texts(member(body, 'canonicalValues')),
    caseExact: member(body, 'caseExact') === true,
    mutability: text('mutability', 'readWrite'),
    returned: text('returned', 'default'),
    uniqueness: text('uniqueness', 'none'),
    referenceTypes: texts(member(body, 'referenceTypes')),
    subAttributes: objects(member(body, 'subAttributes')).map(readAttribute),
  }
}

/** RFC 7643's own schemas and types, for servers that describe none. */
const standard = {
  schemas: [User.schema, EnterpriseUser, Group.schema].map((schema) => writeSchema(schema, '') as JsonObject),
  types: [User, Group].map((type) => writeResourceType(type, '') as JsonObject),
}
