import { isObject, type Json, LENIENT, resolve, withoutFilter } from '../protocol/index.ts'
import { mapOperations, memberOf } from './parts.ts'
import type { Quirk } from './quirk.ts'

/**
 * A simple value in the dress of a list element: `displayName` replaced by `[{"$ref": null, "value": "Ada"}]`,
 * `emails[type eq "work"].value` by `{"value": "ada@example.com"}`.
 */
export const listedValue: Quirk = {
  name: 'listed-value',
  register: ['X05'],
  source:
    'MicrosoftDocs/azure-docs issue 42220, Azure/AzureAD-BYOA-Provisioning-Samples issue 22, AzureAD/SCIMReferenceCode issue 96',
  deviates: [],
  inbound(message) {
    const { type } = message
    if (type === undefined) return message
    return mapOperations(message, (operation) => {
      const { path, value } = operation
      if (path === undefined || typeof value !== 'object' || value === null) return operation
      // The filter says which element; what is set is told by the names around it.
      const leaf = resolve(withoutFilter(path), type, LENIENT)
      if (leaf?.attribute === undefined || leaf.leaf.type === 'complex' || leaf.leaf.multiValued) return operation
      if (leaf.attribute.multiValued && leaf.sub === undefined) return operation
      const inner = undressed(value)
      return inner === undefined ? operation : { ...operation, value: inner }
    })
  },
}

function undressed(value: Json): Json | undefined {
  const element: Json | undefined = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (element === undefined || Array.isArray(element)) return undefined
  return isObject(element) ? memberOf(element, 'value') : element
}
