// The contents of the discovery documents. RFC 7643 §5 to §7.

import { describe, expect, test } from 'vitest'
import { type Body, ENT, expectError, expectList, GROUP, USER } from './client.ts'
import { serverWithBadge } from './custom.ts'
import { site } from './site.ts'

// RFC 7643 §5, §6, §7: ServiceProviderConfig, ResourceType and Schema resources.

const at = site()
const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema'
const RESOURCE_TYPE = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary', 'complex']

describe('ServiceProviderConfig', () => {
  const c = at.strict()
  const config = async (): Promise<Body> => (await c.get('/ServiceProviderConfig')).body

  test('S-140 ServiceProviderConfig says what is supported', async () => {
    const body = await config()
    for (const name of ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag']) {
      expect(body[name]?.supported, name).toEqual(expect.any(Boolean))
    }
    expect(Number.isInteger(body.bulk.maxOperations)).toBe(true)
    expect(Number.isInteger(body.bulk.maxPayloadSize)).toBe(true)
    expect(Number.isInteger(body.filter.maxResults)).toBe(true)
    expect(body.authenticationSchemes.length).toBeGreaterThan(0)
    for (const scheme of body.authenticationSchemes) {
      expect(scheme).toMatchObject({
        type: expect.any(String),
        name: expect.any(String),
        description: expect.any(String),
      })
    }
  })

  test('S-141 ServiceProviderConfig cannot be changed', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await c.call(method, '/ServiceProviderConfig', await config())
      expectError(answer, 405)
      expect(answer.headers.get('allow')).toContain('GET')
    }
  })

  test('S-142 authentication schemes are of the types that the RFC names', async () => {
    const known = ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest']
    for (const { type } of (await config()).authenticationSchemes) expect(known).toContain(type)
  })

  test('S-143 ServiceProviderConfig is readable without authentication', async () => {
    const answer = await c.as(undefined).get('/ServiceProviderConfig')
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body.authenticationSchemes.length).toBeGreaterThan(0)
  })
})

describe('ResourceType', () => {
  const c = serverWithBadge(at)

  test('S-144 resource types have a name, an endpoint and a schema, each their own', async () => {
    const types = expectList(await c.get('/ResourceTypes'))
    expect(types.map(({ name, endpoint, schema }) => ({ name, endpoint, schema }))).toEqual(
      expect.arrayContaining([
        { name: 'User', endpoint: '/Users', schema: USER },
        { name: 'Group', endpoint: '/Groups', schema: GROUP },
      ]),
    )
    expect(new Set(types.map(({ name }) => name)).size).toBe(types.length)
    expect(new Set(types.map(({ endpoint }) => endpoint)).size).toBe(types.length)
    for (const type of types) {
      expect(type.schemas).toEqual([RESOURCE_TYPE])
      expect(type.description).toEqual(expect.any(String))
      expect(type.meta).toMatchObject({
        resourceType: 'ResourceType',
        location: `${c.base}/ResourceTypes/${type.id ?? type.name}`,
      })
    }
    expectError(await c.get('/ResourceTypes/user'), 404)
    expectError(await c.get('/users'), 404)
  })

  test('S-145 the schemas of resource types are served, each with required', async () => {
    const known = expectList(await c.get('/Schemas')).map(({ id }) => id)
    const types = expectList(await c.get('/ResourceTypes'))
    for (const { schema, schemaExtensions = [] } of types) {
      expect(known).toContain(schema)
      expect(schemaExtensions).toEqual(expect.any(Array))
      for (const extension of schemaExtensions) {
        expect(known).toContain(extension.schema)
        expect(extension.required).toEqual(expect.any(Boolean))
      }
    }
    expect(types.find(({ name }) => name === 'User').schemaExtensions).toContainEqual({ schema: ENT, required: false })
  })
})

describe('Schema', () => {
  const c = serverWithBadge(at)

  /** Calls `look` with each attribute, its path, and whether it is a sub-attribute. */
  async function eachAttribute(look: (attribute: Body, path: string, inner: boolean) => void) {
    for (const schema of expectList(await c.get('/Schemas'))) {
      for (const attribute of schema.attributes) {
        look(attribute, `${schema.id}:${attribute.name}`, false)
        for (const sub of attribute.subAttributes ?? []) look(sub, `${schema.id}:${attribute.name}.${sub.name}`, true)
      }
    }
  }

  test('S-146 every schema and attribute says all that applies to it', async () => {
    const schemas = expectList(await c.get('/Schemas'))
    for (const schema of schemas) {
      expect(schema).toMatchObject({
        id: expect.any(String),
        name: expect.any(String),
        description: expect.any(String),
      })
      expect(schema.attributes.length).toBeGreaterThan(0)
    }
    await eachAttribute((attribute, path) => {
      expect(attribute, path).toMatchObject({
        name: expect.any(String),
        type: expect.any(String),
        multiValued: expect.any(Boolean),
        description: expect.any(String),
        required: expect.any(Boolean),
        mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
        returned: expect.stringMatching(/^(always|never|default|request)$/),
      })
      if (['string', 'reference', 'binary'].includes(attribute.type)) {
        expect(attribute, path).toMatchObject({
          caseExact: expect.any(Boolean),
          uniqueness: expect.stringMatching(/^(none|server|global)$/),
        })
      }
      if (['integer', 'decimal'].includes(attribute.type))
        expect(attribute.uniqueness, path).toEqual(expect.any(String))
    })
    const email = schemas
      .find(({ id }) => id === USER)
      .attributes.find((attribute: Body) => attribute.name === 'emails')
    expect(email.subAttributes.find((sub: Body) => sub.name === 'type').canonicalValues).toEqual([
      'work',
      'home',
      'other',
    ])
  })

  test('S-147 attributes have one of eight types, sub-attributes one of seven', async () => {
    await eachAttribute((attribute, path, inner) => {
      expect(TYPES, path).toContain(attribute.type)
      // The Schema resource, which describes itself, is the one exception of RFC 7643 §2.3.8.
      if (inner && !path.startsWith(`${SCHEMA}:`)) expect(attribute.type, path).not.toBe('complex')
    })
    const self = (await c.get(`/Schemas/${SCHEMA}`)).body
    const attributes = self.attributes.find((attribute: Body) => attribute.name === 'attributes')
    const type = attributes.subAttributes.find((sub: Body) => sub.name === 'type')
    expect([...type.canonicalValues].sort()).toEqual([...TYPES].sort())
  })

  test('S-148 a complex attribute lists its sub-attributes', async () => {
    await eachAttribute((attribute, path) => {
      if (attribute.type === 'complex') expect(attribute.subAttributes?.length, path).toBeGreaterThan(0)
      else expect(attribute, path).not.toHaveProperty('subAttributes')
    })
  })

  test('S-149 schemas cannot be changed over SCIM, and are resources with schemas and meta', async () => {
    for (const [method, path] of [
      ['POST', '/Schemas'],
      ['PUT', `/Schemas/${USER}`],
      ['PATCH', `/Schemas/${USER}`],
      ['DELETE', `/Schemas/${USER}`],
    ] as const) {
      expectError(await c.call(method, path, { schemas: [SCHEMA], id: 'urn:x' }), 405)
    }
    for (const schema of expectList(await c.get('/Schemas'))) {
      expect(schema.schemas).toEqual([SCHEMA])
      expect(schema.meta).toMatchObject({ resourceType: 'Schema', location: `${c.base}/Schemas/${schema.id}` })
    }
  })
})
