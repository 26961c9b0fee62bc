import { comparable, isObject, type Json, type JsonObject, type ResourceType } from '../../protocol/index.ts'
import type { Compared, ComparedType } from './comparison.ts'
import type { Gathered, Named, Side } from './pair-table.ts'
import { pathsIn } from './read-side.ts'
import { addressesIn, ownOf, referencesOf, withPathsOf, withReferences } from './references.ts'

/** B's resource as it is and as it should be, in one view: with the ids that B has, or with keys in the place of ids. */
export interface Goal {
  readonly before: JsonObject
  readonly goal: JsonObject
  /** What is left as it is because one side doesn't show it, in words. */
  readonly left: readonly string[]
  /** Attributes of B that A's schemas don't know. */
  readonly unknown: readonly string[]
}

/** How references are shown. */
export interface View {
  /** A resource of B as the view has it. */
  readonly own: (id: string, named: Named | undefined) => string
  /** What has this name in A as the view has it at B; undefined where B has none. */
  readonly there: (named: Named) => string | undefined
  /** Members are added where B doesn't show whom it has: that takes nobody away. Otherwise they are not compared. */
  readonly addsUnseen: boolean
}

/** References by what people call those they lead to: ids mean something on their own side only. */
export const BY_KEYS: View = {
  own: (id, named) => (named === undefined ? `id:${id}` : labelOf(named)),
  there: labelOf,
  addsUnseen: false,
}

/** What people call a resource; of types besides users with the type's name, for a group may be called like a person. */
export function labelOf({ type, shown }: Named): string {
  return type === 'User' ? shown : `${type} ${shown}`
}

/**
 * B's resource as it should be: what A has, its references turned into those of B. What A does not show, does not know or can't tell
 * stays as B has it: nothing is taken away because it was not seen.
 */
export function goalOf(
  compared: Compared,
  type: ComparedType,
  inA: Gathered,
  inB: Gathered,
  ignored: readonly string[],
  view: View,
): Goal {
  const { gathering } = compared
  const turnOwn = (id: string) => view.own(id, gathering.keyOf('b', id))
  const members = membersOf(compared, type, inA, inB, view)
  const before = withMembers(withReferences(inB.document, type.b, turnOwn), members.before)
  const turn = (id: string) => {
    const named = gathering.keyOf('a', id)
    return named === undefined ? undefined : view.there(named)
  }
  let goal = withReferences(ownOf(inA.document, type.a, type.b), type.b, turn)
  const untold = referencesOf(inA.document, type.b, (id) => turn(id) === undefined && !gathering.isGone('a', id))
  const unknown = pathsIn(before).filter((path) => !type.isKnownToA(path) && !pathsIn(inA.document).includes(path))
  const kept = [
    ...untold,
    ...unknown,
    ...addressesIn(before, type.b),
    ...pathsIn(before).filter((path) => isSaid(path, ignored)),
  ]
  goal = withPathsOf(goal, before, [...kept, ...pathsIn(goal).filter((path) => isSaid(path, ignored))])
  goal = withPathsOf(goal, before, ['id', 'meta'])
  goal = withMembers(goal, isSaid('members', ignored) ? members.before : members.goal)
  return {
    before,
    goal: inOneCase(goal, before, type),
    left: [
      ...(isSaid('members', ignored) ? [] : members.left),
      ...[...untold]
        .filter((path) => !isSaid(path, ignored))
        .map((path) => `${path} leads to somebody whom B doesn't have`),
    ],
    unknown,
  }
}

/** Whether `--ignore` names a path, or the extension or attribute that it belongs to. */
function isSaid(path: string, ignored: readonly string[]): boolean {
  const folded = path.toLowerCase()
  return ignored.some((each) => folded === each.toLowerCase() || folded.startsWith(`${each.toLowerCase()}:`))
}

function withMembers(document: JsonObject, members: readonly string[]): JsonObject {
  const { members: _members, ...rest } = document
  return members.length === 0 ? rest : { ...rest, members: members.map((value) => ({ value })) }
}

/** Whether it is known who is in a group: it was shown, or its side shows it of others, so that none means nobody. */
function knowsMembers(
  { sources }: Compared,
  side: Side,
  { name }: ComparedType,
  { membersShown, made }: Gathered,
): boolean {
  return membersShown || made || sources.get(`${side} ${name}`)?.showsMembers === true
}

function membersOf(
  compared: Compared,
  type: ComparedType,
  inA: Gathered,
  inB: Gathered,
  view: View,
): { readonly before: readonly string[]; readonly goal: readonly string[]; readonly left: readonly string[] } {
  const { gathering } = compared
  const inGroup = [...gathering.members('a', type.name, inA.id)]
  const own = [...gathering.members('b', type.name, inB.id)]
  const before = own.map(({ id, named }) => view.own(id, named))
  if (!knowsMembers(compared, 'a', type, inA)) {
    return {
      before,
      goal: before,
      left: own.length === 0 ? [] : ['A does not show its members, so they stay as B has them'],
    }
  }
  const wanted = inGroup.flatMap(({ named }) => (named === undefined ? [] : (view.there(named) ?? [])))
  if (!knowsMembers(compared, 'b', type, inB) && !view.addsUnseen) {
    return {
      before,
      goal: before,
      left: inGroup.length === 0 ? [] : ['B does not show its members, so they are not compared'],
    }
  }
  const untold = inGroup.filter(({ id, named }) => named === undefined && !gathering.isGone('a', id))
  // Whom nobody can name may be whom A means; whom A can't name may be anybody of B.
  const stay = own
    .filter(({ named }) => named === undefined || untold.length > 0)
    .map(({ id, named }) => view.own(id, named))
  const who = untold.length === 1 ? 'one of its members' : `${untold.length} of its members`
  return {
    before,
    goal: [...new Set([...wanted, ...stay])],
    left:
      untold.length === 0
        ? []
        : [`A does not tell who ${who} ${untold.length === 1 ? 'is' : 'are'}, so nobody is removed`],
  }
}

/**
 * The goal with B's spelling where a key, or a unique value, differs in letter case alone and case doesn't count: some servers keep
 * all of them in lower case, and would be told to change them with every copy. RFC 7643 §2.2.
 */
function inOneCase(goal: JsonObject, before: JsonObject, { b, key }: ComparedType): JsonObject {
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
  let out = inHolder(goal, before, b.schema.attributes, '')
  for (const { schema } of b.extensions) {
    const [to, from] = [out[schema.id], before[schema.id]]
    if (isObject(to) && isObject(from))
      out = { ...out, [schema.id]: inHolder(to, from, schema.attributes, `${schema.id}:`) }
  }
  return out
}
