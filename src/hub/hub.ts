// The hub: reads the logs of all tenants, and keeps every app in step with them.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import { PACE, type Pace, type Reader, startReader, startWorker, type Worker } from '../jobs/index.ts'
import { type Catalog, createCatalog, Group, User } from '../protocol/index.ts'
import type { Store, WorkWrite } from '../store/index.ts'
import {
  type AdapterKind,
  type AppSettings,
  HUB_READER,
  type HubMeter,
  type HubTracer,
  QUEUES,
} from './contract/index.ts'
import { type AppBook, createAppBook } from './engine/app-book.ts'
import { planBatch, planGap } from './engine/planner.ts'
import type { EngineStore, HubEvent } from './engine/turn.ts'
import { type UnitDeps, workUnit } from './engine/unit.ts'
import { sweepTurn } from './reconcile/sweep-turn.ts'

/** What a hub works with. */
export interface HubOptions {
  readonly store: EngineStore
  /** Its `fetch` goes to apps: give one that checks addresses. */
  readonly environment?: Environment | undefined
  /** The name of this process; unique among all processes that ever use the database. */
  readonly owner: string
  /** Whether the owner of a lease has surely ended: then its lease is taken over before its time is up. */
  readonly hasEnded?: ((owner: string) => boolean) | undefined
  /** Ways of speaking to apps. */
  readonly kinds: readonly AdapterKind[]
  /** The secret of an app's credentials, in the clear; undefined when it has none. */
  readonly secret: (tenant: string, settings: AppSettings) => Promise<string | undefined>
  /** A tenant's resource types and schemas. By default the core ones. */
  readonly catalog?: ((tenant: string) => Catalog) | undefined
  /** Brings `catalog` up to date with other processes. */
  readonly ready?: ((tenant: string) => void | Promise<void>) | undefined
  /** Whether a tenant is being imported: nothing is done for it before it is served. */
  readonly isImported?: ((tenant: string) => boolean | Promise<boolean>) | undefined
  /** Forgets what is kept of an app that was removed. */
  readonly clear: UnitDeps['clear']
  readonly pace?: Partial<Pace> | undefined
  /** Called with errors that no link explains. */
  readonly report: UnitDeps['report']
  readonly onEvent?: ((event: HubEvent) => void) | undefined
  readonly meter?: HubMeter | undefined
  readonly tracer?: HubTracer | undefined
}

/** A hub. */
export interface Hub {
  /** Begins to read and to deliver. */
  readonly start: () => void
  /** Starts nothing more and resolves when what runs has ended. After `graceMs` (5 s by default) requests on their way are given up. */
  readonly stop: (graceMs?: number) => Promise<void>
  /** How its reader and its worker are doing. */
  readonly counts: () =>
    | { readonly reader: ReturnType<Reader['counts']>; readonly worker: ReturnType<Worker['counts']> }
    | undefined
  /** The apps of a tenant as the engine works with them. */
  readonly apps: AppBook['of']
}

/** The pace of the hub: turns are cheap while they wait for an app, and a slow app must not hold up others. */
export const HUB_PACE: Pace = { ...PACE, turnMs: 120_000, slots: { total: 256, perTenant: 128 } }

/** An app whose tenant is being imported is looked at again after this time. */
const IMPORTED_MS = 5_000

/** Creates a hub. Nothing runs before `start`. */
export function createHub(options: HubOptions): Hub {
  const { store, kinds, secret, report } = options
  const environment = options.environment ?? realEnvironment
  const core = createCatalog([User, Group], 0)
  const catalog = options.catalog ?? (() => core)
  const { ready, onEvent, meter, tracer } = options
  const book = createAppBook({
    store,
    environment,
    catalog,
    kinds,
    secret,
    ...(ready === undefined ? {} : { ready }),
  })
  const pace = { ...HUB_PACE, ...options.pace }
  const isImported = options.isImported ?? (() => false)
  const deps: UnitDeps = {
    store,
    environment,
    report,
    book,
    leaseMs: pace.leaseMs,
    clear: options.clear,
    sweep: sweepTurn,
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(meter === undefined ? {} : { meter }),
    ...(tracer === undefined ? {} : { tracer }),
  }
  let running: { readonly reader: Reader; readonly worker: Worker } | undefined
  return {
    start() {
      const shared = { store, environment, owner: options.owner, hasEnded: options.hasEnded, pace }
      running ??= {
        reader: startReader({
          ...shared,
          reader: HUB_READER,
          // A place before the first line: none is done.
          handle: async (batch) =>
            (await isImported(batch.tenant)) ? { writes: [], upTo: 0 } : await planBatch(deps, batch),
          handleGap: (gap) => planGap(deps, gap),
          report: (error, where) => report(error, where),
        }),
        worker: startWorker({
          ...shared,
          queue: QUEUES.units,
          async work(unit, lease) {
            if (await isImported(unit.tenant)) return { set: { due: environment.now() + IMPORTED_MS } }
            return workUnit(deps, unit, lease)
          },
          report: (error, unit) =>
            report(error, unit === undefined ? undefined : { tenant: unit.tenant, app: unit.key }),
        }),
      }
    },
    async stop(graceMs) {
      const { reader, worker } = running ?? {}
      await Promise.all([reader?.stop(graceMs), worker?.stop(graceMs)])
      running = undefined
      await book.close()
    },
    counts: () => running && { reader: running.reader.counts(), worker: running.worker.counts() },
    apps: book.of,
  }
}

/**
 * The writes that begin to read a tenant's log, for the commit that makes its first app. What is there already is planned when the app is
 * switched on.
 */
export async function cursorFor(
  store: Pick<Store & EngineStore, 'cursors' | 'tenant'>,
  tenant: string,
): Promise<readonly WorkWrite[]> {
  const cursors = await store.cursors(tenant)
  if (cursors.some(({ reader }) => reader === HUB_READER)) return []
  const row = await store.tenant(tenant)
  return [{ write: 'cursor', tenant, reader: HUB_READER, place: row?.place ?? 0 }]
}
