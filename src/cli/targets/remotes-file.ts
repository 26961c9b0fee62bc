import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError, didYouMean } from '../../protocol/index.ts'
import { makeFolder, reasonOf } from '../../server/index.ts'
import { complain } from '../../terminal.ts'
import { withFileLock } from '../files/file-lock.ts'
import { UsageError } from '../terminal/options.ts'
import { configFolder } from './user-folders.ts'

/** A secret: itself, or the environment variable that holds it. */
const Secret = z.union([z.strictObject({ value: z.string() }), z.strictObject({ env: z.string() })])
/** A secret: itself, or the environment variable that holds it. */
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
/** How a remote is shown who calls. */
export type Credentials = z.infer<typeof Credentials>

const Remote = z.strictObject({
  url: z.string(),
  credentials: Credentials,
  /** Name of a built-in profile of an app. */
  app: z.string().optional(),
})
/** A SCIM server that has a name here. */
export type Remote = z.infer<typeof Remote>

const RemotesFile = z.strictObject({ remotes: z.record(z.string(), Remote) })

/** Names of remotes: they stand in commands and environment variables. */
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/

/** Where the remotes are kept, with their credentials. */
export function remotesFile(): string {
  return join(configFolder(), 'remotes.json')
}

/** The remotes that are kept. A file that others can read is mended, and that is said. */
export async function readRemotes(): Promise<ReadonlyMap<string, Remote>> {
  const file = remotesFile()
  let text: string
  try {
    const { mode } = await stat(file)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      await chmod(file, 0o600)
      complain(
        `lockstep: ${file} could be read by others on this machine; now only you can. Consider its tokens known, and make new ones.`,
      )
    }
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return new Map()
    throw new ConfigError(file, `the remotes are kept there, but it cannot be read: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The parser would quote the file, and with it perhaps a token.
    throw new ConfigError(file, 'it is not JSON; mend it, or remove it and add the remotes again')
  }
  const read = RemotesFile.safeParse(json)
  if (read.success) return new Map(Object.entries(read.data.remotes))
  const [issue] = read.error.issues
  throw new ConfigError(file, `${issue?.path.join('.')}: ${issue?.message}`)
}

/** Changes the remotes with nobody else doing so meanwhile, so that none is lost; `change` may refuse by throwing. */
export async function changeRemotes(change: (remotes: Map<string, Remote>) => void): Promise<void> {
  await makeFolder(configFolder())
  await withFileLock(remotesFile(), async () => {
    const remotes = new Map(await readRemotes())
    change(remotes)
    await saveRemotes(remotes)
  })
}

/** Keeps the remotes, so that only their owner can read them; all or nothing. */
async function saveRemotes(remotes: ReadonlyMap<string, Remote>): Promise<void> {
  const file = remotesFile()
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, `${JSON.stringify({ remotes: Object.fromEntries(remotes) }, null, 2)}\n`, { mode: 0o600 })
  await rename(fresh, file)
}

/** The remote of a name: one that is kept, or one that the environment tells: LOCKSTEP_REMOTE_NAME_URL and _TOKEN. */
export async function findRemote(name: string): Promise<Remote> {
  const told = remoteInEnvironment(name)
  if (told !== undefined) return told
  const remotes = await readRemotes()
  const found = remotes.get(name)
  if (found !== undefined) return found
  const add = `add it: lockstep remote add ${name} https://…`
  throw new UsageError(`There is no remote "${name}"${didYouMean(name, [...remotes.keys()])}; ${add}`)
}

function remoteInEnvironment(name: string): Remote | undefined {
  const prefix = `LOCKSTEP_REMOTE_${name.toUpperCase().replaceAll('-', '_')}`
  const url = process.env[`${prefix}_URL`]
  if (!url) return undefined
  const hasToken = Boolean(process.env[`${prefix}_TOKEN`])
  return { url, credentials: hasToken ? { kind: 'token', token: { env: `${prefix}_TOKEN` } } : { kind: 'none' } }
}

/** Refuses what can't name a remote. */
export function checkRemoteName(name: string): void {
  if (NAME.test(name) && name !== 'local') return
  throw new UsageError(`"${name}" can't name a remote; take small letters, digits and hyphens, and not "local"`)
}

/** The secret itself; refuses a variable that isn't set. */
export function readSecret(secret: Secret): string {
  if ('value' in secret) return secret.value
  const value = process.env[secret.env]
  if (value) return value
  throw new ConfigError(
    secret.env,
    'the environment variable is not set, but the credentials of the remote are read from it',
  )
}
