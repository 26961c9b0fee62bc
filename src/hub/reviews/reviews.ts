// Access reviews as administrators use them: started, decided, closed, carried out and exported.

import type { Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { LockstepError } from '../../protocol/index.ts'
import { Conflict, createNote, type Store, type Work, type Write } from '../../store/index.ts'
import { type AccessSubject, newRunKey, QUEUES } from '../contract/index.ts'
import type { Access } from '../proof/access.ts'
import { type Background, begun, failureText, withBeats } from '../proof/background.ts'
import type { SigningKeys } from '../proof/signing-keys.ts'
import { carryOut } from './carry-out.ts'
import { clearLines, copyLines, reviewWrite } from './copy.ts'
import { type Decided, type Decider, type Decision, decide } from './decide.ts'
import { type LinesWhere, readLines } from './lines.ts'
import { type CameRow, cameSince, type LineNow, linesNow, planLines } from './now.ts'
import type { LineFate } from './plan-person.ts'
import {
  countLines,
  type NumberedLine,
  REVIEW_LIMITS,
  type Review,
  type ReviewCounts,
  type ReviewWork,
  readReview,
  reviewIn,
} from './review.ts'
import { reviewCsv } from './review-csv.ts'
import { type SignedReview, signReview } from './review-document.ts'

/** What reviews work with. */
export interface ReviewsDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly actor: string
  readonly requireTenant: (tenant: string) => Promise<unknown>
  readonly access: (tenant: string, at?: number, subject?: AccessSubject) => Promise<Access>
  readonly background: Background
  readonly keys: Pick<SigningKeys, 'signer'>
  readonly issuer: () => Promise<string>
}

/** What a review is started with. */
export interface ReviewDraft extends Pick<Review, 'name' | 'reason' | 'endsAt' | 'undecided' | 'subject'> {
  readonly exceptions?: boolean | undefined
  readonly at?: number | undefined
  readonly reviewer?: string | undefined
}

/** A review with how far it is. */
export interface ReviewRow extends Review {
  readonly counts: ReviewCounts
}

/** A page of something. */
interface PageOf<T> {
  readonly items: readonly T[]
  readonly next?: string
}

interface PageRequest {
  readonly after?: string | undefined
  readonly limit: number
}

/** How a review is carried out. */
export interface ReviewApply {
  /** Access that hangs on the same groups, and that nobody wanted to remove, goes too. */
  readonly alongside?: boolean | undefined
  /** The way to the groups. */
  readonly directory: Pick<Directory, 'patch' | 'membersAmong' | 'newTxn'>
}

/** Access reviews. All throw LockstepError. */
export interface Reviews {
  /** Begins the copy; the answer comes when it is kept as `copying`. */
  readonly begin: (tenant: string, draft: ReviewDraft) => Promise<Review>
  /** The same, and waits until it is copied. */
  readonly start: (tenant: string, draft: ReviewDraft) => Promise<Review>
  /** The newest first. */
  readonly list: (tenant: string) => Promise<readonly ReviewRow[]>
  readonly get: (tenant: string, id: string) => Promise<ReviewRow>
  readonly lines: (tenant: string, id: string, where: LinesWhere, page: PageRequest) => Promise<PageOf<NumberedLine>>
  /** The same, each line with how it stands now. */
  readonly linesNow: (tenant: string, id: string, where: LinesWhere, page: PageRequest) => Promise<PageOf<LineNow>>
  /** What people of its subject have now that is not in the copy. A page may be empty although there are more. */
  readonly came: (tenant: string, id: string, page: PageRequest) => Promise<PageOf<CameRow>>
  readonly decide: (tenant: string, id: string, decider: Decider, decision: Decision) => Promise<Decided>
  readonly close: (tenant: string, id: string) => Promise<ReviewRow>
  /** What would be done now about each line that is to be removed. */
  readonly plan: (
    tenant: string,
    id: string,
    page: PageRequest & { readonly alongside?: boolean | undefined },
  ) => Promise<PageOf<LineFate>>
  /** Begins to carry it out; see {@link carryOut}. */
  readonly beginApply: (tenant: string, id: string, apply: ReviewApply) => Promise<Review>
  /** The same, and waits until it is done. */
  readonly apply: (tenant: string, id: string, apply: ReviewApply) => Promise<ReviewRow>
  /** The lines of a closed review as CSV, in pieces. */
  readonly csv: (tenant: string, id: string) => Promise<AsyncGenerator<string>>
  readonly sign: (tenant: string, id: string) => Promise<{ readonly review: SignedReview; readonly jws: string }>
  readonly remove: (tenant: string, id: string) => Promise<void>
}

/** Creates the reviews, for an administrator of this name in the log. */
export function createReviews(deps: ReviewsDeps): Reviews {
  const { store, environment, requireTenant } = deps
  const never = new AbortController().signal
  const note = createNote(environment, deps.actor)
  const now = () => environment.now()
  const find = async (tenant: string, id: string): Promise<Review> => {
    await requireTenant(tenant)
    return readReview(store, tenant, id, now())
  }
  const get = async (tenant: string, id: string): Promise<ReviewRow> => {
    const review = await find(tenant, id)
    return { ...review, counts: await countLines(store, tenant, id) }
  }
  const closed = async (tenant: string, id: string): Promise<Review> => {
    const review = await find(tenant, id)
    if (review.state !== 'closed') throw notClosed(review)
    return review
  }
  const make = async (tenant: string, draft: ReviewDraft, signal: AbortSignal, onBegun?: (one: Review) => void) => {
    await requireTenant(tenant)
    requireDates(draft, now())
    const access = await deps.access(tenant, draft.at, draft.subject)
    const review = await keepNew(deps, tenant, draft)
    onBegun?.(review)
    return copyLines({ store, environment, tenant, access, signal }, review)
  }
  const apply = (
    tenant: string,
    id: string,
    options: ReviewApply,
    signal: AbortSignal,
    onBegun?: (r: Review) => void,
  ) => applyReview(deps, tenant, id, options, signal, onBegun)
  const shown = async (tenant: string, id: string): Promise<Review> => {
    const review = await find(tenant, id)
    if (review.state === 'copying' || review.state === 'failed') throw notClosed(review)
    return review
  }
  return {
    begin: (tenant, draft) => begun<Review>(deps.background, (signal, onBegun) => make(tenant, draft, signal, onBegun)),
    start: (tenant, draft) => make(tenant, draft, never),
    async list(tenant) {
      await requireTenant(tenant)
      const items = await store.items(tenant, QUEUES.reviews, { order: 'desc', limit: REVIEW_LIMITS.REVIEWS })
      const reviews = items.flatMap((item) => reviewIn(item, now()) ?? [])
      return Promise.all(reviews.map(async (one) => ({ ...one, counts: await countLines(store, tenant, one.id) })))
    },
    get,
    async lines(tenant, id, where, page) {
      await find(tenant, id)
      return readLines(store, tenant, id, where, page)
    },
    async linesNow(tenant, id, where, page) {
      await find(tenant, id)
      return linesNow(await deps.access(tenant), await readLines(store, tenant, id, where, page))
    },
    came: async (tenant, id, page) =>
      cameSince(store, tenant, await deps.access(tenant), await shown(tenant, id), page),
    async decide(tenant, id, decider, decision) {
      await find(tenant, id)
      return decide({ store, now, tenant }, id, decider, decision)
    },
    async close(tenant, id) {
      const review = await find(tenant, id)
      if (review.state !== 'open') throw new LockstepError('ERR_IN_USE', `Review ${id} is ${review.state}, not open`)
      const next: Review = { ...review, state: 'closed', closedAt: now(), closedBy: deps.actor }
      await exchange(deps, tenant, review, next, note(tenant, 'AccessReview', id, 'closed', { name: review.name }))
      return get(tenant, id)
    },
    async plan(tenant, id, { alongside = false, ...page }) {
      await shown(tenant, id)
      return planLines(store, tenant, await deps.access(tenant), id, { ...page, alongside })
    },
    beginApply: (tenant, id, options) =>
      begun<Review>(deps.background, (signal, onBegun) => apply(tenant, id, options, signal, onBegun)),
    async apply(tenant, id, options) {
      await apply(tenant, id, options, never)
      return get(tenant, id)
    },
    csv: async (tenant, id) => reviewCsv(store, tenant, await closed(tenant, id)),
    async sign(tenant, id) {
      const review = await closed(tenant, id)
      const [signer, iss] = await Promise.all([deps.keys.signer(), deps.issuer()])
      return signReview(store, tenant, review, { signer, iss, now: now() })
    },
    async remove(tenant, id) {
      const review = await find(tenant, id)
      if (review.state === 'copying' || review.work?.state === 'running')
        throw new LockstepError('ERR_IN_USE', `Review ${id} is being ${review.work ? 'carried out' : 'copied'}; wait`)
      // The lines first: broken off, it is still there to be deleted again.
      await clearLines(store, tenant, id)
      const item = { tenant, queue: QUEUES.reviews, key: id }
      const done = note(tenant, 'AccessReview', id, 'deleted', { name: review.name })
      await store.commit([{ write: 'item', item, set: undefined }, done])
    },
  }
}

async function keepNew(
  { store, environment, actor }: ReviewsDeps,
  tenant: string,
  draft: ReviewDraft,
): Promise<Review> {
  const there = await store.items(tenant, QUEUES.reviews, { limit: REVIEW_LIMITS.REVIEWS })
  if (there.length >= REVIEW_LIMITS.REVIEWS)
    throw new LockstepError(
      'ERR_IN_USE',
      `A tenant has ${REVIEW_LIMITS.REVIEWS} reviews at most; export and delete old ones`,
    )
  const { place = 0 } = (await store.tenant(tenant)) ?? {}
  const startedAt = environment.now()
  const { at, reviewer, exceptions = false, ...rest } = draft
  const review: Review = {
    ...rest,
    id: newRunKey(environment),
    exceptions,
    ...(at === undefined ? {} : { at }),
    ...(reviewer === undefined ? {} : { reviewer }),
    place,
    startedAt,
    startedBy: actor,
    state: 'copying',
    seenAt: startedAt,
    lines: 0,
    doubts: [],
    runs: [],
  }
  const note = createNote(environment, actor)
  await store.commit([
    reviewWrite(tenant, review),
    note(tenant, 'AccessReview', review.id, 'started', { name: review.name }),
  ])
  return review
}

function requireDates({ endsAt }: ReviewDraft, now: number): void {
  if (endsAt <= now) throw new LockstepError('ERR_INVALID', 'The end of a review must be in the future')
}

/** Changes a review, if it is what was read; the note goes into the log with it. */
async function exchange(
  { store }: ReviewsDeps,
  tenant: string,
  before: Review,
  next: Review,
  noted: Write,
): Promise<void> {
  const [item] = await store.items(tenant, QUEUES.reviews, { keys: [before.id] })
  const kept = item?.value as unknown as Review | undefined
  const moved = new LockstepError('ERR_IN_USE', `Somebody else has just changed review ${before.id}; look at it again`)
  if (item === undefined || kept?.state !== before.state || kept.work?.txn !== before.work?.txn) throw moved
  const write = { ...reviewWrite(tenant, next), ifValue: item.value }
  await store.commit([write, noted]).catch((error) => {
    throw error instanceof Conflict ? moved : error
  })
}

async function applyReview(
  deps: ReviewsDeps,
  tenant: string,
  id: string,
  { alongside = false, directory }: ReviewApply,
  signal: AbortSignal,
  onBegun: (review: Review) => void = () => {},
): Promise<void> {
  const { store, environment, actor } = deps
  await deps.requireTenant(tenant)
  const before = await readReview(store, tenant, id, environment.now())
  if (before.state !== 'closed') throw notClosed(before)
  if (before.work?.state === 'running')
    throw new LockstepError('ERR_IN_USE', `Review ${id} is being carried out; wait until that is done`)
  const txn = directory.newTxn()
  const beganAt = environment.now()
  let work: ReviewWork = {
    state: 'running',
    beganAt,
    seenAt: beganAt,
    by: actor,
    txn,
    alongside,
    done: 0,
    of: before.lines,
  }
  const note = createNote(environment, actor)
  const noted = note(tenant, 'AccessReview', id, 'applied', { name: before.name, alongside })
  await exchange(deps, tenant, before, { ...before, work }, noted)
  onBegun({ ...before, work })
  const keep = (runs = before.runs) => store.commit([reviewWrite(tenant, { ...before, work, runs })])
  const beat = () => {
    work = { ...work, seenAt: environment.now() }
    return keep()
  }
  const access = () => deps.access(tenant)
  try {
    const left = await withBeats(environment, beat, () =>
      carryOut({ store, environment, tenant, directory, access, actor, signal }, before, { txn, alongside }, (done) => {
        work = { ...work, done }
      }),
    )
    work = { ...work, state: 'done', done: work.of }
    await keep(left === 0 ? before.runs : [...before.runs, { txn, at: beganAt, by: actor, left }].slice(-MOST_RUNS))
  } catch (error) {
    work = { ...work, state: 'failed', message: failureText(error) }
    // What it had taken away by then is undone by the same name.
    await keep([...before.runs, { txn, at: beganAt, by: actor, left: 0 }].slice(-MOST_RUNS))
    throw error
  }
}

/** Times of carrying out that are remembered. */
const MOST_RUNS = 100

function notClosed({ id, state }: Review): LockstepError {
  const why = {
    copying: 'is still being copied; wait until it is open',
    failed: 'is not there: its copy failed; delete it and start another',
    open: 'is open: close it first',
    closed: 'is closed',
  }[state]
  return new LockstepError('ERR_IN_USE', `Review ${id} ${why}`)
}
