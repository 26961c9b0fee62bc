// What a fake app says about itself. RFC 7643 §5–7, RFC 7644 §4.

import type { Draft, JsonObject } from './json.ts'
import type { FakeProfile } from './profile.ts'
import { Refusal } from './refusal.ts'
import { type Attribute, CORE_SCHEMA, ENTERPRISE, SCHEMAS } from './schema.ts'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** The answer of a discovery endpoint; undefined when the path is none. Throws for one that is unknown. */
export function discover(profile: FakeProfile, base: string, segments: readonly string[]): JsonObject | undefined {
  const [first, id, ...rest] = segments
  const config = profile.serviceProviderConfigs ? 'ServiceProviderConfigs' : 'ServiceProviderConfig'
  if (first === config && id === undefined) return serviceProviderConfig(profile, `${base}/${config}`)
  if (first !== 'ResourceTypes' && first !== 'Schemas') return undefined
  const all = first === 'Schemas' ? schemas(base) : resourceTypes(base)
  if (id === undefined)
    return { schemas: [LIST], totalResults: all.length, itemsPerPage: all.length, startIndex: 1, Resources: all }
  const found = all.find((one) => one.id === id)
  if (found === undefined || rest.length > 0)
    throw new Refusal(404, `There is no ${first}/${segments.slice(1).join('/')}`)
  return found
}

function serviceProviderConfig(profile: FakeProfile, location: string): JsonObject {
  const patch = profile.users.patch || profile.groups.patch
  return {
    schemas: [`${CORE}:ServiceProviderConfig`],
    documentationUri: 'https://example.com/scim',
    patch: { supported: patch },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: profile.pages.most },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: profile.etags },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token in the Authorization header.',
        specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
        documentationUri: 'https://example.com/tokens',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location },
  }
}

function resourceTypes(base: string): readonly JsonObject[] {
  const type = (name: 'User' | 'Group', more: JsonObject): JsonObject => ({
    schemas: [`${CORE}:ResourceType`],
    id: name,
    name,
    endpoint: `/${name}s`,
    description: name,
    schema: CORE_SCHEMA[name],
    ...more,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  })
  return [type('User', { schemaExtensions: [{ schema: ENTERPRISE, required: false }] }), type('Group', {})]
}

function schemas(base: string): readonly JsonObject[] {
  return SCHEMAS.map(({ id, name, description, attributes }) => ({
    schemas: [`${CORE}:Schema`],
    id,
    name,
    description,
    attributes: attributes.map(written),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  }))
}

/** An attribute as a schema shows it. */
function written({ subAttributes, referenceTypes, ...plain }: Attribute): JsonObject {
  const shown: Draft = { ...plain }
  if (referenceTypes !== undefined) shown.referenceTypes = [...referenceTypes]
  if (subAttributes !== undefined) shown.subAttributes = subAttributes.map(written)
  return shown
}
