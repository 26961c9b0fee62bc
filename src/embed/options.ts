// The options of `lockstep`.

import type { Features, Grant, Principal } from '../access/index.ts'
import type { Call } from '../call.ts'
import type { DirectoryOptions, Hooks } from '../directory/index.ts'
import type { Environment } from '../environment.ts'
import type { Store } from '../store/index.ts'
import type { CredentialsOption } from './credentials/option.ts'
import type { EventOptions } from './events/contract/options.ts'
import type { PeopleOptions } from './people/options.ts'
import type { Report } from './report.ts'
import type { TypesOption } from './tenant-types.ts'

/** A store, or how to open one: at the first request, and again where that fails. */
export type StoreOption<Tx> = Store<Tx> | Promise<Store<Tx>> | (() => Store<Tx> | Promise<Store<Tx>>)

/**
 * Finds out who calls. `undefined`: the request has no credentials. Throws a ScimError for credentials that are wrong
 * ({@link invalidToken}); any other error is answered with 503, since it says nothing about them.
 */
export type AuthenticateOption<Ctx> = (
  call: Call,
  context: Ctx,
) => Principal | Grant | undefined | Promise<Principal | Grant | undefined>

/** Options of {@link lockstep}. */
export interface LockstepOptions<
  Tx = unknown,
  Types extends TypesOption = TypesOption,
  Ctx = unknown,
  Db = Tx,
  Role extends string = string,
> extends EventOptions<Tx, Types, Db, Role>,
    PeopleOptions {
  /**
   * Where people and groups are kept: `memoryStore()`, `sqliteStore(…)`, `postgresStore(…)`, or a function that opens one, which is
   * called at the first request. A function keeps `next build` and tests that only import the module from opening the database.
   * @example store: () => postgresStore({ pool })
   */
  readonly store: StoreOption<Tx>
  /**
   * Where clients reach SCIM. Default `/scim/v2`. One text gives the public URL, the path and the tenant:
   *
   * - `https://app.example/scim/v2`: the tenant comes from the credential
   * - `https://app.example/t/:tenant/scim/v2`: the tenant is a segment of the path
   * - `https://:tenant.app.example/scim/v2`: the tenant is a sub-domain
   * - `/scim/v2` or `/t/:tenant/scim/v2`: scheme and host come from each request, which anybody can choose; for development, or with
   *   `trustProxy`
   */
  readonly url?: string | undefined
  /**
   * The app is behind a proxy that sets X-Forwarded-Proto, X-Forwarded-Host and X-Forwarded-For, and nothing else can reach it.
   * Default false: these headers are ignored, since anybody can send them.
   */
  readonly trustProxy?: boolean | undefined
  /** The resource types: the same for all tenants, or a function that gives or loads a tenant's own, kept until `refresh`. Default: User and Group. RFC 7643 §6. */
  readonly types?: Types | undefined
  /**
   * A table of the app with the hashes of tokens. Without it and without `authenticate`, credentials are kept in the store:
   * `scim.credentials(tenant).mint()`.
   * @example
   * credentials: {
   *   find: (hash) => db.query.scimTokens.findFirst({ where: eq(scimTokens.hash, hash) }),
   *   used: (hash, at) => db.update(scimTokens).set({ lastUsed: at }).where(eq(scimTokens.hash, hash)),
   * }
   */
  readonly credentials?: CredentialsOption | undefined
  /**
   * Finds out who calls, in place of `credentials`. `context` is what the mount hands over: the request of Express and Fastify, the
   * context of Hono and Koa, the second argument of `fetch`.
   * @example authenticate: bearer({ [process.env.SCIM_TOKEN!]: { tenant: 'acme', actor: 'okta', kind: 'okta' } })
   */
  readonly authenticate?: AuthenticateOption<Ctx> | undefined
  /** What a tenant offers; what is left out is on. RFC 7643 §5. */
  readonly features?: ((tenant: string) => Partial<Features>) | undefined
  /** Paths that must be unique in a tenant besides those that its schemas declare so. */
  readonly unique?: DirectoryOptions<Tx>['unique'] | undefined
  /** The hooks of the directory, beneath `on`. `commit` runs before what `on` names. */
  readonly hooks?: Omit<Hooks<Tx>, 'transaction'> | undefined
  /** Receives errors that are not a client's. Default: prints them to standard error. */
  readonly report?: Report | undefined
  /** Receives the names of attributes that no schema has and that were left out, never their values. */
  readonly skipped?: ((note: Skipped) => void) | undefined
  /** Time, chance and the network, for tests. */
  readonly environment?: Environment | undefined
}

/** Attributes of a body that no schema defines: type and attribute paths, never values. */
export interface Skipped {
  readonly tenant: string
  readonly actor: string
  readonly type: string
  readonly paths: readonly string[]
}
