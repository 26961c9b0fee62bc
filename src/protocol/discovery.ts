// Writes ServiceProviderConfig, ResourceTypes and Schemas. RFC 7643 §5-§7.

import type { Document, Json } from './json.ts'
import type { Limits } from './limits.ts'
import type { Attribute, AttributeType, ResourceType, Schema } from './schema.ts'
import { ENTITLEMENT, RESOURCE_TYPE, ROLE, SCHEMA, SERVICE_PROVIDER_CONFIG } from './urn.ts'

/** Types with a letter case to speak of. RFC 7643 §2.3. */
const CASED: ReadonlySet<AttributeType> = new Set(['string', 'reference', 'binary'])
/** Types that have no uniqueness. RFC 7643 §2.3.2, §2.3.5, §2.3.8; erratum 6004. */
const NEVER_UNIQUE: ReadonlySet<AttributeType> = new Set(['boolean', 'dateTime', 'complex'])

/** A schema as `/Schemas` shows it; `base` is the base URL without a slash at its end. RFC 7643 §7. */
export function writeSchema(schema: Schema, base: string): Document {
  return {
    schemas: [SCHEMA],
    id: schema.id,
    name: schema.name,
    description: schema.description,
    attributes: schema.attributes.map(writeAttribute),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
  }
}

/** An attribute with every characteristic that its type has. RFC 7643 §7. */
function writeAttribute(attribute: Attribute): Json {
  const { name, type, multiValued, description, required, mutability, returned } = attribute
  return {
    name,
    type,
    multiValued,
    description,
    required,
    ...(attribute.canonicalValues === undefined ? {} : { canonicalValues: attribute.canonicalValues }),
    ...(CASED.has(type) ? { caseExact: attribute.caseExact } : {}),
    mutability,
    returned,
    ...(NEVER_UNIQUE.has(type) ? {} : { uniqueness: attribute.uniqueness }),
    ...(attribute.referenceTypes === undefined ? {} : { referenceTypes: attribute.referenceTypes }),
    ...(attribute.subAttributes === undefined ? {} : { subAttributes: attribute.subAttributes.map(writeAttribute) }),
  }
}

/** A resource type as `/ResourceTypes` shows it; extensions are a list, also when there are none. RFC 7643 §6. */
export function writeResourceType(type: ResourceType, base: string): Document {
  return {
    schemas: [RESOURCE_TYPE],
    id: type.id,
    name: type.name,
    description: type.description,
    endpoint: type.endpoint,
    schema: type.schema.id,
    schemaExtensions: type.extensions.map(({ schema, required }) => ({ schema: schema.id, required })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${type.name}` },
  }
}

/** What the configuration resource says. */
export interface ServiceProviderConfigOptions {
  /** The base URL without a slash at its end. */
  readonly base: string
  readonly features: {
    readonly patch: boolean
    readonly bulk: boolean
    readonly sort: boolean
    readonly filter: boolean
  }
  readonly limits: Limits
  readonly documentationUri?: string | undefined
  /** The tenant's resource types, which decide whether roles and entitlements are offered (draft, D-040). */
  readonly types?: readonly ResourceType[] | undefined
}

/** The configuration resource: what is offered, and within which limits. RFC 7643 §5, RFC 7644 §4, RFC 9865 §4. */
export function writeServiceProviderConfig(options: ServiceProviderConfigOptions): Document {
  const { base, features, limits, documentationUri, types = [] } = options
  return {
    schemas: [SERVICE_PROVIDER_CONFIG],
    ...(documentationUri === undefined ? {} : { documentationUri }),
    patch: { supported: features.patch },
    bulk: {
      supported: features.bulk,
      maxOperations: limits.BULK_OPERATIONS,
      maxPayloadSize: limits.BULK_BYTES,
    },
    filter: { supported: features.filter, maxResults: limits.PAGE_MAX },
    changePassword: { supported: true },
    sort: { supported: features.sort },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: "A connection's token in the Authorization header, as RFC 6750 describes it.",
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.PAGE_DEFAULT,
      maxPageSize: limits.PAGE_MAX,
      cursorTimeout: limits.CURSOR_SECONDS,
    },
    ...rolesAndEntitlements(types),
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}

/** Roles and entitlements draft, `RolesAndEntitlements` (D-040). */
function rolesAndEntitlements(types: readonly ResourceType[]): Document {
  const roles = types.some(({ schema }) => schema.id === ROLE)
  const entitlements = types.some(({ schema }) => schema.id === ENTITLEMENT)
  if (!roles && !entitlements) return {}
  return {
    RolesAndEntitlements: {
      roles: { supported: roles, multipleRolesSupported: true, primarySupported: true, typeSupported: true },
      entitlements: {
        supported: entitlements,
        multipleEntitlementsSupported: true,
        primarySupported: true,
        typeSupported: true,
      },
    },
  }
}
