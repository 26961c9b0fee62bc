// The schemas of discovery resources: ServiceProviderConfig, ResourceType, Schema. RFC 7643 §5-§7.

import { type AttributeDeclaration, type AttributeDeclarations, fillIn } from './define.ts'
import type { Schema } from './schema.ts'

const SIMPLE_TYPES = ['boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'] as const

/** The schema of the configuration resource. RFC 7643 §5; RFC 9865 §4; RFC 9967 §4. */
export const SERVICE_PROVIDER_CONFIG_SCHEMA: Schema = servedOnly(
  'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  'Service Provider Configuration',
  'Features and limits of the service provider',
  {
    documentationUri: {
      type: 'reference',
      description: "URL of the service provider's help pages.",
      referenceTypes: ['external'],
    },
    patch: feature('PATCH options.'),
    bulk: feature('Bulk options.', {
      maxOperations: {
        type: 'integer',
        description: 'Most operations allowed in one bulk request.',
        required: true,
      },
      maxPayloadSize: {
        type: 'integer',
        description: 'Largest bulk request body in bytes.',
        required: true,
      },
    }),
    filter: feature('Filter options.', {
      maxResults: {
        type: 'integer',
        description: 'Most resources returned in one response.',
        required: true,
      },
    }),
    changePassword: feature('Password change options.'),
    sort: feature('Sort options.'),
    etag: feature('ETag options.'),
    authenticationSchemes: {
      type: 'complex',
      multiValued: true,
      description: 'Ways to authenticate.',
      required: true,
      subAttributes: {
        type: {
          description: 'Kind of scheme.',
          required: true,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        },
        name: { description: 'Common name of the scheme.', required: true },
        description: { description: 'Description of the scheme.', required: true },
        specUri: {
          type: 'reference',
          description: "URL of the scheme's specification.",
          referenceTypes: ['external'],
        },
        documentationUri: {
          type: 'reference',
          description: 'URL of usage documentation of the scheme.',
          referenceTypes: ['external'],
        },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred scheme; absent means false.',
        },
      },
    },
    pagination: {
      type: 'complex',
      description: 'Pagination options.',
      subAttributes: {
        cursor: {
          type: 'boolean',
          description: 'Whether cursor-based pagination is supported.',
          required: true,
        },
        index: {
          type: 'boolean',
          description: 'Whether index-based pagination is supported.',
          required: true,
        },
        defaultPaginationMethod: {
          description: 'Method used when the request names none.',
          canonicalValues: ['cursor', 'index'],
        },
        defaultPageSize: {
          type: 'integer',
          description: 'Page size used when the request has no count.',
        },
        maxPageSize: {
          type: 'integer',
          description: 'Largest page size whatever the requested count.',
        },
        cursorTimeout: {
          type: 'integer',
          description: 'Least number of seconds a cursor stays valid between page requests.',
        },
      },
    },
    securityEvents: {
      type: 'complex',
      description: 'Security event options.',
      subAttributes: {
        asyncRequest: {
          description: 'Whether and when requests may complete asynchronously.',
          canonicalValues: ['none', 'long', 'request'],
        },
        eventUris: {
          multiValued: true,
          description: 'URIs of the events the service provider can issue.',
          caseExact: true,
        },
      },
    },
  },
)

/** The schema of resource types. RFC 7643 §6. */
export const RESOURCE_TYPE_SCHEMA: Schema = servedOnly(
  'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  'ResourceType',
  'A kind of resource the service provider manages',
  {
    id: {
      description: 'Identifier of the resource type; usually equal to its name.',
      caseExact: true,
      returned: 'always',
      uniqueness: 'server',
    },
    name: {
      description: 'Name of the resource type, used in meta.resourceType.',
      required: true,
      caseExact: true,
      uniqueness: 'server',
    },
    description: { description: 'Human-readable description.' },
    endpoint: {
      type: 'reference',
      description: "Path of the resource type's endpoint relative to the base URL.",
      required: true,
      uniqueness: 'server',
      referenceTypes: ['uri'],
    },
    schema: {
      type: 'reference',
      description: 'URI of the base schema.',
      required: true,
      referenceTypes: ['uri'],
    },
    schemaExtensions: {
      type: 'complex',
      multiValued: true,
      description: 'Schema extensions that resources of this type may or must use.',
      required: true,
      subAttributes: {
        schema: {
          type: 'reference',
          description: 'URI of the extension schema.',
          required: true,
          referenceTypes: ['uri'],
        },
        required: {
          type: 'boolean',
          description: 'Whether every resource of this type must use the extension.',
          required: true,
        },
      },
    },
  },
)

/** The schema of schemas, the one that has complex attributes inside complex ones. RFC 7643 §7. */
export const SCHEMA_SCHEMA: Schema = servedOnly(
  'urn:ietf:params:scim:schemas:core:2.0:Schema',
  'Schema',
  'A set of attribute definitions',
  {
    id: {
      description: 'URI of the schema.',
      required: true,
      caseExact: true,
      returned: 'always',
      uniqueness: 'server',
    },
    name: { description: 'Human-readable name of the schema.', required: true },
    description: { description: 'Human-readable description of the schema.' },
    attributes: {
      type: 'complex',
      multiValued: true,
      description: 'Definitions of the attributes.',
      required: true,
      subAttributes: {
        ...definition(['string', 'complex', ...SIMPLE_TYPES]),
        subAttributes: {
          type: 'complex',
          multiValued: true,
          description: 'Definitions of the sub-attributes of a complex attribute.',
          subAttributes: definition(['string', ...SIMPLE_TYPES]),
        },
      },
    },
  },
)

/** Every schema of a discovery resource. RFC 7643 §8.7.2. */
export const DISCOVERY_SCHEMAS: readonly Schema[] = [
  SERVICE_PROVIDER_CONFIG_SCHEMA,
  RESOURCE_TYPE_SCHEMA,
  SCHEMA_SCHEMA,
]

/** A schema whose attributes are all read-only. It is shown and never evaluated, so the rules for declarations do not apply. */
function servedOnly(id: string, name: string, description: string, attributes: AttributeDeclarations): Schema {
  return { id, name, description, attributes: fillIn(readOnly(attributes)) }
}

function readOnly(attributes: AttributeDeclarations): AttributeDeclarations {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { subAttributes, ...own }]) => [
      name,
      {
        ...own,
        mutability: 'readOnly',
        ...(subAttributes === undefined ? {} : { subAttributes: readOnly(subAttributes) }),
      },
    ]),
  )
}

/** A feature that is supported or not, with its limits. RFC 7643 §5. */
function feature(description: string, limits: AttributeDeclarations = {}): AttributeDeclaration {
  const supported = { type: 'boolean', description: 'Whether the feature is supported.', required: true } as const
  return { type: 'complex', description, required: true, subAttributes: { supported, ...limits } }
}

/** The characteristics of an attribute. RFC 7643 §7. */
function definition(types: readonly string[]): AttributeDeclarations {
  return {
    name: { description: 'Name of the attribute.', required: true, caseExact: true },
    type: { description: 'Data type of the attribute.', required: true, canonicalValues: types },
    multiValued: { type: 'boolean', description: 'Whether the attribute can hold several values.', required: true },
    description: { description: 'Human-readable description.', caseExact: true },
    required: { type: 'boolean', description: 'Whether a value must be given.' },
    canonicalValues: { multiValued: true, description: 'Suggested values.', caseExact: true },
    caseExact: { type: 'boolean', description: 'Whether string values are case sensitive.' },
    mutability: {
      description: 'When the value can be (re)defined.',
      canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
      caseExact: true,
    },
    returned: {
      description: 'When the value is given back.',
      canonicalValues: ['always', 'never', 'default', 'request'],
      caseExact: true,
    },
    uniqueness: {
      description: 'How uniqueness is enforced.',
      canonicalValues: ['none', 'server', 'global'],
      caseExact: true,
    },
    referenceTypes: {
      multiValued: true,
      description: 'For type reference: what may be referenced, a resource type name, external, or uri.',
      caseExact: true,
    },
  }
}
