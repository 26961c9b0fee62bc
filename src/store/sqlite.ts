import { realpathSync } from 'node:fs'
import { resolve as resolvePath } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { MessagePort } from 'node:worker_threads'
import { ConfigError } from '../protocol/index.ts'
import { type Store, StoreUnavailable } from './contract.ts'
import { copyOnThread, writeCopy } from './sql/backup.ts'
import { type Committer, createInlineCommitter } from './sql/commit-inline.ts'
import { createThreadCommitter, startWriterThread } from './sql/commit-thread.ts'
import { type Connection, type ConnectionOptions, isOutage, openConnection, unavailable } from './sql/connection.ts'
import { createFinds } from './sql/find.ts'
import { createGets } from './sql/gets.ts'
import { createGroupsOf } from './sql/groups.ts'
import { createHits } from './sql/hits.ts'
import { keptRows } from './sql/kept-rows.ts'
import { migrate } from './sql/migrate.ts'
import { createNames } from './sql/names.ts'
import { createPulse } from './sql/pulse.ts'
import { createReads } from './sql/read.ts'
import { streamMembers } from './sql/snapshot.ts'
import { createTurn, NO_TURN } from './sql/turn.ts'
import { createWriter } from './sql/writer.ts'
import { createWatchers, guard, type ReportError } from './watchers.ts'

/** How a SQLite store runs. */
export interface SqliteOptions {
  /** Writes on a thread of its own, so that commits never hold up the event loop. `inside` of `commit` is refused then. */
  readonly threads?: boolean
  /** Reads on this thread and writes through a port that `writerPort` of a threaded store has made. As a function: asked again when that one was closed. */
  readonly writer?: MessagePort | (() => MessagePort | Promise<MessagePort>)
  /** Called now and then in the midst of long reads; what it throws ends them. */
  readonly check?: () => void
  /** Told why the writer thread has ended when it did so by itself; the next write starts another one. */
  readonly died?: (cause: Error) => void
  /** Told how many commits of this thread a transaction has carried out. */
  readonly batch?: (commits: number) => void
  /** Told of what a watcher throws; on the console unless given. */
  readonly report?: ReportError
  /** How long to wait for another process's lock before giving up with StoreUnavailable. */
  readonly busyTimeoutMs?: number
}

/** A store in one SQLite file. */
export interface SqliteStore extends Store<DatabaseSync> {
  readonly file: string
  /** A way to the writer thread for a store in another thread: `sqliteStore(file, { writer })`. Only with `threads`. */
  writerPort(): MessagePort
}

const MEMORY = ':memory:'
const BUSY_MS = 5_000
/** A connection that only reads: there may be several. */
const READER = { cacheMib: 16 }
/** Room for the pages that a transaction changes, and the upper levels of all trees. */
const WRITER = { cacheMib: 32 }
/** Connections for long reads that wait for the next one. */
const IDLE = 2

/**
 * Opens or makes a database file; `:memory:` keeps everything in memory. Without further options it writes on the calling
 * thread, and a commit's `inside` gets the connection. Other processes may read and write the file at the same time.
 */
export function sqliteStore(file: string, options: SqliteOptions = {}): SqliteStore {
  const { threads = false, writer, busyTimeoutMs = BUSY_MS, check } = options
  if (file === MEMORY && (threads || writer !== undefined)) {
    throw new ConfigError('threads', 'need a database file; a database in memory belongs to one thread')
  }
  const connect = (memory: Omit<ConnectionOptions, 'busyTimeoutMs'>) =>
    openConnection(file, { ...memory, busyTimeoutMs, ...(check === undefined ? {} : { check }) })
  const connection = connect(writer !== undefined || threads ? READER : WRITER)
  if (writer === undefined) migrate(connection.db)
  const thread = threads
    ? startWriterThread({ file, connection: { ...WRITER, busyTimeoutMs } }, options.died)
    : undefined
  const threaded = thread !== undefined || writer !== undefined
  const names = createNames(connection)
  const groupsOf = createGroupsOf(connection, threaded)
  const reads = createReads(connection, names, groupsOf)
  const finds = createFinds(connection, names, reads)
  const hits = createHits(connection, names, reads)
  // Reads of other threads, which may be told of a commit within one turn, each begin anew.
  const turn = threads ? createTurn(connection) : NO_TURN
  const watchers = createWatchers(options.report)
  const pulse = createPulse({ connection, names, groupsOf, turn }, watchers)
  const committed = (commits: number) => {
    pulse.lookNow()
    guard(() => options.batch?.(commits), options.report)
  }
  const toWriter = thread?.port ?? (typeof writer === 'object' ? once(writer) : writer)
  const committer: Committer =
    toWriter === undefined
      ? createInlineCommitter(createWriter(connection, names), connection.db, committed)
      : createThreadCommitter(toWriter, committed)
  const idle: Connection[] = []

  /** Every read starts with a look, so that what others have committed counts. */
  function atOnce<T>(read: () => T): T {
    try {
      pulse.look()
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
    writerPort() {
      if (thread === undefined) throw new ConfigError('threads', 'must be true for a store that others write through')
      return thread.port()
    },
    // Other threads answer one request at a time, and whoever writes on this thread may do so within this turn.
    get: threads ? createGets(reads, atOnce) : (ref, asked) => reading(() => reads.get(ref, asked?.groups === true)),
    secret: (ref) => reading(() => reads.secret(ref)),
    find: (query) => reading(() => finds.find(query)),
    weigh: (query) => atOnce(() => finds.weigh(query)),
    hits(query, atMost, known) {
      const found = atOnce(() => hits(query, atMost, known))
      // What the watchers have not heard of yet, nobody may take for known.
      return pulse.isLate() ? undefined : found
    },
    names: (tenant, ids) => reading(() => reads.names(tenant, ids)),
    async *members(ref) {
      pulse.look()
      const g = reads.numberOf(ref)
      if (g === undefined) return
      const open = file === MEMORY ? undefined : () => idle.pop() ?? connect(READER)
      yield* streamMembers(connection, names, g, open, (done) => {
        if (idle.length < IDLE && connection.db.isOpen) idle.push(done)
        else done.close()
      })
    },
    membersAmong: (ref, ids) => reading(() => reads.membersAmong(ref, ids)),
    memberCount: (ref, atMost) => reading(() => reads.memberCount(ref, atMost)),
    holders: (tenant, type, entry, limit, after = '') =>
      reading(() => reads.holders(tenant, type, entry, limit, after)),
    commit: (writes, inside) => committer.commit(writes, inside),
    changes: (tenant, after, limit) => reading(() => reads.changes(tenant, after, limit)),
    records: (tenant, kind, where) => reading(() => reads.records(tenant, kind, where)),
    async *rows(tenant, after) {
      // A database in memory has one connection; all at once is the only way to one moment.
      if (file === MEMORY) {
        yield* [...keptRows(connection, tenant, after)]
        return
      }
      const own = connect(READER)
      try {
        own.db.exec('begin')
        yield* keptRows(own, tenant, after)
      } finally {
        own.close()
      }
    },
    tenants: () => reading(() => reads.tenants()),
    tenant: (name) => reading(() => reads.tenant(name)),
    tells: 'at once',
    pulse: () => pulse.look(),
    watch: watchers.watch,
    async backup(to) {
      if (file === MEMORY) return writeCopy(connection.db, to)
      if (resolvePath(to) === realpathSync(file) || resolvePath(to) === resolvePath(file)) {
        throw new ConfigError('backup', `must go to another file than the database itself, ${file}`)
      }
      return copyOnThread({ file, to, busyTimeoutMs })
    },
    async close() {
      await committer.close()
      await thread?.close()
      for (const one of idle.splice(0)) one.close()
      turn.end()
      connection.close()
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
