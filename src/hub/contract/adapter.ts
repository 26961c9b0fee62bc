// The contract of an adapter: what the hub asks of an app, whatever the app speaks.

import type { Document } from '../../protocol/index.ts'

/** What an app has accounts for. */
export type AccountType = 'User' | 'Group'

/** An account in an app, as the app shows it. */
export interface Account {
  /** The app's own id. */
  readonly id: string
  /** In SCIM's names and normal form, as far as the app keeps them; without `id`, `meta` and `members`. */
  readonly document: Document
}

/** An attribute by which an account is looked up, and the value that it must have. */
export interface MatchKey {
  /** `userName`, `externalId`, `emails.value`, `displayName`. */
  readonly attribute: string
  readonly value: string
}

/** One page of accounts. */
export interface AccountPage {
  readonly accounts: readonly Account[]
  /** Pass it to read on; absent after the last page. */
  readonly next?: string
}

/** One page of the members of a group, by the app's ids. */
export interface MemberPage {
  readonly ids: readonly string[]
  readonly next?: string
}

/** From what an account was last known to hold to what it must hold. Documents as in {@link Account}. */
export interface AccountChange {
  readonly before: Document
  readonly after: Document
  /**
   * Attributes, by their top-level names or extension URNs, whose value in the app is unknown because the outcome of a request is.
   * They are written whole, whatever `before` says.
   */
  readonly uncertain: readonly string[]
}

/** Members that join and leave a group, by the app's ids: at most `members.perRequest` together. */
export interface MemberChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** What goes with each call of an adapter. */
export interface AdapterCall {
  /** Aborted when the lease is lost or the time is up: end the request. */
  readonly signal: AbortSignal
  /** The signal is aborted within `Traits.timeoutMs`: no other clock is needed. */
  readonly isTimed?: boolean
  /** Headers for each request of the call, in lower case: an id of the delivery, trace context. */
  readonly headers: { readonly [name: string]: string }
  /** The place in the log that the step was computed from, and that of the last call for this account that the app confirmed. */
  readonly place?: number
  readonly previousPlace?: number
}

/** A request as a plan shows it and an attempt keeps it, without credentials. */
export interface ShownRequest {
  /** `POST`, `PATCH`; an adapter that does not speak HTTP gives its own verb: `insert`, `update`. */
  readonly verb: string
  /** `/Users/2819c223`, without the base URL; a table's name. */
  readonly target: string
  /** The body, values of `returned: never` attributes replaced by "(secret)". */
  readonly body?: unknown
}

/** One thing to be done in an app: exactly one call of an adapter. */
export type Step =
  | { readonly do: 'create'; readonly type: AccountType; readonly document: Document }
  | { readonly do: 'update'; readonly type: AccountType; readonly id: string; readonly change: AccountChange }
  /** Access ends: `after` is the whole account, switched off. Sent first and alone. */
  | { readonly do: 'disable'; readonly type: 'User'; readonly id: string; readonly change: AccountChange }
  | { readonly do: 'remove'; readonly type: AccountType; readonly id: string }
  | { readonly do: 'members'; readonly type: 'Group'; readonly id: string; readonly change: MemberChange }

/**
 * An app that accounts are provisioned into. SCIM is the first implementation; anything with accounts can be one. Methods throw
 * {@link AppError} and nothing else. They retry nothing: the hub does, with everything it knows. A repeated call must leave the app
 * unchanged, except `create`, which the hub never repeats without a `find` before it.
 */
export interface Adapter {
  readonly traits: Traits
  /** All accounts of a type, page by page. */
  list(type: AccountType, after: string | undefined, call: AdapterCall): Promise<AccountPage>
  /** Accounts with a value: all, or the first two. */
  find(type: AccountType, key: MatchKey, call: AdapterCall): Promise<readonly Account[]>
  /** The account of an id; undefined when the app says that there is none. */
  read(type: AccountType, id: string, call: AdapterCall): Promise<Account | undefined>
  /** Makes an account. The answer has the id and what the app says it keeps, or else `document`. */
  create(type: AccountType, document: Document, call: AdapterCall): Promise<Account>
  /** Brings an account from one state to another; what `before` and `after` don't have is left alone. */
  update(type: AccountType, id: string, change: AccountChange, call: AdapterCall): Promise<void>
  /** Switches an account off. An account that is gone already is no error. */
  disable(id: string, change: AccountChange, call: AdapterCall): Promise<void>
  /** Removes an account. One that is gone already is no error. */
  remove(type: AccountType, id: string, call: AdapterCall): Promise<void>
  /** Members join and leave a group. Those who are there, or gone, already are no error. */
  members(id: string, change: MemberChange, call: AdapterCall): Promise<void>
  /** Members of a group; only where `traits.members.read` is not `none`. */
  readMembers?(id: string, after: string | undefined, call: AdapterCall): Promise<MemberPage>
  /** Of these, who is a member; only where `traits.members.read` is `one`. */
  isMember?(id: string, member: string, call: AdapterCall): Promise<boolean>
  /** The very requests that a step sends, in order. Pure: plans, explanations and attempts show them. */
  show(step: Step): readonly ShownRequest[]
  close?(): Promise<void>
}

/** A limit of requests in time. */
export interface RateBucket {
  /** Which steps it counts; all when absent. */
  readonly steps?: readonly (Step['do'] | 'read')[]
  readonly type?: AccountType
  readonly perMinute: number
  /** How many may go at once after a pause. */
  readonly burst: number
}

/** What the planner and the deliverer ask an app about, instead of asking for its brand. */
export interface Traits {
  /** Longest time of one call. */
  readonly timeoutMs: number
  /** Calls at the same time. */
  readonly concurrency: number
  /** Share of each bucket that only lane 0 uses, 0 to 1. */
  readonly leaverShare: number
  readonly buckets: readonly RateBucket[]
  /** How long a write may stay unseen by reads. */
  readonly readLagMs: number
  readonly users: AccountTraits
  /** Absent: the app has no groups. */
  readonly groups?: AccountTraits
  readonly members: {
    /** `list`: in pages by `readMembers`; `one`: one by one by `isMember`; `none`: not at all. */
    readonly read: 'list' | 'one' | 'none'
    /** Most members that one call changes. */
    readonly perRequest: number
    /** Members that a create takes along, 0 for none. */
    readonly onCreate: number
    /** Whether a group may be a member of a group. */
    readonly nested: boolean
  }
  readonly off: {
    /** What `disable` comes to: the account is kept and switched off, taken out of reach, or deleted. */
    readonly disableMeans: 'kept' | 'removed' | 'deleted'
    /** Whether an account that is off is still found: if not, "none" is what a read of it should say. */
    readonly disabledReads: boolean
    /** How it comes back: `update` switches it on, `create` makes it again. */
    readonly reenable: 'update' | 'create'
    /** What `remove` comes to. */
    readonly removeMeans: 'deactivates' | 'removed' | 'irreversible'
  }
}

/** Largest answer of an app that is read, unpacked, in bytes: a group with 100,000 members is well below. */
export const APP_ANSWER_BYTES = 32 * 1024 * 1024

/** What an app does with accounts of one type. */
export interface AccountTraits {
  readonly create: boolean
  readonly remove: boolean
  /** Attributes by which accounts are matched, the surest first. */
  readonly match: readonly string[]
  /**
   * What the app holds can't be seen: `list`, `find` and `read` must not be called. Then nothing is matched, verified or swept, and a create
   * may be repeated, because its id is known beforehand.
   */
  readonly unreadable?: true
  /** Attributes that no two accounts share: those that names are swapped in. */
  readonly unique: readonly string[]
  /**
   * An account as it can be compared: only what the app keeps, in the form in which the app gives it back. Two documents that are the
   * same after this are the same.
   */
  readonly comparable: (document: Document) => Document
  /** Why the app can't take a new account like this, as far as that is known without asking it: plans say so. Creates are refused with it. */
  readonly unfit?: (document: Document) => string | undefined
}
