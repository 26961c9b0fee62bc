// The part of an app's turn in which sweeps go on, when nothing more urgent is due.

import { type Item, NEVER, type Write } from '../../store/index.ts'
import {
  type AccountType,
  type AdapterCall,
  AppError,
  type DriftKind,
  HUB_LANES,
  QUEUES,
  timeKey,
} from '../contract/index.ts'
import { type Calls, TurnOver } from '../engine/calls.ts'
import type { Turn } from '../engine/turn.ts'
import { sweepSlice } from './sweep.ts'
import type { SweepDeps } from './sweep-deps.ts'
import type { SweepRun } from './sweep-run.ts'
import { beginSweep, runWrite, sweepsUnderWay } from './sweeps.ts'

/** What a turn's sweeping came to. `due` is when it goes on, in milliseconds since 1970, `NEVER` when nothing is planned. */
export interface Swept {
  readonly due: number
}

/** Sweeping ends after this time, so that other apps have their turns. */
const SWEEP_MS = 5_000
/** A slice that failed is tried again after this time. */
const RETRY_MS = 60_000
const HOUR_MS = 3_600_000
/** A light sweep reads one in so many accounts. */
const LIGHT_SHARE = 100
/** And at least so many. */
const LIGHT_LEAST = 10

/**
 * Goes on with the sweeps of an app, and begins those that are due. At least one slice when `isIdle` is false, so that sweeps never come
 * to a stop behind a backlog; as many as the time allows otherwise, until a link is due. No delivery of the app may be under way. `calls`
 * are open; changes `turn.state`.
 */
export async function sweepTurn(turn: Turn, calls: Calls, isIdle: boolean, signal: AbortSignal): Promise<Swept> {
  const { deps, tenant, app } = turn
  const { environment, store } = deps
  await beginDue(turn)
  const began = environment.monotonic()
  const underWay = await sweepsUnderWay(store, tenant, app.settings.id)
  for (const item of underWay) {
    for (let slices = 0; !signal.aborted; slices++) {
      const isLate = environment.monotonic() - began > SWEEP_MS
      if (slices > 0 && (!isIdle || isLate || (await isLinkDue(turn)))) return { due: environment.now() }
      try {
        if (await oneSlice(turn, calls, item)) break
      } catch (error) {
        if (error instanceof TurnOver) return { due: environment.now() }
        if (error instanceof AppError) return { due: environment.now() + RETRY_MS }
        throw error
      }
    }
  }
  return { due: nextAt(turn) }
}

/** Carries a run on by one slice. Returns whether it has ended. */
async function oneSlice(turn: Turn, calls: Calls, item: Item): Promise<boolean> {
  const { deps, tenant, app, committer } = turn
  const { environment, store } = deps
  const name = app.settings.id
  const [now] = await store.items(tenant, QUEUES.runs(name), { keys: [item.key] })
  if (now === undefined || now.state === '') return true
  const run = now.value as unknown as SweepRun
  const sweeping: SweepDeps = {
    store,
    app,
    run: item.key,
    now: environment.now,
    ask: async <T>(type: AccountType, call: (with_: AdapterCall) => Promise<T>): Promise<T> => {
      const ask = { step: 'read', type, lane: HUB_LANES.sweep, headers: {} } as const
      const pass = await calls.pass(ask)
      return pass.send(call)
    },
    commit: (writes) => committer.commit(writes as readonly Write[]),
  }
  const share = Math.max(LIGHT_LEAST, Math.ceil((turn.state.managed ?? 0) / LIGHT_SHARE))
  const slice = await sweepSlice(sweeping, run, share)
  await committer.commit([...slice.writes, runWrite(tenant, name, item.key, slice.run, environment.now())])
  meterDrift(turn, run, slice.run)
  const ended = slice.run.phase === 'done' || slice.run.phase === 'failed'
  if (ended && run.kind === 'light') {
    const { lightAfter: _, ...state } = turn.state
    turn.state = slice.run.after === undefined ? state : { ...state, lightAfter: slice.run.after }
  }
  return ended
}

/** Begins the sweeps whose time has come, unless one of their kind is under way. */
async function beginDue(turn: Turn): Promise<void> {
  const { deps, tenant, app, committer } = turn
  const now = deps.environment.now()
  const { fullHours } = app.settings.sweeps
  if (fullHours === 0 || app.adapter.traits.users.unreadable === true) {
    const { sweepDue: _full, lightDue: _light, ...state } = turn.state
    turn.state = state
    return
  }
  const { sweepDue = now + fullHours * HOUR_MS, lightDue = now + HOUR_MS } = turn.state
  turn.state = { ...turn.state, sweepDue: Math.min(sweepDue, now + fullHours * HOUR_MS), lightDue }
  if (sweepDue > now && lightDue > now) return
  const running = await sweepsUnderWay(deps.store, tenant, app.settings.id)
  const isRunning = (kind: SweepRun['kind']) =>
    running.some(({ value }) => (value as unknown as SweepRun).kind === kind)
  if (sweepDue <= now) {
    if (!isRunning('full'))
      await committer.commit(beginSweep(tenant, app.settings.id, runId(turn, 'full'), 'full', now))
    turn.state = { ...turn.state, sweepDue: now + fullHours * HOUR_MS }
  }
  if (lightDue <= now) {
    const { lightAfter } = turn.state
    const id = runId(turn, 'light')
    if (!isRunning('light')) await committer.commit(beginSweep(tenant, app.settings.id, id, 'light', now, lightAfter))
    turn.state = { ...turn.state, lightDue: now + HOUR_MS }
  }
}

/** A time-ordered id, unique among the runs of the app: only its owner begins those that are due. */
function runId({ deps }: Turn, kind: SweepRun['kind']): string {
  return `${timeKey(deps.environment.now())}-${kind}`
}

async function isLinkDue({ deps, tenant, app }: Turn): Promise<boolean> {
  const within = { tenant, state: 'ready' }
  const where = { until: deps.environment.now(), limit: 1, within }
  return (await deps.store.due(QUEUES.links(app.settings.id), where)).length > 0
}

function nextAt({ state }: Turn): number {
  return Math.min(state.sweepDue ?? NEVER, state.lightDue ?? NEVER)
}

function meterDrift({ deps, tenant, app }: Turn, before: SweepRun, after: SweepRun): void {
  for (const kind of ['drifted', 'missing', 'zombie', 'stranger'] as const satisfies readonly DriftKind[]) {
    const count = after.counts[kind] - before.counts[kind]
    if (count > 0) deps.meter?.drift({ tenant, app: app.settings.id }, kind, count)
  }
}
