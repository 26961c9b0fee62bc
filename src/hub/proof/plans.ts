// Plans as administrators use them: made, looked at, approved and carried out; and explanations.

import type { Environment } from '../../environment.ts'
import { type Json, LockstepError } from '../../protocol/index.ts'
import type { Item, Store, Work, Write } from '../../store/index.ts'
import {
  type AccountType,
  type Approval,
  type CompiledApp,
  type Explanation,
  HUB_LANES,
  type PlanItem,
  QUEUES,
} from '../contract/index.ts'
import { linkMark, unitMark } from '../engine/marks.ts'
import { asOfNow, type Background, begun } from './background.ts'
import { explain } from './explain.ts'
import type { PlanDeps } from './plan.ts'
import {
  type Advance,
  checkPlan,
  listPlans,
  makePlan,
  noPlan,
  type PlanPage,
  type PlanRun,
  planItems,
  readPlan,
} from './plan-runs.ts'
import {
  type Applied,
  keepWork,
  listWork,
  noWork,
  type PlanWork,
  readWork,
  requireIdle,
  type WorkHooks,
} from './plan-work.ts'
import { type RevertDeps, type RevertItem, requireRevertible, revertRun } from './revert.ts'

/** What plans work with. */
export interface PlansDeps {
  readonly store: Store & Work
  readonly environment: Environment
  /** Runs work with an app, its adapter open. Refuses an app that isn't there or can't be worked with. */
  readonly withApp: <T>(tenant: string, app: string, use: (app: CompiledApp) => Promise<T>) => Promise<T>
  readonly requireTenant: (tenant: string) => Promise<unknown>
  /** Where plans are made that nobody waits for. */
  readonly background: Background
  /** Lets changes go out: switches on an app that is off, with the plan that was approved, or resumes one that is paused. */
  readonly letGo: (tenant: string, app: CompiledApp['settings'], plan: string) => Promise<unknown>
}

/** Which items of a plan are wanted. */
export interface PlanPageRequest {
  readonly limit: number
  readonly after?: string
}

/** How a plan is carried out. */
export interface ApplyOptions {
  readonly leaveOut?: boolean | undefined
}

/** How a plan is undone. */
export interface RevertOptions {
  readonly dryRun?: boolean | undefined
}

/** Plans of apps. */
export interface Plans {
  /** Goes through everybody, asks the app, sends nothing, and keeps what it would do. */
  readonly make: (
    tenant: string,
    app: string,
    options?: { readonly signal?: AbortSignal; readonly onItems?: (items: number) => void },
  ) => Promise<PlanRun>
  /** The same, without waiting until it is made: a plan of 100,000 people takes longer than a request may. One at a time for each app. */
  readonly begin: (tenant: string, app: string) => Promise<PlanRun>
  readonly list: (tenant: string, app: string) => Promise<readonly PlanRun[]>
  readonly get: (tenant: string, app: string, plan: string) => Promise<PlanRun>
  readonly items: (tenant: string, app: string, plan: string, page: PlanPageRequest) => Promise<PlanPage>
  /**
   * Carries out a plan: plans again what it has planned, and lets those items go whose basis still holds, removals past the guard included.
   * `leaveOut`: what has changed since is left out; by default nothing is done then.
   */
  readonly apply: (
    tenant: string,
    app: string,
    plan: string,
    options?: ApplyOptions & Pick<WorkHooks, 'onProgress'>,
  ) => Promise<Applied>
  /** The same, without waiting until it is done; see `work`. */
  readonly beginApply: (tenant: string, app: string, plan: string, options?: ApplyOptions) => Promise<PlanWork>
  /** Undoes what a plan did, where the app allows it; see {@link revertRun}. What a dry run finds is not kept. */
  readonly revert: (
    tenant: string,
    app: string,
    plan: string,
    options?: RevertOptions & Pick<WorkHooks, 'onProgress'>,
  ) => Promise<readonly RevertItem[]>
  /** The same, without waiting until it is done; see `work`. */
  readonly beginRevert: (tenant: string, app: string, plan: string, options?: RevertOptions) => Promise<PlanWork>
  /** What was, or is, done with the plans of an app, the last first. One at a time for each app. */
  readonly listWork: (tenant: string, app: string) => Promise<readonly PlanWork[]>
  readonly work: (tenant: string, app: string, work: string) => Promise<PlanWork>
  /** Of a plan that was carried out what would be done now instead; of one that was undone what became of each request. */
  readonly workItems: (
    tenant: string,
    app: string,
    work: string,
    page: PlanPageRequest,
  ) => Promise<PlanPage<PlanItem | RevertItem>>
  readonly explain: (tenant: string, app: string, resource: string, type?: AccountType) => Promise<Explanation>
}

const DAY_MS = 86_400_000

/** Creates the plans. */
export function createPlans(deps: PlansDeps): Plans {
  const { store, environment, withApp, requireTenant } = deps
  const never = new AbortController().signal
  const depsFor = (tenant: string, app: CompiledApp, signal = never): PlanDeps => ({
    store,
    environment,
    tenant,
    app,
    signal,
  })
  const get = async (tenant: string, app: string, plan: string): Promise<PlanRun> => {
    await requireTenant(tenant)
    const run = await readPlan(store, tenant, app, plan)
    if (run === undefined) throw noPlan(tenant, app, plan)
    return asOfNow(run, run.madeAt, environment.now())
  }
  const list = async (tenant: string, app: string): Promise<readonly PlanRun[]> => {
    await requireTenant(tenant)
    const runs = await listPlans(store, tenant, app)
    return runs.map((run) => asOfNow(run, run.madeAt, environment.now()))
  }
  const work = async (tenant: string, app: string, id: string): Promise<PlanWork> => {
    await requireTenant(tenant)
    const found = await readWork(store, tenant, app, id, environment.now())
    if (found === undefined) throw noWork(app, id)
    return found
  }
  const apply = async (
    tenant: string,
    app: string,
    plan: string,
    leaveOut: boolean,
    hooks: WorkHooks,
    signal = never,
  ): Promise<Applied> => {
    const run = await get(tenant, app, plan)
    if (run.state !== 'done') throw noPlan(tenant, app, plan, run.state)
    await requireIdle(store, tenant, app, environment.now())
    return withApp(tenant, app, (compiled) => applyPlan(deps, depsFor(tenant, compiled, signal), run, leaveOut, hooks))
  }
  const revert = async (
    tenant: string,
    app: string,
    plan: string,
    dryRun: boolean,
    hooks: WorkHooks,
    signal = never,
  ): Promise<readonly RevertItem[]> => {
    const run = await get(tenant, app, plan)
    return withApp(tenant, app, async (compiled) => {
      const revertDeps = { store, environment, tenant, app: compiled, signal }
      requireRevertible(revertDeps, run, dryRun)
      // Whoever waits for the answer has it.
      if (dryRun && hooks.onBegun === undefined) return revertRun(revertDeps, run, { dryRun })
      if (!dryRun) await requireIdle(store, tenant, app, environment.now())
      return keepRevert(revertDeps, run, dryRun, hooks)
    })
  }
  return {
    make: (tenant, app, { signal, onItems } = {}) =>
      withApp(tenant, app, (compiled) =>
        makePlan(depsFor(tenant, compiled, signal), onItems === undefined ? {} : { onItems }),
      ),
    async begin(tenant, app) {
      const running = (await list(tenant, app)).find(({ state }) => state === 'running')
      if (running !== undefined)
        throw new LockstepError('ERR_IN_USE', `Plan ${running.id} of app "${app}" is being made; wait until it is done`)
      return begun<PlanRun>(deps.background, (signal, onBegun) =>
        withApp(tenant, app, (compiled) => makePlan(depsFor(tenant, compiled, signal), { onBegun })),
      )
    },
    list,
    get,
    async items(tenant, app, plan, { limit, after }) {
      await get(tenant, app, plan)
      return planItems(store, tenant, app, plan, limit, after)
    },
    apply: (tenant, app, plan, { leaveOut = false, ...hooks } = {}) => apply(tenant, app, plan, leaveOut, hooks),
    beginApply: (tenant, app, plan, { leaveOut = false } = {}) =>
      begun<PlanWork>(deps.background, (signal, onBegun) => apply(tenant, app, plan, leaveOut, { onBegun }, signal)),
    revert: (tenant, app, plan, { dryRun = false, ...hooks } = {}) => revert(tenant, app, plan, dryRun, hooks),
    beginRevert: (tenant, app, plan, { dryRun = false } = {}) =>
      begun<PlanWork>(deps.background, (signal, onBegun) => revert(tenant, app, plan, dryRun, { onBegun }, signal)),
    async listWork(tenant, app) {
      await requireTenant(tenant)
      return listWork(store, tenant, app, environment.now())
    },
    work,
    async workItems(tenant, app, id, { limit, after }) {
      await work(tenant, app, id)
      return planItems<PlanItem | RevertItem>(store, tenant, app, id, limit, after)
    },
    explain: (tenant, app, resource, type = 'User') =>
      withApp(tenant, app, (compiled) => explain(depsFor(tenant, compiled), resource, type)),
  }
}

function keepRevert(deps: RevertDeps, run: PlanRun, dryRun: boolean, hooks: WorkHooks): Promise<readonly RevertItem[]> {
  return keepWork(deps, 'revert', run, hooks, async (advance) => {
    const items = await revertRun(deps, run, { dryRun }, advance)
    const outcomes: { [outcome in RevertItem['outcome']]?: number } = {}
    for (const { outcome } of items) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    return { result: items, kept: { outcomes }, items }
  })
}

function applyPlan(
  deps: PlansDeps,
  plan: PlanDeps,
  run: PlanRun,
  leaveOut: boolean,
  hooks: WorkHooks,
): Promise<Applied> {
  return keepWork(plan, 'apply', run, hooks, async (advance) => {
    const result = await checkAndApply(deps, plan, run, leaveOut, advance)
    const { applied, holds, changed } = result
    return { result, kept: { applied, holds }, items: changed }
  })
}

/** Looks at each item again, and then marks each: that is twice as many steps as there are items. */
async function checkAndApply(
  deps: PlansDeps,
  plan: PlanDeps,
  run: PlanRun,
  leaveOut: boolean,
  advance: Advance,
): Promise<Applied> {
  const { tenant, app } = plan
  const of = 2 * run.items
  const check = await checkPlan(plan, run, (looked) => advance(looked, of))
  if (check.changed.length > 0 && !leaveOut) return { ...check, applied: false }
  let done = run.items
  const appliedAt = deps.environment.now()
  await deps.letGo(tenant, app.settings, run.id)
  // What was approved holds for things as they are now, the switching on included.
  const { place = 0 } = (await deps.store.tenant(tenant)) ?? {}
  await deps.store.commit([appliedWrite(tenant, { ...run, appliedAt, appliedPlace: place })])
  const changed = new Set(check.changed.map(({ resource }) => resource))
  for (let after: string | undefined; ; ) {
    const page = await planItems(deps.store, tenant, app.settings.id, run.id, 200, after)
    plan.signal.throwIfAborted()
    done += page.items.length
    advance(done, of)
    const held = page.items.filter(({ resource }) => !changed.has(resource))
    const links = await deps.store.items(tenant, QUEUES.links(app.settings.id), {
      keys: held.map(({ resource }) => resource),
    })
    const linked = new Map(links.map((item) => [item.key, item]))
    const writes = held.flatMap((item) => writesFor(deps, tenant, app.settings.id, run.id, place, item, linked))
    const now = deps.environment.now()
    if (writes.length > 0)
      await deps.store.commit([...writes, unitMark({ tenant, app: app.settings.id }, HUB_LANES.backfill, now)])
    if (page.next === undefined) return { ...check, applied: true }
    after = page.next
  }
}

function appliedWrite(tenant: string, run: PlanRun): Write {
  const item = { tenant, queue: QUEUES.runs(run.app), key: run.id }
  return { write: 'item', item, set: { value: run as unknown as Json } }
}

/** Marks one item of a plan; a removal passes the guard with it. */
function writesFor(
  { environment }: PlansDeps,
  tenant: string,
  app: string,
  plan: string,
  place: number,
  item: PlanItem,
  linked: ReadonlyMap<string, Item>,
): readonly Write[] {
  const now = environment.now()
  const removes = item.action === 'disable' || item.action === 'remove' || item.action === 'held'
  const lane = removes ? HUB_LANES.leave : HUB_LANES.backfill
  const { resource, type, name } = item
  const mark = linkMark({ tenant, app }, { resource, type, name, lane, at: now, place })
  if (item.action === 'parked' && !linked.has(resource)) return []
  if (!removes && item.action !== 'unlink' && item.disputed !== true) return [mark]
  const approval: Approval = { plan, place }
  const key = { tenant, queue: QUEUES.approvals(app), key: resource }
  return [{ write: 'item', item: key, set: { value: approval as unknown as Json, expires: now + DAY_MS } }, mark]
}
