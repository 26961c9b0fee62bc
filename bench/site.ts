// Fills databases once and opens servers on them: users through Bulk or directly, groups of all sizes.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createWriter, openDatabase } from './floor-store.ts'
import type { Loader } from './loader.ts'
import { memoryMiB } from './proc.ts'
import { type Access, createTenant, type Product, type Server, startProduct } from './server.ts'
import { groupText, userText } from './users.ts'
import { SPARE } from './workloads.ts'

/** A filled database. */
export interface Prepared extends Access {
  readonly product: Product
  readonly size: number
  /** The database: a file, or a URL. */
  readonly file: string
  readonly ids: string
  /** The id of the group with that many members. */
  readonly groups: { readonly [members: string]: string }
  /** Users per second when it was filled. */
  readonly fillRate: number
}

/** A server on a filled database. */
export interface OpenSite extends Prepared {
  /** Its name for the load generators: `floor 1000`. */
  readonly name: string
  readonly server: Server
}

/** Options of a site. */
export interface SiteOptions {
  readonly name?: string
  /** Options of `lockstep serve`. */
  readonly more?: readonly string[]
  /** Process of the database server. */
  readonly database?: number
  /** The first number of the users created, if another site on the same database creates some too. */
  readonly first?: number
}

/** The group sizes that fit a number of users. */
export function groupSizes(size: number): readonly number[] {
  return [100, 1_000, 10_000, 100_000].filter((members) => members <= size)
}

/**
 * A database of that size: taken from `kept` if an earlier run left one there, otherwise filled. The run works on a copy
 * if there is something to keep.
 */
export async function prepare(options: {
  readonly product: Product
  readonly size: number
  readonly directory: string
  readonly kept?: string | undefined
  readonly loader: Loader
  readonly say: (text: string) => void
}): Promise<Prepared> {
  const name = `${options.product}-${options.size}`
  const work = join(options.directory, name)
  const kept = options.kept === undefined ? undefined : join(options.kept, name)
  if (kept !== undefined && existsSync(join(kept, 'facts.json'))) {
    cpSync(kept, work, { recursive: true })
  } else {
    rmSync(work, { recursive: true, force: true })
    mkdirSync(work, { recursive: true })
    const facts = await fill(options, join(work, 'bench.db'), join(work, 'ids.txt'))
    writeFileSync(join(work, 'facts.json'), JSON.stringify(facts))
    if (kept !== undefined) cpSync(work, kept, { recursive: true })
  }
  const facts = JSON.parse(readFileSync(join(work, 'facts.json'), 'utf8')) as Access &
    Pick<Prepared, 'groups' | 'fillRate'>
  return {
    ...facts,
    product: options.product,
    size: options.size,
    file: join(work, 'bench.db'),
    ids: join(work, 'ids.txt'),
  }
}

/**
 * Creates the tenant and fills it: `size` users and SPARE more, and groups of all sizes that fit. `place`: the database;
 * `ids`: the file to write their ids to.
 */
export async function fill(
  { product, size, loader, say }: { product: Product; size: number; loader: Loader; say: (text: string) => void },
  place: string,
  ids: string,
): Promise<Access & Pick<Prepared, 'groups' | 'fillRate'> & { readonly peakMiB: number }> {
  const count = size + SPARE
  const access = createTenant(product, place)
  let seconds = 0
  let way = 'SQL'
  if (product === 'floor') seconds = fillFloor(place, count, ids)
  const server = await startProduct(product, place, access)
  if (product !== 'floor') {
    await loader.register({ name: 'fill', port: server.port, pid: server.pid, ...access, size })
    const filled = await loader.fill('fill', count, ids)
    seconds = filled.seconds
    way = filled.way
  }
  say(`${product}: ${count} users by ${way} in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)} users/s`)
  const groups: Record<string, string> = {}
  const text = readFileSync(ids, 'latin1')
  const width = text.length / count
  for (const members of groupSizes(size)) {
    const list = Array.from({ length: members }, (_, n) => text.slice(n * width, (n + 1) * width))
    const response = await fetch(`http://127.0.0.1:${server.port}${access.root}/Groups`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/scim+json' },
      body: groupText(`members-${members}`, list),
    })
    const answer = (await response.json()) as { id?: string; detail?: string }
    if (response.status !== 201 || answer.id === undefined) {
      throw new Error(`${product}: a group of ${members}: ${response.status} ${answer.detail}`)
    }
    groups[members] = answer.id
  }
  const peakMiB = memoryMiB(server.pid).peak
  await server.stop()
  return { ...access, groups, fillRate: count / seconds, peakMiB }
}

/** Fills the floor's file without HTTP: only its later speed counts. */
function fillFloor(file: string, count: number, ids: string): number {
  const began = performance.now()
  const database = openDatabase(file)
  const write = createWriter(database)
  const list: string[] = []
  for (let first = 0; first < count; first += 1000) {
    database.exec('BEGIN IMMEDIATE')
    for (let n = first; n < Math.min(first + 1000, count); n++)
      list.push(write({ write: 'user', text: userText(n) }).id ?? '')
    database.exec('COMMIT')
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close()
  writeFileSync(ids, list.join(''), 'latin1')
  return (performance.now() - began) / 1000
}

/** Starts a server on a filled database and registers it with the load generators. `database`: its database server's process. */
export async function openSite(
  prepared: Prepared,
  loaders: readonly Loader[],
  flags: readonly string[] = [],
  { name = `${prepared.product} ${prepared.size}`, more = [], ...others }: SiteOptions = {},
): Promise<OpenSite> {
  const server = await startProduct(prepared.product, prepared.file, prepared, flags, more)
  const { token, root, size, ids } = prepared
  const facts = { name, port: server.port, pid: server.pid, token, root, size, ids, ...others }
  for (const loader of loaders) await loader.register(facts)
  return { ...prepared, name, server }
}
