// Locks a file that a command writes, so that no other process writes it at the same time.

import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { UsageError } from '../terminal/options.ts'
import { fileError } from './file-error.ts'

/** The process that holds a lock, as the lock file says. */
interface Holder {
  readonly host: string
  readonly pid: number
  /** Unique to this lock. */
  readonly mark: string
}

/** Runs `use` while holding the lock on a file and the files beside it; refuses when another process holds the lock. */
export async function withFileLock<T>(file: string, use: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`
  await acquire(file, lock)
  try {
    return await use()
  } finally {
    await rm(lock, { force: true })
  }
}

async function acquire(file: string, lock: string): Promise<void> {
  if (await make(file, lock)) return
  const holder = await readHolder(lock)
  if (holder === undefined || !isGone(holder)) throw taken(file, lock, holder)
  // The process that held the lock has died. Only one process can create the successor of this very lock; that one may take it over,
  // and only if the lock is still the one it saw.
  const successor = `${lock}.${holder.mark}`
  if (!(await make(file, successor))) throw taken(file, successor, await readHolder(successor))
  if ((await readHolder(lock))?.mark === holder.mark) return rename(successor, lock)
  await rm(successor, { force: true })
  throw taken(file, lock, undefined)
}

/** Creates a lock file; false when it exists. */
async function make(file: string, lock: string): Promise<boolean> {
  const holder: Holder = { host: hostname(), pid: process.pid, mark: randomUUID() }
  try {
    await writeFile(lock, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw fileError(file, 'written', error)
  }
}

async function readHolder(lock: string): Promise<Holder | undefined> {
  try {
    const { host, pid, mark }: Partial<Holder> = JSON.parse(await readFile(lock, 'utf8'))
    return typeof host === 'string' && Number.isSafeInteger(pid) && typeof mark === 'string' && /^[\w-]+$/.test(mark)
      ? { host, pid: Number(pid), mark }
      : undefined
  } catch {
    return undefined
  }
}

/** Whether the process is known to have ended; of another machine that is never known. */
function isGone({ host, pid }: Holder): boolean {
  if (host !== hostname()) return false
  // In a container, a new process often gets the same number; this one has locked nothing yet.
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function taken(file: string, lock: string, holder: Holder | undefined): UsageError {
  const by = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return new UsageError(
    `${file} is in use by ${by}; wait until it is done, or choose another file. If that process no longer runs, delete ${lock}`,
  )
}
