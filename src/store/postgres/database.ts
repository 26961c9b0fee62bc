import { createHash } from 'node:crypto'
import { QueryTooLong, StoreUnavailable } from '../contract/index.ts'
import type { PostgresClient, PostgresPool, PostgresQuery } from './driver.ts'
import { fromNode, isCollision, isDropped, isLost, isOutage, isQueued, isTooLong, unavailable } from './faults.ts'
import { createShares } from './shares.ts'

/** What goes into a statement. */
export type Value = string | number | boolean | null | readonly (string | number | boolean | null)[]
/** One row: its columns in order. */
export type Row = readonly (string | number | boolean | null)[]

/** A statement and what goes into it. */
export type Statement = readonly [sql: string, ...values: Value[]]

/** Runs statements on one connection. */
export interface Session {
  readonly client: PostgresClient
  readonly rows: (sql: string, ...values: Value[]) => Promise<readonly Row[]>
  /** Begins a transaction. Where the connection pipelines this waits for no answer: a connection that can't begin can't do what comes next either. */
  readonly begin: () => Promise<void>
  /** Ends a transaction. Throws {@link Aborted} when the server rolled it back, which is no error to the server. */
  readonly commit: () => Promise<void>
  /** Runs statements in order, in one round trip where the connection pipelines; the rows of each, or the first error. */
  readonly together: (statements: readonly Statement[]) => Promise<readonly (readonly Row[])[]>
}

/** The answer to COMMIT was ROLLBACK: a statement had failed, and somebody went on as if it had not. */
export class Aborted extends Error {
  constructor() {
    super('the transaction was rolled back, because a statement in it had failed')
  }
}

/** A connection until it is released; `lost`: it is of no more use. */
export interface PooledSession extends Session {
  readonly release: (lost: boolean) => void
}

/** The way to the database: reads on any connection, and whole transactions. */
export interface Database {
  /** A read of one statement. Tried once more on another connection when the first was lost. */
  readonly rows: (sql: string, ...values: Value[]) => Promise<readonly Row[]>
  readonly row: (sql: string, ...values: Value[]) => Promise<Row | undefined>
  /**
   * The same for what may read very much of a tenant's: planned for these very values, since one plan does not suit all ranges, and
   * a few at a time, of one tenant fewer. Throws {@link QueryTooLong}.
   */
  readonly planned: (tenantNo: number, sql: string, ...values: Value[]) => Promise<readonly Row[]>
  readonly hold: () => Promise<PooledSession>
  /** The way for what concerns this tenant alone: where its node of a cluster is known, that node's tenants have a share of the connections. */
  readonly of: (tenantNo: number) => Database
  /** The node of a tenant, as far as it is known; undefined where there is but one. */
  readonly nodeOf: (tenantNo: number) => string | undefined
  readonly setNode: (tenantNo: number, node: string) => void
  /** Whether the database is, or may become, a Citus cluster; asked once. */
  readonly isCluster: () => Promise<boolean>
  /** A connection for as long as `use` runs; closed afterwards if it may be in an unknown state. */
  readonly session: <T>(use: (session: Session) => Promise<T>) => Promise<T>
}

/** A server that has answered so lately is there, whoever waits for a connection. */
const WELL_MS = 5_000
/** Tries of a read whose tenant is just moving from one node to another. */
const MOVES = 5
/** Dictionary whose nodes are known. */
const MOST_KNOWN = 100_000
const SHARING: Sharing = { connections: 10, connectTimeoutMs: 5_000, statementTimeoutMs: 30_000 }
const BEGIN = 'begin isolation level read committed'
/** Statements kept prepared on each connection; what filters make comes in ever new shapes. */
const NAMED = 400
/** Texts that were seen once and may be seen again. */
const SEEN = 2_000

/** How connections are shared. */
export interface Sharing {
  /** Connections at most. */
  readonly connections: number
  /** How long to wait for one. */
  readonly connectTimeoutMs: number
  /** How long the server may work on one statement. */
  readonly statementTimeoutMs: number
}

/** Makes the way to a database through a pool. */
export function createDatabase(
  pool: PostgresPool,
  { connections, connectTimeoutMs, statementTimeoutMs }: Sharing = SHARING,
): Database {
  const half = Math.max(1, Math.floor(connections / 2))
  const nodes = new Map<number, string>()
  const dear = createShares({
    places: half,
    each: Math.max(1, Math.floor(half / 2)),
    patienceMs: statementTimeoutMs,
    refusal: 'too many searches of this tenant that read very much are under way at the same time',
    // The searches of a node that hangs wait for as long as a statement may take.
    groups: { of: (tenantNo) => nodes.get(Number(tenantNo)), each: Math.max(1, Math.ceil(half / 2)) },
  })
  /** A node that hangs keeps those of its own tenants waiting, and leaves connections for the others. */
  const shares = createShares({
    places: Number.POSITIVE_INFINITY,
    each: half,
    patienceMs: connectTimeoutMs,
    refusal: 'the node of the cluster that has this tenant is slow, and all connections to be spent on it are in use',
  })
  /** One a node. */
  const ways = new Map<string, Database>()
  const named = new Map<string, string>()
  const seen = new Set<string>()

  // A connection keeps what it has prepared for good: only what comes again is prepared, and not without end.
  function nameOf(sql: string): string | undefined {
    const known = named.get(sql)
    if (known !== undefined) return known
    if (named.size >= NAMED) return undefined
    if (seen.delete(sql)) {
      const name = `lockstep_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`
      named.set(sql, name)
      return name
    }
    if (seen.size >= SEEN) seen.clear()
    seen.add(sql)
    return undefined
  }

  function queryOf(sql: string, values: readonly Value[]): PostgresQuery {
    const name = nameOf(sql)
    const query = { text: sql, values, rowMode: 'array' as const, types: TYPES }
    return name === undefined ? query : { ...query, name }
  }

  /** When the server last answered something. */
  let answered = 0

  async function connect(): Promise<PostgresClient> {
    try {
      return await pool.connect()
    } catch (error) {
      if (!isOutage(error)) throw error
      if (!isQueued(error) || Date.now() - answered > WELL_MS) throw unavailable(error)
      const message = 'all connections to the database are in use, and none was given back in time'
      throw new StoreUnavailable(message, 1_000, { cause: error, busy: true })
    }
  }

  async function once(query: PostgresQuery): Promise<readonly Row[]> {
    const client = await connect()
    client.on('error', ignore)
    let lost = false
    try {
      const { rows } = await client.query(query)
      answered = Date.now()
      return rows as readonly Row[]
    } catch (error) {
      lost = isLost(error)
      throw error
    } finally {
      client.off('error', ignore)
      client.release(lost)
    }
  }

  async function read(query: PostgresQuery): Promise<readonly Row[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await once(query)
      } catch (error) {
        if (!isOutage(error) || error instanceof StoreUnavailable) throw error
        // An idle connection may have died unnoticed, also one to another node; a new one tells whether the server is there.
        if (isCollision(error) && tries < MOVES) await new Promise((resolve) => setTimeout(resolve, 20 * tries))
        else if (!isDropped(error) || tries > 1) throw unavailable(error)
      }
    }
  }

  const rows = (sql: string, ...values: Value[]) => read(queryOf(sql, values))

  async function hold(): Promise<PooledSession> {
    const client = await connect()
    // A connection that breaks while nobody waits for an answer says so by an event.
    let broken = false
    const breaks = () => {
      broken = true
    }
    client.on('error', breaks)
    const rows = async (sql: string, ...values: Value[]) => {
      const { rows } = await client.query(queryOf(sql, values))
      answered = Date.now()
      return rows as readonly Row[]
    }
    return {
      client,
      rows,
      async begin() {
        // Never prepared: nothing but a broken connection makes it fail, and then nothing after it is carried out.
        const begun = client.query(BEGIN)
        if (client.pipeline === true) begun.catch(() => {})
        else await begun
      },
      async commit() {
        const { command } = await client.query('commit')
        if (command === 'ROLLBACK') throw new Aborted()
      },
      async together(statements) {
        const all: (readonly Row[])[] = []
        if (client.pipeline !== true) {
          for (const [sql, ...values] of statements) all.push(await rows(sql, ...values))
          return all
        }
        // All are waited for, so that the connection has nothing left to answer.
        const settled = await Promise.allSettled(statements.map(([sql, ...values]) => rows(sql, ...values)))
        for (const one of settled) {
          if (one.status === 'rejected') throw one.reason
          all.push(one.value)
        }
        return all
      },
      release(lost) {
        client.off('error', breaks)
        client.release(broken || lost)
      },
    }
  }

  async function session<T>(use: (session: Session) => Promise<T>): Promise<T> {
    const held = await hold()
    let lost = true
    try {
      const result = await use(held)
      lost = false
      return result
    } catch (error) {
      // What the caller did wrong leaves the connection as it was, its transaction rolled back; so does a node behind the server that
      // is gone, if only the server still answers.
      lost = isLost(error) || error instanceof Error === false || 'outcomes' in error
      if (!lost && isOutage(error)) {
        lost = await held.rows('rollback').then(
          () => false,
          () => true,
        )
      }
      throw error
    } finally {
      held.release(lost)
    }
  }

  const planned: Database['planned'] = async (tenantNo, text, ...values) => {
    try {
      const node = nodes.get(tenantNo)
      const work = () => read({ text, values, rowMode: 'array', types: TYPES })
      return await dear.run(String(tenantNo), node === undefined ? work : () => shares.run(node, work))
    } catch (error) {
      throw error instanceof StoreUnavailable && isTooLong(error.cause) ? new QueryTooLong({ cause: error }) : error
    }
  }

  /** The way to the tenants of one node. */
  function wayTo(node: string): Database {
    const run = <T>(work: () => Promise<T>) =>
      shares.run(node, work).catch((error) => {
        throw fromNode(error)
      })
    return {
      ...all,
      rows: (sql, ...values) => run(() => rows(sql, ...values)),
      row: (sql, ...values) => run(() => all.row(sql, ...values)),
      session: (use) => run(() => session(use)),
      async hold() {
        const giveBack = await shares.take(node)
        try {
          const held = await hold()
          return {
            ...held,
            release(lost) {
              giveBack()
              held.release(lost)
            },
          }
        } catch (error) {
          giveBack()
          throw error
        }
      },
    }
  }

  let cluster: Promise<boolean> | undefined

  const all: Database = {
    rows,
    row: async (sql, ...values) => (await rows(sql, ...values))[0],
    planned,
    session,
    hold,
    isCluster() {
      cluster ??= all
        .row(`select to_regclass('pg_catalog.pg_dist_partition') is not null`)
        .then((row) => row?.[0] === true)
        .catch((error) => {
          cluster = undefined
          throw error
        })
      return cluster
    },
    nodeOf: (tenantNo) => nodes.get(tenantNo),
    setNode(tenantNo, node) {
      if (nodes.size >= MOST_KNOWN) nodes.clear()
      nodes.set(tenantNo, node)
    },
    of(tenantNo) {
      const node = nodes.get(tenantNo)
      if (node === undefined) return all
      let way = ways.get(node)
      if (way === undefined) {
        way = wayTo(node)
        ways.set(node, way)
      }
      return way
    },
  }
  return all
}

function ignore(): void {}

const BOOL = 16
const NUMBERS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700])

// Numbers of ours are below 2^53. JSON comes as text: most of it goes out as it came in.
const TYPES = {
  getTypeParser: (oid: number): ((text: string) => unknown) =>
    NUMBERS.has(oid) ? Number : oid === BOOL ? (text) => text === 't' : (text) => text,
}

/** A column that holds text. */
export function textOf(value: Row[number] | undefined): string {
  if (typeof value !== 'string') throw new TypeError(`expected text in a column, found ${typeof value}`)
  return value
}

/** A column that holds a number. */
export function numberOf(value: Row[number] | undefined): number {
  if (typeof value !== 'number') throw new TypeError(`expected a number in a column, found ${typeof value}`)
  return value
}
