// What a write means for an item, said once for stores that carry it out in memory.

import type { Json } from '../protocol/index.ts'
import { Conflict, type Item, type ItemKey, NEVER, type WorkWrite } from './contract/index.ts'

/** What an item says of which nothing was said. */
export const EMPTY_ITEM: Omit<Item, keyof ItemKey> = {
  tag: '',
  lane: 0,
  due: NEVER,
  state: '',
  mark: 0,
  done: 0,
  place: 0,
  value: null,
  expires: NEVER,
}

/** The item after an `item` write; undefined when there is none. `at` is the write's place in its list, for a `Conflict`. */
export function changedItem(
  before: Item | undefined,
  { item, set, settles, ifAbsent, ifValue }: Extract<WorkWrite, { write: 'item' }>,
  at: number,
): Item | undefined {
  if (ifAbsent === true && before !== undefined) throw new Conflict('exists', at, item.key)
  if (ifValue !== undefined && (before === undefined || JSON.stringify(before.value) !== JSON.stringify(ifValue))) {
    throw new Conflict('missing', at, item.key)
  }
  const { tenant, queue, key } = item
  const was = before ?? { tenant, queue, key, ...EMPTY_ITEM }
  const markedSince = settles !== undefined && was.mark > settles
  if (set === undefined && !markedSince) return undefined
  const { lane, due, state } = was
  return {
    ...was,
    ...set,
    ...(set?.value === undefined ? {} : { value: asKept(set.value) }),
    done: Math.max(set?.done ?? was.done, settles ?? 0),
    ...(markedSince ? { lane, due, state } : {}),
  }
}

/** The item after a `mark` write. */
export function markedItem(before: Item | undefined, write: Extract<WorkWrite, { write: 'mark' }>): Item {
  const { lane, due, state, mark, place = 0 } = write
  if (before === undefined) {
    const { tenant, queue, key } = write.item
    const { tag = '', value = null } = write
    return { tenant, queue, key, ...EMPTY_ITEM, tag, value: asKept(value), lane, due, state, place, mark: mark ?? 1 }
  }
  const raised = {
    ...before,
    mark: mark === undefined ? before.mark + 1 : Math.max(before.mark, mark),
    place: Math.max(before.place, place),
  }
  if (before.state !== '' && before.due === NEVER) return raised
  const settled = before.state === '' || before.mark <= before.done
  return {
    ...raised,
    state,
    due: Math.min(before.due, due),
    lane: settled ? lane : Math.min(before.lane, lane),
  }
}

/** As it is read from a database, where a value is JSON. */
function asKept(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
