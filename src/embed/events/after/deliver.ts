// Hands the events of one tenant that are due to their handlers, those of one subject in order.

import type { Environment } from '../../../environment.ts'
import { backoffMs, type HeldLease } from '../../../jobs/index.ts'
import type { Json } from '../../../protocol/index.ts'
import { type Item, NEVER, type Store, type WorkWrite } from '../../../store/index.ts'
import type { Report } from '../../report.ts'
import type { EventName } from '../contract/event.ts'
import type { Handler } from '../contract/read-event-options.ts'
import { keptOf, nameOf, partKeys, readEvent } from './kept-event.ts'
import { EVENTS_QUEUE, LANES, PARTS_QUEUE, WAITING } from './outbox.ts'

/** What events are delivered with. */
export interface DeliverDeps {
  readonly store: Store
  readonly handlers: ReadonlyMap<EventName, Handler>
  readonly environment: Environment
  readonly report: Report
}

/** What came of the events of one tenant. */
export interface Delivered {
  handled: number
  failed: number
  /** When the next one is due; undefined when none waits. */
  next: number | undefined
}

/** Subjects that are looked at together. */
const PAGE = 100
/** Events of one subject that are read together. */
const OF_ONE = 50
/** Writes that go to the store together. */
const TOGETHER = 1_000
/** Subjects whose handlers run at once. */
const AT_ONCE = 8
/** How long a handler may take. */
const LONGEST_MS = 30_000
/** After so many failures and no success in a row, everything waits: what the handlers need is down. */
const DOWN = 16
/** The longest text of an error that is kept. */
const ERROR_LENGTH = 500

/** Delivers what is due, until nothing is, the lease ends, or `until` on the monotonic clock. */
export async function deliverDue(
  deps: DeliverDeps,
  tenant: string,
  lease: HeldLease,
  until: number,
): Promise<Delivered> {
  const { store, environment } = deps
  const done: Delivered = { handled: 0, failed: 0, next: undefined }
  let inARow = 0
  while (!lease.signal.aborted && environment.monotonic() < until && inARow < DOWN) {
    const within = { tenant, state: WAITING }
    const due = await store.due(EVENTS_QUEUE, { until: environment.now(), limit: PAGE, within })
    if (due.length === 0) break
    const subjects = [...new Set(due.map(({ tag }) => tag))]
    const before = { ...done }
    // Each takes the next subject when it has finished one.
    const walk = subjects.values()
    const work = async () => {
      for (const subject of walk) {
        if (lease.signal.aborted || environment.monotonic() >= until) return
        await deliverSubject(deps, tenant, subject, lease, done)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    inARow = done.handled > before.handled ? 0 : inARow + done.failed - before.failed
  }
  done.next = await nextDue(store, tenant, environment.now())
  if (inARow >= DOWN && done.next !== undefined) {
    done.next = Math.max(done.next, environment.now() + backoffMs(Math.ceil(inARow / DOWN), environment.chance))
  }
  return done
}

/** Delivers the events of one person or group from the first on, until one fails. */
async function deliverSubject(
  deps: DeliverDeps,
  tenant: string,
  subject: string,
  lease: HeldLease,
  done: Delivered,
): Promise<void> {
  const { store, environment } = deps
  for (;;) {
    const items = await store.items(tenant, EVENTS_QUEUE, { tag: subject, limit: OF_ONE })
    const [head] = items
    if (head === undefined) return
    if (head.due > environment.now()) {
      await postponeAll(store, lease, items, head)
      return
    }
    const { handled, failure } = await handleInOrder(deps, items, lease)
    const writes = handled.flatMap(removal)
    done.handled += handled.length
    if (failure !== undefined) {
      const due = environment.now() + backoffMs(keptOf(failure.item).attempts + 1, environment.chance)
      writes.push(failed(deps, failure.item, failure.error, due))
      writes.push(...postponed(items.slice(handled.length + 1), due))
      done.failed++
    }
    await commitAll(store, lease, writes)
    if (failure !== undefined || lease.signal.aborted || items.length < OF_ONE) return
  }
}

/**
 * Lets events wait behind one that has failed before them, `some` of the subject and all that follow: one that was left due would be
 * found again and again.
 */
async function postponeAll(store: Store, lease: HeldLease, some: readonly Item[], head: Item): Promise<void> {
  const { tenant, tag } = head
  for (let items = some; ; ) {
    await commitAll(store, lease, postponed(items, head.due))
    const last = items.at(-1)
    if (last === undefined || items.length < OF_ONE || lease.signal.aborted) return
    items = await store.items(tenant, EVENTS_QUEUE, { tag, after: last.key, limit: OF_ONE })
  }
}

/** Hands events to their handlers until one fails. */
async function handleInOrder(deps: DeliverDeps, items: readonly Item[], lease: HeldLease) {
  const handled: Item[] = []
  for (const item of items) {
    if (lease.signal.aborted) break
    try {
      await handle(deps, item, lease)
      handled.push(item)
    } catch (error) {
      return { handled, failure: { item, error } }
    }
  }
  return { handled, failure: undefined }
}

/** Notes that an event has failed, and reports it. */
function failed({ environment, report }: DeliverDeps, item: Item, error: unknown, due: number): WorkWrite {
  const { attempts, since = environment.now(), ...kept } = keptOf(item)
  report({ error: new Error(`after ${nameOf(item)}, event ${item.tenant}/${item.key}`, { cause: error }) })
  const value = { ...kept, attempts: attempts + 1, since, error: textOf(error) } as unknown as Json
  return { write: 'item', item: keyOf(item), set: { lane: LANES.failed, due, value } }
}

/** Lets events wait that are due before `due`. */
function postponed(items: readonly Item[], due: number): WorkWrite[] {
  return items
    .filter((item) => item.due < due)
    .map((item) => ({ write: 'item', item: keyOf(item), set: { lane: LANES.behind, due } }))
}

async function commitAll(store: Store, lease: HeldLease, writes: readonly WorkWrite[]): Promise<void> {
  for (let at = 0; at < writes.length; at += TOGETHER) {
    await store.commit([lease.fence, ...writes.slice(at, at + TOGETHER)])
  }
}

function keyOf({ tenant, queue, key }: Item) {
  return { tenant, queue, key }
}

function removal(item: Item): readonly WorkWrite[] {
  const { tenant } = item
  return [
    { write: 'item', item: keyOf(item), set: undefined },
    ...partKeys(item).map(
      (key): WorkWrite => ({ write: 'item', item: { tenant, queue: PARTS_QUEUE, key }, set: undefined }),
    ),
  ]
}

/** Runs the handler of an event. Rejects with what it throws, and when it takes too long. */
async function handle({ store, handlers, environment }: DeliverDeps, item: Item, lease: HeldLease): Promise<void> {
  const name = nameOf(item)
  const handler = handlers.get(name)
  if (handler === undefined) {
    throw new Error(`This process has no handler after ${name}; another one may have, or scim.after.skip drops it`)
  }
  const event = await readEvent(store, item)
  const ending = new AbortController()
  const end = () => ending.abort(lease.signal.reason)
  lease.signal.addEventListener('abort', end, { once: true })
  const late = new Promise<never>((_, reject) => {
    ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true })
  })
  late.catch(() => {})
  const cancel = environment.setTimer(
    LONGEST_MS,
    () => ending.abort(new Error(`The handler has taken more than ${LONGEST_MS / 1_000} s`)),
    { background: true },
  )
  try {
    const context = { attempt: keptOf(item).attempts + 1, signal: ending.signal }
    await Promise.race([Promise.resolve(handler({ ...event, ...context })), late])
  } finally {
    cancel()
    lease.signal.removeEventListener('abort', end)
  }
}

/** When the next event of a tenant is due. */
async function nextDue(store: Store, tenant: string, now: number): Promise<number | undefined> {
  const within = { tenant, state: WAITING }
  const dues = await Promise.all(
    Object.values(LANES).map(async (lane) => {
      const [first] = await store.due(EVENTS_QUEUE, { until: NEVER - 1, limit: 1, lanes: [lane], within })
      return first?.due
    }),
  )
  const some = dues.filter((due) => due !== undefined)
  return some.length === 0 ? undefined : Math.max(now, Math.min(...some))
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return text.slice(0, ERROR_LENGTH).toWellFormed()
}
