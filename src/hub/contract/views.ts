// What the hub tells people and programs: plans, explanations, who was told, who has access.

import type { Document, Json } from '../../protocol/index.ts'
import type { AccountType, ShownRequest } from './adapter.ts'
import type { DriftKind } from './app-settings.ts'
import type { ScopeDecision } from './compiled.ts'
import type { LinkReason, LinkState, ReadBack } from './link.ts'

/** What one app was told of a person, or why not yet. Times are in milliseconds since 1970. */
export interface Told {
  readonly app: string
  readonly label: string
  readonly account?: string
  /**
   * `confirmed`: the app answered that it did it; `verified`: a read afterwards showed it; `pending`, `waiting`, `held`, `parked`: not yet,
   * see `reason`; `none`: no account there, and none wanted.
   */
  readonly state: 'confirmed' | 'verified' | 'pending' | 'waiting' | 'held' | 'parked' | 'none'
  readonly wanted: 'active' | 'disabled' | 'absent'
  /** When the change was committed here, and when the app confirmed it. */
  readonly changedAt?: number
  readonly confirmedAt?: number
  readonly place?: number
  readonly readBack?: ReadBack
  readonly reason?: LinkReason
  /** When it is tried next. */
  readonly nextAt?: number
}

/** What would be done about one resource in one app. */
export interface PlanItem {
  readonly resource: string
  readonly type: AccountType
  readonly name: string
  readonly action:
    | 'create'
    | 'adopt'
    | 'update'
    | 'enable'
    | 'disable'
    | 'remove'
    | 'unlink'
    | 'wait'
    | 'parked'
    | 'held'
    | 'same'
  readonly account?: string
  /** Why, for people. */
  readonly why: string
  /** Members that join and leave. */
  readonly members?: { readonly add: number; readonly remove: number }
  /** Access in the app was changed after the backup that was restored, and would be changed back: without approval it is held. */
  readonly disputed?: boolean
  readonly requests: readonly ShownRequest[]
}

/** A plan as a whole; its items are read page by page. */
export interface PlanSummary {
  readonly id: string
  readonly app: string
  /** The place in the log, and the place of the configuration, that it was computed from. */
  readonly place: number
  readonly configured: number
  readonly madeAt: number
  readonly counts: { readonly [action in PlanItem['action']]?: number }
  readonly guard: {
    readonly held: boolean
    readonly removals: number
    readonly limit: number
    readonly managed: number
    /** Items that would change back access which was changed after the backup that was restored; absent when there are none. */
    readonly disputed?: number
  }
}

/** How one resource comes to what it should be in one app. */
export interface Explanation {
  readonly source: Document | undefined
  readonly scope: ScopeDecision
  readonly match: { readonly keys: Json; readonly found: readonly string[]; readonly note: string }
  readonly wanted: Document | undefined
  readonly acked: Document | undefined
  readonly link: { readonly state: LinkState; readonly account?: string; readonly reason?: LinkReason }
  readonly item: PlanItem
}

/** What is wrong, or questionable, about a map. With errors it can't be carried out. */
export interface MapFinding {
  readonly level: 'error' | 'warning'
  /** Where: `map.User.title.from`. */
  readonly option: string
  /** What was wrong and what would be right, for people. */
  readonly text: string
}

/** What would become of one resource in an app. */
export interface PreviewRow {
  readonly resource: string
  readonly type: AccountType
  readonly name: string
  readonly scope: ScopeDecision
  /** The account; absent where the resource is out of scope, or the map has a fault. */
  readonly document?: Document
  /** Ids of resources that must have an account first, for the document to be complete. */
  readonly waitsFor?: readonly string[]
  readonly fault?: { readonly attribute: string; readonly part: string; readonly message: string }
}

/** One difference that a sweep found. */
export interface Drift {
  readonly kind: DriftKind
  readonly type: AccountType
  readonly account: string
  readonly resource?: string
  readonly name: string
  /** Attributes that differ, or what is wrong. */
  readonly what: string
  /** What was done: reported, marked to be mended, waits for a verdict, left as somebody has said. */
  readonly done: 'reported' | 'fixed' | 'asked' | 'ignored'
  /** Of a group: the member that differs. */
  readonly member?: DriftedMember
}

/** A member that a group in an app lacks, or has and should not. */
export interface DriftedMember {
  /** Whose account it is. */
  readonly resource: string
  readonly account: string
  readonly is: 'missing' | 'extra'
}

/** A difference that somebody has said to leave, for some time. Names nobody: a link does. */
export interface IgnoredDrift {
  readonly kind: 'drifted' | 'stranger'
  readonly type: AccountType
  readonly account: string
  /** Of `drifted`: the attributes that may differ. */
  readonly attributes?: readonly string[]
  readonly reason: string
  readonly by: string
  /** In milliseconds since 1970. */
  readonly at: number
  /** When it counts as a difference again, in milliseconds since 1970. */
  readonly until: number
}

/** Who has what in which app, and through which rule. */
export interface AccessRow {
  readonly user: string
  readonly name: string
  readonly app: string
  readonly account?: string
  /** `account`, a group of the app, or a role or an entitlement. */
  readonly kind: 'account' | 'group' | 'role' | 'entitlement'
  readonly value: string
  /** The rules that give it: `scope.filter department sw "R"`, `memberOf Sales (g1)`, `grant Admins (g2)`, `map`; `none` says why it is still there. */
  readonly through: string
  /** Whether the app has confirmed it. Absent for a moment in the past: the log does not tell. */
  readonly confirmed?: boolean
}

/** Whose access is asked for: what a person has, what a group gives, who has an app. */
export type AccessSubject =
  | { readonly user: string }
  | { readonly group: string }
  | { readonly app: string }
  | { readonly everybody: true }

/** A page of an answer. */
export interface AccessPage {
  readonly rows: readonly AccessRow[]
  /** Pass it to read on; absent after the last page. Pages may be empty before that. */
  readonly next?: string
  /** What can't be told for sure, for people. */
  readonly doubts: readonly string[]
}
