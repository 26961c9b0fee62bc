// What happened in one commit, with the documents before and after.

import { type Committed, documentOf, traitsOf } from '../../../directory/index.ts'
import { type Catalog, type Document, type ResourceType, typeByName } from '../../../protocol/index.ts'
import { type Steps, type Stored, step, type WholeChange } from '../../../store/index.ts'

/** A document as handlers get it: a copy of their own. */
export type Shown = { readonly id: string; readonly [name: string]: unknown }

/** A person who was written. */
export interface UserChange {
  readonly change: WholeChange
  readonly before: Shown | undefined
  readonly after: Shown | undefined
  readonly wasActive: boolean
  readonly isActive: boolean
}

/** A group that was written; without documents where members alone changed. */
export interface GroupChange {
  readonly change: WholeChange
  readonly before: Shown | undefined
  readonly after: Shown | undefined
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/** What happened in one commit. */
export interface Scene {
  readonly done: Committed
  readonly kindOf: (type: string) => 'user' | 'group' | undefined
  readonly isActive: (stored: Stored) => boolean
  readonly users: readonly UserChange[]
  readonly groups: readonly GroupChange[]
}

/** How many resources are read at once. */
export const CHUNK = 500

/** What a type is to an app: a person has a userName, a group has members. */
export function kindOf(type: ResourceType | undefined): 'user' | 'group' | undefined {
  if (type === undefined) return undefined
  if (type.schema.attributes.some(({ name }) => name === 'userName')) return 'user'
  return traitsOf(type).rows ? 'group' : undefined
}

/** Whether a document says that its person is active: everybody is who isn't said not to be. RFC 7643 §4.1.1. */
export function isActive(document: Document | Shown): boolean {
  return document.active !== false
}

/** Puts together what happened. Reads nothing but documents of people that came without. */
export function* readScene(done: Committed, catalog: Catalog): Steps<Scene> {
  const kind = (type: string) => kindOf(typeByName(catalog, type))
  const users: UserChange[] = []
  const groups: GroupChange[] = []
  const lone = done.changes.filter(
    (change) => change.op !== 'delete' && kind(change.type) === 'user' && done.documents(change) === undefined,
  )
  const read = yield* readAll(
    done,
    lone.map(({ id }) => id),
  )
  for (const change of done.changes) {
    const is = kind(change.type)
    if (is === undefined) continue
    const { before, after } = documentsOf(done, change, read)
    if (is === 'user') {
      const wasActive = before !== undefined && isActive(before)
      users.push({ change, before, after, wasActive, isActive: after !== undefined && isActive(after) })
    } else {
      const { added = [], removed = [] } = change.members?.ids ?? {}
      groups.push({ change, before, after, added, removed })
    }
  }
  return { done, kindOf: kind, isActive: (stored) => isActive(documentOf(stored)), users, groups }
}

function documentsOf(
  done: Committed,
  change: WholeChange,
  read: ReadonlyMap<string, Stored>,
): Pick<UserChange, 'before' | 'after'> {
  const written = done.documents(change)
  if (written === undefined) {
    const stored = read.get(change.id)
    const shown = stored && show(stored)
    return { before: change.op === 'create' ? undefined : shown, after: shown }
  }
  const { stored, before, after } = written
  const created = stored?.created ?? change.at
  return {
    before: before && stored && showAs(stored, before),
    after: after && showAs({ type: change.type, version: change.version, created, modified: change.at }, after),
  }
}

/** Reads resources, however many. */
export function* readAll({ within }: Committed, ids: readonly string[]): Steps<ReadonlyMap<string, Stored>> {
  const found = new Map<string, Stored>()
  for (let at = 0; at < ids.length; at += CHUNK) {
    for (const stored of yield* step(within.resources(ids.slice(at, at + CHUNK)))) found.set(stored.id, stored)
  }
  return found
}

/** A resource as handlers get it. */
export function show(stored: Stored): Shown {
  return showAs(stored, documentOf(stored))
}

function showAs(
  { type, version, created, modified }: Pick<Stored, 'type' | 'version' | 'created' | 'modified'>,
  document: Document,
): Shown {
  const meta = {
    resourceType: type,
    created: new Date(created).toISOString(),
    lastModified: new Date(modified).toISOString(),
    version: `W/"${version}"`,
  }
  return { ...structuredClone(document), id: String(document.id), meta }
}
