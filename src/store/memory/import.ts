// Puts the rows of a tenant that was exported from another store into memory.

import { Conflict, type ExportRow, NEVER } from '../contract/index.ts'
import { type Effects, put, setMember } from './effects.ts'
import { entryKey, pathKey } from './index-entries.ts'
import { nextPlace } from './log.ts'
import { editMembers } from './members.ts'
import { putRecord } from './records.ts'
import type { Tenant } from './tenant.ts'
import { itemKey } from './work.ts'

/** Puts a row of another store as it is. */
export function loadRow(tenant: Tenant, row: ExportRow, at: number, out: Effects): void {
  switch (row.row) {
    case 'path':
      put(tenant.paths, pathKey(row.type, row.path), row, out)
      return
    case 'record': {
      const { row: _, ...record } = row
      putRecord(tenant, { tenant: tenant.name, ...record }, out)
      return
    }
    case 'item': {
      const { row: _, ...item } = row
      put(tenant.items, itemKey(row), { tenant: tenant.name, expires: NEVER, ...item }, out)
      return
    }
    case 'cursor': {
      const { row: _, ...cursor } = row
      put(tenant.cursors, row.reader, { tenant: tenant.name, ...cursor }, out)
      return
    }
    case 'cut': {
      const { place, at: time } = row
      if (tenant.log.length > 0 || tenant.cut.place > 0) throw new Conflict('version', at, String(place))
      Object.assign(tenant.cut, { place, at: time })
      out.undos.push(() => Object.assign(tenant.cut, { place: 0, at: 0 }))
      return
    }
    case 'resource': {
      const { row: _, secret, entries: lists, ...content } = row
      if (tenant.rows.has(row.id)) throw new Conflict('exists', at, row.id)
      const entries = Object.entries(lists).flatMap(([path, values]) => values.map((value) => ({ path, value })))
      for (const entry of entries) setMember(tenant.holders, entryKey(row.type, entry), row.id, true, out)
      put(tenant.rows, row.id, { stored: { tenant: tenant.name, ...content }, secret, entries }, out)
      return
    }
    case 'members': {
      if (tenant.rows.get(row.id)?.stored.type !== row.type) throw new Conflict('missing', at, row.id)
      editMembers(tenant, row.id, [{ edit: 'add', members: row.members.map((id) => ({ id })) }], at, out)
      return
    }
    case 'change': {
      const { row: _, ...change } = row
      if (row.place !== nextPlace(tenant)) throw new Conflict('version', at, String(row.place))
      tenant.log.push({ tenant: tenant.name, ...change })
      out.undos.push(() => tenant.log.pop())
    }
  }
}
