// Every limit of the protocol.

/**
 * Every limit of the protocol. Each has a test at the limit and one past it; docs/reference/limits.md is
 * written from this table. Lengths of text are in UTF-16 code units unless the name says bytes.
 */
export const LIMITS = {
  /** Longest filter. Past it: 400 invalidFilter. */
  FILTER_LENGTH: 32_768,
  /** Deepest nesting of `( )`, `not ( )` and `[ ]` in a filter. Past it: 400 invalidFilter. */
  FILTER_DEPTH: 32,
  /** Most comparisons in one filter. Past it: 400 invalidFilter. */
  FILTER_TERMS: 500,
  /** Longest path of a PATCH, key of a value without a path, and name in `attributes`, `excludedAttributes` or `sortBy`. Past it: 400 invalidPath or invalidValue. */
  PATH_LENGTH: 32_768,
  /** Most names in `attributes` or `excludedAttributes`. Past it: 400 invalidValue. */
  ATTRIBUTES_LIST: 500,
  /** Most parameters in a query string. Past it: 400 invalidValue. */
  QUERY_PARAMETERS: 100,
  /** Longest request target. Past it: 414. */
  URL_LENGTH: 65_536,
  /** Longest Authorization header that is looked at. Past it: 401. */
  AUTHORIZATION_LENGTH: 4_096,
  /** Longest cursor that is looked at. Past it: 400 invalidCursor. */
  CURSOR_LENGTH: 65_536,
  /** How long a cursor is good for, in seconds. Past it: 400 expiredCursor. */
  CURSOR_SECONDS: 3_600,
  /** Page size when the client names none. */
  PAGE_DEFAULT: 100,
  /** Largest page. Past it: capped. */
  PAGE_MAX: 1_000,
  /** Largest body of a request other than Bulk. Past it: 413. */
  BODY_BYTES: 10_485_760,
  /** Largest body of a bulk request. Past it: 413. */
  BULK_BYTES: 10_485_760,
  /** Most bytes of bodies that a process has under way; a tenant may hold no more of it than is left for the others. Past it: 503. */
  BODIES_BYTES: 67_108_864,
  /** Most operations in a bulk request. Past it: 413. */
  BULK_OPERATIONS: 1_000,
  /** Most operations in a PATCH. Past it: 413. */
  PATCH_OPERATIONS: 1_000,
  /** Most values that the operations of one PATCH look at, all together. Past it: 413. */
  EDIT_WORK: 1_000_000,
  /** Most member values in one request. Past it: 413. */
  MEMBERS_PER_REQUEST: 200_000,
  /** Deepest nesting of arrays and objects in a body. Past it: 400 invalidSyntax. */
  JSON_DEPTH: 32,
  /** Most members of one object in a body. Past it: 400 invalidSyntax. */
  JSON_MEMBERS: 10_000,
  /** Most values in a body: members of objects and elements of lists together. Past it: 413. */
  JSON_VALUES: 500_000,
  /** Longest password. Past it: 400 invalidValue. */
  PASSWORD_LENGTH: 1_024,
  /** Longest string in a body. Past it: 400 invalidValue. */
  STRING_LENGTH: 1_048_576,
  /** Most values of one multi-valued attribute, members apart. Past it: 400 invalidValue. */
  VALUES_PER_ATTRIBUTE: 10_000,
  /** Most heavy requests that wait for a thread, of all tenants together. Past it: 503. */
  HEAVY_WAITING: 64,
  /** Most heavy requests of one tenant that wait for a thread. Past it: 503. */
  HEAVY_WAITING_OF_ONE: 16,
  /** Longest id that an app gives a resource. Past it: an error where it is given. */
  ID_LENGTH: 128,
  /** Longest JSON text of a resource, members apart, however many requests it comes from. Past it: 413. */
  RESOURCE_LENGTH: 10_485_760,
  /** Most attributes of a tenant's own schema, and most sub-attributes of one of them. Past it: 400 invalidValue. */
  SCHEMA_ATTRIBUTES: 500,
  /** Most attributes that a tenant declares indexed, of all its types together. Past it: 400 of the admin API. */
  INDEXED_PATHS: 50,
} as const

/** The limits, possibly with other numbers. */
export type Limits = { readonly [name in keyof typeof LIMITS]: number }
