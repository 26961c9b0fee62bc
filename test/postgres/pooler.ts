// A connection pooler in transaction mode, for tests.

import { connect, createServer, type Socket } from 'node:net'

/** A pooler in transaction mode that knows nothing of prepared statements: its clients share one connection to the server. */
export interface Pooler {
  readonly port: number
  readonly close: () => Promise<void>
}

/** Starts one. Its clients may ask for one thing after the other, each as soon as the others have their answers. */
export async function openPooler(serverPort: number): Promise<Pooler> {
  const clients = new Set<Socket>()
  const asked: { readonly client: Socket; readonly bytes: Buffer }[] = []
  let server: Socket | undefined
  let owner: Socket | undefined
  let shared = false
  let rest = Buffer.alloc(0)

  function ask(): void {
    if (owner !== undefined && asked[0]?.client !== owner) return
    const next = asked.shift()
    if (next === undefined) return
    owner = next.client
    server?.write(next.bytes)
  }

  function answer(bytes: Buffer): void {
    owner?.write(bytes)
    rest = Buffer.concat([rest, bytes])
    // Each message: a letter, and how long it is.
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1
      const idle = rest[0] === READY && rest[5] === IDLE
      rest = rest.subarray(end)
      if (!idle) continue
      shared = true
      owner = undefined
    }
    if (owner === undefined) ask()
  }

  const listener = createServer((client) => {
    clients.add(client)
    client.on('error', () => {})
    let known = server === undefined
    if (server === undefined) {
      // The first one introduces itself to the server; the others find the connection ready.
      server = connect(serverPort, '127.0.0.1')
      server.on('data', answer)
      server.on('error', () => {})
      owner = client
    }
    client.on('data', (bytes) => {
      if (!known) {
        known = true
        if (!shared) throw new Error('the first client is still introducing itself')
        client.write(WELCOME)
        return
      }
      // A client that disconnects does not close the shared connection.
      if (bytes[0] === TERMINATE) return
      asked.push({ client, bytes })
      ask()
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const client of clients) client.destroy()
      server?.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

const READY = 'Z'.charCodeAt(0)
const IDLE = 'I'.charCodeAt(0)
const TERMINATE = 'X'.charCodeAt(0)
/** AuthenticationOk, ReadyForQuery. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, READY, 0, 0, 0, 5, IDLE])
