// What a simulated app is like, and what goes wrong on the way to it, drawn by seed.

import type { Random } from '../../simulation/random.ts'

/** How a simulated app behaves. Times are in milliseconds. */
export interface Habits {
  /** User names are unique, in any case. */
  readonly unique: boolean
  /** Names of groups are unique. */
  readonly uniqueGroups: boolean
  /** User names are kept in lower case. */
  readonly lower: boolean
  readonly members: 'list' | 'one' | 'none'
  readonly perRequest: number
  readonly onCreate: number
  readonly disableMeans: 'kept' | 'removed' | 'deleted'
  readonly disabledReads: boolean
  readonly reenable: 'update' | 'create'
  readonly removeMeans: 'deactivates' | 'removed'
  readonly readLagMs: number
  /** The id of a removed account is given to the next one. */
  readonly reusesIds: boolean
  readonly timeoutMs: number
  readonly concurrency: number
  /** Requests a minute; 0 for no limit. */
  readonly perMinute: number
  readonly burst: number
  /** Titles that begin with "bad" are refused. */
  readonly refusesBad: boolean
  /** How accounts are looked up. */
  readonly match: readonly string[]
}

/** How often each fault happens, per request unless said otherwise. */
export interface AppFaults {
  /** No connection. */
  readonly unavailable: number
  /** The request is lost on its way. */
  readonly lost: number
  /** It is done, and its answer is lost. */
  readonly answerLost: number
  /** It is done after the caller has given up. */
  readonly late: number
  readonly lateMs: number
  /** It arrives a second time, later. */
  readonly duplicated: number
  /** It takes long: up to the whole time that a request may take. */
  readonly slow: number
  /** The same, of writes alone. */
  readonly slowWrites: number
  /** 429, and refused for a while. */
  readonly throttled: number
  readonly throttledMs: number
  /** Whether the answer says how long. */
  readonly retryAfter: boolean
  /** 401 for a while, once. */
  readonly unauthorized: number
  readonly unauthorizedMs: number
  /** 5xx, before or after it is done. */
  readonly broken: number
  /** Refuses every request until the faults end. */
  readonly dead: boolean
}

/** Nothing goes wrong. */
export const NO_APP_FAULTS: AppFaults = {
  unavailable: 0,
  lost: 0,
  answerLost: 0,
  late: 0,
  lateMs: 0,
  duplicated: 0,
  slow: 0,
  slowWrites: 0,
  throttled: 0,
  throttledMs: 0,
  retryAfter: true,
  unauthorized: 0,
  unauthorizedMs: 0,
  broken: 0,
  dead: false,
}

/** The habits of one app. */
export function drawHabits({ happens, pick, between }: Random): Habits {
  const hides = happens(0.25)
  const deletes = !hides && happens(0.2)
  return {
    unique: happens(0.85),
    uniqueGroups: happens(0.3),
    lower: happens(0.3),
    members: pick(['list', 'list', 'one', 'none']),
    perRequest: pick([1, 2, 5, 100]),
    onCreate: pick([0, 0, 2]),
    disableMeans: deletes ? 'deleted' : hides ? 'removed' : 'kept',
    disabledReads: !hides && !deletes,
    reenable: deletes ? 'create' : 'update',
    removeMeans: happens(0.2) ? 'deactivates' : 'removed',
    readLagMs: happens(0.3) ? between(100, 3_000) : 0,
    reusesIds: happens(0.2),
    timeoutMs: pick([1_000, 3_000, 8_000]),
    concurrency: pick([1, 2, 4]),
    perMinute: happens(0.25) ? pick([60, 240]) : 0,
    burst: pick([1, 5]),
    refusesBad: happens(0.3),
    match: pick([['externalId', 'userName'], ['userName'], ['externalId']]),
  }
}

/** The faults of one app. Each is left out of half of the seeds, so that frequent ones do not hide rare ones. */
export function drawAppFaults(random: Random): AppFaults {
  const { happens, next, pick } = random
  const rate = (most: number) => (happens(0.5) ? most * next() : 0)
  const late = happens(0.5)
  return {
    unavailable: rate(0.1),
    lost: rate(0.1),
    answerLost: rate(0.15),
    late: late ? 0.1 * next() : 0,
    lateMs: pick([2_000, 10_000]),
    duplicated: late ? rate(0.1) : 0,
    slow: rate(0.3),
    slowWrites: 0,
    throttled: rate(0.05),
    throttledMs: pick([1_000, 5_000]),
    retryAfter: happens(0.7),
    unauthorized: happens(0.1) ? 0.02 : 0,
    unauthorizedMs: 5_000,
    broken: rate(0.1),
    dead: happens(0.07),
  }
}
