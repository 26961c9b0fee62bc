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
import { keepTypes } from './schema-cache.ts'
import { clientOf } from './target.ts'

/** `lockstep remote add`: gives a server a name, with what it takes to be let in. */
export async function addRemote([name = '', address = '']: readonly string[], options: Options): Promise<void> {
  checkRemoteName(name)
  const { url } = createClient({ url: address })
  const refuseTaken = (remotes: ReadonlyMap<string, Remote>) => {
    if (!remotes.has(name) || flagOption(options, 'force')) return
    throw new UsageError(`There is a remote "${name}" already; --force puts this one in its place`)
  }
  // Before a secret is asked for, and once more when it is kept.
  refuseTaken(await readRemotes())
  const app = textOption(options, 'app')
  if (app !== undefined && !isAppName(app)) {
    const known = Object.keys(APPS)
    throw new UsageError(`--app: there is no profile "${app}"; there are ${known.join(', ')}${didYouMean(app, known)}`)
  }
  const remote: Remote = { url, credentials: await readCredentials(options), ...(app === undefined ? {} : { app }) }
  await changeRemotes((remotes) => {
    refuseTaken(remotes)
    remotes.set(name, remote)
  })
  const seen = options.check === false ? undefined : await look(name, remote)
  if (flagOption(options, 'json')) {
    printJson({ remote: name, ...describe(remote), file: remotesFile(), ...(seen ?? {}) })
    return
  }
  printLine(`Remote "${name}" is kept in ${remotesFile()}, readable for you alone.`)
  if (seen === undefined) return
  if (seen.types === undefined) printLine(`But it could not be asked: ${seen.error}`)
  else
    printLine(
      `It answers, and has ${seen.types.join(', ')}. Try: ${commandName()} query ${seen.types[0]} --remote ${name}`,
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
    printLine(`No remotes yet. Add one: ${commandName()} remote add NAME https://app.example/scim/v2`)
    return
  }
  printTable(rows, [
    ['REMOTE', ([name]) => name],
    ['URL', ([, { url }]) => url],
    ['CREDENTIALS', ([, { credentials }]) => wordsFor(credentials)],
    ['APP', ([, { app }]) => app],
  ])
}

/** `lockstep remote show`: what is kept of one, but its secrets, and what it says of itself. */
export async function showRemote([name = '']: readonly string[], options: Options): Promise<void> {
  const remote = await findRemote(name)
  const client = await clientOf(remote, { attempts: 2 })
  const features = await client.discovery.features()
  const types = await client.discovery.types()
  await keepTypes(name, remote.url, types)
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
    ['Can', isKnown ? [...can, ...(bulk ? ['bulk'] : [])].join(', ') || 'nothing optional' : 'it does not say'],
    ['Largest page', maxResults ?? 'it does not say'],
  ])
}

/** `lockstep remote remove`: forgets it, and its credentials. */
export async function removeRemote([name = '']: readonly string[], options: Options): Promise<void> {
  await changeRemotes((remotes) => {
    if (!remotes.delete(name))
      throw new UsageError(`There is no remote "${name}"${didYouMean(name, [...remotes.keys()])}`)
  })
  if (flagOption(options, 'json')) printJson({ remote: name, removed: true })
  else
    printLine(
      `Remote "${name}" and its credentials are forgotten here. The token still works; revoke it at the server.`,
    )
}

async function readCredentials(options: Options): Promise<Credentials> {
  const user = textOption(options, 'basic')
  const tokenUrl = textOption(options, 'oauth')
  const hasToken = textOption(options, 'tokenEnv') !== undefined || flagOption(options, 'tokenStdin')
  if ([user !== undefined, tokenUrl !== undefined, hasToken].filter(Boolean).length > 1) {
    throw new UsageError('Give one of --token-env or --token-stdin, --basic, --oauth')
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

/** A secret from the environment (its variable's name is kept, not the secret), from standard input, or asked for. */
async function readSecretOption(options: Options, env: string, stdin: string, what: string): Promise<Secret> {
  const variable = textOption(options, env)
  if (variable !== undefined) {
    if (/^[A-Za-z_]\w*$/.test(variable)) return { env: variable }
    throw new UsageError(
      `"${variable.slice(0, 20)}…" is not the name of an environment variable; give the name, not the secret`,
    )
  }
  if (flagOption(options, stdin)) {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
    const value = Buffer.concat(chunks).toString().trim()
    if (value !== '') return { value }
    throw new UsageError('Standard input is empty')
  }
  if (!process.stdin.isTTY) throw new UsageError(`${what}: give it by an environment variable or on standard input`)
  const value = await ask(`${what} (it is not shown):`, { secret: true })
  if (value !== undefined && value.trim() !== '') return { value: value.trim() }
  throw new UsageError(value === undefined ? 'Nothing was kept: the question was not answered' : 'Nothing was kept')
}

async function look(
  name: string,
  remote: Remote,
): Promise<{ readonly types?: readonly string[]; readonly error?: string }> {
  try {
    const client = await clientOf(remote, { attempts: 1, timeoutMs: 10_000 })
    const types = await client.discovery.types()
    await keepTypes(name, remote.url, types)
    const [first] = types
    // Discovery may be open to all; a look at a page shows whether the credentials are right.
    if (first !== undefined) await client.query(first, { count: 1 })
    return { types: types.map((type) => type.name) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

function describe({ url, credentials, app }: Remote) {
  return { url, credentials: wordsFor(credentials), app: app ?? 'rfc' }
}

/** Credentials in words, without what is secret. */
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
