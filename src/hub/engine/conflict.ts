// Names that are taken: by an account to take over, by somebody who is about to give it up, or by a stranger.

import { backoffMs } from '../../jobs/index.ts'
import type { Json } from '../../protocol/index.ts'
import { type AppError, accountTag, type Link, QUEUES, type Step } from '../contract/index.ts'
import { adopt } from './adopt.ts'
import { type Match, matchKeys, ownerOf, searchFor } from './match.ts'
import { linkNow, park, settleLater } from './settle.ts'
import { readSources } from './source.ts'
import { accountTraits, comesBackByCreate, isThere } from './steps.ts'
import { addTo, type Job, type Turn } from './turn.ts'
import { type Want, wantOf } from './want.ts'

type Taken = Extract<Match, { found: 'taken' }>

/** Tries before a name that is taken by nobody who can be found parks the account: what a search shows may be old. */
const TRIES = 4
/** Longest chain of people who wait for each other's names. */
const CHAIN = 20
const WAITING_MS = 600_000
/** What was confirmed within this time, and the app's delay, may not be seen by a search yet. */
const RECENT_MS = 60_000

/** The app has refused a name as taken, or the account that was found is another's. */
export async function conflictOver(
  turn: Turn,
  job: Job,
  want: Want,
  step: Step | undefined,
  error: AppError | undefined,
  given?: Taken,
): Promise<'again' | 'settled'> {
  const match = given ?? (await findHolder(turn, job, want))
  if (match?.found === 'one' && step?.do !== 'update') return adopt(turn, job, want, match)
  if (match?.found === 'taken') return waitForName(turn, job, match)
  const message = error?.message ?? 'The name is taken'
  if (match?.found === 'one') {
    const { id } = match.account
    const whose = match.former === undefined ? 'which nobody here owns' : 'whose owner has left'
    const why = `${match.key.attribute} "${match.key.value.slice(0, 100)}" belongs to the account ${id}, ${whose}; ${message}`
    // It may be that of somebody here who does not know it yet: the create was answered too late, or not at all.
    const holder = match.former ?? accountTag(job.link.type, id)
    addTo(turn.waiting, holder, job.item.key)
    const former = match.former === undefined ? undefined : await linkNow(turn, match.former)
    // It went while the search was on its way: nobody would wake this link for that.
    if (former !== undefined && !isThere(turn.app.adapter.traits, former))
      return tryAgain(turn, job, why.slice(0, 500), [holder])
    await park(turn, job, { code: 'conflict', message: why.slice(0, 500), details: { account: id } }, [holder])
    return 'settled'
  }
  return tryAgain(turn, job, message)
}

/** What a search shows may be old, or about to change. */
async function tryAgain(turn: Turn, job: Job, message: string, waitsFor: readonly string[] = []): Promise<'settled'> {
  const attempts = (job.link.attempts ?? 0) + 1
  job.link = { ...job.link, attempts }
  const { environment } = turn.deps
  const due = environment.now() + backoffMs(attempts, environment.chance)
  if (attempts > TRIES) await park(turn, job, { code: 'conflict', message }, waitsFor)
  else await settleLater(turn, job, { state: 'ready', due, reason: { code: 'conflict', message } })
  return 'settled'
}

/** Whether the holder of a name was worked on so recently that a search may show what was before. */
function wasGivenUpNow(turn: Turn, by: string, link: Link | undefined): boolean {
  const { readLagMs } = turn.app.adapter.traits
  return turn.jobs.has(by) || (link?.ackedAt ?? 0) + readLagMs + RECENT_MS > turn.deps.environment.now()
}

/** Searches again when what was done is to be seen. That counts as no try: nothing is in the way any more. */
async function lookAgain(turn: Turn, job: Job, message: string, by: string, link?: Link): Promise<'settled'> {
  const now = turn.deps.environment.now()
  // The longer ago it was, the less likely that it only is not to be seen yet: a late request may have given the name back.
  const since = turn.jobs.has(by) ? 0 : now - (link?.ackedAt ?? now)
  const due = now + Math.max(turn.app.adapter.traits.readLagMs, 1_000, since / 2)
  await settleLater(turn, job, { state: 'ready', due, reason: { code: 'conflict', message } })
  return 'settled'
}

/** Who has one of the names that the account should get. */
async function findHolder(turn: Turn, job: Job, want: Want): Promise<Match | undefined> {
  const own = accountTraits(turn.app.adapter.traits, job.link.type)
  if (own === undefined || want.document === undefined) return undefined
  for (const key of matchKeys(own.unique, want.document)) {
    for (const account of await searchFor(turn, job, key)) {
      if (account.id !== job.link.account) return ownerOf(turn, job, account, key)
    }
  }
  return undefined
}

/** Waits until the holder has got another name; those who wait for each other in a circle take names of their own for a while. */
async function waitForName(turn: Turn, job: Job, { by, key, account }: Taken): Promise<'again' | 'settled'> {
  const { attribute, value } = key
  addTo(turn.waiting, by, job.item.key)
  const holder = await holderNow(turn, by)
  if (holder === 'leaving')
    return tryAgain(turn, job, `${attribute} "${value.slice(0, 100)}" is that of somebody who leaves`, [by])
  const gets = holder?.document?.[attribute]
  if (holder === undefined || gets === undefined || sameName(gets, value)) {
    const message = `${attribute} "${value.slice(0, 100)}" is that of the account ${account.id}, which belongs to ${by} here`
    await park(turn, job, { code: 'taken', message, details: { account: account.id, resource: by } }, [by])
    return 'settled'
  }
  // One that was deleted as it was switched off holds no name that anybody could wait for.
  const isMade = job.link.account !== undefined && !comesBackByCreate(turn.app.adapter.traits, job.link)
  if (isMade && job.swapped === undefined && (await isCircle(turn, job, attribute, gets, holder.link))) {
    const { environment } = turn.deps
    const mark = Math.floor(environment.chance() * 36 ** 6).toString(36)
    job.link = { ...job.link, swap: `${value.slice(0, 40)}-${mark}` }
    return 'again'
  }
  if (job.swapped !== undefined) job.link = { ...job.link, swap: job.swapped }
  const now = await linkNow(turn, by)
  const name = now?.acked?.[attribute]
  if (name !== undefined && !sameName(name, value)) {
    // It has been given up since it was found; or another hand, or a late request, has given it back.
    const message = `${attribute} "${value.slice(0, 100)}" is still that of the account of ${by}`
    return wasGivenUpNow(turn, by, now) ? lookAgain(turn, job, message, by, now) : tryAgain(turn, job, message, [by])
  }
  const message = `Waits until ${by} has given up ${attribute} "${value.slice(0, 100)}"`
  const reason = { code: 'swap', message, details: { holder: by, attribute, value } } as const
  const due = turn.deps.environment.now() + WAITING_MS
  await settleLater(turn, job, { state: 'waiting', due, reason, waitsFor: [by] })
  return 'settled'
}

/** What the holder of a name should be called by now, and its link. */
async function holderNow(
  turn: Turn,
  id: string,
): Promise<{ readonly document: Want['document']; readonly link: Link } | 'leaving' | undefined> {
  const { deps, tenant, app } = turn
  const [item] = await deps.store.items(tenant, QUEUES.links(app.settings.id), { keys: [id] })
  if (item === undefined) return 'leaving'
  const link = item.value as unknown as Link
  const source = (await readSources(deps.store, tenant, [{ type: link.type, id }])).get(id)
  // Its account is free once that is settled: the same person, hired again, takes it over.
  if (source?.document === undefined) return 'leaving'
  try {
    const context = { accountOf: () => undefined, killed: false, now: deps.environment.now() }
    return { document: wantOf(app, source, link, context).document, link }
  } catch (error) {
    if (error instanceof Error && error.name === 'MapFault') return undefined
    throw error
  }
}

/** Whether the holder waits, directly or through others, for a name that this account has. */
async function isCircle(turn: Turn, job: Job, attribute: string, gets: Json, first: Link): Promise<boolean> {
  const mine = job.link.acked?.[attribute]
  if (mine !== undefined && sameName(gets, mine)) return true
  const { deps, tenant, app } = turn
  let link = first
  for (let hops = 0; hops < CHAIN; hops++) {
    const details = link.reason?.code === 'swap' ? link.reason.details : undefined
    const next = typeof details === 'object' && details !== null && 'holder' in details ? details.holder : undefined
    if (typeof next !== 'string') return false
    if (next === job.item.key) return true
    const [item] = await deps.store.items(tenant, QUEUES.links(app.settings.id), { keys: [next] })
    if (item === undefined) return false
    link = item.value as unknown as Link
  }
  return false
}

function sameName(a: Json, b: Json): boolean {
  return typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase()
}
