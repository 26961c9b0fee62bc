// A list of values with indexes, so that many edits cost no more than their sum.

import type { BoundFilter } from './bound.ts'
import type { EditWork } from './edit-work.ts'
import { comparable } from './folding.ts'
import { isObject, type Json } from './json.ts'
import type { Attribute } from './schema.ts'
import { identityOf } from './value.ts'

/**
 * The values of a multi-valued attribute while edits are carried out on them: each has a place that it keeps, and is found by
 * its content without a look at the others. Indexes are built on first use and maintained from then on.
 */
export interface KeyedList {
  readonly attribute: Attribute
  size(): number
  /** Grows with each change. */
  revision(): number
  at(place: number): Json | undefined
  /** Adds a value at the end. */
  push(value: Json): number
  /** Puts another value in a place; undefined takes it away. */
  put(place: number, value: Json | undefined): void
  /** Puts other values in the place of all. */
  reset(values: readonly Json[]): void
  /** All places, in order. */
  places(): readonly number[]
  /** Places of all that can satisfy a filter, and perhaps of others, in order. */
  candidates(filter: BoundFilter): readonly number[]
  /** Places of the values with this value of a sub-attribute; texts in the form they compare in. In any order. */
  saying(sub: Attribute, value: Json): ReadonlySet<number>
  /** Places of the values that are the same as one with this identity. In any order. */
  identical(identity: string): ReadonlySet<number>
  /** Identities that more than one value has. */
  twins(): readonly string[]
  /** The values in order; the very list that it was made of when none has changed. */
  values(): readonly Json[]
}

const NONE: ReadonlySet<number> = new Set()
/** Below this number a scan is faster than building an index. */
const FEW = 8

/** Creates a keyed list of the values of an attribute; `work` counts what its indexes look at. */
export function createKeyedList(attribute: Attribute, list: readonly Json[], work: EditWork): KeyedList {
  let slots: (Json | undefined)[] = [...list]
  let count = list.length
  let revision = 0
  let identities: Index | undefined
  let crowded = new Set<string>()
  const parts = new Map<Attribute, Index>()

  function note(place: number, value: Json, isThere: boolean): void {
    if (identities !== undefined) {
      const key = identityOf(attribute, value)
      const same = enter(identities, key, place, isThere)
      if (same > 1) crowded.add(key)
      else crowded.delete(key)
    }
    for (const [sub, index] of parts) for (const key of keysOf(sub, value)) enter(index, key, place, isThere)
  }

  function put(place: number, value: Json | undefined): void {
    const before = slots[place]
    if (before === value) return
    if (before !== undefined) note(place, before, false)
    if (value !== undefined) note(place, value, true)
    count += (value === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
    slots[place] = value
    revision++
  }

  function byIdentity(): Index {
    if (identities !== undefined) return identities
    work.spend(count)
    identities = new Map()
    for (const [place, value] of slots.entries()) {
      if (value === undefined) continue
      const key = identityOf(attribute, value)
      if (enter(identities, key, place, true) > 1) crowded.add(key)
    }
    return identities
  }

  function saying(sub: Attribute, value: Json): ReadonlySet<number> {
    let index = parts.get(sub)
    if (index === undefined) {
      work.spend(count)
      index = new Map()
      for (const [place, one] of slots.entries()) {
        if (one !== undefined) for (const key of keysOf(sub, one)) enter(index, key, place, true)
      }
      parts.set(sub, index)
    }
    return index.get(keyOf(sub, value)) ?? NONE
  }

  const places = () => [...slots.keys()].filter((place) => slots[place] !== undefined)
  return {
    attribute,
    size: () => count,
    revision: () => revision,
    at: (place) => slots[place],
    push(value) {
      slots.push(undefined)
      put(slots.length - 1, value)
      return slots.length - 1
    },
    put,
    reset(values) {
      slots = [...values]
      count = values.length
      identities = undefined
      crowded = new Set()
      parts.clear()
      revision++
    },
    places,
    candidates(filter) {
      const found = count <= FEW ? undefined : satisfying(filter, saying, byIdentity)
      return found === undefined ? places() : [...found].sort((a, b) => a - b)
    },
    saying,
    identical: (identity) => byIdentity().get(identity) ?? NONE,
    twins() {
      byIdentity()
      return [...crowded]
    },
    values: () => (revision === 0 ? list : slots.filter((value) => value !== undefined)),
  }
}

type Index = Map<string, Set<number>>

/** Places of all values that can satisfy a filter. Undefined: no index can say. */
function satisfying(
  filter: BoundFilter,
  saying: KeyedList['saying'],
  byIdentity: () => Index,
): ReadonlySet<number> | undefined {
  switch (filter.op) {
    case 'and':
      return filter.all
        .map((one) => satisfying(one, saying, byIdentity))
        .reduce((least, one) => (one === undefined || (least && least.size <= one.size) ? least : one), undefined)
    case 'or': {
      const all = new Set<number>()
      for (const one of filter.all) {
        const found = satisfying(one, saying, byIdentity)
        if (found === undefined) return undefined
        for (const place of found) all.add(place)
      }
      return all
    }
    case 'eq': {
      const { target, value } = filter
      // What is absent may count as false, and times have many spellings.
      if (value !== true && typeof value !== 'string') return undefined
      if (target.sub !== undefined) return saying(target.sub, value)
      return typeof value === 'string' ? (byIdentity().get(`"${value}`) ?? NONE) : undefined
    }
    default:
      return undefined
  }
}

/** Enters a place under a key, or takes it out; gives how many there are then. */
function enter(index: Index, key: string, place: number, isThere: boolean): number {
  let found = index.get(key)
  if (found === undefined) {
    found = new Set()
    index.set(key, found)
  }
  if (isThere) found.add(place)
  else found.delete(place)
  return found.size
}

function keysOf(sub: Attribute, value: Json): readonly string[] {
  const part = isObject(value) ? value[sub.name] : undefined
  if (part === undefined) return []
  return Array.isArray(part) ? part.map((one: Json) => keyOf(sub, one)) : [keyOf(sub, part)]
}

function keyOf(sub: Attribute, value: Json): string {
  return typeof value === 'string' ? `"${comparable(sub, value)}` : JSON.stringify(value)
}
