import type { Directory } from '../../directory/index.ts'
import { localUrl, openSite, readSettings, type Settings } from '../../site/index.ts'
import type { Store } from '../../store/index.ts'
import { scimPath, type Tenancy } from '../../tenancy/index.ts'
import { complain } from '../../terminal.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'

/** The database on this machine, opened by a command; a server may have it open at the same time. */
export interface Local {
  readonly store: Store
  readonly tenancy: Tenancy
  /** The door, loaded when a command needs it. */
  readonly directory: () => Promise<Directory>
  /** Where clients reach the server, without a slash at the end. */
  readonly url: () => Promise<string>
  /** The SCIM base URL of a tenant. */
  readonly baseUrl: (tenant: string) => Promise<string>
}

/** Opens the database that the options and the environment name, and closes it afterwards. `create` makes a missing one. */
export async function withLocal<T>(
  options: Options,
  use: (local: Local) => Promise<T>,
  { create = false }: { readonly create?: boolean } = {},
): Promise<T> {
  const settings = localSettings(options)
  const { store, tenancy, directory, close } = await openSite(settings, { create, actor: 'cli' })
  // Said explicitly, else as the server was last reached, else where it would be reached.
  const url = async () => settings.publicUrl ?? (await tenancy.publicUrl()) ?? localUrl(settings.host, settings.port)
  try {
    return await use({ store, tenancy, directory, url, baseUrl: async (tenant) => (await url()) + scimPath(tenant) })
  } finally {
    await close()
  }
}

/** The settings that a command's options and the environment give. */
export function localSettings(options: Options): Settings {
  const names = ['database', 'databasePasswordFile', 'publicUrl'] as const
  return readSettings(Object.fromEntries(names.map((name) => [name, textOption(options, name)])), process.env)
}

/**
 * Says of a tenant that an app has beside its own tables that the app's hooks hear of nothing that a command changes: they run in the app's
 * process. Such a tenant has no connections, and no server has ever started on its database.
 */
export async function warnOfHooks({ tenancy }: Local, tenant: string, options: Options): Promise<void> {
  if (flagOption(options, 'json') || !(await tenancy.tenants.isFirstStart())) return
  if ((await tenancy.connections.list(tenant)).length > 0) return
  complain(
    'lockstep: This database seems to belong to an app that embeds Lockstep; hooks of the app are not called for what is changed here',
  )
}

/** The tenant a command is for: `--tenant`, else `default`; refuses one that isn't there, and has its schemas read. */
export async function tenantOf(local: Local, options: Options): Promise<string> {
  const { name } = await local.tenancy.tenants.show(textOption(options, 'tenant') ?? 'default')
  await local.tenancy.ready(name)
  return name
}
