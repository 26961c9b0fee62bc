import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { UsageError } from '../terminal/options.ts'
import { fileError } from './file-error.ts'

/** Who writes a file. */
interface Holder {
  readonly host: string
  readonly pid: number
  /** Tells this claim from every other. */
  readonly mark: string
}

/** Runs what writes a file, and what goes on about it beside it, with nobody else doing so meanwhile: the second is refused. */
export async function withFileLock<T>(file: string, use: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`
  await claim(file, lock)
  try {
    return await use()
  } finally {
    await rm(lock, { force: true })
  }
}

async function claim(file: string, lock: string): Promise<void> {
  if (await make(file, lock)) return
  const holder = await readHolder(lock)
  if (holder === undefined || !isGone(holder)) throw taken(file, lock, holder)
  // The process that held it has died. Only one can make the successor of this very claim; it is the one that may take it over, and
  // only while the claim is still the one that was seen.
  const successor = `${lock}.${holder.mark}`
  if (!(await make(file, successor))) throw taken(file, successor, await readHolder(successor))
  if ((await readHolder(lock))?.mark === holder.mark) return rename(successor, lock)
  await rm(successor, { force: true })
  throw taken(file, lock, undefined)
}

/** Makes the file of a claim; false when there is one. */
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

/** Whether the process is known to have ended. Of another machine nothing is known. */
function isGone({ host, pid }: Holder): boolean {
  if (host !== hostname()) return false
  // A process begins anew with the same number, as in containers; it has claimed nothing yet.
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function taken(file: string, lock: string, holder: Holder | undefined): UsageError {
  const who = holder === undefined ? 'Another process' : `Process ${holder.pid} on ${holder.host}`
  return new UsageError(
    `${who} is at work on ${file}; wait for it, or name another file. If it is not running any more, remove ${lock}`,
  )
}
