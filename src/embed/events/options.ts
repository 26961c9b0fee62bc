// The options of events: what an app wants to be told of people and groups, in the transaction and after it.

/** Options of `lockstep` about events, roles and guards. */
export interface EventOptions<Tx, Db> {
  /** Makes what handlers get as `db` of the store's transaction: `(tx) => drizzle(tx)`. Default: the transaction itself. */
  readonly transaction?: ((tx: Tx) => Db) | undefined
}

/** The names of these options. */
export const EVENT_OPTIONS = ['transaction', 'on', 'after', 'roles', 'guards'] as const
