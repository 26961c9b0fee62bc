// A fake app behind a real address, for tests with sockets and for programs in other languages.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FakeApp } from './fake-app.ts'

/** A fake app that listens. */
export interface ListeningApp {
  /** The base URL at the address where it listens. */
  readonly base: string
  /** Where its control API is: `/_fault` is below. */
  readonly origin: string
  readonly close: () => Promise<void>
}

/**
 * Lets a fake app listen on 127.0.0.1; at a free port unless one is given. Node, Bun and Deno only: it throws elsewhere.
 * @example
 * const { base, close } = await listen(createFakeApp())
 */
export async function listen(app: FakeApp, port = 0): Promise<ListeningApp> {
  // Not an import, so that what else is here can be bundled for other runtimes.
  const http = globalThis.process?.getBuiltinModule?.('node:http')
  if (http === undefined) throw new Error('a fake app can only listen where node:http is, on Node 20.16 or newer')
  const server = http.createServer((request, response) => void answer(app, request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    base: origin + new URL(app.base).pathname,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(app: FakeApp, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('The client has gone')))
  try {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { method = 'GET', url = '/' } = request
    const body = Buffer.concat(chunks).toString('utf8')
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string])
    const target = `http://${request.headers.host ?? '127.0.0.1'}${url}`
    const got = await app.fetch(target, { method, headers, ...(body === '' ? {} : { body }), signal: gone.signal })
    response.writeHead(got.status, Object.fromEntries(got.headers.entries()))
    for await (const chunk of got.body ?? []) response.write(chunk)
    response.end()
  } catch {
    // What the network would do: the connection breaks.
    request.socket.destroy()
  }
}
