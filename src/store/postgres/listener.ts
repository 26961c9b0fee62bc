// Keeps a connection that listens for notifications of other processes, and opens another when it breaks.

import type { Database } from './database.ts'
import type { PooledSession } from './session.ts'

/** A connection that listens. */
export interface Listener {
  /** The connection, while there is one: other statements may run on it too. */
  readonly session: () => PooledSession | undefined
  readonly start: () => Promise<void>
  readonly close: () => void
}

/** Pause before listening again on a new connection. */
const AGAIN_MS = 1_000

type Message = { readonly channel: string; readonly payload?: string }

/** Creates a listener on one channel of NOTIFY. `notified` gets the payloads. */
export function createListener(
  database: Pick<Database, 'hold' | 'environment'>,
  channel: string,
  notified: (payload: string) => void,
): Listener {
  let session: PooledSession | undefined
  let cancel = () => {}
  let closed = false

  /** Releases the connection; true if it is still the current one. */
  function drop(one: PooledSession | undefined): boolean {
    if (session !== one) return false
    session = undefined
    one?.release(true)
    return true
  }

  function again(): void {
    if (!closed) cancel = database.environment.setTimer(AGAIN_MS, () => void start(), { background: true })
  }

  async function start(): Promise<void> {
    if (closed) return
    let own: PooledSession | undefined
    try {
      own = await database.hold()
      if (closed) return own.release(true)
      session = own
      const { client } = own
      const lost = () => {
        if (drop(own)) again()
      }
      client.on('error', lost)
      client.on('end', lost)
      client.on('notification', ((message: Message) => {
        if (message.channel === channel && message.payload !== undefined) notified(message.payload)
      }) as (...args: unknown[]) => void)
      await client.query(`listen ${channel}`)
    } catch {
      if (drop(own)) again()
    }
  }

  return {
    session: () => session,
    start,
    close() {
      closed = true
      cancel()
      drop(session)
    },
  }
}
