// People and groups as they are, or as they were at a moment in the past.

import { type Document, isObject, type ResourceType } from '../../protocol/index.ts'
import type { Store } from '../../store/index.ts'
import type { History } from './history.ts'

/** Somebody, or a group, with the groups that it was in. */
export interface Seen {
  readonly id: string
  readonly document: Document
  /** Groups by id, nested ones too: whether it was in them directly. */
  readonly groups: ReadonlyMap<string, boolean>
}

/** A moment: now, or one in the past. */
export interface Moment {
  readonly user: (id: string) => Promise<Seen | undefined>
  readonly group: (id: string) => Promise<Seen | undefined>
  /** What can't be told for sure, for people. Grows as answers are given. */
  readonly doubts: () => readonly string[]
}

/** Creates a moment. Without a history: now. */
export function createMoment(
  store: Pick<Store, 'get'>,
  tenant: string,
  types: readonly ResourceType[],
  history?: History,
): Moment {
  const known = new Map<string, Promise<Bare | undefined>>()
  const doubts = new Set<string>()
  const look = (type: 'User' | 'Group', id: string): Promise<Bare | undefined> => {
    // Groups are asked for again and again, people once.
    if (type !== 'Group') return lookUp(type, id)
    const found = known.get(id) ?? lookUp(type, id)
    known.set(id, found)
    return found
  }
  const lookUp = async (type: 'User' | 'Group', id: string): Promise<Bare | undefined> => {
    const stored = await store.get({ tenant, type, id }, { groups: true })
    const now = stored === undefined ? undefined : parsed(stored.text)
    const groups = stored?.groups ?? []
    if (history === undefined) {
      if (now === undefined) return undefined
      const nested = new Map(groups.map((one) => [one.id, one.direct]))
      return { document: now, direct: new Set(), groups: nested }
    }
    const schema = types.find(({ name }) => name === type)
    if (schema === undefined || (stored === undefined && history.gone.get(id) !== type)) return undefined
    const document = history.before(schema, id, now)
    if (document === undefined) return undefined
    if (history.erased.has(id)) doubts.add(`${type} ${id} was erased from the log: its values of then are not known`)
    const direct = groups.filter((one) => one.direct).map((one) => one.id)
    return { document, direct: await directGroups(id, new Set(direct), history) }
  }
  /** The groups that a resource was directly in. */
  const directGroups = async (id: string, now: ReadonlySet<string>, past: History): Promise<ReadonlySet<string>> => {
    const direct = new Set(now)
    for (const [group, was] of past.moved(id)) {
      if (was) direct.add(group)
      else direct.delete(group)
    }
    if (past.blind.size === 0) return direct
    for (const [group, members] of await past.forward()) {
      if (members === undefined) doubts.add(`The log does not name all members of group ${group} at that time`)
      else if (members.has(id)) direct.add(group)
      else direct.delete(group)
    }
    return direct
  }
  /** Those and the groups that they were in, circles included. */
  const withNested = async (direct: ReadonlySet<string>): Promise<ReadonlyMap<string, boolean>> => {
    const all = new Map<string, boolean>([...direct].map((id) => [id, true]))
    // A map that grows while it is walked is walked to its end.
    for (const id of all.keys()) {
      for (const outer of (await look('Group', id))?.direct ?? []) if (!all.has(outer)) all.set(outer, false)
    }
    return all
  }
  const see = async (type: 'User' | 'Group', id: string): Promise<Seen | undefined> => {
    const bare = await look(type, id)
    if (bare === undefined) return undefined
    return { id, document: bare.document, groups: bare.groups ?? (await withNested(bare.direct)) }
  }
  return {
    user: (id) => see('User', id),
    group: (id) => see('Group', id),
    doubts: () => [...doubts],
  }
}

/** A resource before its nested groups are looked up; now, the store knows them. */
interface Bare {
  readonly document: Document
  readonly direct: ReadonlySet<string>
  readonly groups?: ReadonlyMap<string, boolean>
}

function parsed(text: string): Document | undefined {
  const document: unknown = JSON.parse(text)
  return isObject(document) ? document : undefined
}
