// Compares what is wanted of tenants with what there is.

import type { HubAdministration } from '../../hub/index.ts'
import { Group, type JsonObject, User } from '../../protocol/index.ts'
import { type Connection, DEFAULT_SETTINGS, isTenantName, type TenantSettings } from '../../tenancy/index.ts'
import { UsageError } from '../terminal/options.ts'
import { appDifference } from './app-difference.ts'
import { connectionDifference, findConnection } from './connection-difference.ts'
import { type Compared, type Difference, fieldDifferences, type Unnamed } from './difference.ts'
import type { Wanted, WantedTenant } from './wanted.ts'

/** Apps that are listed at once; a tenant has no more. */
const APPS = 1_000

/** What a configuration would change, in the order in which it is carried out, and what it doesn't name. */
export interface Comparison {
  readonly differences: readonly Difference[]
  readonly unnamed: readonly Unnamed[]
}

/** Compares. With `prune`, connections and apps that a tenant's files don't name are to be removed; tenants never are. */
export async function compareConfig(
  local: Compared,
  wanted: readonly WantedTenant[],
  { prune }: { readonly prune: boolean },
): Promise<Comparison> {
  const hub = await local.hub()
  const differences: Difference[] = []
  const unnamed: Unnamed[] = []
  for (const tenant of wanted) {
    const found = await compareTenant(local, hub, tenant)
    differences.push(...found.differences)
    if (prune) differences.push(...found.unnamed.map((one) => removal(local, hub, one)))
    else unnamed.push(...found.unnamed)
  }
  return { differences, unnamed }
}

async function compareTenant(local: Compared, hub: HubAdministration, wanted: WantedTenant): Promise<Comparison> {
  const { tenancy } = local
  const { name } = wanted
  if (!isTenantName(name))
    throw new UsageError(`"${name}" can't name a tenant: a name is 1 to 63 characters of a-z, 0-9 and -`)
  const isNew = (await local.store.tenant(name)) === undefined
  if (!isNew) {
    // Refuses a tenant whose import is unfinished.
    await tenancy.tenants.show(name)
    await tenancy.ready(name)
  }
  const types = isNew ? [User, Group] : tenancy.catalog(name).types
  const connections: readonly Connection[] = isNew ? [] : await tenancy.connections.list(name)
  const apps = isNew ? [] : (await hub.apps.list(name, { limit: APPS })).items
  const differences: Difference[] = []
  const add = (one: Difference | undefined) => void (one !== undefined && differences.push(one))
  if (isNew) {
    const carryOut = async () => void (await tenancy.tenants.create(name))
    add({ tenant: name, kind: 'tenant', id: name, verb: 'create', fields: [], carryOut })
  }
  const settings = isNew ? DEFAULT_SETTINGS : tenancy.settings(name)
  for (const one of wanted.settings) add(settingsDifference(local, name, one, settings))
  for (const [key, one] of wanted.connections)
    add(connectionDifference(tenancy, { tenant: name, types }, key, one, connections))
  for (const [id, one] of wanted.apps) add(await appDifference(local, hub, { tenant: name, isNew }, id, one))
  const named = new Set([...wanted.connections].map(([key, one]) => findConnection(connections, key, one)?.id))
  return {
    differences,
    unnamed: [
      ...connections
        .filter(({ id }) => !named.has(id))
        .map(({ id }) => ({ tenant: name, kind: 'connection' as const, id })),
      ...apps.filter(({ id }) => !wanted.apps.has(id)).map(({ id }) => ({ tenant: name, kind: 'app' as const, id })),
    ],
  }
}

function settingsDifference(
  { tenancy, directory }: Compared,
  tenant: string,
  { value, where }: Wanted,
  now: TenantSettings,
): Difference | undefined {
  const known = JSON.parse(JSON.stringify(now)) as JsonObject
  for (const name of Object.keys(value)) {
    if (known[name] === undefined) {
      throw new UsageError(
        `${where(name)}: settings.${name}: There is no such setting; there are ${Object.keys(known).join(', ')}`,
      )
    }
  }
  // What is left out stays, features one by one.
  const features = { ...(known.features as JsonObject), ...(value.features as JsonObject | undefined) }
  const wanted = { ...known, ...value, features }
  const fields = fieldDifferences(known, wanted, ['features'])
  if (fields.length === 0) return undefined
  const carryOut = async () => void (await tenancy.changeSettings(tenant, value, await directory()))
  return { tenant, kind: 'settings', id: '', verb: 'change', fields, carryOut }
}

function removal({ tenancy }: Compared, hub: HubAdministration, { tenant, kind, id }: Unnamed): Difference {
  const carryOut = async () => {
    if (kind === 'connection') await tenancy.connections.revoke(tenant, id)
    else await hub.apps.remove(tenant, id)
    return undefined
  }
  return { tenant, kind, id, verb: 'remove', fields: [], carryOut }
}
