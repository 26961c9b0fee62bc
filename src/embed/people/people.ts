// People: those whom the app has already are matched and adopted, sign in, and are erased.

import type { Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import type { Store } from '../../store/index.ts'
import type { Report } from '../report.ts'
import type { PeopleOptions } from './options.ts'

/** What people work with. */
export interface PeopleDeps {
  readonly environment: Environment
  readonly report: Report
  /** Opens the store and the directory, if they are not open yet. */
  readonly open: () => Promise<{ readonly store: Store; readonly directory: Directory }>
}

/** What an app does with people besides reading and writing them. */
export type People = Readonly<Record<never, never>>

/** Creates people. Throws ConfigError for options that make no sense. */
export function createPeople(_options: PeopleOptions, _deps: PeopleDeps): People {
  return {}
}
