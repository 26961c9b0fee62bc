// Holds deactivations of people when there are too many within a time.

import { forbidden } from '../../../protocol/index.ts'
import { type Steps, step, type WithinWrite } from '../../../store/index.ts'
import type { Guards } from '../contract/read-event-options.ts'
import type { Scene } from '../facts/scene.ts'
import { APPROVAL_KEY, DEACTIVATIONS_QUEUE, GUARDS_QUEUE } from './kept.ts'

/**
 * Counts people who are deactivated, or deleted while active, and refuses the commit when that makes more than there may be within the
 * time: 403, with what to do. While they are approved, none is counted.
 */
export function* guardDeactivations(
  { done, users }: Scene,
  { most, withinMs }: NonNullable<Guards['deactivations']>,
  now: number,
): Steps<void> {
  const leaving = users.filter(({ wasActive, isActive }) => wasActive && !isActive)
  if (leaving.length === 0) return
  const [approval] = yield* step(done.within.items(GUARDS_QUEUE, { keys: [APPROVAL_KEY] }))
  if (approval !== undefined) return
  const counted = yield* step(done.within.items(DEACTIVATIONS_QUEUE, { limit: most + 1 }))
  if (counted.length + leaving.length > most) {
    const free = Math.min(...counted.map(({ expires }) => expires), now + withinMs)
    throw held(most, withinMs, free)
  }
  const writes = leaving.map(({ change }): WithinWrite => {
    const item = { tenant: done.tenant, queue: DEACTIVATIONS_QUEUE, key: String(change.place).padStart(16, '0') }
    return { write: 'item', item, set: { value: { id: change.id }, expires: now + withinMs } }
  })
  yield* step(done.within.write(writes))
}

function held(most: number, withinMs: number, free: number) {
  const until = new Date(free).toISOString().replace(/\.\d+Z$/, 'Z')
  return forbidden(
    `Held: the application lets at most ${most} people be deactivated or deleted within ${inWords(withinMs)}, and this would be one more. Nothing was changed. If it is meant, have the application's administrator approve it, and repeat it then; without approval the next is let through after ${until}`,
  )
}

/** A time in words: `1 hour`, `90 minutes`. */
function inWords(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1_000, 'second'],
    [1, 'millisecond'],
  ]
  const [size, name] = units.find(([one]) => ms % one === 0) ?? [1, 'millisecond']
  return ms === size ? `1 ${name}` : `${ms / size} ${name}s`
}
