import {
  attributeIn,
  isObject,
  type Json,
  type JsonObject,
  LENIENT,
  type ResourceType,
  resolve,
} from '../protocol/index.ts'
import { mapResource, nameIn } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** An extension's attribute at the top of a created or replaced resource, without its URN: `"manager": "2819…"`. */
export const extensionAttribute: Quirk = {
  name: 'extension-attribute',
  register: ['Q36', 'Q18'],
  source: 'apache/directory-scimple issue 1242; Budibase/budibase issue 15369; MicrosoftDocs/entra-docs (an example)',
  inbound(message) {
    const { type } = message
    if (type === undefined || type.extensions.length === 0) return message
    return mapResource(message, (resource) => sorted(resource, type))
  },
}

function sorted(resource: JsonObject, type: ResourceType): JsonObject {
  const astray = Object.entries(resource).flatMap(([name, value]) => {
    const urn = extensionWith(name, type)
    return urn === undefined ? [] : [{ name, value, urn }]
  })
  return astray.reduce<JsonObject>(moved, resource)
}

/** The one extension that has an attribute of this name, where the core has none. */
function extensionWith(name: string, type: ResourceType): string | undefined {
  if (attributeIn(type.schema.attributes, name) !== undefined || name.includes('.') || name.includes(':'))
    return undefined
  const target = resolve(name, type, LENIENT)
  return target?.attribute === undefined ? undefined : target.extension
}

function moved(resource: JsonObject, stray: { name: string; value: Json; urn: string }): JsonObject {
  const { [stray.name]: _, ...rest } = resource
  const key = nameIn(rest, stray.urn) ?? stray.urn
  const extension = rest[key] ?? {}
  // What stands in its right place goes before what does not.
  if (!isObject(extension) || nameIn(extension, stray.name) !== undefined) return rest
  return { ...rest, [key]: { ...extension, [stray.name]: stray.value } }
}
