// One step on its way: written down as tentative, sent, and kept as confirmed.

import {
  type Account,
  type AdapterCall,
  AppError,
  type Attempt,
  accountTag,
  type Link,
  type MatchKey,
  QUEUES,
  type ShownRequest,
  type Step,
  type Tentative,
  timeKey,
} from '../contract/index.ts'
import { TurnOver } from './calls.ts'
import { asRead } from './disputes.ts'
import { loseReused } from './lost.ts'
import { claimNames, headersOf, matchKeys } from './match.ts'
import { keepProgress, verifyTimes } from './settle.ts'
import { type AccountStep, accountTraits, differing, extensionGrants, knownBy, managedOf } from './steps.ts'
import type { Job, Turn } from './turn.ts'
import { undoOf } from './undo.ts'

/** Longest requests that an attempt keeps, as JSON, and how many it names when they are longer. */
const SHOWN_LENGTH = 20_000
const SHOWN_REQUESTS = 20
/** Most keys that are remembered of creates whose outcome is unknown. */
const SENT_AS = 10
/** How long requests are remembered. */
const ATTEMPTS_MS = 30 * 86_400_000

/**
 * Sends one step. What it may set is on disk before; what it did is in `job.link` after, and in the next commit: see `Job.unsaved`. After
 * an outcome that nobody knows, the link says so and reads are planned. Throws AppError and TurnOver.
 */
export async function carryOut(turn: Turn, job: Job, step: AccountStep): Promise<void> {
  const { calls, deps } = turn
  const headers = headersOf(turn, job)
  const { type } = job.link
  const ask = { step: step.do, type, lane: job.lane, collection: step.do === 'create', headers }
  const pass = await calls.pass(ask)
  const before = job.link.tentative
  const { counted, ...sent } = job.link
  // Once it may be switched on, taking that away counts anew.
  const isOff = step.do === 'disable' || step.do === 'remove'
  const marks = isOff && counted === true ? { counted } : {}
  job.link = { ...sent, ...marks, tentative: tentativeOf(turn, step, before) }
  if (step.do === 'disable' || step.do === 'remove') turn.ended.add(accountTag(step.type, step.id))
  if (step.do === 'create') claimNames(turn, job, step.type, step.document)
  await keepProgress(turn, job)
  try {
    const result = await sendStep(turn, job, step, pass.send)
    job.link = confirmed(turn, job, step, result, before !== undefined)
    const others = step.do === 'create' ? await loseReused(turn, job) : []
    confirmIn(turn, job)
    // Most have nothing more to do: then this and their rest are one commit.
    job.unsaved = [...(job.unsaved ?? []), ...others]
  } catch (error) {
    if (!(error instanceof AppError && error.trouble === 'unknown')) job.link = withTentative(job.link, before)
    else job.link = { ...job.link, verify: verifyTimes(deps.environment.now()) }
    throw error
  }
}

/** Makes the call, and notes it among the attempts. */
export async function sendStep(
  turn: Turn,
  job: Job,
  step: Step,
  send: <T>(run: (call: AdapterCall) => Promise<T>) => Promise<T>,
): Promise<Account | undefined> {
  const { deps, tenant, app } = turn
  const at = deps.environment.now()
  const began = deps.environment.monotonic()
  const { type } = job.link
  const name = { tenant, app: app.settings.id, step: step.do, type, resource: job.item.key, lane: job.lane }
  const span = await deps.tracer?.begin({ ...name, place: job.item.place })
  let error: AppError | undefined
  let made: Account | undefined
  let isSent = true
  try {
    const { sentPlace } = job.link
    const { place } = job.item
    const places = { place, ...(sentPlace === undefined ? {} : { previousPlace: sentPlace }) }
    made = await send((call) => {
      requireOwn(turn, job, step)
      return callFor(turn, step, { ...call, ...places, headers: { ...call.headers, ...span?.headers } })
    })
    job.link = { ...job.link, sentPlace: place }
    return made
  } catch (thrown) {
    if (!(thrown instanceof AppError)) {
      // The turn was over before it: nothing was sent, so there is nothing to note.
      isSent = false
      span?.end('unavailable')
      throw thrown
    }
    error = thrown
    throw thrown
  } finally {
    if (isSent) span?.end(error?.trouble ?? 'done', error?.status)
    if (isSent) note(turn, job, step, { at, ms: Math.round(deps.environment.monotonic() - began), error, made })
  }
}

/**
 * While a request waited for its turn, the account may have become another's: its id was given again, or whoever was hired again is
 * taking it over.
 */
function requireOwn({ claims }: Turn, { link, item }: Job, step: Step): void {
  if (!('id' in step)) return
  const claimed = claims.get(accountTag(link.type, step.id)) ?? item.key
  const isLeft = step.do === 'disable' || step.do === 'remove'
  if (step.id !== link.account || (isLeft && claimed !== item.key))
    throw new TurnOver('The account is that of another resource by now')
}

function callFor({ app }: Turn, step: Step, call: AdapterCall): Promise<Account | undefined> {
  const { adapter } = app
  const nothing = () => undefined
  switch (step.do) {
    case 'create':
      return adapter.create(step.type, step.document, call)
    case 'update':
      return adapter.update(step.type, step.id, step.change, call).then(nothing)
    case 'disable':
      return adapter.disable(step.id, step.change, call).then(nothing)
    case 'remove':
      return adapter.remove(step.type, step.id, call).then(nothing)
    case 'members':
      return adapter.members(step.id, step.change, call).then(nothing)
  }
}

function note(
  turn: Turn,
  job: Job,
  step: Step,
  {
    at,
    ms,
    error,
    made,
  }: {
    readonly at: number
    readonly ms: number
    readonly error: AppError | undefined
    readonly made: Account | undefined
  },
): void {
  const { tenant, app, committer, lease } = turn
  const undo = error === undefined ? undoOf(step, made) : undefined
  const attempt: Attempt = {
    at,
    ms,
    resource: job.item.key,
    type: job.link.type,
    lane: job.lane,
    basis: job.item.place,
    step: step.do,
    requests: shown(turn, step),
    outcome: error?.trouble ?? 'done',
    ...(error?.status === undefined ? {} : { status: error.status }),
    ...(error === undefined ? {} : { message: error.message }),
    ...(undo === undefined ? {} : { undo }),
  }
  turn.attempts++
  const number = String(turn.attempts).padStart(6, '0')
  const key = `${timeKey(at)}-${lease.epoch}-${number}`
  committer.along([
    {
      write: 'item',
      item: { tenant, queue: QUEUES.attempts(app.settings.id), key },
      set: { tag: job.item.key.slice(-200), value: attempt as never, expires: at + ATTEMPTS_MS },
    },
  ])
}

/** The requests of a step, cut where they are long: an attempt is for people. */
function shown({ app, deps, tenant }: Turn, step: Step): readonly ShownRequest[] {
  try {
    const requests = app.adapter.show(step)
    if (JSON.stringify(requests).length <= SHOWN_LENGTH) return requests
    return requests
      .slice(0, SHOWN_REQUESTS)
      .map(({ verb, target }) => ({ verb, target, body: '(too long to be kept)' }))
  } catch (error) {
    deps.report(error, { tenant, app: app.settings.id })
    return []
  }
}

function tentativeOf(turn: Turn, step: Step, before: Tentative | undefined): Tentative {
  const at = turn.deps.environment.now()
  switch (step.do) {
    case 'create':
      return { ...before, create: true, at, sentAs: sentAs(turn, step, before?.sentAs) }
    case 'remove':
      return { ...before, remove: true, at }
    case 'disable':
      return { ...before, attributes: union(before?.attributes, ['active']), at }
    case 'update':
      return { ...before, attributes: union(before?.attributes, differing(step.change.before, step.change.after)), at }
    case 'members':
      return { ...before, at }
  }
}

/** What accounts are found, and known, by that a create, and those before it, may have made. */
function sentAs({ app }: Turn, { type, document }: Extract<Step, { do: 'create' }>, before: Tentative['sentAs'] = []) {
  const { match = [] } = accountTraits(app.adapter.traits, type) ?? {}
  // Where the app can't be searched by it, it tells all the same whose an account is that was found by its name.
  const keys = matchKeys([...new Set([...match, 'externalId'])], document)
  const isNew = (key: MatchKey) => !before.some((one) => one.attribute === key.attribute && one.value === key.value)
  return [...before, ...keys.filter(isNew)].slice(-SENT_AS)
}

function union(some: readonly string[] = [], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])]
}

/** The link after the app has confirmed a step. `doubted`: an earlier request may still take effect. */
function confirmed(turn: Turn, job: Job, step: Step, result: Account | undefined, doubted: boolean): Link {
  const now = turn.deps.environment.now()
  const { tentative, counted: _counted, ...link } = job.link
  const verify = doubted ? { verify: verifyTimes(now) } : {}
  const { attempts: _attempts, ...ready } = link
  switch (step.do) {
    case 'create': {
      const account = result?.id ?? ''
      turn.claims.set(accountTag(link.type, account), job.item.key)
      turn.made.set(accountTag(link.type, account), job.item.key)
      const { off: _off, adopting: _adopting, ...made } = ready
      const members = link.type === 'Group' ? { membersFrom: 'here' as const } : {}
      const twins = doubted ? { doubted, sentAs: tentative?.sentAs ?? [] } : {}
      const acked = managedOf(turn.app, made, step.document)
      return {
        ...made,
        ...unseen(turn, link),
        ...verify,
        ...twins,
        ...members,
        ...grantedBy(turn),
        ...asRead(turn.app),
        account,
        acked,
      }
    }
    case 'update': {
      const { adopting: _adopting, swap, granted: _granted, ...written } = ready
      if (swap !== undefined) job.swapped = swap
      const acked = managedOf(turn.app, written, step.change.after)
      const isOn = step.change.after.active !== false
      const { off, ...rest } = written
      return {
        ...rest,
        ...unseen(turn, link),
        ...verify,
        ...grantedBy(turn),
        ...(isOn || off === undefined ? {} : { off }),
        acked,
      }
    }
    case 'disable': {
      const attributes = (tentative?.attributes ?? []).filter((name) => name !== 'active')
      const off = { at: now, place: job.item.place, account: step.id, was: knownBy(step.change.before) }
      const kept = attributes.length === 0 ? {} : { tentative: { ...tentative, attributes } }
      return { ...ready, ...kept, acked: step.change.after, off, verify: verifyTimes(now) }
    }
    case 'remove': {
      const { account: _account, acked = {}, ...gone } = ready
      const off = { at: now, place: job.item.place, account: step.id, was: knownBy(acked) }
      return { ...gone, off, verify: verifyTimes(now) }
    }
    case 'members':
      return link
  }
}

/** Reads that are due wait until what was done just now can be seen: before, they would show what was there. */
function unseen({ app, deps }: Turn, { verify }: Link): Pick<Link, 'verify'> {
  const seenFrom = deps.environment.now() + app.adapter.traits.readLagMs
  return verify === undefined ? {} : { verify: verify.map((at) => Math.max(at, seenFrom)) }
}

/** What grants may have written into extensions: it has to go with the last grant. */
function grantedBy({ app }: Turn): Pick<Link, 'granted'> {
  const granted = extensionGrants(app.settings)
  return granted.length === 0 ? {} : { granted }
}

function withTentative({ tentative: _tentative, ...link }: Link, tentative: Tentative | undefined): Link {
  return tentative === undefined ? link : { ...link, tentative }
}

/** Tells how long it took from the change to the confirmation. */
function confirmIn(turn: Turn, job: Job): void {
  const now = turn.deps.environment.now()
  const since = job.link.since ?? Math.min(job.item.due, now)
  const seconds = Math.max(0, now - since) / 1_000
  turn.deps.meter?.acknowledged({ tenant: turn.tenant, app: turn.app.settings.id, lane: job.lane, seconds })
}
