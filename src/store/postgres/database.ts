import { createHash } from 'node:crypto'
import type { PostgresClient, PostgresPool, PostgresQuery } from './driver.ts'
import { isDropped, isOutage, unavailable } from './faults.ts'

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
export interface Held extends Session {
  readonly release: (lost: boolean) => void
}

/** The way to the database: reads on any connection, and whole transactions. */
export interface Database {
  /** A read of one statement. Tried once more on another connection when the first was lost. */
  readonly rows: (sql: string, ...values: Value[]) => Promise<readonly Row[]>
  readonly row: (sql: string, ...values: Value[]) => Promise<Row | undefined>
  /** The same, planned for these very values: for what compares with ranges, where one plan does not suit all. */
  readonly planned: (sql: string, ...values: Value[]) => Promise<readonly Row[]>
  readonly hold: () => Promise<Held>
  /** A connection for as long as `use` runs; closed afterwards if it may be in an unknown state. */
  readonly session: <T>(use: (session: Session) => Promise<T>) => Promise<T>
}

const BEGIN = 'begin isolation level read committed'
/** Statements kept prepared on each connection; what filters make comes in ever new shapes. */
const NAMED = 400
/** Texts that were seen once and may be seen again. */
const SEEN = 2_000

/** Makes the way to a database through a pool. */
export function createDatabase(pool: PostgresPool): Database {
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

  async function read(query: PostgresQuery): Promise<readonly Row[]> {
    try {
      return (await pool.query(query)).rows as readonly Row[]
    } catch (error) {
      if (!isOutage(error)) throw error
      // An idle connection may have died unnoticed; a new one tells whether the server is there.
      if (!isDropped(error)) throw unavailable(error)
      try {
        return (await pool.query(query)).rows as readonly Row[]
      } catch (again) {
        throw isOutage(again) ? unavailable(again) : again
      }
    }
  }

  const rows = (sql: string, ...values: Value[]) => read(queryOf(sql, values))

  async function hold(): Promise<Held> {
    let client: PostgresClient
    try {
      client = await pool.connect()
    } catch (error) {
      throw isOutage(error) ? unavailable(error) : error
    }
    // A connection that breaks while nobody waits for an answer says so by an event.
    let broken = false
    const breaks = () => {
      broken = true
    }
    client.on('error', breaks)
    const rows = async (sql: string, ...values: Value[]) =>
      (await client.query(queryOf(sql, values))).rows as readonly Row[]
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
      // What the caller did wrong leaves the connection as it was, its transaction rolled back.
      lost = isOutage(error) || error instanceof Error === false || 'outcomes' in error
      throw error
    } finally {
      held.release(lost)
    }
  }

  return {
    rows,
    row: async (sql, ...values) => (await rows(sql, ...values))[0],
    planned: (text, ...values) => read({ text, values, rowMode: 'array', types: TYPES }),
    session,
    hold,
  }
}

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
