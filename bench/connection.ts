// One keep-alive HTTP/1.1 connection over a raw socket, so that the generator costs as little as possible.

// One request at a time; reads bodies with Content-Length and chunked ones. RFC 9112.

import { connect } from 'node:net'

/** A response. The body is empty unless it was requested. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: string
  /** Bytes of the body, kept or not. */
  readonly length: number
}

/** A connection: takes the text of a request; the response goes to the callback given at the start. */
export interface Connection {
  send(request: string): void
  close(): void
}

const HEAD = 0
const COUNTED = 1
const SIZE = 2
const CHUNK = 3
const EMPTY = Buffer.alloc(0)

/** Opens a connection to a port of this machine. `onAnswer` runs once per answer, `onError` at most once. */
export function openConnection(options: {
  readonly port: number
  readonly keepBody: boolean
  readonly onOpen: () => void
  readonly onAnswer: (answer: Answer) => void
  readonly onError: (error: Error) => void
}): Connection {
  let state = HEAD
  let rest: Buffer = EMPTY
  let status = 0
  let head = ''
  let length = 0
  let left = 0
  let kept: Buffer[] = []
  let closed = false

  function finish(): void {
    const body = options.keepBody ? Buffer.concat(kept).toString() : ''
    kept = []
    state = HEAD
    options.onAnswer({ status, head, body, length })
  }

  function keep(bytes: Buffer): void {
    length += bytes.length
    // The socket's buffer is reused for the next read, so data that is kept must be copied.
    if (options.keepBody) kept.push(Buffer.from(bytes))
  }

  function readHead(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return 0
    head = bytes.toString('latin1', 0, end)
    status = Number(head.slice(9, 12))
    length = 0
    const counted = /\r\ncontent-length: *(\d+)/i.exec(head)
    if (counted !== null) {
      left = Number(counted[1])
      state = COUNTED
      if (left === 0) finish()
    } else if (/\r\ntransfer-encoding: *chunked/i.test(head)) state = SIZE
    else finish()
    return end + 4
  }

  /** Consumes as many bytes as possible and returns how many. */
  function take(bytes: Buffer): number {
    if (state === HEAD) return readHead(bytes)
    if (state === COUNTED) {
      const used = Math.min(left, bytes.length)
      keep(bytes.subarray(0, used))
      left -= used
      if (left === 0) finish()
      return used
    }
    if (state === CHUNK) {
      const used = Math.min(left, bytes.length)
      keep(bytes.subarray(0, used))
      left -= used
      if (left === 0) state = SIZE
      return used
    }
    // The line break that ends the previous chunk precedes this one's size.
    const start = bytes[0] === 13 ? 2 : 0
    const line = bytes.indexOf('\r\n', start)
    if (line < 0) return 0
    left = Number.parseInt(bytes.toString('latin1', start, line), 16)
    if (left > 0) state = CHUNK
    else if (bytes.length < line + 4) return 0
    else finish()
    return left > 0 ? line + 2 : line + 4
  }

  function receive(count: number, buffer: Uint8Array): boolean {
    let bytes = Buffer.from(buffer.buffer, buffer.byteOffset, count)
    if (rest.length > 0) {
      bytes = Buffer.concat([rest, bytes])
      rest = EMPTY
    }
    let offset = 0
    while (offset < bytes.length) {
      const used = take(offset === 0 ? bytes : bytes.subarray(offset))
      if (used === 0) {
        rest = Buffer.from(bytes.subarray(offset))
        break
      }
      offset += used
    }
    return true
  }

  const socket = connect({
    port: options.port,
    host: '127.0.0.1',
    noDelay: true,
    onread: { buffer: Buffer.allocUnsafe(256 * 1024), callback: receive },
  })
  socket.on('connect', options.onOpen)
  socket.on('error', (error) => {
    if (!closed) options.onError(error)
    closed = true
  })
  socket.on('close', () => {
    if (!closed) options.onError(new Error('the server closed the connection'))
    closed = true
  })
  return {
    send: (request) => {
      socket.write(request, 'latin1')
    },
    close: () => {
      closed = true
      socket.destroy()
    },
  }
}
