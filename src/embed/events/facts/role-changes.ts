// Whose effective roles a commit has changed: computed from before and after, so that they change exactly once.

import { type MemberPage, type Steps, type Stored, step } from '../../../store/index.ts'
import type { GrantCause, RevokeCause } from '../contract/event.ts'
import type { Graph, Moment } from './graph.ts'
import { CHUNK, type GroupChange, readAll, type Scene } from './scene.ts'

/** A role that an active person has got, or has no more. */
export type RoleChange = {
  readonly user: string
  readonly role: string
  /** The group that gives it, or gave it. */
  readonly through: string
  /** The log line that it follows from. */
  readonly line: number
  /** All roles that the person has after the commit. */
  readonly roles: readonly string[]
} & ({ readonly way: 'granted'; readonly cause: GrantCause } | { readonly way: 'revoked'; readonly cause: RevokeCause })

/** Why a person's roles may have changed: the line, and what it was. */
interface Reason {
  readonly line: number
  readonly cause: 'membership' | 'group updated' | 'group deleted' | 'activity'
}

/** The role changes of a commit, in no particular order. */
export function* roleChangesOf(scene: Scene, graph: Graph): Steps<readonly RoleChange[]> {
  const people = new Map<string, Reason>()
  for (const { change, before, wasActive, isActive } of scene.users) {
    // Nobody is in a group before they are there.
    if (before !== undefined && wasActive !== isActive) people.set(change.id, { line: change.place, cause: 'activity' })
  }
  for (const group of scene.groups) yield* addAffected(scene, graph, group, people)
  const ids = [...people.keys()]
  const changes: RoleChange[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    yield* compare(scene, graph, ids.slice(at, at + CHUNK), people, changes)
  }
  return changes
}

/** Adds the people whose roles may have changed with a group. */
function* addAffected(
  scene: Scene,
  graph: Graph,
  { change, before, after, added, removed }: GroupChange,
  people: Map<string, Reason>,
): Steps<void> {
  const { id, op, place } = change
  const moved = [...added, ...removed]
  if (moved.length > 0) {
    const gave = yield* graph.rolesThrough([id], 'before')
    const gives = yield* graph.rolesThrough([id], 'after')
    if (gave.size > 0 || gives.size > 0) {
      const cause = op === 'delete' ? 'group deleted' : 'membership'
      yield* addPeople(scene, moved, { line: place, cause }, people)
    }
  }
  if (before === undefined || after === undefined) return
  const [old, now] = [yield* graph.ownRoles(id, 'before'), yield* graph.ownRoles(id, 'after')]
  if (old.length === now.length && old.every((role) => now.includes(role))) return
  yield* addPeople(scene, [id], { line: place, cause: 'group updated' }, people)
}

/** Adds these people, and the people in these groups and the groups in them. */
function* addPeople(
  { done, kindOf }: Scene,
  ids: readonly string[],
  reason: Reason,
  people: Map<string, Reason>,
): Steps<void> {
  const groups = new Set<string>()
  const add = ({ id, type }: { readonly id: string; readonly type: string }) => {
    const kind = kindOf(type)
    if (kind === 'group') groups.add(id)
    else if (kind === 'user' && !people.has(id)) people.set(id, reason)
  }
  for (let at = 0; at < ids.length; at += CHUNK) {
    for (const member of yield* step(done.within.names(ids.slice(at, at + CHUNK)))) add(member)
  }
  // The set grows while it is walked, and holds each group once: circles end.
  for (const group of groups) {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: MemberPage = yield* step(done.within.membersOf(group, after, CHUNK))
      for (const member of page.members) add(member)
      after = page.next
    }
  }
}

/** Compares the roles of people before and after. */
function* compare(
  scene: Scene,
  graph: Graph,
  ids: readonly string[],
  people: ReadonlyMap<string, Reason>,
  changes: RoleChange[],
): Steps<void> {
  const written = new Map(scene.users.map((one) => [one.change.id, one]))
  const unwritten = yield* readAll(
    scene.done,
    ids.filter((id) => !written.has(id)),
  )
  const groups = yield* graph.groupsOf(ids)
  function* rolesOf(id: string, when: Moment): Steps<ReadonlyMap<string, string>> {
    return yield* graph.rolesThrough(groups[when].get(id) ?? [], when)
  }
  for (const id of ids) {
    const reason = people.get(id)
    const change = written.get(id)
    const active = activityOf(scene, change, unwritten.get(id))
    if (reason === undefined) continue
    const before = active.before ? yield* rolesOf(id, 'before') : NONE
    const after = active.after ? yield* rolesOf(id, 'after') : NONE
    const causes = causesOf(reason, change?.change.op === 'delete')
    const { line } = reason
    const roles = [...after.keys()]
    for (const [role, through] of before) {
      if (!after.has(role))
        changes.push({ user: id, role, roles, through, line, way: 'revoked', cause: causes.revoked })
    }
    for (const [role, through] of after) {
      if (!before.has(role))
        changes.push({ user: id, role, roles, through, line, way: 'granted', cause: causes.granted })
    }
  }
}

const NONE: ReadonlyMap<string, string> = new Map()

function activityOf(
  scene: Scene,
  written: Scene['users'][number] | undefined,
  stored: Stored | undefined,
): { readonly [when in Moment]: boolean } {
  if (written !== undefined) return { before: written.wasActive, after: written.isActive }
  const active = stored !== undefined && scene.isActive(stored)
  return { before: active, after: active }
}

function causesOf(
  { cause }: Reason,
  deleted: boolean,
): { readonly granted: GrantCause; readonly revoked: RevokeCause } {
  if (cause === 'activity') return { granted: 'reactivated', revoked: deleted ? 'deleted' : 'deactivated' }
  return { granted: cause === 'group deleted' ? 'membership' : cause, revoked: cause }
}
