import { connect } from 'node:net'
import type { PostgresPool } from './driver.ts'

/** Has the server give up what a piece of work reads, when nobody waits for it any more. */
export interface Interrupt {
  /** What is done on connections that are taken from now on may be given up. */
  readonly mark: () => void
  /** Asks the server to give it up; resolves when it has been told. The statements end with 57014, the connections stay. */
  readonly cancel: () => Promise<void>
  /** Watches no more; the pool may have another use. */
  readonly close: () => void
}

/** What a `Client` of `pg` knows of its connection. */
interface Connected {
  readonly host?: string
  readonly port?: number
  readonly processID?: number | null
  readonly secretKey?: number | null
}

/** Number of a request that asks a PostgreSQL server to cancel a statement: message formats, CancelRequest. */
const CANCEL_REQUEST = 80_877_102
/** A server that doesn't take it by then won't. */
const PATIENCE_MS = 5_000

/** Watches the connections of a pool of `pg`, so that what runs on them can be given up. */
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
    // The server takes it in the clear even where it wants TLS for everything else, and answers by closing the connection.
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('close', () => resolve())
    socket.end(request)
    socket.resume()
  })
}
