// Work over values that some stores have at once and others promise, written once for both.

import type { Awaitable } from './contract/index.ts'
import { isThenable } from './watchers.ts'

/** Work in steps: it gives out what is still promised, and is handed the value. */
export type Steps<T> = Generator<unknown, T, unknown>

/** One step: the value, now or when it is there. `const found = yield* step(within.resources(ids))`. */
export function* step<T>(value: Awaitable<T>): Steps<T> {
  return isThenable(value) ? ((yield value) as T) : value
}

/** Carries out work in steps: at once if every value is there at once, otherwise a promise of its result. */
export function runSteps<T>(steps: Steps<T>): Awaitable<T> {
  const go = (next: IteratorResult<unknown, T>): Awaitable<T> => {
    if (next.done === true) return next.value
    return Promise.resolve(next.value).then(
      (value) => go(steps.next(value)),
      (error: unknown) => go(steps.throw(error)),
    )
  }
  return go(steps.next())
}
