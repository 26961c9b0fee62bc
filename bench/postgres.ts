// Starts a PostgreSQL server for the run, with Lockstep and the references on it.

import { execFile } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import { startPostgres, type TestServer } from '../test/postgres.ts'
import type { Bench } from './bench.ts'
import { startPostgresBare } from './server.ts'
import { fill, type OpenSite, openSite, type Prepared, type SiteOptions } from './site.ts'

/** Connections of Lockstep's pool by default, and of the reference's. */
export const CONNECTIONS = 10

/** A filled database, and how filling it went. */
export interface Filled extends Prepared {
  /** Peak memory of the server during it, MiB. */
  readonly peakMiB: number
}

/** The PostgreSQL server of the run. */
export interface PostgresBench {
  readonly version: string
  /** Creates a database and fills it with a tenant. */
  readonly fill: (size: number) => Promise<Filled>
  /** Starts Lockstep on a filled database. */
  readonly open: (prepared: Prepared, options?: SiteOptions, flags?: readonly string[]) => Promise<OpenSite>
  /** Starts the bare server on the database of an open site, returning what the site returns. */
  readonly bare: (site: OpenSite) => Promise<OpenSite>
  /** Runs statements in the database of a site. */
  readonly query: (place: string, sql: string) => Promise<readonly (readonly unknown[])[]>
  /** Creates an empty database. */
  readonly empty: () => Promise<string>
  /** Measures the rates of postgres-raw.ts in a database. */
  readonly raw: (
    mode: 'plain' | 'grouped',
    place: string,
    words: readonly string[],
  ) => Promise<{ readonly [name: string]: number }>
  /** Copies a database that has no connections. */
  readonly copy: (of: Prepared) => Promise<string>
  readonly stop: () => Promise<void>
}

/** The open sites, and the references. */
export interface PostgresSites {
  readonly postgres: PostgresBench
  /** From the smallest to the largest. */
  readonly sites: readonly OpenSite[]
  readonly big: OpenSite
  /** A copy of the big database, as filled. */
  readonly copy: string
  /** Rates of one plain table over 16 connections. */
  readonly plain: { readonly [name: string]: number }
}

/** Durable as in production, memory as usual in PostgreSQL benchmarks, and no statistics gathered during a round. */
const SETTINGS = ['shared_buffers=512MB', 'max_wal_size=4GB', 'checkpoint_timeout=30min', 'autovacuum_naptime=10min']

/** Starts PostgreSQL in the run's folder. */
export async function openPostgres(
  bench: Pick<Bench, 'directory' | 'loader' | 'heavy' | 'say'>,
): Promise<PostgresBench> {
  // As root, the server runs as another user, who needs access to the folder.
  chmodSync(bench.directory, 0o711)
  const server: TestServer = await startPostgres({ durable: true, settings: SETTINGS, within: bench.directory })
  const database = server.pid()
  const loaders = [bench.loader, bench.heavy]

  async function query(place: string, sql: string): Promise<readonly (readonly unknown[])[]> {
    const client = new pg.Client({ connectionString: place })
    await client.connect()
    try {
      return (await client.query({ text: sql, rowMode: 'array' })).rows
    } finally {
      await client.end()
    }
  }

  const nameOf = (place: string) => new URL(place).pathname.slice(1)

  return {
    version: String((await query(server.url(), 'show server_version'))[0]?.[0]),
    query,
    async fill(size) {
      const { url } = await server.database()
      const ids = join(bench.directory, `postgres-${size}-${nameOf(url)}.txt`)
      const filled = await fill({ product: 'postgres', size, loader: bench.loader, say: bench.say }, url, ids)
      await query(url, 'vacuum analyze')
      await query(url, 'checkpoint')
      return { ...filled, product: 'postgres', size, file: url, ids }
    },
    open: (prepared, options = {}, flags = []) => openSite(prepared, loaders, flags, { database, ...options }),
    async bare(site) {
      await query(
        site.file,
        'create schema bench; create table bench.finished (id text collate "C" primary key, text text not null)',
      )
      const client = new pg.Client({ connectionString: site.file })
      await client.connect()
      for await (const users of pagesOf(site)) {
        const texts = users.map((user) => JSON.stringify(user))
        await client.query('insert into bench.finished select * from unnest($1::text[], $2::text[])', [
          users.map(({ id }) => id),
          texts,
        ])
      }
      await client.end()
      await query(site.file, 'vacuum analyze bench.finished')
      const bare = await startPostgresBare(site.file, CONNECTIONS)
      const { token, size, ids } = site
      const name = `pg bare ${size}`
      const facts = { name, port: bare.port, pid: bare.pid, database, token, root: '', size, ids }
      for (const loader of loaders) await loader.register(facts)
      return { ...site, name, server: bare }
    },
    empty: async () => (await server.database()).url,
    async raw(mode, place, words) {
      const script = fileURLToPath(new URL('./postgres-raw.ts', import.meta.url))
      const { stdout } = await promisify(execFile)(process.execPath, [script, mode, place, ...words])
      return JSON.parse(stdout)
    },
    copy: async (of) => (await server.database(nameOf(of.file))).url,
    stop: () => server.stop(),
  }
}

/** All users, by pages. RFC 9865 §2. */
async function* pagesOf(site: OpenSite): AsyncIterable<readonly { readonly id: string }[]> {
  const headers = { authorization: `Bearer ${site.token}` }
  const url = `http://127.0.0.1:${site.server.port}${site.root}/Users`
  let cursor: string | undefined = ''
  while (cursor !== undefined) {
    const response: Response = await fetch(`${url}?count=1000&cursor=${encodeURIComponent(cursor)}`, { headers })
    const page = (await response.json()) as { Resources?: { id: string }[]; nextCursor?: string }
    if (response.status !== 200) throw new Error(`${site.name}: a page: ${JSON.stringify(page)}`)
    yield page.Resources ?? []
    cursor = page.nextCursor
  }
}
