// Sends one HTTP request byte for byte and reads the response.

import { connect } from 'node:net'
import type { WireAnswer, WireRequest } from '../../src/simulate/wire/message.ts'

/** How long an answer may take. */
const PATIENCE_MS = 20_000

/** Sends one request on a connection of its own and reads the answer. RFC 9112. */
export function exchange(request: WireRequest): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const { hostname, host, port } = new URL(request.origin)
    const socket = connect(port === '' ? 80 : Number(port), hostname)
    const line = `${request.method} ${request.target}`
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`${line}: no answer in time`)))
    socket.on('error', (cause) => reject(new Error(`${line}: ${cause.message}`, { cause })))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const answer = readAnswer(Buffer.concat(chunks), false)
      if (answer === undefined) return
      resolve(answer)
      socket.destroy()
    })
    socket.on('end', () => {
      const answer = readAnswer(Buffer.concat(chunks), true)
      if (answer === undefined) reject(new Error(`${line}: the connection ended within the answer`))
      else resolve(answer)
    })
    const given = new Set(request.headers.map(([name]) => name.toLowerCase()))
    const own = [
      ['Host', host],
      ['Connection', 'close'],
      ...(request.body === undefined ? [] : [['Content-Length', String(Buffer.byteLength(request.body))]]),
    ].filter(([name = '']) => !given.has(name.toLowerCase()))
    const headers = [...own, ...request.headers].map(([name, value]) => `${name}: ${value}`)
    const head = [`${line} HTTP/1.1`, ...headers, '', '']
    socket.write(Buffer.from(head.join('\r\n') + (request.body ?? ''), 'utf8'))
  })
}

/** Reads an answer from what has arrived; nothing while more must come. RFC 9112 §6. */
export function readAnswer(bytes: Buffer, ended: boolean): WireAnswer | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1])
  if (Number.isNaN(status)) throw new Error(`not an HTTP answer: ${statusLine}`)
  const rest = bytes.subarray(headEnd + 4)
  // Interim answers come before the one that counts.
  if (status < 200) return readAnswer(rest, ended)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const body = readBody(status, headers, rest, ended)
  return body === undefined ? undefined : { status, headers, body: body.toString('utf8') }
}

function readBody(status: number, headers: ReadonlyMap<string, string>, rest: Buffer, ended: boolean) {
  if (status === 204 || status === 304) return Buffer.alloc(0)
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return readChunks(rest)
  const length = headers.get('content-length')
  if (length === undefined) return ended ? rest : undefined
  return rest.length < Number(length) ? undefined : rest.subarray(0, Number(length))
}

function readChunks(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16)
    if (Number.isNaN(size)) throw new Error('a chunk without a size')
    const start = lineEnd + 2
    if (rest.length < start + size + 2) return undefined
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(rest.subarray(start, start + size))
    at = start + size + 2
  }
}
