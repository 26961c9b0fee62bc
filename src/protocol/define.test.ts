// Schemas and resource types as an app declares them.

import { describe, expect, expectTypeOf, test } from 'vitest'
import { createCatalog, schemaById, schemasOf, typeByEndpoint, typeByName } from './catalog.ts'
import { type AttributeDeclaration, defineResourceType, defineSchema } from './define.ts'
import { EnterpriseUser } from './enterprise-user.ts'
import { ConfigError } from './errors.ts'
import { Group } from './group.ts'
import type { Infer } from './infer.ts'
import { readResourceType, readSchema } from './read-schema.ts'
import { Entitlement, Role, writable } from './roles.ts'
import { User } from './user.ts'

const Badge = defineSchema({
  id: 'urn:example:scim:schemas:extension:badge:1.0:User',
  name: 'Badge',
  attributes: {
    number: { type: 'integer', required: true, uniqueness: 'server' },
    doors: { type: 'string', multiValued: true },
    pin: { type: 'string', mutability: 'writeOnly' },
  },
})

const withAttribute = (name: string, declaration: AttributeDeclaration) => () =>
  defineSchema({ id: 'urn:example:x', name: 'X', attributes: { [name]: declaration } })

describe('schemas', () => {
  test('S-060 what a declaration leaves out has the defaults', () => {
    expect(defineSchema({ id: 'urn:example:x', name: 'X', attributes: { x: {} } }).attributes).toEqual([
      {
        name: 'x',
        type: 'string',
        multiValued: false,
        description: '',
        required: false,
        caseExact: false,
        mutability: 'readWrite',
        returned: 'default',
        uniqueness: 'none',
      },
    ])
  })
  test('S-066 what may only be written is never returned', () => {
    expect(Badge.attributes[2]).toMatchObject({ name: 'pin', mutability: 'writeOnly', returned: 'never' })
  })
  test('S-045 S-046 URIs and encoded bytes are case exact', () => {
    const { attributes } = defineSchema({
      id: 'urn:example:x',
      name: 'X',
      attributes: { a: { type: 'reference', caseExact: false }, b: { type: 'binary' } },
    })
    expect(attributes).toMatchObject([{ caseExact: true, referenceTypes: ['uri'] }, { caseExact: true }])
  })

  test.each(['x', 'x-y', 'x_y', 'a$b', 'X9', '$ref'])('S-030 the name %s is one', (name) => {
    expect(withAttribute(name, name === '$ref' ? { type: 'reference' } : {})).not.toThrow()
  })
  test.each<[string, AttributeDeclaration, string]>([
    ['1x', {}, 'S-030 a digit first'],
    ['x y', {}, 'S-030 a space'],
    ['a.b', {}, 'S-030 a dot'],
    ['$x', {}, 'S-030 $ first'],
    ['é', {}, 'S-030 a letter beyond ASCII'],
    ['__proto__', {}, 'S-030 an underscore first'],
    ['constructor', {}, 'a name that every object has'],
    ['x', { type: 'any' as 'string' }, 'S-051 an unknown type'],
    ['x', { type: 'complex' }, 'S-148 complex without sub-attributes'],
    ['x', { type: 'complex', subAttributes: {} }, 'S-148 complex without sub-attributes'],
    ['x', { subAttributes: { y: {} } }, 'sub-attributes of a simple one'],
    [
      'x',
      { type: 'complex', subAttributes: { y: { type: 'complex', subAttributes: { z: {} } } } },
      'S-049 complex inside',
    ],
    ['x', { type: 'complex', subAttributes: { y: {}, Y: {} } }, 'the same name twice'],
    ['x', { type: 'boolean', caseExact: true }, 'S-074 a case exact boolean'],
    ['x', { type: 'integer', caseExact: true }, 'S-074 a case exact integer'],
    ['x', { type: 'dateTime', uniqueness: 'server' }, 'S-074 a unique dateTime'],
    ['x', { type: 'complex', uniqueness: 'server', subAttributes: { y: {} } }, 'S-074 unique complex'],
    ['x', { closed: true }, 'closed without canonical values'],
    ['x', { type: 'integer', closed: true, canonicalValues: ['1'] }, 'closed numbers'],
    ['x', { referenceTypes: ['User'] }, 'S-075 referenceTypes of a string'],
    ['x', { type: 'reference', referenceTypes: [] }, 'S-075 no referenceTypes'],
    ['x', { mutability: 'writeOnly', returned: 'default' }, 'S-066 returned though writeOnly'],
    ['x', { type: 'complex', multiValued: true, subAttributes: { primary: {} } }, 'S-083 primary that is no boolean'],
  ])('%s %j is refused: %s', (name, declaration, _case) => {
    const attributes = { [name]: declaration }
    if (name === '__proto__') Object.defineProperty(attributes, name, { value: declaration, enumerable: true })
    expect(() => defineSchema({ id: 'urn:example:x', name: 'X', attributes })).toThrow(ConfigError)
  })

  test.each(['not a uri', '', 'urn:ietf:params:scim:api:messages:2.0:X', 'urn:ietf:params:scim:schemas'])(
    'S-096 the id %j is refused',
    (id) => {
      expect(() => defineSchema({ id, name: 'X', attributes: { x: {} } })).toThrow(ConfigError)
    },
  )
  test('S-096 other URIs are anybody’s own', () => {
    for (const id of [
      'urn:okta:x:1.0',
      'https://example.com/schemas/x',
      'urn:ietf:params:scim:schemas:extension:x:2.0:User',
    ]) {
      expect(() => defineSchema({ id, name: 'X', attributes: { x: {} } })).not.toThrow()
    }
  })
})

describe('resource types', () => {
  test.each([
    [{ endpoint: 'Devices' }, 'no slash'],
    [{ endpoint: '/a/b' }, 'two segments'],
    [{ endpoint: '/Bulk' }, 'an endpoint of the protocol'],
    [{ name: '' }, 'no name'],
    [
      { schema: defineSchema({ id: 'urn:example:y', name: 'Y', attributes: { externalId: {} } }) },
      'a common attribute',
    ],
    [{ extensions: [{ schema: Badge }, { schema: Badge }] }, 'an extension twice'],
  ])('S-144 %j is refused: %s', (part, _case) => {
    expect(() => defineResourceType({ name: 'Device', endpoint: '/Devices', schema: Badge, ...part })).toThrow(
      ConfigError,
    )
  })

  test('S-090 extend adds an extension and leaves the type as it was', () => {
    const Employee = User.extend(Badge, { required: true })
    expect(Employee.extensions).toEqual([
      { schema: EnterpriseUser, required: false },
      { schema: Badge, required: true },
    ])
    expect(User.extensions).toHaveLength(1)
  })

  test('S-144 names and endpoints of a catalog are unique; both are looked up with case', () => {
    const catalog = createCatalog([User, Group], 7)
    expect(catalog.revision).toBe(7)
    expect(typeByName(catalog, 'User')).toBe(User)
    expect(typeByName(catalog, 'user')).toBeUndefined()
    expect(typeByEndpoint(catalog, '/Groups')).toBe(Group)
    expect(typeByEndpoint(catalog, '/groups')).toBeUndefined()
    expect(() => createCatalog([User, User])).toThrow(ConfigError)
    const Copy = defineResourceType({ name: 'Copy', endpoint: '/Users', schema: Badge })
    expect(() => createCatalog([User, Copy])).toThrow(ConfigError)
  })
  test('S-095 every schema is found by its URI, in any letter case', () => {
    const catalog = createCatalog([User.extend(Badge), Group])
    expect(schemaById(catalog, Badge.id.toUpperCase())).toBe(Badge)
    expect(schemasOf(catalog).map(({ name }) => name)).toEqual([
      'User',
      'EnterpriseUser',
      'Badge',
      'Group',
      'Service Provider Configuration',
      'ResourceType',
      'Schema',
    ])
  })
  test('S-095 one URI for two schemas is refused', () => {
    const Other = defineSchema({ id: Badge.id, name: 'Badge', attributes: { other: {} } })
    const Device = defineResourceType({ name: 'Device', endpoint: '/Devices', schema: Other })
    expect(() => createCatalog([User.extend(Badge), Device])).toThrow(ConfigError)
  })
  test('D-041 roles and entitlements are read-only, but for their administrator', () => {
    for (const type of [Role, Entitlement]) {
      expect(type.schema.attributes.every(({ mutability }) => mutability === 'readOnly')).toBe(true)
      expect(writable(type).schema.attributes.every(({ mutability }) => mutability === 'readWrite')).toBe(true)
      expect(writable(type)).toBe(writable(type))
    }
  })
})

test('a declaration gives the types of its resources', () => {
  const Employee = User.extend(Badge)
  type Employee = Infer<typeof Employee>
  expectTypeOf<Employee['userName']>().toEqualTypeOf<string>()
  expectTypeOf<Employee['active']>().toEqualTypeOf<boolean | undefined>()
  expectTypeOf<NonNullable<Employee['name']>['givenName']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<NonNullable<Employee['emails']>[number]['value']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<NonNullable<Employee[typeof Badge.id]>['doors']>().toEqualTypeOf<string[] | undefined>()
  expectTypeOf<NonNullable<Employee[typeof Badge.id]>['number']>().toEqualTypeOf<number>()
  expectTypeOf<NonNullable<Employee[typeof EnterpriseUser.id]>['department']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Employee['meta']['version']>().toEqualTypeOf<string | undefined>()
  const Guarded = User.extend(Badge, { required: true })
  type Guarded = Infer<typeof Guarded>
  expectTypeOf<Guarded[typeof Badge.id]['number']>().toEqualTypeOf<number>()
  type Team = Infer<typeof Group>
  expectTypeOf<Team['displayName']>().toEqualTypeOf<string>()
})

describe('schemas as JSON', () => {
  const json = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: 'urn:example:device',
    name: 'Device',
    attributes: [
      { name: 'serial', type: 'String', required: true, uniqueness: 'server', unknown: 1, canonicalValues: [] },
      {
        name: 'owner',
        type: 'complex',
        subAttributes: [{ name: 'value' }, { name: '$ref', type: 'reference', referenceTypes: ['User'] }],
      },
    ],
    meta: { resourceType: 'Schema' },
  }
  test('S-060 S-146 are read with defaults filled in, unknown members ignored', () => {
    expect(readSchema(json)).toMatchObject({
      id: 'urn:example:device',
      description: 'Device',
      attributes: [
        { name: 'serial', type: 'string', required: true, uniqueness: 'server', mutability: 'readWrite' },
        { name: 'owner', subAttributes: [{ name: 'value' }, { name: '$ref', caseExact: true }] },
      ],
    })
  })
  test.each<[object, string]>([
    [{ id: 7 }, 'an id that is no text'],
    [{ attributes: {} }, 'attributes that are no list'],
    [{ attributes: [] }, 'no attributes'],
    [{ attributes: [7] }, 'an attribute that is no object'],
    [{ attributes: [{ type: 'string' }] }, 'no name'],
    [{ attributes: [{ name: 'a' }, { name: 'a' }] }, 'a name twice'],
    [{ attributes: [{ name: 'a' }, { name: 'A' }] }, 'a name twice in another case'],
    [{ attributes: [{ name: 'a', type: 'any' }] }, 'S-051 an unknown type'],
    [{ attributes: [{ name: 'a', required: 'yes' }] }, 'a flag that is text'],
    [{ attributes: [{ name: 'a', canonicalValues: [1] }] }, 'canonical values that are no texts'],
    [{ attributes: [{ name: '__proto__' }] }, 'S-030 a name that is none'],
    [{ attributes: Array.from({ length: 501 }, (_, at) => ({ name: `a${at}` })) }, 'too many attributes'],
  ])('%j is refused: %s', (part, _case) => {
    expect(() => readSchema({ ...json, ...part })).toThrow(expect.objectContaining({ code: expect.any(String) }))
  })
  test('500 attributes are taken', () => {
    const attributes = Array.from({ length: 500 }, (_, at) => ({ name: `a${at}` }))
    expect(readSchema({ ...json, attributes }).attributes).toHaveLength(500)
  })
  test('S-145 a resource type finds its schemas by URI', () => {
    const Device = readSchema(json)
    const find = (id: string) => [Device, Badge].find((schema) => schema.id === id)
    const type = { name: 'Device', endpoint: '/Devices', schema: Device.id }
    expect(readResourceType({ ...type, schemaExtensions: [{ schema: Badge.id, required: true }] }, find)).toMatchObject(
      {
        id: 'Device',
        schema: Device,
        extensions: [{ schema: Badge, required: true }],
      },
    )
    expect(readResourceType({ ...type, endpoint: 'Devices' }, find).endpoint).toBe('/Devices')
    for (const part of [
      { schema: 'urn:nope' },
      { name: 7 },
      { schemaExtensions: {} },
      { schemaExtensions: [7] },
      { endpoint: '/Me' },
    ]) {
      expect(() => readResourceType({ ...type, ...part }, find)).toThrow(
        expect.objectContaining({ code: expect.any(String) }),
      )
    }
  })
})
