// Requests that must not be carried out twice: the same key is answered with the first answer.

import { sha256Hex } from '../access/index.ts'
import type { Environment } from '../environment.ts'
import { Refused } from './refusals.ts'

/** Carries requests out once. */
export interface Once {
  /** Carries work out, or gives the answer of the request that had the same key. `what`: the request, to tell another one. */
  readonly run: <Answer>(key: string, what: unknown, work: () => Promise<Answer>) => Promise<Answer>
}

/** How long an answer is kept, and how many. They hold tokens, so neither is more than a double click needs. */
const KEPT_MS = 600_000
const MOST = 1_000
/** Longest key. */
const KEY_LENGTH = 200

/** Creates the memory of one process. */
export function createOnce(environment: Pick<Environment, 'now'>): Once {
  const kept = new Map<string, { readonly what: string; readonly at: number; readonly answer: Promise<unknown> }>()
  const clear = () => {
    const old = environment.now() - KEPT_MS
    for (const [key, { at }] of kept) {
      if (at > old && kept.size < MOST) return
      kept.delete(key)
    }
  }
  return {
    async run(key, what, work) {
      if (key.length > KEY_LENGTH)
        throw new Refused(400, 'ERR_INVALID', `An Idempotency-Key has at most ${KEY_LENGTH} characters`)
      clear()
      const hash = sha256Hex(JSON.stringify(what))
      const known = kept.get(key)
      if (known !== undefined) {
        if (known.what === hash) return known.answer as ReturnType<typeof work>
        throw new Refused(
          409,
          'ERR_EXISTS',
          'Another request had this Idempotency-Key; give each request a key of its own',
        )
      }
      const answer = work()
      kept.set(key, { what: hash, at: environment.now(), answer })
      // What was refused may be tried again with the same key.
      answer.catch(() => kept.delete(key))
      return answer
    },
  }
}
