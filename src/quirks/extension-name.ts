// Quirk: an extension's object under its name instead of its URN.

import { isObject, type Json } from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { mapOperations, mapResource, renameMembers, urnOf } from './toolkit.ts'

/** An extension's object under the extension's name instead of its URN: `"EnterpriseUser": {"department": …}`. */
export const extensionName: Quirk = {
  name: 'extension-name',
  register: ['X06'],
  source: 'wso2/docs-is issue 1913: the sample request of its API',
  deviates: [],
  inbound(message) {
    const { type } = message
    if (type === undefined || type.extensions.length === 0) return message
    const rename = (name: string, value: Json) => (isObject(value) ? urnOf(name, type) : name)
    if (message.action !== 'patch') return mapResource(message, (resource) => renameMembers(resource, rename))
    return mapOperations(message, (operation) => {
      if (operation.path !== undefined || !isObject(operation.value)) return operation
      const value = renameMembers(operation.value, rename)
      return value === operation.value ? operation : { ...operation, value }
    })
  },
}
