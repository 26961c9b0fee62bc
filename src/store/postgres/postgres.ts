// Opens the store in a PostgreSQL database and puts its parts together.

import { type Environment, environment as realEnvironment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import type { Store } from '../contract/index.ts'
import { createWatchers, guard, type ReportError } from '../watchers.ts'
import { createWorkWatchers } from '../work-watchers.ts'
import { createChangeWatch } from './change-watch.ts'
import { createCommitter } from './committer.ts'
import { createDatabase, type Database, type Sharing } from './database.ts'
import { createDictionary } from './dictionary.ts'
import { type ClientOf, openPool, type PostgresClient, type PostgresPool } from './driver.ts'
import { exportRows } from './export.ts'
import { isOutage, unavailable } from './faults.ts'
import { createFinds } from './find.ts'
import { createGarbageCollector } from './garbage.ts'
import { createInterrupt, type Interrupt } from './interrupt.ts'
import type { Done } from './job.ts'
import { createMemberPages, createMembers } from './member-stream.ts'
import { migrate } from './migrate.ts'
import { createPageAnchors } from './page-anchors.ts'
import { requireStatements } from './pooler.ts'
import { createReads } from './read.ts'
import { createRunExclusive } from './resource-lock.ts'
import { createWorkReads } from './work-reads.ts'

export { type Cluster, openCluster, type Step, type TenantShard } from './citus.ts'
export { type ClientOf, openPool, type PostgresClient, type PostgresPool } from './driver.ts'
export type { Interrupt } from './interrupt.ts'

/** How a PostgreSQL store runs. Either `url` or `pool` is given. */
export interface PostgresOptions<Pool extends PostgresPool = PostgresPool> {
  /** `postgres://user:password@host:port/database`, with other parameters of libpq after `?`. Needs the package `pg`. */
  readonly url?: string | undefined
  /** A `Pool` of the package `pg`. Its owner sets its time-outs, and `close` leaves it open. */
  readonly pool?: Pool | undefined
  /** With a URL: a file that holds the password, read again for each connection. */
  readonly passwordFile?: string | undefined
  /** With a URL: most connections, besides the one that listens; 10 by default. */
  readonly connections?: number | undefined
  /** With a URL: how long to wait for a connection; 5,000 by default. */
  readonly connectTimeoutMs?: number | undefined
  /** With a URL: how long the server may work on one statement; 30,000 by default. */
  readonly statementTimeoutMs?: number | undefined
  /**
   * False: no connection (one of the pool's) is kept to listen on, and changes of other processes are only found by polling. True by
   * default, except for a pool of one connection, where listening would leave none.
   */
  readonly listen?: boolean | undefined
  /** False: a database without tables is refused instead of getting them. */
  readonly create?: boolean | undefined
  /** Called after each transaction with the number of commits in it. */
  readonly batch?: ((commits: number) => void) | undefined
  /** Called with what a watcher throws; the console by default. */
  readonly report?: ReportError | undefined
  /** Time, chance and timers, as far as they are to be others than the real ones. Leases go by the server's clock. */
  readonly environment?: Partial<Environment> | undefined
}

/** A store in a PostgreSQL database. Its transactions are those of the pool's own clients, a `PoolClient` of `pg` for instance. */
export interface PostgresStore<Client = PostgresClient> extends Store<Client> {
  readonly pool: PostgresPool
  /** Cancels reads on connections of the pool. */
  readonly interrupt: Interrupt
  /** The node of a cluster that a tenant lives on, as far as it is known; undefined where there is only one. */
  readonly nodeOf: (tenant: string) => string | undefined
}

const CONNECTIONS = 10
const CONNECT_MS = 5_000
const STATEMENT_MS = 30_000

/**
 * Opens a database, PostgreSQL 14 or newer with the encoding UTF8, and makes its tables (in the schema `lockstep`) if they don't
 * exist. Any number of processes may use it at the same time. A commit's `inside` gets the connection and may be asynchronous.
 * @example
 * const scim = lockstep({ store: () => postgresStore({ pool }), url: 'https://app.example/scim/v2' })
 */
export async function postgresStore<Pool extends PostgresPool = PostgresPool>(
  options: string | PostgresOptions<Pool>,
): Promise<PostgresStore<ClientOf<Pool>>> {
  const given: PostgresOptions = typeof options === 'string' ? { url: options } : options
  const hasOne = given.pool?.options?.max === 1
  const { listen = !hasOne, connections = CONNECTIONS, connectTimeoutMs = CONNECT_MS } = given
  const { statementTimeoutMs = STATEMENT_MS } = given
  const sharing: Sharing = { connections, connectTimeoutMs, statementTimeoutMs }
  if ((given.url === undefined) === (given.pool === undefined)) {
    throw new ConfigError('database', 'must be given as either a URL or a pool')
  }
  if (listen && hasOne) {
    throw new ConfigError('listen', 'must be false with a pool of one connection, which listening would occupy')
  }
  const { pool, release } = await poolOf(given, sharing, listen)
  const database = createDatabase(pool, sharing, { ...realEnvironment, ...given.environment })
  try {
    await requireStatements(pool, database.environment)
    await migrate(database, { create: given.create ?? true })
  } catch (error) {
    await release()
    throw isOutage(error) ? unavailable(error) : error
  }
  // Its clients are those of the pool that was given.
  return assemble(given, { database, pool, release, sharing, listen }) as PostgresStore<unknown> as PostgresStore<
    ClientOf<Pool>
  >
}

/** The pool, and how to let go of it: one that was handed in stays open. */
async function poolOf({ url = '', pool: handed, passwordFile }: PostgresOptions, sharing: Sharing, listen: boolean) {
  const connections = sharing.connections + (listen ? 1 : 0)
  const pool = handed ?? (await openPool({ ...sharing, url, passwordFile, connections }))
  // The pool drops a connection that breaks while idle; without a listener, the event would end the process.
  const ignore = () => {}
  // A connection can also break between the pool's listener and that of its first user: in the very packet that opened it.
  const guard = (client: unknown) => (client as PostgresClient).on('error', ignore)
  pool.on('error', ignore)
  pool.on('connect', guard)
  const release = async () => {
    if (handed === undefined) return pool.end()
    pool.off('error', ignore)
    pool.off('connect', guard)
  }
  return { pool, release }
}

interface Opened {
  readonly database: Database
  readonly pool: PostgresPool
  readonly release: () => Promise<void>
  readonly sharing: Sharing
  readonly listen: boolean
}

/** Puts the parts of a store together. */
function assemble(given: PostgresOptions, { database, pool, release, sharing, listen }: Opened): PostgresStore {
  const { connections, connectTimeoutMs } = sharing
  const { now } = database.environment
  const origin = Buffer.from(database.environment.random(new Uint8Array(9))).toString('base64url')
  const dictionary = createDictionary(database, (tenant) => changes.watch(tenant))
  const watchers = createWatchers(given.report)
  const changes = createChangeWatch({ database, dictionary, watchers, origin, listen })
  const reads = createReads(database, dictionary)
  const streams = Math.max(1, Math.floor(connections / 2))
  const members = createMembers(database, reads, { streams, patienceMs: connectTimeoutMs })
  const finds = createFinds({ database, dictionary, anchors: createPageAnchors(database) })
  const garbage = createGarbageCollector(database)
  const committed = (name: string, done: Done, commits: number) => {
    if (done.records !== undefined) changes.ownChange(name, done.records)
    watchers.notify(done.affected)
    if (done.affected.some((one) => 'all' in one && done.tenant === undefined)) garbage.soon()
    guard(() => given.batch?.(commits), given.report)
  }
  const committer = createCommitter({ database, dictionary, origin, ownChange: changes.ownChange, committed })
  const work = createWorkWatchers(committer.commit, given.report)
  changes.start()
  const interrupt = createInterrupt(pool)
  let closing: Promise<void> | undefined
  const close = async () => {
    await committer.close()
    await changes.close()
    await garbage.close()
    interrupt.close()
    await release()
  }

  return {
    ...reads,
    nodeOf: dictionary.nodeOf,
    runExclusive: createRunExclusive(database, dictionary, Math.floor(connections / 4)),
    interrupt,
    pool,
    find: finds.find,
    weigh: finds.weigh,
    exportTenant: (tenant, after) => exportRows(database, tenant, after),
    members,
    memberPage: createMemberPages(database, reads),
    commit: work.commit,
    ...createWorkReads({ database, dictionary, now }),
    watchWork: work.watchWork,
    freshness: 'eventual',
    // Changes of other processes are listened and polled for in the background.
    poll() {},
    catchUp: changes.refresh,
    watch: watchers.watch,
    async ping() {
      await database.row('select 1')
    },
    async backup() {
      const expected =
        'is done with the tools of PostgreSQL: pg_dump for a copy, base backups with archived WAL for any point in time; see docs/guides/operations.md'
      throw new ConfigError('backup', expected)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}
