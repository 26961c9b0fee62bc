// Opens a target: a remote SCIM server or a local tenant, reached through the same client.

import { readFile } from 'node:fs/promises'
import { ALL_RIGHTS } from '../../access/index.ts'
import {
  APPS,
  type AppProfile,
  type Auth,
  basic,
  type Client,
  createClient,
  isAppName,
  noAuth,
  oauth,
  token,
} from '../../client/index.ts'
import { environment } from '../../environment.ts'
import { ConfigError, type ResourceType } from '../../protocol/index.ts'
import { createProvider } from '../../provider/index.ts'
import { profileOf } from '../../quirks/index.ts'
import { reasonOf } from '../../site/index.ts'
import { scimPath } from '../../tenancy/index.ts'
import { warnOfHooks, withLocal } from '../database/local.ts'
import { type Options, textOption } from '../terminal/options.ts'
import { type Credentials, findRemote, type Remote, readSecret } from './remotes-file.ts'
import { cacheTypes } from './schema-cache.ts'

/** Where resources are: a remote SCIM server or a tenant of the local database, reached through the same client. */
export interface Target {
  /** For messages: `remote "acme"`, `tenant "acme"`. */
  readonly name: string
  readonly client: Client
  /** Its resource types, from its own discovery. */
  readonly types: () => Promise<readonly ResourceType[]>
  /** The limits of its updates, if it is known to support less than the RFC. */
  readonly profile: AppProfile | undefined
  /** Whether its lists show every attribute, as those of a local tenant do; other servers may leave some out. */
  readonly showsAll: boolean
}

/** Opens the remote that `--remote` names, else the local tenant that `--tenant` names. `writes`: the command changes resources. */
export async function withTarget<T>(
  options: Options,
  use: (target: Target) => Promise<T>,
  { writes = false }: { readonly writes?: boolean } = {},
): Promise<T> {
  const remote = textOption(options, 'remote')
  if (remote !== undefined) return use(await remoteTarget(remote))
  return withTenant(textOption(options, 'tenant') ?? 'default', options, use, writes)
}

/** Opens a target named by an argument: a remote's name, or `local:TENANT`. */
export async function withNamedTarget<T>(
  word: string,
  options: Options,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  const tenant = /^local(?::(.*))?$/.exec(word)
  if (tenant !== null) return withTenant(tenant[1] || 'default', options, use)
  return use(await remoteTarget(word))
}

async function remoteTarget(name: string): Promise<Target> {
  const remote = await findRemote(name)
  const client = await clientOf(remote)
  return {
    name: `remote "${name}"`,
    client,
    types: async () => {
      const types = await client.discovery.types()
      await cacheTypes(name, remote.url, types)
      return types
    },
    profile: remote.app !== undefined && isAppName(remote.app) ? APPS[remote.app] : undefined,
    showsAll: false,
  }
}

/** A client for a remote; `attempts` 1 turns retries off. */
export async function clientOf(remote: Remote, own: { readonly attempts?: number; readonly timeoutMs?: number } = {}) {
  return createClient({ url: remote.url, auth: await authOf(remote.credentials), ...own })
}

async function authOf(credentials: Credentials): Promise<Auth> {
  switch (credentials.kind) {
    case 'none':
      return noAuth
    case 'token':
      return token(readSecret(credentials.token))
    case 'basic':
      return basic(credentials.user, readSecret(credentials.password))
    default: {
      const { tokenUrl, clientId, secret, method, keyFile, algorithm = 'RS256', keyId, scope } = credentials
      return oauth({
        tokenUrl,
        clientId,
        ...(secret === undefined ? {} : { clientSecret: readSecret(secret) }),
        ...(method === undefined ? {} : { method }),
        ...(scope === undefined ? {} : { scope }),
        ...(keyFile === undefined
          ? {}
          : { key: { algorithm, private: await readKey(keyFile), ...(keyId === undefined ? {} : { id: keyId }) } }),
      })
    }
  }
}

async function readKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new ConfigError('--key', `${file} can't be read: ${reasonOf(cause)}`, { cause })
  }
}

/** A local tenant, reached through the provider itself without a network, so that responses are the same as for clients. */
async function withTenant<T>(
  tenant: string,
  options: Options,
  use: (target: Target) => Promise<T>,
  writes = false,
): Promise<T> {
  return withLocal(options, async (local) => {
    const { tenancy } = local
    await tenancy.tenants.show(tenant)
    await tenancy.ready(tenant)
    if (writes) await warnOfHooks(local, tenant, options)
    const { features } = tenancy.settings(tenant)
    const provider = createProvider({
      directory: await local.directory(),
      basePath: scimPath(tenant),
      publicUrl: await local.url(),
      authenticate: () => ({ tenant, actor: 'cli', profile: profileOf('generic'), rights: ALL_RIGHTS }),
      // Features that are disabled for clients stay available to the operator.
      features: () => ({
        ...features,
        patch: true,
        bulk: true,
        filter: true,
        sort: true,
        sensitive: [],
        selfService: [],
      }),
      report: ({ error }) => {
        throw error
      },
    })
    const client = createClient({
      url: `http://localhost${scimPath(tenant)}`,
      attempts: 1,
      urlLength: 60_000,
      environment: { ...environment, fetch: (url, init) => provider.fetch(new Request(url, init)) },
    })
    const { types } = tenancy.catalog(tenant)
    return use({ name: `tenant "${tenant}"`, client, types: async () => types, profile: undefined, showsAll: true })
  })
}
