// Counts the work of one request, and refuses past the limit.

import { targetsIn } from './bind.ts'
import type { BoundFilter } from './bound.ts'
import { payloadTooLarge } from './errors.ts'
import { LIMITS } from './limits.ts'

/** Counts the values that the edits of one request look at. */
export interface EditWork {
  /** Subtracts from what is left; throws past the limit. */
  readonly spend: (values: number) => void
  /** How many may still be looked at. */
  readonly left: () => number
}

/**
 * Creates the work counter of a request. Beyond `most` it throws 413, or the error from `past`. It counts rather than measures time, so
 * that a request has the same result on every machine.
 */
export function createEditWork(most: number = LIMITS.EDIT_WORK, past: () => Error = tooMuch): EditWork {
  let left = most
  return {
    left: () => left,
    spend(values) {
      left -= values
      if (left < 0) throw past()
    },
  }
}

/** How many comparisons a filter makes of each value. */
export function termsIn(filter: BoundFilter | undefined): number {
  return filter === undefined ? 1 : Math.max(1, targetsIn(filter).length)
}

function tooMuch(): Error {
  return payloadTooLarge(
    `The operations of this PATCH look at more than ${LIMITS.EDIT_WORK} values; send several requests with fewer operations, or filters that compare value or type with eq`,
  )
}
