// Starts the standalone server in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { MAIN } from './cli/run.ts'

const START_LIMIT_MS = 20_000

/** The standalone server in a process of its own. */
export interface ServerProcess {
  /** The address it says it is reached at. */
  readonly url: string
  readonly pid: number
  /** What it has written to stderr so far. */
  readonly complaints: () => string
  /** Ends it at once, as a power cut would, and waits until it is gone. */
  readonly kill: () => Promise<void>
  /** Ends it as an administrator would; gives its exit code. */
  readonly stop: () => Promise<number | null>
}

/** Starts `lockstep serve` on a database, named as `--database` takes it, and any free port. */
export async function startProcess(database: string, flags: readonly string[] = []): Promise<ServerProcess> {
  const args = [MAIN, 'serve', '--port', '0', '--database', database, '--log-level', 'error', ...flags]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } })
  const { pid } = child
  if (pid === undefined) throw new Error('the server could not be started')
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const url = await addressOf(child, () => stderr)
  return {
    url,
    pid,
    complaints: () => stderr,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    stop: () => {
      child.kill('SIGTERM')
      return ended
    },
  }
}

function addressOf(child: ChildProcess, stderr: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = ''
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`the server did not start in ${START_LIMIT_MS} ms: ${stdout}${stderr()}`))
    }, START_LIMIT_MS)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`the server ended with ${code}: ${stdout}${stderr()}`))
    })
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const url = /(https?:\/\/[^\s"/]+)/.exec(stdout)?.[1]
      if (url === undefined) return
      clearTimeout(late)
      resolve(url)
    })
  })
}

/** Resident memory of a process in bytes: now, and the most since the last {@link forgetPeak}. Linux only. */
export async function memoryOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024
  return { now: read('VmRSS'), peak: read('VmHWM') }
}

/** Resets the peak of {@link memoryOf}. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5')
}
