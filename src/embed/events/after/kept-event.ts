// Reads an event that was kept, as its handler gets it.

import { isObject, type Json } from '../../../protocol/index.ts'
import type { Item, Work } from '../../../store/index.ts'
import { type AnyEvent, EVENT_NAMES, type EventName, idsOf } from '../contract/event.ts'
import { type Kept, PARTS_QUEUE, partKey } from './outbox.ts'

/** What is kept of the event in an item. */
export function keptOf(item: Item): Kept {
  return item.value as unknown as Kept
}

/** The name of the event in an item. */
export function nameOf(item: Item): EventName {
  const kept = keptOf(item)
  const name = 'parts' in kept ? kept.name : isObject(kept.event) ? kept.event.name : undefined
  const known = EVENT_NAMES.find((one) => one === name)
  if (known === undefined) throw new Error(`The event ${item.key} has the unknown name ${String(name)}`)
  return known
}

/** The keys of an event's parts. */
export function partKeys(item: Item): readonly string[] {
  const kept = keptOf(item)
  return 'parts' in kept ? Array.from({ length: kept.parts }, (_, part) => partKey(item.key, part)) : []
}

/** Reads the event of an item. */
export async function readEvent(store: Pick<Work, 'items'>, item: Item): Promise<AnyEvent> {
  const kept = keptOf(item)
  if ('event' in kept) return revive(kept.event)
  const texts = new Map<string, Json>()
  const keys = partKeys(item)
  // Each part is up to 240 kB.
  for (let at = 0; at < keys.length; at += 20) {
    for (const part of await store.items(item.tenant, PARTS_QUEUE, { keys: keys.slice(at, at + 20) }))
      texts.set(part.key, part.value)
  }
  return revive(JSON.parse(keys.map((key) => texts.get(key)).join('')) as Json)
}

/** Sets and portions of ids, as they were. */
function revive(event: Json): AnyEvent {
  if (!isObject(event)) throw new Error('A kept event must be an object')
  const { changed, users, groups, ...rest } = event as { readonly [name: string]: Json }
  const ids = (value: Json | undefined) =>
    isObject(value) && Array.isArray(value.ids) ? idsOf(value.ids as readonly string[]) : idsOf([])
  return {
    ...rest,
    ...(Array.isArray(changed) ? { changed: new Set(changed as readonly string[]) } : {}),
    ...(users === undefined ? {} : { users: ids(users), groups: ids(groups) }),
  } as unknown as AnyEvent
}
