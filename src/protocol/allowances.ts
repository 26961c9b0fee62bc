// The allowances of a connection: how far it departs from the strict RFC, by name.

/**
 * How far a connection bends. Data that the core reads by name; which identity provider needs which is known
 * in `quirks/` alone. `false` everywhere is the strict profile: what RFC 7643 and RFC 7644 say, with the
 * decisions of docs/decisions where they are open.
 */
export interface Allowances {
  /** The same member name twice in one JSON object: the last one wins, instead of 400 invalidSyntax. */
  readonly duplicateNames: boolean
  /** Reads one bare word as a string in place of a filter value: `externalId eq jyoung`. */
  readonly unquotedFilterValues: boolean
  /** Where a filter literal matches nothing and holds %XX, tries it decoded. */
  readonly percentInFilterValues: boolean
  /** `emails[type eq "work"].value eq "x"` as a filter: the condition moves into the brackets. */
  readonly subAttributeAfterBrackets: boolean
  /** `replace` through a filter that matches nothing creates the element, as `add` does. */
  readonly createOnFilteredReplace: boolean
  /** Leaves unknown attributes in a PATCH out and applies the rest, instead of 400 invalidPath. */
  readonly skipUnknownInPatch: boolean
  /** Refuses unknown attributes in POST and PUT with 400 invalidSyntax (profile `interop`). */
  readonly refuseUnknownInBody: boolean
  /** Takes "True", "false", 1 and 0 as booleans in bodies, PATCH values and filters, and "" as none. */
  readonly textBooleans: boolean
  /** Takes numbers and booleans in place of strings, as they were written (S-040). */
  readonly numbersForStrings: boolean
  /** Takes a lone object or value in place of a list, also in POST and PUT. */
  readonly loneValueForList: boolean
  /** A bare text for a complex attribute means its `value`, or else `formatted`; a list of one a singular value. */
  readonly bareValueForComplex: boolean
  /** Two primaries: keeps the first. Entries without any value, and a `type` that is empty, are dropped. */
  readonly mendLists: boolean
  /** Drops unknown URIs from `schemas`, assumes the obvious where it is missing, in bodies and PATCH. */
  readonly guessSchemas: boolean
  /** An extension's attribute under its bare name is taken for the extension's, where no core attribute has that name. */
  readonly bareExtensionNames: boolean
  /** Ignores an `id` that is not the resource's in a path-less PATCH. */
  readonly ignoreForeignId: boolean
  /** A value filter on a singular complex attribute is evaluated against it. */
  readonly filterOnSingular: boolean
  /** A complex attribute in a comparison means its `value`: `manager eq "…"`. */
  readonly complexMeansValue: boolean
  /** `URN.attribute` is read as `URN:attribute`. */
  readonly dotAfterUrn: boolean
  /** Stores values whose form is only recommended (e-mail, country, locale, time zone …) as they are (S-103, S-104, S-111, S-115). */
  readonly anyForm: boolean
  /** A PATCH without operations succeeds and changes nothing. */
  readonly emptyOperations: boolean
  /** Takes extra members in messages, and a PATCH with a wrapper around its value: its own name, or a list of one (Q43, Q51). */
  readonly wrappedValues: boolean
  /** Takes digits in quotes as numbers, in bodies, PATCH values, filters and search requests. */
  readonly textNumbers: boolean
  /** JSON in a text is unpacked where an object or a list belongs; it is never kept as the value. */
  readonly jsonText: boolean
  /** `{"value": "x"}` where the simple value x belongs, alone or in a list. */
  readonly dressedValues: boolean
  /** Leaves white space out of base64 and writes blanks in URIs as %20. */
  readonly looseText: boolean
  /** Leaves out a `$ref` without an id at its end, and a `type` that the reference can't have. */
  readonly looseReferences: boolean
  /** Names with dots, brackets and filters in a POST or PUT are paths, as they are in a PATCH. */
  readonly pathsInBodies: boolean
  /** `attributes` given twice is the union of both, an empty `filter` counts as absent. */
  readonly looseQuery: boolean
  /** `If-Match: 2` and `W/"2-gzip"` name version 2, as `W/"2"` does. */
  readonly looseETags: boolean
  /** `/users` means `/Users`. */
  readonly anyCaseEndpoints: boolean
  /** A bulk request with `failOnErrors` 0, the same bulkId twice, or the list of operations as the `data` of a PATCH. */
  readonly looseBulk: boolean
  /** Takes the token without the word Bearer before it, or with two: kinds whose administrators paste the whole header. */
  readonly looseBearer: boolean
  /** Group.displayName is unique in the tenant without regard to case: 409 uniqueness. */
  readonly uniqueGroupNames: boolean
}

/** Bends nowhere. */
export const STRICT: Allowances = {
  duplicateNames: false,
  unquotedFilterValues: false,
  percentInFilterValues: false,
  subAttributeAfterBrackets: false,
  createOnFilteredReplace: false,
  skipUnknownInPatch: false,
  refuseUnknownInBody: false,
  textBooleans: false,
  numbersForStrings: false,
  loneValueForList: false,
  bareValueForComplex: false,
  mendLists: false,
  guessSchemas: false,
  bareExtensionNames: false,
  ignoreForeignId: false,
  filterOnSingular: false,
  complexMeansValue: false,
  dotAfterUrn: false,
  anyForm: false,
  emptyOperations: false,
  wrappedValues: false,
  textNumbers: false,
  jsonText: false,
  dressedValues: false,
  looseText: false,
  looseReferences: false,
  pathsInBodies: false,
  looseQuery: false,
  looseETags: false,
  anyCaseEndpoints: false,
  looseBulk: false,
  looseBearer: false,
  uniqueGroupNames: false,
}

/** Bends wherever the meaning is plain and nothing can be lost: what a `generic` connection does. */
export const LENIENT: Allowances = {
  duplicateNames: true,
  unquotedFilterValues: true,
  percentInFilterValues: true,
  subAttributeAfterBrackets: true,
  createOnFilteredReplace: true,
  skipUnknownInPatch: true,
  refuseUnknownInBody: false,
  textBooleans: true,
  numbersForStrings: true,
  loneValueForList: true,
  bareValueForComplex: true,
  mendLists: true,
  guessSchemas: true,
  bareExtensionNames: true,
  ignoreForeignId: true,
  filterOnSingular: true,
  complexMeansValue: true,
  dotAfterUrn: true,
  anyForm: true,
  emptyOperations: true,
  wrappedValues: true,
  textNumbers: true,
  jsonText: true,
  dressedValues: true,
  looseText: true,
  looseReferences: true,
  pathsInBodies: true,
  looseQuery: true,
  looseETags: true,
  anyCaseEndpoints: true,
  looseBulk: true,
  looseBearer: false,
  uniqueGroupNames: false,
}
