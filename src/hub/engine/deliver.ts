// The work on one link: from what the app has confirmed to what it should hold now, one call after the other.

import type { Document } from '../../protocol/index.ts'
import { AppError, type Link, QUEUES } from '../contract/index.ts'
import { adopt, doubtsOf, forgetFormer, waitsForFormer } from './adopt.ts'
import { TurnOver } from './calls.ts'
import { carryOut } from './carry-out.ts'
import { conflictOver } from './conflict.ts'
import { changesAccess, guardDispute, isStale, settled } from './disputes.ts'
import { guardRemoval } from './guarding.ts'
import { asOfNow, findLost, loseAccount } from './lost.ts'
import { accountOf, formerAccount, isOthers, isTakenOver, type Match, matchAccount, ownerOf } from './match.ts'
import { deliverMembers, forgetMembers } from './members.ts'
import {
  dropLink,
  keepProgress,
  linkNow,
  park,
  saveConfirmed,
  settleFailure,
  settleLater,
  settleRest,
  settleWaiting,
  verifyTimes,
} from './settle.ts'
import { type AccountStep, isPerhapsFreed, type Steps, stepsOf } from './steps.ts'
import { type Job, type Turn, tell } from './turn.ts'
import { isDoubtDue, isDue, readPerhapsFreed, verifyAccount } from './verify.ts'
import { type Want, wantOf } from './want.ts'

/** Calls that one delivery makes of an account at most; members are apart. */
const ROUNDS = 12

/** What is looked up before: the accounts of resources that this one refers to. */
export type AccountOf = (id: string) => string | undefined

/** Works on a link until it is settled. `over`: nothing more may be sent in this turn. Throws when a commit has failed. */
export async function deliver(turn: Turn, job: Job, accounts: AccountOf): Promise<'done' | 'over'> {
  try {
    await deliverAccount(turn, job, accounts)
  } catch (error) {
    if (error instanceof TurnOver) {
      await takeBack(turn, job)
      return 'over'
    }
    if (error instanceof AppError) {
      await settleFailure(turn, job, error)
    } else if (error instanceof Error && error.name === 'MapFault') {
      await park(turn, job, { code: 'map', message: error.message.slice(0, 500) })
    } else {
      throw error
    }
  }
  return 'done'
}

async function deliverAccount(turn: Turn, job: Job, accounts: AccountOf): Promise<void> {
  const { app } = turn
  job.link = asOfNow(turn, job.link, job.item.key)
  const { swap, ...named } = job.link
  if (swap !== undefined) {
    job.swapped = swap
    job.link = named
  }
  const referred = new Map<string, string>()
  const lookUp = (id: string) => {
    const account = accounts(id)
    if (account !== undefined) referred.set(id, account)
    return account
  }
  for (let round = 0; round < ROUNDS; round++) {
    const want = wantOf(app, job.source, job.link, {
      // Somebody may be referred to by oneself.
      accountOf: (id) => (id === job.item.key ? accountOf(turn, job.link) : lookUp(id)),
      killed: job.killed,
      now: turn.deps.environment.now(),
    })
    job.link = settled({ ...job.link, inScope: want.inScope, wanted: want.wanted }, want)
    if (want.leave === 'unlink') return unlink(turn, job)
    if (want.leave === 'ignore') {
      // Nobody looks at it any more, so nothing is read back either.
      const { verify: _verify, ...ignored } = job.link
      job.link = ignored
      return settleRest(turn, job)
    }
    const steps = stepsOf(app, job.link, want)
    if (steps.removes === 1 || steps.action === 'disable' || steps.action === 'remove') job.lane = 0
    const done = await oneRound(turn, job, want, steps).catch((error) => blameLost(turn, job, referred, error))
    if (done === 'settled') return
    if (done === 'again' && isMade(job, want, steps)) return finish(turn, job, want)
    if (done === 'at rest') return finish(turn, job, want)
  }
  await settleLater(turn, job, { state: 'ready', due: turn.deps.environment.now() + 1_000 })
}

/**
 * Whether an account was made just now with all that is wanted of it: then the map would only say so once more. Whoever refers to oneself
 * can do that only now, and what was in doubt is read back.
 */
function isMade({ item, link, saved }: Job, { waitsFor }: Want, { action }: Steps): boolean {
  const isNew =
    action === 'create' && link.account !== undefined && saved.account === undefined && link.tentative === undefined
  const isDone = isNew && link.type === 'User' && link.verify === undefined && link.swap === undefined
  return isDone && !waitsFor.includes(item.key)
}

/** The app may have refused an account because one that it refers to was removed by another hand: that one is looked for first. */
async function blameLost(turn: Turn, job: Job, referred: ReadonlyMap<string, string>, error: unknown): Promise<never> {
  const isRefused = error instanceof AppError && error.trouble === 'refused'
  const lost = isRefused && referred.size > 0 ? await findLost(turn, job, referred) : []
  if (lost.length === 0) throw error
  throw new AppError('unknown', `The app has lost the accounts of ${lost.slice(0, 3).join(', ')}, who are referred to`)
}

/** Lets go of an account that stays as it is. Nobody here answers for it any more, so the guard counts it. */
async function unlink(turn: Turn, job: Job): Promise<void> {
  const isOn = job.link.account !== undefined && job.link.acked?.active !== false
  const guarded = isOn ? await guardRemoval(turn, job, { accounts: 1, memberships: 0 }) : undefined
  if (guarded?.go === false) await guarded.hold()
  else await dropLink(turn, job)
}

/** One step of an account, or the search before it. */
async function oneRound(turn: Turn, job: Job, want: Want, steps: Steps): Promise<'again' | 'at rest' | 'settled'> {
  const [step] = steps.steps
  const touches = step !== undefined || isDue(turn, job)
  if (touches || steps.needsMatch || job.link.type === 'Group') await saveConfirmed(turn, job)
  if (steps.needsMatch) {
    // Whoever comes back may hold up, with an account that appeared late, the one who has the name that it needs now.
    if (isDoubtDue(turn, job)) return (await verifyAccount(turn, job, want)) === 'settled' ? 'settled' : 'again'
    const matched = await takeMatch(turn, job, want)
    if (matched !== 'none') return matched
    if (steps.steps.length === 0 && want.wanted === 'active') {
      const message = 'The app has no such account, and takes no new ones'
      await park(turn, job, { code: 'refused', message })
      return 'settled'
    }
  }
  if (want.wanted !== 'active' && touches && (await isTakenOver(turn, job))) return letGo(turn, job)
  if (isDue(turn, job) && isReadFirst(turn, job, steps)) {
    return (await verifyAccount(turn, job, want)) === 'settled' ? 'settled' : 'again'
  }
  if (isPerhapsFreed(turn.app.adapter.traits, job.link) && (step !== undefined || want.wanted === 'active')) {
    const read = await readPerhapsFreed(turn, job, want)
    if (read !== 'there') return read === 'gone' ? 'again' : read
  }
  if (step === undefined) return 'at rest'
  if (job.link.disputed === true && changesAccess(step)) {
    const guarded = await guardDispute(turn, job, 1)
    if (!guarded.go) {
      await guarded.hold()
      return 'settled'
    }
  }
  if (steps.removes === 1) {
    const guarded = await guardRemoval(turn, job, { accounts: 1, memberships: 0 })
    if (!guarded.go) {
      await guarded.hold()
      return 'settled'
    }
    job.link = { ...job.link, counted: true }
  }
  try {
    await carryOut(turn, job, step)
    tell(turn, job, { event: 'delivered', action: steps.action })
    return 'again'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return afterError(turn, job, want, step, error)
  }
}

/**
 * Whether a read back comes before the steps. What was held up before may be held up again, and the read with it for ever; whoever
 * leaves does not wait for it.
 */
function isReadFirst({ app }: Turn, { link }: Job, { action, steps }: Steps): boolean {
  const { reason } = link
  if (steps.length === 0 || reason?.code === 'guard') return true
  return (reason !== undefined || isStale(app, link)) && action !== 'disable' && action !== 'remove'
}

/** The account is somebody else's by now: whatever is to be done about this resource must not be done to that. */
async function letGo(turn: Turn, job: Job): Promise<'again' | 'settled'> {
  if (job.source.document === undefined) {
    await dropLink(turn, job)
    return 'settled'
  }
  const { account: _account, acked: _acked, tentative: _tentative, verify: _verify, ...link } = job.link
  job.link = link
  await keepProgress(turn, job)
  return 'again'
}

/** What a refusal means for the account, beyond trying again later. */
async function afterError(
  turn: Turn,
  job: Job,
  want: Want,
  step: AccountStep,
  error: AppError,
): Promise<'again' | 'settled'> {
  if (error.trouble === 'conflict' && (step.do === 'create' || step.do === 'update')) {
    return conflictOver(turn, job, want, step, error)
  }
  if (error.trouble !== 'gone' || step.do === 'create') throw error
  return loseAccount(turn, job, want, error.message)
}

/** Searches the app for the account. `none`: there is none, and one may be made. */
async function takeMatch(turn: Turn, job: Job, want: Want): Promise<'none' | 'again' | 'settled'> {
  const match = await matchAccount(turn, job, searchedFor(job, want))
  // Whoever leaves needs no name: what is somebody else's was not made by the create of unknown outcome that is looked for.
  if (want.wanted !== 'active' && !mayBeMade(job, match)) return noMatch(turn, job, want)
  switch (match.found) {
    case 'one':
      return adopt(turn, job, want, match)
    case 'taken':
      return conflictOver(turn, job, want, undefined, undefined, match)
    case 'many': {
      const ids = match.accounts.map(({ id }) => id)
      const { attribute, value } = match.key
      const message = `More than one account has ${attribute} "${value.slice(0, 100)}": ${ids.slice(0, 5).join(', ')}`
      await park(turn, job, { code: 'ambiguous', message, details: ids.slice(0, 20) })
      return 'settled'
    }
    case 'none':
      return noMatch(turn, job, want)
  }
}

/**
 * What is searched for. Of somebody who needs no account only what a create of unknown outcome has made, by what was sent then: whoever has
 * the present name may be a stranger.
 */
function searchedFor(job: Job, want: Want): Document {
  if (want.wanted !== 'active' && (job.link.tentative?.sentAs ?? []).length > 0) return {}
  return want.document ?? job.link.acked ?? nameDocument(job)
}

/** Whether a match may be what an earlier create of unknown outcome has made. */
function mayBeMade({ link }: Job, match: Match): boolean {
  return match.found === 'one' && !isOthers(match.account, undefined, link.tentative?.sentAs)
}

async function noMatch(turn: Turn, job: Job, want: Want): Promise<'none' | 'again' | 'settled'> {
  const { environment } = turn.deps
  const { tentative } = job.link
  if (tentative?.create === true) {
    // What was made a moment ago may not be seen yet.
    const seenFrom = (tentative.at ?? 0) + turn.app.adapter.traits.readLagMs
    if (environment.now() < seenFrom) {
      await settleLater(turn, job, { state: 'ready', due: seenFrom })
      return 'settled'
    }
    if (want.wanted !== 'active') {
      // It was never made, as far as can be seen; the verify reads look once more.
      const { tentative: _tentative, ...link } = job.link
      // Of a process that vanished nobody has planned any.
      const { verify = verifyTimes(environment.now()) } = link
      job.link = { ...link, verify, doubted: true, sentAs: tentative.sentAs ?? [] }
      return 'again'
    }
  }
  // An app that hides what is off gives the old account back only by its id.
  const former = await formerAccount(turn, job, want.document ?? {})
  if (former === undefined || former.removed === true || turn.app.adapter.traits.off.disabledReads) return 'none'
  if (turn.app.adapter.traits.off.reenable === 'create' || job.link.lostAt !== undefined) return 'none'
  // Somebody else may have got it back before, and have another name by now.
  const own = { id: former.account, document: {} }
  const owner = await ownerOf(turn, job, own, { attribute: 'id', value: former.account })
  if (owner.found !== 'one') return 'none'
  if (await waitsForFormer(turn, job, owner)) return 'settled'
  // What it holds was confirmed to the old link; nobody can read it.
  const old = await linkNow(turn, former.resource)
  const verify = verifyTimes(environment.now())
  const acked = { ...old?.acked, active: false }
  const doubts = doubtsOf(job.link, old)
  job.link = { ...job.link, account: former.account, acked, adopting: true, verify, ...doubts }
  await keepProgress(turn, job, owner.former === undefined ? [] : await forgetFormer(turn, job, owner.former))
  return 'again'
}

function nameDocument({ link }: Job) {
  return link.type === 'User' ? { userName: link.name } : { displayName: link.name }
}

/** The account is as it should be: now its members, what it waits for, and rest. */
async function finish(turn: Turn, job: Job, want: Want): Promise<void> {
  const { removeAt, waitsFor } = want
  if (removeAt !== undefined) job.removeAt = removeAt
  if (job.link.type === 'Group') {
    if (job.link.account === undefined) await forgetMembers(turn, job.item.key)
    else if ((await deliverMembers(turn, job)) === 'settled') return
  }
  const missing = waitsFor.filter((id) => id !== job.item.key)
  if (missing.length === 0) return settleRest(turn, job)
  if (await isOneThere(turn, missing)) {
    return settleLater(turn, job, { state: 'ready', due: turn.deps.environment.now() })
  }
  const shown = missing.slice(0, 3).join(', ')
  await settleWaiting(turn, job, missing, `Waits for the accounts of ${shown}; everything else was sent`)
}

/** Whether somebody who is waited for has got an account since the work began: nobody would wake this link for that. */
async function isOneThere(turn: Turn, ids: readonly string[]): Promise<boolean> {
  const { deps, tenant, app } = turn
  const links = await deps.store.items(tenant, QUEUES.links(app.settings.id), { keys: ids.slice(0, 1_000) })
  return links.some(({ value }) => accountOf(turn, value as unknown as Link) !== undefined)
}

/** Nothing was sent: what was written down as tentative is not. What the guard has counted stays counted. */
async function takeBack(turn: Turn, job: Job): Promise<void> {
  const { tentative, counted } = job.saved
  const isSame = tentative === job.link.tentative && counted === job.link.counted
  if (isSame && job.unsaved === undefined) return
  await keepProgress(turn, job)
}
