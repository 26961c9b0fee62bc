// Starts the real standalone server in the test's own process.

import { parseRights, type Rights } from '../src/access/index.ts'
import type { Directory } from '../src/directory/index.ts'
import { startServer } from '../src/server/index.ts'
import { readSettings } from '../src/site/read-settings.ts'
import type { Store } from '../src/store/index.ts'
import type { Tenancy } from '../src/tenancy/index.ts'
import { emptyPlace, onPostgres } from './database-under-test.ts'

/** A running server of a test's own, with its insides at hand. */
export interface Serving {
  readonly url: string
  readonly port: number
  readonly tenancy: Tenancy
  readonly directory: Directory
  readonly store: Store
  /** The database, as `--database` takes it. */
  readonly database: string
  close(): Promise<void>
  /** Makes a tenant with a name of its own, or the one given. */
  tenant(name?: string): Promise<string>
  /** Makes a connection, in a tenant of its own unless one is named. */
  connection(
    kind: string,
    options?: {
      readonly tenant?: string
      readonly profile?: string
      readonly rights?: Rights | string
      readonly subject?: string
      readonly lifetimeMs?: number | null
      readonly allow?: readonly string[]
      readonly forbid?: readonly string[]
    },
  ): Promise<{ readonly base: string; readonly token: string; readonly tenant: string; readonly connection: string }>
}

let names = 0

/** On SQLite a key is made beside the database; on PostgreSQL one has to be given. */
const SEALING: { readonly [name: string]: string } = onPostgres
  ? { LOCKSTEP_SEAL_KEY: Buffer.alloc(32, 7).toString('base64') }
  : {}

/** Starts the real standalone server on a free port and a database of its own, or one that is named as `--database` takes it. */
export async function serve(
  options: { readonly database?: string; readonly flags?: { readonly [name: string]: string } } = {},
): Promise<Serving> {
  const place = options.database === undefined ? await emptyPlace() : undefined
  const database = options.database ?? place?.database ?? ''
  const settings = readSettings({ port: '0', database, logLevel: 'error', ...options.flags }, SEALING)
  const server = await startServer(settings, { print: () => {} })
  const { tenancy, directory, store } = server
  const tenant = async (name = `t${++names}-${process.pid}`) => {
    await tenancy.tenants.create(name)
    return name
  }
  return {
    url: server.url,
    port: server.port,
    tenancy,
    directory,
    store,
    database,
    tenant,
    async close() {
      await server.close()
      await place?.remove()
    },
    async connection(kind, own = {}) {
      const name = own.tenant ?? (await tenant())
      const rights = typeof own.rights === 'string' ? parseRights(own.rights) : own.rights
      if (typeof rights === 'string') throw new Error(rights)
      const { token, connection } = await tenancy.connections.create(name, {
        kind,
        ...(own.profile === undefined ? {} : { profile: own.profile }),
        ...(rights === undefined ? {} : { rights }),
        ...(own.subject === undefined ? {} : { subject: own.subject }),
        ...(own.lifetimeMs === undefined ? {} : { lifetimeMs: own.lifetimeMs }),
        ...(own.allow === undefined ? {} : { allow: own.allow }),
        ...(own.forbid === undefined ? {} : { forbid: own.forbid }),
      })
      return { base: `${server.url}/tenants/${name}/scim/v2`, token, tenant: name, connection: connection.id }
    },
  }
}
