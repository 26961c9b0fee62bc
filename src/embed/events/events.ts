// Events: what the handlers of an app are told, in the transaction of a write and after it.

import type { Directory, Hooks } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import type { Store } from '../../store/index.ts'
import type { Report } from '../report.ts'
import type { EventOptions } from './options.ts'

/** What events work with. */
export interface EventDeps {
  readonly environment: Environment
  readonly report: Report
}

/** The events of an app. */
export interface Events<Tx> {
  /** For the directory. */
  readonly hooks: Hooks<Tx>
  /** Starts what follows the log; called once the store is open. */
  readonly start: (opened: { readonly store: Store<Tx>; readonly directory: Directory }) => {
    readonly stop: () => Promise<void>
  }
}

/** Creates the events of an app. Throws ConfigError for options that make no sense. */
export function createEvents<Tx, Db>(_options: EventOptions<Tx, Db>, _deps: EventDeps): Events<Tx> {
  return { hooks: {}, start: () => ({ stop: async () => undefined }) }
}
