// What would be done about one resource in one app: the engine's own functions, and reads.

import type { Environment } from '../../environment.ts'
import { isObject } from '../../protocol/index.ts'
import type { Item, Store, Work } from '../../store/index.ts'
import type { Account, CompiledApp, Hold, Link, MatchKey, PlanItem, ShownRequest, Step } from '../contract/index.ts'
import { MapFault } from '../contract/index.ts'
import { changesAccess, settled } from '../engine/disputes.ts'
import { matchKeys } from '../engine/match.ts'
import { nameOf, type Source } from '../engine/source.ts'
import { accountTraits, managedOf, type Steps, stepsOf } from '../engine/steps.ts'
import { type Want, wantOf } from '../engine/want.ts'
import type { Matcher, PlannedMatch } from './plan-match.ts'
import { asSeen, mustBeSeen, type Seen } from './plan-seen.ts'

/** What plans of one app work with. */
export interface PlanContext {
  readonly store: Store & Work
  readonly environment: Pick<Environment, 'now'>
  readonly tenant: string
  readonly app: CompiledApp
  readonly match: Matcher
  /** The app's id of a resource here; undefined when it has no account there (yet). */
  readonly accountOf: (id: string) => string | undefined
  /** What the app holds of an account now. */
  readonly seen: Seen
  /** Verdicts on holds, by id. */
  readonly holds: ReadonlyMap<string, Hold['verdict']>
}

/** One resource with what is kept of it. */
export interface PlanSubject {
  readonly source: Source
  readonly item: Item | undefined
  readonly killed: boolean
}

/** What was planned of one resource, with what explains it. */
export interface Planned {
  readonly item: PlanItem
  /** Accounts that lose access by it which had it before. */
  readonly removes: 0 | 1
  readonly want?: Want
  readonly keys: readonly MatchKey[]
  readonly found?: PlannedMatch
  /** Members of a group that would have none left. */
  readonly emptiedFrom?: number
}

/** Requests of one resource that are shown at most. */
const SHOWN = 50

/** Plans one resource; undefined when the app has no business with it. */
export async function planOne(context: PlanContext, subject: PlanSubject): Promise<Planned | undefined> {
  const { app, accountOf, environment } = context
  const { source, item, killed } = subject
  const known = await linkNow(context, item)
  const name = source.document === undefined ? (known?.name ?? source.id) : nameOf(source)
  const link: Link = known ?? { type: source.type, name }
  const base = { resource: source.id, type: source.type, name }
  const withAccount = { ...base, ...(link.account === undefined ? {} : { account: link.account }) }
  let want: Want
  try {
    want = wantOf(app, source, known, { accountOf, killed, now: environment.now() })
  } catch (error) {
    if (!(error instanceof MapFault)) throw error
    return { item: { ...withAccount, action: 'parked', why: error.message, requests: [] }, removes: 0, keys: [] }
  }
  if (known === undefined && (!want.inScope || accountTraits(app.adapter.traits, source.type) === undefined))
    return undefined
  const steps = stepsOf(app, link, want)
  if (want.leave !== undefined || !steps.needsMatch) {
    const planned = disputedOr(outcomeOf(context, withAccount, link, want, steps), link, want, steps)
    return { item: heldOr(context, link, planned, steps), removes: steps.removes, want, keys: [] }
  }
  return matched(context, base, link, source, killed, want, steps)
}

/** What is known of a link; what a restored backup may have forgotten is read from the app. */
async function linkNow({ app, seen, environment }: PlanContext, item: Item | undefined): Promise<Link | undefined> {
  const link = item?.value as unknown as Link | undefined
  if (link === undefined || !mustBeSeen(app, link)) return link
  return asSeen(app, link, await seen(link.type, link.account ?? ''), environment.now())
}

/** An item whose step would change back access that was changed after the backup which was restored. */
function disputedOr(item: PlanItem, link: Link, want: Want, steps: Steps): PlanItem {
  const [step] = steps.steps
  if (settled(link, want).disputed !== true || step === undefined || !changesAccess(step)) return item
  return { ...item, why: `${item.why}; in the app this was changed after the backup`, disputed: true }
}

/** What is planned of a resource whose account has to be searched for first. */
async function matched(
  context: PlanContext,
  base: Pick<PlanItem, 'resource' | 'type' | 'name'>,
  link: Link,
  source: Source,
  killed: boolean,
  want: Want,
  steps: Steps,
): Promise<Planned> {
  const { app, match } = context
  const keys = matchKeys(accountTraits(app.adapter.traits, base.type)?.match ?? [], want.document ?? {})
  const found = await match(base.resource, base.type, keys)
  const more = { removes: 0, want, keys, found } as const
  const parked = (why: string): Planned => ({ item: { ...base, action: 'parked', why, requests: [] }, ...more })
  switch (found.found) {
    case 'none': {
      const [step] = steps.steps
      const unfit =
        step?.do === 'create' ? accountTraits(app.adapter.traits, base.type)?.unfit?.(step.document) : undefined
      if (unfit !== undefined) return parked(unfit)
      if (steps.steps.length > 0) {
        const item = disputedOr(outcomeOf(context, base, link, want, steps), link, want, steps)
        return { item: heldOr(context, link, item, steps), ...more }
      }
      if (want.wanted !== 'active') return { item: { ...base, action: 'same', why: want.why, requests: [] }, ...more }
      return parked('The app has no such account, and takes no new ones')
    }
    case 'taken':
      return parked(`The account ${found.account.id} with ${keyText(found.key)} belongs to ${found.by}`)
    case 'many':
      return parked(
        `More than one account has ${keyText(found.key)}: ${found.accounts
          .slice(0, 5)
          .map(({ id }) => id)
          .join(', ')}`,
      )
    case 'one': {
      const { policy } = app.settings
      const isOurs = found.former !== undefined || link.tentative?.create === true || link.lostAt !== undefined
      if (!isOurs && want.wanted === 'active' && policy.adopt !== 'one') {
        const rule = policy.adopt === 'ask' ? 'ask before taking one over' : 'take over none'
        return parked(`The app has an account ${found.account.id} for this already, and is set to ${rule}`)
      }
      return { ...adopted(context, base, link, source, killed, found.account, found), keys }
    }
  }
}

function adopted(
  context: PlanContext,
  base: Pick<PlanItem, 'resource' | 'type' | 'name'>,
  link: Link,
  source: Source,
  killed: boolean,
  account: Account,
  found: Extract<PlannedMatch, { found: 'one' }>,
): Planned {
  const { app, accountOf, environment } = context
  const { tentative: _tentative, off: _off, ...rest } = link
  const adopting = { ...rest, adopting: true } as const
  const taken: Link = { ...adopting, account: account.id, acked: managedOf(app, adopting, account.document) }
  const want = wantOf(app, source, taken, { accountOf, killed, now: environment.now() })
  const steps = stepsOf(app, taken, want)
  const isDisputed = link.disputed === true && settled({ ...taken, disputed: true }, want).disputed === true
  const why = `${found.former === undefined ? '1 match' : 'the former account'} on ${keyText(found.key)}${steps.steps.length === 0 ? ', nothing differs' : ''}`
  const item: PlanItem = {
    ...base,
    account: account.id,
    action: 'adopt',
    why,
    ...(isDisputed ? { disputed: true } : {}),
    requests: requestsOf(app, steps.steps),
  }
  return { item, removes: 0, want, keys: [], found }
}

/** The item of steps that need no search any more. */
function outcomeOf(
  { app }: PlanContext,
  base: Pick<PlanItem, 'resource' | 'type' | 'name' | 'account'>,
  link: Link,
  want: Want,
  steps: Steps,
): PlanItem {
  if (steps.action === 'unlink')
    return { ...base, action: 'unlink', why: `${want.why}: the account is let go of`, requests: [] }
  const waits = want.waitsFor.filter((id) => id !== base.resource)
  const requests = requestsOf(app, steps.steps)
  if (steps.action === 'same') {
    if (waits.length === 0) return { ...base, action: 'same', why: want.why, requests }
    return { ...base, action: 'wait', why: `waits for the accounts of ${waits.slice(0, 3).join(', ')}`, requests }
  }
  const note = waits.length === 0 ? '' : `; without ${waits.slice(0, 3).join(', ')}, who have no account yet`
  return { ...base, action: steps.action, why: `${whyOf(want, link)}${note}`, requests }
}

/** A removal that is held, and was not approved, would stay so. */
function heldOr({ holds }: PlanContext, link: Link, item: PlanItem, steps: Steps): PlanItem {
  const details = link.reason?.code === 'guard' ? link.reason.details : undefined
  const hold = isObject(details) && typeof details.hold === 'string' ? details.hold : undefined
  if ((steps.removes === 0 && item.disputed !== true) || hold === undefined || holds.get(hold) === 'approved')
    return item
  return { ...item, action: 'held', why: `${item.why}; ${link.reason?.message ?? 'held by the guard'}` }
}

/** Why, with the clause that decided: "left scope: department sw "R" is false ("Sales")". */
export function whyOf(want: Want, link: Pick<Link, 'account'>): string {
  if (want.why !== 'left scope' || want.decision === undefined) {
    return want.why === 'active' && link.account === undefined ? 'in scope' : want.why
  }
  const decided = want.decision.clauses.filter(({ clause, holds }) =>
    clause === 'exclude' || clause === 'notMemberOf' ? holds : !holds,
  )
  const shown = decided.slice(0, 3).map(({ clause, text, holds, value }) => {
    const what = clause === 'filter' ? text : `${clause} ${text}`
    return `${what} is ${holds}${value === undefined ? '' : ` (${value})`}`
  })
  return shown.length === 0 ? want.why : `${want.why}: ${shown.join('; ')}`
}

/** The very requests of steps, in order. */
export function requestsOf({ adapter }: Pick<CompiledApp, 'adapter'>, steps: readonly Step[]): readonly ShownRequest[] {
  const requests: ShownRequest[] = []
  for (const step of steps) {
    if (requests.length >= SHOWN) break
    requests.push(...adapter.show(step))
  }
  if (requests.length <= SHOWN) return requests
  return [...requests.slice(0, SHOWN), { verb: '…', target: `and ${requests.length - SHOWN} more` }]
}

function keyText({ attribute, value }: MatchKey): string {
  return `${attribute} "${value.slice(0, 100)}"`
}
