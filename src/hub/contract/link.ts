// What the hub keeps: queues of work items, their keys, and what their values hold.

import type { Environment } from '../../environment.ts'
import type { Document, Json } from '../../protocol/index.ts'
import type { AccountType, MatchKey, ShownRequest } from './adapter.ts'
import type { AppTrouble } from './app-error.ts'

/** The reader of the log that plans for all apps of a tenant. */
export const HUB_READER = 'hub'

/**
 * Names of the hub's queues. All are per tenant.
 *
 * - `units`: one item per app: the unit that a worker owns. Key = app; value = {@link AppState}.
 * - `links`: one item per app and resource. Key = resource id; tag = {@link accountTag} of the account; value = {@link Link}.
 * - `members`: one item per app, group and member, the group in the name. Key = member's resource id; state `ready` until looked at.
 * - `waits`: who waits for what. Key = `{needed}/{waiter}`, tag = needed: a resource id, or the tag of an account that is nobody's here.
 * - `removals`: what caused a removal that is planned. Key = resource id; tag = {@link causeTag} of the cause; value = {@link RemovalCause}.
 * - `former`: accounts of people who left, by name in lower case; value = {@link Former}. They expire with the tombstone.
 * - `kills`: people who must be out of every app, whatever scopes say; one queue for all apps. Key = resource id; value = {@link Kill}.
 * - `leavers`: people who left, each time they did. Key = resource id, slash, place in the log; value = {@link Leaver}.
 * - `left`: the same by time, for lists. Key = time-ordered; value = {@link Left}.
 * - `receipts`: the one unit, `RECEIPTS`, that makes receipts of a tenant's leavers.
 * - `attempts`: the last requests. Key = time-ordered id; tag = resource id; value = {@link Attempt}.
 * - `holds`: removals that wait for a person. Key = time-ordered id; value = {@link Hold}.
 * - `runs`: backfills, sweeps, plans under way or done. Key = time-ordered id.
 * - `plans`: what plans have planned. Key = `{run}/{number}`, tag = resource id; value = `PlanItem`.
 * - `approvals`: removals that somebody has approved with a plan. Key = resource id; value = {@link Approval}. They expire after a day.
 * - `seen`: what a sweep that is under way has listed. Key = `{run}/{type}/{account}`.
 * - `drifts`: what sweeps have found. Key = `{run}/{number}`, tag = `{run}/{kind}`; value = `Drift`.
 * - `ignored`: differences that somebody has said to leave, until they expire; value = {@link IgnoredDrift}.
 * - `reviews`: access reviews. Key = time-ordered id; value = `Review`. They stay until somebody deletes them.
 * - `reviewLines`: the lines of one. Key = number, tag = person; state = what was decided and what became of it; value = `ReviewLine`.
 */
export const QUEUES = {
  units: 'hub/apps',
  links: (app: string) => `hub/links/${app}`,
  members: (app: string, group: string) => `hub/members/${app}/${group}`,
  waits: (app: string) => `hub/waits/${app}`,
  removals: (app: string) => `hub/removals/${app}`,
  former: (app: string) => `hub/former/${app}`,
  kills: 'hub/kills',
  pardons: 'hub/pardons',
  leavers: 'hub/leavers',
  left: 'hub/left',
  receipts: 'hub/receipts',
  attempts: (app: string) => `hub/attempts/${app}`,
  holds: (app: string) => `hub/holds/${app}`,
  runs: (app: string) => `hub/runs/${app}`,
  plans: (app: string) => `hub/plans/${app}`,
  approvals: (app: string) => `hub/approvals/${app}`,
  seen: (app: string) => `hub/seen/${app}`,
  drifts: (app: string) => `hub/drifts/${app}`,
  ignored: (app: string) => `hub/ignored/${app}`,
  reviews: 'hub/reviews',
  reviewLines: (review: string) => `hub/review-lines/${review}`,
} as const

/** Lanes, first to last. 0 leavers, 1 memberships and grants taken away, 2 joiners, 5 updates, 7 backfill, 9 sweeps. */
export const HUB_LANES = { leave: 0, lose: 1, join: 2, update: 5, backfill: 7, sweep: 9 } as const

/**
 * States of a link. '' is at rest: the app confirmed what it must hold. `watched` is that too, and something is still to be done at its
 * time: a verify read, the removal after `deleteAfterDays`. All others are debt.
 */
export type LinkState = '' | 'watched' | 'ready' | 'waiting' | 'held' | 'parked'

/** What ties a resource here to its account in an app, and what that was last given. */
export interface Link {
  readonly type: AccountType
  /** How it is called, for people: userName or displayName. */
  readonly name: string
  /** The app's id; absent until an account was made or found. */
  readonly account?: string
  /** What the app last confirmed, or last showed: attributes that the map manages, `active` included. */
  readonly acked?: Document
  /** Attributes of extensions that grants gave when the account was written last, by path; absent when none did. */
  readonly granted?: readonly string[]
  /** Whether the account is wanted, and how: what the last planning or delivery found. */
  readonly wanted?: 'active' | 'disabled' | 'absent'
  /** Whether it was in scope at the last delivery: memberships of the app's groups go by it. */
  readonly inScope?: boolean
  /** When the app confirmed last, in milliseconds since 1970, and the place in the log that it then reflected. */
  readonly ackedAt?: number
  readonly ackedPlace?: number
  /** The place in the log of the last call that the app confirmed: a confirmation without a difference makes none. */
  readonly sentPlace?: number
  /** When the change that is not confirmed yet was committed: the age of the debt. */
  readonly since?: number
  /** When the oldest change that the last confirmation was for had been committed. */
  readonly changedAt?: number
  /** Since when it is told off: the confirmation of the last removal, with what was read back. */
  readonly off?: LinkOff
  /** What requests of unknown outcome may have set. */
  readonly tentative?: Tentative
  /** The guard has counted the removal that is tried: another try takes nothing more away. */
  readonly counted?: boolean
  /** Failures since the last success. */
  readonly attempts?: number
  readonly reason?: LinkReason
  /** Reads that are still to be made, and when, in milliseconds since 1970. */
  readonly verify?: readonly number[]
  /** The resource is gone here: the link is kept until it expires, so that a rehire finds the account. */
  readonly goneAt?: number
  /** Members of a group have to be compared whole; `app`: those that the app has by itself, too. */
  readonly membersFrom?: 'here' | 'app'
  /** The `AppSettings.readBackBefore` that it was read back, or made, for. */
  readonly readFor?: number
  /** When it was read back after a review, access in the app was otherwise than had been remembered: a person decides what is right. */
  readonly disputed?: boolean
  /** A request that made it had an unknown outcome: another account may appear, until the last read. */
  readonly doubted?: boolean
  /** While it is doubted: what the creates of unknown outcome would be found by. The name here may have changed since. */
  readonly sentAs?: readonly MatchKey[]
  /** When the app was found to have lost the account: it is made again once, not over and over. In milliseconds since 1970. */
  readonly lostAt?: number
  /** It was taken over, and what is written of an account once has not been confirmed yet. */
  readonly adopting?: boolean
  /** The name that it has for a while, because the one it must get is taken by somebody who waits for its own. */
  readonly swap?: string
}

/** The confirmation that an account was switched off or removed, and what a read found afterwards. */
export interface LinkOff {
  /** In milliseconds since 1970. */
  readonly at: number
  readonly place: number
  /** The app's id of the account that it was; empty once that is known to be another's. */
  readonly account?: string
  /** What that account was known by: its name and its externalId. */
  readonly was?: Document
  readonly readBack?: ReadBack
}

/** What a verify read found. */
export interface ReadBack {
  /** In milliseconds since 1970. */
  readonly at: number
  readonly found: 'none' | 'off' | 'active'
}

/** What may or may not have taken effect. */
export interface Tentative {
  /** A create: match before anything is made again. */
  readonly create?: boolean
  /** What that account would be found by, and its externalId. */
  readonly sentAs?: readonly MatchKey[]
  /** Attributes, by top-level name or extension URN. */
  readonly attributes?: readonly string[]
  readonly remove?: boolean
  /** When the request was sent, in milliseconds since 1970. */
  readonly at?: number
}

/** What caused a removal, as the planner saw it. */
export interface RemovalCause {
  /** `configuration`, `request TXN`, `group ID emptied`, `sweep ID`, `kill`. */
  readonly cause: string
  readonly place: number
  /** How many accounts (0 or 1) and memberships it takes away. */
  readonly accounts: number
  readonly memberships: number
}

/** Somebody has approved the removal of one account with a plan. */
export interface Approval {
  readonly plan: string
  /** The place in the log up to which it holds: what changes afterwards was not approved. */
  readonly place: number
}

/** The account of someone who left. */
export interface Former {
  readonly resource: string
  readonly account: string
  /** It was removed, and not just switched off: only reads that are late still show it. */
  readonly removed?: boolean
}

/** Somebody decided that a person must be out of every app at once. */
export interface Kill {
  readonly at: number
  readonly by: string
}

/** A kill that was taken back: the last one of a person. */
export interface Pardon {
  readonly kill: Kill
  readonly at: number
  readonly by: string
}

/** Key of the only item of `QUEUES.receipts`. */
export const RECEIPTS = 'receipts'

/**
 * Somebody has left: was deleted or switched off here, or is to be out of all apps at once. Its item is `open` until all apps have confirmed,
 * then at rest for good.
 */
export interface Leaver {
  readonly how: 'deleted' | 'deactivated' | 'killed'
  /** When that was committed, in milliseconds since 1970, and its line in the log. */
  readonly at: number
  readonly place: number
  /** As far as the line says. */
  readonly userName?: string
  readonly externalId?: string
  /** The last receipt, a compact JWS, and when it was signed. */
  readonly receipt?: string
  readonly signedAt?: number
}

/** What is kept of one membership that an app has, or may have. */
export interface Membership {
  /** The app's id of the member. */
  readonly account: string
  /** The request that adds or removes it has an unknown outcome. */
  readonly tentative?: boolean
  /** The guard has counted its removal, which is tried: another try takes nothing more away. */
  readonly counted?: boolean
  /** As in {@link Link.disputed}. */
  readonly disputed?: boolean
  /** A request of unknown outcome came before the one that was confirmed, and nobody can read what came of both: it is sent once more. */
  readonly again?: boolean
}

/** Why a link waits, is held or parked, for people and programs. */
export interface LinkReason {
  readonly code:
    | AppTrouble
    | 'waits-for'
    | 'guard'
    | 'map'
    | 'ambiguous'
    | 'taken'
    | 'adopt'
    | 'vanishes'
    | 'swap'
    | 'resurrected'
    /** The app as a whole: it is off, paused, throttles, or its breaker is open. */
    | 'app'
    /** The hub has not read the log so far yet. */
    | 'unread'
  readonly message: string
  /** When that began, in milliseconds since 1970. */
  readonly since: number
  readonly details?: Json
}

/** How an app is doing, kept in its unit. */
export interface AppState {
  /** `review`: its first plan, or what a restored backup means, waits for a person. */
  readonly health: 'healthy' | 'throttled' | 'open' | 'half-open' | 'review'
  readonly reason?: string
  readonly healthSince?: number
  /** Nothing is sent before that, in milliseconds since 1970. */
  readonly pausedUntil?: number
  readonly breaker?: Json
  /** Removals by minute of the last hour: [minute since 1970, accounts, memberships]. */
  readonly removals?: readonly (readonly [number, number, number])[]
  /** Accounts that are switched on, as far as it confirmed. */
  readonly managed?: number
  /** Memberships that it confirmed. */
  readonly memberships?: number
  /** What is left in each bucket of `Traits.buckets`: [tokens, as of milliseconds since 1970]. */
  readonly budget?: readonly (readonly [number, number])[]
  /** Place in the log of the configuration that the last finished backfill was made for. */
  readonly configured?: number
  /** The backfill under way: for the configuration at that place, and how far it is; links come last. */
  readonly backfill?: { readonly place: number; readonly type: AccountType | 'links'; readonly after: string }
  /** Why the app can't be worked with as it is configured. */
  readonly fault?: string
  /** States and lanes, as `waiting/5`, of links that are due at a time to come. */
  readonly timed?: readonly string[]
  /** Holds that were not closed yet. */
  readonly holds?: readonly string[]
  /** Approved holds among them, whose links were let go. */
  readonly released?: readonly string[]
  /** When the next full sweep is due, in milliseconds since 1970. */
  readonly sweepDue?: number
  /** When the next light sweep is due, in milliseconds since 1970, and the resource after which it goes on. */
  readonly lightDue?: number
  readonly lightAfter?: string
}

/** Where the {@link Leaver} of one leaving is. */
export interface Left {
  readonly user: string
  readonly place: number
}

/** One request to an app and what came of it; never with credentials. */
export interface Attempt {
  readonly at: number
  readonly ms: number
  readonly resource: string
  readonly type: AccountType
  readonly lane: number
  /** The place in the log that it was computed from. */
  readonly basis: number
  readonly step: string
  readonly requests: readonly ShownRequest[]
  readonly outcome: 'done' | AppTrouble
  readonly status?: number
  readonly message?: string
  /** What it takes to undo it, where it was done. */
  readonly undo?: Undo
}

/** What an account was before a request, as far as it changed. */
export interface Undo {
  readonly account: string
  /** Attributes as they were, and as they were written; those that were absent are left out. */
  readonly was?: Document
  readonly set?: Document
  /** Members that it added and removed, by the app's ids. */
  readonly members?: { readonly add: readonly string[]; readonly remove: readonly string[] }
}

/** Removals that wait for a person. */
export interface Hold {
  readonly openedAt: number
  /**
   * What caused them: `configuration`, `request TXN`, `trickle`, `sweep ID`, `group ID emptied`; `restore`: access in the app is otherwise
   * than a restored backup has it, and would be changed.
   */
  readonly cause: string
  readonly place: number
  readonly count: number
  readonly limit: number
  readonly verdict?: 'approved' | 'discarded'
  readonly by?: string
  readonly at?: number
}

/** How keys begin that sort by time: attempts, holds, runs. In milliseconds since 1970. */
export function timeKey(at: number): string {
  return String(at).padStart(15, '0')
}

/** The key of a run that somebody begins now; it sorts by time. */
export function newRunKey({ now, random }: Pick<Environment, 'now' | 'random'>): string {
  return `${timeKey(now())}-${Buffer.from(random(new Uint8Array(4))).toString('hex')}`
}

/** The tag under which a link is found by its account. App ids may be longer than tags. */
export function accountTag(type: AccountType, account: string): string {
  const tag = `${type}/${account}`
  // The end differs more often than the beginning; what a tag finds is compared whole afterwards.
  return tag.length <= 200 ? tag : tag.slice(-200)
}

/** The tag under which planned removals of one cause are counted. */
export function causeTag(cause: string): string {
  return cause.slice(0, 200)
}
