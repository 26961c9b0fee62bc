import { chmodSync, closeSync, fsyncSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '../../protocol/index.ts'
import { StoreUnavailable } from '../contract/index.ts'

// No descriptor of a database file is ever closed here but that of a new one: POSIX drops all locks that a process has
// on a file when it closes any descriptor of it, those of SQLite too.

/** Access for the owner alone: these are people's data and hashes of passwords. */
const PRIVATE = 0o600
/** How soon to try again what only somebody's hand can mend. */
const RETRY_MS = 10_000

/**
 * Sees to it that a database may be opened: makes an empty file where there is none, and refuses where that, or opening what is
 * there, would have SQLite throw a log away whose writes are nowhere else. Throws ConfigError.
 */
export function readyFile(file: string): void {
  const there = statSync(file, { throwIfNoEntry: false })
  if (there?.isDirectory()) throw new ConfigError('store.file', `${file} is a folder; name a file in it`)
  const wal = walOf(there === undefined ? file : realpathSync(file))
  const logged = (statSync(wal, { throwIfNoEntry: false })?.size ?? 0) > 0
  const state =
    there === undefined
      ? 'is not there'
      : there.size === 0
        ? 'is empty'
        : logged && !hasHeader(file)
          ? 'is damaged, or not an SQLite database'
          : undefined
  if (state === undefined) return
  if (logged) {
    const expected = `${file} ${state}, and its log ${wal} holds writes that are nowhere else. Put the database back beside it, from where it was moved to or from a copy of both; or move the log away to begin with an empty database. Nothing was changed`
    throw new ConfigError('store.file', expected)
  }
  if (there !== undefined) return
  try {
    closeSync(openSync(file, 'wx', PRIVATE))
  } catch (cause) {
    // Another process was quicker.
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return
    throw new ConfigError('store.file', cannotOpen(file), { cause })
  }
}

/**
 * Whether a file begins as each SQLite database does. SQLite itself would take what its log has in place of what stands there, and
 * move the log into the file. The descriptor stays open: to close it would drop the locks of whoever has the file open in this process.
 */
function hasHeader(file: string): boolean {
  const { dev, ino } = statSync(file)
  const key = `${dev} ${ino}`
  const descriptor = looked.get(key) ?? openSync(file, 'r')
  looked.set(key, descriptor)
  const head = Buffer.alloc(HEADER.length)
  readSync(descriptor, head, 0, head.length, 0)
  return head.toString('latin1') === HEADER
}

/** One descriptor a file, by its place on disk, which stays its own as long as the descriptor is open. */
const looked = new Map<string, number>()

const HEADER = 'SQLite format 3\0'

/** What is wrong where a file can't be opened. */
export function cannotOpen(file: string): string {
  const reason =
    statSync(dirname(file), { throwIfNoEntry: false }) === undefined
      ? 'its folder must exist'
      : 'it must be there, and its folder must exist, and this process must be allowed to read and write both'
  return `${file} can't be opened; ${reason}`
}

/** The log of a database file; links are followed as SQLite follows them. */
export function walOf(file: string): string {
  return `${file}-wal`
}

/** Takes a file that is Lockstep's alone, and what stands beside it, from everybody but its owner. */
export function keepPrivate(file: string): void {
  const real = realpathSync(file)
  for (const one of [real, walOf(real), `${real}-shm`]) {
    const there = statSync(one, { throwIfNoEntry: false })
    if (there === undefined || (there.mode & 0o077) === 0) continue
    try {
      chmodSync(one, there.mode & 0o700)
    } catch {
      // It is somebody else's, who lets us in by a group.
    }
  }
}

/** Tells whether a database is still the one that was opened. */
export interface Identity {
  /** Throws StoreUnavailable when the file or its log is gone from its place, or another one is there. */
  readonly require: () => void
  /** Has all that stands in the log on disk; absent without a log. */
  readonly sync: (() => void) | undefined
  readonly close: () => void
}

/** Where a file lies on its disk. */
type Inode = { readonly dev: number; readonly ino: number } | undefined

/**
 * Notes which file and which log are open. A log is deleted only by whoever closes a database last, and knows of others by their
 * locks; another SQLite library in the same process doesn't see ours. What is written to a deleted file nobody will read.
 */
export function identityOf(file: string): Identity {
  const real = realpathSync(file)
  const wal = walOf(real)
  const was = { file: inodeOf(real), wal: inodeOf(wal) }
  let log: number | undefined
  return {
    sync:
      was.wal &&
      (() => {
        // SQLite holds no lock on the log itself, so that this descriptor may be closed.
        log ??= openSync(wal, 'r+')
        fsyncSync(log)
      }),
    close() {
      if (log !== undefined) closeSync(log)
      log = undefined
    },
    require() {
      const now = inodeOf(real)
      if (now === undefined || !isSame(now, was.file)) {
        throw gone(
          `${file} was ${now === undefined ? 'moved or deleted' : 'replaced by another file'} while it was open`,
          'put the file back, or restart with the one that is meant',
        )
      }
      if (was.wal === undefined || isSame(inodeOf(wal), was.wal)) return
      throw gone(
        `${wal} was deleted or replaced while the database was open, as happens when another SQLite library in this process, such as better-sqlite3, opens and closes the same file`,
        'restart; hand that connection to sqliteStore({ database }), or keep to one library',
      )
    },
  }
}

function gone(what: string, then: string): StoreUnavailable {
  return new StoreUnavailable(
    `${what}: what was written since then is in no file, so nothing is written any more; ${then}`,
    RETRY_MS,
  )
}

function inodeOf(path: string): Inode {
  const there = statSync(path, { throwIfNoEntry: false })
  return there === undefined ? undefined : { dev: there.dev, ino: there.ino }
}

function isSame(a: Inode, b: Inode): boolean {
  return a?.ino === b?.ino && a?.dev === b?.dev
}
