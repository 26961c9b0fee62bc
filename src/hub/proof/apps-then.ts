// The apps of a tenant as they are, or as they were at a moment in the past, ready to be asked who has what.

import { ConfigError, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import {
  type AdapterKind,
  type AppSettings,
  type CompiledMap,
  type CompiledScope,
  readApps,
} from '../contract/index.ts'
import { compileMaps } from '../map/app-maps.ts'
import { type GrantedList, readGranted } from '../map/granted.ts'
import { compileScope } from '../scope/compile-scope.ts'
import type { History } from './history.ts'

/** An app that can be asked who has what. */
export interface AccessApp {
  readonly settings: AppSettings
  readonly scope: CompiledScope
  readonly users: CompiledMap
  /** Absent: its groups' members are not the hub's business. */
  readonly groups?: CompiledMap
  readonly granted: readonly GrantedList[]
}

/** Apps, and what stood in the way of others. */
export interface AppsThen {
  readonly apps: readonly AccessApp[]
  readonly doubts: readonly string[]
}

/** The apps of a tenant in the order of their ids, at a moment if there is a history. Apps that were off gave nothing; they are left out. */
export async function readAppsThen(
  store: Pick<Store, 'records'>,
  tenant: string,
  types: readonly ResourceType[],
  kinds: readonly AdapterKind[],
  history?: History,
): Promise<AppsThen> {
  const now = await readApps(store, tenant)
  const settings = history === undefined ? now : settingsThen(now, history)
  const doubts: string[] = []
  const apps = settings.flatMap((app): readonly AccessApp[] => {
    if (app.mode === 'off') return []
    try {
      return [ready(app, types, kinds)]
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      doubts.push(`App ${app.id} can't be told about: ${error.message}`)
      return []
    }
  })
  return { apps, doubts }
}

function ready(app: AppSettings, types: readonly ResourceType[], kinds: readonly AdapterKind[]): AccessApp {
  const kind = kinds.find((one) => one.kind === app.adapter)
  const { User, Group } = compileMaps(app, kind, types)
  return {
    settings: app,
    scope: compileScope(app.scope, app.grants, types),
    users: User,
    ...(Group?.members === undefined ? {} : { groups: Group }),
    granted: readGranted(app.grants, kind?.accountSchema('User', app, types), []),
  }
}

/** The settings of then: what notes in the log say of each that changed since. */
function settingsThen(now: readonly AppSettings[], { apps }: History): readonly AppSettings[] {
  const all = new Map<string, JsonObject>(now.map((app) => [app.id, app as unknown as JsonObject]))
  for (const [id, changed] of apps) {
    if (changed === null) {
      all.delete(id)
      continue
    }
    const then: { [name: string]: JsonObject[string] } = { ...all.get(id), id }
    for (const [name, old] of changed) {
      if (old === undefined || old === null) delete then[name]
      else then[name] = old
    }
    all.set(id, then)
  }
  const whole = [...all.values()].filter((app) => app.scope !== undefined && app.mode !== undefined)
  return (whole as unknown as readonly AppSettings[]).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
