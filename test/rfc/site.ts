// Starts one server per test file for the requirement tests.

import { afterAll, beforeAll } from 'vitest'
import { serve } from '../serve.ts'
import { type Client, createClient } from './client.ts'

type Options = NonNullable<Parameters<typeof serve>[0]>
/** A running server and its parts. */
export type Server = Awaited<ReturnType<typeof serve>>
type ConnectionOptions = NonNullable<Parameters<Server['connection']>[1]>

/** The server of one test file. */
export interface Site {
  /** The server itself; there from the first `beforeAll` on. */
  readonly server: Server
  /** For the top of a `describe`: a client of a new tenant on a strict connection, ready when its tests run. */
  strict(options?: ConnectionOptions): Client
  /** The same on a connection of another kind. */
  of(kind: string, options?: ConnectionOptions): Client
  /** A strict client at once, from within a test or `beforeAll`. */
  connect(options?: ConnectionOptions & { readonly kind?: string }): Promise<Client>
}

/** Starts a server for a test file, and stops it after the last test. Called once, at the top of the file. */
export function site(options: Options = {}): Site {
  let server: Server | undefined
  const running = () => {
    if (server === undefined) throw new Error('the server runs from the first beforeAll on')
    return server
  }
  beforeAll(async () => {
    server = await serve(options)
  })
  afterAll(() => server?.close())

  async function connect({ kind = 'strict', ...rest }: ConnectionOptions & { readonly kind?: string } = {}) {
    const tenant = rest.tenant ?? (await running().tenant())
    return createClient(await running().connection(kind as Parameters<Server['connection']>[0], { ...rest, tenant }))
  }
  function later(kind: string, rest: ConnectionOptions = {}): Client {
    const client = {} as Client
    beforeAll(async () => {
      Object.assign(client, await connect({ kind, ...rest }))
    })
    return client
  }
  return {
    get server() {
      return running()
    },
    strict: (rest) => later('strict', rest),
    of: later,
    connect,
  }
}

/** The tenant in a base URL of this server. */
export function tenantOf(client: Client): string {
  const tenant = /\/tenants\/([^/]+)\//.exec(client.base)?.[1]
  if (tenant === undefined) throw new Error(`no tenant in ${client.base}`)
  return tenant
}
