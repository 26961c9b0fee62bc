// `lockstep remote`: saves, lists, shows and removes remotes.

import { APPS, createClient, isAppName } from '../../client/index.ts'
import { didYouMean } from '../../protocol/index.ts'
import { commandName } from '../../server/index.ts'
import { ask } from '../terminal/ask.ts'
import { flagOption, type Options, textOption, UsageError } from '../terminal/options.ts'
import { printFacts, printJson, printLine, printTable } from '../terminal/print.ts'
import {
  type Credentials,
  changeRemotes,
  checkRemoteName,
  findRemote,
  type Remote,
  readRemotes,
  remotesFile,
  type Secret,
} from './remotes-file.ts'
import { cacheTypes } from './schema-cache.ts'
import { clientOf } from './target.ts'

/** `lockstep remote add`: saves a server under a name, with its credentials. */
export async function addRemote([name = '', address = '']: readonly string[], options: Options): Promise<void> {
  checkRemoteName(name)
  const { url } = createClient({ url: address })
  const refuseTaken = (remotes: ReadonlyMap<string, Remote>) => {
    if (!remotes.has(name) || flagOption(options, 'force')) return
    throw new UsageError(`A remote "${name}" already exists; --force replaces it`)
  }
  // Checked before asking for a secret, and again under the lock.
  refuseTaken(await readRemotes())
  const app = textOption(options, 'app')
  if (app !== undefined && !isAppName(app)) {
    const known = Object.keys(APPS)
    throw new UsageError(
      `--app: there is no profile "${app}"; the profiles are ${known.join(', ')}${didYouMean(app, known)}`,
    )
  }
  const remote: Remote = { url, credentials: await readCredentials(options), ...(app === undefined ? {} : { app }) }
  await changeRemotes((remotes) => {
    refuseTaken(remotes)
    remotes.set(name, remote)
  })
  const seen = options.check === false ? undefined : await probe(name, remote)
  if (flagOption(options, 'json')) {
    printJson({ remote: name, ...describe(remote), file: remotesFile(), ...(seen ?? {}) })
    return
  }
  printLine(`Saved remote "${name}" in ${remotesFile()}, which only you can read.`)
  if (seen === undefined) return
  if (seen.types === undefined) printLine(`But it could not be reached: ${seen.error}`)
  else
    printLine(
      `It responds, and has the types ${seen.types.join(', ')}. Try: ${commandName()} query ${seen.types[0]} --remote ${name}`,
    )
}

/** `lockstep remote list`. */
export async function listRemotes(options: Options): Promise<void> {
  const rows = [...(await readRemotes())].sort(([a], [b]) => (a < b ? -1 : 1))
  if (flagOption(options, 'json')) {
    printJson(rows.map(([name, remote]) => ({ remote: name, ...describe(remote) })))
    return
  }
  if (rows.length === 0) {
    printLine(`There are no remotes. Add one: ${commandName()} remote add NAME https://app.example/scim/v2`)
    return
  }
  printTable(rows, [
    ['REMOTE', ([name]) => name],
    ['URL', ([, { url }]) => url],
    ['CREDENTIALS', ([, { credentials }]) => wordsFor(credentials)],
    ['APP', ([, { app }]) => app],
  ])
}

/** `lockstep remote show`: what is saved, without secrets, and what the server advertises. */
export async function showRemote([name = '']: readonly string[], options: Options): Promise<void> {
  const remote = await findRemote(name)
  const client = await clientOf(remote, { attempts: 2 })
  const features = await client.discovery.features()
  const types = await client.discovery.types()
  await cacheTypes(name, remote.url, types)
  const names = types.map((type) => type.name)
  if (flagOption(options, 'json')) {
    printJson({ remote: name, ...describe(remote), features, types: names })
    return
  }
  const { bulk, isKnown, maxResults } = features
  const can = (['patch', 'filter', 'sort', 'etag', 'cursor', 'changePassword'] as const).filter((one) => features[one])
  printFacts([
    ['Remote', name],
    ['URL', remote.url],
    ['Credentials', wordsFor(remote.credentials)],
    ['App profile', remote.app ?? 'rfc'],
    ['Types', names.join(', ')],
    ['Features', isKnown ? [...can, ...(bulk ? ['bulk'] : [])].join(', ') || 'none' : 'not advertised'],
    ['Largest page', maxResults ?? 'not advertised'],
  ])
}

/** `lockstep remote remove`: deletes the saved remote and its credentials. */
export async function removeRemote([name = '']: readonly string[], options: Options): Promise<void> {
  await changeRemotes((remotes) => {
    if (!remotes.delete(name))
      throw new UsageError(`There is no remote "${name}"${didYouMean(name, [...remotes.keys()])}`)
  })
  if (flagOption(options, 'json')) printJson({ remote: name, removed: true })
  else printLine(`Removed remote "${name}" and its saved credentials. The token still works; revoke it at the server.`)
}

async function readCredentials(options: Options): Promise<Credentials> {
  const user = textOption(options, 'basic')
  const tokenUrl = textOption(options, 'oauth')
  const hasToken = textOption(options, 'tokenEnv') !== undefined || flagOption(options, 'tokenStdin')
  if ([user !== undefined, tokenUrl !== undefined, hasToken].filter(Boolean).length > 1) {
    throw new UsageError('Use only one of --token-env or --token-stdin, --basic, --oauth')
  }
  if (user !== undefined) {
    return { kind: 'basic', user, password: await readSecretOption(options, 'secretEnv', 'secretStdin', 'Password') }
  }
  if (tokenUrl !== undefined) return readOAuth(tokenUrl, options)
  if (!hasToken && !process.stdin.isTTY) return { kind: 'none' }
  return { kind: 'token', token: await readSecretOption(options, 'tokenEnv', 'tokenStdin', 'Bearer token') }
}

async function readOAuth(tokenUrl: string, options: Options): Promise<Credentials> {
  const clientId = textOption(options, 'clientId')
  if (clientId === undefined) throw new UsageError('--oauth needs --client-id')
  const keyFile = textOption(options, 'key')
  const scope = textOption(options, 'scope')
  const keyId = textOption(options, 'keyId')
  const algorithm = textOption(options, 'algorithm') ?? 'RS256'
  if (algorithm !== 'RS256' && algorithm !== 'PS256' && algorithm !== 'ES256') {
    throw new UsageError(`--algorithm must be RS256, PS256 or ES256, not "${algorithm}"`)
  }
  const shared = { kind: 'oauth', tokenUrl, clientId, ...(scope === undefined ? {} : { scope }) } as const
  if (keyFile !== undefined) return { ...shared, keyFile, algorithm, ...(keyId === undefined ? {} : { keyId }) }
  const secret = await readSecretOption(options, 'secretEnv', 'secretStdin', 'Client secret')
  return { ...shared, secret, ...(flagOption(options, 'post') ? { method: 'client_secret_post' as const } : {}) }
}

/** A secret from the environment (only the variable's name is saved), from standard input, or typed on the terminal. */
async function readSecretOption(options: Options, env: string, stdin: string, what: string): Promise<Secret> {
  const variable = textOption(options, env)
  if (variable !== undefined) {
    if (/^[A-Za-z_]\w*$/.test(variable)) return { env: variable }
    throw new UsageError(
      `"${variable.slice(0, 20)}…" is not the name of an environment variable; pass the name, not the secret`,
    )
  }
  if (flagOption(options, stdin)) {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    const value = Buffer.concat(chunks).toString().trim()
    if (value !== '') return { value }
    throw new UsageError('Standard input is empty')
  }
  if (!process.stdin.isTTY) throw new UsageError(`${what}: pass it in an environment variable or on standard input`)
  const value = await ask(`${what} (not shown):`, { secret: true })
  if (value !== undefined && value.trim() !== '') return { value: value.trim() }
  throw new UsageError(value === undefined ? 'Nothing was saved: the question was cancelled' : 'Nothing was saved')
}

async function probe(
  name: string,
  remote: Remote,
): Promise<{ readonly types?: readonly string[]; readonly error?: string }> {
  try {
    const client = await clientOf(remote, { attempts: 1, timeoutMs: 10_000 })
    const types = await client.discovery.types()
    await cacheTypes(name, remote.url, types)
    const [first] = types
    // Discovery may need no credentials; a query shows whether they are right.
    if (first !== undefined) await client.query(first, { count: 1 })
    return { types: types.map((type) => type.name) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function describe({ url, credentials, app }: Remote) {
  return { url, credentials: wordsFor(credentials), app: app ?? 'rfc' }
}

/** Credentials in words, without secrets. */
function wordsFor(credentials: Credentials): string {
  const from = (secret: Secret | undefined) => (secret !== undefined && 'env' in secret ? ` from $${secret.env}` : '')
  switch (credentials.kind) {
    case 'none':
      return 'none'
    case 'token':
      return `bearer token${from(credentials.token)}`
    case 'basic':
      return `Basic as ${credentials.user}${from(credentials.password)}`
    default:
      return `OAuth client ${credentials.clientId}${credentials.keyFile === undefined ? from(credentials.secret) : ` with ${credentials.keyFile}`}`
  }
}
