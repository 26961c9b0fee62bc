import { comparedBrackets } from './compared-brackets.ts'
import { coreUnderUrn } from './core-under-urn.ts'
import { emptyElement } from './empty-element.ts'
import { emptyPath } from './empty-path.ts'
import { emptyType } from './empty-type.ts'
import { encodedTwice } from './encoded-twice.ts'
import { extensionName } from './extension-name.ts'
import { filteredSelection } from './filtered-selection.ts'
import { legacyManager } from './legacy-manager.ts'
import { legacyPatch } from './legacy-patch.ts'
import { legacyUrn } from './legacy-urn.ts'
import { listedValue } from './listed-value.ts'
import { memberType } from './member-type.ts'
import { misspeltUrn } from './misspelt-urn.ts'
import { nameAsText } from './name-as-text.ts'
import { operationList } from './operation-list.ts'
import { pointerPath } from './pointer-path.ts'
import type { Quirk } from './quirk.ts'
import { quotationMarks } from './quotation-marks.ts'
import { roleAsText } from './role-as-text.ts'
import { scalarType } from './scalar-type.ts'

/** Every rewrite, in the order in which they are applied: first the shape of the message, then names, then values. */
export const DIALECT: readonly Quirk[] = [
  operationList,
  legacyPatch,
  emptyPath,
  pointerPath,
  legacyUrn,
  misspeltUrn,
  extensionName,
  coreUnderUrn,
  listedValue,
  legacyManager,
  roleAsText,
  emptyElement,
  emptyType,
  memberType,
  nameAsText,
  scalarType,
  encodedTwice,
  quotationMarks,
  comparedBrackets,
  filteredSelection,
]
