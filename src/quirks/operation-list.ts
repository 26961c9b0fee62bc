// Quirk: a lone operation, a bare list, or a list under another name.

import { isObject, type JsonObject, PATCH_OP } from '../protocol/index.ts'
import type { Quirk } from './quirk.ts'
import { nameIn } from './toolkit.ts'

/** One operation where the list of operations belongs, the list alone, or under the name of a client's own class. */
export const operationList: Quirk = {
  name: 'operation-list',
  register: ['X01'],
  source: 'PennState/SCIMple-Identity issue 59: its client wrote `patchOperationList`',
  deviates: ['P-341'],
  inbound(message) {
    if (message.action === 'patch' && Array.isArray(message.body)) {
      return { ...message, body: { schemas: [PATCH_OP], Operations: message.body } }
    }
    if (message.action !== 'patch' || !isObject(message.body)) return message
    const body = renamed(message.body)
    const key = nameIn(body, 'Operations')
    const operations = key === undefined ? undefined : body[key]
    const after = key !== undefined && isObject(operations) ? { ...body, [key]: [operations] } : body
    return after === message.body ? message : { ...message, body: after }
  },
}

function renamed(body: JsonObject): JsonObject {
  const key = nameIn(body, 'patchOperationList')
  if (key === undefined || nameIn(body, 'Operations') !== undefined) return body
  const { [key]: operations = null, ...rest } = body
  return { ...rest, Operations: operations }
}
