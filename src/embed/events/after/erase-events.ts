// Takes a person's values out of the events that wait for handlers after the transaction.

import type { Environment } from '../../../environment.ts'
import { type HeldLease, underLease } from '../../../jobs/index.ts'
import type { Json } from '../../../protocol/index.ts'
import { Conflict, type Item, type Store, type Write } from '../../../store/index.ts'
import { keptOf, partKeys, readEvent } from './kept-event.ts'
import { EVENTS_LEASE, EVENTS_QUEUE, PARTS_QUEUE } from './outbox.ts'

/** What of an event names nobody. */
const FACTS = ['name', 'id', 'tenant', 'actor', 'txn', 'place', 'at', 'role', 'cause'] as const
const PAGE = 100
/** How often the lease is asked for, and how long it lasts. */
const ASK_MS = 50
const LEASE_MS = 20_000

/** What erasing works with. */
export interface EraseEventsDeps {
  readonly store: Store
  readonly environment: Environment
}

/** Whether events about a person wait. */
export async function hasEvents(store: Pick<Store, 'items'>, tenant: string, id: string): Promise<boolean> {
  return (await store.items(tenant, EVENTS_QUEUE, { tag: id, limit: 1 })).length > 0
}

/**
 * Leaves the id alone in the events about a person that still wait: their handlers are called with that. Under the lease of the handlers,
 * since one that fails meanwhile would have what it was given kept again. Throws when it can't have the lease by `until`, on the monotonic
 * clock.
 */
export async function eraseEvents(deps: EraseEventsDeps, tenant: string, id: string, until: number): Promise<void> {
  const { store, environment } = deps
  while (await hasEvents(store, tenant, id)) {
    const owner = `embed/erase/${[...environment.random(new Uint8Array(12))].join('-')}`
    const terms = { key: { tenant, name: EVENTS_LEASE }, owner, ms: LEASE_MS }
    const held = await underLease(deps, terms, (lease) => eraseWaiting(store, lease, tenant, id))
    if (held !== undefined) return
    if (environment.monotonic() >= until) {
      throw new Error(`Handlers after the transaction still run in tenant ${tenant}; erase again to go on`)
    }
    await environment.wait(ASK_MS)
  }
}

async function eraseWaiting(store: Store, { fence }: HeldLease, tenant: string, id: string): Promise<void> {
  for (let after = ''; ; ) {
    const items = await store.items(tenant, EVENTS_QUEUE, { tag: id, after, limit: PAGE })
    for (const item of items) {
      try {
        await store.commit([fence, ...(await eraseOne(store, item, id))])
      } catch (error) {
        // Skipped meanwhile: it must not come again. All else is an end without a lease.
        if (!(error instanceof Conflict) || (await isThere(store, item))) throw error
      }
    }
    const last = items.at(-1)
    if (last === undefined || items.length < PAGE) return
    after = last.key
  }
}

async function eraseOne(store: Store, item: Item, id: string): Promise<readonly Write[]> {
  const event = (await readEvent(store, item)) as unknown as { readonly [name: string]: Json }
  const facts = Object.fromEntries(FACTS.flatMap((name) => (event[name] === undefined ? [] : [[name, event[name]]])))
  const { attempts } = keptOf(item)
  const value: Json = { attempts, event: { ...facts, user: { id } } }
  const { tenant, queue, key } = item
  return [
    { write: 'item', item: { tenant, queue, key }, set: { value }, ifValue: item.value },
    ...partKeys(item).map(
      (part): Write => ({ write: 'item', item: { tenant, queue: PARTS_QUEUE, key: part }, set: undefined }),
    ),
  ]
}

async function isThere(store: Store, { tenant, queue, key }: Item): Promise<boolean> {
  return (await store.items(tenant, queue, { keys: [key] })).length > 0
}
