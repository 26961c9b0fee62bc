// The options of a client, and their checks.

import type { Environment } from '../environment.ts'
import { ConfigError } from '../protocol/index.ts'
import type { Auth } from './auth.ts'
import { checkFunctions, checkNumber, LONGEST_MS } from './checks.ts'
import type { Pace, PaceOptions } from './pace.ts'
import type { Attempt } from './send.ts'

/** Options of `createClient`. */
export interface ClientOptions {
  /** Base URL of the service provider: `https://app.example/scim/v2`. */
  readonly url: string
  /** Default: none. */
  readonly auth?: Auth | undefined
  /** How long one attempt may take, its answer and a pause that the server asked for included. Default 30 s. */
  readonly timeoutMs?: number | undefined
  /** Attempts of one request, the first one included; 1 tries nothing again. Default 4. */
  readonly attempts?: number | undefined
  /** First upper bound of the wait between attempts, doubled with each; the wait is a random part of it. Default 500 ms. */
  readonly backoffMs?: number | undefined
  /** Longest wait for another attempt. A `Retry-After` past it is not waited for. Default 60 s. */
  readonly waitMs?: number | undefined
  /** How fast the host is asked, or a pace shared with other clients. Default: 8 requests at the same time. */
  readonly pace?: PaceOptions | Pace | undefined
  /** Largest answer, in bytes. Default 64 MiB. */
  readonly answerBytes?: number | undefined
  /** Longest URL of a search before it goes by POST. Default 2,000. */
  readonly urlLength?: number | undefined
  /** How long discovery is believed. Default 10 minutes. */
  readonly discoveryMs?: number | undefined
  /** Headers for each request, like `user-agent`, lower-case. Some servers refuse requests without a User-Agent. */
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Called with each attempt, each pause that it waits for, and each condition without effect; for logs. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined
  readonly environment?: Environment | undefined
}

/** A header's name. RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/
/** A header's value. RFC 9110 §5.5. */
const FIELD = /^[\t\x20-\x7e\x80-\xff]*$/

/** Throws ConfigError for the first option of a client that makes no sense, before anything is asked. */
export function checkClientOptions(options: ClientOptions): void {
  if (typeof options !== 'object' || options === null) throw new ConfigError('options', 'must be an object with a url')
  if (typeof options.url !== 'string') throw new ConfigError('url', 'must be the base URL of a SCIM server, as text')
  checkNumber('timeoutMs', options.timeoutMs, { least: 1, most: LONGEST_MS })
  checkNumber('attempts', options.attempts, { least: 1, most: 1_000, whole: true })
  checkNumber('backoffMs', options.backoffMs, { least: 0, most: LONGEST_MS })
  checkNumber('waitMs', options.waitMs, { least: 0, most: LONGEST_MS })
  checkNumber('answerBytes', options.answerBytes, { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true })
  checkNumber('urlLength', options.urlLength, { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true })
  checkNumber('discoveryMs', options.discoveryMs, { least: 0, most: Number.MAX_SAFE_INTEGER })
  checkFunctions('auth', options.auth, ['headers'])
  checkFunctions('environment', options.environment, ['now', 'random', 'fetch', 'wait', 'setTimer'])
  if (options.onAttempt !== undefined && typeof options.onAttempt !== 'function')
    throw new ConfigError('onAttempt', 'must be a function')
  const { pace } = options
  if (pace !== undefined && (typeof pace !== 'object' || pace === null)) {
    throw new ConfigError('pace', 'must be options of a pace, or what createPace gave')
  }
  if (pace !== undefined && 'run' in pace) checkFunctions('pace', pace, ['run', 'pause'])
  checkHeaders(options.headers)
}

function checkHeaders(headers: unknown): void {
  if (headers === undefined) return
  if (typeof headers !== 'object' || headers === null) throw new ConfigError('headers', 'must be an object of texts')
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name)) throw new ConfigError('headers', `"${name}" can't name a header`)
    // The value may be a secret, so it isn't shown.
    if (typeof value !== 'string' || !FIELD.test(value)) {
      throw new ConfigError(`headers.${name}`, 'must be text without line breaks and control characters')
    }
  }
}
