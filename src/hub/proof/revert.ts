// Undoes what the carrying out of a plan did in an app, where the app allows it, and says where it can't.

import type { Environment } from '../../environment.ts'
import { type HeldLease, underLease } from '../../jobs/index.ts'
import { LockstepError } from '../../protocol/index.ts'
import type { Item, Store, Work } from '../../store/index.ts'
import {
  AppError,
  type Attempt,
  type CompiledApp,
  type Link,
  QUEUES,
  type ShownRequest,
  type Step,
  timeKey,
} from '../contract/index.ts'
import { inverseOf } from '../engine/undo.ts'
import { type Advance, type PlanRun, planItems } from './plan-runs.ts'

/** What a revert works with. */
export interface RevertDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly tenant: string
  readonly app: CompiledApp
  /** Ends it between two requests. */
  readonly signal?: AbortSignal
}

/** What became of one request that was to be undone. */
export interface RevertItem {
  readonly resource: string
  readonly name: string
  /** What it did: `update`, `disable`, `create`. */
  readonly did: string
  /** `can`: it would be undone; `done`: it was; `cannot`, `failed`: see `why`. */
  readonly outcome: 'can' | 'done' | 'cannot' | 'failed'
  readonly why?: string
  readonly requests: readonly ShownRequest[]
}

const LEASE_MS = 20_000
/** Most requests of a run that are undone in one go, the last ones first. */
const MOST = 10_000
const PAGE = 500

/** Refuses what can't be undone at all. */
export function requireRevertible({ tenant, app }: RevertDeps, run: PlanRun, dryRun: boolean): void {
  const { id, mode } = app.settings
  if (run.appliedAt === undefined)
    throw new LockstepError('ERR_INVALID', 'This plan was not carried out; there is nothing to undo')
  if (mode === 'on' && !dryRun) {
    throw new LockstepError(
      'ERR_IN_USE',
      `Pause the app first, or the hub brings it about again at once: lockstep app pause ${id} --tenant ${tenant}`,
    )
  }
}

/**
 * Undoes the requests of a plan that was carried out, the last one first. The app must be paused: otherwise the hub would bring it about again
 * at once. Afterwards it stays paused, so that the configuration can be mended and a plan be looked at. `dryRun`: only says what could be
 * undone. `advance` is told how many requests are behind it.
 */
export async function revertRun(
  deps: RevertDeps,
  run: PlanRun,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
  advance: Advance = () => {},
): Promise<readonly RevertItem[]> {
  const { store, environment, tenant, app } = deps
  const { id } = app.settings
  requireRevertible(deps, run, dryRun)
  const attempts = await attemptsOf(deps, run)
  if (dryRun) return work(deps, attempts, undefined, advance)
  const owner = `revert-${Buffer.from(environment.random(new Uint8Array(8))).toString('hex')}`
  const key = { tenant, name: `work/${QUEUES.units}/${id}` }
  const held = await underLease({ store, environment }, { key, owner, ms: LEASE_MS }, (lease) =>
    work(deps, attempts, lease, advance),
  )
  if (held === undefined)
    throw new LockstepError('ERR_IN_USE', 'The hub is still at work on this app; try again in a few seconds')
  return held.result
}

/** What the plan has done, the last first: requests for its resources that were computed from no later place than it was approved for. */
async function attemptsOf({ store, tenant, app }: RevertDeps, run: PlanRun): Promise<readonly Attempt[]> {
  const id = app.settings.id
  const planned = new Set<string>()
  for (let after: string | undefined; ; ) {
    const page = await planItems(store, tenant, id, run.id, PAGE, after)
    for (const { resource } of page.items) planned.add(resource)
    if (page.next === undefined) break
    after = page.next
  }
  const found: Attempt[] = []
  for (let after = timeKey(run.appliedAt ?? 0); ; ) {
    const page = await store.items(tenant, QUEUES.attempts(id), { after, limit: PAGE })
    for (const { value } of page) {
      const attempt = value as unknown as Attempt
      const isOfRun = planned.has(attempt.resource) && attempt.basis <= (run.appliedPlace ?? 0)
      if (isOfRun && attempt.outcome === 'done' && found.length < MOST) found.push(attempt)
    }
    const last = page.at(-1)
    if (page.length < PAGE || last === undefined) return found.reverse()
    after = last.key
  }
}

async function work(
  deps: RevertDeps,
  attempts: readonly Attempt[],
  lease: HeldLease | undefined,
  advance: Advance,
): Promise<readonly RevertItem[]> {
  const { store, tenant, app } = deps
  const done: RevertItem[] = []
  /** Links as they would be, when nothing is sent. */
  const imagined = new Map<string, Link>()
  let stopped: string | undefined
  for (const attempt of attempts) {
    advance(done.length, attempts.length)
    const { resource, step: did, undo } = attempt
    const [item] = await store.items(tenant, QUEUES.links(app.settings.id), { keys: [resource] })
    const link = imagined.get(resource) ?? (item?.value as unknown as Link | undefined)
    const base = { resource, name: link?.name ?? resource, did }
    const inverse =
      undo === undefined
        ? { why: 'What was there before was not noted' }
        : inverseOf(app.adapter.traits, did, undo, link)
    if ('why' in inverse || item === undefined || link === undefined) {
      done.push({ ...base, outcome: 'cannot', requests: [], ...('why' in inverse ? { why: inverse.why } : {}) })
      continue
    }
    const requests = app.adapter.show(inverse.step)
    const next = linkAfter(deps, link, inverse)
    if (lease === undefined) {
      imagined.set(resource, next)
      done.push({ ...base, outcome: 'can', requests })
      continue
    }
    if (stopped === undefined && (lease.signal.aborted || lease.remainingMs() < app.adapter.traits.timeoutMs))
      stopped = 'The app was taken over by another process'
    if (deps.signal?.aborted === true) stopped ??= 'The server was stopped'
    if (stopped !== undefined) {
      done.push({ ...base, outcome: 'failed', why: `Not tried: ${stopped}`, requests })
      continue
    }
    const error = await send(deps, inverse.step, lease)
    if (error === undefined) await keep(deps, item, next, lease)
    else if (error.trouble === 'unknown') await keep(deps, item, { ...link, tentative: doubtOf(inverse.step) }, lease)
    else if (['credentials', 'unavailable', 'throttled'].includes(error.trouble)) stopped = error.message
    done.push({
      ...base,
      outcome: error === undefined ? 'done' : 'failed',
      requests,
      ...(error && { why: error.message }),
    })
  }
  return done
}

function linkAfter(
  { environment }: RevertDeps,
  link: Link,
  inverse: { readonly step: Step; readonly acked?: Link['acked'] },
): Link {
  const { step, acked } = inverse
  if (step.do === 'members') return { ...link, membersFrom: 'app' }
  if (step.do === 'remove') {
    const { account: _account, acked: _acked, ...rest } = link
    return rest
  }
  const { off, ...rest } = link
  const place = link.ackedPlace ?? 0
  if (step.do === 'disable')
    return { ...rest, ...(acked && { acked }), off: { at: environment.now(), place, account: step.id } }
  return { ...rest, ...(acked && { acked }), ...(acked?.active === false && off !== undefined ? { off } : {}) }
}

async function send({ app }: RevertDeps, step: Step, { signal }: HeldLease): Promise<AppError | undefined> {
  const call = { signal, headers: {} }
  const { adapter } = app
  try {
    if (step.do === 'update') await adapter.update(step.type, step.id, step.change, call)
    if (step.do === 'disable') await adapter.disable(step.id, step.change, call)
    if (step.do === 'remove') await adapter.remove(step.type, step.id, call)
    if (step.do === 'members') await adapter.members(step.id, step.change, call)
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

function doubtOf(step: Step): NonNullable<Link['tentative']> {
  if (step.do !== 'update' && step.do !== 'disable') return {}
  return { attributes: Object.keys({ ...step.change.before, ...step.change.after }) }
}

/** Keeps what the app holds now; the link is looked at again when the app is resumed. */
async function keep({ store, environment }: RevertDeps, { tenant, queue, key }: Item, link: Link, lease: HeldLease) {
  const set = { value: link as never, state: 'ready', due: environment.now() }
  await store.commit([lease.fence, { write: 'item', item: { tenant, queue, key }, set }])
}
