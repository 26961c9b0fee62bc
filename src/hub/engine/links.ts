// Takes the due links of an app, by lane, and works on many at once.

import { createBell } from '../../jobs/index.ts'
import { type Item, NEVER } from '../../store/index.ts'
import { type Kill, type Link, QUEUES, type RemovalCause } from '../contract/index.ts'
import { deliver } from './deliver.ts'
import { dueKilledLinks, passesPause } from './killed-links.ts'
import { referredAccounts } from './referred-accounts.ts'
import { readSources, type Source } from './source.ts'
import type { Job, Turn } from './turn.ts'

/** A turn starts nothing new after this time, so that other apps have theirs. */
const TURN_MS = 10_000
/** How far ahead of the requests links are prepared, in milliseconds of requests. */
const AHEAD_MS = 50
/**
 * Links that are worked on at once at most, and the most where an app takes many requests at once. A leaver, and a request to the
 * directory, find each of them before it.
 */
const USUAL = 64
const MOST = 256
/** Room is filled once half of all is free: each look reads those that are being worked on again. */
const REFILL = 2
/** Links that are read and begun in one turn of the event loop, so that requests to the directory, and leavers, come between. */
const BEGUN = 4
/** Room for leavers when everything else is full. */
const LEAVERS = 32
/** Longest time until the next look for leavers while others are worked on. */
const LOOK_MS = 100
/** States in which links can be due. Those other than `ready` are looked at when the turn begins, and now and then. */
const OTHERS = ['watched', 'waiting', 'held', 'parked'] as const
const OTHERS_MS = 5_000

/** Works until nothing is due, the app is paused, or the time is up. Returns whether there is more to do at once. */
export async function workLinks(turn: Turn, signal: AbortSignal, filling: () => boolean): Promise<boolean> {
  const { deps, calls } = turn
  const { environment } = deps
  const bell = createBell(environment)
  const queue = QUEUES.links(turn.app.settings.id)
  const unwatch = deps.store.watchWork((queues) => queues.has(queue) && bell.ring())
  const stop = () => bell.ring()
  signal.addEventListener('abort', stop)
  const began = environment.monotonic()
  const running = new Map<string, Promise<void>>()
  let othersAt = Number.NEGATIVE_INFINITY
  let failure: { readonly error: unknown } | undefined
  let more = false
  const start = (job: Job, accounts: (id: string) => string | undefined) => {
    turn.jobs.set(job.item.key, job)
    const work = deliver(turn, job, accounts)
      .then((result) => {
        if (result === 'over') more = true
      })
      .catch((error) => {
        failure ??= { error }
      })
      .then(() => {
        running.delete(job.item.key)
        turn.jobs.delete(job.item.key)
        bell.ring()
      })
    running.set(job.item.key, work)
  }
  try {
    while (!signal.aborted && failure === undefined) {
      const now = environment.monotonic()
      if (now - began > TURN_MS) more = true
      if (more) break
      const isPaused = calls.pausedUntil() !== undefined
      const withOthers = now - othersAt > OTHERS_MS
      if (withOthers) othersAt = now
      const room = isPaused ? 0 : roomFor(turn, running.size)
      const isFull = room === 0 && !withRoomForLeavers(running.size)
      const { items, again } = isFull ? NONE : await pick(turn, running, room, withOthers)
      if (isPaused && running.size === 0 && !filling()) break
      for (let at = 0; at < items.length && !signal.aborted && failure === undefined; at += BEGUN) {
        if (at > 0) await new Promise<void>(environment.afterTurn)
        for (const { job, accounts } of await prepare(turn, items.slice(at, at + BEGUN))) start(job, accounts)
      }
      if (items.length > 0) continue
      if (running.size > 0 || filling()) await bell.wait(LOOK_MS)
      else if (!again) break
    }
  } finally {
    unwatch()
    signal.removeEventListener('abort', stop)
    // Those that wait for a token are dismissed; what is on its way ends.
    calls.close()
    await Promise.all(running.values())
  }
  if (failure !== undefined) throw failure.error
  signal.throwIfAborted()
  return more
}

/** How many more links may be begun: enough to keep the app busy, and no more, so that what is sent is of today. */
function roomFor({ app, calls }: Turn, running: number): number {
  const { concurrency } = app.adapter.traits
  const mean = Math.max(1, calls.meanMs() ?? AHEAD_MS)
  const most = Math.min(MOST, Math.max(USUAL, 2 * concurrency))
  const window = Math.min(most, concurrency * (1 + Math.ceil(AHEAD_MS / mean)))
  const room = window - running
  return room * REFILL < window ? 0 : room
}

function withRoomForLeavers(running: number): boolean {
  return running < MOST + LEAVERS
}

interface Picked {
  readonly items: readonly Item[]
  /** Links were under way as it was asked for, and may be due again by now: nothing found does not mean that nothing is. */
  readonly again: boolean
}

const NONE: Picked = { items: [], again: true }

/** The next due links, by lane, without those that are being worked on. With no room, leavers alone. */
async function pick(
  turn: Turn,
  running: ReadonlyMap<string, unknown>,
  room: number,
  withOthers: boolean,
): Promise<Picked> {
  const { deps, tenant, app } = turn
  const queue = QUEUES.links(app.settings.id)
  const until = deps.environment.now()
  const limit = Math.min(1_000, running.size + Math.max(room, LEAVERS))
  const lanes = room === 0 ? { lanes: [0] } : {}
  const states = withOthers ? (['ready', ...OTHERS] as const) : (['ready'] as const)
  // What is settled while the answer is on its way was read before it: it is older than what has been done since.
  const before = new Set(running.keys())
  const found =
    app.settings.mode === 'paused'
      ? [(await dueKilledLinks(deps, tenant, app.settings)).items]
      : await Promise.all(
          states.map((state) => deps.store.due(queue, { until, limit, ...lanes, within: { tenant, state } })),
        )
  // A link that changes its state meanwhile may be in two of the answers.
  const once = new Map(found.flat().map((item) => [item.key, item]))
  const items = [...once.values()]
    .filter(({ key, due }) => !before.has(key) && !running.has(key) && due < NEVER)
    .sort((a, b) => a.lane - b.lane || a.due - b.due)
    .slice(0, room === 0 ? LEAVERS : room)
  return { items, again: before.size > 0 }
}

interface Prepared {
  readonly job: Job
  readonly accounts: (id: string) => string | undefined
}

/** Reads all that these links depend on, as of after their marks. */
async function prepare(turn: Turn, picked: readonly Item[]): Promise<readonly Prepared[]> {
  if (picked.length === 0) return []
  const { deps, tenant, app } = turn
  const keys = picked.map(({ key }) => key)
  const id = app.settings.id
  const { store } = deps
  const [kills, causes, sources] = await Promise.all([
    store.items(tenant, QUEUES.kills, { keys }),
    store.items(tenant, QUEUES.removals(id), { keys }),
    readSources(
      store,
      tenant,
      picked.map(({ key, value }) => ({ type: (value as unknown as Link).type, id: key })),
    ),
  ])
  const killed = new Map(kills.map(({ key, value }) => [key, value as unknown as Kill]))
  const isPaused = app.settings.mode === 'paused'
  const causeOf = new Map(causes.map((item) => [item.key, item]))
  const references = await referredAccounts(store, app, [...sources.values()])
  return picked.flatMap((item) => {
    const source = sources.get(item.key)
    if (source === undefined) return []
    const kill = killed.get(item.key)
    // Revoked meanwhile.
    if (isPaused && (kill === undefined || !passesPause(app.settings, kill))) return []
    const link = item.value as unknown as Link
    const cause = causeOf.get(item.key)
    const job: Job = {
      item,
      source,
      killed: kill !== undefined,
      cause: cause === undefined ? undefined : { mark: cause.mark, value: cause.value as unknown as RemovalCause },
      link: named(link, source),
      saved: link,
      lane: item.lane,
    }
    return [{ job, accounts: (one: string) => references.get(one) }]
  })
}

/** The link with the name that the resource has now. */
function named(link: Link, { type, document }: Source): Link {
  const name = document?.[type === 'User' ? 'userName' : 'displayName']
  return typeof name === 'string' && name !== link.name ? { ...link, name } : link
}
