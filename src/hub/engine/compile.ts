// How maps and scopes become functions: handed to the engine, which knows no language of expressions.

import type { JsonObject, ResourceType } from '../../protocol/index.ts'
import type { AccountType, AppGrant, AppScope, CompiledMap, CompiledScope } from '../contract/index.ts'

/** What a map is compiled for. */
export interface MapContext {
  readonly type: AccountType
  readonly grants: readonly AppGrant[]
  /** The tenant's resource types. */
  readonly types: readonly ResourceType[]
  /** What accounts can hold; absent: anything. */
  readonly account?: ResourceType
}

/** Compiles scopes and maps. Both throw ConfigError, with the path, for what can't be carried out. */
export interface Compile {
  scope(scope: AppScope, grants: readonly AppGrant[], types: readonly ResourceType[]): CompiledScope
  map(source: JsonObject, context: MapContext): CompiledMap
}
