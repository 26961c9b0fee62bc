// Lockstep as the demonstration runs it: the server in a process of its own, and commands beside it.

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEMO_TOKEN } from './apps.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')

/** A server that runs. */
export interface RunningLockstep {
  readonly url: string
  readonly pid: number | undefined
  readonly stop: () => Promise<void>
}

function start(folder: string, args: readonly string[]) {
  return spawn(process.execPath, [main, ...args, '--database', `sqlite:${join(folder, 'lockstep.db')}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEMO_TOKEN, NO_COLOR: '1' },
  })
}

/** Starts the server on a free port. Requests to this machine are allowed, since the apps are here. */
export async function startLockstep(folder: string): Promise<RunningLockstep> {
  const flags = ['--port', '0', '--outbound-allow', '127.0.0.0/8', '--log-level', 'error', '--first-token', 'never']
  const child = start(folder, ['serve', ...flags])
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let text = ''
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? []
      if (found !== undefined) resolve(found)
    })
    void ended.then(() => reject(new Error(`The server has ended: ${text}`)))
  })
  return {
    url,
    pid: child.pid,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs a command and returns what it prints; also into a file when one is given. Throws when it fails. */
export async function lockstep(folder: string, args: readonly string[], file?: string): Promise<string> {
  const withDatabase = !(args[0] === 'receipt' && args[1] === 'verify')
  const child = withDatabase
    ? start(folder, args)
    : spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: process.env })
  let out = ''
  let problems = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    problems += chunk.toString('utf8')
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`lockstep ${args.join(' ')}: ${problems}`)
  if (file !== undefined) writeFileSync(file, out)
  return out
}
