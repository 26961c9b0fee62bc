// The lines of the log about requests: answered ones, refused tokens, tokens about to expire.

import { createBuckets } from '../../access/index.ts'
import type { Answer } from '../../call.ts'
import type { TokenInUse } from '../../tenancy/index.ts'
import type { Log } from './log.ts'

/** What is known of an answered request. Never a URL, a name or a value of a person. */
export interface Answered {
  readonly method: string
  /** Its template, like `/Users/{id}`. */
  readonly route: string
  readonly tenant?: string | undefined
  /** The id of the connection, if its token was valid. */
  readonly connection?: string | undefined
  readonly ms: number
}

/** A token that was refused. */
export interface Refused {
  /** `admin` for one of the admin API. */
  readonly reason: string
  readonly tenant?: string | undefined
  /** Address of the client. */
  readonly remote?: string | undefined
}

/** Lines of the log about requests. */
export interface RequestLog {
  /** One line for each request, at `debug`; absent at other levels. */
  readonly answered: ((request: Answered, answer: Pick<Answer, 'status' | 'body'>) => void) | undefined
  /** One line for a refused token, at `warn`: a few a minute for each tenant, the others are counted in the next line. */
  readonly refused: (refused: Refused) => void
  /** One line a day, at `warn`, for each of these tokens that expires within 30 days. */
  readonly expiring: (tokens: readonly TokenInUse[]) => void
}

/** How many lines about refused tokens one tenant may cause. */
const LINES = { perSecond: 1 / 20, burst: 5 }
/** Most tenants and tokens to remember. */
const MOST = 10_000
const DAY_MS = 24 * 3_600_000
/** Tokens that expire within this time cause a warning. */
const SOON_MS = 30 * DAY_MS

/** Creates the lines about requests. */
export function createRequestLog(log: Log, now: () => number = Date.now): RequestLog {
  const buckets = createBuckets(LINES)
  const unsaid = new Map<string, number>()
  const said = new Map<string, number>()
  return {
    answered: log.isLevelEnabled('debug')
      ? ({ ms, ...request }, { status, body }) => {
          log.debug({ ...request, status, ms: Math.round(ms * 100) / 100, error: errorOf(status, body) }, 'request')
        }
      : undefined,
    refused({ reason, tenant = '', remote }) {
      const key = `${tenant} ${reason}`
      if (buckets.take(key) > 0) {
        if (unsaid.size >= MOST) unsaid.clear()
        unsaid.set(key, (unsaid.get(key) ?? 0) + 1)
        return
      }
      const others = unsaid.get(key)
      unsaid.delete(key)
      const whose = reason === 'admin' ? 'a token of the admin API' : 'a token'
      log.warn({ reason, tenant, remote, others }, `${whose} was refused`)
    },
    expiring(tokens) {
      const time = now()
      for (const { tenant, connection, id, expires } of tokens) {
        if (expires === undefined || expires - time > SOON_MS || time - (said.get(id) ?? 0) < DAY_MS) continue
        if (said.size >= MOST) said.clear()
        said.set(id, time)
        const days = Math.max(0, Math.floor((expires - time) / DAY_MS))
        log.warn(
          // Its short name; a field called `token` is never logged.
          { tenant, connection, id, expires: new Date(expires).toISOString(), days },
          'a token in use expires soon; make its successor with: connection rotate',
        )
      }
    },
  }
}

/** The keyword of an error, or nothing: its detail may contain a person's name. */
function errorOf(status: number, body: Answer['body']): string | undefined {
  if (status < 400 || typeof body !== 'string') return undefined
  return /"scimType":"([A-Za-z]{1,40})"/.exec(body.slice(0, 200))?.[1]
}
