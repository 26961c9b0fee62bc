// Caches the types and attributes of remotes for completion.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attributePaths, type ResourceType } from '../../protocol/index.ts'
import { makeFolder } from '../../site/index.ts'
import { cacheFolder } from './user-folders.ts'

/** A resource type as completion needs it. */
export interface KnownType {
  readonly name: string
  /** Attribute paths in standard notation. */
  readonly paths: readonly string[]
}

interface CacheEntry {
  readonly url: string
  readonly at: number
  readonly types: readonly KnownType[]
}

/** How long a cache entry is valid. */
const VALID_MS = 86_400_000

/** Caches the types and attributes of a remote for completion; errors are ignored. */
export async function cacheTypes(remote: string, url: string, types: readonly ResourceType[]): Promise<void> {
  const entry: CacheEntry = {
    url,
    at: Date.now(),
    types: types.map((type) => ({ name: type.name, paths: attributePaths(type) })),
  }
  try {
    await makeFolder(cacheFolder())
    const file = fileOf(remote)
    await writeFile(`${file}.${process.pid}`, JSON.stringify(entry), { mode: 0o600 })
    await rename(`${file}.${process.pid}`, file)
  } catch {
    // Without the cache, completion asks the server again.
  }
}

/** The cached types of a remote; undefined if they are too old, or the remote has another URL now. */
export async function cachedTypes(remote: string, url: string): Promise<readonly KnownType[] | undefined> {
  try {
    const entry: CacheEntry = JSON.parse(await readFile(fileOf(remote), 'utf8'))
    return entry.url === url && Date.now() - entry.at < VALID_MS ? entry.types : undefined
  } catch {
    return undefined
  }
}

function fileOf(remote: string): string {
  return join(cacheFolder(), `types-${encodeURIComponent(remote)}.json`)
}
