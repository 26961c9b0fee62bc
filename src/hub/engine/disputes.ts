// After a restored backup: what is read back first, and access that only a person changes back.

import { type Approval, type CompiledApp, type Link, QUEUES } from '../contract/index.ts'
import { type Guarded, holdBack } from './guarding.ts'
import { holdOf } from './holds.ts'
import type { AccountStep } from './steps.ts'
import type { Job, Turn } from './turn.ts'
import type { Want } from './want.ts'

/** The cause of holds of what a restored backup would change back. */
export const RESTORE = 'restore'

/** Whether what is remembered of an account is older than the database may be: the app is asked first. */
export function isStale({ settings }: Pick<CompiledApp, 'settings'>, link: Pick<Link, 'account' | 'readFor'>): boolean {
  const { readBackBefore } = settings
  return readBackBefore !== undefined && link.account !== undefined && (link.readFor ?? 0) < readBackBefore
}

/** What a link that was read back, or made, just now says of that. */
export function asRead({ settings }: Pick<CompiledApp, 'settings'>): Pick<Link, 'readFor'> {
  return settings.readBackBefore === undefined ? {} : { readFor: settings.readBackBefore }
}

/** Whether somebody can use an account, as far as a link knows. */
export function hasAccess({ type, account, acked }: Link): boolean {
  return account !== undefined && (type === 'Group' || acked?.active !== false)
}

/** A link without its dispute, once the app has what is wanted. */
export function settled(link: Link, { wanted }: Pick<Want, 'wanted'>): Link {
  if (link.disputed === undefined || hasAccess(link) !== (wanted === 'active')) return link
  const { disputed: _disputed, ...rest } = link
  return rest
}

/** Whether a step gives access or takes it away. */
export function changesAccess(step: AccountStep): boolean {
  if (step.do !== 'update') return true
  return (step.change.before.active !== false) !== (step.change.after.active !== false)
}

/** Whether what is disputed may be changed back: somebody has approved it, with its hold or with a plan. */
export async function guardDispute(turn: Turn, job: Job, count: number): Promise<Guarded> {
  const { deps, tenant, app } = turn
  const hold = holdOf(job.link)
  if (job.killed || (hold !== undefined && turn.verdicts.get(hold) === 'approved')) return { go: true }
  const [item] = await deps.store.items(tenant, QUEUES.approvals(app.settings.id), { keys: [job.item.key] })
  const approval = item?.value as unknown as Approval | undefined
  if (approval !== undefined && job.item.place <= approval.place) return { go: true }
  return { go: false, hold: () => holdBack(turn, job, { what: 'disputed', cause: RESTORE, count, limit: 0 }) }
}
