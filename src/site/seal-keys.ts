// Where the keys that seal secrets come from: the environment, a file, or a file that is made beside the database.

import { access, link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { environment } from '../environment.ts'
import { ConfigError } from '../protocol/index.ts'
import { makeSealKey, parseSealKeys, type SealKey } from '../tenancy/index.ts'
import { reasonOf } from './reason.ts'
import { SEAL_KEY_ENV, SETTINGS, type Settings } from './settings.ts'

/** Where the keys of an installation are kept. */
export interface SealKeys {
  /** Gives the keys as they are now. Makes the file beside a SQLite database if it is missing and `make` is set. Throws `ConfigError`. */
  load(options?: { readonly make?: boolean }): Promise<readonly SealKey[]>
  /** The file with the keys, if they are in one that exists or could be made. */
  readonly file: string | undefined
  /** Puts a new key before the others of the file. Throws `ConfigError` where the keys are not in a file. */
  add(): Promise<void>
}

/** The settings that say where keys are. */
export type SealSettings = Pick<Settings, 'sealKeys' | 'sealKeyFile' | 'database' | 'postgres'>

/** What the file that is made begins with. */
const HEADER = `# Keys that seal the secrets in Lockstep's database, one a line. The first one seals, all of them open.
# Keep a copy in another place than the backups of the database: without it the secrets can't be read.
`

/** The keys that the settings name. `made` is called with the path of a file that was made. */
export function sealKeysOf(settings: SealSettings, made: (file: string) => void = () => undefined): SealKeys {
  const { sealKeys, sealKeyFile, database, postgres } = settings
  if (sealKeys !== undefined) return fixed(parseSealKeys(sealKeys, SEAL_KEY_ENV))
  if (sealKeyFile !== undefined) return inFile(sealKeyFile)
  // On a database server, a file would be another one for each machine.
  if (postgres !== undefined) return fixed([])
  if (database === ':memory:') return inMemory()
  const file = `${database}.seal-key`
  const given = inFile(file)
  return {
    ...given,
    load: async ({ make = false } = {}) => {
      if (await isThere(file)) return given.load()
      if (!make) return []
      if (await makeFile(file)) made(file)
      return given.load()
    },
  }
}

function fixed(keys: readonly SealKey[]): SealKeys {
  const add = async () => {
    throw new ConfigError(
      SETTINGS.sealKeyFile.flag,
      `The keys are not in a file that Lockstep may write; put a new one before the others in ${SEAL_KEY_ENV} yourself`,
    )
  }
  return { load: async () => keys, file: undefined, add }
}

function inMemory(): SealKeys {
  const key = makeSealKey(environment)
  return fixed(parseSealKeys(key, SEAL_KEY_ENV))
}

function inFile(file: string): SealKeys {
  const read = () =>
    readFile(file, 'utf8').catch((cause: unknown) => {
      throw new ConfigError(SETTINGS.sealKeyFile.flag, `The file ${file} can't be read: ${reasonOf(cause)}`, { cause })
    })
  return {
    file,
    load: async () => parseSealKeys(await read(), SETTINGS.sealKeyFile.flag),
    add: async () => {
      const text = await read()
      // Checked before anything is written.
      parseSealKeys(text, SETTINGS.sealKeyFile.flag)
      const lines = text.split('\n')
      const at = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('#'))
      lines.splice(Math.max(at, 0), 0, makeSealKey(environment))
      await replaceFile(file, lines.join('\n'))
    },
  }
}

/** Makes the file unless another process was faster. Returns whether it was this one. */
async function makeFile(file: string): Promise<boolean> {
  const partial = `${file}.${process.pid}.partial`
  try {
    await writePrivate(partial, `${HEADER}${makeSealKey(environment)}\n`)
    // Unlike a rename, a link never replaces a file. Others never see a part of it.
    await link(partial, file)
    return true
  } catch (error) {
    if (await isThere(file)) return false
    throw unwritable(file, error)
  } finally {
    await rm(partial, { force: true })
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  try {
    await writePrivate(partial, text)
    await rename(partial, file)
  } catch (error) {
    throw unwritable(file, error)
  } finally {
    await rm(partial, { force: true })
  }
}

function writePrivate(file: string, text: string): Promise<void> {
  return writeFile(file, text, { mode: 0o600, flush: true })
}

function unwritable(file: string, cause: unknown): ConfigError {
  return new ConfigError(SETTINGS.sealKeyFile.flag, `The file ${file} can't be written: ${reasonOf(cause)}`, { cause })
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
