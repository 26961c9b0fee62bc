import { randomBytes } from 'node:crypto'
import { ConfigError } from '../../protocol/index.ts'
import type { Store } from '../contract/index.ts'
import { createWatchers, guard, type ReportError } from '../watchers.ts'
import { createInterrupt, type Interrupt } from './cancel.ts'
import { createChangeWatch } from './change-watch.ts'
import { createCommitter } from './committer.ts'
import { createDatabase } from './database.ts'
import { createDictionary } from './dictionary.ts'
import { openPool, type PostgresClient, type PostgresPool } from './driver.ts'
import { exportRows } from './export.ts'
import { isOutage, unavailable } from './faults.ts'
import { createFinds } from './find.ts'
import { createGarbageCollector } from './garbage.ts'
import { createMembers } from './members.ts'
import { migrate } from './migrate.ts'
import { createPageAnchors } from './page-anchors.ts'
import { requireStatements } from './pooler.ts'
import { createReads } from './read.ts'
import { createTurn } from './resource-lock.ts'

export type { Interrupt } from './cancel.ts'
export { type Cluster, openCluster, type Step, type TenantShard } from './cluster.ts'
export type { PostgresClient, PostgresPool } from './driver.ts'

/** How a PostgreSQL store runs. Either `url` or `pool` is given. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with what else libpq knows after `?`. Needs the package `pg`. */
  readonly url?: string
  /** A `Pool` of the package `pg`. Its time-outs are its owner's business, and `close` leaves it open. */
  readonly pool?: PostgresPool
  /** A file that holds the password, with a URL; read anew for each connection. */
  readonly passwordFile?: string
  /** Connections at most, with a URL, besides the one to listen on; 10 unless told. */
  readonly connections?: number
  /** How long to wait for a connection, with a URL; 5,000 unless told. */
  readonly connectTimeoutMs?: number
  /** How long the server may work on one statement, with a URL; 30,000 unless told. */
  readonly statementTimeoutMs?: number
  /**
   * False: no connection (one of the pool's) is kept to listen on, and what other processes change is learnt of by looking alone. True
   * unless given, but for a pool of one connection, which listening would leave nobody.
   */
  readonly listen?: boolean
  /** False: a database without tables is refused instead of being given them. */
  readonly create?: boolean
  /** Told how many commits a transaction has carried out. */
  readonly batch?: (commits: number) => void
  /** Told of what a watcher throws; on the console unless given. */
  readonly report?: ReportError
}

/** A store in a PostgreSQL database. */
export interface PostgresStore extends Store<PostgresClient> {
  readonly pool: PostgresPool
  /** Gives up what is read on connections of the pool. */
  readonly interrupt: Interrupt
  /** The node of a cluster that a tenant lives on, as far as it is known; undefined where there is but one. */
  readonly nodeOf: (tenant: string) => string | undefined
}

const CONNECTIONS = 10
const CONNECT_MS = 5_000
const STATEMENT_MS = 30_000

/**
 * Opens a database, PostgreSQL 14 or newer with the encoding UTF8, and makes its tables (in the schema `lockstep`) if they are
 * not there. Any number of processes may use it at the same time. A commit's `inside` gets the connection and may be asynchronous.
 */
export async function postgresStore(options: string | PostgresOptions): Promise<PostgresStore> {
  const given: PostgresOptions = typeof options === 'string' ? { url: options } : options
  const hasOne = given.pool?.options?.max === 1
  const { url, listen = !hasOne, connections = CONNECTIONS, connectTimeoutMs = CONNECT_MS } = given
  const { statementTimeoutMs = STATEMENT_MS } = given
  if ((url === undefined) === (given.pool === undefined)) {
    throw new ConfigError('database', 'must be given as either a URL or a pool')
  }
  if (listen && hasOne) {
    throw new ConfigError(
      'listen',
      'must be false with a pool of one connection, which listening would keep for itself',
    )
  }
  const pool =
    given.pool ??
    (await openPool({
      url: url ?? '',
      passwordFile: given.passwordFile,
      connections: connections + (listen ? 1 : 0),
      connectTimeoutMs,
      statementTimeoutMs,
    }))
  // A connection that breaks while nobody uses it is taken out by the pool itself; unheard, the news would end the process.
  const unheard = () => {}
  pool.on('error', unheard)
  const own = async () => {
    if (given.pool === undefined) await pool.end()
    else pool.off('error', unheard)
  }
  const database = createDatabase(pool, { connections, connectTimeoutMs, statementTimeoutMs })
  try {
    await requireStatements(pool)
    await migrate(database, { create: given.create ?? true })
  } catch (error) {
    await own()
    throw isOutage(error) ? unavailable(error) : error
  }
  const origin = randomBytes(9).toString('base64url')
  const tenants = createDictionary(database, (tenant) => notice.saw(tenant))
  const watchers = createWatchers(given.report)
  const notice = createChangeWatch(database, tenants, { listen, origin }, watchers)
  const reads = createReads(database, tenants)
  const streams = Math.max(1, Math.floor(connections / 2))
  const members = createMembers(database, reads, { streams, patienceMs: connectTimeoutMs })
  const finds = createFinds(database, tenants, createPageAnchors(database))
  const committer = createCommitter({ database, tenants, origin, own: notice.own }, (name, done, commits) => {
    if (done.records !== undefined) notice.own(name, done.records)
    watchers.notify(done.touched)
    if (done.touched.some((one) => 'all' in one && done.tenant === undefined)) sweep.soon()
    guard(() => given.batch?.(commits), given.report)
  })
  const sweep = createGarbageCollector(database)
  notice.start()
  const interrupt = createInterrupt(pool)
  let closing: Promise<void> | undefined
  const close = async () => {
    await committer.close()
    await notice.close()
    await sweep.close()
    interrupt.close()
    await own()
  }

  return {
    ...reads,
    nodeOf: tenants.nodeOf,
    runExclusive: createTurn(database, tenants, Math.floor(connections / 4)),
    interrupt,
    pool,
    find: finds.find,
    weigh: finds.weigh,
    exportTenant: (tenant, after) => exportRows(database, tenant, after),
    members,
    commit: committer.commit,
    freshness: 'eventual',
    // What others commit is heard of, or looked for, without anybody asking.
    poll() {},
    catchUp: notice.lookAt,
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
