// Who is in which groups and what roles these give, as it was before a commit and as it is after it.

import { type Steps, step } from '../../../store/index.ts'
import type { Through } from '../contract/event.ts'
import type { RolesOf } from '../contract/read-event-options.ts'
import { readAll, type Scene, type Shown, show } from './scene.ts'

/** Before the commit, or after it. */
export type Moment = 'before' | 'after'

/** The groups of each resource. */
type Groups = ReadonlyMap<string, readonly string[]>

/** Groups and the roles that they give. */
export interface Graph {
  /** The direct groups of each of these resources, at both moments. */
  readonly groupsOf: (ids: readonly string[]) => Steps<{ readonly [when in Moment]: Groups }>
  /** The roles that these groups give, themselves or by the groups that they are in, and through which group. */
  readonly rolesThrough: (groups: readonly string[], when: Moment) => Steps<ReadonlyMap<string, string>>
  /** The roles that a group gives itself. */
  readonly ownRoles: (group: string, when: Moment) => Steps<readonly string[]>
  /** A group that `rolesThrough` has named. */
  readonly through: (group: string, when: Moment) => Through
}

/**
 * Creates the graph of a commit. What is read is how it is after the commit; how it was before follows from what the commit has changed.
 */
export function createGraph(scene: Scene, rolesOf: RolesOf): Graph {
  const { done } = scene
  const { came, went } = movedEdges(scene)
  const written = new Map(
    scene.groups.filter(({ before, after }) => before ?? after).map((group) => [group.change.id, group]),
  )
  /** Groups as they are after the commit, and those that they are in. */
  const docs = new Map<string, Shown | undefined>()
  const above = new Map<string, readonly string[]>()
  const roles = { before: new Map<string, readonly string[]>(), after: new Map<string, readonly string[]>() }

  function* load(groups: readonly string[]): Steps<void> {
    const unread = groups.filter((id) => !docs.has(id))
    if (unread.length === 0) return
    const found = yield* readAll(done, unread)
    for (const id of unread) {
      const stored = found.get(id)
      docs.set(id, stored && show(stored))
    }
    const known = yield* directGroups(scene, unread)
    for (const id of unread) above.set(id, known.get(id) ?? [])
  }

  function edges(id: string, after: readonly string[], when: Moment): readonly string[] {
    const [added, removed] = [came.get(id), went.get(id)]
    if (when === 'after' || (added === undefined && removed === undefined)) return after
    return [...new Set([...after.filter((group) => added?.has(group) !== true), ...(removed ?? [])])]
  }

  function documentAt(group: string, when: Moment): Shown | undefined {
    const change = written.get(group)
    return change === undefined ? docs.get(group) : change[when]
  }

  function rolesAt(group: string, when: Moment): readonly string[] {
    let found = roles[when].get(group)
    if (found === undefined) {
      const document = documentAt(group, when)
      found = document === undefined ? [] : rolesOf(document, done.tenant)
      roles[when].set(group, found)
    }
    return found
  }

  return {
    *groupsOf(ids) {
      const known = yield* directGroups(scene, ids)
      const at = (when: Moment) => new Map(ids.map((id) => [id, edges(id, known.get(id) ?? [], when)]))
      return { before: at('before'), after: at('after') }
    },
    *rolesThrough(groups, when) {
      const found = new Map<string, string>()
      const seen = new Set(groups)
      for (let next = groups; next.length > 0; ) {
        yield* load(next)
        for (const group of next) {
          for (const role of rolesAt(group, when)) if (!found.has(role)) found.set(role, group)
        }
        const higher = next.flatMap((group) => edges(group, above.get(group) ?? [], when))
        next = [...new Set(higher)].filter((group) => !seen.has(group))
        for (const group of next) seen.add(group)
      }
      return found
    },
    *ownRoles(group, when) {
      yield* load([group])
      return rolesAt(group, when)
    },
    through: (id, when) => ({ id, displayName: String(documentAt(id, when)?.displayName ?? '') }),
  }
}

/** Memberships that began and ended with the commit, by member. One that did both did neither. */
function movedEdges({ groups }: Scene) {
  const came = new Map<string, Set<string>>()
  const went = new Map<string, Set<string>>()
  const put = (to: Map<string, Set<string>>, from: Map<string, Set<string>>, member: string, group: string) => {
    if (from.get(member)?.delete(group) === true) return
    const set = to.get(member)
    if (set === undefined) to.set(member, new Set([group]))
    else set.add(group)
  }
  for (const { change, added, removed } of groups) {
    for (const member of added) put(came, went, member, change.id)
    for (const member of removed) put(went, came, member, change.id)
  }
  return { came, went }
}

function* directGroups({ done }: Scene, ids: readonly string[]): Steps<Groups> {
  const found = new Map<string, string[]>()
  for (let at = 0; at < ids.length; at += 1_000) {
    for (const { member, group } of yield* step(done.within.groupsOf(ids.slice(at, at + 1_000)))) {
      const list = found.get(member)
      if (list === undefined) found.set(member, [group])
      else list.push(group)
    }
  }
  return found
}
