// How a client authenticates: bearer token, own headers. RFC 6750.

import type { Environment } from '../environment.ts'
import { ConfigError } from '../protocol/index.ts'
import type { Attempts } from './backoff.ts'

/** What credentials are asked for. */
export interface AuthAsk {
  /** The `Authorization` header that was answered with 401: a new one is wanted. */
  readonly refused: string | undefined
  readonly environment: Environment
  readonly signal: AbortSignal | undefined
  /** How often the client tries, and how long it waits: what fetches credentials keeps to the same. */
  readonly tries: Attempts
}

/** How a client authenticates: headers that go with each request. */
export interface Auth {
  readonly headers: (ask: AuthAsk) => Promise<{ readonly [name: string]: string }>
  /** Whether something new may come when the last was refused; then one more attempt is made. */
  readonly renews: boolean
}

/**
 * A bearer token, or a function that returns the current one; it is called again after a 401. RFC 6750.
 * @example
 * createClient({ url, auth: token(() => vault.read('scim-token')) })
 */
export function token(source: string | (() => string | Promise<string>)): Auth {
  if (typeof source === 'string') checkToken(source)
  return {
    renews: typeof source === 'function',
    headers: async () => ({
      authorization: `Bearer ${checkToken(typeof source === 'string' ? source : await source())}`,
    }),
  }
}

/**
 * User name and password. RFC 7617.
 * @example
 * createClient({ url, auth: basic('scim', password) })
 */
export function basic(user: string, password: string): Auth {
  if (user.includes(':')) throw new ConfigError('auth', 'a user name for Basic cannot hold a colon')
  const authorization = `Basic ${toBase64(new TextEncoder().encode(`${user}:${password}`))}`
  return { renews: false, headers: async () => ({ authorization }) }
}

/**
 * Own headers: an API key, a signature. Called for each request; `refused` says that there was a 401 before. Header names are
 * lower-case.
 * @example
 * createClient({ url, auth: custom(async () => ({ 'x-api-key': await readKey() })) })
 */
export function custom(headers: (ask: AuthAsk) => Promise<{ readonly [name: string]: string }>): Auth {
  return { renews: true, headers }
}

/** No credentials, for servers that take none. */
export const noAuth: Auth = { renews: false, headers: async () => ({}) }

function checkToken(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text
  // Neither the token nor a part of it goes into the message.
  throw new ConfigError(
    'auth',
    text === '' ? 'the token is empty' : 'the token contains characters that are not allowed in a header',
  )
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
