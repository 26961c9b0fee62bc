// Runs the handlers after the transaction: in the background, or when the host asks for it.

import { startWorker, underLease, type Worker } from '../../../jobs/index.ts'
import { type Item, type ItemDraft, NEVER, type Store } from '../../../store/index.ts'
import { type DeliverDeps, type Delivered, deliverDue } from './deliver.ts'
import { keptOf, nameOf, partKeys } from './kept-event.ts'
import { DUE_QUEUE, dueItem, EVENTS_LEASE, EVENTS_QUEUE, LANES, PARTS_QUEUE, WAITING } from './outbox.ts'

/** An event that has failed, and is delivered again later. */
export interface StuckEvent {
  readonly id: string
  readonly tenant: string
  readonly name: string
  /** The person or group that it is about, whose later events wait for it. */
  readonly subject: string
  readonly attempts: number
  readonly error: string
  /** When it failed first, in milliseconds since 1970. */
  readonly since: number
  /** When it is delivered again. */
  readonly due: number
}

/** How far the handlers after the transaction have come in a tenant. */
export interface AfterStatus {
  /** Events that wait, those that have failed among them. */
  readonly waiting: number
  /** Those that have failed, the first 100 by when they are due. */
  readonly stuck: readonly StuckEvent[]
}

/** What came of a run. */
export type AfterRun = Pick<Delivered, 'handled' | 'failed'>

/** The handlers after the transaction, as an app sees them. */
export interface After {
  /**
   * Works off what is due in all tenants and returns, within about `forMs` (10 s by default): for platforms that stop a process between
   * requests, from a timer of theirs. Does nothing for a tenant that another process is working on.
   */
  readonly run: (options?: { readonly forMs?: number }) => Promise<AfterRun>
  readonly status: (tenant: string) => Promise<AfterStatus>
  /** Drops an event that can't be handled, by its id, so that those behind it go on. False when there is none. */
  readonly skip: (id: string) => Promise<boolean>
}

/** The lease of a tenant's events. */
const LEASE_MS = 20_000
/** How long a turn of the worker goes on by itself. */
const TURN_MS = 25_000
/** Less than a second between two looks, with all jitter. */
const POLL_MS = 800
const RUN_MS = 10_000
const STUCK = 100

/** Starts the handlers in the background. */
export function startAfter(deps: DeliverDeps, owner: string): Worker {
  const { store, environment, report } = deps
  return startWorker({
    store,
    environment,
    queue: DUE_QUEUE,
    owner,
    pace: { pollMs: POLL_MS, leaseMs: LEASE_MS },
    async work({ tenant }, lease) {
      const { next } = await deliverDue(deps, tenant, lease, environment.monotonic() + TURN_MS)
      return { set: draftOf(next) }
    },
    report: (error) => report({ error }),
  })
}

/** The worker's item afterwards: due with the next event, or gone. */
function draftOf(next: number | undefined): ItemDraft | undefined {
  return next === undefined ? undefined : { due: next, state: WAITING, lane: LANES.new }
}

/** Works off what is due now. */
export async function runAfter(deps: DeliverDeps, owner: string, forMs = RUN_MS): Promise<AfterRun> {
  const { store, environment } = deps
  const until = environment.monotonic() + forMs
  const sum = { handled: 0, failed: 0 }
  const seen = new Set<string>()
  for (;;) {
    const due = await store.due(DUE_QUEUE, { until: environment.now(), limit: 200 })
    const items = due.filter(({ tenant }) => !seen.has(tenant))
    if (items.length === 0) return sum
    for (const item of items) {
      if (environment.monotonic() >= until) return sum
      seen.add(item.tenant)
      const done = await runTenant(deps, item, `${owner}/run/${seen.size}`, until)
      sum.handled += done?.handled ?? 0
      sum.failed += done?.failed ?? 0
    }
  }
}

async function runTenant(deps: DeliverDeps, found: Item, owner: string, until: number): Promise<Delivered | undefined> {
  const { store } = deps
  const { tenant, queue, key } = found
  const terms = { key: { tenant, name: EVENTS_LEASE }, owner, ms: LEASE_MS }
  const held = await underLease(deps, terms, async (lease) => {
    const [item] = await store.items(tenant, queue, { keys: [key] })
    if (item === undefined) return undefined
    const done = await deliverDue(deps, tenant, lease, until)
    const set = draftOf(done.next)
    await store.commit([lease.fence, { write: 'item', item: dueItem(tenant), set, settles: item.mark }])
    return done
  })
  return held?.result
}

/** How far the handlers have come in a tenant. */
export async function afterStatus(store: Store, tenant: string): Promise<AfterStatus> {
  const [states, failed] = await Promise.all([
    store.states(tenant, EVENTS_QUEUE),
    store.due(EVENTS_QUEUE, {
      until: NEVER - 1,
      limit: STUCK,
      lanes: [LANES.failed],
      within: { tenant, state: WAITING },
    }),
  ])
  const stuck = failed.map((item): StuckEvent => {
    const { attempts, error = '', since = item.due } = keptOf(item)
    const { key, tag: subject, due } = item
    return { id: `${tenant}/${key}`, tenant, name: nameOf(item), subject, attempts, error, since, due }
  })
  return { waiting: states[WAITING] ?? 0, stuck }
}

/** Drops an event, and lets those behind it go on at once. */
export async function skipEvent(store: Store, id: string, now: number): Promise<boolean> {
  const [, tenant = '', key = ''] = /^(.*)\/(\d{16}\/\d{7})$/.exec(id) ?? []
  if (key === '') return false
  const [item] = await store.items(tenant, EVENTS_QUEUE, { keys: [key] })
  if (item === undefined) return false
  const behind = await store.items(tenant, EVENTS_QUEUE, { tag: item.tag, after: key, limit: 1 })
  const keys = partKeys(item)
  await store.commit([
    { write: 'item', item: { tenant, queue: EVENTS_QUEUE, key }, set: undefined },
    ...keys.map(
      (part) => ({ write: 'item', item: { tenant, queue: PARTS_QUEUE, key: part }, set: undefined }) as const,
    ),
    ...behind.map((next) => {
      const set = { lane: LANES.new, due: now }
      return { write: 'item', item: { tenant, queue: EVENTS_QUEUE, key: next.key }, set } as const
    }),
    { write: 'mark', item: dueItem(tenant), lane: LANES.new, due: now, state: WAITING },
  ])
  return true
}
