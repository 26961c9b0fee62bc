// What is configured of an app: kept as a record of its tenant, changed by administrators.

import type { JsonObject } from '../../protocol/index.ts'
import type { AccountType } from './adapter.ts'

/** The kind of the records that hold {@link AppSettings}, by app id. */
export const APP_RECORD = 'app'

/** The settings of an app. */
export interface AppSettings {
  /** 1 to 40 characters of a–z, 0–9 and hyphens; begins and ends with a letter or a digit. Never used again for another app. */
  readonly id: string
  readonly label: string
  /**
   * `off`: nothing is planned or sent; a new app is that until a plan is approved. `on`: changes are planned and sent. `paused`:
   * changes are planned and wait, except for people who were killed.
   */
  readonly mode: 'off' | 'on' | 'paused'
  /** A `paused` app that waits for somebody to look at it, since what the hub remembers of it may be old: absent once it is resumed. */
  readonly review?: AppReview
  /**
   * Set as an app is resumed after a review: what was confirmed before this time, in milliseconds since 1970, is read back from the app
   * before anything is sent.
   */
  readonly readBackBefore?: number
  /** `scim`, `webhook`, `table`, or the name of an adapter that the host has added. */
  readonly adapter: string
  /** The adapter's own settings: URL, profile, names of tables. Never a secret. */
  readonly options: JsonObject
  readonly credentials?: AppCredentials
  /** What an account is made of, by its attributes; the built-in map of the adapter when absent. */
  readonly map?: { readonly [type in AccountType]?: JsonObject }
  readonly scope: AppScope
  /** What groups grant in this app, besides being an account there. */
  readonly grants: readonly AppGrant[]
  readonly policy: AppPolicy
  readonly guard: AppGuard
  readonly sweeps: AppSweeps
}

/** Why an app waits for somebody to look at it. */
export interface AppReview {
  /** In milliseconds since 1970. */
  readonly since: number
  /** `imported`: its tenant came from another database, which may still send; `restored`: the database is older than what was sent. */
  readonly reason: 'imported' | 'restored'
}

/** How the hub proves to an app who it is. Secrets are sealed, or named by an environment variable. */
export interface AppCredentials {
  readonly kind: 'bearer' | 'basic' | 'oauth2-client' | 'header' | 'hmac' | 'connection'
  /** Sealed (`tenancy/sealed.ts`) … */
  readonly sealed?: string
  /** … or the name of an environment variable that holds it. */
  readonly env?: string
  /** What is no secret: user name, header name, client id, token URL, scopes. */
  readonly public?: JsonObject
  /** ISO 8601; warnings begin `warnDays` (30) before. */
  readonly expiresAt?: string
  readonly warnDays?: number
}

/** Who has an account in an app, and which groups it has. */
export interface AppScope {
  readonly users: ScopeRule
  /** Absent: no groups. */
  readonly groups?: ScopeRule
}

/** Which resources: those that satisfy all that is given. An empty rule is all of them. */
export interface ScopeRule {
  /** A SCIM filter on the resource. RFC 7644 §3.4.2.2. */
  readonly filter?: string
  /** A SCIM filter on the resource of those who are left out all the same. */
  readonly exclude?: string
  /** Ids of groups; members of any of them, through nested groups too. */
  readonly memberOf?: readonly string[]
  /** Ids of groups; members of any of them are left out all the same. */
  readonly notMemberOf?: readonly string[]
}

/** A role or an entitlement that the members of a group (nested ones too) have in an app. */
export interface AppGrant {
  /** Id of the group here. */
  readonly group: string
  /** A multi-valued attribute of the account: `roles`, `entitlements`, or one of an extension by its URN path. */
  readonly attribute: string
  /** `value` of the granted entry, as the app calls it. */
  readonly value: string
  readonly display?: string
}

/** How accounts come, go, and are found. */
export interface AppPolicy {
  /** What becomes of the account of someone who leaves: deleted here, or out of scope. Deactivated people are always switched off. */
  readonly onLeave: 'disable' | 'delete' | 'unlink' | 'ignore'
  /** Accounts that were switched off for good are removed after so many days; never when absent. */
  readonly deleteAfterDays?: number
  /** How long the link of someone who left is remembered, so that a rehire finds the old account. */
  readonly tombstoneDays: number
  /** What becomes of an account that is there already: taken over when exactly one matches, never, or when somebody says so. */
  readonly adopt: 'one' | 'never' | 'ask'
}

/** How many may lose access before a person is asked. */
export interface AppGuard {
  /** Never held below so many, unless nobody would be left. A group of more members is never emptied unasked. */
  readonly floor: number
  /** Per cent of the managed accounts. */
  readonly percent: number
  /** The same for memberships that are taken away. */
  readonly membersFloor: number
  readonly membersPercent: number
}

/** When an app is compared with what it should hold, and what is done about each kind of drift. */
export interface AppSweeps {
  /** Hours between full sweeps; 0 for none. */
  readonly fullHours: number
  readonly policies: { readonly [kind in DriftKind]: 'report' | 'fix' | 'ask' }
}

/**
 * How an app departs from what it was given. `drifted`: attributes or members differ; `missing`: the account is gone; `zombie`: active
 * there, and should not be; `stranger`: an account that nobody here owns.
 */
export type DriftKind = 'drifted' | 'missing' | 'zombie' | 'stranger'

/** What applies where an app's settings don't say. */
export const APP_DEFAULTS = {
  policy: { onLeave: 'disable', tombstoneDays: 30, adopt: 'one' },
  guard: { floor: 10, percent: 10, membersFloor: 50, membersPercent: 10 },
  sweeps: {
    fullHours: 24,
    policies: { drifted: 'report', missing: 'report', zombie: 'fix', stranger: 'report' },
  },
} as const satisfies Pick<AppSettings, 'policy' | 'guard' | 'sweeps'>
