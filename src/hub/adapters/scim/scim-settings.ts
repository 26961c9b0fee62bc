// The settings of an app that speaks SCIM: its URL, its profile, its credentials.

import { type Auth, type AuthAsk, basic, noAuth, oauth } from '../../../client/index.ts'
import {
  type AppProfile,
  type AuthKind,
  ConfigError,
  didYouMean,
  type JsonObject,
  withoutLastSlashes,
} from '../../../protocol/index.ts'
import { readAppProfile } from '../../../quirks/index.ts'
import { parseUrl } from '../../../url.ts'
import type { AppCredentials, AppSettings } from '../../contract/index.ts'

/** The options of an app that speaks SCIM. */
export interface ScimOptions {
  /** Base URL, without a slash at its end. */
  readonly url: string
  readonly profile: AppProfile
}

/** Longest base URL. */
const URL_LENGTH = 2_048
const OPTIONS = ['url', 'profile']

/** Reads the options of an app. Throws ConfigError for what makes no sense, with its path below `options`. */
export function readScimOptions(options: JsonObject): ScimOptions {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown !== undefined) {
    throw new ConfigError(
      `options.${unknown.slice(0, 50)}`,
      `is no option of a SCIM app${didYouMean(unknown, OPTIONS)}`,
    )
  }
  return { url: readUrl(options.url), profile: readAppProfile(options.profile, 'options.profile') }
}

function readUrl(given: unknown): string {
  const url = typeof given === 'string' && given.length <= URL_LENGTH ? parseUrl(given) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError('options.url', 'must be the base URL of a SCIM server, like https://app.example/scim/v2')
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(
      'options.url',
      'must not contain credentials; give them as credentials, so that they are sealed',
    )
  }
  if (url.search !== '' || url.hash !== '') throw new ConfigError('options.url', 'must end in its path, without ? or #')
  return withoutLastSlashes(url.href)
}

const METHODS = ['client_secret_basic', 'client_secret_post'] as const

/**
 * How requests to an app are authenticated. The secret is asked for with each request, or each token, and never kept. Throws
 * ConfigError for credentials that make no sense, or that the app doesn't take.
 */
export function readScimAuth(
  { credentials }: Pick<AppSettings, 'credentials'>,
  profile: AppProfile,
  secret: () => Promise<string>,
): Auth {
  if (credentials === undefined) return noAuth
  const { kind } = credentials
  if (!(profile.auth as readonly string[]).includes(kind)) {
    throw new ConfigError('credentials.kind', `${profile.name} takes ${profile.auth.join(', ')}, not ${kind}`)
  }
  switch (kind as AuthKind) {
    case 'basic': {
      const user = textOf(credentials, 'user', 'the user name')
      // Checks the name now, not at the first request.
      basic(user, '')
      return fresh((password, ask) => basic(user, password).headers(ask), secret)
    }
    case 'header': {
      const name = textOf(credentials, 'name', 'the name of the header').toLowerCase()
      if (!/^[!#$%&'*+.^_`|~\w-]{1,100}$/.test(name)) {
        throw new ConfigError('credentials.public.name', 'must be the name of a header, like x-api-key')
      }
      return fresh(async (value) => ({ [name]: value }), secret)
    }
    case 'oauth2-client':
      return oauth({
        tokenUrl: textOf(credentials, 'tokenUrl', 'the URL of the token endpoint'),
        clientId: textOf(credentials, 'clientId', 'the id of the client'),
        clientSecret: secret,
        ...optional(credentials, 'scope'),
        ...methodOf(credentials),
      })
    default:
      return fresh(async (token) => ({ authorization: `Bearer ${token}` }), secret)
  }
}

/** Headers made from the secret as it is at that moment. What the app has refused is not sent again. */
function fresh(
  headers: (secret: string, ask: AuthAsk) => Promise<{ readonly [name: string]: string }>,
  secret: () => Promise<string>,
): Auth {
  return { renews: false, headers: async (ask) => headers(await secret(), ask) }
}

function textOf(credentials: AppCredentials, name: string, what: string): string {
  const value = credentials.public?.[name]
  if (typeof value === 'string' && value !== '' && value.length <= URL_LENGTH) return value
  throw new ConfigError(`credentials.public.${name}`, `must be ${what}, as text`)
}

function optional(credentials: AppCredentials, name: 'scope'): { readonly scope?: string } {
  return credentials.public?.[name] === undefined
    ? {}
    : { [name]: textOf(credentials, name, 'scopes, with spaces between them') }
}

function methodOf(credentials: AppCredentials): { readonly method?: (typeof METHODS)[number] } {
  const given = credentials.public?.method
  if (given === undefined) return {}
  const method = METHODS.find((each) => each === given)
  if (method === undefined) throw new ConfigError('credentials.public.method', `must be ${METHODS.join(' or ')}`)
  return { method }
}
