import { isObject, type Json, type JsonObject } from '../protocol/index.ts'
import { mapElements, mapValues, memberOf, nameIn } from './parts.ts'
import type { Quirk } from './quirk.ts'

/**
 * A role written as JSON text: `{"value": "{\"id\":…,\"value\":\"Admin\",\"displayName\":…}"}`. Unpacked, so that the
 * role's value can be found, enforced and compared. The id is the identity provider's own and has no place in SCIM.
 */
export const roleAsText: Quirk = {
  name: 'role-as-text',
  register: ['Q38'],
  source: 'MicrosoftDocs/entra-docs, customize-application-attributes.md; Captain-P-Goldfish/SCIM-SDK issue 516',
  deviates: [],
  inbound: (message) =>
    mapValues(message, (attribute, value) => {
      if (attribute.name !== 'roles' && attribute.name !== 'entitlements') return value
      return Array.isArray(value) ? mapElements(value, unpacked) : unpacked(value)
    }),
}

function unpacked(role: Json): Json {
  const text = isObject(role) ? memberOf(role, 'value') : role
  const inside = typeof text === 'string' && text.trimStart().startsWith('{') ? parsed(text) : undefined
  if (inside === undefined) return role
  const value = memberOf(inside, 'value')
  const display = memberOf(inside, 'displayName') ?? memberOf(inside, 'display')
  if (typeof value !== 'string' || value === '') return role
  return {
    ...(isObject(role) ? without(role, 'value') : {}),
    value,
    ...(typeof display === 'string' && display !== '' ? { display } : {}),
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function without(object: JsonObject, name: string): JsonObject {
  const key = nameIn(object, name)
  if (key === undefined) return object
  const { [key]: _, ...rest } = object
  return rest
}
