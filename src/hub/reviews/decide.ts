// Decides about lines of a review: named ones, or all that a filter gives; never about oneself.

import { LockstepError } from '../../protocol/index.ts'
import { Conflict, type Store, type Work, type WorkWrite } from '../../store/index.ts'
import { QUEUES } from '../contract/index.ts'
import { type LinesWhere, linesAt, lineWrite, readLines } from './lines.ts'
import {
  type NumberedLine,
  type Review,
  type ReviewLine,
  type ReviewVerdict,
  readReview,
  readReviewItem,
} from './review.ts'

/** Who decides. */
export interface Decider {
  /** The name that is kept with the line. */
  readonly actor: string
  /** The operator, by the id. Absent: somebody at the command line of the installation, or a token. */
  readonly operator?: string | undefined
  /** Whether nobody asks which operator it is: at the command line. */
  readonly isLocal?: boolean | undefined
  /** Ids and names under which the one who decides may be in the directory. */
  readonly people: readonly string[]
}

/** What is decided. */
export interface Decision {
  /** These lines, or … */
  readonly lines?: readonly string[] | undefined
  /** … all that fit, from behind `after` on. */
  readonly where?: LinesWhere | undefined
  readonly after?: string | undefined
  /** `undecided` takes a decision back. */
  readonly verdict: ReviewVerdict | 'undecided'
  readonly comment?: string | undefined
}

/** What came of it. `next`: pass it as `after`, there may be more. */
export interface Decided {
  readonly decided: number
  /** Lines about the one who decides: somebody else has to. */
  readonly own: number
  readonly next?: string
}

/** What deciding works with. */
export interface DecideDeps {
  readonly store: Store & Work
  readonly now: () => number
  readonly tenant: string
}

/** Lines in one commit. */
const BATCH = 500
/** Lines that one request decides about at most. */
const MOST = 5_000
/** Times that a commit is tried again because somebody has changed the review. */
const TRIES = 5

/** Decides. Refused when the review is not open, or another one is to decide. */
export async function decide(deps: DecideDeps, id: string, decider: Decider, wanted: Decision): Promise<Decided> {
  const { store, tenant } = deps
  requireDecider(await readReview(store, tenant, id, deps.now()), decider)
  const { lines, where = {}, after } = wanted
  const page =
    lines === undefined
      ? await readLines(store, tenant, id, where, { after, limit: MOST })
      : { items: await linesAt(store, tenant, id, lines) }
  const isOwn = ownLines(decider)
  const others = page.items.filter(({ value }) => !isOwn(value))
  for (let from = 0; from < others.length; from += BATCH) {
    await commitOpen(
      deps,
      id,
      decider,
      others.slice(from, from + BATCH).map((one) => decidedLine(deps, one, decider, wanted)),
    )
  }
  const { next } = page as { readonly next?: string }
  return { decided: others.length, own: page.items.length - others.length, ...(next === undefined ? {} : { next }) }
}

/** Writes lines as long as the review is open, whatever else happens to it. */
async function commitOpen(
  { store, tenant, now }: DecideDeps,
  id: string,
  decider: Decider,
  lines: readonly NumberedLine[],
): Promise<void> {
  const key = { tenant, queue: QUEUES.reviews, key: id }
  for (let tries = 1; ; tries++) {
    const { item, review } = await readReviewItem(store, tenant, id, now())
    requireDecider(review, decider)
    const same: WorkWrite = { write: 'item', item: key, set: { value: item.value }, ifValue: item.value }
    try {
      await store.commit([same, ...lines.map((one) => lineWrite(tenant, id, one))])
      return
    } catch (error) {
      if (!(error instanceof Conflict) || tries === TRIES) throw error
    }
  }
}

function decidedLine(
  { now }: DecideDeps,
  { line, value }: NumberedLine,
  { actor }: Decider,
  { verdict, comment }: Decision,
): NumberedLine {
  const { verdict: _verdict, by: _by, decidedAt: _at, comment: _comment, ...rest } = value
  if (verdict === 'undecided') return { line, value: rest }
  const said = comment === undefined || comment === '' ? {} : { comment }
  return { line, value: { ...rest, verdict, by: actor, decidedAt: now(), ...said } }
}

function requireDecider({ id, state, reviewer }: Review, { operator, isLocal = false }: Decider): void {
  if (state !== 'open')
    throw new LockstepError(
      'ERR_IN_USE',
      state === 'closed'
        ? `Review ${id} is closed: nothing is decided in it any more`
        : `Review ${id} is ${state === 'copying' ? 'still being copied; wait until it is open' : 'not there: its copy failed'}`,
    )
  if (reviewer !== undefined && !isLocal && operator !== reviewer)
    throw new LockstepError('ERR_IN_USE', `Only the operator "${reviewer}" decides in review ${id}`)
}

/** Whether a line is about the one who decides. */
function ownLines({ people }: Decider): (line: ReviewLine) => boolean {
  const own = new Set(people.map((one) => one.toLowerCase()))
  return ({ user, name }) => own.has(user.toLowerCase()) || own.has(name.toLowerCase())
}
