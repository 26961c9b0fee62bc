// Runs the command line in a process of its own, for tests.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The repository. */
export const ROOT = new URL('../..', import.meta.url).pathname
/** The command line: of the sources, or one that was built (`.ci/run`, `scripts/package/week.ts`). */
export const MAIN = process.env.LOCKSTEP_MAIN ?? join(ROOT, 'src/cli/main.ts')

/** The result of a command line. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `lockstep` in its own process, with no settings in the environment but those given. */
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

/** A temporary folder, deleted after the test. */
export function folder(): { readonly path: (name: string) => string; readonly remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'lockstep-'))
  return { path: (name) => join(dir, name), remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A server in its own process. */
export interface Running {
  readonly url: string
  /** What it printed on starting. */
  readonly greeting: string
  /** Everything that it has printed. */
  readonly output: () => string
  readonly pid: number
  readonly stderr: () => string
  /** Stops it; resolves with its exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>
}

/** Starts `lockstep serve` on any free port. */
export function startServer(args: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Running> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', ...args], {
      // There is no terminal, and the tests need the token.
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
