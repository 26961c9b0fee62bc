// Plans as they are kept: made, read page by page, and compared with how things are now.

import { isDeepStrictEqual } from 'node:util'
import { isObject, type Json, LockstepError } from '../../protocol/index.ts'
import type { Item, Work, WorkWrite } from '../../store/index.ts'
import { type AccountType, newRunKey, type PlanItem, type PlanSummary, QUEUES } from '../contract/index.ts'
import { failureText, withBeats } from './background.ts'
import { type PlanDeps, type PlanResult, type PlanStep, planApp } from './plan.ts'

/** A plan as it is kept in `QUEUES.runs`. `failed`: the app could not be asked. */
export interface PlanRun extends PlanSummary {
  readonly kind: 'plan'
  readonly state: 'running' | 'done' | 'failed'
  readonly message?: string
  /** Items that are kept, so far while it runs; what stays the same is not. */
  readonly items: number
  /** When it was under way last, in milliseconds since 1970. */
  readonly seenAt?: number
  /** When it was carried out, in milliseconds since 1970, and for which place in the log. */
  readonly appliedAt?: number
  readonly appliedPlace?: number
}

/** Tells how far work on a plan is. */
export type Advance = (done: number, of: number) => void

/** One page of the items of a plan, or of what was done with one. */
export interface PlanPage<Item = PlanItem> {
  readonly items: readonly Item[]
  /** Pass it to read on; absent after the last page. */
  readonly next?: string
}

/** How long plans are kept. */
const KEPT_MS = 30 * 86_400_000
const DIGITS = 9

/** What a plan that is made tells. */
export interface PlanHooks {
  /** It is kept as running from now on. */
  readonly onBegun?: (run: PlanRun) => void
  /** How many items there are so far. */
  readonly onItems?: (items: number) => void
}

/** Makes a plan and keeps it, first as running. */
export async function makePlan(deps: PlanDeps, { onBegun, onItems }: PlanHooks = {}): Promise<PlanRun> {
  const { store, environment, tenant, app } = deps
  const now = environment.now()
  const id = newRunKey(environment)
  const settings = app.settings.id
  const none: PlanResult = {
    app: settings,
    place: 0,
    configured: 0,
    madeAt: now,
    counts: {},
    guard: { held: false, removals: 0, limit: 0, managed: 0 },
  }
  let items = 0
  const keep = async (run: Omit<PlanRun, 'id' | 'kind'>): Promise<PlanRun> => {
    const value: PlanRun = { kind: 'plan', id, ...run }
    const item = { tenant, queue: QUEUES.runs(settings), key: id }
    const set = { tag: 'plan', value: value as unknown as Json, expires: now + KEPT_MS }
    await store.commit([{ write: 'item', item, set }])
    return value
  }
  const running = () => keep({ ...none, state: 'running', items, seenAt: environment.now() })
  onBegun?.(await running())
  try {
    const result = await withBeats(environment, running, () =>
      planApp(deps, async (steps) => {
        await store.commit(steps.map((step, at) => itemWrite(tenant, settings, id, items + at, step, now + KEPT_MS)))
        items += steps.length
        onItems?.(items)
      }),
    )
    return await keep({ ...result, state: 'done', items })
  } catch (error) {
    await keep({ ...none, state: 'failed', message: failureText(error), items })
    throw error
  }
}

function itemWrite(tenant: string, app: string, plan: string, at: number, step: PlanStep, expires: number): WorkWrite {
  const { item } = step.planned
  return {
    write: 'item',
    item: { tenant, queue: QUEUES.plans(app), key: `${plan}/${String(at).padStart(DIGITS, '0')}` },
    set: { tag: item.resource.slice(-200), value: item as unknown as Json, expires },
  }
}

/** A plan of an app, if there is one of this id. */
export async function readPlan(store: Work, tenant: string, app: string, id: string): Promise<PlanRun | undefined> {
  const [item] = await store.items(tenant, QUEUES.runs(app), { keys: [id] })
  return item === undefined ? undefined : runOf(item)
}

/** The last plans of an app, newest first. */
export async function listPlans(store: Work, tenant: string, app: string): Promise<readonly PlanRun[]> {
  const found = await store.items(tenant, QUEUES.runs(app), { tag: 'plan', limit: 1_000 })
  return found.flatMap((item) => runOf(item) ?? []).reverse()
}

/** A page of the items of a plan, in the order in which they were planned; or of those that are kept under another id. */
export async function planItems<Item = PlanItem>(
  store: Work,
  tenant: string,
  app: string,
  plan: string,
  limit: number,
  after?: string,
): Promise<PlanPage<Item>> {
  const found = await store.items(tenant, QUEUES.plans(app), { after: `${plan}/${after ?? ''}`, limit })
  const own = found.filter(({ key }) => key.startsWith(`${plan}/`))
  const items = own.map(({ value }) => value as unknown as Item)
  const last = own.at(-1)
  if (own.length < limit || last === undefined) return { items }
  return { items, next: last.key.slice(plan.length + 1) }
}

function runOf({ value }: Item): PlanRun | undefined {
  return isObject(value) && value.kind === 'plan' ? (value as unknown as PlanRun) : undefined
}

/** What of a plan still holds. */
export interface PlanCheck {
  /** Resources whose item is as it was. */
  readonly holds: number
  /** Items that would be others now, and those that would be none any more. */
  readonly changed: readonly PlanItem[]
}

/**
 * Plans again what a plan has planned, and compares. `each` gets the resources, page by page, whose items are as they were. What joined the
 * plan since is not looked at: it was not approved. `looked` is told how many items were looked at.
 */
export async function checkPlan(
  deps: PlanDeps,
  plan: PlanRun,
  looked: (items: number) => void = () => {},
): Promise<PlanCheck> {
  const { store, tenant, app } = deps
  let holds = 0
  let seen = 0
  const changed: PlanItem[] = []
  for (let after: string | undefined; ; ) {
    deps.signal.throwIfAborted()
    const page = await planItems(store, tenant, app.settings.id, plan.id, 200, after)
    for (const type of ['User', 'Group'] as const) {
      const before = page.items.filter((item) => item.type === type)
      const now = await itemsNow(deps, type, before)
      for (const item of before) {
        const is = now.get(item.resource)
        if (is !== undefined && sameWork(item, is)) holds++
        else if (changed.length < CHANGED)
          changed.push(is ?? { ...item, action: 'same', why: 'nothing is to be done any more', requests: [] })
      }
    }
    seen += page.items.length
    looked(seen)
    if (page.next === undefined) return { holds, changed }
    after = page.next
  }
}

/** Changed items that are listed at most. */
const CHANGED = 1_000

async function itemsNow(
  deps: PlanDeps,
  type: AccountType,
  items: readonly PlanItem[],
): Promise<ReadonlyMap<string, PlanItem>> {
  const found = new Map<string, PlanItem>()
  if (items.length === 0) return found
  await planApp(
    deps,
    async (steps) => {
      for (const { planned } of steps) found.set(planned.item.resource, planned.item)
    },
    { type, ids: items.map(({ resource }) => resource) },
  )
  return found
}

/** Whether two items do the same. Why, and how often it was shown, may differ. */
function sameWork(one: PlanItem, other: PlanItem): boolean {
  return (
    one.action === other.action &&
    one.account === other.account &&
    isDeepStrictEqual(one.members, other.members) &&
    isDeepStrictEqual(one.requests, JSON.parse(JSON.stringify(other.requests)))
  )
}

/** The refusal of a plan that nobody has made, or that is not done. */
export function noPlan(tenant: string, app: string, id: string, state?: PlanRun['state']): LockstepError {
  const why = state === undefined ? 'has no plan' : `is ${state === 'running' ? 'still making' : 'without'} the plan`
  return new LockstepError('ERR_NOT_FOUND', `App "${app}" of tenant "${tenant}" ${why} "${id}"`)
}
