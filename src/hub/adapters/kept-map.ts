// The map of an app that has none of its own, without what the app doesn't keep.

import type { JsonObject } from '../../protocol/index.ts'
import type { AccountType } from '../contract/index.ts'
import { defaultMap } from '../map/default-map.ts'

/** The built-in map without what the app doesn't keep. */
export function keptMap(type: AccountType, keeps: readonly string[] | undefined): JsonObject {
  const rules = Object.entries(defaultMap(type))
  if (keeps === undefined) return Object.fromEntries(rules)
  const [kept, whole] = [new Set(keeps), new Set(keeps.map((path) => path.split('.')[0]))]
  return Object.fromEntries(
    rules.flatMap(([path, rule]) => {
      if (
        kept.has(path) ||
        path === 'members' ||
        keeps.some((one) => path.startsWith(`${one}:`) || (one.startsWith(`${path}.`) && path.includes(':')))
      )
        return [[path, rule]]
      if (!whole.has(path)) return []
      // Of a complex attribute only these parts; entries of a list go whole, the rest of them is not compared.
      const parts = keeps.filter((one) => one.startsWith(`${path}.`))
      return path === 'name' ? parts.map((part) => [part, { from: part, whenMissing: 'clear' }]) : [[path, rule]]
    }),
  )
}
