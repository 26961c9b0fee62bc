import { mapValues } from './parts.ts'
import type { Quirk } from './quirk.ts'

/** A person's name as one text: it is the formatted name. RFC 7643 §4.1.1. */
export const nameAsText: Quirk = {
  name: 'name-as-text',
  register: ['X09'],
  source: 'suvera/scim2-compliance-test-utility issue 9: `"name": "Delphia Reynolds"`',
  deviates: ['S-050'],
  inbound: (message) =>
    mapValues(message, (attribute, value, isRemoval) =>
      attribute.name === 'name' &&
      attribute.type === 'complex' &&
      typeof value === 'string' &&
      value !== '' &&
      !isRemoval
        ? { formatted: value }
        : value,
    ),
}
