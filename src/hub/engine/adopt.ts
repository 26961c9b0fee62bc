// Takes over accounts that are in an app already.

import type { Write } from '../../store/index.ts'
import { type Account, accountTag, type Link } from '../contract/index.ts'
import { wakeReferrers } from './dependents.ts'
import { asRead } from './disputes.ts'
import { formerAccount, withoutDoubles } from './match.ts'
import { keepProgress, linkNow, park, seenTimes, settleLater, verifyTimes } from './settle.ts'
import { managedOf } from './steps.ts'
import type { Job, Turn } from './turn.ts'
import type { Want } from './want.ts'

/** Whoever has to wait for what is on its way looks again after this time. */
const AGAIN_MS = 1_000

/**
 * Whether an account can't be taken over yet: what is on its way for whoever had it would reach the one who has it next. Then the link is
 * settled.
 */
export async function waitsForFormer(
  turn: Turn,
  job: Job,
  { account, former }: { readonly account: Pick<Account, 'id'>; readonly former?: string },
): Promise<boolean> {
  if (former === undefined || !turn.jobs.has(former)) return false
  turn.claims.delete(accountTag(job.link.type, account.id))
  await settleLater(turn, job, { state: 'ready', due: turn.deps.environment.now() + AGAIN_MS })
  return true
}

/** Takes over an account that is there already. What differs is written in the next round. */
export async function adopt(
  turn: Turn,
  job: Job,
  want: Want,
  match: { readonly account: Account; readonly former?: string },
): Promise<'again' | 'settled'> {
  const { adopt: policy } = turn.app.settings.policy
  const { account, former } = match
  if (await waitsForFormer(turn, job, match)) return 'settled'
  const isOurs = former !== undefined || job.link.tentative?.create === true || job.link.lostAt !== undefined
  if (!isOurs && want.wanted === 'active' && policy !== 'one') {
    const message = `The app has an account ${account.id} for this already, and is set to ${policy === 'ask' ? 'ask before taking one over' : 'take over none'}`
    const code = policy === 'ask' ? 'adopt' : 'taken'
    await park(turn, job, { code, message, details: { account: account.id } })
    return 'settled'
  }
  const wasEnded = job.link.type === 'User' && (await wasEndedHere(turn, job, want, account))
  const { tentative, off: _off, ...link } = job.link
  const now = turn.deps.environment.now()
  // What was sent about it before, for another resource perhaps, may still take effect; and what was found may be older than what was there.
  const isDoubted = former !== undefined || tentative?.create === true
  const verify = isDoubted ? verifyTimes(now) : seenTimes(now, turn.app.adapter.traits.readLagMs)
  const adopting = { ...link, adopting: true } as const
  job.link = {
    ...adopting,
    ...asRead(turn.app),
    account: account.id,
    acked: managedOf(turn.app, adopting, account.document),
    ...(job.link.type === 'Group' ? { membersFrom: 'app' } : {}),
    // It was switched off a moment ago, perhaps, and what was found may be older.
    ...(former === undefined && !wasEnded ? {} : { tentative: { attributes: ['active'] } }),
    ...(verify.length === 0 ? {} : { verify }),
    ...doubtsOf(job.link, former === undefined ? undefined : await linkNow(turn, former)),
  }
  await keepProgress(turn, job, former === undefined ? [] : await forgetFormer(turn, job, former))
  return 'again'
}

/** What may still appear: accounts that creates of unknown outcome have made for this resource, or for the one whose account it was. */
export function doubtsOf(own: Link, old: Link | undefined): Pick<Link, 'doubted' | 'sentAs'> {
  const links = old === undefined ? [own] : [own, old]
  const isDoubted = links.some(({ doubted, tentative }) => doubted === true || tentative?.create === true)
  const sent = links.flatMap(({ sentAs = [], tentative }) => [...sentAs, ...(tentative?.sentAs ?? [])])
  return isDoubted ? { doubted: true, sentAs: withoutDoubles(sent) } : {}
}

/** Whether we have switched off, or removed, an account that was found: in this turn, or for somebody of the same name. */
async function wasEndedHere(turn: Turn, job: Job, want: Want, { id }: Account): Promise<boolean> {
  if (turn.ended.has(accountTag('User', id)) || job.link.off?.account === id) return true
  return (await formerAccount(turn, job, want.document ?? {}))?.account === id
}

/** The account is of the new resource from now on: the tombstone of the old one must not touch it, and who refers to that has to drop it. */
export async function forgetFormer(turn: Turn, job: Job, former: string): Promise<readonly Write[]> {
  const { tenant, queue } = job.item
  const referrers = job.link.type === 'User' ? await wakeReferrers(turn, former) : []
  return [{ write: 'item', item: { tenant, queue, key: former }, set: undefined } as const, ...referrers]
}
