// The schemas of users and groups, as the fake apps know them. RFC 7643 §4, §8.7.

/** An attribute. RFC 7643 §7. */
export interface Attribute {
  readonly name: string
  readonly type: 'string' | 'boolean' | 'reference' | 'complex' | 'binary' | 'dateTime'
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly caseExact: boolean
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable' | 'writeOnly'
  readonly returned: 'default' | 'always' | 'never' | 'request'
  readonly uniqueness: 'none' | 'server'
  readonly subAttributes?: readonly Attribute[]
  readonly referenceTypes?: readonly string[]
}

/** A schema. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

/** What an app has accounts for. */
export type Type = 'User' | 'Group'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'

/** The URN of the extension of users. */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The URNs of the schemas of the types. */
export const CORE_SCHEMA: { readonly [type in Type]: string } = { User: `${CORE}:User`, Group: `${CORE}:Group` }

function attribute(name: string, description: string, own: Partial<Attribute> = {}): Attribute {
  return {
    name,
    type: own.subAttributes === undefined ? 'string' : 'complex',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...own,
  }
}

function list(name: string, description: string, value: Partial<Attribute> = {}, more: readonly Attribute[] = []) {
  return attribute(name, description, {
    multiValued: true,
    subAttributes: [
      attribute('value', 'The value itself.', value),
      ...more,
      attribute('display', 'How the value is shown to people.'),
      attribute('type', 'What the value is for.'),
      attribute('primary', 'Whether this is the preferred value; true for one at most.', { type: 'boolean' }),
    ],
  })
}

const NAME = attribute('name', "The parts of the user's name.", {
  subAttributes: [
    attribute('formatted', 'The whole name, as it is shown.'),
    attribute('familyName', 'The family name.'),
    attribute('givenName', 'The given name.'),
    attribute('middleName', 'The middle names.'),
    attribute('honorificPrefix', 'What goes before the name: Ms.'),
    attribute('honorificSuffix', 'What goes behind the name: III.'),
  ],
})

const ADDRESSES = attribute('addresses', 'Postal addresses.', {
  multiValued: true,
  subAttributes: [
    attribute('formatted', 'The whole address, as it is shown.'),
    attribute('streetAddress', 'Street and house number.'),
    attribute('locality', 'The city.'),
    attribute('region', 'The state.'),
    attribute('postalCode', 'The postal code.'),
    attribute('country', 'The country.'),
    attribute('type', 'What the address is for.'),
    attribute('primary', 'Whether this is the preferred address.', { type: 'boolean' }),
  ],
})

const REFERENCE: Partial<Attribute> = { type: 'reference', caseExact: true }

const GROUPS = attribute('groups', 'The groups that the user is a member of.', {
  multiValued: true,
  mutability: 'readOnly',
  subAttributes: [
    attribute('value', 'The id of the group.', { mutability: 'readOnly', caseExact: true }),
    attribute('$ref', 'The URI of the group.', { ...REFERENCE, referenceTypes: ['Group'], mutability: 'readOnly' }),
    attribute('display', 'The name of the group.', { mutability: 'readOnly' }),
    attribute('type', 'Whether the membership is direct.', { mutability: 'readOnly' }),
  ],
})

const USER: Schema = {
  id: CORE_SCHEMA.User,
  name: 'User',
  description: 'User account',
  attributes: [
    attribute('userName', 'The name that the user signs in with.', { required: true, uniqueness: 'server' }),
    NAME,
    attribute('displayName', 'How the user is shown to others.'),
    attribute('nickName', 'What the user is called by friends.'),
    attribute('profileUrl', "The page of the user's profile.", { ...REFERENCE, referenceTypes: ['external'] }),
    attribute('title', "The user's position."),
    attribute('userType', 'How the user relates to the organisation.'),
    attribute('preferredLanguage', 'The language that the user prefers.'),
    attribute('locale', 'Where the user is, for formats.'),
    attribute('timezone', "The user's time zone."),
    attribute('active', 'Whether the account may be used.', { type: 'boolean' }),
    attribute('password', "The user's password.", { mutability: 'writeOnly', returned: 'never', caseExact: true }),
    list('emails', 'Addresses for email.'),
    list('phoneNumbers', 'Phone numbers.'),
    list('ims', 'Addresses for instant messages.'),
    list('photos', 'Pictures of the user.', { ...REFERENCE, referenceTypes: ['external'] }),
    ADDRESSES,
    GROUPS,
    list('entitlements', 'What the user may do.'),
    list('roles', 'What the user is.'),
    list('x509Certificates', 'Certificates.', { type: 'binary', caseExact: true }),
  ],
}

const ENTERPRISE_USER: Schema = {
  id: ENTERPRISE,
  name: 'EnterpriseUser',
  description: 'Enterprise user',
  attributes: [
    attribute('employeeNumber', 'The number of the employee.'),
    attribute('costCenter', 'The cost centre.'),
    attribute('organization', 'The organisation.'),
    attribute('division', 'The division.'),
    attribute('department', 'The department.'),
    attribute('manager', "The user's manager.", {
      subAttributes: [
        attribute('value', 'The id of the manager.', { caseExact: true }),
        attribute('$ref', 'The URI of the manager.', { ...REFERENCE, referenceTypes: ['User'] }),
        attribute('displayName', 'The name of the manager.', { mutability: 'readOnly' }),
      ],
    }),
  ],
}

const GROUP: Schema = {
  id: CORE_SCHEMA.Group,
  name: 'Group',
  description: 'Group',
  attributes: [
    attribute('displayName', 'The name of the group.', { required: true }),
    attribute('members', 'The members of the group.', {
      multiValued: true,
      subAttributes: [
        attribute('value', 'The id of the member.', { mutability: 'immutable', caseExact: true }),
        attribute('$ref', 'The URI of the member.', {
          ...REFERENCE,
          referenceTypes: ['User', 'Group'],
          mutability: 'immutable',
        }),
        attribute('type', 'What the member is.', { mutability: 'immutable' }),
        attribute('display', 'The name of the member.', { mutability: 'readOnly' }),
      ],
    }),
  ],
}

/** Attributes of every resource. RFC 7643 §3.1. */
const COMMON: readonly Attribute[] = [
  attribute('id', 'The id of the resource.', { mutability: 'readOnly', returned: 'always', caseExact: true }),
  attribute('externalId', 'The id that the client knows the resource by.', { caseExact: true }),
  attribute('schemas', 'The URNs of the schemas.', {
    type: 'reference',
    multiValued: true,
    returned: 'always',
    caseExact: true,
  }),
  attribute('meta', 'What the server knows of the resource.', {
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'The type.', { mutability: 'readOnly', caseExact: true }),
      attribute('created', 'When it was made.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When it was changed last.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'Its URI.', { ...REFERENCE, mutability: 'readOnly' }),
      attribute('version', 'Its version.', { mutability: 'readOnly', caseExact: true }),
    ],
  }),
]

/** All schemas, the extension behind the one that it extends. */
export const SCHEMAS: readonly Schema[] = [USER, ENTERPRISE_USER, GROUP]

const OF_TYPE: { readonly [type in Type]: readonly Attribute[] } = {
  User: [
    ...COMMON,
    ...USER.attributes,
    attribute(ENTERPRISE, 'The attributes of enterprise users.', { subAttributes: ENTERPRISE_USER.attributes }),
  ],
  Group: [...COMMON, ...GROUP.attributes],
}

/** The attributes of a type; an extension is one of them, named by its URN. */
export function attributesOf(type: Type): readonly Attribute[] {
  return OF_TYPE[type]
}

/** The attribute of a name, in any case. RFC 7643 §2.1. */
export function findAttribute(among: readonly Attribute[], name: string): Attribute | undefined {
  const lower = name.toLowerCase()
  return among.find((one) => one.name.toLowerCase() === lower)
}
