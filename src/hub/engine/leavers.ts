// Notices in the log who left, so that a receipt can be made of it.

import type { Json } from '../../protocol/index.ts'
import { type Change, NEVER, type WorkWrite } from '../../store/index.ts'
import { HUB_LANES, type Leaver, type Left, QUEUES, RECEIPTS, timeKey } from '../contract/index.ts'

/** Digits of a place in a key: keys are in the order of their text. */
const DIGITS = 16

/** What the planner writes for a line by which somebody left: deleted, or switched off. Nothing for any other line. */
export function leaverWrites(line: Change): readonly WorkWrite[] {
  const how = leavingOf(line)
  if (how === undefined) return []
  const { tenant, id, place, at } = line
  const leaver: Leaver = { how, at, place, ...namesIn(line) }
  return leavingWrites(tenant, id, leaver, at)
}

/** The writes that keep one leaving, until all apps have confirmed and for good. `due`: in milliseconds since 1970. */
export function leavingWrites(tenant: string, user: string, leaver: Leaver, due: number): readonly WorkWrite[] {
  const { at, place } = leaver
  const tag = leaver.userName?.toLowerCase().slice(0, 200) ?? ''
  const left: Left = { user, place }
  return [
    {
      write: 'item',
      item: { tenant, queue: QUEUES.leavers, key: leaverKey(user, place) },
      set: { tag, lane: HUB_LANES.leave, due, state: 'open', place, value: { ...leaver }, expires: NEVER },
    },
    { write: 'item', item: { tenant, queue: QUEUES.left, key: leftKey(at, place) }, set: { value: { ...left } } },
    {
      write: 'mark',
      item: { tenant, queue: QUEUES.receipts, key: RECEIPTS },
      lane: HUB_LANES.sweep,
      due,
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

/** The key under which a leaving is listed: the time, and the place so that two of one moment stay apart. */
export function leftKey(at: number, place: number): string {
  return `${timeKey(at)}-${String(place).padStart(DIGITS, '0')}`
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
