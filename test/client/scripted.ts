// An HTTP server that answers byte for byte as a test says.

import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'

/** A request as it came over the wire. */
export interface Wire {
  readonly method: string
  readonly target: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** What a scripted server does with a request: sends bytes, or what else it likes with the connection. */
export type Reply = string | ((socket: Socket, wire: Wire) => void)

/** A server that answers what it is told, byte by byte, whatever HTTP has to say to it. */
export interface Scripted {
  readonly url: string
  /** Every request so far. */
  readonly seen: readonly Wire[]
  close(): Promise<void>
}

/** Starts a server on loopback; `answer` is asked for each request, one request a connection. */
export async function scripted(answer: (wire: Wire, count: number) => Reply): Promise<Scripted> {
  const seen: Wire[] = []
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    let bytes = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      const wire = readWire(bytes)
      if (wire === undefined) return
      bytes = Buffer.alloc(0)
      seen.push(wire)
      const reply = answer(wire, seen.length)
      if (typeof reply === 'string') socket.end(reply)
      else reply(socket, wire)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function readWire(bytes: Buffer): Wire | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
    }),
  )
  const body = bytes.subarray(end + 4)
  if (body.length < Number(headers.get('content-length') ?? 0)) return undefined
  const [method = '', target = ''] = first.split(' ')
  return { method, target, headers, body: body.toString() }
}

/** The bytes of an answer with a JSON body. */
export function json(status: number, body: unknown, headers: { readonly [name: string]: string } = {}): string {
  return raw(status, JSON.stringify(body), { 'Content-Type': 'application/scim+json', ...headers })
}

/** The bytes of any answer. */
export function raw(status: number, body: string, headers: { readonly [name: string]: string } = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} X\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}
