// A turn of one app: takes its due links by lane, works on many at once, and ends by itself.

import type { HeldLease, WorkResult } from '../../jobs/index.ts'
import { type Item, NEVER } from '../../store/index.ts'
import { AppNotice, type AppState, type CompiledApp, type Hold, HUB_LANES, QUEUES } from '../contract/index.ts'
import type { AppBook } from './app-book.ts'
import { backfillBatch, needsBackfill } from './backfill.ts'
import { hear } from './breaker.ts'
import { type Calls, callLimitMs, openCalls } from './calls.ts'
import { createCommitter } from './committer.ts'
import { reviewHolds } from './holds.ts'
import { dueKilledLinks } from './killed-links.ts'
import { workLinks } from './links.ts'
import { nextDue } from './next-due.ts'
import { type EngineDeps, stateOf, type Turn } from './turn.ts'

/** What turns work with. */
export interface UnitDeps extends EngineDeps {
  readonly book: AppBook
  /** How long a lease lasts after a renewal, in milliseconds. */
  readonly leaseMs: number
  /** Goes on with sweeps, when no delivery is under way. Returns when it goes on, in milliseconds since 1970. */
  readonly sweep: (turn: Turn, calls: Calls, isIdle: boolean, signal: AbortSignal) => Promise<{ readonly due: number }>
  /** Forgets what is kept of an app that was removed. */
  readonly clear: (tenant: string, app: string, signal: AbortSignal) => Promise<void>
}

/** An app that comes back from these may have lost, or kept, more than it said. */
const BROKEN: ReadonlySet<AppState['health']> = new Set(['open', 'half-open'])
/** After a breaker has closed, a full sweep comes this soon. */
const SWEEP_SOON_MS = 60_000
/** An app that can't be worked with is looked at again after this time. */
const FAULT_MS = 60_000

/** One turn of the unit of an app. */
export async function workUnit(deps: UnitDeps, unit: Item, lease: HeldLease): Promise<WorkResult> {
  const { tenant, key } = unit
  const state = (unit.value as unknown as AppState | null) ?? { health: 'healthy' }
  // Of changes of configuration by other processes this one may not have heard yet; the planner, or the turn before, had.
  const place = Math.max(unit.place, state.configured ?? 0)
  const known = await deps.book.of(tenant, place)
  const app = (known.has(key) ? known : await deps.book.reload(tenant)).get(key)
  if (app === undefined) {
    await deps.clear(tenant, key, lease.signal)
    return { set: undefined }
  }
  const now = deps.environment.now()
  if (app.compiled === undefined) {
    const fault = app.fault ?? 'unknown'
    const notice = new AppNotice('fault', `The app can't be worked with: ${fault}`)
    if (fault !== state.fault) deps.report(notice, { tenant, app: key })
    return { set: { state: 'ready', due: now + FAULT_MS, value: { ...state, fault } as never } }
  }
  const { fault: _fault, ...sound } = state
  const { mode } = app.settings
  if (mode === 'on') return takeTurn(deps, unit, lease, app.compiled, sound)
  // What people have paused must not keep in whom they have killed.
  const killed = mode === 'paused' ? await dueKilledLinks(deps, tenant, app.settings) : { items: [], next: NEVER }
  if (killed.items.length > 0) return takeTurn(deps, unit, lease, app.compiled, sound)
  const at = killed.next >= NEVER ? { state: '', due: NEVER } : { state: 'ready', due: killed.next }
  return { set: { ...at, lane: HUB_LANES.leave, value: sound as never } }
}

async function takeTurn(
  deps: UnitDeps,
  unit: Item,
  lease: HeldLease,
  app: CompiledApp,
  before: AppState,
): Promise<WorkResult> {
  const { environment, store } = deps
  const state = app.settings.mode === 'on' ? askedAgain(unit, before, environment.now()) : before
  const { tenant } = unit
  const ending = new AbortController()
  let running = () => 0
  const unlisten = endWithLease(lease, ending, () => running())
  // Requests of an owner that vanished may still arrive: nothing is changed before they have.
  if (lease.abandoned) await environment.wait(callLimitMs(app.adapter.traits.timeoutMs, deps.leaseMs), ending.signal)
  const name = { tenant, app: app.settings.id }
  const unitKey = { tenant, queue: unit.queue, key: unit.key }
  const open = (from: AppState) =>
    openCalls({
      environment,
      adapter: app.adapter,
      lease,
      leaseMs: deps.leaseMs,
      signal: lease.signal,
      state: from,
      told: ({ notice, message }) => deps.report(new AppNotice(notice, message), name),
      called: ({ ask, ms, error }) =>
        deps.meter?.sent({
          ...name,
          step: ask.step,
          lane: ask.lane,
          outcome: error?.trouble ?? 'done',
          seconds: ms / 1_000,
          ...(error?.status === undefined ? {} : { status: error.status }),
        }),
    })
  const turn: Turn = {
    deps,
    tenant,
    app,
    lease,
    unit,
    state,
    claims: new Map(),
    made: new Map(),
    ended: new Set(),
    holding: new Map(),
    jobs: new Map(),
    unlinked: new Map(),
    waiting: new Map(),
    verdicts: await readVerdicts(deps, unit, state),
    timed: new Set(state.timed ?? []),
    empty: new Map(),
    attempts: 0,
    committer: createCommitter({
      store,
      environment,
      fence: lease.fence,
      state: () => ({ write: 'item', item: unitKey, set: { value: stateOf(turn) as never } }),
      // What is on its way ends by itself before the lease is released: the next owner must not send before it has arrived.
      failed: (error) => {
        ending.abort(error)
        turn.calls.close()
      },
    }),
    calls: open(state),
  }
  running = () => turn.calls.running()
  const isPaused = app.settings.mode === 'paused'
  try {
    if (!isPaused) await reviewHolds(turn)
    const more = await workThrough(turn, ending)
    if (!isPaused) await reviewHolds(turn)
    await turn.committer.flush()
    // Those of the deliveries are closed: nothing that they left may come between.
    turn.calls = open(stateOf(turn))
    const { calls } = turn
    const mayRead = !isPaused && calls.pausedUntil() === undefined
    const swept = mayRead ? await deps.sweep(turn, calls, !more, ending.signal) : undefined
    ending.signal.throwIfAborted()
    // Whatever is due waits with the app while it may not be asked.
    const next = async () =>
      isPaused
        ? (await dueKilledLinks(deps, tenant, app.settings)).next
        : Math.min(swept?.due ?? NEVER, await nextDue(turn))
    const due = calls.pausedUntil() ?? (more ? environment.now() : await next())
    const { health } = calls.state()
    turn.state =
      BROKEN.has(state.health) && health === 'healthy' ? sweepSoon(turn.state, environment.now()) : turn.state
    const value = stateOf(turn) as never
    if (health !== before.health) deps.meter?.health(name, health)
    const lane = more ? unit.lane : HUB_LANES.update
    return { set: due >= NEVER ? { state: '', due: NEVER, value } : { state: 'ready', due, lane, value } }
  } finally {
    turn.calls.close()
    unlisten()
  }
}

/** Ends a turn when its lease ends. `running`: requests on their way. Returns how to stop listening. */
function endWithLease(lease: HeldLease, ending: AbortController, running: () => number): () => void {
  const { signal } = lease
  const end = () => {
    // Nobody can call back what is on its way: the next owner waits for it, as after one that vanished.
    if (running() > 0) lease.abandon()
    ending.abort(signal.reason)
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return () => signal.removeEventListener('abort', end)
}

/** An app that is broken is asked at once after it was changed or resumed: whoever repairs it need not wait for the next probe. */
function askedAgain(unit: Item, state: AppState, now: number): AppState {
  const isNews = unit.place > Math.max(state.configured ?? 0, state.backfill?.place ?? 0)
  return isNews && BROKEN.has(state.health) ? { ...state, ...hear(state, { event: 'retry' }, now).health } : state
}

/** Backfill and deliveries side by side; if one fails, the other ends too before this does. Returns whether there is more to do at once. */
async function workThrough(turn: Turn, ending: AbortController): Promise<boolean> {
  const { signal } = ending
  let filling = turn.app.settings.mode === 'on' && needsBackfill(turn)
  const fill = async () => {
    while (filling && !signal.aborted) filling = !(await backfillBatch(turn))
  }
  const orEnd = <T>(work: Promise<T>) =>
    work.catch((error) => {
      ending.abort(error)
      throw error
    })
  const working = orEnd(workLinks(turn, signal, () => filling))
  const [filled, worked] = await Promise.allSettled([orEnd(fill()), working])
  if (filled.status === 'rejected') throw filled.reason
  if (worked.status === 'rejected') throw worked.reason
  return worked.value
}

/** What people have said about holds that are not closed. */
async function readVerdicts(
  { store }: EngineDeps,
  { tenant, key }: Item,
  { holds = [] }: AppState,
): Promise<Turn['verdicts']> {
  if (holds.length === 0) return new Map()
  const items = await store.items(tenant, QUEUES.holds(key), { keys: holds.slice(0, 1_000) })
  return new Map(items.map((item) => [item.key, (item.value as unknown as Hold).verdict]))
}

/** After a breaker has closed again, nobody knows what the app holds: a full sweep soon, where sweeps are wanted. */
function sweepSoon(state: AppState, now: number): AppState {
  if (state.sweepDue === undefined) return state
  return { ...state, sweepDue: Math.min(state.sweepDue, now + SWEEP_SOON_MS) }
}
