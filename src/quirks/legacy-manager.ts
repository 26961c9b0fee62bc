import { isObject, type Json } from '../protocol/index.ts'
import { mapElements, mapValues, memberOf, nameIn } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** The manager of SCIM 1, whose id is in `managerId`. */
export const legacyManager: Quirk = {
  name: 'legacy-manager',
  register: ['Q17'],
  source: 'OneLogin developer documentation, "Define Your SCIM User Schema"; Knowledge Base KB0013904',
  deviates: [],
  inbound: (message) =>
    mapValues(message, (attribute, value) => {
      if (attribute.name !== 'manager') return value
      return Array.isArray(value) ? mapElements(value, modern) : modern(value)
    }),
}

function modern(manager: Json): Json {
  const key = isObject(manager) ? nameIn(manager, 'managerId') : undefined
  if (!isObject(manager) || key === undefined || memberOf(manager, 'value') !== undefined) return manager
  const { [key]: value = null, ...rest } = manager
  return { ...rest, value }
}
