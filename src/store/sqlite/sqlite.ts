import { realpathSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'
import { type Environment, environment } from '../../environment.ts'
import { ConfigError } from '../../protocol/index.ts'
import { type Store, StoreUnavailable } from '../contract/index.ts'
import { createWatchers, guard, type ReportError } from '../watchers.ts'
import { createWorkWatchers } from '../work-watchers.ts'
import { copyOnThread, writeCopy } from './backup.ts'
import { createBatchedGet } from './batched-get.ts'
import { createChangeWatch } from './change-watch.ts'
import { type Committer, createInlineCommitter } from './committer-inline.ts'
import { createThreadCommitter, startWriterThread } from './committer-thread.ts'
import { type Connection, isOutage, unavailable } from './connection.ts'
import { createDictionary } from './dictionary.ts'
import type { SqliteDatabase } from './driver.ts'
import { exportRows } from './export.ts'
import { createFinds } from './find.ts'
import { createGroupsOf } from './groups.ts'
import { createLookUps } from './look-up.ts'
import { type Opened, openFile, openHanded } from './opening.ts'
import { createReads } from './read.ts'
import { createTurn, NO_TURN } from './read-transaction.ts'
import { streamMembers } from './snapshot.ts'
import { createWorkHalf, createWorkReads } from './work-reads.ts'
import { createWriter } from './writer.ts'

export type { BetterSqlite3, SqliteDatabase } from './driver.ts'

/** How a SQLite store runs, whether it opens a file itself or is handed a connection. */
interface Running {
  /** Told how many commits of this thread a transaction has carried out. */
  readonly batch?: (commits: number) => void
  /** Told of what a watcher throws; on the console unless given. */
  readonly report?: ReportError
  /** Time, for leases and items that expire. A writer on a thread of its own has the real one. */
  readonly environment?: Pick<Environment, 'now'>
  /** How long to wait for another process's lock before giving up with StoreUnavailable. */
  readonly busyTimeoutMs?: number
  /** Called now and then in the midst of long reads; what it throws ends them. */
  readonly check?: () => void
}

/** How a SQLite store runs that opens a file. */
export interface SqliteOptions extends Running {
  /** The file is an app's as well: Lockstep's tables, all called `lockstep_…`, are made beside those that are there. */
  readonly shared?: boolean
  /** Writes on a thread of its own, so that commits never hold up the event loop. `inside` of `commit` is refused then. */
  readonly threads?: boolean
  /** Reads on this thread and writes through a port that `writerPort` of a threaded store has made. As a function: asked again when that one was closed. */
  readonly writer?: MessagePort | (() => MessagePort | Promise<MessagePort>)
  /** Told why the writer thread has ended when it did so by itself; the next write starts another one. */
  readonly died?: (cause: Error) => void
}

/** How a SQLite store runs on a connection of the app. */
export interface HandedOptions<Db extends SqliteDatabase> extends Omit<Running, 'check'> {
  /** A `DatabaseSync` of node:sqlite, or a `Database` of better-sqlite3. `close` leaves it open. */
  readonly database: Db
}

/** A store in one SQLite file. `Db` is what hooks get. */
export interface SqliteStore<Db = DatabaseSync> extends Store<Db> {
  readonly file: string
  /** A way to the writer thread for a store in another thread: `sqliteStore(file, { writer })`. Only with `threads`. */
  writerPort(): MessagePort
}

const BUSY_MS = 5_000
/** A connection that only reads: there may be several. */
const READER = { cacheMib: 16 }
/** Room for the pages that a transaction changes, and the upper levels of all trees. */
const WRITER = { cacheMib: 32 }
/** Connections for long reads that wait for the next one. */
const IDLE = 2

/**
 * Opens or makes a database file, readable for its owner alone; `:memory:` keeps everything in memory. Without further options it
 * writes on the calling thread, and a commit's `inside` gets the connection. Other processes may read and write the file at the same
 * time. A file that holds another program's tables is refused, unless it is `shared`.
 *
 * AN APP THAT OPENS THE SAME FILE IN THE SAME PROCESS MUST USE node:sqlite TOO, OR HAND ITS CONNECTION IN: `sqliteStore({ database })`.
 * Two SQLite libraries in one process (node:sqlite and better-sqlite3) don't see each other's locks. When one closes the file, it
 * deletes the log that the other is writing. Lockstep notices that and stops writing, with the reason, until the process is restarted.
 * FOR THE SAME REASON NOBODY IN THE PROCESS MAY READ OR COPY AN OPEN DATABASE FILE WITH `fs`. See docs/guides/embedding-sqlite.md.
 *
 * With `database`, hooks and Lockstep write through that one connection, in one transaction; every commit through it is synced from
 * then on (`synchronous=FULL`). A transaction that the app leaves open has Lockstep's commits fail until it is ended.
 */
export function sqliteStore(file: string, options?: SqliteOptions): SqliteStore
export function sqliteStore<Db extends SqliteDatabase>(options: HandedOptions<Db>): SqliteStore<Db>
export function sqliteStore(
  where: string | HandedOptions<SqliteDatabase>,
  given: SqliteOptions = {},
): SqliteStore<SqliteDatabase> {
  const handed = typeof where === 'string' ? undefined : where
  const options: SqliteOptions = handed === undefined ? given : { ...handed }
  const { threads = false, writer, busyTimeoutMs = BUSY_MS, shared = false, check } = options
  if (where === ':memory:' && (threads || writer !== undefined)) {
    throw new ConfigError('threads', 'need a database file; a database in memory belongs to one thread')
  }
  if (handed !== undefined && (threads || writer !== undefined)) {
    throw new ConfigError('threads', 'need a file of their own; a connection that is handed in belongs to one thread')
  }
  const memory = { busyTimeoutMs, ...(check === undefined ? {} : { check }) }
  const kept = threads || writer !== undefined ? READER : WRITER
  const place: Opened =
    typeof where === 'string'
      ? openFile(where, {
          connection: { ...memory, ...kept },
          another: { ...memory, ...READER },
          shared,
          ready: writer !== undefined,
        })
      : openHanded(where.database, { ...memory, ...READER })
  const { file, connection, another, identity } = place
  const thread = threads
    ? startWriterThread({ file, connection: { ...WRITER, busyTimeoutMs } }, options.died)
    : undefined
  const threaded = thread !== undefined || writer !== undefined
  const dictionary = createDictionary(connection)
  const groupsOf = createGroupsOf(connection, threaded)
  const reads = createReads(connection, dictionary, groupsOf)
  const { now } = options.environment ?? environment
  const workReads = createWorkReads(connection, dictionary, now)
  const finds = createFinds({ connection, dictionary, groupsOf })
  const lookUp = createLookUps(connection, dictionary, reads)
  // Reads of other threads, which may be told of a commit within one turn, each begin anew.
  const turn = threads ? createTurn(connection) : NO_TURN
  const watchers = createWatchers(options.report)
  const changes = createChangeWatch({ connection, dictionary, groupsOf, turn }, watchers)
  const committed = (commits: number) => {
    changes.lookNow()
    guard(() => options.batch?.(commits), options.report)
  }
  /** A way to the thread, which opens the file anew if it has to. */
  const port = (): MessagePort => {
    if (thread === undefined) throw new ConfigError('threads', 'must be true for a store that others write through')
    identity.require()
    return thread.port()
  }
  const toWriter = thread === undefined ? (typeof writer === 'object' ? once(writer) : writer) : port
  let lookout: Connection | undefined
  /** Asked around hooks alone. On a connection of the host's there is no second library to fear. */
  const seen =
    another === undefined || handed !== undefined
      ? undefined
      : () => {
          lookout ??= another()
          return lookout.version()
        }
  const committer: Committer<SqliteDatabase> =
    toWriter === undefined
      ? createInlineCommitter(
          createWriter(connection, dictionary, { ...identity, seen, now }),
          connection.db,
          committed,
        )
      : createThreadCommitter(toWriter, committed)
  const idle: Connection[] = []
  const work = createWorkWatchers<SqliteDatabase>((writes, inside) => committer.commit(writes, inside), options.report)

  /** Every read starts with a look, so that what others have committed counts. */
  function atOnce<T>(read: () => T): T {
    try {
      changes.look()
      // Not in the look itself: what is answered from memory needs no transaction.
      turn.begin()
      return read()
    } catch (error) {
      throw isOutage(error) ? unavailable(error) : error
    }
  }

  function reading<T>(read: () => T): Promise<T> {
    try {
      return Promise.resolve(atOnce(read))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  return {
    file,
    writerPort: port,
    // Other threads answer one request at a time, and whoever writes on this thread may do so within this turn.
    get: threads
      ? createBatchedGet(reads, atOnce)
      : (ref, asked) => reading(() => reads.get(ref, asked?.groups === true)),
    secret: (ref) => reading(() => reads.secret(ref)),
    find: (query) => reading(() => finds.find(query)),
    weigh: (query) => atOnce(() => finds.weigh(query)),
    lookUp(query, atMost, known) {
      const found = atOnce(() => lookUp(query, atMost, known))
      // What the watchers have not heard of yet, nobody may take for known.
      return changes.isLate() ? undefined : found
    },
    names: (tenant, ids) => reading(() => reads.names(tenant, ids)),
    async *members(ref) {
      changes.look()
      const groupNo = reads.numberOf(ref)
      if (groupNo === undefined) return
      const open = another && (() => idle.pop() ?? another())
      yield* streamMembers(connection, dictionary, groupNo, open, (done) => {
        if (idle.length < IDLE && connection.isOpen()) idle.push(done)
        else done.close()
      })
    },
    membersAmong: (ref, ids) => reading(() => reads.membersAmong(ref, ids)),
    memberCount: (ref, atMost) => reading(() => reads.memberCount(ref, atMost)),
    holders: (tenant, type, entry, limit, after = '') =>
      reading(() => reads.holders(tenant, type, entry, limit, after)),
    commit: work.commit,
    ...createWorkHalf({ reads: workReads, reading, commit: (write) => committer.commit([write]) }),
    watchWork: work.watchWork,
    changes: (tenant, after, limit) => reading(() => reads.changes(tenant, after, limit)),
    records: (tenant, kind, where) => reading(() => reads.records(tenant, kind, where)),
    async *exportTenant(tenant, after) {
      // Where there is one connection, all at once is the only way to one moment.
      if (another === undefined) {
        yield* [...exportRows(connection, tenant, after)]
        return
      }
      const own = another()
      try {
        own.run('begin')
        yield* exportRows(own, tenant, after)
      } finally {
        own.close()
      }
    },
    tenants: (where) => reading(() => reads.tenants(where)),
    tenant: (name) => reading(() => reads.tenant(name)),
    freshness: 'immediate',
    poll: () => changes.look(),
    watch: watchers.watch,
    async backup(to) {
      identity.require()
      if (
        connection.file !== undefined &&
        (resolvePath(to) === realpathSync(file) || resolvePath(to) === resolvePath(file))
      ) {
        throw new ConfigError('backup', `must go to another file than the database itself, ${file}`)
      }
      if (another === undefined) return writeCopy(connection, to)
      return copyOnThread({ file, to, busyTimeoutMs })
    },
    async close() {
      await committer.close()
      await thread?.close()
      for (const one of idle.splice(0)) one.close()
      turn.end()
      lookout?.close()
      connection.close()
      identity.close()
    },
  }
}

/** A way to another thread's writer, which only that thread can open anew. */
function once(port: MessagePort): () => MessagePort {
  let given = false
  return () => {
    if (given) throw new StoreUnavailable('the thread that writes the database has ended; try again', 1_000)
    given = true
    return port
  }
}
