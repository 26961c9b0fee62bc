// A TCP proxy whose connections a test can cut, delay or refuse.

import { createConnection, createServer, type Socket } from 'node:net'

/** A way to a server that can be cut, held up, or refused. */
export interface Wire {
  readonly port: number
  /** Cuts every connection now. */
  readonly cut: () => void
  /** Cuts a connection when it has sent, or is about to get, its n-th message from now on; reports what that message was. */
  readonly cutAt: (n: number, side: 'sent' | 'answered') => void
  /** Whether the cut came. */
  readonly wasCut: () => boolean
  /** While true, nothing gets through and connections are refused immediately. */
  readonly refuse: (refused: boolean) => void
  /** Where to from now on. */
  readonly lead: (port: number) => void
  readonly close: () => Promise<void>
}

/** Opens a way to a port on the loopback. Counts chunks of the writing side: each is one message or more, sent at once. */
export async function openWire(target: number): Promise<Wire> {
  let port = target
  let refused = false
  let left: number | undefined
  let side: 'sent' | 'answered' = 'sent'
  let done = false
  const sockets = new Set<Socket>()

  /** Whether this very chunk is the one. */
  const isLast = (from: 'sent' | 'answered') => {
    if (left === undefined || from !== side) return false
    left--
    if (left > 0) return false
    left = undefined
    done = true
    return true
  }

  const server = createServer((inside) => {
    if (refused) return void inside.destroy()
    const outside = createConnection(port, '127.0.0.1')
    for (const socket of [inside, outside]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => {})
    }
    const end = () => {
      inside.destroy()
      outside.destroy()
    }
    inside.on('close', end)
    outside.on('close', end)
    inside.on('data', (chunk) => {
      if (isLast('sent')) {
        // The server receives it, but its answer is lost.
        outside.write(chunk, () => {
          inside.destroy()
          outside.end()
        })
        return
      }
      outside.write(chunk)
    })
    outside.on('data', (chunk) => {
      if (isLast('answered')) return end()
      inside.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    cutAt(n, from) {
      left = n
      side = from
      done = false
    },
    wasCut: () => done,
    refuse(is) {
      refused = is
    },
    lead(to) {
      port = to
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
