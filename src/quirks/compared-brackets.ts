// Quirk: a selected value compared as a whole, `emails[type eq "work"] eq "…"`.

import type { Quirk } from './quirk.ts'
import { outsideStrings } from './quoted.ts'
import { mapFilter } from './toolkit.ts'

/** An element compared as a whole: `emails[type eq "work"] eq "…"` means its `value`. */
export const comparedBrackets: Quirk = {
  name: 'compared-brackets',
  register: ['Q08'],
  source: 'MicrosoftDocs/azure-docs issue 83855',
  deviates: [],
  inbound: (message) => mapFilter(message, (filter) => (filter.includes(']') ? named(filter) : filter)),
}

/** Strings are left alone, since a value may hold anything. */
function named(filter: string): string {
  return outsideStrings(filter, (piece) => piece.replace(/\](?=\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s)/gi, '].value'))
}
