import type { DatabaseSync } from 'node:sqlite'
import type { Store } from './contract.ts'
import { type Connection, type ConnectionOptions, openConnection } from './sql/connection.ts'
import { createFinds } from './sql/find.ts'
import { createInlineCommitter } from './sql/inline.ts'
import { migrate } from './sql/migrate.ts'
import { createNames } from './sql/names.ts'
import { createPulse } from './sql/pulse.ts'
import { createReads } from './sql/read.ts'
import { streamMembers } from './sql/snapshot.ts'
import { createWriter } from './sql/writer.ts'

/** How a SQLite store runs. */
export interface SqliteOptions {
  /** How long to wait for another process's lock before giving up with {@link StoreUnavailable}. */
  readonly busyTimeoutMs?: number
}

/** A store in one SQLite file. */
export interface SqliteStore extends Store<DatabaseSync> {
  readonly file: string
}

const MEMORY = ':memory:'
const CONNECTION: ConnectionOptions = { cacheMib: 16, mmapMib: 64, busyTimeoutMs: 5_000 }

/** Opens or makes a database file; `:memory:` keeps everything in memory. Other processes may use the file too. */
export function sqliteStore(file: string, options: SqliteOptions = {}): SqliteStore {
  const connect = (): Connection =>
    openConnection(file, { ...CONNECTION, busyTimeoutMs: options.busyTimeoutMs ?? CONNECTION.busyTimeoutMs })
  const connection = connect()
  migrate(connection.db)
  const names = createNames(connection)
  const reads = createReads(connection, names)
  const finds = createFinds(connection, names, reads)
  const pulse = createPulse(connection, names)
  const committer = createInlineCommitter(createWriter(connection, names), connection.db, pulse.lookNow)
  /** Connections for long reads, waiting for the next one. */
  const idle: Connection[] = []

  /** Every read starts with a look, so that what others have committed counts. */
  function reading<T>(read: () => T): Promise<T> {
    return new Promise((resolve) => {
      pulse.look()
      resolve(read())
    })
  }

  return {
    file,
    get: (ref, asked) => reading(() => reads.get(ref, asked?.groups === true)),
    secret: (ref) => reading(() => reads.secret(ref)),
    find: (query) => reading(() => finds.find(query)),
    weigh(query) {
      pulse.look()
      return finds.weigh(query)
    },
    names: (tenant, ids) => reading(() => reads.names(tenant, ids)),
    async *members(ref) {
      pulse.look()
      const g = reads.numberOf(ref)
      if (g === undefined) return
      const open = file === MEMORY ? undefined : () => idle.pop() ?? connect()
      yield* streamMembers(connection, names, g, open, (done) => {
        if (idle.length < 2 && connection.db.isOpen) idle.push(done)
        else done.close()
      })
    },
    memberCount: (ref, atMost) => reading(() => reads.memberCount(ref, atMost)),
    holders: (tenant, type, entry, limit, after) =>
      reading(() => reads.holders(tenant, type, entry, limit, after ?? '')),
    commit: (writes, inside) => committer.commit(writes, inside),
    changes: (tenant, after, limit) => reading(() => reads.changes(tenant, after, limit)),
    records: (tenant, kind, where) => reading(() => reads.records(tenant, kind, where)),
    tenants: () => reading(() => reads.tenants()),
    pulse: () => pulse.look(),
    watch: (listener) => pulse.watch(listener),
    async backup(_to) {
      throw new Error('not yet')
    },
    async close() {
      await committer.close()
      for (const one of idle) one.close()
      connection.close()
    },
  }
}
