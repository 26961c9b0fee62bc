// The profile of servers that were written for Microsoft Entra's old client.

import { CHECKED, defineApp } from './define-app.ts'

/** Servers written for Microsoft Entra's old client and nothing else: capital operations, booleans as text, members removed by a list. */
export const ENTRA_ERA = defineApp({
  name: 'entra-era',
  about: "servers written for Microsoft Entra's old client and nothing else",
  checked: CHECKED,
  sources: ['entra-docs: application-provisioning-config-problem-scim-compatibility'],
  types: {
    '*': {
      opCase: 'title',
      booleans: 'text',
      members: { remove: 'value-list', perOperation: 500, perRequest: 500 },
    },
  },
})
