// A proxy before a server that cuts connections in the midst of a request or an answer, as networks do.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy that runs. */
export interface CuttingProxy {
  readonly origin: string
  /** From now on nothing is cut. */
  readonly calm: () => void
  readonly cuts: () => number
  readonly close: () => Promise<void>
}

/**
 * Listens on 127.0.0.1 before the server of an origin. `chance` gives numbers from 0 to 1: a fifth of all connections are cut, after some
 * bytes of a request or of an answer.
 */
export async function cuttingProxy(origin: string, chance: () => number): Promise<CuttingProxy> {
  const { port } = new URL(origin)
  let isCalm = false
  let cuts = 0
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const target = connect(Number(port), '127.0.0.1')
    const both = [client, target]
    const end = () => {
      for (const socket of both) {
        socket.destroy()
        open.delete(socket)
      }
    }
    for (const socket of both) {
      open.add(socket)
      socket.on('error', end)
      socket.on('close', end)
    }
    pipe(client, target, end)
    pipe(target, client, end)
  })
  const pipe = (from: Socket, to: Socket, end: () => void) => {
    let left = chance() < 0.1 ? Math.floor(chance() * 1_500) : Number.POSITIVE_INFINITY
    from.on('data', (chunk: Buffer) => {
      if (isCalm) left = Number.POSITIVE_INFINITY
      if (chunk.length <= left) {
        left -= chunk.length
        to.write(chunk)
        return
      }
      cuts++
      to.write(chunk.subarray(0, left), end)
    })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calm() {
      isCalm = true
    },
    cuts: () => cuts,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
