// The SQLite store: opens a file, or takes a connection of the host.

import { realpathSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'
import { type Environment, environment as realEnvironment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import { type Store, StoreUnavailable } from '../contract/index.ts'
import { mixesTenants } from '../rules.ts'
import { createWatchers, guard, type ReportError } from '../watchers.ts'
import { createWorkWatchers } from '../work-watchers.ts'
import { copyOnThread, writeCopy } from './backup.ts'
import { createChangeWatch } from './change-watch.ts'
import { type Committer, createInlineCommitter } from './committer-inline.ts'
import { createThreadCommitter, startWriterThread, type WriterThread } from './committer-thread.ts'
import type { Connection } from './connection.ts'
import { createDictionary } from './dictionary.ts'
import type { SqliteDatabase } from './driver.ts'
import { createFinds } from './find.ts'
import { createGroupsOf } from './groups.ts'
import { createLookUps } from './look-up.ts'
import { type Opened, openFile, openHanded } from './opening.ts'
import { createReads } from './read.ts'
import { createReadHalf, createReading } from './read-half.ts'
import { createReadTransaction, NO_READ_TRANSACTION } from './read-transaction.ts'
import { createWorkHalf, createWorkReads } from './work-reads.ts'
import { createWriter } from './writer.ts'

export type { BetterSqlite3, SqliteDatabase } from './driver.ts'

/** Options of every SQLite store, whether it opens a file itself or is handed a connection. */
interface Running {
  /** Called after each transaction with the number of this thread's commits in it. */
  readonly batch?: (commits: number) => void
  /** Called with what a watcher throws; by default it is written to the console. */
  readonly report?: ReportError
  /** Time and timers in place of the real ones. A writer on a thread of its own always has the real ones. */
  readonly environment?: Partial<Environment>
  /** How long to wait for another process's lock before giving up with StoreUnavailable. */
  readonly busyTimeoutMs?: number
  /** Called now and then during long reads; what it throws aborts them. */
  readonly check?: () => void
}

/** Options of a SQLite store that opens a file. */
export interface SqliteOptions extends Running {
  /** The file belongs to an app too: Lockstep's tables, all named `lockstep_…`, are created beside the app's. */
  readonly shared?: boolean | undefined
  /** Writes on a thread of its own, so that commits never hold up the event loop. `inside` of `commit` is refused then. */
  readonly threads?: boolean | undefined
  /** Reads on this thread and writes through a port from `writerPort` of a threaded store. A function is called again when the port was closed. */
  readonly writer?: (MessagePort | (() => MessagePort | Promise<MessagePort>)) | undefined
  /** Called with the reason when the writer thread has ended by itself; the next write starts another one. */
  readonly died?: ((cause: Error) => void) | undefined
}

/** Options of a SQLite store on a connection of the app. */
export interface HandedOptions<Db extends SqliteDatabase> extends Omit<Running, 'check'> {
  /** A `DatabaseSync` of node:sqlite, or a `Database` of better-sqlite3. `close` leaves it open. */
  readonly database: Db
}

/** A store in one SQLite file. `Db` is what hooks get. */
export interface SqliteStore<Db = DatabaseSync> extends Store<Db> {
  readonly file: string
  /** A port to the writer thread for a store in another thread: `sqliteStore(file, { writer })`. Only with `threads`. */
  writerPort(): MessagePort
}

const BUSY_MS = 5_000
/** For a connection that only reads; there may be several. */
const READER = { cacheMib: 16 }
/** Has room for the pages that a transaction changes and the upper levels of all B-trees. */
const WRITER = { cacheMib: 32 }

/**
 * Opens or creates a database file, readable by its owner alone; `:memory:` keeps everything in memory. By default it writes on the
 * calling thread, and `inside` of a commit gets the connection. Other processes may read and write the file at the same time. A file
 * with another program's tables is refused, unless it is `shared`.
 *
 * AN APP THAT OPENS THE SAME FILE IN THE SAME PROCESS MUST USE node:sqlite TOO, OR HAND ITS CONNECTION IN: `sqliteStore({ database })`.
 * Two SQLite libraries in one process (node:sqlite and better-sqlite3) don't see each other's locks. When one closes the file, it
 * deletes the WAL that the other is writing. Lockstep notices that and stops writing, with the reason, until the process is restarted.
 * FOR THE SAME REASON NO CODE IN THE PROCESS MAY READ OR COPY AN OPEN DATABASE FILE WITH `fs`. See docs/guides/embedding-sqlite.md.
 *
 * With `database`, hooks and Lockstep write through that one connection, in one transaction; every commit through it is synced from
 * then on (`synchronous=FULL`). While the app leaves a transaction open, Lockstep's commits fail.
 * @example
 * const scim = lockstep({ store: sqliteStore('people.db'), url: 'https://app.example/scim/v2' })
 */
export function sqliteStore(file: string, options?: SqliteOptions): SqliteStore
export function sqliteStore<Db extends SqliteDatabase>(options: HandedOptions<Db>): SqliteStore<Db>
export function sqliteStore(
  where: string | HandedOptions<SqliteDatabase>,
  given: SqliteOptions = {},
): SqliteStore<SqliteDatabase> {
  const handed = typeof where === 'string' ? undefined : where
  const options: SqliteOptions = handed === undefined ? given : { ...handed }
  const { threads = false, report } = options
  const environment = { ...realEnvironment, ...options.environment }
  requireOneThread(where, options)
  const opened = open(where, options)
  const { file, connection, another, identity } = opened
  const thread = threads ? startThread(file, options) : undefined
  const dictionary = createDictionary(connection)
  const groupsOf = createGroupsOf(connection, threads || options.writer !== undefined)
  const reads = createReads(connection, dictionary, groupsOf)
  // Only where another thread writes: a commit of this thread must be visible to reads of the same turn.
  const transaction = threads ? createReadTransaction(connection, environment) : NO_READ_TRANSACTION
  const watchers = createWatchers(report)
  const watch = createChangeWatch({ connection, dictionary, groupsOf, transaction, watchers, environment })
  const committed = (commits: number) => {
    watch.refresh()
    guard(() => options.batch?.(commits), report)
  }
  const port = () => portTo(thread, opened)
  const lookout = handed === undefined ? createLookout(another) : undefined
  const connect = thread === undefined ? connectOf(options.writer) : port
  const committer: Committer<SqliteDatabase> =
    connect === undefined
      ? createInlineCommitter({
          writer: createWriter(connection, dictionary, { ...identity, seen: lookout?.seen, environment }),
          db: connection.db,
          committed,
          environment,
        })
      : createThreadCommitter({ connect, committed, environment })
  const work = createWorkWatchers<SqliteDatabase>((writes, inside) => {
    const mixed = mixesTenants(writes)
    return mixed === undefined ? committer.commit(writes, inside) : Promise.reject(mixed)
  }, report)
  const reading = createReading(watch, transaction)
  const { closeIdle, ...readHalf } = createReadHalf({
    connection,
    another,
    dictionary,
    reads,
    finds: createFinds({ connection, dictionary, groupsOf }),
    lookUp: createLookUps(connection, dictionary, reads),
    watch,
    reading,
    batched: threads,
    environment,
  })
  return {
    file,
    writerPort: port,
    ...readHalf,
    ...createWorkHalf({
      reads: createWorkReads(connection, dictionary, environment.now),
      reading: reading.promised,
      commit: (write) => committer.commit([write]),
    }),
    commit: work.commit,
    watchWork: work.watchWork,
    freshness: 'immediate',
    poll: watch.poll,
    watch: watchers.watch,
    backup: (to) => backup(opened, to, options.busyTimeoutMs ?? BUSY_MS),
    async close() {
      await committer.close()
      await thread?.close()
      closeIdle()
      transaction.end()
      lookout?.close()
      connection.close()
      identity.close()
    },
  }
}

/** Refuses a writer thread where the database belongs to one thread. */
function requireOneThread(where: string | HandedOptions<SqliteDatabase>, { threads, writer }: SqliteOptions): void {
  if (threads !== true && writer === undefined) return
  if (where === ':memory:') {
    throw new ConfigError('threads', 'need a database file; a database in memory belongs to one thread')
  }
  if (typeof where !== 'string') {
    throw new ConfigError('threads', 'need a file of their own; a connection that is handed in belongs to one thread')
  }
}

function open(where: string | HandedOptions<SqliteDatabase>, options: SqliteOptions): Opened {
  const { threads, writer, busyTimeoutMs = BUSY_MS, shared = false, check } = options
  const common = { busyTimeoutMs, ...(check === undefined ? {} : { check }) }
  const another = { ...common, ...READER }
  if (typeof where !== 'string') return openHanded(where.database, another)
  const writes = threads !== true && writer === undefined
  return openFile(where, {
    connection: { ...common, ...(writes ? WRITER : READER) },
    another,
    shared,
    ready: writer !== undefined,
  })
}

function startThread(file: string, { busyTimeoutMs = BUSY_MS, died }: SqliteOptions): WriterThread {
  return startWriterThread({ file, connection: { ...WRITER, busyTimeoutMs } }, died)
}

/** One more port to the writer thread, which opens the file again if it has to. */
function portTo(thread: WriterThread | undefined, { identity }: Opened): MessagePort {
  if (thread === undefined) throw new ConfigError('threads', 'must be true for a store that others write through')
  identity.require()
  return thread.port()
}

/** How to reach the writer of another thread; a port that was given can be used once, because only its thread can make a new one. */
function connectOf(writer: SqliteOptions['writer']): Exclude<SqliteOptions['writer'], MessagePort> {
  if (typeof writer !== 'object') return writer
  let given = false
  return () => {
    if (given) throw new StoreUnavailable('The thread that writes the database has ended; try again', 1_000)
    given = true
    return writer
  }
}

/**
 * A connection that watches whether anything else commits while a hook runs, through another SQLite library in this process for
 * instance. A connection of the host's needs none: it is used through one library.
 */
function createLookout(another: (() => Connection) | undefined) {
  if (another === undefined) return undefined
  let connection: Connection | undefined
  return {
    seen(): number {
      connection ??= another()
      return connection.version()
    },
    close: () => connection?.close(),
  }
}

async function backup(
  { file, connection, another, identity }: Opened,
  to: string,
  busyTimeoutMs: number,
): Promise<void> {
  identity.require()
  const target = resolvePath(to)
  if (connection.file !== undefined && (target === realpathSync(file) || target === resolvePath(file))) {
    throw new ConfigError('backup', `must go to another file than the database itself, ${file}`)
  }
  if (another === undefined) return writeCopy(connection, to)
  return copyOnThread({ file, to, busyTimeoutMs })
}
