// A check of a SCIM server that was asked for here: what it is of, how far it is, and what came of it.

import type { ProviderKind, Report, Verdict } from '../../conformance/index.ts'

/**
 * Identity providers that can be asked for, and verdicts: the checker's own lists, written again so that it is only loaded for a check.
 * The compiler refuses one that is missing.
 */
const KINDS: { readonly [kind in ProviderKind]: true } = {
  okta: true,
  entra: true,
  onelogin: true,
  ping: true,
  jumpcloud: true,
  google: true,
  auth0: true,
  keycloak: true,
  authentik: true,
  rippling: true,
}
const VERDICTS: { readonly [verdict in Verdict]: true } = {
  must: true,
  should: true,
  differs: true,
  untested: true,
  unadvertised: true,
  passed: true,
}
/** The names of the identity providers that can be asked for. */
export const PROVIDER_KINDS = Object.keys(KINDS) as [ProviderKind, ...ProviderKind[]]
/** The names of the verdicts, gravest first. */
export const VERDICT_NAMES = Object.keys(VERDICTS) as [Verdict, ...Verdict[]]

/** What is checked: a tenant's own settings, one of its apps, or a server anywhere. `name`: the app's id, or the URL. */
export interface CheckSubject {
  readonly kind: 'tenant' | 'app' | 'server'
  readonly name: string
}

/** Whether an identity provider will work with what was checked. */
export interface ProviderVerdict {
  readonly kind: string
  readonly name: string
  readonly works: boolean
  /** Needs that are not met, of so many; those of some set-ups alone left out. */
  readonly unmet: number
  readonly of: number
}

/** A check as it is kept. Times are in milliseconds since 1970. */
export interface CheckRun {
  readonly id: string
  readonly subject: CheckSubject
  readonly for: readonly ProviderKind[]
  /** Only these cases; empty: all. */
  readonly only: readonly string[]
  readonly actor: string
  /** `failed`: it could not be checked at all, or its process has ended. */
  readonly state: 'running' | 'done' | 'failed'
  /** Why it failed. */
  readonly message?: string
  /** Ended before its end: somebody asked, it took too long, or the server was stopped. What is known by then is kept. */
  readonly stopped?: 'asked' | 'time' | 'server'
  readonly beganAt: number
  readonly seenAt?: number
  readonly endedAt?: number
  /** Results so far, of so many; 0 while that is not known. */
  readonly done: number
  readonly of: number
  readonly counts: Report['counts']
  readonly providers: readonly ProviderVerdict[]
  /** Pages of results that are kept. */
  readonly pages: number
  /** The rest of what a report says, once it has ended. */
  readonly url: string
  readonly requests: number
  readonly left: readonly string[]
  readonly leftovers: readonly string[]
  readonly unread: readonly string[]
  readonly note?: string
}

/** Limits of checks. One check of a tenant runs at a time. */
export const CHECK_LIMITS = {
  /** Runs of a tenant that are kept. */
  RUNS: 30,
  KEPT_MS: 30 * 86_400_000,
  /** Longest check. */
  MOST_MS: 30 * 60_000,
  /** One answer. */
  ANSWER_MS: 20_000,
  /** Requests per second to Lockstep itself: what others ask of it goes on. */
  OWN_RATE: 400,
  /** Requests per second to others, unless said otherwise. */
  RATE: 20,
  MOST_RATE: 50,
  /** Exchanges of one result, and of a run, that are kept, in bytes of JSON. */
  RESULT_BYTES: 24_576,
  NEED_BYTES: 8_192,
  RUN_BYTES: 6 * 1024 * 1024,
  /** Names of what could not be removed. */
  NAMED: 100,
} as const
