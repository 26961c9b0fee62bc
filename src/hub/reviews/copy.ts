// Makes the frozen copy of a review: every line of who has what, as it is kept.

import type { Environment } from '../../environment.ts'
import { LockstepError } from '../../protocol/index.ts'
import type { Store, Work, WorkWrite } from '../../store/index.ts'
import { QUEUES } from '../contract/index.ts'
import { ACCESS_PAGE, type Access } from '../proof/access.ts'
import { failureText, withBeats } from '../proof/background.ts'
import { lineWrite } from './lines.ts'
import { isGiven, lineKey, REVIEW_LIMITS, type Review } from './review.ts'

/** What copies are made with. */
export interface CopyDeps {
  readonly store: Store & Work
  readonly environment: Environment
  readonly tenant: string
  readonly access: Access
  readonly signal: AbortSignal
}

/** Lines in one commit, and those that are deleted together. */
const BATCH = 500

/** Copies the lines of a review that is kept as `copying`, and keeps it as `open`; or as `failed`, without lines. */
export async function copyLines(deps: CopyDeps, begun: Review): Promise<Review> {
  const { store, environment, tenant } = deps
  let lines = 0
  const keep = async (set: Partial<Review>): Promise<Review> => {
    const { seenAt: _seenAt, ...rest } = begun
    const review: Review = { ...rest, lines, ...set }
    await store.commit([reviewWrite(tenant, review)])
    return review
  }
  const beat = () => keep({ seenAt: environment.now() })
  try {
    const doubts = await withBeats(environment, beat, () => copyAll(deps, begun, (count) => (lines += count)))
    const { place } = (await store.tenant(tenant)) ?? {}
    return await keep({ state: 'open', doubts, ...(place === undefined ? {} : { copiedPlace: place }) })
  } catch (error) {
    await clearLines(store, tenant, begun.id)
    lines = 0
    await keep({ state: 'failed', message: failureText(error) })
    throw error
  }
}

async function copyAll(
  { store, tenant, access, signal }: CopyDeps,
  { id, subject, exceptions }: Review,
  copied: (lines: number) => number,
): Promise<readonly string[]> {
  const doubts = new Set<string>()
  let count = 0
  for (let after: string | undefined; ; ) {
    signal.throwIfAborted()
    const page = await access.ruled(subject, { limit: ACCESS_PAGE, ...(after === undefined ? {} : { after }) })
    for (const doubt of page.doubts) if (doubts.size < 100) doubts.add(doubt)
    const rows = exceptions ? page.rows.filter((row) => !isGiven(row) || row.confirmed === false) : page.rows
    if (count + rows.length > REVIEW_LIMITS.LINES)
      throw new LockstepError(
        'ERR_INVALID',
        `A review has ${REVIEW_LIMITS.LINES.toLocaleString('en')} lines at most; review one app, one group or the exceptions alone`,
      )
    const writes = rows.map((value, at): WorkWrite => lineWrite(tenant, id, { line: lineKey(count + at), value }))
    for (let from = 0; from < writes.length; from += BATCH) await store.commit(writes.slice(from, from + BATCH))
    count += rows.length
    copied(rows.length)
    if (page.next === undefined) return [...doubts]
    after = page.next
  }
}

/** The write of a review. */
export function reviewWrite(tenant: string, review: Review): WorkWrite {
  const item = { tenant, queue: QUEUES.reviews, key: review.id }
  return { write: 'item', item, set: { value: review as never } }
}

/** Deletes the lines of a review. */
export async function clearLines(store: Pick<Store & Work, 'items' | 'commit'>, tenant: string, id: string) {
  for (;;) {
    const items = await store.items(tenant, QUEUES.reviewLines(id), { limit: BATCH })
    if (items.length === 0) return
    await store.commit(items.map(({ queue, key }) => ({ write: 'item', item: { tenant, queue, key }, set: undefined })))
  }
}
