// Checks before and while a database file is open that no write can get lost with it.

import { chmodSync, closeSync, fsyncSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '../../protocol/index.ts'
import { StoreUnavailable } from '../contract/index.ts'

// Apart from a new file's, no descriptor of a database file is ever closed here: when a process closes any descriptor of a file, POSIX
// drops all locks that the process has on it, SQLite's included.

/** Access for the owner alone: the file holds personal data and hashes of passwords. */
const PRIVATE = 0o600
/** When to retry what only an administrator can repair. */
const RETRY_MS = 10_000

/**
 * Makes sure that a database can be opened: creates an empty file if there is none. Throws ConfigError where SQLite, on opening the
 * file, would discard a WAL whose writes are nowhere else.
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
    // Another process was faster.
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return
    throw new ConfigError('store.file', cannotOpen(file), { cause })
  }
}

/**
 * Whether a file begins like every SQLite database. SQLite itself would prefer what the WAL says to what the file says, and move the
 * WAL into the file. The descriptor stays open: closing it would drop the locks of other connections in this process.
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

/** One descriptor for each file, by its inode, which is not reused as long as the descriptor is open. */
const looked = new Map<string, number>()

const HEADER = 'SQLite format 3\0'

/** Why a file cannot be opened, in words. */
export function cannotOpen(file: string): string {
  const reason =
    statSync(dirname(file), { throwIfNoEntry: false }) === undefined
      ? 'its folder must exist'
      : 'it must be there, and its folder must exist, and this process must be allowed to read and write both'
  return `${file} can't be opened; ${reason}`
}

/** The WAL of a database file; links are followed as SQLite follows them. */
export function walOf(file: string): string {
  return `${file}-wal`
}

/** Restricts a file that holds only Lockstep's tables, and the files beside it, to its owner. */
export function keepPrivate(file: string): void {
  const real = realpathSync(file)
  for (const one of [real, walOf(real), `${real}-shm`]) {
    const there = statSync(one, { throwIfNoEntry: false })
    if (there === undefined || (there.mode & 0o077) === 0) continue
    try {
      chmodSync(one, there.mode & 0o700)
    } catch {
      // The file has another owner, who gives access through a group.
    }
  }
}

/** Checks that a database is still the one that was opened. */
export interface Identity {
  /** Throws StoreUnavailable when the file or its WAL was moved, deleted or replaced. */
  readonly require: () => void
  /** Syncs the WAL to disk; absent without a WAL. */
  readonly sync: (() => void) | undefined
  readonly close: () => void
}

/** Identifies a file on its disk. */
type Inode = { readonly dev: number; readonly ino: number } | undefined

/**
 * Notes which file and which WAL are open. SQLite deletes a WAL when the last connection closes, and sees other connections by their
 * locks; another SQLite library in the same process does not see ours. What is written to a deleted file is lost.
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
        // SQLite holds no lock on the WAL itself, so this descriptor may be closed.
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
