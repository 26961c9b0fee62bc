// Reads back what was done: after leavers, and after every outcome that nobody knows.

import type { Document } from '../../protocol/index.ts'
import {
  type Account,
  type AccountTraits,
  type AccountType,
  AppError,
  accountTag,
  type Link,
  QUEUES,
  type ReadBack,
} from '../contract/index.ts'
import { asRead, hasAccess, isStale } from './disputes.ts'
import { loseAccount } from './lost.ts'
import { headersOf, isExternalId, isOthers, isOurs, matchKeys, searchable, searchFor, withoutDoubles } from './match.ts'
import { verifyMembers } from './members-read.ts'
import { keepProgress, settleLater } from './settle.ts'
import { accountTraits, knownBy, managedOf } from './steps.ts'
import { type Job, type Turn, tell } from './turn.ts'
import type { Want } from './want.ts'

/** Whether a read back is due. */
export function isDue(turn: Turn, { link }: Job): boolean {
  const now = turn.deps.environment.now()
  return link.verify?.some((at) => at <= now) === true || isStale(turn.app, link)
}

/** Whether it is time to look for an account that an earlier create of unknown outcome has made, of whoever has none. */
export function isDoubtDue({ deps }: Turn, { link }: Job): boolean {
  const now = deps.environment.now()
  const isDoubted = link.doubted === true && link.account === undefined && link.tentative?.create !== true
  return isDoubted && link.verify?.some((at) => at <= now) === true
}

/**
 * Reads an account back and believes what it shows: late effects of requests that nobody can call back, and other hands. Its steps
 * have to be computed anew, unless it was settled. Throws AppError and TurnOver.
 */
export async function verifyAccount(turn: Turn, job: Job, want: Want): Promise<'changed' | 'settled'> {
  const now = turn.deps.environment.now()
  if (accountTraits(turn.app.adapter.traits, job.link.type)?.unreadable === true) {
    // Nothing can be seen: what is tentative stays so until it was sent again.
    const { verify: _verify, doubted: _doubted, ...link } = job.link
    job.link = { ...link, ...asRead(turn.app) }
    await keepProgress(turn, job)
    return 'changed'
  }
  const id = job.link.account ?? job.link.off?.account
  const seen = id === undefined || id === '' ? undefined : await readAccount(turn, job, id)
  const { verify = [], tentative: _tentative, ...link } = job.link
  const later = verify.filter((at) => at > now)
  const before = job.link
  const wasStale = isStale(turn.app, before)
  job.link = { ...link, ...asRead(turn.app), ...(later.length === 0 ? {} : { verify: later }) }
  if (wasStale) dispute(job, before, seen)
  if (want.wanted === 'active') {
    if ((await verifyPresent(turn, job, want, seen)) === 'settled') return 'settled'
  } else if (seen !== undefined && (await isOthersNow(turn, job, seen))) loseOld(job, now)
  else verifyOff(turn, job, want, id, seen, now)
  if (link.doubted === true) await dealWithTwins(turn, job, want, seen)
  if (later.length === 0) {
    const { doubted: _doubted, sentAs: _sentAs, ...sure } = job.link
    job.link = sure
  }
  await keepProgress(turn, job)
  if (job.link.type === 'Group' && job.link.account !== undefined) return verifyMembers(turn, job, wasStale)
  return 'changed'
}

/**
 * Reads an account that a request of unknown outcome may have removed, before anything else is sent about it: its id may be another's by
 * now. `there`: it is ours still, as far as can be seen. Throws AppError and TurnOver.
 */
export async function readPerhapsFreed(turn: Turn, job: Job, want: Want): Promise<'there' | 'gone' | 'settled'> {
  const { traits } = turn.app.adapter
  const { account = '', acked = {}, tentative = {} } = job.link
  const own = accountTraits(traits, job.link.type)
  if (own === undefined || own.unreadable === true) return 'there'
  let seen: Account | undefined
  try {
    seen = await readAccount(turn, job, account)
  } catch (error) {
    // What was held up before may be held up again: whoever leaves does not wait for a read.
    if (want.wanted !== 'active' && error instanceof AppError && error.trouble === 'unknown') return 'there'
    throw error
  }
  const was = knownBy(acked)
  // Of an account whose name we may have changed ourselves, another name says nothing.
  const isRenamed = tentative.attributes?.includes(nameOf(job.link.type)) === true
  const isOthersAccount = seen !== undefined && !isRenamed && isAnother(own, job.link.type, was, seen.document)
  if (seen !== undefined && !isOthersAccount) return 'there'
  const now = turn.deps.environment.now()
  const seenFrom = (tentative.at ?? 0) + traits.readLagMs
  if (seen === undefined && now < seenFrom) {
    // What was made a moment ago may not be seen yet.
    await settleLater(turn, job, { state: 'ready', due: seenFrom })
    return 'settled'
  }
  const { account: _account, acked: _acked, tentative: _tentative, adopting: _adopting, ...link } = job.link
  const readBack = { at: now, found: 'none' } as const
  job.link = {
    ...link,
    off: { at: now, place: job.item.place, account: isOthersAccount ? '' : account, was, readBack },
  }
  await keepProgress(turn, job)
  return 'gone'
}

/** Notes that access in the app was changed after the backup that was restored. */
function dispute(job: Job, before: Link, seen: Account | undefined): void {
  const isOn = seen !== undefined && (before.type === 'Group' || seen.document.active !== false)
  if (hasAccess(before) !== isOn) job.link = { ...job.link, disputed: true }
}

async function readAccount(turn: Turn, job: Job, id: string): Promise<Account | undefined> {
  const { type } = job.link
  const pass = await turn.calls.pass({ step: 'read', type, lane: job.lane, headers: headersOf(turn, job) })
  return pass.send((call) => turn.app.adapter.read(type, id, call))
}

async function verifyPresent(turn: Turn, job: Job, want: Want, seen: Account | undefined) {
  if (job.link.account === undefined) return 'again'
  if (seen === undefined) return loseAccount(turn, job, want, 'a read finds none')
  job.link = { ...job.link, acked: managedOf(turn.app, job.link, seen.document) }
  return 'again'
}

function verifyOff(
  turn: Turn,
  job: Job,
  want: Want,
  id: string | undefined,
  seen: Account | undefined,
  now: number,
): void {
  const { link } = job
  if (id === undefined) return
  const isActive = seen !== undefined && (link.type === 'Group' || seen.document.active !== false)
  const found: ReadBack['found'] = seen === undefined ? 'none' : isActive ? 'active' : 'off'
  const off = link.off === undefined ? {} : { off: { ...link.off, readBack: { at: now, found } } }
  if (seen === undefined) {
    // Where an account that is off is hidden, it is there all the same.
    const hidden = want.wanted === 'disabled' && !turn.app.adapter.traits.off.disabledReads
    const { account: _account, acked: _acked, ...gone } = link
    job.link = hidden ? { ...link, ...off } : { ...gone, ...off }
    return
  }
  const acked = managedOf(turn.app, link, { ...seen.document, ...(link.type === 'User' ? { active: isActive } : {}) })
  if (!isActive || want.leave !== undefined) {
    job.link = { ...link, ...off, account: id, acked }
    return
  }
  const wasOff = link.off !== undefined
  job.link = { ...link, ...off, account: id, acked }
  if (!wasOff) return
  turn.deps.meter?.resurrected({ tenant: turn.tenant, app: turn.app.settings.id })
  tell(turn, job, { event: 'resurrected', message: `The account ${id} was found switched on again` })
}

/** Whether the account of somebody who is out is another's by now: of whoever was hired again, or has got its id. */
async function isOthersNow(turn: Turn, job: Job, seen: Account): Promise<boolean> {
  if (isReused(turn, job.link, seen)) return true
  return job.link.account === undefined && (await isSomebodys(turn, job, seen.id))
}

/** The account that was ours is gone, as far as this link is concerned. */
function loseOld(job: Job, now: number): void {
  const { account: _account, acked: _acked, ...link } = job.link
  const readBack = { at: now, found: 'none' } as const
  job.link = link.off === undefined ? link : { ...link, off: { ...link.off, account: '', readBack } }
}

/**
 * Whether an id that was freed, as the account that had it was removed, has been given to an account that is not ours. Only one that is
 * known by another name, and does not say that it is ours, surely is another: any other may be a removal that was not carried out.
 */
function isReused({ app }: Turn, { type, off, acked, account }: Link, { document }: Account): boolean {
  const { traits } = app.adapter
  const own = accountTraits(traits, type)
  if (own === undefined || off?.was === undefined || acked?.active === true) return false
  const isFreed = account === undefined ? traits.off.removeMeans === 'removed' : traits.off.disableMeans === 'deleted'
  return isFreed && isAnother(own, type, off.was, document)
}

/** Whether an account is known by another name than the one that was ours, and does not say that it is that. */
function isAnother(own: AccountTraits, type: AccountType, was: Document, document: Document): boolean {
  const name = nameOf(type)
  if (was[name] === undefined || (was.externalId !== undefined && was.externalId === document.externalId)) return false
  const nameIn = (one: Document) => String(own.comparable(one)[name]).toLowerCase()
  return nameIn(document) !== nameIn(was)
}

function nameOf(type: AccountType): 'userName' | 'displayName' {
  return type === 'User' ? 'userName' : 'displayName'
}

/**
 * A create of unknown outcome may have made an account beside the one that is linked, which was `seen`: it must not stay switched on.
 */
async function dealWithTwins(turn: Turn, job: Job, want: Want, seen: Account | undefined): Promise<void> {
  const own = accountTraits(turn.app.adapter.traits, job.link.type)
  const sentAs = job.link.sentAs ?? []
  // A twin is called what it was sent as: whoever has the name of today, and was not, is a stranger.
  const present = sentAs.length > 0 ? [] : matchKeys(own?.match ?? [], want.document ?? job.link.acked ?? {})
  const keys = withoutDoubles([...present, ...(own === undefined ? [] : searchable(own, sentAs))])
  const keepsIds = seen?.document.externalId !== undefined
  for (const key of keys) {
    // Only what nobody else has by accident tells that it is ours.
    const isSure = key.attribute === 'externalId' || own?.unique.includes(key.attribute) === true
    for (const account of await searchFor(turn, job, key)) {
      if (!isSure && !isOurs(account, want.document ?? job.link.acked, sentAs)) continue
      if (account.id === job.link.account || account.document.active === false) continue
      if (isOthers(account, want.document ?? job.link.acked, sentAs)) continue
      // Where the app keeps the id that we gave, whoever has none was not made by us.
      if (keepsIds && account.document.externalId === undefined && sentAs.some(isExternalId)) continue
      if (await isSomebodys(turn, job, account.id)) continue
      if (job.link.account === undefined) takeAsOurs(turn, job, account)
      else await endTwin(turn, job, account)
    }
  }
}

function takeAsOurs(turn: Turn, job: Job, { id, document }: Account): void {
  const link: Link = { ...job.link, account: id }
  job.link = { ...link, acked: managedOf(turn.app, link, document) }
}

async function endTwin(turn: Turn, job: Job, { id, document }: Account): Promise<void> {
  const { adapter } = turn.app
  const { type } = job.link
  const step = type === 'User' ? 'disable' : 'remove'
  if (type === 'Group' && adapter.traits.groups?.remove !== true) return
  const pass = await turn.calls.pass({ step, type, lane: job.lane, headers: headersOf(turn, job) })
  const after: Document = { ...document, active: false }
  await pass.send((call) =>
    type === 'User'
      ? adapter.disable(id, { before: document, after, uncertain: [] }, call)
      : adapter.remove(type, id, call),
  )
}

async function isSomebodys({ deps, tenant, app, claims }: Turn, { link, item }: Job, id: string): Promise<boolean> {
  const tag = accountTag(link.type, id)
  if ((claims.get(tag) ?? item.key) !== item.key) return true
  const items = await deps.store.items(tenant, QUEUES.links(app.settings.id), { tag, limit: 10 })
  return items.some(({ key, value }) => key !== item.key && (value as unknown as Link).account === id)
}
