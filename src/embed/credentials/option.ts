// The option `credentials`: tokens that are kept in a table of the app.

import { type Grant, hashToken, makeToken } from '../../access/index.ts'
import { environment as realEnvironment } from '../../environment.ts'

/** What the app's table says of a token. */
export interface CredentialRow extends Grant {
  /** When it ends, as a date or in milliseconds since 1970. Absent or null: never. */
  readonly expires?: Date | number | null | undefined
}

/**
 * Tokens in a table of the app. What `find` gives counts for a second, so that a token revoked there is refused within a second by
 * each process.
 */
export interface CredentialsOption {
  /** The row of a token by its hash, SHA-256 in lower-case hex; undefined or null if there is none. */
  readonly find: (hash: string) => CredentialRow | undefined | null | Promise<CredentialRow | undefined | null>
  /** Told when a token has let a client in: at most once a minute for each. */
  readonly used?: ((hash: string, at: Date) => unknown) | undefined
}

/** A token just made: show `token` once, and keep only `hash`. */
export interface MadeCredential {
  readonly token: string
  /** SHA-256 in lower-case hex. */
  readonly hash: string
}

/**
 * Makes a token for a table of the app: 256 bits of chance behind a prefix that secret scanners recognise, and the tenant's name.
 * @example
 * const { token, hash } = makeCredential('acme')
 * await db.insert(scimTokens).values({ hash, tenant: 'acme', label: 'Okta' })
 */
export function makeCredential(tenant: string): MadeCredential {
  const token = makeToken(tenant, realEnvironment)
  return { token, hash: hashToken(token) }
}
