// The Group schema. RFC 7643 §4.2.

import { defineResourceType, defineSchema } from './define.ts'

/** The schema of groups. RFC 7643 §4.2, §8.7.1, with its errata. */
export const GROUP_SCHEMA = defineSchema({
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: {
    /**
     * Name of the group. RFC 7643 §4.2.
     * @example 'Sales'
     */
    displayName: { description: 'Human-readable name of the group.', required: true },
    /**
     * Who is in the group; entries are added and removed, and never changed. RFC 7643 §4.2.
     * @example [{ value: '2819c223-7f76-453a-919d-413861904646' }]
     */
    members: {
      type: 'complex',
      multiValued: true,
      description: 'Members of the group; entries may be added and removed but not edited in place.',
      subAttributes: {
        /** The id of the member. For example `'2819c223-7f76-453a-919d-413861904646'`. RFC 7643 §4.2. */
        value: { description: 'The id of the member resource.', caseExact: true, mutability: 'immutable' },
        /** URI of the member. For example `'https://app.example/scim/v2/Users/2819c223'`. RFC 7643 §4.2. */
        $ref: {
          type: 'reference',
          description: 'URI of the member resource.',
          mutability: 'immutable',
          referenceTypes: ['User', 'Group'],
        },
        /** What the member is: a person, or another group. For example `'User'`. RFC 7643 §4.2. */
        type: {
          description: 'Resource type of the member.',
          canonicalValues: ['User', 'Group'],
          mutability: 'immutable',
        },
        /** Name of the member, which the service provider fills in. For example `'Ann Lee'`. RFC 7643 §4.2. */
        display: {
          description: 'Name of the member for display, filled in by the service provider.',
          mutability: 'readOnly',
        },
      },
    },
  },
})

const group = defineResourceType({
  name: 'Group',
  description: 'Group',
  endpoint: '/Groups',
  schema: GROUP_SCHEMA,
})

/** The type of {@link Group}, under a name that fits into an error message. */
export interface GroupType extends DeclaredGroup {}
type DeclaredGroup = typeof group

/** Groups, at `/Groups`. RFC 7643 §4.2. */
export const Group: GroupType = group
