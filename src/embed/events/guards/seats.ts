// Counts the active people of a tenant, in the transaction that changes their number.

import { type Catalog, forbidden } from '../../../protocol/index.ts'
import { type Change, LogCut, type Steps, step } from '../../../store/index.ts'
import { CHUNK, kindOf, type Scene } from '../facts/scene.ts'
import { GUARDS_QUEUE } from './kept.ts'

/** What is kept of a tenant: how many were active as of a place of its log. */
interface Count {
  readonly active: number
  readonly place: number
}

const KEY = 'seats'
/** Log lines that are read to bring a count up to date; beyond that everybody is counted. */
const CATCH_UP = 2_000

/**
 * Brings the count of active people up to date, and refuses a commit that makes more of them than there are seats: 403. Nothing is read
 * where nobody comes or goes.
 */
export function* guardSeats(
  scene: Scene,
  catalog: Catalog,
  seats: (tenant: string) => number | Promise<number>,
): Steps<void> {
  const { done, users } = scene
  const gained = users.reduce((sum, { wasActive, isActive }) => sum + Number(isActive) - Number(wasActive), 0)
  if (users.every(({ wasActive, isActive }) => wasActive === isActive)) return
  const last = done.changes.at(-1)?.place ?? 0
  const kept = yield* caughtUp(scene, (done.changes[0]?.place ?? 1) - 1)
  let active = kept === undefined ? yield* countAll(scene, catalog) : kept + gained
  if (gained > 0) {
    const limit = yield* step(seats(done.tenant))
    // Nobody is refused by a count that was only kept.
    if (active > limit && kept !== undefined) active = yield* countAll(scene, catalog)
    if (active > limit) throw noSeat(limit)
  }
  const item = { tenant: done.tenant, queue: GUARDS_QUEUE, key: KEY }
  yield* step(done.within.write([{ write: 'item', item, set: { value: { active, place: last } } }]))
}

function noSeat(limit: number) {
  return forbidden(
    `All ${limit} seats are taken by active people. Deactivate somebody, or have the application allow more, and repeat this`,
  )
}

/** How many were active before the commit, from what was kept and the log since; undefined where that is not known. */
function* caughtUp({ done, kindOf: kind }: Scene, place: number): Steps<number | undefined> {
  const [item] = yield* step(done.within.items(GUARDS_QUEUE, { keys: [KEY] }))
  const count = item?.value as Count | undefined
  if (count === undefined || count.place > place || place - count.place > CATCH_UP) return undefined
  if (count.place === place) return count.active
  let lines: readonly Change[]
  try {
    lines = yield* step(done.within.changes(count.place, place - count.place))
  } catch (error) {
    if (error instanceof LogCut) return undefined
    throw error
  }
  let { active } = count
  for (const line of lines) {
    const gained = kind(line.type) === 'user' ? gainOf(line) : 0
    if (gained === undefined) return undefined
    active += gained
  }
  return active
}

/** By how many active people a line of the log makes more; undefined for one that was erased. */
function gainOf({ op, paths }: Change): number | undefined {
  const change = paths.find(({ path }) => path === 'active')
  if (change !== undefined && change.old === undefined && change.new === undefined) return undefined
  if (op === 'create') return change?.new === false ? 0 : 1
  if (op === 'delete') return change?.old === false ? 0 : -1
  return change === undefined ? 0 : Number(change.new !== false) - Number(change.old !== false)
}

/** Counts everybody, after the commit. */
function* countAll({ done, isActive }: Scene, catalog: Catalog): Steps<number> {
  let active = 0
  for (const type of catalog.types) {
    if (kindOf(type) !== 'user') continue
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: Awaited<ReturnType<typeof done.within.ofType>> = yield* step(
        done.within.ofType(type.name, after, CHUNK),
      )
      active += page.filter(isActive).length
      after = page.length < CHUNK ? undefined : page.at(-1)?.id
    }
  }
  return active
}
