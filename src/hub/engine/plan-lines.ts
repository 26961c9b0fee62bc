// What lines of the log concern in one app: resources, memberships, and people whose answer a group changes.

import type { Change, Store } from '../../store/index.ts'
import { type CompiledApp, HUB_LANES } from '../contract/index.ts'
import { ALL_MEMBERS } from './marks.ts'
import { flattens, managesMembers, membersOf } from './nested.ts'
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

/**
 * Whether a line is about a person or a group. Notes about people are: whoever is killed while an app is just beginning with them has no
 * link yet that the kill could mark.
 */
export function concernsResource({ op, type }: Pick<Change, 'op' | 'type'>): boolean {
  return type === 'User' || (type === 'Group' && op !== 'note')
}

/** What lines concern in an app. */
export async function concernsOf(
  store: Pick<Store, 'members' | 'names'>,
  app: CompiledApp,
  lines: readonly Change[],
  read: Read,
): Promise<Concerns> {
  const links = new Map<string, Concern>()
  const members: Concerns['members'][number][] = []
  let whole: number | undefined
  for (const line of lines) {
    const { type, id, op } = line
    if (!concernsResource(line)) continue
    if (type === 'User') {
      add(links, id, line, takesGrant(line) ? HUB_LANES.lose : HUB_LANES.update)
      continue
    }
    const source = read.sources.get(id)
    if (app.scope.hasGroups) add(links, id, line, laneOf(line), line.members?.removed)
    const moves = managesMembers(app) && line.members !== undefined && op !== 'delete'
    const decides = matters(app, id, source)
    if (!moves && !decides) continue
    const affected =
      op === 'delete' ? undefined : await affectedBy(store, read, line, moves && !flattens(app) && !decides)
    if (moves) {
      for (const group of flattens(app) ? [id, ...(source?.memberOf ?? [])] : [id]) {
        if (group !== id) add(links, group, line, laneOf(line))
        members.push(...memberMarks(group, line, affected))
      }
    }
    if (!decides) continue
    if (affected === undefined) whole = Math.max(whole ?? 0, line.place)
    else {
      await read.of('User', [...affected.keys()])
      for (const [person, lane] of affected) add(links, person, line, lane)
    }
  }
  const outer = [...links.keys()].filter((id) => !read.sources.has(id))
  if (outer.length > 0) await read.of('Group', outer)
  return { links: [...links.values()], members, ...(whole === undefined ? {} : { whole }) }
}

function laneOf({ members }: Change): number {
  return (members?.removed ?? 0) > 0 ? HUB_LANES.lose : HUB_LANES.update
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

function memberMarks(
  group: string,
  line: Change,
  affected: ReadonlyMap<string, number> | undefined,
): readonly Concerns['members'][number][] {
  const { at } = line
  if (affected === undefined) return [{ group, member: ALL_MEMBERS, lane: laneOf(line), at }]
  return [...affected].map(([member, lane]) => ({ group, member, lane, at }))
}

/** Whether membership in a group, or in one that it is nested in, decides anything in the app. */
function matters({ scope }: CompiledApp, id: string, source: Source | undefined): boolean {
  const { groupsThatMatter } = scope
  if (groupsThatMatter.size === 0) return false
  if (groupsThatMatter.has(id)) return true
  return source !== undefined && [...source.memberOf].some((group) => groupsThatMatter.has(group))
}

/**
 * Whose membership a line changes, by lane: those that it names, and unless `direct`, members of groups among them. Undefined when they are
 * too many to name, or not known.
 */
async function affectedBy(
  store: Pick<Store, 'members' | 'names'>,
  { sources }: Pick<Read, 'sources'>,
  { tenant, members }: Change,
  direct: boolean,
): Promise<ReadonlyMap<string, number> | undefined> {
  if (members === undefined) return new Map()
  const { ids } = members
  if (ids === undefined) return undefined
  const found = new Map<string, number>()
  for (const id of ids.added) found.set(id, HUB_LANES.update)
  for (const id of ids.removed) found.set(id, HUB_LANES.lose)
  if (direct) return found
  // Of a group that is gone nobody knows any more who was in it.
  const known = ids.removed.map((id) => sources.get(id))
  if (known.some((source) => source?.type === 'Group' && source.document === undefined)) return undefined
  const unknown = ids.removed.filter((id) => !sources.has(id))
  if (unknown.length > 0 && (await store.names(tenant, unknown)).length < unknown.length) return undefined
  // Ids of a line have no types: groups show themselves by having members.
  for (const [id, lane] of [...found]) {
    for await (const chunk of membersOf(store, tenant, id, true)) {
      for (const inner of chunk) found.set(inner, Math.min(found.get(inner) ?? lane, lane))
      if (found.size > NAMED) return undefined
    }
  }
  return found
}
