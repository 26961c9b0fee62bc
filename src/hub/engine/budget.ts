// The rate budget of an app: token buckets with a part kept for leavers, the order of lanes, and slots.

import {
  type AccountType,
  type AppState,
  HUB_LANES,
  type RateBucket,
  type Step,
  type Traits,
} from '../contract/index.ts'

/** How full each bucket of an app is. It lives with the owner of the app; {@link savedBudget} is what the next owner gets. */
export interface Budget {
  readonly levels: readonly Level[]
  /** Requests since the last one of the last lane. */
  readonly sinceSweep: number
}

/** One request that asks for a token. */
export interface Ask {
  readonly step: Step['do'] | 'read'
  readonly type: AccountType
  readonly lane: number
}

/** Whether there was a token in every bucket that counts the request. If not: when it is worth asking again, in milliseconds since 1970. */
export type Taken =
  | { readonly go: true; readonly budget: Budget }
  | { readonly go: false; readonly at: number; readonly budget: Budget }

/** Requests that run, and how many of them are of lane 0. */
export interface Running {
  readonly all: number
  readonly leaving: number
}

/** Tokens of a bucket at a moment, in milliseconds since 1970. */
type Level = { readonly tokens: number; readonly at: number }

/** The last lane gets at least one request in so many, so that it never comes to a stop behind the others. */
const SWEEP_ONE_IN = 50

/**
 * The budget of an app as its owner begins. New ones are full. After an owner that gave it back, the buckets have filled on since; after
 * one that vanished (`abandoned`) they are empty, because nobody knows what it has sent.
 */
export function openBudget(traits: Traits, saved: AppState['budget'], now: number, abandoned: boolean): Budget {
  const levels = traits.buckets.map((bucket, at): Level => {
    if (abandoned) return { tokens: 0, at: now }
    const level = saved?.[at]
    if (level === undefined) return { tokens: bucket.burst, at: now }
    return filled(bucket, { tokens: level[0], at: level[1] }, now)
  })
  return { levels, sinceSweep: 0 }
}

/** What has to outlive the owner. */
export function savedBudget(budget: Budget): NonNullable<AppState['budget']> {
  return budget.levels.map(({ tokens, at }) => [Math.floor(tokens * 1000) / 1000, at] as const)
}

/**
 * Takes a token from every bucket that counts the request, or from none. A part of each bucket (`leaverShare` of its burst) is for lane 0
 * alone: the other lanes leave it untouched, so leavers find it full however much is waiting. What flows in goes to whoever comes first by
 * lane, so nothing is lost while nobody leaves.
 */
export function takeToken(budget: Budget, traits: Traits, ask: Ask, now: number): Taken {
  const levels = budget.levels.map((level, at) => {
    const bucket = traits.buckets[at]
    return bucket === undefined ? level : filled(bucket, level, now)
  })
  const here = { ...budget, levels }
  let at = 0
  for (const [index, bucket] of traits.buckets.entries()) {
    const level = levels[index]
    if (level === undefined || !counts(bucket, ask)) continue
    const needed = 1 + (ask.lane === HUB_LANES.leave ? 0 : keptForLeavers(bucket, traits.leaverShare))
    if (level.tokens < needed) at = Math.max(at, now + Math.ceil(((needed - level.tokens) * 60_000) / bucket.perMinute))
  }
  if (at > 0) return { go: false, at, budget: here }
  return {
    go: true,
    budget: {
      levels: levels.map((level, index) => {
        const bucket = traits.buckets[index]
        return bucket !== undefined && counts(bucket, ask) ? { ...level, tokens: level.tokens - 1 } : level
      }),
      sinceSweep: ask.lane === HUB_LANES.sweep ? 0 : budget.sinceSweep + 1,
    },
  }
}

/** The app has said "too often": whatever was thought to be left of these buckets is not. */
export function drainBudget(budget: Budget, traits: Traits, ask: Ask, now: number): Budget {
  const levels = budget.levels.map((level, index) => {
    const bucket = traits.buckets[index]
    return bucket !== undefined && counts(bucket, ask) ? { tokens: Math.min(level.tokens, 0), at: now } : level
  })
  return { ...budget, levels }
}

/** Of the lanes that have something to send, the one whose turn it is: the first, but the last lane once in fifty. Leavers always come first. */
export function nextLane(budget: Budget, ready: readonly number[]): number | undefined {
  if (ready.length === 0) return undefined
  const first = Math.min(...ready)
  const sweepsTurn = budget.sinceSweep >= SWEEP_ONE_IN - 1 && ready.includes(HUB_LANES.sweep)
  return sweepsTurn && first !== HUB_LANES.leave ? HUB_LANES.sweep : first
}

/** Whether another request may run at the same time. Where an app takes more than one, one slot is for lane 0 alone. */
export function hasSlot(traits: Traits, running: Running, lane: number): boolean {
  if (running.all >= traits.concurrency) return false
  const others = running.all - running.leaving
  return lane === HUB_LANES.leave || others < Math.max(1, traits.concurrency - 1)
}

/** Tokens that only lane 0 may take. A bucket of one token has none to spare: there the order of lanes alone decides. */
function keptForLeavers(bucket: RateBucket, share: number): number {
  return Math.max(0, Math.min(bucket.burst * share, bucket.burst - 1))
}

function counts({ steps, type }: RateBucket, ask: Ask): boolean {
  return (steps === undefined || steps.includes(ask.step)) && (type === undefined || type === ask.type)
}

function filled({ perMinute, burst }: RateBucket, { tokens, at }: Level, now: number): Level {
  // A clock that was set back gives nothing, and takes nothing away.
  const passed = Math.max(0, now - at)
  return { tokens: Math.min(Math.max(burst, 1), tokens + (passed * perMinute) / 60_000), at: Math.max(at, now) }
}
