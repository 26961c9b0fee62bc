// Takes an erased person out of reviews: the lines stay, with the decisions, and name nobody.

import type { Store, Work } from '../../store/index.ts'
import { QUEUES } from '../contract/index.ts'
import { linesOf, lineWrite } from './lines.ts'
import { REVIEW_LIMITS } from './review.ts'

const BATCH = 500

/** Forgets the names of a person in every review of the tenant. The id stays; it leads nowhere any more. */
export async function forgetInReviews(
  store: Pick<Store & Work, 'items' | 'commit'>,
  tenant: string,
  user: string,
): Promise<void> {
  for (const { key: review } of await store.items(tenant, QUEUES.reviews, { limit: REVIEW_LIMITS.REVIEWS })) {
    const lines = await linesOf(store, tenant, review, user)
    for (let from = 0; from < lines.length; from += BATCH) {
      const batch = lines.slice(from, from + BATCH).map(({ line, value }) => {
        // A comment may name the person, too.
        const { account: _account, comment: _comment, ...rest } = value
        const called = value.kind === 'account' ? { value: user } : {}
        return lineWrite(tenant, review, { line, value: { ...rest, ...called, name: user } })
      })
      await store.commit(batch)
    }
  }
}
