// The schemas of roles and entitlements that a tenant offers.

import { defineResourceType, defineSchema } from './define.ts'
import { type Attribute, isReference, type ResourceType, type Schema } from './schema.ts'
import { ENTITLEMENT, ROLE } from './urn.ts'

const LISTED = {
  value: {
    description: 'Value of the attribute in users.',
    required: true,
    caseExact: true,
    mutability: 'readOnly',
  },
  display: { description: 'Name to show to people.', mutability: 'readOnly' },
  type: { description: 'Kind, for grouping.', mutability: 'readOnly' },
  supported: { type: 'boolean', description: 'Whether it may be given to users now.', mutability: 'readOnly' },
  limitedAssignmentsPermitted: {
    type: 'boolean',
    description: 'Whether the number of users who may have it is limited.',
    mutability: 'readOnly',
  },
  totalAssignmentsPermitted: { type: 'integer', description: 'How many users may have it.', mutability: 'readOnly' },
  totalAssignmentsUsed: { type: 'integer', description: 'How many users have it.', mutability: 'readOnly' },
  containedBy: {
    multiValued: true,
    description: 'Values of those that include it.',
    caseExact: true,
    mutability: 'readOnly',
  },
  contains: {
    multiValued: true,
    description: 'Values of those that it includes.',
    caseExact: true,
    mutability: 'readOnly',
  },
} as const

/** Roles that users can have, at `/Roles`; read-only over SCIM, opt-in. draft-ietf-scim-roles-entitlements (D-041). */
export const Role = defineResourceType({
  name: 'Role',
  description: 'Role',
  endpoint: '/Roles',
  schema: defineSchema({ id: ROLE, name: 'Role', description: 'A role that users can have', attributes: LISTED }),
})

/** Entitlements that users can have, at `/Entitlements`; read-only over SCIM, opt-in. draft-ietf-scim-roles-entitlements (D-041). */
export const Entitlement = defineResourceType({
  name: 'Entitlement',
  description: 'Entitlement',
  endpoint: '/Entitlements',
  schema: defineSchema({
    id: ENTITLEMENT,
    name: 'Entitlement',
    description: 'An entitlement that users can have',
    attributes: LISTED,
  }),
})

/** The type as its administrator sees it: what clients may only read can be written. The very same for the same type. */
export function writable(type: ResourceType): ResourceType {
  const known = openTypes.get(type)
  if (known !== undefined) return known
  const open = (attribute: Attribute): Attribute =>
    // Values derived from other resources are never written: groups, the name of a manager.
    isReference(attribute)
      ? attribute
      : {
          ...attribute,
          mutability: attribute.mutability === 'readOnly' ? 'readWrite' : attribute.mutability,
          ...(attribute.subAttributes === undefined ? {} : { subAttributes: attribute.subAttributes.map(open) }),
        }
  const opened = (schema: Schema): Schema => ({ ...schema, attributes: schema.attributes.map(open) })
  const out = {
    ...type,
    schema: opened(type.schema),
    extensions: type.extensions.map((extension) => ({ ...extension, schema: opened(extension.schema) })),
  }
  openTypes.set(type, out)
  return out
}

const openTypes = new WeakMap<ResourceType, ResourceType>()
