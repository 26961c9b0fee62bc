import { mapFilter, mapNames, outsideStrings } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** Typographic quotation marks around a filter value, as word processors make them: `userName eq “ada”`. */
export const quotationMarks: Quirk = {
  name: 'quotation-marks',
  register: ['X11', 'Q06'],
  source: 'lessonly/scim_rails issue 33: a request pasted from a document',
  deviates: ['P-127'],
  inbound(message) {
    const filtered = mapFilter(message, requoted)
    return message.action === 'patch'
      ? mapNames(filtered, (path) => (path.includes('[') ? requoted(path) : path))
      : filtered
  },
}

/** A comparison, then the value with its marks, then an end: so that an apostrophe inside a value is left alone. */
const VALUE = /\b(eq|ne|co|sw|ew|gt|ge|lt|le)(\s+)(?:‘([^’]*)’|“([^”]*)”|„([^“]*)“)(?=\s*(?:$|[)\]]|\s(?:and|or)\s))/gi

function requoted(text: string): string {
  return /[‘“„]/.test(text)
    ? outsideStrings(text, (piece) =>
        piece.replace(VALUE, (_whole, op, space, ...found) => {
          const value = found.slice(0, 3).find((one) => typeof one === 'string')
          return `${op}${space}${JSON.stringify(value ?? '')}`
        }),
      )
    : text
}
