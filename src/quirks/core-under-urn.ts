// Quirk: core attributes in an object under the core URN.

import { isObject, type JsonObject, type ResourceType } from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { mapOperations, mapResource, nameIn } from './toolkit.ts'

/** Core attributes in an object under the core URN, as if the base schema were an extension: they move up. */
export const coreUnderUrn: Quirk = {
  name: 'core-under-urn',
  register: ['X07'],
  source: 'limosa-io/laravel-scim-server issues 23 and 28; grokability/snipe-it issue 12642',
  deviates: [],
  inbound(message) {
    const { type } = message
    if (type === undefined) return message
    if (message.action !== 'patch') return mapResource(message, (resource) => lifted(resource, type))
    return mapOperations(message, (operation) => {
      const { op, path, value } = operation
      if (op === 'remove' || !isObject(value)) return operation
      if (path?.toLowerCase() === type.schema.id.toLowerCase()) return { op, value }
      const after = path === undefined ? lifted(value, type) : value
      return after === value ? operation : { ...operation, value: after }
    })
  },
}

function lifted(resource: JsonObject, type: ResourceType): JsonObject {
  const key = nameIn(resource, type.schema.id)
  const core = key === undefined ? undefined : resource[key]
  if (key === undefined || !isObject(core)) return resource
  const { [key]: _, ...rest } = resource
  // A value in its right place wins.
  const missing = Object.entries(core).filter(([name]) => nameIn(rest, name) === undefined)
  return { ...rest, ...Object.fromEntries(missing) }
}
