// A closed review as a signed document: what it was about, how it came out, and the hash of its CSV. RFC 7515.

import { createHash } from 'node:crypto'
import type { Work } from '../../store/index.ts'
import type { AccessSubject } from '../contract/index.ts'
import { type KeySet, type NotValid, type Signer, signDocument, verifyDocument } from '../proof/receipt-jws.ts'
import { countLines, type Review, type ReviewCounts } from './review.ts'
import { reviewCsv } from './review-csv.ts'

/** The `typ` of signed reviews, so that no other signed document passes for one. RFC 7515 §4.1.9. */
export const REVIEW_TYPE = 'lockstep-review+jws'

/** The claims of a signed review. Times are ISO 8601 in UTC, except `iat`. */
export interface SignedReview {
  /** Form of these claims. */
  readonly v: 1
  /** Where it was made: the address of the installation. */
  readonly iss: string
  /** When it was made, in seconds since 1970. */
  readonly iat: number
  /** The review's id. */
  readonly sub: string
  readonly tenant: string
  readonly name: string
  readonly reason: string
  readonly subject: AccessSubject
  readonly exceptions: boolean
  /** The moment that was copied: its time, and the last place of the log by then. */
  readonly copied: { readonly at: string; readonly place: number }
  readonly started: { readonly at: string; readonly by: string }
  readonly closed: { readonly at: string; readonly by: string }
  readonly ends: string
  readonly reviewer?: string
  /** What lines count as that nobody decided about. */
  readonly undecided: Review['undecided']
  readonly counts: ReviewCounts & { readonly lines: number }
  /** The file with every line, to the last byte: SHA-256 in base64url. */
  readonly csv: { readonly sha256: string; readonly bytes: number }
}

/** What came of verifying a signed review. `csv`: whether the file given is the one; absent when none was. */
export type VerifiedReview =
  | {
      readonly valid: true
      readonly review: SignedReview
      readonly kid: string
      readonly alg: string
      readonly csv?: 'same' | 'other'
    }
  | NotValid

/** Signs a review that is closed. */
export async function signReview(
  store: Pick<Work, 'items' | 'states'>,
  tenant: string,
  review: Review,
  { signer, iss, now }: { readonly signer: Signer; readonly iss: string; readonly now: number },
): Promise<{ readonly review: SignedReview; readonly jws: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of reviewCsv(store, tenant, review)) {
    hash.update(piece)
    bytes += Buffer.byteLength(piece)
  }
  const iso = (ms: number) => new Date(ms).toISOString()
  const claims: SignedReview = {
    v: 1,
    iss,
    iat: Math.floor(now / 1000),
    sub: review.id,
    tenant,
    name: review.name,
    reason: review.reason,
    subject: review.subject,
    exceptions: review.exceptions,
    copied: { at: iso(review.at ?? review.startedAt), place: review.place },
    started: { at: iso(review.startedAt), by: review.startedBy },
    closed: { at: iso(review.closedAt ?? now), by: review.closedBy ?? '' },
    ends: iso(review.endsAt),
    ...(review.reviewer === undefined ? {} : { reviewer: review.reviewer }),
    undecided: review.undecided,
    counts: { lines: review.lines, ...(await countLines(store, tenant, review.id)) },
    csv: { sha256: hash.digest('base64url'), bytes },
  }
  return { review: claims, jws: await signDocument(claims, REVIEW_TYPE, signer) }
}

/** Verifies a signed review against published keys, and a CSV against it. It needs nothing else: no clock, no network. */
export async function verifyReview(text: string, keys: KeySet, csv?: Uint8Array): Promise<VerifiedReview> {
  const verified = await verifyDocument(text, keys, REVIEW_TYPE, 'review')
  if (!verified.valid) return verified
  const { payload, kid, alg } = verified
  const review = payload as unknown as SignedReview
  if (csv === undefined) return { valid: true, review, kid, alg }
  const same = createHash('sha256').update(csv).digest('base64url') === review.csv.sha256
  return { valid: true, review, kid, alg, csv: same ? 'same' : 'other' }
}
