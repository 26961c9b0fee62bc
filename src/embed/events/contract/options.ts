// The options of events: what an app wants to be told of people and groups, roles and guards.

import type { EventName, GroupOf, PersonOf, ScimEvent } from './event.ts'

/**
 * A handler in the transaction. What it returns is awaited; on SQLite it must be done when it returns. What it throws undoes the
 * request: a ScimError is answered word for word, anything else with 500, and reported.
 */
export type OnHandler<Name extends EventName, Types, Db, Role extends string = string> = (
  event: ScimEvent<Name, PersonOf<Types>, GroupOf<Types>, Role> & { readonly db: Db },
) => unknown

/** A handler after the transaction. What it throws is reported, and the event is delivered again later. */
export type AfterHandler<Name extends EventName, Types, Role extends string = string> = (
  event: ScimEvent<Name, PersonOf<Types>, GroupOf<Types>, Role> & {
    /** 1, and one more each time it is delivered again. */
    readonly attempt: number
    /** Aborted when the handler has taken too long, or the process is stopping. */
    readonly signal: AbortSignal
  },
) => unknown

/** What gives roles: a role for each group by its displayName (letter case doesn't count), or a function of the group. */
export type RolesOption<Types, Role extends string = string> =
  | { readonly [group: string]: Role | readonly Role[] }
  | ((group: GroupOf<Types>, context: { readonly tenant: string }) => Role | readonly Role[] | undefined)

/** Limits that a request can't pass. */
export interface GuardOptions<Db = unknown, Role extends string = string> {
  /**
   * Most active people of a tenant, or how to find it out. Whoever would be one more is refused. `db` is that of the transaction: ask the
   * same database by it, since a pool with one connection has no other.
   */
  readonly seats?: number | ((tenant: string, context: { readonly db: Db }) => number | Promise<number>) | undefined
  /** A role, or several, whose last active holder can be neither deactivated, deleted nor taken out of the group. */
  readonly lastOf?: Role | readonly Role[] | undefined
  /** Holds deactivations and deletions of active people when there are more within a time (`'1h'`, `'30m'`, or milliseconds). */
  readonly deactivations?: { readonly most: number; readonly within: Duration } | undefined
}

/** A time: `'90s'`, `'30m'`, `'1h'`, `'7d'`, or milliseconds. */
export type Duration = number | `${number}${'s' | 'm' | 'h' | 'd'}`

/** Options of `lockstep` about events, roles and guards. */
export interface EventOptions<Tx, Types, Db, Role extends string = string> {
  /**
   * Makes what handlers get as `db` of the store's transaction: `(tx) => drizzle(tx)`. Default: the transaction itself, a client of `pg`,
   * the `DatabaseSync` of node:sqlite, or the connection of better-sqlite3 that was handed in.
   */
  readonly transaction?: ((tx: Tx) => Db) | undefined
  /**
   * Handlers in the transaction of the change: what they write by `db` is committed with it, or not at all.
   * @example on: { 'user.deactivated': ({ user, db }) => db.delete(sessions).where(eq(sessions.userId, user.id)) }
   */
  readonly on?: { readonly [Name in EventName]?: OnHandler<Name, Types, Db, Role> | undefined } | undefined
  /**
   * Handlers after the transaction: at least once, those of one person in order, in one process at a time, and again with growing pauses
   * until they succeed.
   * @example after: { 'user.deactivated': ({ user }) => redis.del(`sessions:${user.id}`) }
   */
  readonly after?: { readonly [Name in EventName]?: AfterHandler<Name, Types, Role> | undefined } | undefined
  /**
   * Whether the handlers in `after` run by themselves, in this process. Default true. False where a process is stopped between requests,
   * on Lambda for instance: call `scim.after.run()` from a timer of the platform's.
   */
  readonly background?: boolean | undefined
  /**
   * The roles of groups. Handlers hear `role.granted` and `role.revoked` exactly when an active person's roles change, through whatever
   * groups; the names of the roles are the types of what they hear, and of `lastOf`.
   * @example roles: { Engineering: 'editor', Admins: ['owner', 'editor'] }
   */
  readonly roles?: RolesOption<Types, Role> | undefined
  /** @example guards: { seats: 50, lastOf: 'owner', deactivations: { most: 20, within: '1h' } } */
  readonly guards?: GuardOptions<Db, NoInfer<Role>> | undefined
}

/** The names of these options. */
export const EVENT_OPTIONS = ['transaction', 'on', 'after', 'background', 'roles', 'guards'] as const
