// Starts and stops the servers that are compared (bare, floor, Lockstep), each in its own process.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A server that runs. */
export interface Server {
  readonly pid: number
  readonly port: number
  /** From the start of the process to its first right answer, milliseconds. */
  readonly readyMs: number
  /** Where the inspector listens, when it was asked for. */
  readonly inspector?: string
  /** SIGTERM, and wait. */
  stop(): Promise<void>
  /** SIGKILL, and wait. */
  kill(): Promise<void>
}

/** How to reach a tenant. */
export interface Access {
  readonly token: string
  /** Path of the SCIM base URL. */
  readonly root: string
}

const HERE = (name: string) => fileURLToPath(new URL(name, import.meta.url))
let cli = HERE('../src/cli/main.ts')

/** Measures the Lockstep of another checkout, for instance an older commit. */
export function measureRoot(root: string): void {
  cli = resolve(root, 'src/cli/main.ts')
}

/** The options that `npm start` passes to Node. */
const START = ['--max-semi-space-size=16']

/** The servers that are compared: the floor, Lockstep on SQLite and Lockstep on PostgreSQL. */
export type Product = 'floor' | 'lockstep' | 'postgres'

/** Starts a bare server. */
export function startBare(): Promise<Server> {
  return start([HERE('./bare.ts')], { root: '', token: '' })
}

/** Starts the server that answers GET by id with one select of a finished text. */
export function startPostgresBare(url: string, connections: number): Promise<Server> {
  return start([HERE('./postgres-bare.ts'), url, String(connections)], { root: '', token: '' })
}

/** Lockstep's database: a SQLite file, or the URL of a PostgreSQL database. */
const databaseOf = (product: Product, place: string) => (product === 'postgres' ? place : `sqlite:${place}`)

/** Starts the floor on a database file, or Lockstep on a database. `more`: options of `lockstep serve`. */
export function startProduct(
  product: Product,
  place: string,
  access: Access,
  flags: readonly string[] = [],
  more: readonly string[] = [],
): Promise<Server> {
  const script =
    product === 'floor'
      ? [HERE('./floor.ts'), place, access.token]
      : [...START, cli, 'serve', '--port', '0', '--database', databaseOf(product, place), ...more]
  return start([...flags, ...script], access)
}

/** Creates a tenant (`bench` by default) in a database and returns how to reach it. */
export function createTenant(product: Product, place: string, name = 'bench'): Access {
  if (product === 'floor') return { token: 'floor-token', root: '/tenants/bench/scim/v2' }
  const text = lockstep(['tenant', 'create', name, '--json', '--database', databaseOf(product, place)])
  const made = JSON.parse(text) as { baseUrl: string; token: string }
  return { token: made.token, root: new URL(made.baseUrl).pathname.replace(/\/$/, '') }
}

/** Runs a Lockstep command and returns what it printed. */
export function lockstep(words: readonly string[]): string {
  return execFileSync(process.execPath, [cli, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Runs a Lockstep command without reading its output, and resolves to its exit code. */
export function runLockstep(words: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [cli, ...words], { stdio: 'ignore' })
  return new Promise((resolve) => child.on('exit', resolve))
}

async function start(words: readonly string[], access: Access): Promise<Server> {
  const began = performance.now()
  const child = spawn(process.execPath, [...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const { port, inspector } = await listening(child)
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const response = await fetch(`http://127.0.0.1:${port}${access.root}/ServiceProviderConfig`, {
    headers: { authorization: `Bearer ${access.token}` },
  })
  await response.text()
  if (response.status !== 200) throw new Error(`${words.join(' ')} answers its first request with ${response.status}`)
  const readyMs = performance.now() - began
  const end = (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    return ended
  }
  return {
    pid: child.pid as number,
    port,
    readyMs,
    ...(inspector === undefined ? {} : { inspector }),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** Waits for the line that names the port. The rest of the output is kept only for an error message. */
function listening(child: ChildProcess): Promise<{ port: number; inspector?: string }> {
  return new Promise((resolve, reject) => {
    let said = ''
    let inspector: string | undefined
    let open = true
    const hear = (chunk: Buffer) => {
      if (!open) return
      said += chunk.toString()
      inspector ??= /Debugger listening on (ws:\S+)/.exec(said)?.[1]
      const port = /http:\/\/[^\s"/]*:(\d+)/.exec(said)?.[1]
      if (port === undefined) return
      open = false
      resolve({ port: Number(port), ...(inspector === undefined ? {} : { inspector }) })
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('exit', (code) => reject(new Error(`a server ended with ${code} before it listened:\n${said}`)))
    setTimeout(() => open && reject(new Error(`a server did not listen within 60 s:\n${said}`)), 60_000).unref()
  })
}
