// How the work on a link ends: at rest, watched, waiting, held, parked, or to be tried again.

import { backoffMs } from '../../jobs/index.ts'
import { type ItemDraft, NEVER, type Write } from '../../store/index.ts'
import {
  type AppError,
  accountTag,
  type Former,
  HUB_LANES,
  type Link,
  type LinkReason,
  type LinkState,
  QUEUES,
} from '../contract/index.ts'
import { waitWrites, wakeDependents } from './dependents.ts'
import { fills } from './empty-queues.ts'
import { isThere } from './steps.ts'
import { addTo, changeState, type Job, keyOf, type Turn, tell } from './turn.ts'

/** How the work on a link ends, unless it is at rest. */
export interface Ending {
  readonly state: Exclude<LinkState, ''>
  /** Milliseconds since 1970. */
  readonly due: number
  readonly reason?: Omit<LinkReason, 'since'>
  /** Ids whose links it waits for. */
  readonly waitsFor?: readonly string[]
}

const DAY_MS = 86_400_000
/** Links that wait are looked at in between, in case nobody woke them. */
const WAITING_MS = 600_000
/** Longest delay of a leaver's next try. */
const LEAVER_BACKOFF_MS = 30_000

/** When reads are made after a confirmation that matters, or an outcome that nobody knows. */
const VERIFY_MS = [60_000, 900_000] as const

/** When an outcome is read back, in milliseconds since 1970. */
export function verifyTimes(now: number): readonly number[] {
  return VERIFY_MS.map((ms) => now + ms)
}

/** When an account is read again that a search may have shown as it was before, in milliseconds since 1970. */
export function seenTimes(now: number, readLagMs: number): readonly number[] {
  return readLagMs === 0 ? [] : [now + readLagMs + VERIFY_MS[0]]
}

/** Keeps what is known of a link by now, with marks for those it concerns. The work goes on. */
export async function keepProgress(turn: Turn, job: Job, others: readonly Write[] = []): Promise<void> {
  const woken = await wakeDependents(turn, job)
  countManaged(turn, job)
  const { link } = job
  await turn.committer.commit(
    [
      { write: 'item', item: keyOf(job), set: { value: link as never, tag: tagOf(link) } },
      ...woken,
      ...takeUnsaved(job),
      ...others,
    ],
    job.lane === HUB_LANES.leave,
  )
  job.saved = link
}

/** Keeps what the app has confirmed, before anything else is asked of it. */
export async function saveConfirmed(turn: Turn, job: Job): Promise<void> {
  if (job.unsaved !== undefined) await keepProgress(turn, job)
}

function takeUnsaved(job: Job): readonly Write[] {
  const { unsaved = [] } = job
  delete job.unsaved
  return unsaved
}

/** Ends the work: the app has confirmed everything. */
export async function settleRest(turn: Turn, job: Job): Promise<void> {
  const { since, reason, attempts, counted, ...link } = job.link
  const now = turn.deps.environment.now()
  const isGone = job.source.document === undefined
  const rested: Link = {
    ...link,
    ackedAt: now,
    ackedPlace: Math.max(job.item.place, link.ackedPlace ?? 0),
    changedAt: since ?? Math.min(job.item.due, now),
    ...(isGone ? { goneAt: link.goneAt ?? now } : {}),
  }
  const next = Math.min(...(rested.verify ?? []), job.removeAt ?? NEVER)
  const isOver = next === NEVER && rested.account === undefined && rested.off === undefined
  if (isOver && rested.inScope !== true) return dropLink(turn, { ...job, link: rested })
  job.link = rested
  const { tombstoneDays } = turn.app.settings.policy
  const set: ItemDraft = {
    ...(next === NEVER
      ? { state: '', due: NEVER, lane: HUB_LANES.update }
      : { state: 'watched', due: next, lane: HUB_LANES.lose }),
    expires: isGone && next === NEVER ? (rested.goneAt ?? now) + tombstoneDays * DAY_MS : NEVER,
  }
  if (next !== NEVER) turn.timed.add(`watched/${HUB_LANES.lose}`)
  await settle(turn, job, set, isGone ? formerWrites(turn, job) : [])
}

/** Ends the work for now. */
export async function settleLater(turn: Turn, job: Job, ending: Ending): Promise<void> {
  const { environment } = turn.deps
  const { state, due, reason, waitsFor = [] } = ending
  const { reason: before, ...link } = job.link
  const since = before !== undefined && before.code === reason?.code ? before.since : environment.now()
  job.link = {
    ...link,
    since: link.since ?? Math.min(job.item.due, environment.now()),
    ...(reason === undefined ? {} : { reason: { ...reason, since } }),
  }
  turn.timed.add(`${state}/${job.lane}`)
  // What is to be read back is, whatever else holds the link up.
  const reads = (link.verify ?? []).filter((at) => at > environment.now())
  await settle(
    turn,
    job,
    { state, due: Math.min(due, ...reads), lane: job.lane, expires: NEVER },
    waitWrites(turn, job, waitsFor),
    state === 'ready',
  )
}

/** The link of a resource as of now: what a delivery under way knows is newer than what is stored. */
export async function linkNow({ deps, tenant, app, jobs }: Turn, id: string): Promise<Link | undefined> {
  const [item] = await deps.store.items(tenant, QUEUES.links(app.settings.id), { keys: [id] })
  return jobs.get(id)?.link ?? (item?.value as unknown as Link | undefined)
}

/** Waits for the links of others; `needed` are their ids. */
export async function settleWaiting(turn: Turn, job: Job, needed: readonly string[], message: string): Promise<void> {
  const now = turn.deps.environment.now()
  // From here on whoever gets an account wakes this link; it may have got one since it was looked up.
  for (const id of needed) addTo(turn.waiting, id, job.item.key)
  for (const id of needed) {
    const link = await linkNow(turn, id)
    if (isThere(turn.app.adapter.traits, link)) return settleLater(turn, job, { state: 'ready', due: now })
  }
  const due = now + WAITING_MS
  const reason = { code: 'waits-for', message, details: [...needed] } as const
  await settleLater(turn, job, { state: 'waiting', due, reason, waitsFor: needed })
}

/** Parks a link: it is tried again daily, and whenever something about it, or about the links that it waits for, changes. */
export async function park(
  turn: Turn,
  job: Job,
  reason: Omit<LinkReason, 'since'>,
  waitsFor: readonly string[] = [],
): Promise<void> {
  const due = turn.deps.environment.now() + DAY_MS
  const isNew = job.item.state !== 'parked' || job.link.reason?.code !== reason.code
  await settleLater(turn, job, { state: 'parked', due, reason, waitsFor })
  if (isNew) tell(turn, job, { event: 'parked', message: reason.message })
}

/** Ends the work after a call that failed. */
export async function settleFailure(turn: Turn, job: Job, error: AppError): Promise<void> {
  const { environment } = turn.deps
  const { trouble: code, message } = error
  if (code === 'refused' || code === 'too-large' || code === 'conflict' || code === 'gone') {
    return park(turn, job, { code, message })
  }
  // The app is paused or broken as a whole: the account has done nothing wrong, and waits for it.
  const ofApp = code === 'throttled' || code === 'credentials' || code === 'unavailable'
  const attempts = (job.link.attempts ?? 0) + (ofApp ? 0 : 1)
  job.link = { ...job.link, attempts }
  const backoff = backoffMs(Math.max(1, attempts), environment.chance)
  const delay = job.lane === HUB_LANES.leave ? Math.min(backoff, LEAVER_BACKOFF_MS) : backoff
  await settleLater(turn, job, { state: 'ready', due: environment.now() + delay, reason: { code, message } })
}

/** Forgets a link: nothing is in the app that is ours. */
export async function dropLink(turn: Turn, job: Job): Promise<void> {
  // Should it be marked meanwhile, it stays: then it must say what the app has confirmed.
  await saveConfirmed(turn, job)
  const { account: _account, acked: _acked, ...link } = job.link
  const dropped = { ...job, link }
  const woken = await wakeDependents(turn, dropped)
  countManaged(turn, dropped)
  await turn.committer.commit([
    { write: 'item', item: keyOf(job), set: undefined, settles: job.item.mark },
    // What was marked meanwhile stays, and begins anew.
    ...woken,
    ...causeWrites(turn, job),
  ])
}

async function settle(
  turn: Turn,
  job: Job,
  set: ItemDraft,
  others: readonly Write[],
  keepsCause = false,
): Promise<void> {
  const woken = await wakeDependents(turn, job)
  countManaged(turn, job)
  const { link } = job
  await turn.committer.commit([
    {
      write: 'item',
      item: keyOf(job),
      set: { ...set, value: link as never, tag: tagOf(link) },
      settles: job.item.mark,
    },
    ...woken,
    ...takeUnsaved(job),
    ...others,
    ...(keepsCause || set.state === 'held' ? [] : causeWrites(turn, job)),
  ])
  job.saved = link
}

/** The cause of a removal is forgotten once the removal is over. */
function causeWrites({ tenant, app }: Turn, { cause, item }: Job): readonly Write[] {
  if (cause === undefined) return []
  const removal = { tenant, queue: QUEUES.removals(app.settings.id), key: item.key }
  return [{ write: 'item', item: removal, set: undefined, settles: cause.mark }]
}

/** Remembers whose the account of someone who left was. */
function formerWrites(turn: Turn, { link, item }: Job): readonly Write[] {
  const account = link.account ?? link.off?.account ?? ''
  if (account === '' || link.type !== 'User') return []
  const { tenant, app, deps } = turn
  fills(turn, 'former')
  const former: Former = { resource: item.key, account, ...(link.account === undefined ? { removed: true } : {}) }
  const expires = deps.environment.now() + app.settings.policy.tombstoneDays * DAY_MS
  return [
    {
      write: 'item',
      item: { tenant, queue: QUEUES.former(app.settings.id), key: formerKey(link.name) },
      set: { value: former as never, expires },
    },
  ]
}

/** The key under which the account of someone who left is found. */
export function formerKey(name: string): string {
  return name.toLowerCase().slice(0, 400)
}

/** The account that it has, or has had and is still read back. */
function tagOf({ type, account, off, verify }: Link): string {
  const known = account ?? (verify === undefined ? undefined : off?.account) ?? ''
  return known === '' ? '' : accountTag(type, known)
}

/** Counts the accounts that are switched on: the guard measures removals by them. */
function countManaged(turn: Turn, { saved, link }: Job): void {
  const isOn = ({ type, account, acked }: Link) => type === 'User' && account !== undefined && acked?.active !== false
  const by = Number(isOn(link)) - Number(isOn(saved))
  if (by !== 0) changeState(turn, { managed: Math.max(0, (turn.state.managed ?? 0) + by) })
}
