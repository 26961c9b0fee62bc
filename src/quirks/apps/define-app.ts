// Makes a profile from what departs from the RFC.

import { type AppOverrides, type AppProfile, entryOf, isObject, RFC_PROFILE, updatesOf } from '../../protocol/index.ts'

/** When the built-in profiles were last held against their sources. */
export const CHECKED = '2026-11'

/** A profile from what departs from another one: objects are merged, everything else is replaced. */
export function defineApp(overrides: AppOverrides, base: AppProfile = RFC_PROFILE): AppProfile {
  const { types = {}, ...rest } = overrides
  const others = merged(updatesOf(base, '*'), types['*'])
  const own = Object.keys(types).map((name) => {
    // A type that the base doesn't name starts from what is said of all.
    const from = name === '*' ? undefined : entryOf(base.types, name)
    return [name, name === '*' ? others : merged(from ?? others, types[name])] as const
  })
  return { ...merged(base, rest), types: { ...base.types, ...Object.fromEntries(own) } }
}

function merged<T extends object>(base: T, overrides: object | undefined): T {
  const out: { [name: string]: unknown } = Object.fromEntries(Object.entries(base))
  for (const [name, value] of Object.entries(overrides ?? {})) {
    const own = out[name]
    out[name] = isObject(own) && isObject(value) ? merged(own, value) : value
  }
  return out as T
}
