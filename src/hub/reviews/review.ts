// An access review as it is kept: a frozen copy of who has what, and what was decided about each line.

import { isObject, LockstepError } from '../../protocol/index.ts'
import type { Item, Work } from '../../store/index.ts'
import { type AccessRow, type AccessSubject, QUEUES } from '../contract/index.ts'
import { asOfNow } from '../proof/background.ts'

/** Limits of reviews. */
export const REVIEW_LIMITS = {
  /** Most reviews of a tenant. */
  REVIEWS: 100,
  /** Most lines of a review. */
  LINES: 100_000,
  /** Lines that one request looks through: beyond, it says where to go on. */
  SCANNED: 10_000,
  /** Longest comment, and longest reason of a review. */
  TEXT_LENGTH: 1_000,
  /** Longest name of a review. */
  NAME_LENGTH: 200,
} as const

/** What is decided about a line. */
export type ReviewVerdict = 'keep' | 'remove'

/** A review. Times are in milliseconds since 1970. */
export interface Review {
  readonly id: string
  readonly name: string
  readonly reason: string
  readonly subject: AccessSubject
  /** Only what no rule gives, or what the app has not confirmed. */
  readonly exceptions: boolean
  /** The moment that was copied; absent: how things stood while it was copied, which began at `startedAt`. */
  readonly at?: number
  /** The last place of the log when the copy began, and when it was made. */
  readonly place: number
  readonly copiedPlace?: number
  readonly startedAt: number
  readonly startedBy: string
  readonly endsAt: number
  /** The only operator who decides. */
  readonly reviewer?: string
  /** What lines count as that nobody has decided about when it is closed. */
  readonly undecided: 'keep' | 'open'
  /** `copying`: it is being made; `failed`: it could not be, see `message`. */
  readonly state: 'copying' | 'open' | 'closed' | 'failed'
  readonly message?: string
  /** When the copying was under way last. */
  readonly seenAt?: number
  readonly lines: number
  /** What can't be told for sure of the moment. */
  readonly doubts: readonly string[]
  readonly closedAt?: number
  readonly closedBy?: string
  /** The carrying out that is under way, or was the last. */
  readonly work?: ReviewWork
  /** Each time that memberships were taken away: all lines of the log that did it have this `txn`. */
  readonly runs: readonly { readonly txn: string; readonly at: number; readonly by: string; readonly left: number }[]
}

/** How a review is, or was, carried out. */
export interface ReviewWork {
  readonly state: 'running' | 'done' | 'failed'
  readonly message?: string
  readonly beganAt: number
  readonly seenAt?: number
  readonly by: string
  readonly txn: string
  /** Access that hangs on the same groups is taken away with it. */
  readonly alongside: boolean
  /** Lines that were looked at, and how many there are. */
  readonly done: number
  readonly of: number
}

/** A membership that gives something. */
export interface GroupName {
  readonly id: string
  readonly name: string
}

/** One line: what somebody has, as it was copied, and what was decided. */
export interface ReviewLine extends AccessRow {
  /** Ids of the groups that its rules name. */
  readonly groups: readonly string[]
  readonly verdict?: ReviewVerdict
  readonly by?: string
  readonly decidedAt?: number
  readonly comment?: string
  readonly outcome?: ReviewOutcome
}

/** What became of a line that was to be removed. */
export interface ReviewOutcome {
  /** `going`: its memberships are being taken away; `done`: no rule gives it any more; `gone`: none gave it any more already. */
  readonly state: 'going' | 'done' | 'gone' | 'open'
  readonly why?: string
  readonly at: number
  readonly txn?: string
  /** The groups that the person was taken out of. */
  readonly left?: readonly GroupName[]
}

/** A line with its number. */
export interface NumberedLine {
  readonly line: string
  readonly value: ReviewLine
}

/** Lines of a review by what was decided, and by what became of them. */
export interface ReviewCounts {
  readonly undecided: number
  readonly keep: number
  readonly remove: number
  readonly done: number
  readonly gone: number
  readonly open: number
}

const DIGITS = 9

/** The key of a line. */
export function lineKey(at: number): string {
  return String(at).padStart(DIGITS, '0')
}

/** The condition of a line, by which the store counts. */
export function stateOf({ verdict, outcome }: ReviewLine): string {
  if (verdict !== 'remove') return verdict ?? 'undecided'
  return outcome === undefined ? 'remove' : `remove ${outcome.state}`
}

/** What names a right: whoever has one of an app has it whatever it is called there by now. */
export function rightOf({ app, kind, value, groups }: Pick<ReviewLine, 'app' | 'kind' | 'value' | 'groups'>): string {
  const which = kind === 'account' ? '' : kind === 'group' ? (groups[0] ?? value) : value
  return `${app} ${kind} ${which}`
}

/** Whether a rule gives it: not what is only left in the app. */
export function isGiven({ through }: Pick<AccessRow, 'through'>): boolean {
  return !through.startsWith('none: ')
}

/** A review of a tenant; refuses one that isn't there. */
export async function readReview(store: Pick<Work, 'items'>, tenant: string, id: string, now: number): Promise<Review> {
  return (await readReviewItem(store, tenant, id, now)).review
}

/** The same, with the item in which it is kept. */
export async function readReviewItem(
  store: Pick<Work, 'items'>,
  tenant: string,
  id: string,
  now: number,
): Promise<{ readonly item: Item; readonly review: Review }> {
  const [item] = await store.items(tenant, QUEUES.reviews, { keys: [id] })
  const review = item === undefined ? undefined : reviewIn(item, now)
  if (item === undefined || review === undefined)
    throw new LockstepError(
      'ERR_NOT_FOUND',
      `Tenant "${tenant}" has no access review "${id}"; see them with: lockstep review list --tenant ${tenant}`,
    )
  return { item, review }
}

/** The review in an item, as it is now: what has fallen silent is not under way any more. */
export function reviewIn({ value }: Item, now: number): Review | undefined {
  if (!isObject(value) || typeof value.id !== 'string') return undefined
  const review = value as unknown as Review
  if (review.state === 'copying') {
    const { state, message } = asOfNow({ state: 'running', seenAt: review.seenAt ?? 0 } as Silent, 0, now)
    return state === 'running' ? review : { ...review, state: 'failed', message: message ?? '' }
  }
  if (review.work === undefined) return review
  return { ...review, work: asOfNow(review.work, review.work.beganAt, now) }
}

interface Silent {
  readonly state: 'running' | 'done' | 'failed'
  readonly seenAt: number
  readonly message?: string
}

/** How many lines are in which condition. */
export async function countLines(store: Pick<Work, 'states'>, tenant: string, id: string): Promise<ReviewCounts> {
  const states = await store.states(tenant, QUEUES.reviewLines(id))
  const sum = (...names: readonly string[]) => names.reduce((all, name) => all + (states[name] ?? 0), 0)
  return {
    undecided: sum('undecided'),
    keep: sum('keep'),
    remove: sum('remove', 'remove going', 'remove done', 'remove gone', 'remove open'),
    done: sum('remove done'),
    gone: sum('remove gone'),
    open: sum('remove', 'remove going', 'remove open'),
  }
}
