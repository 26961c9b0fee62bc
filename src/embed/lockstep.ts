// SCIM in an app: one call joins store, URL, types, credentials, events and people to what frameworks mount.

import { ALL_FEATURES, type Features, principalOf } from '../access/index.ts'
import { type Answer, type Call, DIRECT, type Direct } from '../call.ts'
import { createDirectory, type Directory, type Hooks } from '../directory/index.ts'
import { environment as realEnvironment } from '../environment.ts'
import { type Authenticate, createProvider, errorAnswer, fetchThrough, type Provider } from '../provider/index.ts'
import type { Store } from '../store/index.ts'
import { reportError } from '../terminal.ts'
import { createEvents } from './events/events.ts'
import { createMounts, type Mounts } from './mounts/mounts.ts'
import { createOpening, type Opening } from './opening.ts'
import type { LockstepOptions, StoreOption } from './options.ts'
import { createPeople, type People } from './people/people.ts'
import { checkOptions } from './read-options.ts'
import type { Report } from './report.ts'
import { createTenantTypes, type TenantTypes, type TypesOption } from './tenant-types.ts'
import { readUrl } from './url.ts'

/** SCIM in an app. */
export interface Lockstep<Ctx = unknown> extends Mounts, People {
  /** The whole of it as a function from Request to Response. `context` is handed to `authenticate`. Never rejects. */
  readonly fetch: (request: Request, context?: Ctx) => Promise<Response>
  /** Lets the types of a tenant, or of all, be loaded again before the next use. */
  readonly refresh: (tenant?: string) => void
  /** Opens the store and the directory beneath, if no request has done so. Rejects with what prevents that. */
  readonly open: () => Promise<{ readonly directory: Directory; readonly store: Store }>
  /** Ends what was started and closes the store. Requests are answered with 503 from then on. */
  readonly close: () => Promise<void>
}

/** What is open. */
interface Opened<Tx> {
  readonly store: Store<Tx>
  readonly directory: Directory
  readonly provider: Provider
  readonly stop: () => Promise<void>
}

/**
 * Puts SCIM into an app: checks every option at once, and opens the store at the first request. Throws ConfigError for options that
 * make no sense.
 * @example
 * export const scim = lockstep({
 *   store: () => sqliteStore('app.db', { shared: true }),
 *   url: 'https://app.example/t/:tenant/scim/v2',
 *   authenticate: bearer({ [process.env.SCIM_TOKEN!]: { tenant: 'acme', actor: 'okta', kind: 'okta' } }),
 * })
 * app.use(scim.express())
 */
export function lockstep<Tx, const Types extends TypesOption = TypesOption, Ctx = unknown, Db = Tx>(
  options: LockstepOptions<Tx, Types, Ctx, Db>,
): Lockstep<Ctx> {
  checkOptions(options)
  const { environment = realEnvironment, report = printReport } = options
  const types = createTenantTypes(options.types)
  const url = readUrl(options.url ?? '/scim/v2', { trustProxy: options.trustProxy === true })
  const events = createEvents(options, { environment, report })
  const storeOf = readStore(options.store)

  const opening: Opening<Opened<Tx>> = createOpening({
    environment,
    failed: (error) => report({ error }),
    async open() {
      const store = await storeOf()
      const hooks = { ...events.hooks, ...options.hooks } as Hooks<Tx>
      const directory = createDirectory({
        store,
        catalog: types.catalog,
        ready: types.ready,
        hooks,
        environment,
        ...(options.unique === undefined ? {} : { unique: options.unique }),
      })
      const provider = createProvider({
        directory: people.served(directory),
        authenticate: authenticatorOf(options, types),
        ready: types.ready,
        features: featuresOf(options.features),
        report,
        now: environment.now,
        ...(options.skipped === undefined ? {} : { skipped: options.skipped }),
      })
      const { stop } = events.start({ store, directory })
      return { store, directory, provider, stop }
    },
    async close({ store, stop }) {
      await stop()
      await store.close()
    },
  })

  const people = createPeople(options, { environment, report, open: opening.open, ready: types.ready })
  const direct: Direct = { handle: (call) => answer(opening, call), locate: url.locate }
  const fetch = Object.assign((request: Request, context?: Ctx) => fetchThrough(direct, request, context), {
    [DIRECT]: direct,
  })
  return {
    ...people.api,
    ...createMounts(fetch, report),
    fetch,
    refresh: types.forget,
    open: opening.open,
    close: opening.close,
  }
}

/** The answer to a call: at once where everything is open. Never throws. */
function answer<Tx>(opening: Opening<Opened<Tx>>, call: Call): Answer | Promise<Answer> {
  const opened = opening.now()
  if (opened !== undefined) return opened.provider.handle(call)
  return opening.open().then(
    ({ provider }) => provider.handle(call),
    (error) => {
      const unavailable = Object.assign(new Error('The store could not be opened', { cause: error }), {
        retryAfterMs: 1_000,
      })
      // What prevents it has been reported by the attempt itself.
      return errorAnswer(unavailable, call, () => undefined)
    },
  )
}

/** How the store is opened; an instance is itself. */
function readStore<Tx>(option: StoreOption<Tx>): () => Store<Tx> | Promise<Store<Tx>> {
  if (typeof option === 'function') return option
  // It may fail long before the first request, which then tells why.
  if (option instanceof Promise) option.catch(() => undefined)
  return () => option
}

/** The check of who calls, after which the tenant's types are loaded; a tenant in the URL must be the credential's. */
function authenticatorOf<Tx, Types extends TypesOption, Ctx, Db>(
  { authenticate }: LockstepOptions<Tx, Types, Ctx, Db>,
  types: TenantTypes,
): Authenticate {
  return async (call) => {
    const found = await authenticate?.(call, call.context as Ctx)
    if (found === undefined) return undefined
    const principal = 'profile' in found ? found : principalOf(found)
    await types.ready(principal.tenant)
    return principal
  }
}

function featuresOf(given: ((tenant: string) => Partial<Features>) | undefined): (tenant: string) => Features {
  return given === undefined ? () => ALL_FEATURES : (tenant) => ({ ...ALL_FEATURES, ...given(tenant) })
}

function printReport({ id, error }: Parameters<Report>[0]): void {
  reportError(id === undefined ? 'lockstep' : `lockstep: internal error ${id}`, error)
}
