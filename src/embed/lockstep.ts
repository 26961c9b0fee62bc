// SCIM in an app: one call joins store, URL, types, credentials, events and people to what frameworks mount.

import { featuresOf, noCredentials } from '../access/index.ts'
import { type Answer, type Call, DIRECT, type Direct } from '../call.ts'
import { createDirectory, type Directory, type Hooks } from '../directory/index.ts'
import { type Environment, environment as realEnvironment } from '../environment.ts'
import type { ResourceType } from '../protocol/index.ts'
import { createProvider, errorAnswer, fetchThrough, type Provider } from '../provider/index.ts'
import type { Store } from '../store/index.ts'
import { reportError } from '../terminal.ts'
import { createCallers } from './callers.ts'
import { type Credentials, createCredentials } from './credentials/credentials.ts'
import { createEvents, type EventDesk, type Events } from './events/events.ts'
import { createMounts, type Mounts } from './mounts/mounts.ts'
import { createOpening, type Opening } from './opening.ts'
import type { LockstepOptions, StoreOption } from './options.ts'
import { createPeople, type People, type PeopleParts } from './people/people.ts'
import { checkOptions } from './read-options.ts'
import { type Report, withWhere } from './report.ts'
import { createGroups, type Groups } from './resources/members.ts'
import { createResources, type Resources } from './resources/resources.ts'
import type { GroupOf, UserOf } from './resources/types.ts'
import { INSIDE, type Inside } from './setup/inside.ts'
import {
  createTenantTypes,
  type DEFAULT_TYPES,
  type TenantTypes,
  type TypesOption,
  tellRefresh,
} from './tenant-types.ts'
import { readUrl, requireTenant } from './url.ts'

/** SCIM in an app. */
export interface Lockstep<Types extends TypesOption = TypesOption, Ctx = unknown> extends Mounts, People, EventDesk {
  /** The whole of it as a function from Request to Response. `context` is handed to `authenticate`. Never rejects. */
  readonly fetch: (request: Request, context?: Ctx) => Promise<Response>
  /** The people of a tenant, for the app's own code. */
  readonly users: (tenant: string) => Resources<UserOf<Types>>
  /** The groups of a tenant, for the app's own code. */
  readonly groups: (tenant: string) => Groups<GroupOf<Types>>
  /**
   * The resources of another type of a tenant, for the app's own code.
   * @example for await (const device of scim.resources('acme', Device).list()) …
   */
  readonly resources: <T extends ResourceType>(tenant: string, type: T) => Resources<T>
  /** The credentials of a tenant's identity providers, where they are kept in the store. */
  readonly credentials: (tenant: string) => Credentials
  /**
   * The base URL of a tenant, to be pasted into its identity provider. Where `url` is a path alone, only that path.
   * @example scim.url('acme') // 'https://app.example/t/acme/scim/v2'
   */
  readonly url: (tenant: string) => string
  /** Lets the types of a tenant, or of all, be loaded again before the next use: here at once, in other processes when they see it. */
  readonly refresh: (tenant?: string) => Promise<void>
  /** Opens the store and the directory beneath, if no request has done so. Rejects with what prevents that. */
  readonly open: () => Promise<{ readonly directory: Directory; readonly store: Store }>
  /** Ends what was started and closes the store. Requests are answered with 503 from then on. */
  readonly close: () => Promise<void>
}

/** What `start` joins. */
interface Parts<Tx> {
  readonly environment: Environment
  readonly report: Report
  readonly types: TenantTypes
  readonly events: Events<Tx>
  readonly people: PeopleParts
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
export function lockstep<
  Tx,
  const Types extends TypesOption = typeof DEFAULT_TYPES,
  Ctx = unknown,
  Db = Tx,
  const Role extends string = string,
>(options: LockstepOptions<Tx, Types, Ctx, Db, Role>): Lockstep<Types, Ctx> {
  checkOptions(options)
  const { environment = realEnvironment } = options
  const report = withWhere(options.report ?? printReport)
  const types = createTenantTypes(options.types)
  const endpoints = Array.isArray(options.types) ? options.types.map((type: ResourceType) => type.endpoint) : []
  const url = readUrl(options.url ?? '/scim/v2', { trustProxy: options.trustProxy === true, endpoints })
  const events = createEvents(options, {
    environment,
    report,
    catalog: types.catalog,
    ready: types.ready,
    open: () => opening.open(),
  })
  const storeOf = readStore(options.store)
  const opening: Opening<Opened<Tx>> = createOpening({
    environment,
    failed: (error) => report({ error }),
    async open() {
      const store = await storeOf()
      try {
        return start(options, store, { environment, report, types, events, people })
      } catch (error) {
        // The next attempt opens another one.
        if (typeof options.store === 'function') await store.close()
        throw error
      }
    },
    close: (opened) => opened.stop(),
  })
  const { open, close } = opening
  const people = createPeople(options, { environment, report, open, ready: types.ready })
  let seen: ((call: Call, answer: Answer) => void) | undefined
  const direct: Direct = { handle: (call) => told(call, answer(opening, call), seen), locate: url.locate }
  const fetch = Object.assign((request: Request, context?: Ctx) => fetchThrough(direct, request, { context }), {
    [DIRECT]: direct,
  })
  const reading = { open, ready: types.ready, base: url.base }
  const elsewhere = options.authenticate ? 'authenticate' : options.credentials ? 'credentials' : undefined
  const typesOf = async (tenant: string) => {
    await types.ready(tenant)
    return types.catalog(tenant).types
  }
  const inside: Inside = {
    environment,
    trustProxy: options.trustProxy === true,
    open,
    types: typesOf,
    catalog: async (tenant) => {
      await types.ready(tenant)
      return types.catalog(tenant)
    },
    base: url.base,
    elsewhere,
    report: (error) => report({ error }),
    observe: (call) => {
      seen = call
    },
  }
  const parts: Lockstep<Types, Ctx> = {
    ...people.api,
    ...events.desk,
    ...createMounts(fetch, direct, url, { report, close }),
    fetch,
    users: (tenant) => createResources(reading, requireTenant(tenant), 'User'),
    groups: (tenant) => createGroups(reading, requireTenant(tenant)),
    resources: (tenant, type) => createResources(reading, requireTenant(tenant), type.name),
    credentials: (tenant) => createCredentials({ environment, open, types: typesOf, elsewhere }, requireTenant(tenant)),
    url: (tenant) => url.base(requireTenant(tenant)),
    async refresh(tenant) {
      types.forget(tenant)
      await tellRefresh((await open()).store, tenant, environment)
    },
    open,
    close,
  }
  // For `lockstep/setup` alone; apps see nothing of it.
  return Object.assign(parts, { [INSIDE]: inside })
}

/** Puts the directory and the provider onto an open store, and starts what follows the log. */
function start<Tx, Types extends TypesOption, Ctx, Db, Role extends string>(
  options: LockstepOptions<Tx, Types, Ctx, Db, Role>,
  store: Store<Tx>,
  { environment, report, types, events, people }: Parts<Tx>,
): Opened<Tx> {
  const hooks: Hooks<Tx> = people.hooked({ ...options.hooks, ...events.hooks })
  const directory = createDirectory({
    store,
    // Where the types are the same for all tenants, no write has to ask whether they have changed.
    ...(types.fixed === undefined ? { catalog: types.catalog, ready: types.ready } : { types: types.fixed }),
    hooks,
    environment,
    ...(options.unique === undefined ? {} : { unique: options.unique }),
  })
  const unfollow = types.follow(store)
  const callers = createCallers(options, { store, environment, report, types })
  const provider = createProvider({
    directory: people.served(directory),
    authenticate: callers.authenticate,
    ready: (tenant) => readyForAnyone(types, tenant),
    features: featuresOf(options.features),
    report,
    now: environment.now,
    ...(options.skipped === undefined ? {} : { skipped: options.skipped }),
  })
  const started = events.start({ store })
  return {
    store,
    directory,
    provider,
    async stop() {
      people.stop()
      unfollow()
      await started.stop()
      await callers.close()
      await store.close()
    },
  }
}

/** Tells whoever watches of an answer, once there is one. */
function told(
  call: Call,
  answer: Answer | Promise<Answer>,
  seen: ((call: Call, answer: Answer) => void) | undefined,
): Answer | Promise<Answer> {
  if (seen === undefined) return answer
  if (answer instanceof Promise) {
    return answer.then((one) => {
      seen(call, one)
      return one
    })
  }
  seen(call, answer)
  return answer
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

/** Loads a tenant's types for a request without credentials: whether the app knows the tenant is not for its sender to learn. */
async function readyForAnyone(types: TenantTypes, tenant: string): Promise<void> {
  try {
    await types.ready(tenant)
  } catch {
    throw noCredentials()
  }
}

function printReport({ id, error, where }: Parameters<Report>[0]): void {
  const at = where === undefined ? '' : `, in ${where}`
  reportError(id === undefined ? 'lockstep' : `lockstep: internal error ${id}${at}`, error)
}
