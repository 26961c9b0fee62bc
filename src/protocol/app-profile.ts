// What is known of another app: how it departs from the RFC, in updates and in everything else.

import { entryOf, type Json } from './json.ts'
import { RFC_UPDATES, type UpdateProfile } from './update-profile.ts'
import { SCIM_JSON } from './urn.ts'

/** What is known of an app. Data: what speaks to the app asks the profile, never the brand. */
export interface AppProfile {
  readonly name: string
  /** What it is. */
  readonly about: string
  /** When that was last held against the sources: year and month. */
  readonly checked: string
  readonly sources: readonly string[]
  /** 1.1: its URNs, and the manager in `managerId`. */
  readonly protocol: '2.0' | '1.1'
  /** Below the base URL. */
  readonly paths: { readonly users: string; readonly groups: string; readonly serviceProviderConfig: string }
  readonly http: HttpProfile
  /** Kinds of credentials it takes. */
  readonly auth: readonly AuthKind[]
  /** What it takes in updates: for each resource type by name, `*` for all others. */
  readonly types: { readonly [type: string]: UpdateProfile }
  readonly user: AccountProfile
  readonly group: GroupProfile
  readonly filter: FilterProfile
  readonly paging: PagingProfile
  readonly off: OffProfile
  readonly conflict: ConflictProfile
  readonly rate: RateProfile
}

/** How a client may prove to an app who it is. */
export type AuthKind = 'bearer' | 'basic' | 'oauth2-client' | 'header'

/** How requests look. */
export interface HttpProfile {
  readonly contentType: string
  readonly accept: string
  /** Further headers, in lower case. */
  readonly headers: { readonly [name: string]: string }
  /** Longest time of a request, in milliseconds. */
  readonly timeoutMs: number
}

/** What an app does with accounts of one type. Attributes are named by their paths: `userName`, `name.givenName`, `emails.value`. */
export interface AccountProfile {
  /** Whether they can be made. */
  readonly create: boolean
  /** Whether they can be removed. */
  readonly remove: boolean
  /** The attribute that the app uses as the id of an account, where it makes up none. */
  readonly idFrom: string | null
  /** Attributes by which they are found, the surest first. */
  readonly match: readonly string[]
  /** Attributes that no two of them share. */
  readonly unique: readonly string[]
  /** Attributes without which none is made. */
  readonly required: readonly string[]
  /** What stands in for those of an account that has none. */
  readonly defaults: { readonly [path: string]: StandIn }
  /** Attributes that the app doesn't keep: never sent, never compared. */
  readonly drop: readonly string[]
  /** Lists of which it keeps one value: the primary one, else the first. */
  readonly singleValued: readonly string[]
  /** Most characters of a text. */
  readonly maxLength: { readonly [path: string]: number }
  /** Characters that a text may not have; `*` for all texts. */
  readonly forbid: { readonly [path: string]: string }
  /**
   * What becomes of a text that is too long or has such characters: cut and the characters replaced by `_`, left out, or the account is
   * refused. Attributes that are unique are never mended: two accounts could come to share one.
   */
  readonly unfit: 'mend' | 'skip' | 'fail'
  /** How the app rewrites a text; what it gives back is compared after that. */
  readonly normalise: { readonly [path: string]: Normaliser }
}

/** What stands in for an attribute that an account lacks: a value, or another attribute of it. */
export type StandIn = { readonly value: Json } | { readonly from: string }

/** A way in which apps rewrite texts. `slug`: lower case, and a hyphen for all that is neither letter nor digit. */
export type Normaliser = 'lower' | 'trim' | 'slug'

/** What an app does with groups. */
export interface GroupProfile extends AccountProfile {
  /** Whether it has groups at all. */
  readonly offered: boolean
  readonly members: {
    /** `resource`: a group shows them; `filter`: one by one, by a filter; `none`: not at all. */
    readonly read: 'resource' | 'filter' | 'none'
    /** The attribute that such a filter names. */
    readonly filterBy: string
    /** A group shows no more members than these. */
    readonly readMax: number
    /** Members that a create takes along; 0: groups are made empty. */
    readonly onCreate: number
    /** Whether a group may be a member of a group. */
    readonly nested: boolean
  }
}

/** How an app is searched. */
export interface FilterProfile {
  /** What an attribute is called in filters, where that is not its path. */
  readonly names: { readonly [path: string]: string }
}

/** How an app gives its lists. */
export interface PagingProfile {
  /** By `startIndex`, by `cursor` (RFC 9865), or by a `Link` header (RFC 8288). */
  readonly style: 'index' | 'cursor' | 'link'
  /** How many are asked for at once. */
  readonly count: number
  /** Whether `totalResults` is the number of all there are. */
  readonly totals: boolean
}

/** What it means in an app to switch an account off, and to remove it. */
export interface OffProfile {
  /** By `active`, or by DELETE. */
  readonly disable: 'active' | 'delete'
  readonly disableMeans: 'kept' | 'removed' | 'deleted'
  /** Whether an account that is off is still found. */
  readonly disabledReads: boolean
  /** Whether `active` switches it on again, or it has to be made again. */
  readonly reenable: 'active' | 'create'
  readonly removeMeans: 'deactivates' | 'removed' | 'irreversible'
}

/** How an app says that another account has the name already. */
export interface ConflictProfile {
  readonly status: readonly number[]
  /** Words in the text of an error 400, in lower case, that say so too. */
  readonly words: readonly string[]
}

/** How often an app may be asked. */
export interface RateProfile {
  readonly buckets: readonly RateBucketProfile[]
  /** Share of each that only leavers use, 0 to 1. */
  readonly leaverShare: number
  /** Requests at the same time. */
  readonly concurrency: number
  /** How long a write may stay unseen by reads, in milliseconds. */
  readonly readLagMs: number
}

/** A limit of requests in time. */
export interface RateBucketProfile {
  /** What it counts: everything when absent. */
  readonly steps?: readonly ('create' | 'update' | 'disable' | 'remove' | 'members' | 'read')[]
  readonly type?: 'User' | 'Group'
  readonly perMinute: number
  /** How many may go at once after a pause. */
  readonly burst: number
}

/** A JSON-like value of which only parts are given. */
export type Part<T> = T extends readonly unknown[] | StandIn | string | number | boolean | null
  ? T
  : { readonly [name in keyof T]?: Part<T[name]> }

/** A profile as it is written down: what departs from another one. */
export type AppOverrides = Part<AppProfile>

const RFC_ACCOUNTS: AccountProfile = {
  create: true,
  remove: true,
  idFrom: null,
  match: [],
  unique: [],
  required: [],
  defaults: {},
  drop: [],
  singleValued: [],
  maxLength: {},
  forbid: {},
  unfit: 'mend',
  normalise: {},
}

/** A server that keeps the RFC. */
export const RFC_PROFILE: AppProfile = {
  name: 'rfc',
  about: 'a strict SCIM 2.0 server',
  checked: '2026-11',
  sources: ['RFC 7643, RFC 7644'],
  protocol: '2.0',
  paths: { users: '/Users', groups: '/Groups', serviceProviderConfig: '/ServiceProviderConfig' },
  http: {
    contentType: SCIM_JSON,
    accept: `${SCIM_JSON}, application/json`,
    headers: { 'user-agent': 'Lockstep' },
    timeoutMs: 30_000,
  },
  auth: ['bearer', 'basic', 'oauth2-client', 'header'],
  types: { '*': RFC_UPDATES },
  user: { ...RFC_ACCOUNTS, match: ['externalId', 'userName'], unique: ['userName'], required: ['userName'] },
  group: {
    ...RFC_ACCOUNTS,
    offered: true,
    match: ['externalId', 'displayName'],
    unique: ['displayName'],
    required: ['displayName'],
    members: {
      read: 'resource',
      filterBy: 'members.value',
      readMax: Number.POSITIVE_INFINITY,
      onCreate: 0,
      nested: true,
    },
  },
  filter: { names: {} },
  paging: { style: 'index', count: 100, totals: true },
  off: {
    disable: 'active',
    disableMeans: 'kept',
    disabledReads: true,
    reenable: 'active',
    removeMeans: 'removed',
  },
  conflict: { status: [409], words: ['uniqueness', 'already exist', 'already taken', 'duplicate'] },
  rate: { buckets: [], leaverShare: 0.3, concurrency: 8, readLagMs: 0 },
}

/** What an app takes in updates of a type. */
export function updatesOf(profile: AppProfile, type: string): UpdateProfile {
  return entryOf(profile.types, type) ?? profile.types['*'] ?? RFC_UPDATES
}
