// Carries out each kind of write in memory: what writes mean, by definition.

import { compareText } from '../../protocol/index.ts'
import { Conflict, type Ref, type Stored, tenantOfWork, type Write, type Written } from '../contract/index.ts'
import { changesNothing, DONE, departure, NOTHING, requireVersion } from '../rules.ts'
import { type Effects, put } from './effects.ts'
import { loadRow } from './import.ts'
import { changeEntries, forgetEntries, pathKey } from './index-entries.ts'
import { addLine, amendLines, append } from './log.ts'
import { editMembers } from './members.ts'
import { putRecord, writeRecord } from './records.ts'
import { makeTenant, type PathRow, type Row, type Tenant } from './tenant.ts'
import { applyWork } from './work.ts'

/** The tenants in memory. */
export interface Tenants {
  readonly named: Map<string, Tenant>
  /** What belongs to the whole database: the tenant "". */
  readonly everywhere: Tenant
}

/** Carries out one write; `at` is its position in its list, for a `Conflict`. `now` is the time for work that expires. */
export function applyWrite(tenants: Tenants, write: Write, at: number, now: number, out: Effects): Written {
  switch (write.write) {
    case 'create':
      return create(requireTenant(tenants, write.draft.tenant, at), write, at, out)
    case 'update':
      return update(requireTenant(tenants, write.draft.tenant, at), write, at, out)
    case 'remove':
      return remove(requireTenant(tenants, write.ref.tenant, at), write, at, out)
    case 'reindex':
      return reindex(requireTenant(tenants, write.ref.tenant, at), write, at, out)
    case 'indexed':
      return changePaths(requireTenant(tenants, write.tenant, at), write, out)
    case 'tenant':
      return changeTenant(tenants, write, at, out)
    case 'record': {
      const { tenant } = write.record
      const gone = tenant !== '' && !tenants.named.has(tenant)
      if (gone && write.value === undefined && write.ifValue === undefined) return NOTHING
      return writeRecord(tenantOrAll(tenants, tenant, at), write, at, out)
    }
    case 'quiet':
      for (const record of write.records) {
        const tenant = record.tenant === '' ? tenants.everywhere : tenants.named.get(record.tenant)
        if (tenant !== undefined) putRecord(tenant, record, out)
      }
      return DONE
    case 'note': {
      const { ref, at: time, log } = write
      append(tenantOrAll(tenants, ref.tenant, at), { ...ref, at: time, op: 'note', version: 0, ...log }, out)
      return DONE
    }
    case 'amend':
      amendLines(requireTenant(tenants, write.tenant, at), write.lines, out)
      return DONE
    case 'load': {
      const tenant = requireTenant(tenants, write.tenant, at)
      for (const row of write.rows) loadRow(tenant, row, at, out)
      out.affected.push({ tenant: write.tenant, records: true }, { tenant: write.tenant, all: true })
      return DONE
    }
    case 'item':
    case 'mark':
    case 'cursor':
    case 'fence':
    case 'trim': {
      const tenant = tenantOrAll(tenants, tenantOfWork(write), at)
      return { ...NOTHING, changed: applyWork(tenant, write, at, now, out) }
    }
  }
}

function requireTenant({ named }: Tenants, name: string, at: number): Tenant {
  const tenant = named.get(name)
  if (tenant === undefined) throw new Conflict('missing', at, 'tenant')
  return tenant
}

function tenantOrAll(tenants: Tenants, name: string, at: number): Tenant {
  return name === '' ? tenants.everywhere : requireTenant(tenants, name, at)
}

function changeTenant(tenants: Tenants, write: Extract<Write, { write: 'tenant' }>, at: number, out: Effects): Written {
  const { tenant, as, at: time } = write
  if (as === 'new') {
    if (tenants.named.has(tenant) || tenant === '') throw new Conflict('exists', at, tenant)
    put(tenants.named, tenant, makeTenant(tenant, time), out)
  } else {
    requireTenant(tenants, tenant, at)
    put(tenants.named, tenant, undefined, out)
  }
  out.affected.push({ tenant, records: true }, { tenant, all: true })
  return { changed: true, version: 0, created: time, modified: time }
}

function changePaths(tenant: Tenant, { as, type, paths }: Extract<Write, { write: 'indexed' }>, out: Effects): Written {
  for (const path of paths) {
    const key = pathKey(type, path)
    const known = tenant.paths.get(key)
    if (as === 'gone' || as === 'empty') forgetEntries(tenant, type, path, out)
    if (as === 'incomplete' && known === undefined) continue
    const unique = as === 'empty' || (known?.unique ?? false)
    const row: PathRow = { row: 'path', type, path, unique, complete: as === 'complete' }
    put(tenant.paths, key, as === 'gone' ? undefined : row, out)
  }
  out.affected.push({ tenant: tenant.name, records: true })
  return DONE
}

function reindex(tenant: Tenant, write: Extract<Write, { write: 'reindex' }>, at: number, out: Effects): Written {
  const row = existing(tenant, write.ref, write.ifVersion, at)
  const entries = changeEntries(tenant, row, { ...write, complete: false }, at, out)
  const { secret = row.secret } = write
  put(tenant.rows, write.ref.id, { ...row, secret, entries }, out)
  const { version, created, modified } = row.stored
  return { changed: true, version, created, modified }
}

function create(tenant: Tenant, write: Extract<Write, { write: 'create' }>, at: number, out: Effects): Written {
  const { draft } = write
  if (tenant.rows.has(draft.id)) throw new Conflict('exists', at, draft.id)
  const { secret, ...content } = draft
  const stored: Stored = { ...content, version: 1, created: write.created ?? write.at, modified: write.at }
  const bare: Row = { stored, secret: secret ?? undefined, entries: [] }
  const entries = changeEntries(tenant, bare, { unindex: [], index: write.index }, at, out)
  put(tenant.rows, draft.id, { ...bare, entries }, out)
  const members = editMembers(tenant, draft.id, write.members ?? [], at, out)
  addLine(tenant, stored, write.at, write.log, out, members)
  out.affected.push({ tenant: tenant.name, all: true })
  return { changed: true, version: 1, created: stored.created, modified: write.at }
}

function update(tenant: Tenant, write: Extract<Write, { write: 'update' }>, at: number, out: Effects): Written {
  const { draft } = write
  const row = existing(tenant, draft, write.ifVersion, at)
  const was = row.stored
  const entries = write.same === true ? row.entries : changeEntries(tenant, row, write, at, out)
  const members = editMembers(tenant, draft.id, write.members ?? [], at, out)
  const moved = members.added.length + members.removed.length > 0
  if (changesNothing(write, moved)) {
    return { changed: false, version: was.version, created: was.created, modified: was.modified }
  }
  const content = write.same === true ? {} : { text: draft.text, display: draft.display }
  const stored: Stored = { ...was, ...content, version: was.version + 1, modified: write.at }
  const secret = draft.secret === undefined ? row.secret : (draft.secret ?? undefined)
  put(tenant.rows, draft.id, { stored, secret, entries }, out)
  addLine(tenant, stored, write.at, write.log, out, members)
  if (moved || stored.display !== was.display) out.affected.push({ tenant: tenant.name, all: true })
  return { changed: true, version: stored.version, created: stored.created, modified: stored.modified }
}

function remove(tenant: Tenant, write: Extract<Write, { write: 'remove' }>, at: number, out: Effects): Written {
  const { id } = write.ref
  const row = existing(tenant, write.ref, write.ifVersion, at)
  const { stored } = row
  const groups = [...(tenant.groups.get(id) ?? [])].filter((group) => group !== id).sort(compareText)
  const lost = editMembers(tenant, id, [{ edit: 'clear' }], at, out).removed
  for (const group of groups) editMembers(tenant, group, [{ edit: 'remove', ids: [id] }], at, out)
  changeEntries(tenant, row, { unindex: row.entries, index: [] }, at, out)
  put(tenant.rows, id, undefined, out)
  addLine(tenant, stored, write.at, write.log, out, undefined, lost)
  for (const group of groups) {
    const other = tenant.rows.get(group)
    if (other === undefined) continue
    const now: Stored = { ...other.stored, version: other.stored.version + 1, modified: write.at }
    put(tenant.rows, group, { ...other, stored: now }, out)
    const { log, members } = departure(id, write.log)
    addLine(tenant, now, write.at, log, out, members.ids)
  }
  out.affected.push({ tenant: tenant.name, all: true })
  return { changed: true, version: 0, created: stored.created, modified: stored.modified }
}

/** The resource that is to be written, in the version that the write expects. */
function existing(tenant: Tenant, ref: Ref, ifVersion: number | undefined, at: number): Row {
  const row = tenant.rows.get(ref.id)
  if (row === undefined || row.stored.type !== ref.type) throw new Conflict('missing', at, ref.id)
  requireVersion(ifVersion, row.stored, ref.id, at)
  return row
}
