// The errors of a store: a conflict with what is there, an outage, a query that takes too long.

/** The database can't take or answer anything at the moment: disk full, locked for too long, writer gone. Nothing was written. */
export class StoreUnavailable extends Error {
  /** After how long trying again makes sense. */
  readonly retryAfterMs: number
  /** The database is well: too much is asked of it at the same time, or others were quicker again and again. */
  readonly busy: boolean
  /** The database is well but for a node of its cluster: other tenants' requests are answered. */
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

/** A query that the database gave up, since it took longer than one may: the next try would take as long. */
export class QueryTooLong extends Error {
  constructor(options: { readonly cause: unknown }) {
    super('the query takes longer than the database may work on one', options)
    this.name = 'QueryTooLong'
  }
}

/** What `commit` found in the way. Never leaves the door. */
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
