// The Group schema. RFC 7643 §4.2.

import { defineResourceType, defineSchema } from './define.ts'

/** The schema of groups. RFC 7643 §4.2, §8.7.1, with its errata. */
export const GROUP_SCHEMA = defineSchema({
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: {
    displayName: { description: 'Human-readable name of the group.', required: true },
    members: {
      type: 'complex',
      multiValued: true,
      description: 'Members of the group; entries may be added and removed but not edited in place.',
      subAttributes: {
        value: { description: 'The id of the member resource.', caseExact: true, mutability: 'immutable' },
        $ref: {
          type: 'reference',
          description: 'URI of the member resource.',
          mutability: 'immutable',
          referenceTypes: ['User', 'Group'],
        },
        type: {
          description: 'Resource type of the member.',
          canonicalValues: ['User', 'Group'],
          mutability: 'immutable',
        },
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
