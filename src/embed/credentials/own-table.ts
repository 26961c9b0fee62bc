// Checks tokens by a table of the app: asked once a second for each token, told of uses once a minute.

import { bearer, type Grant, hashToken, isExpired } from '../../access/index.ts'
import type { Call } from '../../call.ts'
import type { Environment } from '../../environment.ts'
import type { Report } from '../report.ts'
import type { CredentialRow, CredentialsOption } from './option.ts'

/** How long an answer of `find` counts. */
const KEPT_MS = 1_000
/** How often a use is told, at most. */
const TOLD_MS = 60_000
/** Most tokens remembered; those unused for longest are dropped. */
const MOST = 10_000

/** What was last found of a token. */
interface Known {
  readonly row: Promise<CredentialRow | undefined>
  readonly at: number
  told: number
}

/** Creates the check. */
export function createTableCheck(
  { find, used }: CredentialsOption,
  { environment, report }: { readonly environment: Environment; readonly report: Report },
): (call: Call) => ReturnType<ReturnType<typeof bearer>> {
  const known = new Map<string, Known>()

  const ask = async (hash: string) => (await find(hash)) ?? undefined

  function look(hash: string): Known {
    const before = known.get(hash)
    const at = environment.monotonic()
    if (before !== undefined && at - before.at < KEPT_MS) return before
    const now: Known = { row: ask(hash), at, told: before?.told ?? Number.NEGATIVE_INFINITY }
    known.delete(hash)
    known.set(hash, now)
    // A failure is no answer: the next request asks again.
    now.row.catch(() => {
      if (known.get(hash) === now) known.delete(hash)
    })
    if (known.size > MOST) {
      const [oldest] = known.keys()
      if (oldest !== undefined) known.delete(oldest)
    }
    return now
  }

  function tell(hash: string, one: Known): void {
    const at = environment.monotonic()
    if (used === undefined || at - one.told < TOLD_MS) return
    one.told = at
    // A use that can't be noted must not fail the request.
    Promise.resolve()
      .then(() => used(hash, new Date(environment.now())))
      .catch((error) => report({ error }))
  }

  return bearer(async (token): Promise<Grant | undefined> => {
    const hash = hashToken(token)
    const one = look(hash)
    const row = await one.row
    if (row === undefined || isExpired(endOf(row), environment.now())) return undefined
    tell(hash, one)
    return row
  })
}

function endOf({ expires }: CredentialRow): number | undefined {
  return expires instanceof Date ? expires.getTime() : (expires ?? undefined)
}
