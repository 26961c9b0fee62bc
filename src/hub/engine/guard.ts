// The guard against mass removal: whether removals may be sent, or wait for a person.

import type { AppGuard, AppState } from '../contract/index.ts'

/** How many accounts and memberships are taken away. */
export interface RemovalCount {
  /** Accounts that are switched off, removed or let go of, and groups that are removed. */
  readonly accounts: number
  /** Memberships that are taken away from accounts that stay. */
  readonly memberships: number
}

/** All removals of one cause, counted before any of them is sent. */
export interface PlannedRemovals extends RemovalCount {
  /** As in `Hold.cause`: `configuration`, `request TXN`, `sweep ID`. */
  readonly cause: string
  /** Members that a group had before it is emptied: the largest of such groups. */
  readonly emptiedFrom?: number
}

/** One removal that is about to be sent. */
export interface Removal extends RemovalCount {
  /** Members of the group before, when none is left. */
  readonly emptiedFrom?: number
  /** It is sent whatever the counts, and not counted: somebody has approved it, or asked for this person to be switched off. */
  readonly pass?: 'approved' | 'kill'
}

/** What the guard says. `held` says what was too many, how many there were, and what the limit is. */
export type GuardVerdict =
  | { readonly go: true; readonly removals: NonNullable<AppState['removals']> }
  | { readonly go: false; readonly held: Held }

/** Why removals are held. */
export interface Held {
  /**
   * `accounts`, `memberships`: too many of them; `everyone`: nobody would be left; `emptied`: a group would have no member left;
   * `disputed`: access in the app was changed after the backup that was restored.
   */
  readonly what: 'accounts' | 'memberships' | 'everyone' | 'emptied' | 'disputed'
  /** `trickle`: one by one, too many within an hour. Otherwise the cause as given. */
  readonly cause: string
  readonly count: number
  readonly limit: number
}

/** What the guard knows of an app. */
export type GuardState = Pick<AppState, 'removals' | 'managed' | 'memberships'>

/** The window of removals that come one by one. */
const WINDOW_MINUTES = 60

/** From so many accounts on, a cause that leaves nobody is held even below the floor. */
const EVERYONE = 3

/**
 * The most accounts and memberships that may be taken away within an hour without asking. The percentage is of what there was before the
 * removals of that hour, so that the limit does not sink while it is used up.
 */
export function guardLimits(guard: AppGuard, state: GuardState, now: number): RemovalCount {
  const gone = removedWithinHour(state.removals, now)
  const managed = state.managed ?? 0
  return {
    accounts: limitOf(guard.floor, guard.percent, managed + gone.accounts),
    memberships: limitOf(guard.membersFloor, guard.membersPercent, (state.memberships ?? managed) + gone.memberships),
  }
}

/**
 * Judges all removals of one cause, before the first request. When it says no, all of the cause are held: nothing has been sent. When it
 * says yes, each of them still has to pass {@link judgeRemoval}.
 */
export function judgeCause(guard: AppGuard, state: GuardState, planned: PlannedRemovals, now: number): GuardVerdict {
  const limits = guardLimits(guard, state, now)
  const { cause, accounts, memberships, emptiedFrom } = planned
  if (accounts > limits.accounts) return hold('accounts', cause, accounts, limits.accounts)
  const managed = state.managed ?? 0
  if (accounts >= EVERYONE && accounts >= managed) return hold('everyone', cause, accounts, managed - 1)
  if (memberships > limits.memberships) return hold('memberships', cause, memberships, limits.memberships)
  if (emptiedFrom !== undefined && emptiedFrom > guard.floor) return hold('emptied', cause, emptiedFrom, guard.floor)
  return { go: true, removals: withinHour(state.removals, now) }
}

/**
 * Judges one removal right before it is sent, by what was sent within the last hour. The `removals` of a yes belong in the very commit
 * that takes the step, under the fence of the app's owner: that makes the count exact over all processes.
 */
export function judgeRemoval(guard: AppGuard, state: GuardState, removal: Removal, now: number): GuardVerdict {
  const removals = withinHour(state.removals, now)
  if (removal.pass !== undefined) return { go: true, removals }
  const { accounts, memberships, emptiedFrom } = removal
  if (emptiedFrom !== undefined && emptiedFrom > guard.floor)
    return hold('emptied', 'trickle', emptiedFrom, guard.floor)
  const limits = guardLimits(guard, state, now)
  const gone = removedWithinHour(removals, now)
  // What takes away no account is not held for the accounts that others took away, and the other way round.
  if (accounts > 0 && gone.accounts + accounts > limits.accounts)
    return hold('accounts', 'trickle', gone.accounts + accounts, limits.accounts)
  if (memberships > 0 && gone.memberships + memberships > limits.memberships)
    return hold('memberships', 'trickle', gone.memberships + memberships, limits.memberships)
  return { go: true, removals: counted(removals, { accounts, memberships }, now) }
}

/** Removals of the last hour. Whole minutes are counted, so up to 61 of them: never too few. */
export function removedWithinHour(removals: AppState['removals'], now: number): RemovalCount {
  let accounts = 0
  let memberships = 0
  for (const [, ofAccounts, ofMemberships] of withinHour(removals, now)) {
    accounts += ofAccounts
    memberships += ofMemberships
  }
  return { accounts, memberships }
}

/** What a held removal tells people: "31 accounts would be removed, 12 may (cause: configuration)". */
export function describeHeld({ what, cause, count, limit }: Held): string {
  if (what === 'disputed')
    return 'In the app, access was changed after the backup that was restored; somebody must approve that it is changed back'
  const told = {
    accounts: `${count} accounts would be removed, and at most ${limit} may without approval`,
    memberships: `${count} memberships would be taken away, and at most ${limit} may without approval`,
    everyone: `All ${count} accounts would be removed`,
    emptied: `A group of ${count} members would be emptied`,
  }
  return `${told[what]} (cause: ${cause === 'trickle' ? 'all within an hour, one by one' : cause})`
}

function limitOf(floor: number, percent: number, all: number): number {
  return Math.max(floor, Math.floor((all * percent) / 100))
}

function hold(what: Held['what'], cause: string, count: number, limit: number): GuardVerdict {
  return { go: false, held: { what, cause, count, limit } }
}

function withinHour(removals: AppState['removals'], now: number): NonNullable<AppState['removals']> {
  const from = minuteOf(now) - WINDOW_MINUTES
  return (removals ?? []).filter(([minute]) => minute >= from)
}

function counted(
  removals: NonNullable<AppState['removals']>,
  { accounts, memberships }: RemovalCount,
  now: number,
): NonNullable<AppState['removals']> {
  const minute = minuteOf(now)
  const last = removals.at(-1)
  // A clock that was set back adds to the last minute that is known: a removal is never counted in the past, where it ends sooner.
  if (last === undefined || last[0] < minute) return [...removals, [minute, accounts, memberships]]
  return [...removals.slice(0, -1), [last[0], last[1] + accounts, last[2] + memberships]]
}

function minuteOf(now: number): number {
  return Math.floor(now / 60_000)
}
