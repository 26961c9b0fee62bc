// People: those whom the app has already are matched and adopted, sign in, and are erased.

import type { Change, Directory, Hooks, Pruned } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import type { Store } from '../../store/index.ts'
import { type AdoptedPerson, type AdoptOptions, type AdoptReport, adopt } from '../matching/adopt.ts'
import { withMatching } from '../matching/match.ts'
import { readTime, type Time } from '../matching/time.ts'
import type { Report } from '../report.ts'
import { endOf, noteEnds } from '../sign-in/ends.ts'
import type { Arrival, SignInOutcome } from '../sign-in/outcome.ts'
import { createSignIns, type SignIns } from '../sign-in/sign-ins.ts'
import { requireTenant } from '../url.ts'
import { type ErasedPerson, type EraseOptions, erase } from './erase.ts'
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
  /**
   * Decides on a sign-in that a library for OpenID Connect or SAML has checked: the person who was provisioned, or nobody. A link from issuer
   * and subject is made the first time, by a rule, and is all that counts from then on. `claims` are those of the ID token, or the attributes.
   * @example
   * const result = await scim.signIn({ tenant, issuer: claims.iss, subject: claims.sub, email: claims.email, emailVerified: claims.email_verified, claims })
   * if (result.outcome === 'accepted') startSession(result.person.id)
   * else showPage(result.shown)
   */
  readonly signIn: (arrival: Arrival) => Promise<SignInOutcome>
  /** Who may stay signed in, whose sessions are to end, and the links of people. */
  readonly signIns: SignIns
  /**
   * Takes a person out for good: the resource as any deletion does, with handlers called; then links, and every value in the log. What
   * stays is ids, times and actors, and the line that proves it. 404 where there is nothing of them.
   */
  readonly erase: (tenant: string, id: string, options?: EraseOptions) => Promise<ErasedPerson>
  /**
   * Cuts the lines of a tenant's log from before a moment, never past a reader that still needs them; `archive` gets them first. Called from time to
   * time it is the retention of the log. What is cut short goes on when it is called again.
   * @example
   * await scim.pruneLog('acme', { before: new Date(Date.now() - 400 * 86_400_000) })
   */
  readonly pruneLog: (tenant: string, options: PruneLogOptions) => Promise<Pruned>
}

/** Options of cutting a log. */
export interface PruneLogOptions {
  readonly before: Time
  /** Who had it done, for the note in the log. Default `retention`. */
  readonly actor?: string | undefined
  /** Gets the lines of each cut before they are gone; what it throws ends the cutting. */
  readonly archive?: ((lines: readonly Change[]) => Promise<void>) | undefined
  readonly signal?: AbortSignal | undefined
}

/** People, for the app and for what serves requests. */
export interface PeopleParts {
  readonly api: People
  /** The directory as requests of identity providers see it. */
  readonly served: (directory: Directory) => Directory
  /** The hooks, with what is kept about people in the same transaction. */
  readonly hooked: <Tx>(hooks: Hooks<Tx>) => Hooks<Tx>
  readonly stop: () => void
}

/** Creates people. Throws ConfigError for options that make no sense. */
export function createPeople(options: PeopleOptions, deps: PeopleDeps): PeopleParts {
  checkPeopleOptions(options)
  const { match, onMatch } = options
  const opened = async (tenant?: string) => {
    if (tenant !== undefined) requireTenant(tenant)
    const parts = await deps.open()
    if (tenant !== undefined) await deps.ready(tenant)
    return parts
  }
  const { environment } = deps
  const signIns = createSignIns(options.signIn, {
    environment,
    open: opened,
    report: (error) => deps.report({ error }),
  })
  return {
    api: {
      async adopt(tenant, people, asked) {
        const { directory } = await opened(tenant)
        const ends = options.signIn !== undefined
        return adopt(directory, tenant, people, asked, (of, person) => (ends ? [endOf(environment, of, person)] : []))
      },
      signIn: signIns.signIn,
      signIns: signIns.signIns,
      erase: async (tenant, id, asked) => erase({ ...(await opened(tenant)), environment }, tenant, id, asked),
      async pruneLog(tenant, { before, actor = 'retention', archive, signal }) {
        const { directory } = await opened(tenant)
        return directory.pruneLog(tenant, {
          before: readTime(before),
          actor,
          ...(archive === undefined ? {} : { keep: archive }),
          ...(signal === undefined ? {} : { signal }),
        })
      },
    },
    hooked: (hooks) => (options.signIn === undefined ? hooks : withEnds(hooks)),
    stop: signIns.stop,
    served: (directory) => (match === undefined ? directory : withMatching(directory, { match, onMatch })),
  }
}

/** Runs the host's hook, and then notes whose sessions are to end. */
function withEnds<Tx>(hooks: Hooks<Tx>): Hooks<Tx> {
  return {
    ...hooks,
    transaction(done, tx) {
      const pending = hooks.transaction?.(done, tx)
      return pending instanceof Promise ? pending.then(() => noteEnds(done)) : noteEnds(done)
    },
  }
}
