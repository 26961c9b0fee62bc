// Events: what the handlers of an app are told, in the transaction of a write and after it; roles and guards.

import type { Directory, Hooks } from '../../directory/index.ts'
import type { Environment } from '../../environment.ts'
import { type Catalog, ConfigError } from '../../protocol/index.ts'
import { runSteps, type Store } from '../../store/index.ts'
import type { Report } from '../report.ts'
import { type After, afterStatus, runAfter, skipEvent, startAfter } from './after/after.ts'
import type { DeliverDeps } from './after/deliver.ts'
import type { EventOptions } from './contract/options.ts'
import { readEventOptions } from './contract/read-event-options.ts'
import { createGuardDesk, type GuardDesk } from './guards/desk.ts'
import { effectiveRoles } from './roles.ts'
import { transact } from './transact.ts'

/** What events work with. */
export interface EventDeps {
  readonly environment: Environment
  readonly report: Report
  /** The types of a tenant, once they are loaded. */
  readonly catalog: (tenant: string) => Catalog
  /** Loads them. */
  readonly ready: (tenant: string) => void | Promise<void>
  /** Opens the store and the directory, if they aren't. */
  readonly open: () => Promise<{ readonly store: Store; readonly directory: Directory }>
}

/** What `lockstep` gives an app about events. */
export interface EventDesk {
  /** The handlers after the transaction: to run them, to see what is stuck, and to skip it. */
  readonly after: After
  /**
   * The roles that a person has by all groups that they are in, direct and nested; none when not active. 404 when there is no such
   * person.
   * @example const may = (await scim.roles('acme', user.id)).includes('editor')
   */
  readonly roles: (tenant: string, userId: string) => Promise<readonly string[]>
  readonly guards: GuardDesk
}

/** The events of an app. */
export interface Events<Tx> {
  /** For the directory; without hooks where there is nothing to tell and nothing to guard. */
  readonly hooks: Pick<Hooks<Tx>, 'transaction'>
  /** Starts the handlers after the transaction; called once the store is open. */
  readonly start: (opened: { readonly store: Store<Tx> }) => { readonly stop: () => Promise<void> }
  readonly desk: EventDesk
}

/** Creates the events of an app. Throws ConfigError for options that make no sense. */
export function createEvents<Tx, Types, Db, Role extends string>(
  options: EventOptions<Tx, Types, Db, Role>,
  deps: EventDeps,
): Events<Tx> {
  const plan = readEventOptions(options)
  const { environment, report, catalog } = deps
  const { transaction: dbOf = (tx: Tx): unknown => tx } = options
  const parts = { plan, catalog, now: environment.now }
  const hooks: Pick<Hooks<Tx>, 'transaction'> = plan.any
    ? { transaction: (done, tx) => runSteps(transact(parts, done, () => dbOf(tx))) }
    : {}
  const owner = `embed/${ownName(environment)}`
  const delivering = (store: Store): DeliverDeps => ({ store, handlers: plan.after, environment, report })
  const storeOf = async () => (await deps.open()).store
  let runs = 0
  return {
    hooks,
    start({ store }) {
      if (plan.after.size === 0 || options.background === false) return { stop: async () => undefined }
      const worker = startAfter(delivering(store as Store), owner)
      return { stop: () => worker.stop() }
    },
    desk: {
      after: {
        run: async ({ forMs } = {}) => runAfter(delivering(await storeOf()), `${owner}/${++runs}`, forMs),
        status: async (tenant) => afterStatus(await storeOf(), tenant),
        skip: async (id) => skipEvent(await storeOf(), id, environment.now()),
      },
      async roles(tenant, userId) {
        const { rolesOf } = plan
        if (rolesOf === undefined) throw new ConfigError('roles', "is not set: { Engineering: 'editor' }")
        const { directory } = await deps.open()
        await deps.ready(tenant)
        return effectiveRoles(directory, rolesOf, tenant, userId)
      },
      guards: createGuardDesk(plan.guards, storeOf, environment.now),
    },
  }
}

/** A name of this process that no other one has. */
function ownName({ random }: Environment): string {
  return [...random(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
