// Quirk: an empty path where none is meant.

import type { Quirk } from './quirk.ts'
import { mapOperations } from './toolkit.ts'

/** An empty path where none is meant. */
export const emptyPath: Quirk = {
  name: 'empty-path',
  register: ['X03'],
  source: 'NorthlandPositronics/Cogtrix pull request 457: operations with `"path": ""`',
  deviates: ['P-344'],
  inbound: (message) =>
    mapOperations(message, (operation) => {
      if (operation.path === undefined || operation.path.trim() !== '') return operation
      const { path: _, ...rest } = operation
      return rest
    }),
}
