// What a fake app is like, as data: which requests it takes, what it refuses, and how it departs from the RFCs.

import type { FaultRule } from './faults.ts'
import type { Type } from './schema.ts'

/** A kind of app. */
export interface FakeProfile {
  readonly name: string
  /** What it stands for. */
  readonly about: string
  /** When its habits were held against the sources: year and month. */
  readonly checked: string
  readonly sources: readonly string[]
  /** 1.1: its URNs, lists and errors, and PATCH by partial resources. */
  readonly protocol: '2.0' | '1.1'
  /** Whether `application/scim+json` is the only type of content that it takes, and schemas are required in bodies. */
  readonly strictContent: boolean
  /** Requests without User-Agent are refused. */
  readonly userAgent: boolean
  /** Whether its `ServiceProviderConfig` has an s. */
  readonly serviceProviderConfigs: boolean
  readonly etags: boolean
  readonly users: TypeHabits
  readonly groups: TypeHabits
  readonly members: MemberHabits
  readonly patch: PatchHabits
  readonly filters: FilterSupport
  readonly pages: PageHabits
  readonly rates: readonly RateLimit[]
  /** How `Retry-After` of a 429 is written. */
  readonly retryAfter: 'seconds' | 'date' | 'none' | 'nonsense'
  readonly errors: 'scim' | 'code-message'
  /** Longest body of a request. */
  readonly bytes: number
  /** Ids hold characters that URLs must escape. */
  readonly oddIds: boolean
  /** `name.formatted` beside the nested attribute in answers. */
  readonly flatNames: boolean
  /** The text "true" is taken for true. */
  readonly textBooleans: boolean
  readonly dottedKeys: boolean
  /** A write is not seen by reads for so many milliseconds. */
  readonly readLagMs: number
  /** The id of a deleted account is given to the next one. */
  readonly reusesIds: boolean
  /** It answers 200 and changes nothing. */
  readonly lies: boolean
  /** Each answer takes so many milliseconds. */
  readonly slowMs: number
  /** How often, per request, an administrator changes, deletes or re-activates an account by hand. */
  readonly otherWriter: number
  /** Faults from the beginning. */
  readonly faults: readonly FaultRule[]
}

/** What it does with accounts of one type. */
export interface TypeHabits {
  readonly create: boolean
  readonly put: 'whole' | 'partial' | 'none'
  readonly patch: boolean
  /** What DELETE comes to. `irreversible`: its unique values are refused for ever. */
  readonly remove: 'removes' | 'deactivates' | 'irreversible' | 'none'
  /** What `active: false` comes to: `hidden` answers 404 from then on. */
  readonly disable: 'kept' | 'hidden' | 'removed'
  readonly required: readonly string[]
  /** Attributes, or `attribute.sub`, that a request may not have. */
  readonly refused: readonly string[]
  /** Attributes that it takes and forgets. */
  readonly dropped: readonly string[]
  /** Attributes that are only read when the account is made. */
  readonly createOnly: readonly string[]
  /** Attributes that a write may not change. */
  readonly fixed: readonly string[]
  /** Attributes of which PATCH changes no others; all when absent. */
  readonly patchOnly?: readonly string[]
  /** Lists of one value at most. */
  readonly single: readonly string[]
  readonly longest: { readonly [attribute: string]: number }
  /** Characters that may not be in a value; `*` for all texts. */
  readonly forbidden: { readonly [attribute: string]: string }
  readonly unique: readonly string[]
  /** How values are rewritten. */
  readonly normalise: { readonly [attribute: string]: 'lower' | 'slug' }
  /** The attribute whose value is the id. */
  readonly idFrom?: 'externalId'
}

/** What it does with members of groups. */
export interface MemberHabits {
  /** `hidden`: reads show none; a filter tells whether somebody is one. */
  readonly read: 'all' | 'hidden'
  /** The first so many are kept when a group is read or changed by PATCH, and the rest is forgotten. */
  readonly keeps?: number
  /** Most members that one request changes, and that a create has. */
  readonly perRequest: number
  /** Most members of a group. */
  readonly most: number
}

/** What it takes in PATCH. */
export interface PatchHabits {
  readonly opCase?: 'any' | 'title'
  /** Most operations. */
  readonly operations?: number
  readonly removal?: 'value-path' | 'value-list'
  readonly replaceMembers?: boolean
  /** Whether `remove` of `members` takes all of them away. */
  readonly clearMembers?: boolean
  /** Members come as `{"members": […]}`. */
  readonly wrap?: boolean
  /** Attributes of which it changes no others. */
  readonly only?: readonly string[]
}

/** What it takes in filters. */
export interface FilterSupport {
  /** Operators, `pr` and `not` included; all when absent. */
  readonly operators?: readonly string[]
  /** Attributes; all when absent. */
  readonly attributes?: { readonly [type in Type]: readonly string[] }
  /** The first of `and` and `or` that is written applies first. */
  readonly leftToRight: boolean
  /** Most comparisons. */
  readonly most: number
}

/** How it pages. */
export interface PageHabits {
  readonly style: 'index' | 'cursor'
  readonly normal: number
  readonly most: number
  /** Lists shift while they are read, so that pages repeat and miss accounts. */
  readonly shifts: boolean
}

/** A limit of requests in time. */
export interface RateLimit {
  /** `POST`, `GET`; all when absent. */
  readonly methods?: readonly string[]
  readonly type?: Type
  /** Only requests whose body has more bytes. */
  readonly overBytes?: number
  readonly perMinute: number
  readonly burst: number
}
