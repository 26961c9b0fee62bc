// The schemas of discovery resources: ServiceProviderConfig, ResourceType, Schema. RFC 7643 §5-§7.

import { type AttributeDeclarations, fillIn } from './define.ts'
import type { Schema } from './schema.ts'

/** The schema of the configuration resource. RFC 7643 §5; RFC 9865 §4; RFC 9967 §4. */
export const SERVICE_PROVIDER_CONFIG_SCHEMA: Schema = servedOnly(
  'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  'Service Provider Configuration',
  'Features and limits of the service provider',
  {
    documentationUri: {
      type: 'reference',
      description: "URL of the service provider's help pages.",
      mutability: 'readOnly',
      referenceTypes: ['external'],
    },
    patch: {
      type: 'complex',
      description: 'PATCH options.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        supported: {
          type: 'boolean',
          description: 'Whether the feature is supported.',
          required: true,
          mutability: 'readOnly',
        },
      },
    },
    bulk: {
      type: 'complex',
      description: 'Bulk options.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        supported: {
          type: 'boolean',
          description: 'Whether the feature is supported.',
          required: true,
          mutability: 'readOnly',
        },
        maxOperations: {
          type: 'integer',
          description: 'Most operations allowed in one bulk request.',
          required: true,
          mutability: 'readOnly',
        },
        maxPayloadSize: {
          type: 'integer',
          description: 'Largest bulk request body in bytes.',
          required: true,
          mutability: 'readOnly',
        },
      },
    },
    filter: {
      type: 'complex',
      description: 'Filter options.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        supported: {
          type: 'boolean',
          description: 'Whether the feature is supported.',
          required: true,
          mutability: 'readOnly',
        },
        maxResults: {
          type: 'integer',
          description: 'Most resources returned in one response.',
          required: true,
          mutability: 'readOnly',
        },
      },
    },
    changePassword: {
      type: 'complex',
      description: 'Password change options.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        supported: {
          type: 'boolean',
          description: 'Whether the feature is supported.',
          required: true,
          mutability: 'readOnly',
        },
      },
    },
    sort: {
      type: 'complex',
      description: 'Sort options.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        supported: {
          type: 'boolean',
          description: 'Whether the feature is supported.',
          required: true,
          mutability: 'readOnly',
        },
      },
    },
    etag: {
      type: 'complex',
      description: 'ETag options.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        supported: {
          type: 'boolean',
          description: 'Whether the feature is supported.',
          required: true,
          mutability: 'readOnly',
        },
      },
    },
    authenticationSchemes: {
      type: 'complex',
      multiValued: true,
      description: 'Ways to authenticate.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        type: {
          description: 'Kind of scheme.',
          required: true,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
          mutability: 'readOnly',
        },
        name: { description: 'Common name of the scheme.', required: true, mutability: 'readOnly' },
        description: { description: 'Description of the scheme.', required: true, mutability: 'readOnly' },
        specUri: {
          type: 'reference',
          description: "URL of the scheme's specification.",
          mutability: 'readOnly',
          referenceTypes: ['external'],
        },
        documentationUri: {
          type: 'reference',
          description: 'URL of usage documentation of the scheme.',
          mutability: 'readOnly',
          referenceTypes: ['external'],
        },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred scheme; absent means false.',
          mutability: 'readOnly',
        },
      },
    },
    pagination: {
      type: 'complex',
      description: 'Pagination options.',
      mutability: 'readOnly',
      subAttributes: {
        cursor: {
          type: 'boolean',
          description: 'Whether cursor-based pagination is supported.',
          required: true,
          mutability: 'readOnly',
        },
        index: {
          type: 'boolean',
          description: 'Whether index-based pagination is supported.',
          required: true,
          mutability: 'readOnly',
        },
        defaultPaginationMethod: {
          description: 'Method used when the request names none.',
          canonicalValues: ['cursor', 'index'],
          mutability: 'readOnly',
        },
        defaultPageSize: {
          type: 'integer',
          description: 'Page size used when the request has no count.',
          mutability: 'readOnly',
        },
        maxPageSize: {
          type: 'integer',
          description: 'Largest page size whatever the requested count.',
          mutability: 'readOnly',
        },
        cursorTimeout: {
          type: 'integer',
          description: 'Least number of seconds a cursor stays valid between page requests.',
          mutability: 'readOnly',
        },
      },
    },
    securityEvents: {
      type: 'complex',
      description: 'Security event options.',
      mutability: 'readOnly',
      subAttributes: {
        asyncRequest: {
          description: 'Whether and when requests may complete asynchronously.',
          canonicalValues: ['none', 'long', 'request'],
          mutability: 'readOnly',
        },
        eventUris: {
          multiValued: true,
          description: 'URIs of the events the service provider can issue.',
          caseExact: true,
          mutability: 'readOnly',
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
      mutability: 'readOnly',
      returned: 'always',
      uniqueness: 'server',
    },
    name: {
      description: 'Name of the resource type, used in meta.resourceType.',
      required: true,
      caseExact: true,
      mutability: 'readOnly',
      uniqueness: 'server',
    },
    description: { description: 'Human-readable description.', mutability: 'readOnly' },
    endpoint: {
      type: 'reference',
      description: "Path of the resource type's endpoint relative to the base URL.",
      required: true,
      mutability: 'readOnly',
      uniqueness: 'server',
      referenceTypes: ['uri'],
    },
    schema: {
      type: 'reference',
      description: 'URI of the base schema.',
      required: true,
      mutability: 'readOnly',
      referenceTypes: ['uri'],
    },
    schemaExtensions: {
      type: 'complex',
      multiValued: true,
      description: 'Schema extensions that resources of this type may or must use.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        schema: {
          type: 'reference',
          description: 'URI of the extension schema.',
          required: true,
          mutability: 'readOnly',
          referenceTypes: ['uri'],
        },
        required: {
          type: 'boolean',
          description: 'Whether every resource of this type must use the extension.',
          required: true,
          mutability: 'readOnly',
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
      mutability: 'readOnly',
      returned: 'always',
      uniqueness: 'server',
    },
    name: { description: 'Human-readable name of the schema.', required: true, mutability: 'readOnly' },
    description: { description: 'Human-readable description of the schema.', mutability: 'readOnly' },
    attributes: {
      type: 'complex',
      multiValued: true,
      description: 'Definitions of the attributes.',
      required: true,
      mutability: 'readOnly',
      subAttributes: {
        name: { description: 'Name of the attribute.', required: true, caseExact: true, mutability: 'readOnly' },
        type: {
          description: 'Data type of the attribute.',
          required: true,
          canonicalValues: ['string', 'complex', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'],
          mutability: 'readOnly',
        },
        multiValued: {
          type: 'boolean',
          description: 'Whether the attribute can hold several values.',
          required: true,
          mutability: 'readOnly',
        },
        description: { description: 'Human-readable description.', caseExact: true, mutability: 'readOnly' },
        required: { type: 'boolean', description: 'Whether a value must be given.', mutability: 'readOnly' },
        canonicalValues: {
          multiValued: true,
          description: 'Suggested values.',
          caseExact: true,
          mutability: 'readOnly',
        },
        caseExact: {
          type: 'boolean',
          description: 'Whether string values are case sensitive.',
          mutability: 'readOnly',
        },
        mutability: {
          description: 'When the value can be (re)defined.',
          canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
          caseExact: true,
          mutability: 'readOnly',
        },
        returned: {
          description: 'When the value is given back.',
          canonicalValues: ['always', 'never', 'default', 'request'],
          caseExact: true,
          mutability: 'readOnly',
        },
        uniqueness: {
          description: 'How uniqueness is enforced.',
          canonicalValues: ['none', 'server', 'global'],
          caseExact: true,
          mutability: 'readOnly',
        },
        referenceTypes: {
          multiValued: true,
          description: 'For type reference: what may be referenced, a resource type name, external, or uri.',
          caseExact: true,
          mutability: 'readOnly',
        },
        subAttributes: {
          type: 'complex',
          multiValued: true,
          description: 'Definitions of the sub-attributes of a complex attribute.',
          mutability: 'readOnly',
          subAttributes: {
            name: { description: 'Name of the attribute.', required: true, caseExact: true, mutability: 'readOnly' },
            type: {
              description: 'Data type of the attribute.',
              required: true,
              canonicalValues: ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'],
              mutability: 'readOnly',
            },
            multiValued: {
              type: 'boolean',
              description: 'Whether the attribute can hold several values.',
              required: true,
              mutability: 'readOnly',
            },
            description: { description: 'Human-readable description.', caseExact: true, mutability: 'readOnly' },
            required: { type: 'boolean', description: 'Whether a value must be given.', mutability: 'readOnly' },
            canonicalValues: {
              multiValued: true,
              description: 'Suggested values.',
              caseExact: true,
              mutability: 'readOnly',
            },
            caseExact: {
              type: 'boolean',
              description: 'Whether string values are case sensitive.',
              mutability: 'readOnly',
            },
            mutability: {
              description: 'When the value can be (re)defined.',
              canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
              caseExact: true,
              mutability: 'readOnly',
            },
            returned: {
              description: 'When the value is given back.',
              canonicalValues: ['always', 'never', 'default', 'request'],
              caseExact: true,
              mutability: 'readOnly',
            },
            uniqueness: {
              description: 'How uniqueness is enforced.',
              canonicalValues: ['none', 'server', 'global'],
              caseExact: true,
              mutability: 'readOnly',
            },
            referenceTypes: {
              multiValued: true,
              description: 'For type reference: what may be referenced, a resource type name, external, or uri.',
              caseExact: true,
              mutability: 'readOnly',
            },
          },
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

/** These are shown and never evaluated, so that the rules for declarations do not bind them. */
function servedOnly(id: string, name: string, description: string, attributes: AttributeDeclarations): Schema {
  return { id, name, description, attributes: fillIn(attributes) }
}
