// Opens the local database for a command. The only place in cli that does.

import { userInfo } from 'node:os'
import type { Directory } from '../../directory/index.ts'
import { environment } from '../../environment.ts'
import type { HubAdministration } from '../../hub/index.ts'
import type { Setup } from '../../setup/index.ts'
import { localUrl, openSite, readSettings, type SealKeys, type Settings } from '../../site/index.ts'
import type { Noted, Store } from '../../store/index.ts'
import { type AuditDraft, createAudit, type Sealer, scimPath, type Tenancy } from '../../tenancy/index.ts'
import { printErrorLine } from '../../terminal.ts'
import { flagOption, type Options, textOption } from '../terminal/options.ts'

/** The local database, opened for a command; a server may have it open at the same time. */
export interface Local {
  readonly store: Store
  readonly tenancy: Tenancy
  /** The setup links of tenants, loaded when a command needs them. */
  readonly setup: () => Promise<Setup>
  /** The directory, loaded when a command needs it. */
  readonly directory: () => Promise<Directory>
  /** What an administrator does with the hub, loaded when a command needs it. */
  readonly hub: () => Promise<HubAdministration>
  /** Seals and opens secrets. */
  readonly sealer: Sealer
  /** Where the keys for that are kept. */
  readonly sealKeys: SealKeys
  /** Hears of notes in the log that are made besides those of `tenancy`: they go to the audit. */
  readonly told: (noted: Noted) => void
  /** The address at which clients reach the server, without a trailing slash. */
  readonly url: () => Promise<string>
  /** The SCIM base URL of a tenant. */
  readonly baseUrl: (tenant: string) => Promise<string>
}

/** Opens the database that the options or the environment name, and closes it afterwards; with `create`, creates a missing one. */
export async function withLocal<T>(
  options: Options,
  use: (local: Local) => Promise<T>,
  { create = false }: { readonly create?: boolean } = {},
): Promise<T> {
  const settings = localSettings(options)
  const changes: Noted[] = []
  const told = (noted: Noted) => void changes.push(noted)
  const madeKey = (file: string) =>
    printErrorLine(`lockstep: ${file} was made: it has the key that seals secrets; keep a copy apart from backups`)
  const {
    store,
    tenancy,
    directory,
    hub: open,
    setup: openSetup,
    sealer,
    sealKeys,
    close,
  } = await openSite(settings, {
    create,
    actor: 'cli',
    madeKey,
    told,
  })
  // As set, else the address at which the server was last reached, else the one at which it would listen.
  const url = async () => settings.publicUrl ?? (await tenancy.publicUrl()) ?? localUrl(settings.host, settings.port)
  // Whoever runs commands has the whole database.
  const hub = async () => (await open())({ actor: 'cli', mayNameVariables: true })
  let setup: Promise<Setup> | undefined
  const setupOnce = () => {
    setup ??= openSetup((error) =>
      printErrorLine(`lockstep: ${error instanceof Error ? error.message : String(error)}`),
    )
    return setup
  }
  try {
    const result = await use({
      store,
      told,
      tenancy,
      directory,
      setup: setupOnce,
      hub,
      sealer,
      sealKeys,
      url,
      baseUrl: async (tenant) => (await url()) + scimPath(tenant),
    })
    await noteCommand(store, changes, 'done')
    return result
  } catch (error) {
    await noteCommand(store, changes, 'failed')
    throw error
  } finally {
    await (await setup)?.close()
    await close()
  }
}

/** Writes into the audit what a command changed: whoever runs it has the database, and the name of the machine's user is all that is known. */
async function noteCommand(store: Store, changes: readonly Noted[], outcome: AuditDraft['outcome']): Promise<void> {
  const [first] = changes
  if (first === undefined) return
  const verb = first.paths[0]?.new
  const name = userInfo().username
  const action = `${first.type} ${typeof verb === 'string' ? verb : ''}`.trim()
  await createAudit(store, environment).append({
    actor: 'cli',
    name,
    how: 'command',
    action,
    object: first.id,
    outcome,
    changes,
  })
}

/** The settings from the options of a command and the environment. */
export function localSettings(options: Options): Settings {
  const names = [
    'database',
    'databasePasswordFile',
    'publicUrl',
    'sealKeyFile',
    'outboundAllow',
    'outboundProxy',
    'record',
  ] as const
  return readSettings(Object.fromEntries(names.map((name) => [name, textOption(options, name)])), process.env)
}

/**
 * Warns when the database seems to belong to an app that embeds Lockstep: the app's hooks run in its own process, so a command doesn't
 * call them. In such a database no server has ever started, and the tenant has no connections.
 */
export async function warnOfHooks({ tenancy }: Local, tenant: string, options: Options): Promise<void> {
  if (flagOption(options, 'json') || !(await tenancy.tenants.isFirstStart())) return
  if ((await tenancy.connections.list(tenant)).length > 0) return
  printErrorLine(
    "lockstep: This database seems to belong to an app that embeds Lockstep; the app's hooks are not called for changes made here",
  )
}

/** The tenant of a command: `--tenant`, else `default`. Throws when it does not exist; loads its schemas. */
export async function tenantOf(local: Local, options: Options): Promise<string> {
  const { name } = await local.tenancy.tenants.show(textOption(options, 'tenant') ?? 'default')
  await local.tenancy.ready(name)
  return name
}
