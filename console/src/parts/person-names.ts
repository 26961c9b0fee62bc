// The names and states of people and groups, as lists and heads show them.

import type { Resource } from '../api/scim.ts'

/** A text at a place of a resource: `name.familyName`; empty if there is none. */
export function textAt(resource: Resource, path: string): string {
  let at: unknown = resource
  for (const step of path.split('.'))
    at = typeof at === 'object' && at !== null ? (at as { readonly [name: string]: unknown })[step] : undefined
  return typeof at === 'string' ? at : ''
}

/** The name that a person or group is shown by. */
export function nameOf(resource: Resource): string {
  const whole = [textAt(resource, 'name.givenName'), textAt(resource, 'name.familyName')]
    .filter((one) => one !== '')
    .join(' ')
  return (
    textAt(resource, 'displayName') ||
    textAt(resource, 'name.formatted') ||
    whole ||
    textAt(resource, 'userName') ||
    resource.id
  )
}

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Department, or title. */
export function placeOf(resource: Resource): string {
  const enterprise = resource[ENTERPRISE]
  const department =
    typeof enterprise === 'object' && enterprise !== null && 'department' in enterprise
      ? enterprise.department
      : undefined
  return typeof department === 'string' ? department : textAt(resource, 'title')
}
