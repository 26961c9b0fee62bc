// Merges a change into the settings of an app.

import { isObject, type Json, type JsonObject } from '../../protocol/index.ts'
import { type AppSettings, settingsJson } from '../contract/index.ts'
import { APP_FIELDS } from './read-settings.ts'

/** Settings whose members are merged one by one; of the others, a change gives the whole. */
const MERGED: ReadonlySet<string> = new Set(['options', 'map', 'scope', 'policy', 'guard', 'sweeps', 'sweeps.policies'])

/**
 * The settings after a change, as JSON. What the change leaves out stays; null takes a setting back to what it is without being set.
 * Members of `options`, `map`, `scope`, `policy`, `guard` and `sweeps` are merged one by one: a change of `map.User` gives the whole map
 * of users, one of `scope.users` the whole rule. `grants` are given whole. Credentials without a new secret keep theirs.
 */
export function mergeFields(app: AppSettings, change: JsonObject): JsonObject {
  const { credentials: _credentials, ...settings } = settingsJson(app) as { [name: string]: Json }
  const now = Object.fromEntries(
    Object.entries(settings).filter(([name]) => (APP_FIELDS as readonly string[]).includes(name)),
  )
  return merge('', now, change)
}

function merge(path: string, before: JsonObject, change: JsonObject): JsonObject {
  const merged: { [name: string]: Json } = { ...before }
  for (const [name, value] of Object.entries(change)) {
    const at = path === '' ? name : `${path}.${name}`
    const was = merged[name]
    if (value === null) {
      // To take credentials away is a change too; whether they are given is decided by the name.
      if (at === 'credentials') merged[name] = null
      else delete merged[name]
    } else if (MERGED.has(at) && isObject(was) && isObject(value)) merged[name] = merge(at, was, value)
    else merged[name] = value
  }
  return merged
}
