// The directory: the only way to people and groups. It checks each change and logs it in the same transaction.

import { type Environment, environment as realEnvironment } from '../environment.ts'
import {
  type Catalog,
  createCatalog,
  Group,
  preparePassword,
  type ResourceType,
  ScimError,
  User,
} from '../protocol/index.ts'
import {
  type Affected,
  type Change,
  Conflict,
  type Member,
  type MemberList,
  type Ref,
  type Store,
  type Stored,
  StoreUnavailable,
} from '../store/index.ts'
import type { DirectoryDeps, Hooks } from './context.ts'
import type { UniquePaths } from './entries.ts'
import { createErasures, type Erasures } from './erase.ts'
import { createHasher } from './password.ts'
import { createPruning, type Pruning } from './prune.ts'
import { createQueries, type Queries } from './query.ts'
import { createQueue } from './queue.ts'
import type { Rehearse } from './rehearsal.ts'
import { createSchemaCheck, withSchemaRetry } from './schema-retry.ts'
import { createSchemaUse, type SchemaUse } from './schema-use.ts'
import { isOutdated, passwordMatches } from './scrypt.ts'
import { secretKey } from './secret-key.ts'
import { createIds, shortId } from './uuid.ts'
import { createWrites, type Writes } from './write.ts'

/** Options of {@link createDirectory}. */
export interface DirectoryOptions<Tx> {
  readonly store: Store<Tx>
  /** The resource types: the same for all tenants … */
  readonly types?: readonly ResourceType[] | undefined
  /** … or each tenant's own. Asked at each request, so it must be quick. */
  readonly catalog?: ((tenant: string) => Catalog) | undefined
  /** Paths that must be unique in a tenant besides those that its schemas declare so. */
  readonly unique?: ((tenant: string) => UniquePaths) | undefined
  /** Brings `catalog` and `unique` up to date; called before a write is handed to the store. */
  readonly ready?: ((tenant: string) => void | Promise<void>) | undefined
  /** Whether a tenant is created with its first resource. Default true; false where something else creates and removes tenants. */
  readonly openTenants?: boolean | undefined
  readonly hooks?: Hooks<Tx> | undefined
  /** Called before what takes long, hashing above all; what it throws ends the write. */
  readonly check?: (() => void) | undefined
  readonly environment?: Environment | undefined
}

/** The set of people and groups, and the only way to it. */
export interface Directory extends Writes, Queries, SchemaUse, Erasures, Pruning {
  catalog(tenant: string): Catalog
  /**
   * The same directory without effects: writes are checked up to the commit and rolled back, `note` is told of each, and of the hooks
   * only `prepare` is called, with `rehearsal: true`. Several writes don't see each other.
   */
  rehearsal(note: Rehearse): Directory
  /** A resource as kept, with the groups it is in; `undefined` if there is none. */
  get(ref: Ref): Promise<Stored | undefined>
  /** Whether a password is the one set for a user. */
  checkPassword(ref: Ref, password: string): Promise<boolean>
  members(ref: Ref): AsyncIterable<readonly Member[]>
  /** A page of the direct members of a group; see `Store`. */
  memberPage(ref: Ref, limit: number, after?: string): Promise<MemberList>
  /** The direct members of a group among these ids; see `Store`. */
  membersAmong(ref: Ref, ids: readonly string[]): Promise<readonly Member[]>
  memberCount(ref: Ref, atMost: number): Promise<number>
  names(tenant: string, ids: readonly string[]): Promise<readonly Member[]>
  changes(tenant: string, after: number, limit: number): Promise<readonly Change[]>
  /** What the log lines of one request have in common; goes into the `Context` of each of its writes. */
  newTxn(): string
  /** A key of the whole database by its purpose: 32 random bytes, made once and kept. */
  secretKey(purpose: string): Promise<Uint8Array>
  /** Whether watchers are notified of changes by other processes at the next `poll`, or eventually (see `Store`). */
  readonly freshness: 'immediate' | 'eventual'
  /** Checks for changes by other processes, and notifies the watchers before it returns. */
  poll(): void
  watch(listener: (affected: readonly Affected[]) => void): () => void
}

const NONE: UniquePaths = new Set()

/**
 * Creates a directory over a store: every change to a person or group goes through it, is checked here, and writes one line
 * to the log in the same transaction.
 * @example
 * const directory = createDirectory({ store: memoryStore(), types: [User, Group] })
 */
export function createDirectory<Tx>(options: DirectoryOptions<Tx>): Directory {
  const { store } = options
  const environment = options.environment ?? realEnvironment
  const fixed = createCatalog(options.types ?? [User, Group], 0)
  const catalog = options.catalog ?? (() => fixed)
  const { ready } = options
  const newId = createIds(environment)
  const deps: DirectoryDeps<Tx> = {
    store,
    environment,
    catalog,
    unique: options.unique ?? (() => NONE),
    refresh(tenant) {
      if (ready === undefined) return undefined
      store.poll()
      return ready(tenant)
    },
    requireSameSchemas: createSchemaCheck(store, catalog, ready),
    hooks: options.hooks ?? {},
    hash: createHasher(options.check),
    queue: createQueue(store, environment),
    newId,
    newTxn: () => shortId(newId()),
    openTenants: options.openTenants ?? true,
  }
  const directory: Directory = {
    catalog,
    rehearsal: (note) => ({ ...directory, ...withSchemaRetry(createWrites({ ...deps, rehearse: note })) }),
    ...withSchemaRetry(createWrites(deps)),
    ...createQueries(deps),
    ...createSchemaUse(deps),
    ...createErasures(deps),
    ...createPruning(deps),
    get: (ref) => store.get(ref, { groups: true }),
    checkPassword: (ref, password) => checkPassword(deps, ref, password),
    members: (ref) => store.members(ref),
    memberPage: (ref, limit, after) => store.memberPage(ref, limit, after),
    membersAmong: (ref, ids) => store.membersAmong(ref, ids),
    memberCount: (ref, atMost) => store.memberCount(ref, atMost),
    names: (tenant, ids) => store.names(tenant, ids),
    changes: (tenant, after, limit) => store.changes(tenant, after, limit),
    newTxn: deps.newTxn,
    secretKey: (purpose) => secretKey(store, environment, purpose),
    freshness: store.freshness,
    poll: () => store.poll(),
    watch: (listener) => store.watch(listener),
  }
  return directory
}

/** Whether a password is the one set for a user; a hash of an older cost is renewed. */
async function checkPassword<Tx>({ store, hash }: DirectoryDeps<Tx>, ref: Ref, password: string): Promise<boolean> {
  const [stored, secret] = await Promise.all([store.get(ref), store.secret(ref)])
  if (stored === undefined || secret === undefined) return false
  const prepared = preparedOrNone(password)
  if (prepared === undefined || !(await passwordMatches(prepared, secret))) return false
  if (isOutdated(secret)) await renew(store, stored, await hash(stored.tenant, prepared))
  return true
}

/** A password as it is hashed; undefined for a text that can't be one. */
function preparedOrNone(password: string): string | undefined {
  try {
    return preparePassword(password)
  } catch (error) {
    if (error instanceof ScimError) return undefined
    throw error
  }
}

/** Puts a hash of today's cost in the place of an older one of the same password. No version, no log line: nothing changed. */
async function renew<Tx>(store: Store<Tx>, { tenant, type, id, version }: Stored, secret: string): Promise<void> {
  try {
    const ref = { tenant, type, id }
    await store.commit([{ write: 'reindex', ref, ifVersion: version, unindex: [], index: [], secret }])
  } catch (error) {
    // Changed meanwhile, or the store can't write now: the password was right all the same, and the next time renews it.
    if (!(error instanceof Conflict || error instanceof StoreUnavailable)) throw error
  }
}
