// Runs the command line in a process of its own, for tests.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The repository. */
export const ROOT = new URL('../..', import.meta.url).pathname
/** The command line. */
export const MAIN = join(ROOT, 'src/cli/main.ts')

/** What a command line came to. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `lockstep` as a process of its own, with an environment that holds no settings but those given. */
export function run(args: readonly string[], env: { readonly [name: string]: string } = {}, input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH ?? '', ...env } })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
    child.stdin.end(input)
  })
}

/** A folder that is gone after the test. */
export function folder(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-'))
  return { path: (name) => join(dir, name), remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A server as a process of its own. */
export interface Running {
  readonly url: string
  /** What it printed at its start. */
  readonly greeting: string
  /** All that it has printed. */
  readonly output: () => string
  readonly pid: number
  readonly stderr: () => string
  /** Asks it to stop; gives its exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

/** Starts `lockstep serve` on any free port. */
export function startServer(args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Running> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', ...args], {
      // Nobody reads this on a terminal, and the tests want the token.
      env: { PATH: process.env.PATH ?? '', LOCKSTEP_FIRST_TOKEN: 'always', ...env },
    })
    let greeting = ''
    let stderr = ''
    const ended = new Promise<number | null>((done) => child.on('close', done))
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    child.stdout.on('data', (chunk: Buffer) => {
      greeting += chunk
      const url = /running at (\S+)/.exec(greeting)?.[1]
      if (url === undefined || !greeting.endsWith('\n\n')) return
      const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
        child.kill(signal)
        return ended
      }
      resolve({ url, greeting, output: () => greeting, pid: child.pid ?? 0, stderr: () => stderr, stop })
    })
    child.on('error', reject)
    ended.then((code) => reject(new Error(`the server ended with ${code}: ${stderr}`)))
  })
}
