// What lines of the log concern in one app: the resources themselves, memberships, and people whose answer a group changes.

import type { Change, Store } from '../../store/index.ts'
import { type CompiledApp, HUB_LANES } from '../contract/index.ts'
import { ALL_MEMBERS } from './members.ts'
import type { Source } from './source.ts'

/** A resource whose link a batch concerns. */
export interface Concern {
  readonly id: string
  /** At least this urgent. */
  readonly lane: number
  /** When the first of its lines was committed, in milliseconds since 1970. */
  readonly at: number
  /** The last of its lines. */
  readonly place: number
  readonly cause: string
  /** Memberships that its lines take away. */
  readonly memberships: number
}

/** What a batch concerns in one app. */
export interface Concerns {
  readonly links: readonly Concern[]
  readonly members: readonly {
    readonly group: string
    readonly member: string
    readonly lane: number
    readonly at: number
  }[]
  /** The place of a line whose effects are too many to name: everything has to be looked at. */
  readonly whole?: number
}

/** The resources of a batch as they are now; `of` reads more. */
export interface Read {
  readonly sources: ReadonlyMap<string, Source>
  readonly of: (type: 'User' | 'Group', ids: readonly string[]) => Promise<void>
}

/** Members of nested groups that are named one by one; beyond that everything is looked at. */
const NAMED = 1_000

/** What lines concern in an app. */
export async function concernsOf(
  store: Pick<Store, 'members'>,
  app: CompiledApp,
  lines: readonly Change[],
  read: Read,
): Promise<Concerns> {
  const links = new Map<string, Concern>()
  const members: Concerns['members'][number][] = []
  let whole: number | undefined
  for (const line of lines) {
    const { type, id, op } = line
    if (op === 'note' || (type !== 'User' && type !== 'Group')) continue
    const removed = line.members?.removed ?? 0
    if (type === 'User') {
      add(links, id, line, takesGrant(line) ? HUB_LANES.lose : HUB_LANES.update)
      continue
    }
    const hasGroups = app.scope.hasGroups && app.maps.Group !== undefined
    if (hasGroups) add(links, id, line, removed > 0 ? HUB_LANES.lose : HUB_LANES.update, removed)
    if (hasGroups && line.members !== undefined && op !== 'delete') members.push(...memberMarks(line))
    if (!matters(app, id, read.sources.get(id))) continue
    const affected = op === 'delete' ? undefined : await affectedBy(store, line)
    if (affected === undefined) whole = Math.max(whole ?? 0, line.place)
    else {
      await read.of('User', [...affected.keys()])
      for (const [person, lane] of affected) add(links, person, line, lane)
    }
  }
  return { links: [...links.values()], members, ...(whole === undefined ? {} : { whole }) }
}

function add(links: Map<string, Concern>, id: string, line: Change, lane: number, memberships = 0): void {
  const before = links.get(id)
  const cause = line.txn === undefined ? `change ${line.place}` : `request ${line.txn}`
  links.set(id, {
    id,
    lane: Math.min(before?.lane ?? HUB_LANES.sweep, lane),
    at: before?.at ?? line.at,
    place: line.place,
    cause,
    memberships: (before?.memberships ?? 0) + memberships,
  })
}

/** Whether a line takes roles or entitlements away: that is as urgent as a membership. */
function takesGrant({ paths }: Change): boolean {
  return paths.some(({ path, old }) => old !== undefined && /(?:^|:)(?:roles|entitlements)\b/.test(path))
}

function memberMarks({ id: group, at, members }: Change): readonly Concerns['members'][number][] {
  const ids = members?.ids
  const removed = members?.removed ?? 0
  if (ids === undefined) {
    return [{ group, member: ALL_MEMBERS, lane: removed > 0 ? HUB_LANES.lose : HUB_LANES.update, at }]
  }
  return [
    ...ids.removed.map((member) => ({ group, member, lane: HUB_LANES.lose, at })),
    ...ids.added.map((member) => ({ group, member, lane: HUB_LANES.update, at })),
  ]
}

/** Whether membership in a group, or in one that it is nested in, decides anything in the app. */
function matters({ scope }: CompiledApp, id: string, source: Source | undefined): boolean {
  const { groupsThatMatter } = scope
  if (groupsThatMatter.size === 0) return false
  if (groupsThatMatter.has(id)) return true
  return source !== undefined && [...source.memberOf].some((group) => groupsThatMatter.has(group))
}

/** The people whose membership a line changes, through nested groups too, by lane; undefined when they are too many to name. */
async function affectedBy(
  store: Pick<Store, 'members'>,
  { tenant, members }: Change,
): Promise<ReadonlyMap<string, number> | undefined> {
  if (members === undefined) return new Map()
  if (members.ids === undefined) return undefined
  const people = new Map<string, number>()
  const groups: { readonly id: string; readonly lane: number }[] = []
  for (const id of members.ids.added) people.set(id, HUB_LANES.update)
  for (const id of members.ids.removed) people.set(id, HUB_LANES.lose)
  // Ids of a line have no types: groups show themselves by having members.
  for (const [id, lane] of people) groups.push({ id, lane })
  const seen = new Set<string>()
  for (let next = groups.shift(); next !== undefined; next = groups.shift()) {
    if (seen.has(next.id)) continue
    seen.add(next.id)
    for await (const chunk of store.members({ tenant, type: 'Group', id: next.id })) {
      for (const { id, type } of chunk) {
        if (type === 'Group') groups.push({ id, lane: next.lane })
        else people.set(id, Math.min(people.get(id) ?? next.lane, next.lane))
      }
      if (people.size > NAMED) return undefined
    }
  }
  return people
}
