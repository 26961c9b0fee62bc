// What another app takes in updates: operations, paths, forms of values.

/** What an app takes in updates of one resource type. Data: what is said here is what a difference keeps to. */
export interface UpdateProfile {
  /** Whether it takes PATCH at all. */
  readonly patch: boolean
  /** What a PATCH is to it: a list of operations, or, as in SCIM 1.1, the part of the resource that changes. */
  readonly form: 'operations' | 'partial'
  /** What a PUT means to it: the whole resource, only what it names, or nothing that it takes. */
  readonly put: 'whole' | 'partial' | 'none'
  /** The only attributes that PATCH changes, by their top-level names or URNs; all when absent. */
  readonly patchOnly?: readonly string[]
  /** Attributes that can't be changed once they are set. */
  readonly fixed?: readonly string[]
  /** Operations it knows. */
  readonly ops: readonly ('add' | 'replace' | 'remove')[]
  readonly opCase: 'lower' | 'title'
  /** `path` in operations. Without, one `replace` whose value is an object says all. */
  readonly paths: boolean
  /** Filters in brackets in paths of other lists than members. */
  readonly valuePaths: boolean
  /** How a value is taken away: `remove`, `replace` by null, or not at all. */
  readonly unset: 'remove' | 'null' | 'none'
  /** Multi-valued attributes are only ever set whole, members apart. */
  readonly wholeLists: boolean
  readonly booleans: 'json' | 'text'
  /** Most operations in a request. */
  readonly perRequest: number
  /** Most bytes of the operations of a request. */
  readonly bytes: number
  readonly members: MembersProfile
}

/** What an app takes in updates of `members` and other lists of references. */
export interface MembersProfile {
  readonly add: boolean
  /** `members[value eq "…"]`, a list of values beside the path, or no removal of single ones. */
  readonly remove: 'value-path' | 'value-list' | 'none'
  /** `replace` of the whole list. */
  readonly replace: boolean
  /** How the last ones are taken away. */
  readonly clear: 'remove' | 'replace-empty' | 'one-by-one'
  /** Most members in an operation, and most members changed by a request. */
  readonly perOperation: number
  readonly perRequest: number
  /** The list is sent bare, or in an object `{"members": […]}`. */
  readonly wrap: 'none' | 'object'
  /** Whether `type` is sent with a member. */
  readonly type: boolean
}

/** Everything that RFC 7644 §3.5.1 and §3.5.2 offer. */
export const RFC_UPDATES: UpdateProfile = {
  patch: true,
  form: 'operations',
  put: 'whole',
  ops: ['add', 'replace', 'remove'],
  opCase: 'lower',
  paths: true,
  valuePaths: true,
  unset: 'remove',
  wholeLists: false,
  booleans: 'json',
  perRequest: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
  members: {
    add: true,
    remove: 'value-path',
    replace: true,
    clear: 'remove',
    perOperation: Number.POSITIVE_INFINITY,
    perRequest: Number.POSITIVE_INFINITY,
    wrap: 'none',
    type: true,
  },
}
