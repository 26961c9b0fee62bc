// All quirks, in the order in which they are applied.

import { comparedBrackets } from './compared-brackets.ts'
import { coreUnderUrn } from './core-under-urn.ts'
import { emptyPath } from './empty-path.ts'
import { encodedTwice } from './encoded-twice.ts'
import { extensionName } from './extension-name.ts'
import { filteredSelection } from './filtered-selection.ts'
import { legacyManager } from './legacy-manager.ts'
import { legacyPatch } from './legacy-patch.ts'
import { legacyUrn } from './legacy-urn.ts'
import { misspeltUrn } from './misspelt-urn.ts'
import { operationList } from './operation-list.ts'
import { pointerPath } from './pointer-path.ts'
import type { Quirk } from './quirk.ts'
import { quotationMarks } from './quotation-marks.ts'

/** Every rewrite, in the order in which they are applied: first the shape of the message, then names. Values are mended where they are
 * read, with their attribute at hand (`protocol/mend.ts`). */
export const ALL_QUIRKS: readonly Quirk[] = [
  operationList,
  legacyPatch,
  emptyPath,
  pointerPath,
  legacyUrn,
  misspeltUrn,
  extensionName,
  coreUnderUrn,
  legacyManager,
  encodedTwice,
  quotationMarks,
  comparedBrackets,
  filteredSelection,
]
