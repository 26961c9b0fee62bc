// All causes that are known, in the order in which they are tried.

import type { Cause } from './cause.ts'
import { ACCESS } from './causes/access.ts'
import { BODIES } from './causes/bodies.ts'
import { IDENTITY } from './causes/identity.ts'
import { LIMITS_AND_FAULTS } from './causes/limits.ts'
import { MEMBERS } from './causes/members.ts'
import { OUTBOUND } from './causes/outbound.ts'
import { PATCH } from './causes/patch.ts'
import { SEARCHES } from './causes/searches.ts'
import { VALUES } from './causes/values.ts'

/** Every cause; the first that fits is taken, so that the narrower ones come first. */
export const CAUSES: readonly Cause[] = [
  ...ACCESS,
  ...IDENTITY,
  ...MEMBERS,
  ...SEARCHES,
  ...PATCH,
  ...BODIES,
  ...VALUES,
  ...LIMITS_AND_FAULTS,
  ...OUTBOUND,
]

/** What is said of a code that nothing is known of: not a code of this product. */
export const UNKNOWN: Cause = {
  id: 'unknown',
  codes: [],
  place: 'log',
  en: [
    'A request was refused.',
    'Nothing more is known of this code here.',
    'Read the message of the error, and look the request up there.',
  ],
  de: [
    'Eine Anfrage wurde abgelehnt.',
    'Mehr ist zu diesem Code hier nicht bekannt.',
    'Lesen Sie die Fehlermeldung, und sehen Sie sich die Anfrage dort an.',
  ],
}
