// What a tenant is in memory, and how its resources, members and groups are read.

import { compareText } from '../../protocol/index.ts'
import type {
  Change,
  Cursor,
  ExportRow,
  IndexEntry,
  Item,
  Member,
  Membership,
  Query,
  Stored,
  StoredRecord,
} from '../contract/index.ts'
import type { DerivedSource } from '../derived.ts'

/** A resource, the hash of its password and its index entries. */
export interface Row {
  readonly stored: Stored
  readonly secret: string | undefined
  readonly entries: readonly IndexEntry[]
}

/** An index path of a type. */
export type PathRow = Extract<ExportRow, { row: 'path' }>

/** Everything of one tenant. */
export interface Tenant {
  readonly name: string
  readonly created: number
  readonly rows: Map<string, Row>
  /** Ids of the members of each group, and of the groups of each member. */
  readonly members: Map<string, Set<string>>
  readonly groups: Map<string, Set<string>>
  /** Ids by index entry. */
  readonly holders: Map<string, Set<string>>
  /** Index paths that have been seen, by type and path. */
  readonly paths: Map<string, PathRow>
  /** The log behind its cut. */
  readonly log: Change[]
  /** The last place that was cut, and the latest time among the lines cut. */
  readonly cut: { place: number; at: number }
  readonly records: Map<string, StoredRecord>
  /** By queue and key. */
  readonly items: Map<string, Item>
  /** By reader. */
  readonly cursors: Map<string, Cursor>
  /** By name. */
  readonly leases: Map<string, LeaseRow>
}

/** A lease as kept; without an owner once it was released. */
export interface LeaseRow {
  readonly owner: string | undefined
  readonly until: number
  readonly epoch: number
  readonly abandoned: boolean
}

/** A tenant without anything in it. */
export function makeTenant(name: string, created: number): Tenant {
  return {
    name,
    created,
    rows: new Map(),
    members: new Map(),
    groups: new Map(),
    holders: new Map(),
    paths: new Map(),
    log: [],
    cut: { place: 0, at: 0 },
    records: new Map(),
    items: new Map(),
    cursors: new Map(),
    leases: new Map(),
  }
}

/** A resource as its groups see it. */
export function toMember(stored: Stored): Member {
  return { id: stored.id, type: stored.type, display: stored.display }
}

/** The members of a group in the order in which they joined. */
export function membersOf(tenant: Tenant | undefined, group: string): readonly Member[] {
  const members: Member[] = []
  for (const id of tenant?.members.get(group) ?? []) {
    const row = tenant?.rows.get(id)
    if (row !== undefined) members.push(toMember(row.stored))
  }
  return members
}

/** The groups that a resource is in: direct ones first, each once, never itself. Circles of groups end. */
function groupsOf(tenant: Tenant | undefined, id: string): readonly (Membership & { readonly type: string })[] {
  const direct = tenant?.groups.get(id) ?? new Set()
  const all = new Set(direct)
  for (const group of all) for (const above of tenant?.groups.get(group) ?? []) all.add(above)
  all.delete(id)
  const groups = [...all].flatMap((group) => {
    const row = tenant?.rows.get(group)
    return row === undefined ? [] : [{ ...toMember(row.stored), direct: direct.has(group) }]
  })
  return groups.sort((a, b) => Number(b.direct) - Number(a.direct) || compareText(a.id, b.id))
}

/** A resource's direct groups. */
export function directGroups(tenant: Tenant | undefined, id: string): readonly string[] {
  return [...(tenant?.groups.get(id) ?? [])].filter((group) => group !== id && tenant?.rows.has(group))
}

/** A resource with its groups. */
export function withGroups(stored: Stored, tenant: Tenant): Stored {
  const groups = groupsOf(tenant, stored.id).map(({ id, display, direct }) => ({ id, display, direct }))
  return { ...stored, groups }
}

/** What a tenant's documents are completed from. */
export function derivedSource(tenant: Tenant | undefined, query: Query): DerivedSource {
  return {
    base: query.base,
    endpoints: query.endpoints,
    groupsOf: (id) => groupsOf(tenant, id),
    membersOf: (id) => membersOf(tenant, id),
    named: (id) => {
      const row = tenant?.rows.get(id)
      return row === undefined ? undefined : toMember(row.stored)
    },
  }
}
