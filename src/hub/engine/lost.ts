// An account that is not in the app any more.

import type { Item, Write } from '../../store/index.ts'
import { accountTag, HUB_LANES, type Link } from '../contract/index.ts'
import { markLink } from './dependents.ts'
import { headersOf } from './match.ts'
import { keepProgress, park, verifyTimes } from './settle.ts'
import { knownBy } from './steps.ts'
import type { Job, Turn } from './turn.ts'
import type { Want } from './want.ts'

/** An account that the app has lost is made again once in this time. */
const LOST_MS = 86_400_000
/** Most accounts that are read after a request with members was refused. */
const MOST_READ = 100

/** The app says that there is no such account. Whoever should be out is; others are looked for, and made again once a day. */
export async function loseAccount(turn: Turn, job: Job, want: Want, message: string): Promise<'again' | 'settled'> {
  const now = turn.deps.environment.now()
  const { account = '', acked = {}, tentative: _tentative, adopting: _adopting, ...rest } = job.link
  const { account: _account, ...link } = { account, ...rest }
  if (want.wanted !== 'active') {
    const off = link.off ?? { at: now, place: job.item.place, account, was: knownBy(acked) }
    job.link = { ...link, off: { ...off, readBack: { at: now, found: 'none' } } }
    await keepProgress(turn, job)
    return 'again'
  }
  if (link.lostAt !== undefined && now - link.lostAt < LOST_MS) {
    const why = `The app has lost the account ${account} again, after it was made anew; ${message}`
    await park(turn, job, { code: 'vanishes', message: why })
    return 'settled'
  }
  job.link = { ...link, lostAt: now }
  await keepProgress(turn, job)
  return 'again'
}

/**
 * Looks for accounts that another hand may have removed, after the app has refused them as members or managers: resource → account. Those
 * that a read does not find are read back by their own links soon. Returns their resources. Throws AppError and TurnOver.
 */
export async function findLost(turn: Turn, job: Job, members: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const { deps, app, tenant, calls } = turn
  const { queue } = job.item
  const found = await deps.store.items(tenant, queue, { keys: [...members.keys()].slice(0, MOST_READ) })
  const lost: string[] = []
  for (const { key, value, state } of found) {
    const link = turn.jobs.get(key)?.link ?? (value as unknown as Link)
    const account = members.get(key) ?? ''
    // One that vanishes again and again is not fought for.
    if (state === 'parked' && link.reason?.code === 'vanishes') continue
    if (link.account !== account) {
      // It was lost, or made again, since it was looked up.
      lost.push(key)
      continue
    }
    const ask = { step: 'read', type: link.type, lane: job.lane, headers: headersOf(turn, job) } as const
    const pass = await calls.pass(ask)
    if ((await pass.send((call) => app.adapter.read(link.type, account, call))) !== undefined) continue
    lost.push(key)
    // What was made a moment ago may not be seen yet.
    await readBackSoon(turn, { tenant, queue, key }, account)
  }
  return lost
}

/** Has a link read back soon, unless it has got another account since. */
async function readBackSoon(turn: Turn, item: Pick<Item, 'tenant' | 'queue' | 'key'>, account: string): Promise<void> {
  const { deps, app, committer, jobs } = turn
  const soon = deps.environment.now() + app.adapter.traits.readLagMs
  // What is to be read back later, after a leaver or an outcome that nobody knows, still is.
  const withSoon = ({ verify = [] }: Link) => [soon, ...verify.filter((at) => at > soon)]
  const writes: Write[] = [markLink(turn, item.key, HUB_LANES.update)]
  const [now] = await deps.store.items(item.tenant, item.queue, { keys: [item.key] })
  const link = now?.value as unknown as Link | undefined
  // Whoever is worked on writes its link itself: what is stored of it is older.
  const running = jobs.get(item.key)
  if (running?.link.account === account) running.link = { ...running.link, verify: withSoon(running.link) }
  if (running === undefined && link?.account === account) {
    writes.unshift({ write: 'item', item, set: { value: { ...link, verify: withSoon(link) } as never } })
  }
  await committer.commit(writes)
}

/**
 * The app has given the id of an account to a new one, so the old account is gone: whoever had it loses it. Called after a create; returns
 * what is to be written with it.
 */
export async function loseReused(turn: Turn, job: Job): Promise<readonly Write[]> {
  const { account = '', type } = job.link
  const { item } = job
  const { tenant, queue } = item
  const tag = accountTag(type, account)
  const writes: Write[] = []
  // What was sent, or is on its way, for the old account may reach the new one.
  const readBack = () => {
    job.link = { ...job.link, verify: verifyTimes(turn.deps.environment.now()) }
  }
  if (turn.ended.has(tag)) readBack()
  for (const { key, value } of await turn.deps.store.items(tenant, queue, { tag, limit: 10 })) {
    const other = value as unknown as Link
    if (key === item.key || other.type !== type || (other.account ?? other.off?.account) !== account) continue
    const running = turn.jobs.get(key)
    if (running !== undefined || other.tentative !== undefined || other.verify !== undefined) readBack()
    if (other.account === undefined) continue
    if (running !== undefined) running.link = withoutAccount(running.link)
    const set = { value: withoutAccount(other) as never, tag: '' }
    writes.push({ write: 'item', item: { tenant, queue, key }, set }, markLink(turn, key, HUB_LANES.update))
  }
  return writes
}

/**
 * What a delivery begins with. An account that was made in this turn, with an id that was given again, is not that of whoever had the id: it may
 * not have been written down yet.
 */
export function asOfNow({ made }: Pick<Turn, 'made'>, link: Link, resource: string): Link {
  const by = link.account === undefined ? undefined : made.get(accountTag(link.type, link.account))
  return by === undefined || by === resource ? link : withoutAccount(link)
}

function withoutAccount({ account: _account, acked: _acked, tentative: _tentative, verify = [], ...link }: Link): Link {
  // A read of that id would show the new account; twins are looked for all the same.
  const reads = link.doubted === true && verify.length > 0 ? { verify } : {}
  return { ...link, ...reads, ...(link.off === undefined ? {} : { off: { ...link.off, account: '' } }) }
}
