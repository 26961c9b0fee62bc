// What a configuration would change: one difference for each tenant, its settings, each connection and each app.

import type { Json, JsonObject } from '../../protocol/index.ts'
import type { Local } from '../database/local.ts'

/** The database that a configuration is compared with. */
export type Compared = Pick<Local, 'store' | 'tenancy' | 'directory' | 'hub'>

/** One field that would change. Undefined: not set. */
export interface FieldDifference {
  readonly path: string
  readonly was?: Json | undefined
  readonly is?: Json | undefined
}

/** One thing that would be made, changed or removed. */
export interface Difference {
  readonly tenant: string
  readonly kind: 'tenant' | 'settings' | 'connection' | 'app'
  readonly id: string
  readonly verb: 'create' | 'change' | 'remove'
  readonly fields: readonly FieldDifference[]
  /** Carries it out; returns what the administrator has to know afterwards. */
  readonly carryOut: () => Promise<string | undefined>
}

/** What stands although the configuration doesn't name it, and what could be removed with `--prune`. */
export interface Unnamed {
  readonly tenant: string
  readonly kind: 'connection' | 'app'
  readonly id: string
}

/** The differences between two objects: field by field, objects below `nested` member by member. */
export function fieldDifferences(
  was: JsonObject,
  is: JsonObject,
  nested: readonly string[] = [],
  below = '',
): readonly FieldDifference[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name) => {
    const path = `${below}${name}`
    const [before, after] = [was[name], is[name]]
    if (canonical(before) === canonical(after)) return []
    if (nested.includes(path) && isObjectLike(before ?? {}) && isObjectLike(after ?? {}))
      return fieldDifferences((before ?? {}) as JsonObject, (after ?? {}) as JsonObject, nested, `${path}.`)
    return [{ path, was: before, is: after }]
  })
}

function isObjectLike(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as text, the same for the same value whatever the order of its members. */
export function canonical(value: Json | undefined): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}
