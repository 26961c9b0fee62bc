// One connection to one host, which is lent for one request after another.

import type { Client } from 'undici'
import type { Connect } from './connect.ts'

/** A connection: a client of undici that holds one, so that it can be counted, and ended to make room for another host. */
export interface Connection {
  readonly client: Client
  /** Gives it back for the next request. */
  release(): void
  /** Ends it, and tells the pool. */
  drop(): void
  /** Ends it. */
  end(): void
}

/** What a pool does with its connections. */
export interface Keeper {
  released(connection: Connection): void
  dropped(connection: Connection): void
  /** Whether nobody uses it. */
  isIdle(connection: Connection): boolean
}

/** How long a connection that nothing uses is kept, in milliseconds: servers close theirs after five seconds or more. */
const IDLE_MS = 4_000

/** Why a connection was ended from here. */
const ENDED = new Error('The connection was ended')

/** Makes a connection, which is opened when it is first used. */
export function openConnection(Made: typeof Client, connect: Connect, origin: string, keeper: Keeper): Connection {
  const { protocol, hostname, port } = new URL(origin)
  const to = { hostname: hostname.replace(/^\[|\]$/g, ''), port, isTls: protocol === 'https:' }
  let giveUp = (_reason: Error) => {}
  const client = new Made(origin, {
    connect: (_options, done) => {
      giveUp = connect(to, (error, socket) => (socket === null ? done(error as Error, null) : done(null, socket)))
    },
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    // The whole exchange has a limit of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const connection: Connection = {
    client,
    // Once the present answer has been read: what comes after it is no part of the next one.
    release: () => queueMicrotask(() => keeper.released(connection)),
    drop: () => keeper.dropped(connection),
    end: () => {
      // One that has not come about too.
      giveUp(ENDED)
      void client.destroy(ENDED)
    },
  }
  client.on('disconnect', () => {
    if (keeper.isIdle(connection)) connection.drop()
  })
  return connection
}
