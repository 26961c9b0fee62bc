// Has the server cancel reads that nobody waits for any more.

import { connect } from 'node:net'
import type { PostgresPool } from './driver.ts'

/** Cancels what a piece of work reads. */
export interface Interrupt {
  /** Statements on connections that are taken from now on may be cancelled. */
  readonly mark: () => void
  /** Asks the server to cancel them; resolves once it has received that. The statements end with 57014, the connections stay open. */
  readonly cancel: () => Promise<void>
  /** Stops watching the pool, which may be used for something else. */
  readonly close: () => void
}

/** The part of a `Client` of `pg` that a cancel request needs. */
interface Connected {
  readonly host?: string
  readonly port?: number
  readonly processID?: number | null
  readonly secretKey?: number | null
}

/** Number of a request that asks a PostgreSQL server to cancel a statement: message formats, CancelRequest. */
const CANCEL_REQUEST = 80_877_102
/** How long to wait for the server. */
const PATIENCE_MS = 5_000

/** Watches the connections of a pool of `pg`, so that statements on them can be cancelled. */
export function createInterrupt(pool: PostgresPool): Interrupt {
  const taken = new Set<Connected>()
  let before: ReadonlySet<Connected> = new Set()
  const acquired = (client: unknown) => void taken.add(client as Connected)
  const released = (_error: unknown, client: unknown) => void taken.delete(client as Connected)
  pool.on('acquire', acquired)
  pool.on('release', released)
  return {
    mark() {
      before = new Set(taken)
    },
    close() {
      pool.off('acquire', acquired)
      pool.off('release', released)
    },
    async cancel() {
      await Promise.all([...taken].filter((client) => !before.has(client)).map(cancelOne))
    },
  }
}

function cancelOne({ host, port, processID, secretKey }: Connected): Promise<void> {
  if (host === undefined || port === undefined || typeof processID !== 'number' || typeof secretKey !== 'number')
    return Promise.resolve()
  const request = Buffer.alloc(16)
  for (const [at, word] of [request.length, CANCEL_REQUEST, processID, secretKey].entries()) {
    request.writeInt32BE(word | 0, at * 4)
  }
  return new Promise((resolve) => {
    // The server accepts it without TLS even if it requires TLS otherwise, and answers by closing the connection.
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('close', () => resolve())
    socket.end(request)
    socket.resume()
  })
}
