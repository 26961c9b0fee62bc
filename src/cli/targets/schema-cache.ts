import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attributePaths, type ResourceType } from '../../protocol/index.ts'
import { makeFolder } from '../../server/index.ts'
import { cacheFolder } from './user-folders.ts'

/** What completion knows of a server. */
export interface KnownType {
  readonly name: string
  /** Attribute paths in standard notation. */
  readonly paths: readonly string[]
}

interface Kept {
  readonly url: string
  readonly at: number
  readonly types: readonly KnownType[]
}

/** How long it is believed. */
const KEPT_MS = 86_400_000

/** Keeps the names of a server's types and attributes for completion. What can't be kept is read again. */
export async function keepTypes(remote: string, url: string, types: readonly ResourceType[]): Promise<void> {
  const kept: Kept = {
    url,
    at: Date.now(),
    types: types.map((type) => ({ name: type.name, paths: attributePaths(type) })),
  }
  try {
    await makeFolder(cacheFolder())
    const file = fileOf(remote)
    await writeFile(`${file}.${process.pid}`, JSON.stringify(kept), { mode: 0o600 })
    await rename(`${file}.${process.pid}`, file)
  } catch {
    // A folder that can't be written costs a look at the server, no more.
  }
}

/** What was kept of a server, unless it is too old or the name means another one now. */
export async function keptTypes(remote: string, url: string): Promise<readonly KnownType[] | undefined> {
  try {
    const kept: Kept = JSON.parse(await readFile(fileOf(remote), 'utf8'))
    return kept.url === url && Date.now() - kept.at < KEPT_MS ? kept.types : undefined
  } catch {
    return undefined
  }
}

function fileOf(remote: string): string {
  return join(cacheFolder(), `types-${encodeURIComponent(remote)}.json`)
}
