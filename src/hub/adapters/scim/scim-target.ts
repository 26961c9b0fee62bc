// Where a SCIM app is and how requests to it are authenticated, for requests made elsewhere.

import { ConfigError } from '../../../protocol/index.ts'
import { type AdapterDeps, AppError, type AppSettings } from '../../contract/index.ts'
import { readScimAuth, readScimOptions } from './scim-settings.ts'
import { withoutSecrets } from './trouble.ts'

/** An app as a plain SCIM server. */
export interface ScimTarget {
  /** Base URL, without a slash at its end. */
  readonly url: string
  /** The headers that every request needs, credentials among them: never keep or show them. */
  readonly headers: { readonly [name: string]: string }
  /** Goes where the hub may go. */
  readonly fetch: AdapterDeps['environment']['fetch']
}

/** How long the app's token endpoint is asked, where there is one. */
const TRIES = { attempts: 2, backoffMs: 500, waitMs: 5_000 } as const

/** Finds out where an app is, with credentials as they are at this moment. Throws ConfigError, and AppError when no token can be had. */
export async function scimTarget(
  settings: Pick<AppSettings, 'options' | 'credentials'>,
  { environment, secret }: Pick<AdapterDeps, 'environment' | 'secret'>,
  signal?: AbortSignal,
): Promise<ScimTarget> {
  const { url, profile } = readScimOptions(settings.options)
  if (profile.protocol !== '2.0')
    throw new ConfigError(
      'options.profile',
      `says that the app speaks SCIM ${profile.protocol}; only 2.0 can be checked`,
    )
  const auth = readScimAuth(settings, profile, async () => {
    const text = await secret()
    if (text !== undefined && text !== '') return text
    throw new ConfigError('credentials', 'there is no secret: neither sealed, nor in the environment variable')
  })
  try {
    const own = await auth.headers({ refused: undefined, environment, signal, tries: TRIES })
    return { url, headers: { ...profile.http.headers, ...own }, fetch: environment.fetch }
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const message = `No token could be had: ${error instanceof Error ? error.message : String(error)}`
    const known = await secret().catch(() => undefined)
    throw withoutSecrets(new AppError('credentials', message), known === undefined ? [] : [known])
  }
}
