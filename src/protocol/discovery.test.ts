// Discovery documents as RFC 7643 §8 shows them.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createCatalog, schemasOf } from './catalog.ts'
import { writeResourceType, writeSchema, writeServiceProviderConfig } from './discovery.ts'
import { Group } from './group.ts'
import type { Json } from './json.ts'
import { LIMITS } from './limits.ts'
import { Role } from './roles.ts'
import { User } from './user.ts'

interface Published {
  readonly schemas: readonly { readonly id: string; readonly meta: Json }[]
  readonly resourceTypes: readonly { readonly id: string; readonly meta: Json }[]
}

// RFC 7643 §8.7 with its errata, as JSON; the file says which errata and why.
const published = JSON.parse(
  readFileSync(new URL('../../test/vectors/schemas.json', import.meta.url), 'utf8'),
) as Published
const catalog = createCatalog([User, Group])
const base = 'https://scim.example.com/tenants/acme/scim/v2'
const features = { patch: true, bulk: true, sort: true, filter: true }

describe('documents are those of RFC 7643 §8.7 with its errata', () => {
  test.each(published.schemas.map((schema) => [schema.id, schema] as const))(
    'S-146 S-147 S-148 S-149 %s',
    (id, wanted) => {
      const schema = schemasOf(catalog).find((each) => each.id === id)
      if (schema === undefined) throw new Error('not declared')
      const { meta, ...rest } = writeSchema(schema, base)
      const { meta: _meta, ...others } = wanted
      expect(rest).toEqual(others)
      expect(meta).toEqual({ resourceType: 'Schema', location: `${base}/Schemas/${id}` })
    },
  )
  test.each(published.resourceTypes.map((type) => [type.id, type] as const))('S-144 S-145 %s', (id, wanted) => {
    const type = catalog.types.find((each) => each.id === id)
    if (type === undefined) throw new Error('not declared')
    const { meta, ...rest } = writeResourceType(type, base)
    const { meta: _meta, ...others } = wanted
    expect(rest).toEqual(others)
    expect(meta).toEqual({ resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` })
  })
  test('S-095 all of them are there', () => {
    expect(
      schemasOf(catalog)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(published.schemas.map(({ id }) => id).toSorted())
  })
})

describe('the configuration', () => {
  const config = writeServiceProviderConfig({ base, features, limits: LIMITS })
  test('S-140 has every member, with the limits that hold', () => {
    expect(config).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: LIMITS.BULK_OPERATIONS, maxPayloadSize: LIMITS.BULK_BYTES },
      filter: { supported: true, maxResults: LIMITS.PAGE_MAX },
      changePassword: { supported: true },
      sort: { supported: true },
      etag: { supported: true },
      meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
    })
    expect(config).not.toHaveProperty('id')
  })
  test('S-142 the authentication scheme is one of the known types', () => {
    expect(config.authenticationSchemes).toMatchObject([
      { type: 'oauthbearertoken', name: expect.any(String), description: expect.any(String) },
    ])
  })
  test('P-526 says false for what is off', () => {
    const off = writeServiceProviderConfig({
      base,
      features: { patch: false, bulk: false, sort: false, filter: false },
      limits: LIMITS,
      documentationUri: 'https://example.com/docs',
    })
    expect(off).toMatchObject({
      documentationUri: 'https://example.com/docs',
      patch: { supported: false },
      bulk: { supported: false },
      sort: { supported: false },
      filter: { supported: false },
    })
  })
  test('D-040 tells of roles and entitlements where there are any', () => {
    expect(config).not.toHaveProperty('RolesAndEntitlements')
    expect(writeServiceProviderConfig({ base, features, limits: LIMITS, types: [User, Role] })).toMatchObject({
      RolesAndEntitlements: { roles: { supported: true }, entitlements: { supported: false } },
    })
  })
})
