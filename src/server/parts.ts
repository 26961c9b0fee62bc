import type { Directory } from '../directory/index.ts'
import type { Store } from '../store/index.ts'
import type { Tenancy } from '../tenancy/index.ts'
import type { Database } from './database.ts'
import type { Health } from './health.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { RequestLog } from './request-log.ts'
import type { Settings } from './settings.ts'
import type { Writability } from './writability.ts'

/** Everything the app joins: what `serve.ts` has opened. */
export interface Parts {
  readonly settings: Settings
  readonly database: Database
  readonly tenancy: Tenancy
  readonly directory: Directory
  readonly metrics: Metrics
  readonly health: Health
  readonly log: Log
  readonly requestLog: RequestLog
  readonly writability: Writability
}

/** The listening server. */
export interface App {
  /** Starts to accept connections; says on which port. */
  readonly listen: () => Promise<{ readonly port: number }>
  /** Stops accepting, and resolves when the requests in flight are answered. */
  readonly close: () => Promise<void>
}

/** A running server. */
export interface Server {
  /** The public URL, without a slash at its end. */
  readonly url: string
  /** The port it listens on. */
  readonly port: number
  /** Stops accepting, finishes the requests in flight, and closes the database. */
  readonly close: () => Promise<void>
  readonly tenancy: Tenancy
  readonly directory: Directory
  readonly store: Store
  /** For a worker: resolves when it is told to end. */
  readonly stopped?: Promise<void>
}
