// The requirements that a connection deviates from.

import type { Allowances } from '../protocol/index.ts'
import type { Profile } from './profile.ts'

/** What each allowance costs: the requirements that a server with it no longer keeps to the letter. */
export const ALLOWANCE_DEVIATIONS: { readonly [A in keyof Allowances]: readonly string[] } = {
  duplicateNames: ['S-032'],
  unquotedFilterValues: ['P-127', 'P-139'],
  percentInFilterValues: [],
  subAttributeAfterBrackets: ['P-126'],
  createOnFilteredReplace: ['P-378', 'P-379'],
  skipUnknownInPatch: ['P-354'],
  refuseUnknownInBody: ['P-067'],
  textBooleans: ['S-042', 'P-139'],
  numbersForStrings: ['S-050'],
  loneValueForList: ['S-050'],
  bareValueForComplex: ['S-050'],
  mendLists: ['S-084', 'P-382'],
  guessSchemas: ['S-005', 'S-006', 'P-220', 'P-341'],
  bareExtensionNames: ['S-090'],
  ignoreForeignId: ['P-396'],
  filterOnSingular: ['P-391'],
  complexMeansValue: ['P-137'],
  dotAfterUrn: ['P-354'],
  anyForm: ['S-103', 'S-104', 'S-111', 'S-115', 'S-119'],
  emptyOperations: ['P-341'],
  wrappedValues: [],
  textNumbers: ['S-043'],
  jsonText: [],
  dressedValues: [],
  looseText: ['S-114'],
  looseReferences: ['S-136'],
  pathsInBodies: [],
  looseQuery: [],
  looseETags: [],
  anyCaseEndpoints: [],
  looseBulk: [],
  looseBearer: [],
  uniqueGroupNames: ['S-132'],
}

/** The requirements that a connection of a profile deviates from, in order: those of its allowances and its quirks. */
export function deviationsOf({ allow, quirks }: Pick<Profile, 'allow' | 'quirks'>): readonly string[] {
  const names = (Object.keys(allow) as (keyof Allowances)[]).filter((name) => allow[name])
  const ids = [...names.flatMap((name) => ALLOWANCE_DEVIATIONS[name]), ...quirks.flatMap(({ deviates }) => deviates)]
  return [...new Set(ids)].sort()
}
