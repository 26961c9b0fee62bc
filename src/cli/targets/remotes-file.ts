// Stores the remotes and their credentials in the user's configuration folder.

import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError, didYouMean } from '../../protocol/index.ts'
import { makeFolder, reasonOf } from '../../site/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { withFileLock } from '../files/file-lock.ts'
import { UsageError } from '../terminal/options.ts'
import { configFolder } from './user-folders.ts'

/** A secret: its value, or the environment variable that holds it. */
const Secret = z.union([z.strictObject({ value: z.string() }), z.strictObject({ env: z.string() })])
/** A secret: its value, or the environment variable that holds it. */
export type Secret = z.infer<typeof Secret>

const Credentials = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('token'), token: Secret }),
  z.strictObject({ kind: z.literal('basic'), user: z.string(), password: Secret }),
  z.strictObject({
    kind: z.literal('oauth'),
    tokenUrl: z.string(),
    clientId: z.string(),
    secret: Secret.optional(),
    method: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt']).optional(),
    keyFile: z.string().optional(),
    algorithm: z.enum(['RS256', 'PS256', 'ES256']).optional(),
    keyId: z.string().optional(),
    scope: z.string().optional(),
  }),
])
/** The credentials for a remote. */
export type Credentials = z.infer<typeof Credentials>

const Remote = z.strictObject({
  url: z.string(),
  credentials: Credentials,
  /** Name of a built-in app profile. */
  app: z.string().optional(),
})
/** A SCIM server saved under a name. */
export type Remote = z.infer<typeof Remote>

const RemotesFile = z.strictObject({ remotes: z.record(z.string(), Remote) })

/** Names of remotes: they are used in commands and environment variables. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/

/** The file that holds the remotes and their credentials. */
export function remotesFile(): string {
  return join(configFolder(), 'remotes.json')
}

/** The saved remotes. If other users can read the file, its mode is corrected, with a warning. */
export async function readRemotes(): Promise<ReadonlyMap<string, Remote>> {
  const file = remotesFile()
  let text: string
  try {
    const { mode } = await stat(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      await chmod(file, 0o600)
      printErrorLine(
        `lockstep: ${file} was readable by other users of this machine; now only you can read it. Treat its tokens as exposed, and replace them.`,
      )
    }
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return new Map()
    throw new ConfigError(file, `the file of remotes can't be read: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser's message would quote the file, perhaps with a token.
    throw new ConfigError(file, 'the file is not JSON; repair it, or delete it and add the remotes again')
  }
  const read = RemotesFile.safeParse(json)
  if (read.success) return new Map(Object.entries(read.data.remotes))
  const [issue] = read.error.issues
  throw new ConfigError(file, `${issue?.path.join('.')}: ${issue?.message}`)
}

/** Changes the remotes under a lock, so that concurrent changes aren't lost; `change` may refuse by throwing. */
export async function changeRemotes(change: (remotes: Map<string, Remote>) => void): Promise<void> {
  await makeFolder(configFolder())
  await withFileLock(remotesFile(), async () => {
    const remotes = new Map(await readRemotes())
    change(remotes)
    await saveRemotes(remotes)
  })
}

/** Writes the remotes atomically, readable only by their owner. */
async function saveRemotes(remotes: ReadonlyMap<string, Remote>): Promise<void> {
  const file = remotesFile()
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, `${JSON.stringify({ remotes: Object.fromEntries(remotes) }, null, 2)}\n`, { mode: 0o600 })
  await rename(fresh, file)
}

/** The remote with a name: from the environment (LOCKSTEP_REMOTE_NAME_URL and _TOKEN), else a saved one. */
export async function findRemote(name: string): Promise<Remote> {
  const fromEnvironment = remoteInEnvironment(name)
  if (fromEnvironment !== undefined) return fromEnvironment
  const remotes = await readRemotes()
  const found = remotes.get(name)
  if (found !== undefined) return found
  const add = `add it with lockstep remote add ${name} https://…`
  throw new UsageError(`There is no remote "${name}"${didYouMean(name, [...remotes.keys()])}; ${add}`)
}

function remoteInEnvironment(name: string): Remote | undefined {
  const prefix = `LOCKSTEP_REMOTE_${name.toUpperCase().replaceAll('-', '_')}`
  const url = process.env[`${prefix}_URL`]
  if (!url) return undefined
  const hasToken = Boolean(process.env[`${prefix}_TOKEN`])
  return { url, credentials: hasToken ? { kind: 'token', token: { env: `${prefix}_TOKEN` } } : { kind: 'none' } }
}

/** Throws when a name isn't valid for a remote. */
export function checkRemoteName(name: string): void {
  if (NAME.test(name) && name !== 'local') return
  throw new UsageError(
    `"${name}" is not a valid name for a remote; use lower-case letters, digits and hyphens, and not "local"`,
  )
}

/** The value of a secret; throws when its environment variable is not set. */
export function readSecret(secret: Secret): string {
  if ('value' in secret) return secret.value
  const value = process.env[secret.env]
  if (value) return value
  throw new ConfigError(secret.env, 'the environment variable that holds the credentials of the remote is not set')
}
