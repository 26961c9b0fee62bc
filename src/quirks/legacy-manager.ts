// Quirk: the manager of SCIM 1, whose id is in `managerId`.

import { isObject, type Json, readJson, ScimError } from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { mapElements, mapNames, mapValues, memberOf, nameIn } from './toolkit.ts'

/** The manager of SCIM 1, whose id is in `managerId`. */
export const legacyManager: Quirk = {
  name: 'legacy-manager',
  register: ['Q17'],
  source: 'OneLogin developer documentation, "Define Your SCIM User Schema"; Knowledge Base KB0013904',
  deviates: [],
  inbound: (message) =>
    mapValues(mapNames(message, renamed), (attribute, value) => {
      if (attribute.name !== 'manager') return value
      return Array.isArray(value) ? mapElements(value, modern) : modern(value)
    }),
}

/** `manager.managerId`, as a path or as a key, with or without the URN before it. */
function renamed(path: string): string {
  return path.length < 200 && /(?:^|[.:])manager\.managerid$/i.test(path)
    ? `${path.slice(0, -'managerId'.length)}value`
    : path
}

function modern(given: Json): Json {
  const manager = typeof given === 'string' ? inText(given) : given
  const key = isObject(manager) ? nameIn(manager, 'managerId') : undefined
  if (!isObject(manager) || key === undefined || memberOf(manager, 'value') !== undefined) return given
  const { [key]: value = null, ...rest } = manager
  return { ...rest, value }
}

/** A manager as JSON in a text; what else is in a text, the core unpacks. */
function inText(text: string): Json {
  if (!/^\s*\{/.test(text) || !/managerid/i.test(text)) return text
  try {
    return readJson(text, { strictNames: false })
  } catch (error) {
    if (error instanceof ScimError) return text
    throw error
  }
}
