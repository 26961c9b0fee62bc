// Starts an example as a program of its own, and talks to it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** An app that answers. */
export interface Running {
  readonly base: string
  readonly port: number
  readonly stop: () => Promise<void>
}

const STARTS_WITHIN_MS = 60_000

/** Starts a program and waits until it answers at all. Throws when it ends before. */
export async function start(
  command: readonly string[],
  cwd: string,
  env: (base: string) => { readonly [name: string]: string },
): Promise<Running> {
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const [program = process.execPath, ...args] = command
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, PORT: String(port), ...env(base) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const until = performance.now() + STARTS_WITHIN_MS
  while (!(await answers(base))) {
    if (child.exitCode !== null || performance.now() > until) {
      await stop(child)
      throw new Error(`${args.join(' ')} did not start; it ended with ${child.exitCode}`)
    }
    await wait(50)
  }
  return { base, port, stop: () => stop(child) }
}

async function answers(base: string): Promise<boolean> {
  return fetch(base).then(
    (response) => response.arrayBuffer().then(() => true),
    () => false,
  )
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Answers like `fetch`, from an app on this machine that is asked for by the host of the URL. */
export const fetchFrom =
  (port: number) =>
  async (sent: Request): Promise<Response> => {
    const { host, pathname, search } = new URL(sent.url)
    const body = Buffer.from(await sent.arrayBuffer())
    const headers = { ...Object.fromEntries(sent.headers), host, 'content-length': String(body.length) }
    const request = requestHttp({ host: '127.0.0.1', port, method: sent.method, path: pathname + search, headers })
    request.end(body)
    const [response] = await once(request, 'response')
    const parts: Buffer[] = []
    for await (const part of response) parts.push(part)
    const { statusCode: status } = response
    const answer = new Headers(response.headers)
    return new Response(status === 204 || status === 304 ? null : Buffer.concat(parts), { status, headers: answer })
  }
