// Removals that are held: what people decided about them, and holds that are over.

import type { Environment } from '../../environment.ts'
import { NEVER, type Store, type Write } from '../../store/index.ts'
import { type Hold, HUB_LANES, type Link, QUEUES } from '../contract/index.ts'
import { markLink } from './dependents.ts'
import { unitMark } from './marks.ts'
import { changeState, type Turn } from './turn.ts'

/** Held links in one page. */
const PAGE = 500
/** Approvals count so long after they were given. */
const APPROVED_MS = 86_400_000

/** The hold that stopped a link. */
export function holdOf({ reason }: Pick<Link, 'reason'>): string | undefined {
  const details = reason?.code === 'guard' ? reason.details : undefined
  if (typeof details !== 'object' || details === null || !('hold' in details)) return undefined
  return typeof details.hold === 'string' ? details.hold : undefined
}

/**
 * Lets go what was approved, and closes holds when nothing is held any more: a source that was repaired empties them by itself. Called at
 * the beginning of a turn.
 */
export async function reviewHolds(turn: Turn): Promise<void> {
  const { deps, tenant, app } = turn
  const { holds = [], released = [] } = turn.state
  if (holds.length === 0) return
  const queue = QUEUES.holds(app.settings.id)
  const items = await deps.store.items(tenant, queue, { keys: holds.slice(0, 1_000) })
  const approved = items.filter(({ value }) => (value as unknown as Hold).verdict === 'approved').map(({ key }) => key)
  const fresh = new Set(approved.filter((id) => !released.includes(id)))
  if (fresh.size > 0) await release(turn, fresh)
  const where = { until: NEVER - 1, limit: 1, within: { tenant, state: 'held' } }
  const [held] = await deps.store.due(QUEUES.links(app.settings.id), where)
  const now = deps.environment.now()
  const open: string[] = []
  const writes: Write[] = []
  for (const { key, value } of items) {
    const hold = value as unknown as Hold
    const isOver = held === undefined && (hold.verdict === undefined || (hold.at ?? now) + APPROVED_MS <= now)
    if (!isOver) open.push(key)
    else if (hold.verdict === undefined) {
      const closed: Hold = { ...hold, verdict: 'discarded', by: 'nothing is held by it any more', at: now }
      writes.push({ write: 'item', item: { tenant, queue, key }, set: { value: closed as never } })
    }
  }
  if (open.length === holds.length && fresh.size === 0) return
  changeState(turn, { holds: open, released: approved.filter((id) => open.includes(id)) })
  await turn.committer.commit(writes)
}

/** Marks the links of approved holds. */
async function release(turn: Turn, approved: ReadonlySet<string>): Promise<void> {
  const { deps, tenant, app, committer } = turn
  const queue = QUEUES.links(app.settings.id)
  for (let after: string | undefined; ; ) {
    const page = await deps.store.items(tenant, queue, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    const writes = page.flatMap(({ key, state, value }) => {
      const hold = state === 'held' ? holdOf(value as unknown as Link) : undefined
      return hold !== undefined && approved.has(hold) ? [markLink(turn, key, HUB_LANES.leave)] : []
    })
    if (writes.length > 0) await committer.commit(writes)
    after = page.at(-1)?.key
    if (page.length < PAGE || after === undefined) return
  }
}

/** The writes by which a person decides about a hold; undefined when there is no such hold, or it is decided. */
export async function decideHold(
  { store, environment }: { readonly store: Pick<Store, 'items'>; readonly environment: Pick<Environment, 'now'> },
  { tenant, app, id }: { readonly tenant: string; readonly app: string; readonly id: string },
  { verdict, by }: { readonly verdict: 'approved' | 'discarded'; readonly by: string },
): Promise<readonly Write[] | undefined> {
  const item = { tenant, queue: QUEUES.holds(app), key: id }
  const [found] = await store.items(tenant, item.queue, { keys: [id] })
  if (found === undefined || (found.value as unknown as Hold).verdict !== undefined) return undefined
  const at = environment.now()
  const hold: Hold = { ...(found.value as unknown as Hold), verdict, by, at }
  return [
    { write: 'item', item, set: { value: hold as never }, ifValue: found.value },
    unitMark({ tenant, app }, HUB_LANES.leave, at),
  ]
}
