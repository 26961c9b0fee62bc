// What a commit leaves behind besides the data, and how it is taken back.

import type { Affected, WholeChange } from '../contract/index.ts'

/** What a list of writes leaves behind besides the data itself. */
export interface Effects {
  readonly undos: (() => void)[]
  readonly changes: WholeChange[]
  readonly affected: Affected[]
}

/** Puts a value into a map, or takes it out; `undefined` takes out. */
export function put<K, V>(map: Map<K, V>, key: K, value: V | undefined, out: Effects): void {
  const had = map.has(key)
  const before = map.get(key)
  if (value === undefined) map.delete(key)
  else map.set(key, value)
  out.undos.push(() => {
    if (had && before !== undefined) map.set(key, before)
    else map.delete(key)
  })
}

/** Adds an element to one of several sets, or removes it. */
export function setMember(
  sets: Map<string, Set<string>>,
  key: string,
  member: string,
  is: boolean,
  out: Effects,
): void {
  const set = sets.get(key) ?? new Set<string>()
  sets.set(key, set)
  if (set.has(member) === is) return
  const change = (to: boolean) => {
    if (to) set.add(member)
    else set.delete(member)
  }
  change(is)
  out.undos.push(() => change(!is))
}
