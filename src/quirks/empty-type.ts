import { isObject, type Json } from '../protocol/index.ts'
import { mapElements, mapValues, nameIn } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** An element whose `type` is an empty text: it has none. */
export const emptyType: Quirk = {
  name: 'empty-type',
  register: ['Q16'],
  source: 'auth0/docs-v2, inbound-scim-for-okta-workforce: e-mails and phones of Okta',
  deviates: [],
  inbound: (message) =>
    mapValues(message, (attribute, value) => {
      if (!attribute.multiValued || attribute.subAttributes === undefined) return value
      return Array.isArray(value) ? mapElements(value, untyped) : value
    }),
}

function untyped(element: Json): Json {
  const key = isObject(element) ? nameIn(element, 'type') : undefined
  if (!isObject(element) || key === undefined || element[key] !== '') return element
  const { [key]: _, ...rest } = element
  return rest
}
