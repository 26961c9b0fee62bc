// Plans that are carried out or undone, as that is kept: how far it is, and what became of it.

import { isObject, type Json, LockstepError } from '../../protocol/index.ts'
import type { Work } from '../../store/index.ts'
import { newRunKey, type PlanItem, QUEUES } from '../contract/index.ts'
import { asOfNow, failureText, withBeats } from './background.ts'
import type { PlanDeps } from './plan.ts'
import type { Advance, PlanCheck, PlanRun } from './plan-runs.ts'
import type { RevertItem } from './revert.ts'

/** What became of a plan that was to be carried out. */
export interface Applied extends PlanCheck {
  /** False: something has changed since, and nobody has agreed to leave that out. Nothing was done. */
  readonly applied: boolean
}

/** How a plan is, or was, carried out or undone, as it is kept in `QUEUES.runs`. Times are in milliseconds since 1970. */
export interface PlanWork {
  readonly kind: 'apply' | 'revert'
  readonly id: string
  readonly app: string
  readonly plan: string
  readonly state: 'running' | 'done' | 'failed'
  /** Why it failed. */
  readonly message?: string
  readonly beganAt: number
  readonly seenAt?: number
  /** Steps that are behind it, and about how many there are. */
  readonly done: number
  readonly of: number
  /** Items that are kept: what has changed since the plan was made, or the requests that were undone. */
  readonly items: number
  /** Of one that is done: what {@link Applied} says. */
  readonly applied?: boolean
  readonly holds?: number
  /** Of a revert that is done: how many requests came out how. */
  readonly outcomes?: { readonly [outcome in RevertItem['outcome']]?: number }
}

/** What is told of work under way. */
export interface WorkHooks {
  /** It is kept as running from now on. */
  readonly onBegun?: (work: PlanWork) => void
  readonly onProgress?: Advance
}

/** What work came to: what is kept of it as a whole, and one by one. */
export interface WorkResult<T> {
  readonly result: T
  readonly kept: Pick<PlanWork, 'applied' | 'holds' | 'outcomes'>
  readonly items: readonly (PlanItem | RevertItem)[]
}

/** How long it is kept what became of a plan. */
const KEPT_MS = 30 * 86_400_000
const TAG = 'plan-work'
/** Items that are written together. */
const PAGE = 100
const DIGITS = 9

/** Does work on a plan, keeping how far it is every few seconds, and in the end what came of it. */
export async function keepWork<T>(
  { store, environment, tenant, app }: Pick<PlanDeps, 'store' | 'environment' | 'tenant' | 'app'>,
  kind: PlanWork['kind'],
  plan: PlanRun,
  { onBegun, onProgress }: WorkHooks,
  work: (advance: Advance) => Promise<WorkResult<T>>,
): Promise<T> {
  const beganAt = environment.now()
  const id = newRunKey(environment)
  const name = app.settings.id
  let progress = { done: 0, of: plan.items }
  const keep = async (run: Omit<PlanWork, 'kind' | 'id' | 'app' | 'plan' | 'beganAt' | 'done' | 'of'>) => {
    const value: PlanWork = { kind, id, app: name, plan: plan.id, beganAt, ...progress, ...run }
    const item = { tenant, queue: QUEUES.runs(name), key: id }
    const set = { tag: TAG, value: value as unknown as Json, expires: beganAt + KEPT_MS }
    await store.commit([{ write: 'item', item, set }])
    return value
  }
  const running = () => keep({ state: 'running', seenAt: environment.now(), items: 0 })
  onBegun?.(await running())
  try {
    const { result, kept, items } = await withBeats(environment, running, () =>
      work((done, of) => {
        progress = { done, of }
        onProgress?.(done, of)
      }),
    )
    for (let from = 0; from < items.length; from += PAGE) {
      const writes = items.slice(from, from + PAGE).map((value, at) => ({
        write: 'item' as const,
        item: { tenant, queue: QUEUES.plans(name), key: `${id}/${String(from + at).padStart(DIGITS, '0')}` },
        set: { tag: value.resource.slice(-200), value: value as unknown as Json, expires: beganAt + KEPT_MS },
      }))
      await store.commit(writes)
    }
    progress = { done: progress.of, of: progress.of }
    await keep({ state: 'done', ...kept, items: items.length })
    return result
  } catch (error) {
    await keep({ state: 'failed', message: failureText(error), items: 0 })
    throw error
  }
}

/** What was, or is, done with the plans of an app, the last first. */
export async function listWork(store: Work, tenant: string, app: string, now: number): Promise<readonly PlanWork[]> {
  const found = await store.items(tenant, QUEUES.runs(app), { tag: TAG, limit: 1_000 })
  return found
    .map(({ value }) => value as unknown as PlanWork)
    .map((one) => asOfNow(one, one.beganAt, now))
    .reverse()
}

/** One of them; undefined when there is none of this id. */
export async function readWork(
  store: Work,
  tenant: string,
  app: string,
  id: string,
  now: number,
): Promise<PlanWork | undefined> {
  const [item] = await store.items(tenant, QUEUES.runs(app), { keys: [id] })
  if (item === undefined || !isObject(item.value)) return undefined
  const { kind } = item.value
  if (kind !== 'apply' && kind !== 'revert') return undefined
  const work = item.value as unknown as PlanWork
  return asOfNow(work, work.beganAt, now)
}

/** Refuses to begin while a plan of the app is carried out or undone. */
export async function requireIdle(store: Work, tenant: string, app: string, now: number): Promise<void> {
  const running = (await listWork(store, tenant, app, now)).find(({ state }) => state === 'running')
  if (running === undefined) return
  const what = running.kind === 'apply' ? 'carried out' : 'undone'
  throw new LockstepError(
    'ERR_IN_USE',
    `Plan ${running.plan} of app "${app}" is being ${what}; wait until that is done`,
  )
}

/** The refusal of work that nobody has begun. */
export function noWork(app: string, id: string): LockstepError {
  return new LockstepError('ERR_NOT_FOUND', `Nothing was done with a plan of app "${app}" as "${id}"`)
}
