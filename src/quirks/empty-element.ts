import { isObject, type Json } from '../protocol/index.ts'
import { mapValues } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** `{}` among the elements of a list: it names nobody and says nothing. */
export const emptyElement: Quirk = {
  name: 'empty-element',
  register: ['X13', 'Q24'],
  source: 'Captain-P-Goldfish/SCIM-SDK issue 747: `members` with `{}`; Ping Identity, known limitations of PingOne',
  deviates: [],
  inbound: (message) =>
    mapValues(message, (attribute, value) => {
      if (!attribute.multiValued || !Array.isArray(value) || !value.some(isEmpty)) return value
      return value.filter((element: Json) => !isEmpty(element))
    }),
}

function isEmpty(element: Json): boolean {
  return isObject(element) && Object.keys(element).length === 0
}
