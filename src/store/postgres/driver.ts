// Opens a pool of connections with the package `pg`, and describes the part of `pg` that the store uses.

import { readFile } from 'node:fs/promises'
import type Package from 'pg'
import type { Client as Connection } from 'pg'
import { notInstalled, providedPackage } from '../../packages.ts'
import { ConfigError } from '../../protocol/index.ts'

/** What a query gives: rows as lists of columns. */
export interface PostgresResult {
  readonly rows: readonly unknown[]
  readonly rowCount: number | null
  /** The command's tag: what COMMIT answers to a transaction that was aborted is `ROLLBACK`. */
  readonly command?: string
}

/** A query as `pg` takes it. */
export interface PostgresQuery {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly name?: string
  readonly rowMode?: 'array'
  readonly types?: { readonly getTypeParser: (oid: number) => (text: string) => unknown }
  /** Milliseconds, in place of the pool's own. */
  readonly query_timeout?: number
}

/** One connection, as a `Client` of `pg` is. */
export interface PostgresClient {
  /** Whether it sends a query without waiting for the answer to the one before. */
  readonly pipeline?: boolean
  /** Its socket, which can gather several writes. */
  readonly connection?: { readonly stream?: { readonly cork?: () => void; readonly uncork?: () => void } }
  query(query: PostgresQuery): Promise<PostgresResult>
  query(text: string, values?: readonly unknown[]): Promise<PostgresResult>
  /** Gives the connection back; with an error, or true, it is closed. */
  release(error?: Error | boolean): void
  on(event: string, listener: (...args: unknown[]) => void): unknown
  off(event: string, listener: (...args: unknown[]) => void): unknown
}

/** Connections to one database, as a `Pool` of `pg` is. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>
  query(query: PostgresQuery): Promise<PostgresResult>
  end(): Promise<void>
  on(event: string, listener: (...args: unknown[]) => void): unknown
  off(event: string, listener: (...args: unknown[]) => void): unknown
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly options?: { readonly max?: number }
}

/** The connections of a pool: of a `Pool` of `pg`, its `PoolClient`. */
export type ClientOf<Pool extends PostgresPool> = Pool['connect'] extends {
  // Also called with a callback, which is why the first of its signatures has to be asked for.
  (): Promise<infer Client>
  (callback: never): unknown
}
  ? Client
  : Awaited<ReturnType<Pool['connect']>>

/** How connections are made when a URL is given. */
export interface PoolOptions {
  readonly url: string
  /** A file that holds the password, read again for each connection, so that the password can change while others stay open. */
  readonly passwordFile?: string | undefined
  /** Most connections. */
  readonly connections: number
  /** How long to wait for a connection, a new one or one that is returned. */
  readonly connectTimeoutMs: number
  /** How long the server may work on one statement. */
  readonly statementTimeoutMs: number
}

type Connected = ((error: Error) => void) | ((error: null, client: Connection) => void)

/** Values of `sslmode`, and what the driver gets: names of its own that keep their meaning when it adopts those of libpq. */
const SSL_MODES: { readonly [word: string]: string } = {
  disable: 'disable',
  'no-verify': 'no-verify',
  prefer: 'verify-full',
  require: 'verify-full',
  'verify-ca': 'verify-full',
  'verify-full': 'verify-full',
}

/** The URL of a database for the driver. Throws ConfigError for an unknown `sslmode`. */
export function driverUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const mode = parsed?.searchParams.get('sslmode')
  // With this parameter the rules of libpq apply.
  if (mode === undefined || mode === null || parsed?.searchParams.get('uselibpqcompat') === 'true') return url
  const known = Object.hasOwn(SSL_MODES, mode) ? SSL_MODES[mode] : undefined
  if (known === undefined) {
    const expected = `has sslmode=${mode}; sslmode must be verify-full (TLS with a verified certificate; require, verify-ca and prefer mean the same here), no-verify (TLS with any certificate) or disable`
    throw new ConfigError('database', expected)
  }
  return known === mode ? url : url.replace(/([?&]sslmode=)[^&]*/, `$1${known}`)
}

/** Opens a pool with the package `pg`, which is loaded only here and only now. Throws ConfigError where it is not installed. */
export async function openPool(options: PoolOptions): Promise<PostgresPool> {
  const pg = await loadPg()
  const { url, passwordFile } = options
  class Client extends pg.Client {
    override connect(): Promise<Connection>
    override connect(callback: Connected): void
    // If the file can't be read, this one connection fails before it is opened.
    override async connect(callback?: Connected): Promise<Connection> {
      const done = callback as ((error: Error | null, client?: Connection) => void) | undefined
      try {
        if (passwordFile !== undefined) Object.assign(this, { password: await passwordIn(passwordFile) })
      } catch (error) {
        if (done === undefined || !(error instanceof Error)) throw error
        done(error)
        return this
      }
      if (done === undefined) return super.connect()
      super.connect((error: Error | null) => {
        if (!error) return done(null, this)
        // When the driver gives up by itself, the server would keep the connection open until its own time-out.
        this.end().catch(() => {})
        done(withoutPassword(error))
      })
      return this
    }
  }
  const pool = new pg.Pool({
    connectionString: driverUrl(url),
    Client,
    max: options.connections,
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    // A dead server or network never answers.
    query_timeout: options.statementTimeoutMs * 2,
    lock_timeout: Math.ceil(options.statementTimeoutMs / 2),
    idle_in_transaction_session_timeout: options.statementTimeoutMs * 2,
    keepAlive: true,
    pipeline: true,
    application_name: 'lockstep',
  })
  return pool as unknown as PostgresPool
}

async function loadPg(): Promise<typeof Package> {
  const provided = providedPackage('pg')
  try {
    const { default: pg } = provided === undefined ? await import('pg') : ((await provided()) as typeof import('pg'))
    return pg
  } catch (error) {
    const words = notInstalled('pg', 'a database that is named by a URL', error)
    throw words === undefined ? error : new ConfigError('pg', words, { cause: error })
  }
}

async function passwordIn(file: string): Promise<string> {
  // Files end with a line feed more often than passwords do.
  return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
}

/** Gives the driver's error about a missing password the code of the server's error about a wrong one. */
function withoutPassword(error: Error): Error {
  if (!/^SASL: .*client password must be/.test(error.message)) return error
  const missing = new Error('the server asks for a password, and none was given', { cause: error })
  return Object.assign(missing, { code: '28P01' })
}
