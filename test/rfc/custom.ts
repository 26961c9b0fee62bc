// A custom extension and resource type with attributes that the core schemas lack.

import { beforeAll } from 'vitest'
import { type Body, type Client, USER, user } from './client.ts'
import { type Server, type Site, tenantOf } from './site.ts'

/** An extension of users with an attribute of every type and characteristic that the core schemas lack. */
export const BADGE = 'urn:example:scim:schemas:extension:badge:1.0:User'

const ATTRIBUTES: readonly Body[] = [
  { name: 'number', type: 'integer' },
  { name: 'weight', type: 'decimal' },
  { name: 'since', type: 'dateTime' },
  { name: 'photo', type: 'binary', caseExact: true },
  { name: 'code', caseExact: true },
  { name: 'label' },
  { name: 'serial', mutability: 'immutable' },
  { name: 'serials', multiValued: true, mutability: 'immutable' },
  { name: 'pin', mutability: 'writeOnly', returned: 'never' },
  { name: 'always', returned: 'always' },
  { name: 'asked', returned: 'request' },
  { name: 'plate', uniqueness: 'server' },
  { name: 'world', uniqueness: 'global' },
  { name: 'state', mutability: 'readOnly' },
  { name: 'tags', multiValued: true },
  {
    name: 'doors',
    type: 'complex',
    multiValued: true,
    subAttributes: [
      { name: 'value' },
      { name: 'type' },
      { name: 'primary', type: 'boolean' },
      { name: 'floor', type: 'integer' },
    ],
  },
]

/** The badge schema as a Schema resource. RFC 7643 §7. */
export const BADGE_SCHEMA: Body = { id: BADGE, name: 'Badge', description: 'Door badges', attributes: ATTRIBUTES }

/** Schemas and resource types for a tenant, as the bodies of Schema and ResourceType resources. */
export interface Declarations {
  readonly schemas?: readonly Body[]
  readonly types?: readonly Body[]
}

/** Declares schemas and resource types for the tenant of a client; throws what the tenancy refuses with. */
export async function declare(
  server: Server,
  client: Client,
  { schemas = [], types = [] }: Declarations,
): Promise<void> {
  const tenant = tenantOf(client)
  const options = { usage: server.directory, actor: 'test' }
  for (const schema of schemas) await server.tenancy.schemas.put(tenant, schema, options)
  for (const type of types) await server.tenancy.schemas.putType(tenant, type, options)
}

/** The User resource type with further extensions beside the enterprise one. */
export function userType(extensions: readonly { readonly schema: string; readonly required?: boolean }[]): Body {
  return {
    id: 'User',
    name: 'User',
    description: 'User Account',
    endpoint: '/Users',
    schema: USER,
    schemaExtensions: [
      { schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false },
      ...extensions.map(({ schema, required = false }) => ({ schema, required })),
    ],
  }
}

/** For the top of a `describe`: a strict client of a tenant whose users have the badge extension. */
export function serverWithBadge(at: Site): Client {
  const client = at.strict()
  beforeAll(() => declare(at.server, client, { schemas: [BADGE_SCHEMA], types: [userType([{ schema: BADGE }])] }))
  return client
}

/** The body of a unique user with a badge. */
export function badge(members: Body, more: Body = {}): Body {
  return user({ schemas: [USER, BADGE], [BADGE]: members, ...more })
}
