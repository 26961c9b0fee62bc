// Keeps connections for the next requests: so many to one host, and so many in all.

import type { Client } from 'undici'
import type { Connect } from './connect.ts'
import { type Connection, openConnection } from './connection.ts'
import { OutboundError } from './outbound-error.ts'

/** Who waits for a connection. */
export interface Taker {
  use(connection: Connection): void
  /** There will be none. */
  refuse(reason: Error): void
}

/** Connections to hosts. */
export interface Pool {
  /** Lends a connection to an origin as soon as there is one. Returns how to no longer wait. */
  take(origin: string, taker: Taker): () => void
  close(): void
}

/** How many connections there may be. */
export interface PoolLimits {
  readonly perHost: number
  readonly inAll: number
}

interface Host {
  readonly origin: string
  /** Connections that nobody uses, the latest last. */
  readonly idle: Connection[]
  readonly waiting: Set<Taker>
  open: number
}

/** Makes a pool. */
export function createPool(Made: typeof Client, connect: Connect, { perHost, inAll }: PoolLimits): Pool {
  const hosts = new Map<string, Host>()
  /** All connections, with their hosts. */
  const all = new Map<Connection, Host>()
  /** Those that nobody uses, the oldest first. */
  const idle = new Set<Connection>()
  /** Hosts for which requests wait that may have another connection as soon as there is room. */
  const starved = new Set<Host>()

  const forget = (host: Host) => {
    if (host.open > 0 || host.waiting.size > 0) return
    hosts.delete(host.origin)
    starved.delete(host)
  }
  const end = (connection: Connection) => {
    const host = all.get(connection)
    if (host === undefined) return
    all.delete(connection)
    host.open--
    if (idle.delete(connection)) host.idle.splice(host.idle.indexOf(connection), 1)
    if (host.waiting.size > 0) starved.add(host)
    else forget(host)
    connection.end()
  }
  const hasRoom = () => {
    if (all.size < inAll) return true
    const [oldest] = idle
    if (oldest !== undefined) end(oldest)
    return oldest !== undefined
  }
  /** Opens connections for those who wait, while there is room; each host one, and then the next. */
  const fill = () => {
    for (const host of starved) {
      if (host.waiting.size === 0 || host.open >= perHost) starved.delete(host)
      else if (!hasRoom()) return
      else {
        starved.delete(host)
        const taker = nextOf(host)
        const connection = open(host)
        if (host.waiting.size > 0) starved.add(host)
        taker?.use(connection)
      }
    }
  }
  const handOn = (connection: Connection) => {
    const host = all.get(connection)
    if (host === undefined) return
    for (const other of starved) {
      if (other.waiting.size === 0 || other.open >= perHost) starved.delete(other)
      else if (other !== host) {
        // Else a host that is always busy would keep out every other one.
        end(connection)
        return fill()
      }
    }
    const taker = nextOf(host)
    if (taker !== undefined) return taker.use(connection)
    host.idle.push(connection)
    idle.add(connection)
  }
  const open = (host: Host): Connection => {
    const connection = openConnection(Made, connect, host.origin, {
      released: handOn,
      dropped: (one) => {
        end(one)
        queueMicrotask(fill)
      },
      isIdle: (one) => idle.has(one),
    })
    host.open++
    all.set(connection, host)
    return connection
  }
  return {
    take(origin, taker) {
      const host = hosts.get(origin) ?? { origin, idle: [], waiting: new Set(), open: 0 }
      hosts.set(origin, host)
      const kept = host.idle.pop()
      if (kept !== undefined) {
        idle.delete(kept)
        taker.use(kept)
      } else if (host.open < perHost && hasRoom()) taker.use(open(host))
      else {
        host.waiting.add(taker)
        if (host.open < perHost) starved.add(host)
      }
      return () => {
        if (host.waiting.delete(taker)) forget(host)
      }
    },
    close() {
      for (const { waiting } of hosts.values()) {
        for (const taker of waiting) taker.refuse(new OutboundError('ERR_OUTBOUND_CONNECT', 'The process is stopping'))
        waiting.clear()
      }
      for (const connection of [...all.keys()]) connection.drop()
    },
  }
}

/** Takes the one who has waited longest. */
function nextOf({ waiting }: Host): Taker | undefined {
  const [taker] = waiting
  if (taker !== undefined) waiting.delete(taker)
  return taker
}
