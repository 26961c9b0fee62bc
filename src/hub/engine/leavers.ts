// Notices in the log who left, so that a receipt can be made of it.

import type { Json } from '../../protocol/index.ts'
import type { Change, WorkWrite } from '../../store/index.ts'
import { HUB_LANES, type Leaver, QUEUES, RECEIPTS } from '../contract/index.ts'

/** Digits of a place in a key: keys are in the order of their text. */
const DIGITS = 16

/** What the planner writes for a line by which somebody left: deleted, or switched off. Nothing for any other line. */
export function leaverWrites(line: Change): readonly WorkWrite[] {
  const how = leavingOf(line)
  if (how === undefined) return []
  const { tenant, id, place, at } = line
  const leaver: Leaver = { how, at, place, ...namesIn(line) }
  const tag = leaver.userName?.toLowerCase().slice(0, 200) ?? ''
  return [
    {
      write: 'item',
      item: { tenant, queue: QUEUES.leavers, key: leaverKey(id, place) },
      set: { tag, lane: HUB_LANES.leave, due: at, state: 'open', place, value: { ...leaver } },
    },
    {
      write: 'mark',
      item: { tenant, queue: QUEUES.receipts, key: RECEIPTS },
      lane: HUB_LANES.sweep,
      due: at,
      state: 'ready',
    },
  ]
}

/** How somebody left by a line of the log; undefined when nobody did. */
export function leavingOf({ type, op, paths }: Change): Leaver['how'] | undefined {
  if (type !== 'User' || op === 'note' || op === 'create') return undefined
  if (op === 'delete') return 'deleted'
  return paths.some(({ path, new: now }) => path === 'active' && now === false) ? 'deactivated' : undefined
}

/** The key under which a leaving is kept; those of one person are in the order in which they happened. */
export function leaverKey(user: string, place: number): string {
  return `${user}/${String(place).padStart(DIGITS, '0')}`
}

/** The names in a line that removes them. */
export function namesIn({ paths }: Pick<Change, 'paths'>): Pick<Leaver, 'userName' | 'externalId'> {
  const textAt = (name: string): string | undefined => {
    const was: Json | undefined = paths.find(({ path }) => path === name)?.old
    return typeof was === 'string' ? was : undefined
  }
  const userName = textAt('userName')
  const externalId = textAt('externalId')
  return {
    ...(userName === undefined ? {} : { userName }),
    ...(externalId === undefined ? {} : { externalId }),
  }
}
