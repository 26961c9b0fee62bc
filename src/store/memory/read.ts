// Reads of single resources, members, the log and records in memory.

import { compareText, entryOf } from '../../protocol/index.ts'
import type { ReadHalf, Ref, TenantRow } from '../contract/index.ts'
import { exportRows } from './export.ts'
import { find, weigh } from './find.ts'
import { entryKey } from './index-entries.ts'
import { readRecords } from './records.ts'
import { membersOf, type Row, type Tenant, toMember, withGroups } from './tenant.ts'
import { changesAfter } from './work.ts'
import type { Tenants } from './write.ts'

/** Members in one chunk. */
const CHUNK = 1_000

/** Creates the reading half of a store in memory. */
export function createReads({ named, everywhere }: Tenants): ReadHalf {
  const tenantOrAll = (name: string) => (name === '' ? everywhere : named.get(name))
  return {
    async get(ref, options) {
      const row = rowOf(named, ref)
      const tenant = named.get(ref.tenant)
      if (row === undefined || tenant === undefined) return undefined
      return options?.groups ? withGroups(row.stored, tenant) : row.stored
    },
    secret: async (ref) => rowOf(named, ref)?.secret,
    find: async (query) => find(named.get(query.tenant), query),
    weigh,
    async names(tenant, ids) {
      const rows = [...new Set(ids)].map((id) => named.get(tenant)?.rows.get(id))
      return rows.filter((row) => row !== undefined).map(({ stored }) => toMember(stored))
    },
    async *members(ref) {
      const all = rowOf(named, ref) === undefined ? [] : membersOf(named.get(ref.tenant), ref.id)
      for (let at = 0; at < all.length; at += CHUNK) yield all.slice(at, at + CHUNK)
    },
    async memberPage(ref, limit, after = '') {
      const within = rowOf(named, ref) === undefined ? [] : membersOf(named.get(ref.tenant), ref.id)
      const rest = within.filter(({ id }) => compareText(id, after) > 0).sort((a, b) => compareText(a.id, b.id))
      const members = rest.slice(0, limit)
      const last = members.at(-1)
      return rest.length <= limit || last === undefined ? { members } : { members, next: last.id }
    },
    async membersAmong(ref, ids) {
      const tenant = named.get(ref.tenant)
      const within = rowOf(named, ref) === undefined ? undefined : tenant?.members.get(ref.id)
      const rows = [...new Set(ids)].flatMap((id) => (within?.has(id) ? (tenant?.rows.get(id) ?? []) : []))
      return rows.map(({ stored }) => toMember(stored))
    },
    memberCount: async (ref, atMost) =>
      rowOf(named, ref) === undefined ? 0 : Math.min(atMost, named.get(ref.tenant)?.members.get(ref.id)?.size ?? 0),
    async holders(tenant, type, entry, limit, after) {
      const ids = named.get(tenant)?.holders.get(entryKey(type, entry)) ?? []
      const sorted = [...ids].sort(compareText)
      return sorted.filter((id) => after === undefined || compareText(id, after) > 0).slice(0, limit)
    },
    async changes(name, after, limit) {
      const tenant = tenantOrAll(name)
      return tenant === undefined ? [] : changesAfter(tenant, after, limit)
    },
    async records(name, kind, where = {}) {
      const tenant = tenantOrAll(name)
      return tenant === undefined ? [] : readRecords(tenant, kind, where)
    },
    async *exportTenant(name, after) {
      const tenant = named.get(name)
      if (tenant !== undefined) yield* exportRows(tenant, after)
    },
    async tenants({ prefix = '', after = '', limit } = { limit: named.size }) {
      return [...named.values()]
        .filter(({ name }) => name.startsWith(prefix) && compareText(name, after) > 0)
        .sort((a, b) => compareText(a.name, b.name))
        .slice(0, limit)
        .map(tenantRow)
    },
    async tenant(name) {
      const tenant = named.get(name)
      return tenant === undefined ? undefined : tenantRow(tenant)
    },
  }
}

function rowOf(named: ReadonlyMap<string, Tenant>, ref: Ref): Row | undefined {
  const row = named.get(ref.tenant)?.rows.get(ref.id)
  return row?.stored.type === ref.type ? row : undefined
}

/** A tenant with its counters. */
function tenantRow({ name, created, log, cut, rows }: Tenant): TenantRow {
  const resources: { [type: string]: number } = {}
  for (const { stored } of rows.values()) resources[stored.type] = (entryOf(resources, stored.type) ?? 0) + 1
  return { tenant: name, created, place: cut.place + log.length, begins: cut.place + 1, resources }
}
