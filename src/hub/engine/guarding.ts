// Asks the guard before access is taken away, and holds what it does not let through.

import { type Approval, causeTag, type Hold, QUEUES, type RemovalCause, timeKey } from '../contract/index.ts'
import { describeHeld, type Held, judgeCause, judgeRemoval, type RemovalCount } from './guard.ts'
import { holdOf } from './holds.ts'
import { settleLater } from './settle.ts'
import { changeState, type Job, type Turn, tell } from './turn.ts'

/** A removal may be sent, and is counted with the next commit; or not, and `hold` settles its link so. */
export type Guarded = { readonly go: true } | { readonly go: false; readonly hold: () => Promise<void> }

const DAY_MS = 86_400_000
/** While a backfill still counts what it takes away, none of it is sent. */
const COUNTING_MS = 1_000
/** Most removals of a cause that are counted: far beyond every limit. */
const COUNTED = 1_000

/** The cause of what a change of the app's configuration takes away. */
export const CONFIGURATION = 'configuration'

/** Judges a removal right before its first request; `emptiedFrom`: members of the group before, when none is left. */
export async function guardRemoval(
  turn: Turn,
  job: Job,
  removal: RemovalCount & { readonly emptiedFrom?: number },
): Promise<Guarded> {
  const { environment } = turn.deps
  const { guard } = turn.app.settings
  const cause = job.cause?.value
  if (cause?.cause === CONFIGURATION && turn.state.backfill !== undefined) {
    // What was held before stays with its hold: an approval of that counts.
    const held = job.link.reason?.code === 'guard' ? { reason: job.link.reason } : {}
    const later = () => settleLater(turn, job, { state: 'ready', due: environment.now() + COUNTING_MS, ...held })
    return { go: false, hold: later }
  }
  const hold = holdOf(job.link)
  const approved = hold !== undefined && turn.verdicts.get(hold) === 'approved'
  const pass = job.killed ? 'kill' : approved ? 'approved' : undefined
  if (pass === undefined && cause !== undefined) {
    const planned = { ...(await countCause(turn, cause)), cause: cause.cause }
    const verdict = judgeCause(guard, turn.state, planned, environment.now())
    if (!verdict.go) return approvedOr(turn, job, verdict.held)
  }
  const verdict = judgeRemoval(
    guard,
    turn.state,
    { ...removal, ...(pass === undefined ? {} : { pass }) },
    environment.now(),
  )
  if (!verdict.go) return approvedOr(turn, job, verdict.held)
  changeState(turn, { removals: verdict.removals })
  return { go: true }
}

/** A removal that would be held is sent all the same if somebody has approved it with a plan, and nothing has changed since. */
async function approvedOr(turn: Turn, job: Job, held: Held): Promise<Guarded> {
  const { deps, tenant, app } = turn
  const [item] = await deps.store.items(tenant, QUEUES.approvals(app.settings.id), { keys: [job.item.key] })
  const approval = item?.value as unknown as Approval | undefined
  const place = job.cause?.value.place ?? job.item.place
  if (approval !== undefined && place <= approval.place) return { go: true }
  return { go: false, hold: () => holdBack(turn, job, held) }
}

/** How much one cause takes away that has not been sent yet. */
async function countCause({ deps, tenant, app }: Turn, { cause, place }: RemovalCause): Promise<RemovalCount> {
  const tag = causeTag(cause)
  const items = await deps.store.items(tenant, QUEUES.removals(app.settings.id), { tag, limit: COUNTED })
  const count = { accounts: 0, memberships: 0 }
  for (const { value } of items) {
    const one = value as unknown as RemovalCause
    if (one.cause !== cause || (cause === CONFIGURATION && one.place !== place)) continue
    count.accounts += one.accounts
    count.memberships += one.memberships
  }
  return count
}

/** Holds what the guard does not let through. */
export async function holdBack(turn: Turn, job: Job, held: Held): Promise<void> {
  const { deps, tenant, app } = turn
  const now = deps.environment.now()
  const message = describeHeld(held)
  const before = holdOf(job.link)
  // What was held and not approved stays with its hold.
  const id = before !== undefined && turn.verdicts.has(before) ? before : await holdFor(turn, job, held)
  const reason = { code: 'guard', message, details: { hold: id } } as const
  await settleLater(turn, job, { state: 'held', due: now + DAY_MS, reason })
  if (before === undefined) {
    tell(turn, job, { event: 'held', message })
    deps.meter?.held({ tenant, app: app.settings.id }, 1)
  }
}

/** The open hold of a cause: one for all that are held at once. */
function holdFor(turn: Turn, job: Job, held: Held): Promise<string> {
  const known = turn.holding.get(held.cause)
  if (known !== undefined) return known
  const opened = openHold(turn, job, held)
  turn.holding.set(held.cause, opened)
  return opened
}

/** The hold of a cause that is still open, or a new one. */
async function openHold(turn: Turn, job: Job, held: Held): Promise<string> {
  const { deps, tenant, app } = turn
  const queue = QUEUES.holds(app.settings.id)
  const open = turn.state.holds ?? []
  const items = open.length === 0 ? [] : await deps.store.items(tenant, queue, { keys: open })
  const same = items.find(({ value }) => {
    const hold = value as unknown as Hold
    return hold.cause === held.cause && hold.verdict === undefined
  })
  if (same !== undefined) return same.key
  const now = deps.environment.now()
  // Time first, so that holds are listed in order; the place and the resource keep two of one moment apart.
  const id = `${timeKey(now)}-${job.item.place}-${turn.lease.epoch}`
  const hold: Hold = {
    openedAt: now,
    cause: held.cause,
    place: job.cause?.value.place ?? job.item.place,
    count: held.count,
    limit: held.limit,
  }
  changeState(turn, { holds: [...new Set([...(turn.state.holds ?? []), id])] })
  await turn.committer.commit([{ write: 'item', item: { tenant, queue, key: id }, set: { value: hold as never } }])
  return id
}
