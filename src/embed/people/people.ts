// People: those whom the app has already are matched and adopted, sign in, and are erased.

import type { Directory } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import type { Store } from '../../store/index.ts'
import type { Report } from '../report.ts'
import { type AdoptedPerson, type AdoptOptions, type AdoptReport, adopt } from './adopt.ts'
import { withMatching } from './match.ts'
import { checkPeopleOptions, type PeopleOptions } from './options.ts'

/** What people work with. */
export interface PeopleDeps {
  readonly environment: Environment
  readonly report: Report
  /** Opens the store and the directory, if they are not open yet. */
  readonly open: () => Promise<{ readonly store: Store; readonly directory: Directory }>
  /** Loads the types of a tenant, if they are not known. */
  readonly ready: (tenant: string) => void | Promise<void>
}

/** What an app does with people besides reading and writing them. */
export interface People {
  /**
   * Makes the people of the app resources under the app's own ids, with its own dates, without calling any handler: the app has them.
   * A list of any length, read in batches; called again, it goes on where it ended. The report says who could not be adopted, and why.
   * @example
   * await scim.adopt('acme', db.users.all(), { onProgress: ({ adopted }) => console.log(adopted) })
   */
  readonly adopt: (
    tenant: string,
    people: Iterable<AdoptedPerson> | AsyncIterable<AdoptedPerson>,
    options?: AdoptOptions,
  ) => Promise<AdoptReport>
}

/** People, for the app and for what serves requests. */
export interface PeopleParts {
  readonly api: People
  /** The directory as requests of identity providers see it. */
  readonly served: (directory: Directory) => Directory
}

/** Creates people. Throws ConfigError for options that make no sense. */
export function createPeople(options: PeopleOptions, deps: PeopleDeps): PeopleParts {
  checkPeopleOptions(options)
  const { match, onMatch } = options
  const opened = async (tenant: string) => {
    const parts = await deps.open()
    await deps.ready(tenant)
    return parts
  }
  return {
    api: {
      async adopt(tenant, people, asked) {
        const { directory } = await opened(tenant)
        return adopt(directory, tenant, people, asked)
      },
    },
    served: (directory) => (match === undefined ? directory : withMatching(directory, { match, onMatch })),
  }
}
