import { type Attribute, isObject, LENIENT, resolve, subAttributeOf } from '../protocol/index.ts'
import { mapOperations } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** A value inside an object that names the attribute once more: path `members`, value `{"members": […]}`. */
export const wrappedValue: Quirk = {
  name: 'wrapped-value',
  register: ['Q51'],
  source: 'Salesforce documentation on removing members, by way of RIPAGlobal/scimitar',
  inbound(message) {
    const { type } = message
    if (type === undefined) return message
    return mapOperations(message, (operation) => {
      const { path, value } = operation
      if (path === undefined || !isObject(value)) return operation
      const attribute = resolve(path, type, LENIENT)?.attribute
      const wrapper = attribute && wrapperOf(value, attribute)
      const inner = wrapper === undefined ? undefined : value[wrapper]
      return inner === undefined ? operation : { ...operation, value: inner }
    })
  },
}

function wrapperOf(value: { readonly [name: string]: unknown }, attribute: Attribute): string | undefined {
  if (Object.keys(value).length !== 1 || subAttributeOf(attribute, attribute.name) !== undefined) return undefined
  return Object.keys(value).find((name) => name.toLowerCase() === attribute.name.toLowerCase())
}
