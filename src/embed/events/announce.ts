// Tells what happened in a commit, in an order in which nothing that a handler is told of has gone yet.

import { isKnown } from '../../directory/index.ts'
import { type Steps, step } from '../../store/index.ts'
import { type AnyEvent, type EventName, idsOf } from './contract/event.ts'
import type { Graph } from './facts/graph.ts'
import type { RoleChange } from './facts/role-changes.ts'
import { CHUNK, type GroupChange, readAll, type Scene, type Shown, show, type UserChange } from './facts/scene.ts'

/** What is told of a commit. */
export interface Announcement {
  readonly scene: Scene
  readonly graph: Graph | undefined
  readonly roles: readonly RoleChange[]
  /** Whether anybody wants to hear of an event: what nobody does is not put together. */
  readonly wanted: (name: EventName) => boolean
  readonly tell: (event: AnyEvent) => Steps<void>
}

type Tell = (name: EventName, line: Line, contents: { readonly [name: string]: unknown }) => Steps<void>
type Line = Pick<UserChange['change'], 'place' | 'actor' | 'txn' | 'at'>

/**
 * Tells everything of a commit: what comes before what changes, and what goes last. Memberships and roles come after the resource that
 * they belong to is there, and go before it has gone, in whatever order the log has them.
 */
export function* announce(news: Announcement): Steps<void> {
  const { scene, wanted } = news
  const { users, groups, done } = scene
  const [first] = done.changes
  let count = 0
  const tell: Tell = function* (name, { place, actor, txn, at }, contents) {
    if (!wanted(name)) return
    const id = eventId(done.tenant, first?.place ?? place, ++count)
    const facts = { name, id, tenant: done.tenant, actor, ...(txn === undefined ? {} : { txn }), place, at }
    yield* news.tell({ ...facts, ...contents })
  }
  for (const { change, before, after } of users) {
    if (before === undefined && after) yield* tell('user.created', change, { user: after, known: isKnown(change) })
  }
  for (const { change, before, after } of groups) {
    if (change.op === 'create' && before === undefined && after) yield* tell('group.created', change, { group: after })
  }
  for (const { change, before, after } of users) {
    if (before && after) yield* tell('user.updated', change, { user: after, ...difference(change, before, after) })
  }
  for (const { change, before, after } of groups) {
    if (before && after) yield* tell('group.updated', change, { group: after, ...difference(change, before, after) })
  }
  for (const { change, before, after, wasActive, isActive } of users) {
    if (before && after && !wasActive && isActive) yield* tell('user.reactivated', change, { user: after })
  }
  yield* memberships(news, tell, 'added')
  yield* roles(news, tell, 'granted')
  yield* roles(news, tell, 'revoked')
  yield* memberships(news, tell, 'removed')
  for (const one of users) yield* deactivated(one, tell)
  for (const { change, before } of users) {
    if (change.op === 'delete') yield* tell('user.deleted', change, { user: before })
  }
  for (const { change, before } of groups) {
    if (change.op === 'delete') yield* tell('group.deleted', change, { group: before })
  }
}

/** The id of an event: later ones of a tenant compare greater as text. */
function eventId(tenant: string, place: number, count: number): string {
  return `${tenant}/${String(place).padStart(16, '0')}/${String(count).padStart(7, '0')}`
}

function* deactivated({ change, before, after, wasActive, isActive }: UserChange, tell: Tell): Steps<void> {
  if (isActive) return
  const cause = after === undefined ? 'deleted' : before === undefined ? 'created' : 'updated'
  if (cause !== 'created' && !wasActive) return
  yield* tell('user.deactivated', change, { user: after ?? before, cause })
}

/** What a change of a document says: the paths of the log, and the attributes that hold them. */
function difference({ paths }: UserChange['change'], before: Shown, after: Shown) {
  const changed = new Set<string>()
  for (const { path } of paths) {
    changed.add(path)
    // `urn:…:2.0:User:manager.value`: the extension has dots and colons of its own.
    const colon = path.lastIndexOf(':')
    if (colon > 0) changed.add(path.slice(0, colon))
    const dot = path.indexOf('.', colon + 1)
    if (dot > 0) changed.add(path.slice(0, dot))
  }
  return { before, after, changed }
}

function* memberships({ scene, wanted }: Announcement, tell: Tell, way: 'added' | 'removed'): Steps<void> {
  const { done, kindOf } = scene
  if (!wanted(`membership.${way}`)) return
  const moving = scene.groups.filter((group) => group[way].length > 0)
  const stored = yield* readAll(
    done,
    moving.filter(({ before, after }) => (before ?? after) === undefined).map(({ change }) => change.id),
  )
  const gone = new Map(done.changes.filter(({ op }) => op === 'delete').map(({ id, type }) => [id, type]))
  for (const one of moving) {
    const kinds = new Map<string, string>()
    for (let at = 0; at < one[way].length; at += CHUNK) {
      for (const member of yield* step(done.within.names(one[way].slice(at, at + CHUNK))))
        kinds.set(member.id, member.type)
    }
    const of = (kind: 'user' | 'group') =>
      idsOf(one[way].filter((id) => kindOf(kinds.get(id) ?? gone.get(id) ?? '') === kind))
    const found = stored.get(one.change.id)
    const group = one.after ?? one.before ?? (found && show(found))
    const cause = way === 'added' ? {} : { cause: causeOf(one, gone) }
    yield* tell(`membership.${way}`, one.change, { group, users: of('user'), groups: of('group'), ...cause })
  }
}

function causeOf({ change, removed }: GroupChange, gone: ReadonlyMap<string, string>) {
  if (change.op === 'delete') return 'group deleted'
  return removed.every((id) => gone.has(id)) ? 'member deleted' : 'updated'
}

function* roles({ scene, graph, roles, wanted }: Announcement, tell: Tell, way: RoleChange['way']): Steps<void> {
  if (graph === undefined || !wanted(`role.${way}`)) return
  const changes = roles.filter((one) => one.way === way)
  const lines = new Map(scene.done.changes.map((change) => [change.place, change]))
  const written = new Map(scene.users.map((one) => [one.change.id, one]))
  for (let at = 0; at < changes.length; at += CHUNK) {
    const chunk = changes.slice(at, at + CHUNK)
    const stored = yield* readAll(scene.done, [...new Set(chunk.map(({ user }) => user))])
    for (const { user: id, role, roles, through, line, cause } of chunk) {
      const change = lines.get(line)
      const found = stored.get(id)
      const user = (found && show(found)) ?? written.get(id)?.before
      if (change === undefined || user === undefined) continue
      const group = graph.through(through, way === 'granted' ? 'after' : 'before')
      yield* tell(`role.${way}`, change, { user, role, roles, through: group, cause })
    }
  }
}
