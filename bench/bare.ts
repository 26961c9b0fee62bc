// The first reference: a node:http server that answers every request with the same bytes.

// No program on node:http can be faster. `PUT /answer` sets the bytes: `{"status": 200, "headers": {…}, "body": "…"}`.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
}

let answer: Answer = { status: 200, headers: {}, body: Buffer.from('{}') }

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    reply(response)
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    // The body is parsed, as every JSON service must do; what happens next is what differs.
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || 'null')
    if (request.method === 'PUT' && request.url === '/answer') answer = readAnswer(request, body)
    reply(response)
  })
})

function reply(response: ServerResponse): void {
  response.writeHead(answer.status, answer.headers)
  response.end(answer.body)
}

function readAnswer(request: IncomingMessage, body: unknown): Answer {
  if (typeof body !== 'object' || body === null) throw new Error(`${request.url}: not an object`)
  const { status, headers, body: text } = body as { status: number; headers: Record<string, string>; body: string }
  const bytes = Buffer.from(text)
  return { status, headers: { ...headers, 'content-length': String(bytes.length) }, body: bytes }
}

server.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('SIGTERM', () => process.exit(0))
