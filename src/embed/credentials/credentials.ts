// The credentials of a tenant's identity providers, as the app makes, lists, rotates and revokes them.

import type { Rights } from '../../access/index.ts'
import { openTenant } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { ConfigError, type ResourceType } from '../../protocol/index.ts'
import type { Kind } from '../../quirks/index.ts'
import { createNote, type Store } from '../../store/index.ts'
import { type Connection, createConnections, type Issued, noTenant } from '../../tenancy/index.ts'

/** What a new credential is to be. */
export interface CredentialDraft {
  /** For people: `Okta production`. Default: its kind. */
  readonly label?: string | undefined
  /** The kind of identity provider, whose dialect is spoken then. Default `generic`. */
  readonly kind?: Kind | undefined
  /** What it may do. Default: everything. */
  readonly rights?: Rights | undefined
  /** When its token ends; null: never. Default: in a year. RFC 7644 §7.4. */
  readonly expires?: Date | null | undefined
}

/** A token of a credential, without the token itself, which nobody keeps. */
export interface CredentialToken {
  /** The first twelve characters of its hash: tells tokens apart, and lets nobody in. */
  readonly id: string
  readonly created: Date
  /** Absent: never. */
  readonly expires?: Date
  /** When it last let a client in, at most a minute behind; absent: never. */
  readonly lastUsed?: Date
}

/** The access of one identity provider to a tenant. */
export interface Credential {
  /** The actor in the log: `okta-7h2k9m`. */
  readonly id: string
  readonly label: string
  readonly kind: Kind
  readonly rights: Rights
  readonly created: Date
  /** The live tokens, oldest first: two while an administrator changes over. */
  readonly tokens: readonly CredentialToken[]
}

/** A token just made, with its credential: the only time that the token is shown. */
export interface MintedCredential {
  readonly token: string
  readonly credential: Credential
}

/**
 * The credentials of a tenant, kept in the store beside its people, hashed with SHA-256. What is made or revoked counts at once in this
 * process and on SQLite in all, on PostgreSQL within a second in others. All reject with TenancyError (`ERR_NOT_FOUND`, `ERR_INVALID`,
 * `ERR_IN_USE`), and where the app keeps credentials itself, with ConfigError.
 */
export interface Credentials {
  /**
   * Makes a credential with its first token.
   * @example
   * const { token } = await scim.credentials('acme').mint({ label: 'Okta', kind: 'okta' })
   */
  readonly mint: (draft?: CredentialDraft) => Promise<MintedCredential>
  /** All, oldest first. */
  readonly list: () => Promise<readonly Credential[]>
  /**
   * Makes another token. The one before works until it is revoked, or ends now with `revokeOthers`. There are at most two.
   * @example
   * const { token, credential } = await scim.credentials('acme').rotate(id)
   * // once the identity provider has the new one:
   * await scim.credentials('acme').revoke(id, credential.tokens[0].id)
   */
  readonly rotate: (
    id: string,
    options?: { readonly expires?: Date | null | undefined; readonly revokeOthers?: boolean | undefined },
  ) => Promise<MintedCredential>
  /** Revokes one token by its id, or the credential with all of its tokens. */
  readonly revoke: (id: string, token?: string) => Promise<void>
}

/** What credentials work with. */
export interface CredentialsDeps {
  readonly environment: Environment
  readonly open: () => Promise<{ readonly store: Store }>
  readonly types: (tenant: string) => Promise<readonly ResourceType[]>
  /** The option that keeps them elsewhere, if one was given. */
  readonly elsewhere: 'credentials' | 'authenticate' | undefined
}

/** Creates the credentials of a tenant. */
export function createCredentials(deps: CredentialsDeps, tenant: string): Credentials {
  const { environment } = deps
  const opened = async () => {
    if (deps.elsewhere !== undefined) throw keptElsewhere(deps.elsewhere)
    const { store } = await deps.open()
    const note = createNote(environment, 'app')
    const tenants = {
      show: async (name: string) => {
        const row = await store.tenant(name)
        if (row === undefined) throw noTenant(name)
        return { ...row, name }
      },
    }
    return {
      store,
      connections: createConnections({ store, environment, tenants, note, types: deps.types, advice: ADVICE }),
    }
  }
  const lifetime = (expires: Date | null | undefined) => {
    if (expires === undefined) return {}
    return { lifetimeMs: expires === null ? null : expires.getTime() - environment.now() }
  }
  return {
    async mint({ label, kind, rights, expires } = {}) {
      const { store, connections } = await opened()
      await openTenant(store, tenant, environment.now())
      return minted(
        await connections.create(tenant, {
          ...(label === undefined ? {} : { label }),
          ...(kind === undefined ? {} : { kind }),
          ...(rights === undefined ? {} : { rights }),
          ...lifetime(expires),
        }),
      )
    },
    async list() {
      const { store, connections } = await opened()
      // A tenant begins with its first credential or resource.
      return (await store.tenant(tenant)) === undefined ? [] : (await connections.list(tenant)).map(credentialOf)
    },
    async rotate(id, { expires, revokeOthers = false } = {}) {
      const { connections } = await opened()
      return minted(await connections.rotate(tenant, id, { revokeOthers, ...lifetime(expires) }))
    },
    async revoke(id, token) {
      const { connections } = await opened()
      await connections.revoke(tenant, id, token)
    },
  }
}

const ADVICE = {
  list: (tenant: string) => `scim.credentials('${tenant}').list()`,
  revoke: (tenant: string, id: string) => `scim.credentials('${tenant}').revoke('${id}', tokenId)`,
  only: 'revokeOthers: true',
}

function keptElsewhere(option: 'credentials' | 'authenticate'): ConfigError {
  return new ConfigError(
    option,
    option === 'credentials'
      ? 'the app keeps credentials in a table of its own; make one with makeCredential(tenant), and keep its hash there'
      : 'the app checks credentials itself; without authenticate they are kept in the store',
  )
}

function minted({ token, connection }: Issued): MintedCredential {
  return { token, credential: credentialOf(connection) }
}

function credentialOf({ id, label, kind, rights, created, tokens }: Connection): Credential {
  return {
    id,
    label,
    kind,
    rights,
    created: new Date(created),
    tokens: tokens.map(({ id: name, created: made, expires, lastUsed }) => ({
      id: name,
      created: new Date(made),
      ...(expires === undefined ? {} : { expires: new Date(expires) }),
      ...(lastUsed === undefined ? {} : { lastUsed: new Date(lastUsed) }),
    })),
  }
}
