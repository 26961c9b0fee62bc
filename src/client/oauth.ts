// Bearer tokens by OAuth client credentials. RFC 6749 §4.4.

import { ConfigError, isObject } from '../protocol/index.ts'
import { parseUrl } from '../url.ts'
import { orAborted } from './aborted.ts'
import { type Auth, type AuthAsk, toBase64 } from './auth.ts'
import { backoffMs, NOT_NOW, retryAfterMs, TRANSIENT } from './backoff.ts'
import { assertion, type ClientKey } from './client-key.ts'
import { createDeadline } from './deadline.ts'
import { CLIENT_LIMITS } from './limits.ts'
import { readText } from './read-text.ts'
import { TransportError } from './transport-error.ts'

/** How a client gets its tokens from an authorization server. RFC 6749 §4.4. */
export interface OAuthOptions {
  readonly tokenUrl: string
  readonly clientId: string
  /** For `client_secret_basic` and `client_secret_post`; a function that gives the present one is called for each token. */
  readonly clientSecret?: (string | (() => string | Promise<string>)) | undefined
  /** For `private_key_jwt`. RFC 7523. */
  readonly key?: ClientKey | undefined
  /** How the client authenticates there. Default: `private_key_jwt` with a key, else `client_secret_basic`. */
  readonly method?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | undefined
  readonly scope?: string | undefined
  /** Audience of the assertion; the token URL if absent. */
  readonly audience?: string | undefined
  /** Further form fields, like `resource` (RFC 8707) or `audience`. */
  readonly parameters?: { readonly [name: string]: string } | undefined
}

interface Token {
  readonly authorization: string
  /** When it is no longer sent, and from when on another one is fetched meanwhile; milliseconds since 1970. */
  readonly until: number
  readonly renewFrom: number
}

/** How long before its end a token is renewed: this share of its life, at most so long. */
const AHEAD = { share: 0.2, mostMs: 60_000 }
/** How long a token lives when the server doesn't say. */
const UNSAID_SECONDS = 300
/** Longest answer of a token endpoint that is read. */
const TOKEN_ANSWER_BYTES = 65_536

/**
 * Bearer tokens by client credentials. One fetch serves all waiting requests; a token is renewed before it expires while the old
 * one still goes out, and once at once after a 401. RFC 6749 §4.4, RFC 7523 §2.2.
 * @example
 * createClient({ url, auth: oauth({ tokenUrl: 'https://idp.example/token', clientId: 'scim', clientSecret: secret }) })
 */
export function oauth(options: OAuthOptions): Auth {
  const method = options.method ?? (options.key === undefined ? 'client_secret_basic' : 'private_key_jwt')
  if (!/^https?:$/.test(parseUrl(options.tokenUrl)?.protocol ?? '')) {
    throw new ConfigError(
      'auth.tokenUrl',
      'must be the URL of a token endpoint, like https://login.example/oauth2/token',
    )
  }
  if (typeof options.clientId !== 'string' || options.clientId === '')
    throw new ConfigError('auth.clientId', 'is missing')
  if (method === 'private_key_jwt' ? options.key === undefined : options.clientSecret === undefined) {
    throw new ConfigError('auth', `${method} needs a ${method === 'private_key_jwt' ? 'key' : 'clientSecret'}`)
  }
  let token: Token | undefined
  let fetching: Promise<Token> | undefined

  function renew(ask: AuthAsk): Promise<Token> {
    fetching ??= fetchUntil(options, method, ask).then(
      (fresh) => {
        token = fresh
        fetching = undefined
        return fresh
      },
      (error) => {
        fetching = undefined
        throw error
      },
    )
    return fetching
  }

  return {
    renews: true,
    async headers(ask) {
      const now = ask.environment.now()
      const usable = token !== undefined && token.until > now && token.authorization !== ask.refused
      if (token !== undefined && usable) {
        // Use the old token for now; if the renewal fails, the next request retries it.
        if (now >= token.renewFrom) renew(ask).catch(() => undefined)
        return { authorization: token.authorization }
      }
      const { authorization } = await orAborted(renew(ask), ask.signal)
      return { authorization }
    },
  }
}

/** Fetches a token, tried again while the authorization server fails for a moment: asking twice does no harm. */
async function fetchUntil(
  options: OAuthOptions,
  method: NonNullable<OAuthOptions['method']>,
  { environment, tries }: AuthAsk,
): Promise<Token> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchToken(options, method, environment)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      const { status, retryAfterMs: asked } = error
      const isMomentary = status === undefined || NOT_NOW.has(status) || TRANSIENT.has(status)
      if (!isMomentary || attempt >= tries.attempts || (asked ?? 0) > tries.waitMs) throw error
      await environment.wait(asked ?? backoffMs(attempt, tries.backoffMs, tries.waitMs, environment))
    }
  }
}

async function fetchToken(
  options: OAuthOptions,
  method: NonNullable<OAuthOptions['method']>,
  environment: AuthAsk['environment'],
): Promise<Token> {
  const { tokenUrl, clientId, scope, parameters } = options
  const given = options.clientSecret ?? ''
  const clientSecret = typeof given === 'string' ? given : await given()
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...parameters })
  if (scope !== undefined) form.set('scope', scope)
  const headers: { [name: string]: string } = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  }
  if (method === 'client_secret_basic') {
    // Both parts are encoded as a form first. RFC 6749 §2.3.1.
    const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`
    headers.authorization = `Basic ${toBase64(new TextEncoder().encode(pair))}`
  } else {
    form.set('client_id', clientId)
    if (method === 'client_secret_post') form.set('client_secret', clientSecret)
    else if (options.key !== undefined) {
      form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      form.set('client_assertion', await assertion(options.key, clientId, options.audience ?? tokenUrl, environment))
    }
  }
  const started = environment.now()
  const deadline = createDeadline(CLIENT_LIMITS.TIMEOUT_MS, environment)
  let status: number
  let asked: number | undefined
  let body: unknown
  try {
    const response = await environment.fetch(tokenUrl, {
      method: 'POST',
      headers,
      body: form.toString(),
      redirect: 'manual',
      signal: deadline.signal,
    })
    status = response.status
    asked = retryAfterMs(response.headers.get('retry-after'), environment.now())
    const text = await readText(response, TOKEN_ANSWER_BYTES)
    if (text === undefined) {
      throw failed(`the answer of ${tokenUrl} is longer than ${TOKEN_ANSWER_BYTES} bytes; is it a token endpoint?`, {
        status,
      })
    }
    body = parse(text)
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    throw failed(`no answer from ${tokenUrl}`, { cause })
  } finally {
    deadline.end()
  }
  const answer = isObject(body) ? body : {}
  const { access_token: value, expires_in: lifetime, token_type: type } = answer
  if (status !== 200 || typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    const said = [answer.error, answer.error_description].filter((each) => typeof each === 'string').join(': ')
    throw failed(`${tokenUrl} answered ${status}${said === '' ? ' without a token' : ` (${said.slice(0, 300)})`}`, {
      status,
      retryAfterMs: asked,
    })
  }
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') {
    throw failed(`${tokenUrl} gave a token of type ${type.slice(0, 50)}; only Bearer is known here`, { status })
  }
  // Some send the number as text.
  const seconds = Number(lifetime ?? UNSAID_SECONDS)
  const livesMs = (Number.isFinite(seconds) && seconds > 0 ? seconds : UNSAID_SECONDS) * 1_000
  const until = started + livesMs
  return { authorization: `Bearer ${value}`, until, renewFrom: until - Math.min(AHEAD.mostMs, livesMs * AHEAD.share) }
}

function failed(
  what: string,
  why: { readonly status?: number; readonly retryAfterMs?: number | undefined; readonly cause?: unknown },
): TransportError {
  return new TransportError('ERR_TOKEN', `no access token: ${what}`, { mayBeDone: false, ...why })
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
