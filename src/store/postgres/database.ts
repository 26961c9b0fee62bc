// Connects to the database: reads on pooled connections, whole transactions, fair shares by node and tenant.

import { type Environment, environment as realEnvironment } from '../../environment.ts'
import { QueryTooLong, StoreUnavailable } from '../contract/index.ts'
import { COLUMN_TYPES, type Row, type Value } from './columns.ts'
import type { PostgresClient, PostgresPool, PostgresQuery } from './driver.ts'
import { fromNode, isCollision, isDropped, isLost, isOutage, isQueued, isTooLong, unavailable } from './faults.ts'
import { openSession, type PooledSession, type Session, Unanswered } from './session.ts'
import { createShares, type Shares } from './shares.ts'
import { createStatementNames, type QueryOf } from './statement-names.ts'

/** The way to the database. */
export interface Database {
  readonly environment: Environment
  /** A read of one statement. Tried once more on another connection when the first was lost. */
  readonly rows: (sql: string, ...values: Value[]) => Promise<readonly Row[]>
  readonly row: (sql: string, ...values: Value[]) => Promise<Row | undefined>
  /**
   * The same for what may read very much of a tenant: planned for these very values, since one plan does not suit all ranges, and only a
   * few at a time, still fewer of one tenant. Throws {@link QueryTooLong}.
   */
  readonly planned: (tenantNo: number, sql: string, ...values: Value[]) => Promise<readonly Row[]>
  readonly hold: () => Promise<PooledSession>
  /** The way for what concerns this tenant alone: where its node of a cluster is known, that node's tenants have a share of the connections. */
  readonly of: (tenantNo: number) => Database
  /** The node of a tenant, as far as it is known; undefined where there is only one. */
  readonly nodeOf: (tenantNo: number) => string | undefined
  readonly setNode: (tenantNo: number, node: string) => void
  /** Whether the database is, or may become, a Citus cluster; asked once. */
  readonly isCluster: () => Promise<boolean>
  /** A connection for as long as `use` runs; closed afterwards if it may be in an unknown state. */
  readonly session: <T>(use: (session: Session) => Promise<T>) => Promise<T>
}

/** How connections are shared. */
export interface Sharing {
  /** Most connections. */
  readonly connections: number
  /** How long to wait for one. */
  readonly connectTimeoutMs: number
  /** How long the server may work on one statement. */
  readonly statementTimeoutMs: number
}

/** If the server has answered within this time, waiting for a connection means that all are in use. */
const WELL_MS = 5_000
/** Attempts at a read whose tenant is just moving from one node to another. */
const MOVES = 5
/** Most tenants whose nodes are known. */
const MOST_KNOWN = 100_000
const SHARING: Sharing = { connections: 10, connectTimeoutMs: 5_000, statementTimeoutMs: 30_000 }

/** What the ways to one database have in common. */
interface Common {
  readonly environment: Environment
  readonly pool: PostgresPool
  readonly queryOf: QueryOf
  /** Nodes by tenant. */
  readonly nodes: Map<number, string>
  /** Places for heavy reads. */
  readonly heavy: Shares
  /** Connections for each node: a node that hangs keeps only its own tenants waiting. */
  readonly perNode: Shares
  /** When the server last answered. */
  answeredAt: number
}

/** Creates the way to a database through a pool. */
export function createDatabase(
  pool: PostgresPool,
  sharing: Sharing = SHARING,
  environment: Environment = realEnvironment,
): Database {
  const common: Common = {
    environment,
    pool,
    queryOf: createStatementNames(),
    ...sharesOf(sharing, environment),
    answeredAt: 0,
  }
  const { queryOf, nodes } = common
  const ways = new Map<string, Database>()
  let cluster: Promise<boolean> | undefined
  const rows: Database['rows'] = (sql, ...values) => read(common, queryOf(sql, values))

  const database: Database = {
    environment,
    rows,
    row: async (sql, ...values) => (await rows(sql, ...values))[0],
    planned: (tenantNo, sql, ...values) => readHeavy(common, tenantNo, sql, values),
    session: (use) => withSession(common, use),
    hold: () => hold(common),
    nodeOf: (tenantNo) => nodes.get(tenantNo),
    setNode(tenantNo, node) {
      if (nodes.size >= MOST_KNOWN) nodes.clear()
      nodes.set(tenantNo, node)
    },
    isCluster() {
      cluster ??= askForCluster(database).catch((error) => {
        cluster = undefined
        throw error
      })
      return cluster
    },
    of(tenantNo) {
      const node = nodes.get(tenantNo)
      if (node === undefined) return database
      let way = ways.get(node)
      if (way === undefined) {
        way = wayToNode(database, common.perNode, node)
        ways.set(node, way)
      }
      return way
    },
  }
  return database
}

function sharesOf({ connections, connectTimeoutMs, statementTimeoutMs }: Sharing, environment: Environment) {
  const half = Math.max(1, Math.floor(connections / 2))
  const nodes = new Map<number, string>()
  const heavy = createShares({
    environment,
    places: half,
    each: Math.max(1, Math.floor(half / 2)),
    patienceMs: statementTimeoutMs,
    refusal: 'Too many heavy searches of this tenant are under way at the same time',
    // The searches of a node that hangs wait for as long as a statement may take.
    groups: { of: (tenantNo) => nodes.get(Number(tenantNo)), each: Math.max(1, Math.ceil(half / 2)) },
  })
  const perNode = createShares({
    environment,
    places: Number.POSITIVE_INFINITY,
    each: half,
    patienceMs: connectTimeoutMs,
    refusal: 'The node of the cluster that has this tenant is slow, and all connections reserved for it are in use',
  })
  return { nodes, heavy, perNode }
}

/** Also true where the extension is installed and no table is distributed yet. */
async function askForCluster({ row }: Database): Promise<boolean> {
  return (await row(`select to_regclass('pg_catalog.pg_dist_partition') is not null`))?.[0] === true
}

async function connect({ pool, environment, answeredAt }: Common): Promise<PostgresClient> {
  try {
    return await pool.connect()
  } catch (error) {
    if (!isOutage(error)) throw error
    if (!isQueued(error) || environment.now() - answeredAt > WELL_MS) throw unavailable(error)
    const message = 'All connections to the database are in use, and none was returned in time'
    throw new StoreUnavailable(message, 1_000, { cause: error, busy: true })
  }
}

async function readOnce(common: Common, query: PostgresQuery): Promise<readonly Row[]> {
  const client = await connect(common)
  client.on('error', ignore)
  let lost = false
  try {
    const { rows } = await client.query(query)
    common.answeredAt = common.environment.now()
    return rows as readonly Row[]
  } catch (error) {
    lost = isLost(error)
    throw error
  } finally {
    client.off('error', ignore)
    client.release(lost)
  }
}

async function read(common: Common, query: PostgresQuery): Promise<readonly Row[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await readOnce(common, query)
    } catch (error) {
      if (!isOutage(error) || error instanceof StoreUnavailable) throw error
      // An idle connection may have died unnoticed, also one to another node; a new one shows whether the server is up.
      if (isCollision(error) && tries < MOVES) await common.environment.wait(20 * tries)
      else if (!isDropped(error) || tries > 1) throw unavailable(error)
    }
  }
}

async function readHeavy(
  common: Common,
  tenantNo: number,
  text: string,
  values: readonly Value[],
): Promise<readonly Row[]> {
  const { nodes, heavy, perNode } = common
  const node = nodes.get(tenantNo)
  const work = () => read(common, { text, values, rowMode: 'array', types: COLUMN_TYPES })
  try {
    return await heavy.run(String(tenantNo), node === undefined ? work : () => perNode.run(node, work))
  } catch (error) {
    throw error instanceof StoreUnavailable && isTooLong(error.cause) ? new QueryTooLong({ cause: error }) : error
  }
}

async function hold(common: Common): Promise<PooledSession> {
  const client = await connect(common)
  return openSession(client, common.queryOf, () => {
    common.answeredAt = common.environment.now()
  })
}

async function withSession<T>(common: Common, use: (session: Session) => Promise<T>): Promise<T> {
  const session = await hold(common)
  let lost = true
  try {
    const result = await use(session)
    lost = false
    return result
  } catch (error) {
    // After a mistake of the caller the connection is as it was, its transaction rolled back; so it is when a node behind the server is
    // gone, as long as the server itself answers.
    lost = isLost(error) || error instanceof Error === false || error instanceof Unanswered
    if (!lost && isOutage(error)) {
      lost = await session.rows('rollback').then(
        () => false,
        () => true,
      )
    }
    throw error
  } finally {
    session.release(lost)
  }
}

/** The way to the tenants of one node of a cluster. */
function wayToNode(database: Database, perNode: Shares, node: string): Database {
  const run = <T>(work: () => Promise<T>) =>
    perNode.run(node, work).catch((error) => {
      throw fromNode(error)
    })
  return {
    ...database,
    rows: (sql, ...values) => run(() => database.rows(sql, ...values)),
    row: (sql, ...values) => run(() => database.row(sql, ...values)),
    session: (use) => run(() => database.session(use)),
    async hold() {
      const giveBack = await perNode.take(node)
      try {
        const session = await database.hold()
        return {
          ...session,
          release(lost) {
            giveBack()
            session.release(lost)
          },
        }
      } catch (error) {
        giveBack()
        throw error
      }
    },
  }
}

function ignore(): void {}
