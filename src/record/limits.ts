// How many requests are kept in a second: a bucket for failures, one for writes, one for reads.

import type { AnswerClass, RequestKind } from './line.ts'
import { isWrite } from './line.ts'

/** Lines a second, each with a burst of ten seconds' worth. */
export const KEPT_PER_SECOND = { failures: 200, writes: 500, reads: 200 } as const

/** For how many seconds a bucket may save up. */
const BURST_SECONDS = 10

interface Bucket {
  readonly perMs: number
  readonly most: number
  left: number
  at: number
}

/** Decides whether a request is kept: what is beyond the limits is counted only. `now`: a clock that is never set, in milliseconds. */
export function createLimits(now: number): (asks: RequestKind, outcome: AnswerClass, now: number) => boolean {
  const bucket = (perSecond: number): Bucket => ({
    perMs: perSecond / 1_000,
    most: perSecond * BURST_SECONDS,
    left: perSecond * BURST_SECONDS,
    at: now,
  })
  const failures = bucket(KEPT_PER_SECOND.failures)
  const writes = bucket(KEPT_PER_SECOND.writes)
  const reads = bucket(KEPT_PER_SECOND.reads)
  return (asks, outcome, at) => take(outcome !== 'answered' ? failures : isWrite(asks) ? writes : reads, at)
}

function take(bucket: Bucket, now: number): boolean {
  if (bucket.left < 1 || now > bucket.at) {
    bucket.left = Math.min(bucket.most, bucket.left + (now - bucket.at) * bucket.perMs)
    bucket.at = now
  }
  if (bucket.left < 1) return false
  bucket.left--
  return true
}
