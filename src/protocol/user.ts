// The User schema. RFC 7643 §4.1.

import { defineResourceType, defineSchema } from './define.ts'

/** The schema of people. RFC 7643 §4.1, §8.7.1, with its errata. */
export const USER_SCHEMA = defineSchema({
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: {
    userName: {
      description:
        'Login identifier chosen for the account; non-empty and unique among all users of the service provider.',
      required: true,
      uniqueness: 'server',
    },
    name: {
      type: 'complex',
      description: "Parts of the person's real name, as a whole string, as components, or both.",
      subAttributes: {
        formatted: { description: 'Whole name ready for display.' },
        familyName: { description: 'Family (last) name.' },
        givenName: { description: 'Given (first) name.' },
        middleName: { description: 'Middle name or names.' },
        honorificPrefix: { description: 'Title placed before the name.' },
        honorificSuffix: { description: 'Suffix placed after the name.' },
      },
    },
    displayName: { description: 'Name to show to end users for this account.' },
    nickName: { description: 'Informal name of the person; not a login name.' },
    profileUrl: {
      type: 'reference',
      description: "URL of the person's online profile page.",
      referenceTypes: ['external'],
    },
    title: { description: 'Job title or similar.' },
    userType: { description: 'Relationship of the person to the organization, free-form.' },
    preferredLanguage: {
      description: 'Language preferences in the syntax of the HTTP Accept-Language header value, e.g. en-US.',
    },
    locale: { description: 'Default location for formatting, as a BCP 47 language tag.' },
    timezone: { description: 'Time zone name from the IANA time zone database.' },
    active: { type: 'boolean', description: 'Administrative status; false usually means the account cannot be used.' },
    password: {
      description: 'Clear-text password accepted for setting or comparing; never given back.',
      mutability: 'writeOnly',
      returned: 'never',
    },
    emails: {
      type: 'complex',
      multiValued: true,
      description: 'E-mail addresses.',
      subAttributes: {
        value: { description: 'E-mail address; should be canonicalized by the service provider.' },
        display: { description: 'Human-readable label for this entry.' },
        type: { description: 'Label for the purpose of this entry.', canonicalValues: ['work', 'home', 'other'] },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    phoneNumbers: {
      type: 'complex',
      multiValued: true,
      description: 'Telephone numbers.',
      subAttributes: {
        value: { description: 'Telephone number, preferably a tel: URI.' },
        display: { description: 'Human-readable label for this entry.' },
        type: {
          description: 'Label for the purpose of this entry.',
          canonicalValues: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
        },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    ims: {
      type: 'complex',
      multiValued: true,
      description: 'Instant-messaging addresses.',
      subAttributes: {
        value: { description: 'Instant-messaging address.' },
        display: { description: 'Human-readable label for this entry.' },
        type: {
          description: 'Label for the purpose of this entry.',
          canonicalValues: ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo', 'other'],
        },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    photos: {
      type: 'complex',
      multiValued: true,
      description: 'Images of the person.',
      subAttributes: {
        value: { type: 'reference', description: 'URL of an image file of the person.', referenceTypes: ['external'] },
        display: { description: 'Human-readable label for this entry.' },
        type: { description: 'Label for the purpose of this entry.', canonicalValues: ['photo', 'thumbnail'] },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    addresses: {
      type: 'complex',
      multiValued: true,
      description: 'Postal addresses.',
      subAttributes: {
        formatted: { description: 'Whole address ready for display or a mailing label; may contain newlines.' },
        streetAddress: { description: 'Street part, possibly several lines.' },
        locality: { description: 'City or locality.' },
        region: { description: 'State or region.' },
        postalCode: { description: 'Postal code.' },
        country: { description: 'Country as an ISO 3166-1 alpha-2 code.' },
        type: { description: 'Label for the purpose of this entry.', canonicalValues: ['work', 'home', 'other'] },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    groups: {
      type: 'complex',
      multiValued: true,
      description:
        'Groups the user belongs to, directly, through nesting, or by rule; changed only through the Group resource.',
      mutability: 'readOnly',
      subAttributes: {
        value: { description: 'The id of the Group.', caseExact: true, mutability: 'readOnly' },
        $ref: {
          type: 'reference',
          description: 'URI of the Group resource.',
          mutability: 'readOnly',
          referenceTypes: ['Group'],
        },
        display: { description: 'Name of the group for display.', mutability: 'readOnly' },
        type: {
          description: 'How the membership came about.',
          canonicalValues: ['direct', 'indirect'],
          mutability: 'readOnly',
        },
      },
    },
    entitlements: {
      type: 'complex',
      multiValued: true,
      description: 'Things the user has a right to.',
      subAttributes: {
        value: { description: 'Value of the entitlement.' },
        display: { description: 'Human-readable label for this entry.' },
        type: { description: 'Label for the purpose of this entry.' },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    roles: {
      type: 'complex',
      multiValued: true,
      description: 'Roles that together describe who the user is.',
      subAttributes: {
        value: { description: 'Value of the role.' },
        display: { description: 'Human-readable label for this entry.' },
        type: { description: 'Label for the purpose of this entry.' },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    x509Certificates: {
      type: 'complex',
      multiValued: true,
      description: 'Certificates issued to the user.',
      subAttributes: {
        value: { type: 'binary', description: 'One DER-encoded X.509 certificate in base64.' },
        display: { description: 'Human-readable label for this entry.' },
        type: { description: 'Label for the purpose of this entry.' },
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
  },
})

/** The enterprise extension of people. RFC 7643 §4.3, §8.7.1, with its errata. */
export const EnterpriseUser = defineSchema({
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: {
    employeeNumber: { description: 'Identifier the organization gave the person.' },
    costCenter: { description: 'Name of a cost center.' },
    organization: { description: 'Name of an organization.' },
    division: { description: 'Name of a division.' },
    department: { description: 'Name of a department.' },
    manager: {
      type: 'complex',
      description: "The user's manager, by reference to another User.",
      subAttributes: {
        value: { description: "The id of the manager's User resource.", caseExact: true },
        $ref: { type: 'reference', description: "URI of the manager's User resource.", referenceTypes: ['User'] },
        displayName: {
          description: 'Display name of the manager, filled in by the service provider.',
          mutability: 'readOnly',
        },
      },
    },
  },
})

const user = defineResourceType({
  name: 'User',
  description: 'User Account',
  endpoint: '/Users',
  schema: USER_SCHEMA,
  extensions: [{ schema: EnterpriseUser }],
})

/** The type of {@link User}, under a name that fits into an error message. */
export interface UserType extends DeclaredUser {}
type DeclaredUser = typeof user

/** People, at `/Users`. RFC 7643 §4.1. */
export const User: UserType = user
