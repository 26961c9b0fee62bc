// The User schema. RFC 7643 §4.1.

import { defineResourceType, defineSchema } from './define.ts'
import { EnterpriseUser } from './enterprise-user.ts'

/** The schema of people. RFC 7643 §4.1, §8.7.1, with its errata. */
export const USER_SCHEMA = defineSchema({
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: {
    /**
     * Login name of the person: never empty, and unique among all users of the service provider. RFC 7643 §4.1.1.
     * @example 'ann@acme.example'
     */
    userName: {
      description:
        'Login identifier chosen for the account; non-empty and unique among all users of the service provider.',
      required: true,
      uniqueness: 'server',
    },
    /**
     * Parts of the person's name, as a whole, in parts, or both. RFC 7643 §4.1.1.
     * @example { givenName: 'Ann', familyName: 'Lee' }
     */
    name: {
      type: 'complex',
      description: "Parts of the person's real name, as a whole string, as components, or both.",
      subAttributes: {
        /** The whole name, ready to be shown. For example `'Ms. Ann B. Lee, PhD'`. RFC 7643 §4.1.1. */
        formatted: { description: 'Whole name ready for display.' },
        /** Family name, or last name. For example `'Lee'`. RFC 7643 §4.1.1. */
        familyName: { description: 'Family (last) name.' },
        /** Given name, or first name. For example `'Ann'`. RFC 7643 §4.1.1. */
        givenName: { description: 'Given (first) name.' },
        /** Middle name or names. For example `'Beth'`. RFC 7643 §4.1.1. */
        middleName: { description: 'Middle name or names.' },
        /** Title in front of the name. For example `'Ms.'`. RFC 7643 §4.1.1. */
        honorificPrefix: { description: 'Title placed before the name.' },
        /** Title or suffix behind the name. For example `'PhD'`. RFC 7643 §4.1.1. */
        honorificSuffix: { description: 'Suffix placed after the name.' },
      },
    },
    /**
     * Name that is shown to others. RFC 7643 §4.1.1.
     * @example 'Ann Lee'
     */
    displayName: { description: 'Name to show to end users for this account.' },
    /**
     * What the person is called casually; no login name. RFC 7643 §4.1.1.
     * @example 'Annie'
     */
    nickName: { description: 'Informal name of the person; not a login name.' },
    /**
     * URL of a page about the person. RFC 7643 §4.1.1.
     * @example 'https://acme.example/people/ann'
     */
    profileUrl: {
      type: 'reference',
      description: "URL of the person's online profile page.",
      referenceTypes: ['external'],
    },
    /**
     * Job title. RFC 7643 §4.1.1.
     * @example 'Vice President'
     */
    title: { description: 'Job title or similar.' },
    /**
     * How the person relates to the organization, in its own words. RFC 7643 §4.1.1.
     * @example 'Contractor'
     */
    userType: { description: 'Relationship of the person to the organization, free-form.' },
    /**
     * Languages that the person reads, as an HTTP Accept-Language header has them. RFC 7643 §4.1.1.
     * @example 'en-US'
     */
    preferredLanguage: {
      description: 'Language preferences in the syntax of the HTTP Accept-Language header value, e.g. en-US.',
    },
    /**
     * Where the person is by default, for formats of dates and numbers: a BCP 47 tag. RFC 7643 §4.1.1.
     * @example 'en-US'
     */
    locale: { description: 'Default location for formatting, as a BCP 47 language tag.' },
    /**
     * Time zone, by its name in the IANA database. RFC 7643 §4.1.1.
     * @example 'America/Los_Angeles'
     */
    timezone: { description: 'Time zone name from the IANA time zone database.' },
    /**
     * Whether the account may be used; false means that the person is locked out. RFC 7643 §4.1.1.
     * @example true
     */
    active: { type: 'boolean', description: 'Administrative status; false usually means the account cannot be used.' },
    /**
     * Password in clear text, to be set; it is never shown. RFC 7643 §4.1.1.
     * @example 'correct horse battery staple'
     */
    password: {
      description: 'Clear-text password accepted for setting or comparing; never given back.',
      mutability: 'writeOnly',
      returned: 'never',
    },
    /**
     * E-mail addresses. RFC 7643 §4.1.2.
     * @example [{ value: 'ann@acme.example', type: 'work', primary: true }]
     */
    emails: {
      type: 'complex',
      multiValued: true,
      description: 'E-mail addresses.',
      subAttributes: {
        /** The e-mail address. For example `'ann@acme.example'`. RFC 7643 §4.1.2. */
        value: { description: 'E-mail address; should be canonicalized by the service provider.' },
        /** What the entry is called when it is shown. RFC 7643 §2.4. */
        display: { description: 'Human-readable label for this entry.' },
        /** What the address is for. For example `'work'`. RFC 7643 §4.1.2. */
        type: { description: 'Label for the purpose of this entry.', canonicalValues: ['work', 'home', 'other'] },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    /**
     * Phone numbers. RFC 7643 §4.1.2.
     * @example [{ value: 'tel:+1-201-555-0123', type: 'work' }]
     */
    phoneNumbers: {
      type: 'complex',
      multiValued: true,
      description: 'Telephone numbers.',
      subAttributes: {
        /** The number, best as a tel: URI. For example `'tel:+1-201-555-0123'`. RFC 7643 §4.1.2. */
        value: { description: 'Telephone number, preferably a tel: URI.' },
        /** What the entry is called when it is shown. RFC 7643 §2.4. */
        display: { description: 'Human-readable label for this entry.' },
        /** What the number is for. For example `'mobile'`. RFC 7643 §4.1.2. */
        type: {
          description: 'Label for the purpose of this entry.',
          canonicalValues: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
        },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    /**
     * Addresses for instant messages. RFC 7643 §4.1.2.
     * @example [{ value: 'ann.lee', type: 'skype' }]
     */
    ims: {
      type: 'complex',
      multiValued: true,
      description: 'Instant-messaging addresses.',
      subAttributes: {
        /** The address. For example `'ann.lee'`. RFC 7643 §4.1.2. */
        value: { description: 'Instant-messaging address.' },
        /** What the entry is called when it is shown. RFC 7643 §2.4. */
        display: { description: 'Human-readable label for this entry.' },
        /** The service that the address belongs to. For example `'xmpp'`. RFC 7643 §4.1.2. */
        type: {
          description: 'Label for the purpose of this entry.',
          canonicalValues: ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo', 'other'],
        },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    /**
     * Pictures of the person, by URL. RFC 7643 §4.1.2.
     * @example [{ value: 'https://acme.example/ann.jpg', type: 'photo' }]
     */
    photos: {
      type: 'complex',
      multiValued: true,
      description: 'Images of the person.',
      subAttributes: {
        /** URL of the picture itself. For example `'https://acme.example/ann.jpg'`. RFC 7643 §4.1.2. */
        value: { type: 'reference', description: 'URL of an image file of the person.', referenceTypes: ['external'] },
        /** What the entry is called when it is shown. RFC 7643 §2.4. */
        display: { description: 'Human-readable label for this entry.' },
        /** Whether the picture is whole or small. For example `'thumbnail'`. RFC 7643 §4.1.2. */
        type: { description: 'Label for the purpose of this entry.', canonicalValues: ['photo', 'thumbnail'] },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    /**
     * Postal addresses. RFC 7643 §4.1.2.
     * @example [{ streetAddress: '1 Main St', locality: 'Springfield', country: 'US', type: 'work' }]
     */
    addresses: {
      type: 'complex',
      multiValued: true,
      description: 'Postal addresses.',
      subAttributes: {
        /** The whole address, ready for a label; it may have several lines. For example `'1 Main St\nSpringfield'`. RFC 7643 §4.1.2. */
        formatted: { description: 'Whole address ready for display or a mailing label; may contain newlines.' },
        /** Street, house number, floor; it may have several lines. For example `'1 Main St'`. RFC 7643 §4.1.2. */
        streetAddress: { description: 'Street part, possibly several lines.' },
        /** City or town. For example `'Springfield'`. RFC 7643 §4.1.2. */
        locality: { description: 'City or locality.' },
        /** State or region. For example `'OR'`. RFC 7643 §4.1.2. */
        region: { description: 'State or region.' },
        /** Postal code. For example `'97477'`. RFC 7643 §4.1.2. */
        postalCode: { description: 'Postal code.' },
        /** Country, by its ISO 3166-1 alpha-2 code. For example `'US'`. RFC 7643 §4.1.2. */
        country: { description: 'Country as an ISO 3166-1 alpha-2 code.' },
        /** What the address is for. For example `'work'`. RFC 7643 §4.1.2. */
        type: { description: 'Label for the purpose of this entry.', canonicalValues: ['work', 'home', 'other'] },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    /**
     * Groups that the person is in, directly or through other groups; they change through the groups alone. RFC 7643 §4.1.2.
     * @example [{ value: 'e9e30dba', display: 'Sales', type: 'direct' }]
     */
    groups: {
      type: 'complex',
      multiValued: true,
      description:
        'Groups the user belongs to, directly, through nesting, or by rule; changed only through the Group resource.',
      mutability: 'readOnly',
      subAttributes: {
        /** The id of the group. For example `'e9e30dba-f08f-4109-8486-d5c6a331660a'`. RFC 7643 §4.1.2. */
        value: { description: 'The id of the Group.', caseExact: true, mutability: 'readOnly' },
        /** URI of the group. For example `'https://app.example/scim/v2/Groups/e9e30dba'`. RFC 7643 §4.1.2. */
        $ref: {
          type: 'reference',
          description: 'URI of the Group resource.',
          mutability: 'readOnly',
          referenceTypes: ['Group'],
        },
        /** Name of the group. For example `'Sales'`. RFC 7643 §4.1.2. */
        display: { description: 'Name of the group for display.', mutability: 'readOnly' },
        /** Whether the person is a member of the group itself, or of one in it. For example `'direct'`. RFC 7643 §4.1.2. */
        type: {
          description: 'How the membership came about.',
          canonicalValues: ['direct', 'indirect'],
          mutability: 'readOnly',
        },
      },
    },
    /**
     * What the person has a right to. RFC 7643 §4.1.2.
     * @example [{ value: 'reports' }]
     */
    entitlements: {
      type: 'complex',
      multiValued: true,
      description: 'Things the user has a right to.',
      subAttributes: {
        /** The right, by a name that the app knows. For example `'reports'`. RFC 7643 §4.1.2. */
        value: { description: 'Value of the entitlement.' },
        /** What the entry is called when it is shown. RFC 7643 §2.4. */
        display: { description: 'Human-readable label for this entry.' },
        /** What kind of right it is. RFC 7643 §4.1.2. */
        type: { description: 'Label for the purpose of this entry.' },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    /**
     * Roles of the person. RFC 7643 §4.1.2.
     * @example [{ value: 'editor', primary: true }]
     */
    roles: {
      type: 'complex',
      multiValued: true,
      description: 'Roles that together describe who the user is.',
      subAttributes: {
        /** The role, by a name that the app knows. For example `'editor'`. RFC 7643 §4.1.2. */
        value: { description: 'Value of the role.' },
        /** What the entry is called when it is shown. RFC 7643 §2.4. */
        display: { description: 'Human-readable label for this entry.' },
        /** What kind of role it is. RFC 7643 §4.1.2. */
        type: { description: 'Label for the purpose of this entry.' },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
        },
      },
    },
    /**
     * Certificates of the person. RFC 7643 §4.1.2.
     * @example [{ value: 'MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAw…' }]
     */
    x509Certificates: {
      type: 'complex',
      multiValued: true,
      description: 'Certificates issued to the user.',
      subAttributes: {
        /** One certificate: DER, in base64. RFC 7643 §4.1.2. */
        value: { type: 'binary', description: 'One DER-encoded X.509 certificate in base64.' },
        /** What the entry is called when it is shown. RFC 7643 §2.4. */
        display: { description: 'Human-readable label for this entry.' },
        /** What the certificate is for. RFC 7643 §4.1.2. */
        type: { description: 'Label for the purpose of this entry.' },
        /** Whether this is the entry to use first; at most one entry has true. RFC 7643 §2.4. */
        primary: {
          type: 'boolean',
          description: 'True for the single preferred entry of this attribute; absent means false.',
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
