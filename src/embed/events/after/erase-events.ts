// Takes a person's values out of the events that wait for handlers after the transaction.

import type { Json } from '../../../protocol/index.ts'
import { Conflict, type Store, type Write } from '../../../store/index.ts'
import { keptOf, partKeys, readEvent } from './kept-event.ts'
import { EVENTS_QUEUE, PARTS_QUEUE } from './outbox.ts'

/** What of an event names nobody. */
const FACTS = ['name', 'id', 'tenant', 'actor', 'txn', 'place', 'at', 'role', 'cause'] as const
const PAGE = 100

/** Whether events about a person wait. */
export async function hasEvents(store: Pick<Store, 'items'>, tenant: string, id: string): Promise<boolean> {
  return (await store.items(tenant, EVENTS_QUEUE, { tag: id, limit: 1 })).length > 0
}

/** Leaves the id alone in the events about a person that still wait: their handlers are called with that. */
export async function eraseEvents(store: Pick<Store, 'items' | 'commit'>, tenant: string, id: string): Promise<void> {
  for (let after = ''; ; ) {
    const items = await store.items(tenant, EVENTS_QUEUE, { tag: id, after, limit: PAGE })
    for (const item of items) {
      const event = (await readEvent(store, item)) as unknown as { readonly [name: string]: Json }
      const facts = Object.fromEntries(
        FACTS.flatMap((name) => (event[name] === undefined ? [] : [[name, event[name]]])),
      )
      const { attempts } = keptOf(item)
      const value: Json = { attempts, event: { ...facts, user: { id } } }
      const { queue, key } = item
      const writes: Write[] = [
        // Only if it waits still: what was handled meanwhile must not come again.
        { write: 'item', item: { tenant, queue, key }, set: { value }, ifValue: item.value },
        ...partKeys(item).map(
          (part): Write => ({ write: 'item', item: { tenant, queue: PARTS_QUEUE, key: part }, set: undefined }),
        ),
      ]
      try {
        await store.commit(writes)
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
      }
    }
    const last = items.at(-1)
    if (last === undefined || items.length < PAGE) return
    after = last.key
  }
}
