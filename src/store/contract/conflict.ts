// The errors of a store: a conflict with what is there, an outage, a query that takes too long.

/** The database cannot read or write anything at the moment: disk full, locked for too long, writer ended. Nothing was written. */
export class StoreUnavailable extends Error {
  /** After how long a retry makes sense. */
  readonly retryAfterMs: number
  /** The database is healthy: there are too many requests at once, or other writers were faster again and again. */
  readonly busy: boolean
  /** The database is healthy except for one node of its cluster: requests of other tenants are served. */
  readonly partial: boolean
  constructor(
    message: string,
    retryAfterMs: number,
    options?: {
      readonly cause?: unknown
      readonly busy?: boolean | undefined
      readonly partial?: boolean | undefined
    },
  ) {
    super(message, options)
    this.name = 'StoreUnavailable'
    this.retryAfterMs = retryAfterMs
    this.busy = options?.busy === true
    this.partial = options?.partial === true
  }
}

/** A query that the database aborted because it took too long; a retry would take as long. */
export class QueryTooLong extends Error {
  constructor(options: { readonly cause: unknown }) {
    super('the query takes longer than the database may work on one', options)
    this.name = 'QueryTooLong'
  }
}

/** Why `commit` has refused a list of writes. The directory turns it into an answer. */
export class Conflict extends Error {
  /** exists: the id, record or tenant is there already; missing: it is not; version: it has another; unique: the value is taken; member: no such resource, or of another type; epoch: the lease has another owner; reader: a reader of the log has not come so far. */
  readonly reason: 'exists' | 'missing' | 'version' | 'unique' | 'member' | 'epoch' | 'reader'
  /** Position of the write in the list. */
  readonly at: number
  /** The index path (unique), the member's id (member), the lease (epoch), or the reader. */
  readonly what: string
  /** For `member`: the type it really has, or undefined when there is no such resource. */
  readonly found: string | undefined
  constructor(reason: Conflict['reason'], at: number, what = '', found?: string) {
    super(`${reason} ${what}`.trim())
    this.name = 'Conflict'
    this.reason = reason
    this.at = at
    this.what = what
    this.found = found
  }
}
