// The accounts of a fake app: versions, unique values, members, and reads that lag behind.

import type { Clock } from './clock.ts'
import { isList, isObject, type Json, type JsonObject } from './json.ts'
import { invalid } from './refusal.ts'
import { attributesOf, findAttribute, type Type } from './schema.ts'

/** An account at one moment. */
export interface Held {
  readonly id: string
  readonly type: Type
  /** By canonical names, without id, schemas and meta. */
  readonly attributes: JsonObject
  readonly created: number
  readonly modified: number
  readonly version: number
  /** Only its id is still in use: reads say 404. */
  readonly hidden: boolean
}

/** The accounts. */
export interface Accounts {
  /** As it is; writes work on that. */
  readonly get: (type: Type, id: string) => Held | undefined
  /** As reads show it. */
  readonly seen: (type: Type, id: string) => Held | undefined
  /** All that there are, hidden ones too. */
  readonly held: (type: Type) => readonly Held[]
  /** All that reads show, in the order in which they were made. */
  readonly list: (type: Type) => readonly Held[]
  /** Those with a value, as reads show them; undefined: look through all. */
  readonly withValue: (type: Type, attribute: string, value: string) => readonly Held[] | undefined
  readonly put: (held: Held) => void
  readonly drop: (type: Type, id: string) => void
  /** The ids of the groups that an account is a member of. */
  readonly groupsOf: (id: string) => readonly string[]
  /** Throws when another account has one of these values, or had it and was removed for good. */
  readonly requireUnique: (type: Type, names: readonly string[], attributes: JsonObject, own?: string) => void
  /** Refuses the unique values of an account for ever. */
  readonly burn: (held: Held, names: readonly string[]) => void
}

/** Attributes by which accounts are found without looking through all. */
const INDEXED = ['userName', 'externalId', 'displayName']

/** The ids of a group's members. */
export function memberIds(attributes: JsonObject): readonly string[] {
  const { members } = attributes
  return isList(members) ? members.flatMap((one) => (isObject(one) ? [String(one.value)] : [])) : []
}

/** Creates an empty store. `lagMs` says how far reads are behind. */
export function createAccounts(clock: Clock, lagMs: () => number): Accounts {
  const versions = new Map<string, { readonly at: number; readonly held: Held | undefined }[]>()
  const byValue = new Map<string, Set<string>>()
  const groups = new Map<string, Set<string>>()
  const burnt = new Set<string>()
  const key = (type: Type, id: string) => `${type} ${id}`
  const valueKey = (type: Type, name: string, value: Json) => `${type} ${name} ${folded(type, name, value)}`

  const get = (type: Type, id: string) => versions.get(key(type, id))?.at(-1)?.held
  const seenOf = (all: readonly { readonly at: number; readonly held: Held | undefined }[] | undefined) => {
    const until = clock.now() - lagMs()
    return all?.findLast(({ at }) => at <= until)?.held
  }
  const seen = (type: Type, id: string) => seenOf(versions.get(key(type, id)))

  function write(type: Type, id: string, held: Held | undefined): void {
    const name = key(type, id)
    const all = versions.get(name) ?? []
    unlink(all.at(-1)?.held)
    // What reads no longer show is forgotten.
    const until = clock.now() - lagMs()
    const kept = all.findLastIndex(({ at }) => at <= until)
    versions.set(name, [...all.slice(Math.max(0, kept)), { at: clock.now(), held }])
    link(held)
  }

  function link(held: Held | undefined): void {
    if (held === undefined) return
    for (const name of INDEXED) {
      const value = held.attributes[name]
      if (typeof value !== 'string') continue
      const at = valueKey(held.type, name, value)
      byValue.set(at, (byValue.get(at) ?? new Set()).add(held.id))
    }
    if (held.type === 'Group')
      for (const id of memberIds(held.attributes)) groups.set(id, (groups.get(id) ?? new Set()).add(held.id))
  }

  function unlink(held: Held | undefined): void {
    if (held === undefined) return
    for (const name of INDEXED) {
      const value = held.attributes[name]
      if (typeof value === 'string') byValue.get(valueKey(held.type, name, value))?.delete(held.id)
    }
    if (held.type === 'Group') for (const id of memberIds(held.attributes)) groups.get(id)?.delete(held.id)
  }

  return {
    get,
    seen,
    held: (type) =>
      [...versions].flatMap(([name, all]) => {
        const held = name.startsWith(`${type} `) ? all.at(-1)?.held : undefined
        return held === undefined ? [] : [held]
      }),
    list: (type) =>
      [...versions].flatMap(([name, all]) => {
        const held = name.startsWith(`${type} `) ? seenOf(all) : undefined
        return held === undefined || held.hidden ? [] : [held]
      }),
    withValue(type, attribute, value) {
      // The index shows what is, not what a lagging read shows.
      if (!INDEXED.includes(attribute) || lagMs() > 0) return undefined
      return [...(byValue.get(valueKey(type, attribute, value)) ?? [])].flatMap((id) => {
        const held = get(type, id)
        return held === undefined || held.hidden ? [] : [held]
      })
    },
    put: (held) => write(held.type, held.id, held),
    drop(type, id) {
      write(type, id, undefined)
      if (lagMs() === 0) versions.delete(key(type, id))
    },
    groupsOf: (id) => [...(groups.get(id) ?? [])],
    requireUnique(type, names, attributes, own) {
      for (const name of names) {
        const value = attributes[name]
        if (typeof value !== 'string') continue
        const at = valueKey(type, name, value)
        const others = [...(byValue.get(at) ?? [])].filter((id) => id !== own)
        if (others.length > 0 || burnt.has(at))
          throw invalid('uniqueness', `"${name}" ${JSON.stringify(value)} is taken`)
      }
    },
    burn(held, names) {
      for (const name of names) {
        const value = held.attributes[name]
        if (typeof value === 'string') burnt.add(valueKey(held.type, name, value))
      }
    },
  }
}

/** A value as it is compared: RFC 8265 for names, roughly. */
function folded(type: Type, name: string, value: Json): string {
  const exact = findAttribute(attributesOf(type), name)?.caseExact === true
  const text = String(value).normalize('NFKC')
  return exact ? text : text.toLowerCase()
}
