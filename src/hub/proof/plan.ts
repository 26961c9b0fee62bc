// Plans an app: goes through everything that the engine would, and sends nothing.

import type { Environment } from '../../environment.ts'
import type { Item, Store, Work } from '../../store/index.ts'
import {
  type AccountType,
  type AppState,
  type CompiledApp,
  type Hold,
  type Link,
  type PlanItem,
  type PlanSummary,
  QUEUES,
} from '../contract/index.ts'
import { idsAfter } from '../engine/backfill.ts'
import { guardLimits, judgeCause } from '../engine/guard.ts'
import { referredAccounts } from '../engine/referred-accounts.ts'
import { readSources, type Source } from '../engine/source.ts'
import { accountTraits } from '../engine/steps.ts'
import { createMatcher } from './plan-match.ts'
import { type Moving, planMembers } from './plan-members.ts'
import { type PlanContext, type Planned, planOne } from './plan-one.ts'
import { openPlanReads, type PlanReads } from './plan-reads.ts'
import { createSeen, mustBeSeen } from './plan-seen.ts'

/** What a plan is made with. */
export interface PlanDeps {
  readonly store: Store & Work
  readonly environment: Pick<Environment, 'now' | 'wait' | 'random' | 'afterTurn'>
  readonly tenant: string
  readonly app: CompiledApp
  readonly signal: AbortSignal
}

/** A plan without its id. */
export type PlanResult = Omit<PlanSummary, 'id'>

/** One item of a plan, with all that explains it. */
export interface PlanStep {
  readonly planned: Planned
  readonly source: Source
  readonly item: Item | undefined
}

/** Resources that are planned together. */
const PAGE = 200
/** Resources that are planned in one turn of the event loop, so that requests to the directory come between. */
const IN_TURN = 20

/**
 * Plans an app: every resource here, and every link whose resource is gone. `each` gets what is to be done, page by page; what stays the
 * same is only counted. Nothing is written, here or there: the adapter is asked for lists and searches alone. `only`: of these resources;
 * `withSame`: what stays the same is given to `each` too.
 */
export async function planApp(
  deps: PlanDeps,
  each: (steps: readonly PlanStep[]) => Promise<void>,
  only?: { readonly type: AccountType; readonly ids: readonly string[] },
  withSame = false,
): Promise<PlanResult> {
  const { store, environment, tenant, app } = deps
  const id = app.settings.id
  const [row, [unit]] = await Promise.all([store.tenant(tenant), store.items(tenant, QUEUES.units, { keys: [id] })])
  const state = (unit?.value ?? { health: 'healthy' }) as unknown as AppState
  const walk = await openWalk(deps, state)
  const counts: { [action in PlanItem['action']]?: number } = {}
  let accounts = 0
  let memberships = 0
  let emptiedFrom = 0
  let disputed = 0
  const take = async (steps: readonly PlanStep[]) => {
    for (const { planned } of steps) {
      const { action, members } = planned.item
      counts[action] = (counts[action] ?? 0) + 1
      accounts += planned.removes
      disputed += planned.item.disputed === true ? 1 : 0
      memberships += members?.remove ?? 0
      emptiedFrom = Math.max(emptiedFrom, planned.emptiedFrom ?? 0)
    }
    const shown = withSame ? steps : steps.filter(({ planned }) => planned.item.action !== 'same')
    if (shown.length > 0) await each(shown)
  }
  if (only !== undefined) await take(await walk.page(only.type, only.ids))
  else {
    for await (const steps of walk.all()) await take(steps)
  }
  const planned = { cause: 'configuration', accounts, memberships, ...(emptiedFrom === 0 ? {} : { emptiedFrom }) }
  const verdict = judgeCause(app.settings.guard, state, planned, environment.now())
  const limit = verdict.go ? guardLimits(app.settings.guard, state, environment.now()).accounts : verdict.held.limit
  return {
    app: id,
    place: row?.place ?? 0,
    configured: unit?.place ?? 0,
    madeAt: environment.now(),
    counts,
    guard: {
      held: !verdict.go,
      removals: accounts,
      limit,
      managed: state.managed ?? 0,
      ...(disputed === 0 ? {} : { disputed }),
    },
  }
}

/** The walk over everything that a plan looks at. */
async function openWalk(deps: PlanDeps, state: AppState) {
  const { store, environment, tenant, app, signal } = deps
  const id = app.settings.id
  const { traits } = app.adapter
  const reads = openPlanReads({ adapter: app.adapter, environment, state, signal })
  const seen = createSeen(reads)
  const match = createMatcher(store, tenant, id, reads, (type) => accountTraits(traits, type)?.match ?? [])
  const holdItems = await store.items(tenant, QUEUES.holds(id), { limit: 1_000 })
  const holds = new Map(holdItems.map(({ key, value }) => [key, (value as unknown as Hold).verdict]))
  const moving: Moving = { joining: new Set(), leaving: new Set() }

  async function page(type: AccountType, ids: readonly string[]): Promise<readonly PlanStep[]> {
    signal.throwIfAborted()
    const [sources, links, kills] = await Promise.all([
      readSources(
        store,
        tenant,
        ids.map((one) => ({ type, id: one })),
      ),
      store.items(tenant, QUEUES.links(id), { keys: ids }),
      store.items(tenant, QUEUES.kills, { keys: ids }),
    ])
    const itemOf = new Map(links.map((item) => [item.key, item]))
    const killed = new Set(kills.map(({ key }) => key))
    const accounts = await referredAccounts(deps.store, deps.app, [...sources.values()])
    const accountOf = (id: string) => accounts.get(id)
    const context: PlanContext = { store, environment, tenant, app, match, accountOf, seen, holds }
    const steps: PlanStep[] = []
    for (const [at, source] of [...sources.values()].entries()) {
      if (at % IN_TURN === IN_TURN - 1) await new Promise<void>(environment.afterTurn)
      const item = itemOf.get(source.id)
      const planned = await planOne(context, { source, item, killed: killed.has(source.id) })
      if (planned === undefined) continue
      if (planned.item.action === 'create' || planned.item.action === 'adopt') moving.joining.add(source.id)
      if (planned.want?.inScope === false) moving.leaving.add(source.id)
      steps.push({ planned: await withMembers(deps, reads, planned, moving, item), source, item })
    }
    return steps
  }

  async function* all(): AsyncGenerator<readonly PlanStep[]> {
    for (const type of ['User', 'Group'] as const) {
      if (type === 'Group' && !app.scope.hasGroups) continue
      for (let after = ''; ; ) {
        const ids = await idsAfter(store, tenant, type, after, PAGE)
        if (ids.length > 0) yield await page(type, ids)
        const last = ids.at(-1)
        if (ids.length < PAGE || last === undefined) break
        after = last
      }
    }
    for (let after: string | undefined; ; ) {
      const links = await store.items(tenant, QUEUES.links(id), {
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      })
      const here = new Set(
        (
          await store.names(
            tenant,
            links.map(({ key }) => key),
          )
        ).map((one) => one.id),
      )
      for (const type of ['User', 'Group'] as const) {
        const gone = links.filter(({ key, value }) => !here.has(key) && (value as unknown as Link).type === type)
        if (gone.length > 0)
          yield await page(
            type,
            gone.map(({ key }) => key),
          )
      }
      after = links.at(-1)?.key
      if (links.length < PAGE || after === undefined) return
    }
  }

  return { page, all }
}

/** A group that is, or will be, in the app, with its members. */
async function withMembers(
  deps: PlanDeps,
  reads: PlanReads,
  planned: Planned,
  moving: Moving,
  known: Item | undefined,
): Promise<Planned> {
  const { item } = planned
  const { store, tenant, app } = deps
  const isIn = item.type === 'Group' && !['remove', 'unlink', 'parked', 'held'].includes(item.action)
  if (!isIn || (item.account === undefined && item.action !== 'create')) return planned
  const link = known?.value as unknown as Link | undefined
  const isSeen = link !== undefined && item.account === link.account && mustBeSeen(app, link)
  const shown = isSeen ? await reads.members(item.account ?? '') : undefined
  const { add, remove, disputed, emptiedFrom, requests } = await planMembers(
    store,
    tenant,
    app,
    item.resource,
    item.account,
    moving,
    shown,
  )
  if (add === 0 && remove === 0) return planned
  return {
    ...planned,
    item: {
      ...item,
      action: item.action === 'same' ? 'update' : item.action,
      why: item.action === 'same' ? 'its members differ' : item.why,
      members: { add, remove },
      ...(disputed ? { disputed } : {}),
      requests: [...item.requests, ...requests],
    },
    ...(emptiedFrom === undefined ? {} : { emptiedFrom }),
  }
}
