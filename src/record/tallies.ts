// Counts requests in memory until they are written: by minute, connection, kind and class.

import type { Caller } from '../call.ts'
import type { Environment } from '../environment.ts'
import { addCounts, BOUNDS, BUCKETS, type Count, keyOf } from './counts.ts'
import { ANSWER_CLASSES, type AnswerClass, REQUEST_KINDS, type RequestKind } from './line.ts'

/** Requests that were counted and not kept as lines, alike in who, what and outcome. Times in milliseconds since 1970. */
export interface Unkept {
  readonly tenant: string
  /** `''`: no token let them in. */
  readonly connection: string
  /** Which identity provider the connection is for. */
  readonly kind: string | undefined
  readonly asks: RequestKind
  readonly outcome: AnswerClass
  readonly n: number
  readonly since: number
  readonly until: number
}

/** The counts of one process. */
export interface Tallies {
  /**
   * Counts a request with its time to answer in microseconds. `caller`: undefined where no token let it in; `now`: the clock that is
   * never set. Returns what it was counted in, for {@link skip}.
   */
  readonly count: (
    tenant: string,
    caller: Caller | undefined,
    asks: RequestKind,
    outcome: AnswerClass,
    us: number,
    now: number,
  ) => Tally
  /** What was counted since the last time, minute by minute. */
  readonly drain: () => readonly Count[]
  /** What was not kept since the last time. */
  readonly unkept: () => readonly Unkept[]
}

/** Requests that are alike. */
interface Tally {
  n: number
  us: number
  readonly buckets: Float64Array
  /** Counted, and not kept as lines: how many, and when the first and the last were answered, by the clock that is never set. */
  unkept: number
  unkeptSince: number
  unkeptUntil: number
}

/** The tallies of one connection, by kind and class. */
interface Own {
  readonly tenant: string
  readonly connection: string
  readonly kind: string | undefined
  readonly by: (Tally | undefined)[]
}

/** Most tenants that are counted apart between two drains: a client can send any name. */
const MOST_TENANTS = 10_000
const MINUTE_MS = 60_000
const CELLS = REQUEST_KINDS.length * ANSWER_CLASSES.length
/** The place of a kind and of a class among them. */
const KIND_AT = placesOf(REQUEST_KINDS)
const CLASS_AT = placesOf(ANSWER_CLASSES)

interface State {
  readonly environment: Pick<Environment, 'now' | 'monotonic'>
  readonly tenants: Map<string, Map<string, Own>>
  /** The last one: nearly always the next request is of the same connection. */
  recent: Own
  /** Counts of minutes that are over. */
  over: Map<string, Count>
  left: Unkept[]
  /** The minute that is being counted, and when it ends by the clock that is never set. */
  minute: number
  ends: number
}

/** Creates the counts. */
export function createTallies(environment: Pick<Environment, 'now' | 'monotonic'>): Tallies {
  const state: State = {
    environment,
    tenants: new Map(),
    recent: { tenant: '', connection: '', kind: undefined, by: [] },
    over: new Map(),
    left: [],
    minute: 0,
    ends: Number.NEGATIVE_INFINITY,
  }
  return {
    count(tenant, caller, asks, outcome, us, now) {
      if (now >= state.ends) turn(state, now)
      const one = tallyOf(ownOf(state, tenant, caller), asks, outcome)
      add(one, us)
      return one
    },
    drain() {
      gather(state)
      const counts = [...state.over.values()]
      state.over = new Map()
      return counts
    },
    unkept() {
      gatherUnkept(state)
      const { left } = state
      state.left = []
      return left
    },
  }
}

/** Notes that the request that was just counted is not kept. */
export function skip(one: Tally, now: number): void {
  if (one.unkept++ === 0) one.unkeptSince = now
  one.unkeptUntil = now
}

function add(one: Tally, us: number): void {
  one.n++
  one.us += us
  let at = 0
  while (at < BOUNDS.length && us > (BOUNDS[at] as number)) at++
  one.buckets[at] = (one.buckets[at] as number) + 1
}

function ownOf(state: State, tenant: string, caller: Caller | undefined): Own {
  const { recent, tenants } = state
  const connection = caller === undefined ? '' : caller.actor
  if (recent.tenant === tenant && recent.connection === connection && recent.by.length > 0) return recent
  let own = tenants.get(tenant)
  if (own === undefined) {
    if (tenants.size >= MOST_TENANTS) empty(state)
    own = new Map()
    tenants.set(tenant, own)
  }
  let found = own.get(connection)
  if (found === undefined) {
    found = { tenant, connection, kind: caller?.kind, by: Array.from({ length: CELLS }) }
    own.set(connection, found)
  }
  state.recent = found
  return found
}

function tallyOf({ by }: Own, asks: RequestKind, outcome: AnswerClass): Tally {
  const at = (KIND_AT[asks] as number) * ANSWER_CLASSES.length + (CLASS_AT[outcome] as number)
  const known = by[at]
  if (known !== undefined) return known
  const made = { n: 0, us: 0, buckets: new Float64Array(BUCKETS), unkept: 0, unkeptSince: 0, unkeptUntil: 0 }
  by[at] = made
  return made
}

/** Another minute begins; what was counted belongs to the one that is over. */
function turn(state: State, now: number): void {
  gather(state)
  const time = state.environment.now()
  state.minute = time - (time % MINUTE_MS)
  state.ends = now + MINUTE_MS - (time % MINUTE_MS)
}

function gather(state: State): void {
  const { over, minute, environment } = state
  const last = environment.now()
  each(state, ({ tenant, connection }, one, asks, outcome) => {
    if (one.n === 0) return
    const count: Count = {
      minute,
      tenant,
      connection,
      asks,
      outcome,
      n: one.n,
      us: Math.round(one.us),
      buckets: [...one.buckets],
      last,
    }
    const key = keyOf(count)
    const before = over.get(key)
    over.set(key, before === undefined ? count : addCounts(before, count))
    one.n = 0
    one.us = 0
    one.buckets.fill(0)
  })
}

function gatherUnkept(state: State): void {
  const { left, environment } = state
  const behind = environment.now() - environment.monotonic()
  each(state, ({ tenant, connection, kind }, one, asks, outcome) => {
    if (one.unkept === 0) return
    const [since, until] = [one.unkeptSince, one.unkeptUntil].map((time) => Math.round(time + behind))
    left.push({ tenant, connection, kind, asks, outcome, n: one.unkept, since: since ?? 0, until: until ?? 0 })
    one.unkept = 0
  })
}

/** Makes room for other tenants; nothing that was counted is lost. */
function empty(state: State): void {
  gather(state)
  gatherUnkept(state)
  state.tenants.clear()
}

function each({ tenants }: State, call: (own: Own, one: Tally, asks: RequestKind, outcome: AnswerClass) => void): void {
  for (const connections of tenants.values()) {
    for (const own of connections.values()) {
      for (const asks of REQUEST_KINDS) {
        for (const outcome of ANSWER_CLASSES) {
          const one = own.by[(KIND_AT[asks] as number) * ANSWER_CLASSES.length + (CLASS_AT[outcome] as number)]
          if (one !== undefined) call(own, one, asks, outcome)
        }
      }
    }
  }
}

function placesOf(names: readonly string[]): { readonly [name: string]: number } {
  return Object.fromEntries(names.map((name, at) => [name, at]))
}
