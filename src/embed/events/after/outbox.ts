// Keeps events for the handlers after the transaction: as items, written in the transaction itself.

import type { Json } from '../../../protocol/index.ts'
import { type Steps, step, type Within, type WithinWrite } from '../../../store/index.ts'
import { type AnyEvent, type EventName, subjectOf } from '../contract/event.ts'

/** Where events wait. An item's key is the event's place and number, its tag the person or group that it is about. */
export const EVENTS_QUEUE = 'embed/after'
/** Where the text of events waits that are too large for one item. */
export const PARTS_QUEUE = 'embed/after-parts'
/** What is marked when a tenant has events that wait: the worker's own item. */
export const DUE_QUEUE = 'embed/after-due'
/** The key of that item, one in each tenant. */
export const DUE_KEY = 'events'

/** The state of an event that waits. */
export const WAITING = 'waiting'
/** The lanes of events: new ones, those that failed, and those that wait behind one that failed. */
export const LANES = { new: 1, failed: 5, behind: 6 } as const

/** What is kept of an event: itself, or how many parts its text has. */
export type Kept = {
  readonly attempts: number
  readonly error?: string
  /** When it failed first, in milliseconds since 1970. */
  readonly since?: number
} & ({ readonly event: Json } | { readonly name: EventName; readonly parts: number })

/** Characters in a part: at most six bytes each in an item. */
const PART = 40_000
/** Writes that go to the store together. */
const TOGETHER = 500

/** Takes the events of one commit. */
export interface Outbox {
  readonly add: (event: AnyEvent) => Steps<void>
  /** Writes what is left, and wakes the worker. */
  readonly close: () => Steps<void>
}

/** Creates the outbox of one commit. */
export function createOutbox(tenant: string, within: Within, now: number): Outbox {
  let writes: WithinWrite[] = []
  let some = false

  function* flush(): Steps<void> {
    if (writes.length === 0) return
    const all = writes
    writes = []
    yield* step(within.write(all))
  }

  return {
    *add(event) {
      some = true
      const key = event.id.slice(tenant.length + 1)
      const text = JSON.stringify(event, asJson)
      const kept: Kept =
        text.length <= PART
          ? { attempts: 0, event: JSON.parse(text) as Json }
          : { attempts: 0, name: event.name, parts: Math.ceil(text.length / PART) }
      const set = { tag: subjectOf(event).slice(0, 200), lane: LANES.new, due: now, state: WAITING }
      writes.push({
        write: 'item',
        item: { tenant, queue: EVENTS_QUEUE, key },
        set: { ...set, place: event.place, value: kept as unknown as Json },
      })
      for (let part = 0; 'parts' in kept && part < kept.parts; part++) {
        const value = text.slice(part * PART, (part + 1) * PART)
        writes.push({ write: 'item', item: { tenant, queue: PARTS_QUEUE, key: partKey(key, part) }, set: { value } })
        if (writes.length >= TOGETHER) yield* flush()
      }
      if (writes.length >= TOGETHER) yield* flush()
    },
    *close() {
      if (!some) return
      writes.push({ write: 'mark', item: dueItem(tenant), lane: LANES.new, due: now, state: WAITING })
      yield* flush()
    },
  }
}

/** The worker's item of a tenant. */
export function dueItem(tenant: string) {
  return { tenant, queue: DUE_QUEUE, key: DUE_KEY }
}

/** The lease under which the worker hands out a tenant's events: of its queue and item. */
export const EVENTS_LEASE = `work/${DUE_QUEUE}/${DUE_KEY}`

/** The key of a part of an event's text. */
export function partKey(key: string, part: number): string {
  return `${key}/${String(part).padStart(5, '0')}`
}

/** Sets as lists, and ids without what portions them. */
function asJson(_name: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value
}
