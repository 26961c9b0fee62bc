// What a change writes, attribute by attribute.

import { equalJson, type Json } from '../../protocol/index.ts'
import type { AccountChange } from '../contract/index.ts'

/**
 * The attributes that a change writes, by their top-level names or extension URNs: those that differ, and those of which nobody knows what
 * the app has. Null: the attribute is to be cleared.
 */
export function changedAttributes({ before, after, uncertain }: AccountChange): { readonly [name: string]: Json } {
  const names = new Set([...Object.keys(before), ...Object.keys(after), ...uncertain])
  const changed = [...names].filter((name) => uncertain.includes(name) || !equalJson(before[name], after[name]))
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]))
}
