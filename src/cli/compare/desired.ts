// Works out what a resource of B should become to match its counterpart in A.

import { comparable, isObject, type Json, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import type { ComparedType, Comparison } from './comparison.ts'
import type { ResourceKey, Side, SideResource } from './pair-table.ts'
import { pathsIn } from './read-side.ts'
import { addressesIn, ownOf, referencesOf, withPathsOf, withReferences } from './references.ts'

/** A resource of B as it is and as it should be. References hold B's ids, or keys instead of ids. */
export interface Desired {
  readonly before: JsonObject
  readonly after: JsonObject
  /** What is left unchanged because one side doesn't show it, in words. */
  readonly left: readonly string[]
  /** Attributes of B that A's schemas don't know. */
  readonly unknown: readonly string[]
}

/** How references appear in both versions. */
export interface ReferenceView {
  /** How to write a reference that B has. */
  readonly own: (id: string, key: ResourceKey | undefined) => string
  /** How to write a reference that A has, by its key; undefined if B has no such resource. */
  readonly there: (key: ResourceKey) => string | undefined
  /** Whether to add members where B doesn't show its own, which removes nobody. Otherwise they are not compared. */
  readonly addsUnseen: boolean
}

/** Writes references as keys, since ids mean something only to their own side. */
export const BY_KEYS: ReferenceView = {
  own: (id, key) => (key === undefined ? `id:${id}` : labelOf(key)),
  there: labelOf,
  addsUnseen: false,
}

/** The name of a resource for people; with its type, except for users: a group may have the name of a person. */
export function labelOf({ type, shown }: ResourceKey): string {
  return type === 'User' ? shown : `${type} ${shown}`
}

/**
 * What B's resource should become: A's, with its references replaced by B's. What A doesn't show or its schemas don't know stays as
 * B has it: nothing is removed because it was not seen.
 */
export function desiredOf(
  comparison: Comparison,
  type: ComparedType,
  inA: SideResource,
  inB: SideResource,
  ignored: readonly string[],
  view: ReferenceView,
): Desired {
  const { table } = comparison
  const turnOwn = (id: string) => view.own(id, table.keyOf('b', id))
  const members = membersOf(comparison, type, inA, inB, view)
  const before = withMembers(withReferences(inB.document, type.b, turnOwn), members.before)
  const turn = (id: string) => {
    const key = table.keyOf('a', id)
    return key === undefined ? undefined : view.there(key)
  }
  let after = withReferences(ownOf(inA.document, type.a, type.b), type.b, turn)
  const untold = referencesOf(inA.document, type.b, (id) => turn(id) === undefined && !table.isMissing('a', id))
  const unknown = pathsIn(before).filter((path) => !type.isKnownToA(path) && !pathsIn(inA.document).includes(path))
  const kept = [
    ...untold,
    ...unknown,
    ...addressesIn(before, type.b),
    ...pathsIn(before).filter((path) => isIgnored(path, ignored)),
  ]
  after = withPathsOf(after, before, [...kept, ...pathsIn(after).filter((path) => isIgnored(path, ignored))])
  after = withPathsOf(after, before, ['id', 'meta'])
  after = withMembers(after, isIgnored('members', ignored) ? members.before : members.after)
  return {
    before,
    after: withSpellingOf(after, before, type),
    left: [
      ...(isIgnored('members', ignored) ? [] : members.left),
      ...[...untold]
        .filter((path) => !isIgnored(path, ignored))
        .map((path) => `${path} refers to a resource that B doesn't have`),
    ],
    unknown,
  }
}

/** Whether `--ignore` names a path, or the extension or attribute that it belongs to. */
function isIgnored(path: string, ignored: readonly string[]): boolean {
  const folded = path.toLowerCase()
  return ignored.some((each) => folded === each.toLowerCase() || folded.startsWith(`${each.toLowerCase()}:`))
}

function withMembers(document: JsonObject, members: readonly string[]): JsonObject {
  const { members: _members, ...rest } = document
  return members.length === 0 ? rest : { ...rest, members: members.map((value) => ({ value })) }
}

/** Whether a group's members are known: they were returned, or its side returns those of others, so that it has none. */
function knowsMembers(
  { readings }: Comparison,
  side: Side,
  { name }: ComparedType,
  { membersShown, made }: SideResource,
): boolean {
  return membersShown || made || readings.get(`${side} ${name}`)?.showsMembers === true
}

function membersOf(
  comparison: Comparison,
  type: ComparedType,
  inA: SideResource,
  inB: SideResource,
  view: ReferenceView,
): { readonly before: readonly string[]; readonly after: readonly string[]; readonly left: readonly string[] } {
  const { table } = comparison
  const inGroup = [...table.members('a', type.name, inA.id)]
  const own = [...table.members('b', type.name, inB.id)]
  const before = own.map(({ id, key }) => view.own(id, key))
  if (!knowsMembers(comparison, 'a', type, inA)) {
    return {
      before,
      after: before,
      left: own.length === 0 ? [] : ["A does not show its members, so B's stay unchanged"],
    }
  }
  const wanted = inGroup.flatMap(({ key }) => (key === undefined ? [] : (view.there(key) ?? [])))
  if (!knowsMembers(comparison, 'b', type, inB) && !view.addsUnseen) {
    return {
      before,
      after: before,
      left: inGroup.length === 0 ? [] : ['B does not show its members, so they are not compared'],
    }
  }
  const untold = inGroup.filter(({ id, key }) => key === undefined && !table.isMissing('a', id))
  // A member of B without a key may be one that A means; and one that A can't name may be any member of B.
  const stay = own.filter(({ key }) => key === undefined || untold.length > 0).map(({ id, key }) => view.own(id, key))
  const who = untold.length === 1 ? 'one of its members' : `${untold.length} of its members`
  return {
    before,
    after: [...new Set([...wanted, ...stay])],
    left:
      untold.length === 0
        ? []
        : [`A does not reveal who ${who} ${untold.length === 1 ? 'is' : 'are'}, so nobody is removed`],
  }
}

/**
 * Keeps B's spelling of keys and unique values that differ only in letter case where case doesn't matter: some servers store them in
 * lower case, and every copy would try to change them. RFC 7643 §2.2.
 */
function withSpellingOf(after: JsonObject, before: JsonObject, { b, key }: ComparedType): JsonObject {
  const inHolder = (
    to: JsonObject,
    from: JsonObject,
    attributes: ResourceType['schema']['attributes'],
    prefix: string,
  ) => {
    const out: { [name: string]: Json } = { ...to }
    for (const attribute of attributes) {
      const { name, subAttributes } = attribute
      const [old, now] = [from[name], out[name]]
      if (isObject(old) && isObject(now) && subAttributes !== undefined) {
        out[name] = inHolder(now, old, subAttributes, `${prefix}${name}.`)
        continue
      }
      const isKey = attribute.uniqueness !== 'none' || `${prefix}${name}`.toLowerCase() === key.toLowerCase()
      if (!isKey || typeof old !== 'string' || typeof now !== 'string') continue
      if (comparable(attribute, old) === comparable(attribute, now)) out[name] = old
    }
    return out
  }
  let out = inHolder(after, before, b.schema.attributes, '')
  for (const { schema } of b.extensions) {
    const [to, from] = [out[schema.id], before[schema.id]]
    if (isObject(to) && isObject(from))
      out = { ...out, [schema.id]: inHolder(to, from, schema.attributes, `${schema.id}:`) }
  }
  return out
}
