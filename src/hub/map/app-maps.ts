// The maps of an app: its own, else its adapter's, else whatever accounts can hold of the core schemas.

import { ConfigError, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import type { AccountType, AdapterKind, AppSettings, CompiledApp } from '../contract/index.ts'
import { compileMap } from './compile-map.ts'
import { defaultMap } from './default-map.ts'
import type { MapOptions } from './read-map.ts'

/** What the maps of an app depend on. */
export type MapSettings = Pick<AppSettings, 'options' | 'map' | 'scope' | 'grants'>

/** What they need of its adapter. */
export type MapKind = Pick<AdapterKind, 'defaultMap' | 'accountSchema'>

/** The map of one type, and what it is read against. ConfigError where the tenant has no such type. */
export function mapOf(
  settings: MapSettings,
  kind: MapKind | undefined,
  type: AccountType,
  types: readonly ResourceType[],
): { readonly source: JsonObject; readonly options: MapOptions } {
  const sourceType = types.find(({ name }) => name === type)
  if (sourceType === undefined) throw new ConfigError('scope', `the tenant has no resource type ${type}`)
  const accountType = kind?.accountSchema(type, settings, types)
  const source = settings.map?.[type] ?? kind?.defaultMap(settings)[type] ?? defaultMap(type, accountType)
  return { source, options: { type, sourceType, accountType, grants: settings.grants } }
}

/** The compiled maps of an app; that of groups only where it has groups. ConfigError for what can't be carried out. */
export function compileMaps(
  settings: MapSettings,
  kind: MapKind | undefined,
  types: readonly ResourceType[],
): CompiledApp['maps'] {
  const compiled = (type: AccountType) => {
    const { source, options } = mapOf(settings, kind, type, types)
    return compileMap(source, options)
  }
  const User = compiled('User')
  return settings.scope.groups === undefined ? { User } : { User, Group: compiled('Group') }
}
