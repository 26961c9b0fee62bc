// What administrators look at of an app: its links, its last requests, its sweeps and what they found.

import type { Environment } from '../../environment.ts'
import { type Item, type ListPage, NEVER, type Store, type Work } from '../../store/index.ts'
import {
  type AccountType,
  type Attempt,
  type Drift,
  type DriftKind,
  type Link,
  type LinkState,
  newRunKey,
  QUEUES,
  readApps,
} from '../contract/index.ts'
import { holdOf } from '../engine/holds.ts'
import { driftsOf } from '../reconcile/drifts.ts'
import type { SweepRun } from '../reconcile/sweep-run.ts'
import { beginSweep, type Fixing, fixSweep, sweepOf, sweepsOf, sweepsUnderWay } from '../reconcile/sweeps.ts'
import { AppRefusal, noApp } from './app-refusal.ts'
import { type DeliveriesRequest, type DeliveryRow, deliveriesOf } from './deliveries.ts'
import { requireApp } from './require-app.ts'

/** Which part of a list is wanted: after the `next` of the page before. */
export interface PartRequest {
  readonly after?: string | undefined
  readonly limit: number
}

/** Which links are wanted: those in one state, or that one hold keeps back, or all. */
export interface LinksRequest extends PartRequest {
  readonly state?: string | undefined
  readonly hold?: string | undefined
}

/** A link as it is shown. Times are in milliseconds since 1970. */
export interface LinkRow extends Pick<Link, 'type' | 'name' | 'account' | 'wanted' | 'ackedAt' | 'since' | 'reason'> {
  readonly resource: string
  readonly state: LinkState
  readonly lane: number
  /** When it is due; absent when it waits for something else. */
  readonly due?: number
}

/** A request as it is shown. */
export interface AttemptRow extends Attempt {
  readonly id: string
}

/** What can be looked at of apps. All throw {@link AppRefusal} when there is no such app. */
export interface Inspection {
  /** Links by resource id; those in one state or of one hold alone, or all. A page may have fewer although there are more. */
  links(tenant: string, app: string, request: LinksRequest): Promise<ListPage<LinkRow>>
  /** How many links there are in each state, those at rest left out. */
  states(tenant: string, app: string): Promise<{ readonly [state: string]: number }>
  /** Accounts that do not reflect all changes yet, by why: `ready`, `waiting`, `held`, `parked`. */
  owed(tenant: string, app: string): Promise<Owed>
  /** Requests, oldest first; those about one resource, or all. */
  attempts(
    tenant: string,
    app: string,
    request: PartRequest & { readonly resource?: string | undefined },
  ): Promise<ListPage<AttemptRow>>
  /** Requests to all apps, newest first. */
  deliveries(tenant: string, request: DeliveriesRequest): Promise<ListPage<DeliveryRow>>
  sweeps(
    tenant: string,
    app: string,
    request: PartRequest,
  ): Promise<ListPage<{ readonly id: string; readonly run: SweepRun }>>
  /** One sweep. */
  showSweep(tenant: string, app: string, sweep: string): Promise<SweepRun>
  /** Begins a sweep, unless one of its kind is under way; returns its id. A light one goes on where the last one ended. */
  sweep(tenant: string, app: string, kind: SweepRun['kind']): Promise<string>
  /** What a sweep found. */
  drifts(
    tenant: string,
    app: string,
    sweep: string,
    request: PartRequest & { readonly kind?: DriftKind | undefined },
  ): Promise<ListPage<{ readonly key: string; readonly drift: Drift }>>
  /** Has differences of some kinds mended that a sweep has found and left. */
  fix(tenant: string, app: string, sweep: string, fixing: Fixing): Promise<void>
}

/** How many accounts do not reflect all changes yet, by the state of their links. */
export type Owed = { readonly [state: string]: number }

/** What inspection works with. */
export interface InspectionDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly types: (tenant: string) => Promise<unknown>
}

/** Links that are read for one page. */
const SCANNED = 1_000

/** Creates the inspection of apps. */
export function createInspection({ store, environment, types }: InspectionDeps): Inspection {
  const within =
    <Rest extends readonly unknown[], T>(look: (tenant: string, app: string, ...rest: Rest) => Promise<T>) =>
    async (tenant: string, app: string, ...rest: Rest) => {
      await requireApp({ store, types }, tenant, app)
      return look(tenant, app, ...rest)
    }
  return {
    links: within((tenant, app, request: LinksRequest) => linksOf(store, tenant, app, request)),
    states: within((tenant, app) => store.states(tenant, QUEUES.links(app))),
    owed: within(async (tenant, app) => {
      const states = Object.entries(await store.states(tenant, QUEUES.links(app)))
      // Those that are watched have confirmed, and are only read once more.
      return Object.fromEntries(states.filter(([state]) => state !== 'watched'))
    }),
    attempts: within(async (tenant, app, request: PartRequest & { readonly resource?: string | undefined }) => {
      const { resource, ...part } = request
      const where = { ...whereOf(part), ...(resource === undefined ? {} : { tag: resource.slice(0, 200) }) }
      const items = await store.items(tenant, QUEUES.attempts(app), where)
      return pageOf(items, part.limit, ({ key, value }) => ({ id: key, ...(value as unknown as Attempt) }))
    }),
    deliveries: async (tenant, request) => {
      await types(tenant)
      const apps = await readApps(store, tenant)
      const { app } = request
      if (app !== undefined && !apps.some(({ id }) => id === app)) throw noApp(tenant, app)
      const chosen = app === undefined ? apps : apps.filter(({ id }) => id === app)
      return deliveriesOf(store, tenant, chosen, request)
    },
    sweeps: within(async (tenant, app, request: PartRequest) => {
      const { limit } = request
      const found = await sweepsOf(store, tenant, app, whereOf(request))
      return pageOf(
        found.map((one) => ({ ...one, key: one.id })),
        limit,
        ({ id, run }) => ({ id, run }),
      )
    }),
    showSweep: within((tenant, app, sweep: string) => requireSweep(store, tenant, app, sweep)),
    sweep: within(async (tenant, app, kind: SweepRun['kind']) => {
      const underWay = await sweepsUnderWay(store, tenant, app)
      const running = underWay.find(({ value }) => (value as unknown as SweepRun).kind === kind)
      if (running !== undefined) {
        throw new AppRefusal('ERR_IN_USE', `Sweep ${running.key} of app "${app}" is under way; wait until it has ended`)
      }
      const now = environment.now()
      const id = newRunKey(environment)
      const [unit] = kind === 'light' ? await store.items(tenant, QUEUES.units, { keys: [app] }) : []
      const { lightAfter } = (unit?.value ?? {}) as { readonly lightAfter?: string }
      await store.commit(beginSweep(tenant, app, id, kind, now, lightAfter))
      return id
    }),
    drifts: within(
      async (tenant, app, sweep: string, request: PartRequest & { readonly kind?: DriftKind | undefined }) => {
        await requireSweep(store, tenant, app, sweep)
        const { kind, ...part } = request
        const where = { ...whereOf(part), ...(kind === undefined ? {} : { kind }) }
        return pageOf(await driftsOf(store, tenant, app, sweep, where), part.limit, (one) => one)
      },
    ),
    fix: within(async (tenant, app, sweep: string, fixing: Fixing) => {
      const run = await requireSweep(store, tenant, app, sweep)
      if (run.phase !== 'done') {
        throw new AppRefusal(
          'ERR_IN_USE',
          `Sweep ${sweep} of app "${app}" has not ended well; it is in the phase ${run.phase}`,
        )
      }
      await store.commit(fixSweep(tenant, app, sweep, run, fixing, environment.now()))
    }),
  }
}

async function requireSweep(store: Pick<Work, 'items'>, tenant: string, app: string, id: string): Promise<SweepRun> {
  const run = await sweepOf(store, tenant, app, id)
  if (run !== undefined) return run
  throw new AppRefusal('ERR_NOT_FOUND', `App "${app}" has no sweep "${id}"`)
}

async function linksOf(
  store: Pick<Work, 'items'>,
  tenant: string,
  app: string,
  { state, hold, limit, after }: LinksRequest,
): Promise<ListPage<LinkRow>> {
  const isAny = state === undefined && hold === undefined
  const most = isAny ? limit : SCANNED
  const read = await store.items(tenant, QUEUES.links(app), whereOf({ after, limit: most }))
  const isWanted = (item: Item) =>
    (state === undefined || item.state === state) &&
    (hold === undefined || (item.state === 'held' && holdOf(item.value as unknown as Link) === hold))
  const found = isAny ? read : read.filter(isWanted)
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : read.length < most ? undefined : read.at(-1)
  return { items: items.map(linkRow), ...(last === undefined ? {} : { next: last.key }) }
}

function linkRow({ key, state, lane, due, value }: Item): LinkRow {
  const link = value as unknown as Partial<Link> | null
  const { type = 'User' as AccountType, name = key, account, wanted, ackedAt, since, reason } = link ?? {}
  const known = { account, wanted, ackedAt, since, reason, due: due >= NEVER ? undefined : due }
  const told = Object.fromEntries(Object.entries(known).filter(([, one]) => one !== undefined))
  return { resource: key, type, name, state: state as LinkState, lane, ...told }
}

function whereOf({ after, limit }: PartRequest) {
  return { limit, ...(after === undefined ? {} : { after }) }
}

/** A page whose next one begins after its last entry; the last page may turn out to be empty. */
function pageOf<T extends { readonly key: string }, To>(
  all: readonly T[],
  limit: number,
  toRow: (one: T) => To,
): ListPage<To> {
  const last = all.length < limit ? undefined : all.at(-1)
  return { items: all.map(toRow), ...(last === undefined ? {} : { next: last.key }) }
}
