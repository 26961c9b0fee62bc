import { compareText, matchesElement } from '../../protocol/index.ts'
import {
  type Change,
  Conflict,
  type ExportRow,
  type IndexEntry,
  type LogDraft,
  type MemberEdit,
  NEVER,
  type Ref,
  type Stored,
  tenantOfWork,
  type WholeChange,
  type Write,
  type Written,
} from '../contract/index.ts'
import { memberEntry } from '../derived.ts'
import { changesNothing, DONE, departure, loggedMembers, NOTHING, requireVersion } from '../rules.ts'
import { type Effects, put } from './effects.ts'
import { makeTenant, membersOf, type PathRow, type Row, type Tenant } from './tenant.ts'
import { applyWork, itemKey } from './work.ts'

/** Carries out one write on the tenants in memory. `everywhere` holds what belongs to the whole database. */
export function applyWrite(
  tenants: Map<string, Tenant>,
  everywhere: Tenant,
  write: Write,
  at: number,
  now: number,
  out: Effects,
): Written {
  const tenantOf = (name: string): Tenant => {
    const tenant = tenants.get(name)
    if (tenant === undefined) throw new Conflict('missing', at, 'tenant')
    return tenant
  }
  switch (write.write) {
    case 'tenant': {
      const there = tenants.get(write.tenant)
      if (write.as === 'new') {
        if (there !== undefined || write.tenant === '') throw new Conflict('exists', at, write.tenant)
        put(tenants, write.tenant, makeTenant(write.tenant, write.at), out)
      } else {
        tenantOf(write.tenant)
        put(tenants, write.tenant, undefined, out)
      }
      out.affected.push({ tenant: write.tenant, records: true }, { tenant: write.tenant, all: true })
      return { changed: true, version: 0, created: write.at, modified: write.at }
    }
    case 'record': {
      const { tenant: name, kind, key } = write.record
      if (write.value === undefined && write.ifValue === undefined && name !== '' && !tenants.has(name)) return NOTHING
      const { records } = name === '' ? everywhere : tenantOf(name)
      const place = `${kind}\n${key}`
      if (write.ifValue !== undefined && JSON.stringify(records.get(place)?.value) !== JSON.stringify(write.ifValue)) {
        throw new Conflict('missing', at, key)
      }
      if (write.value === undefined && !records.has(place)) return NOTHING
      if (write.ifAbsent === true && records.has(place)) throw new Conflict('exists', at, key)
      const { value, tag } = write
      const record = value === undefined ? undefined : { ...write.record, value, ...(tag === undefined ? {} : { tag }) }
      put(records, place, record, out)
      out.affected.push({ tenant: name, records: true })
      return DONE
    }
    case 'quiet': {
      for (const record of write.records) {
        const { records } = (record.tenant === '' ? everywhere : tenants.get(record.tenant)) ?? {}
        if (records !== undefined) put(records, `${record.kind}\n${record.key}`, record, out)
      }
      return DONE
    }
    case 'note': {
      const { ref, at: time, log } = write
      const tenant = ref.tenant === '' ? everywhere : tenantOf(ref.tenant)
      append(tenant, { ...ref, at: time, op: 'note', version: 0, ...log }, out)
      return DONE
    }
    case 'amend': {
      const { log, cut } = tenantOf(write.tenant)
      for (const { place, paths, members } of write.lines) {
        const index = place - cut.place - 1
        const line = log[index]
        if (line === undefined) continue
        const { members: _before, ...rest } = line
        log[index] = { ...rest, paths, ...(members === undefined ? {} : { members }) }
        out.undos.push(() => {
          log[index] = line
        })
      }
      return DONE
    }
    case 'indexed': {
      const tenant = tenantOf(write.tenant)
      const { as, type } = write
      for (const path of write.paths) {
        const key = pathKey(type, path)
        const known = tenant.paths.get(key)
        if (as === 'gone' || as === 'empty') forgetEntries(tenant, type, path, out)
        if (as === 'incomplete' && known === undefined) continue
        const unique = as === 'empty' || (known?.unique ?? false)
        const row: PathRow = { row: 'path', type, path, unique, complete: as === 'complete' }
        put(tenant.paths, key, as === 'gone' ? undefined : row, out)
      }
      out.affected.push({ tenant: write.tenant, records: true })
      return DONE
    }
    case 'reindex': {
      const tenant = tenantOf(write.ref.tenant)
      const row = existing(tenant, write.ref, write.ifVersion, at)
      const entries = changeEntries(tenant, row, { ...write, complete: false }, at, out)
      const { secret = row.secret } = write
      put(tenant.rows, write.ref.id, { ...row, secret, entries }, out)
      const { version, created, modified } = row.stored
      return { changed: true, version, created, modified }
    }
    case 'load': {
      const tenant = tenantOf(write.tenant)
      for (const row of write.rows) load(tenant, row, at, out)
      out.affected.push({ tenant: write.tenant, records: true }, { tenant: write.tenant, all: true })
      return DONE
    }
    case 'item':
    case 'mark':
    case 'cursor':
    case 'fence':
    case 'trim': {
      const name = tenantOfWork(write)
      const tenant = name === '' ? everywhere : tenantOf(name)
      return { ...NOTHING, changed: applyWork(tenant, write, at, now, out) }
    }
    case 'create':
      return create(tenantOf(write.draft.tenant), write, at, out)
    case 'update':
      return update(tenantOf(write.draft.tenant), write, at, out)
    case 'remove':
      return remove(tenantOf(write.ref.tenant), write, at, out)
  }
}

function create(tenant: Tenant, write: Extract<Write, { write: 'create' }>, at: number, out: Effects): Written {
  const { draft } = write
  if (tenant.rows.has(draft.id)) throw new Conflict('exists', at, draft.id)
  const { secret, ...content } = draft
  const stored: Stored = { ...content, version: 1, created: write.at, modified: write.at }
  const bare: Row = { stored, secret: secret ?? undefined, entries: [] }
  const entries = changeEntries(tenant, bare, { unindex: [], index: write.index }, at, out)
  put(tenant.rows, draft.id, { ...bare, entries }, out)
  const members = editMembers(tenant, draft.id, write.members ?? [], at, out)
  addLine(tenant, stored, write.at, write.log, out, members)
  out.affected.push({ tenant: tenant.name, all: true })
  return { changed: true, version: 1, created: write.at, modified: write.at }
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
  editMembers(tenant, id, [{ edit: 'clear' }], at, out)
  for (const group of groups) editMembers(tenant, group, [{ edit: 'remove', ids: [id] }], at, out)
  changeEntries(tenant, row, { unindex: row.entries, index: [] }, at, out)
  put(tenant.rows, id, undefined, out)
  addLine(tenant, stored, write.at, write.log, out)
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

/** Takes and adds index entries; gives those the resource has then. */
function changeEntries(
  tenant: Tenant,
  row: Row,
  change: {
    readonly unindex: readonly IndexEntry[]
    readonly index: readonly IndexEntry[]
    /** Whether a path that is first seen here counts as complete. */
    readonly complete?: boolean
  },
  at: number,
  out: Effects,
): readonly IndexEntry[] {
  const { type, id } = row.stored
  const gone = new Set(change.unindex.map((entry) => entryKey(type, entry)))
  for (const entry of change.unindex) setMember(tenant.holders, entryKey(type, entry), id, false, out)
  const entries = row.entries.filter((entry) => !gone.has(entryKey(type, entry)))
  const known = new Set(entries.map((entry) => entryKey(type, entry)))
  for (const entry of change.index) {
    const holders = tenant.holders.get(entryKey(type, entry))
    if (entry.unique && [...(holders ?? [])].some((other) => other !== id)) throw new Conflict('unique', at, entry.path)
    notePath(tenant, type, entry, change.complete ?? true, out)
    setMember(tenant.holders, entryKey(type, entry), id, true, out)
    if (known.has(entryKey(type, entry))) continue
    known.add(entryKey(type, entry))
    entries.push(entry)
  }
  return entries
}

/** Takes all entries of a path away. */
function forgetEntries(tenant: Tenant, type: string, path: string, out: Effects): void {
  for (const [id, row] of tenant.rows) {
    if (row.stored.type !== type) continue
    const gone = row.entries.filter((entry) => entry.path === path)
    if (gone.length === 0) continue
    for (const entry of gone) setMember(tenant.holders, entryKey(type, entry), id, false, out)
    put(tenant.rows, id, { ...row, entries: row.entries.filter((entry) => entry.path !== path) }, out)
  }
}

function notePath(tenant: Tenant, type: string, entry: IndexEntry, complete: boolean, out: Effects): void {
  const { path } = entry
  const key = pathKey(type, path)
  const known = tenant.paths.get(key)
  const unique = entry.unique === true
  if (known !== undefined && (unique || !known.unique)) return
  put(tenant.paths, key, { row: 'path', type, path, complete, ...known, unique }, out)
}

/** Puts a row of another store as it is. */
function load(tenant: Tenant, row: ExportRow, at: number, out: Effects): void {
  switch (row.row) {
    case 'path':
      put(tenant.paths, pathKey(row.type, row.path), row, out)
      return
    case 'record': {
      const { row: _, ...record } = row
      put(tenant.records, `${row.kind}\n${row.key}`, { tenant: tenant.name, ...record }, out)
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
      existing(tenant, { ...row, tenant: tenant.name }, undefined, at)
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

/** Carries out edits on the members of a group; gives who is new and who is gone in the end. */
function editMembers(tenant: Tenant, group: string, edits: readonly MemberEdit[], at: number, out: Effects) {
  const before = new Set(tenant.members.get(group))
  const set = (id: string, is: boolean) => {
    setMember(tenant.members, group, id, is, out)
    setMember(tenant.groups, id, group, is, out)
  }
  const check = (member: { readonly id: string; readonly type?: string }) => {
    const found = tenant.rows.get(member.id)?.stored.type
    if (found === undefined || (member.type !== undefined && member.type !== found)) {
      throw new Conflict('member', at, member.id, found)
    }
  }
  const now = () => [...(tenant.members.get(group) ?? [])]
  for (const edit of edits) {
    switch (edit.edit) {
      case 'add':
        for (const member of edit.members) check(member)
        for (const { id } of edit.members) set(id, true)
        break
      case 'remove':
        for (const id of edit.ids) set(id, false)
        break
      case 'removeWhere':
        for (const member of membersOf(tenant, group)) {
          const { filter } = edit
          const inner = filter.op === 'has' ? filter.filter : filter
          if (matchesElement(memberEntry(member, { base: '', endpoints: {} }), inner)) set(member.id, false)
        }
        break
      case 'clear':
        for (const id of now()) set(id, false)
        break
      case 'set': {
        for (const member of edit.members) check(member)
        const wanted = new Set(edit.members.map(({ id }) => id))
        for (const id of now()) if (!wanted.has(id)) set(id, false)
        for (const id of wanted) set(id, true)
        break
      }
    }
  }
  const after = tenant.members.get(group) ?? new Set()
  return {
    added: [...after].filter((id) => !before.has(id)),
    removed: [...before].filter((id) => !after.has(id)),
  }
}

function addLine(
  tenant: Tenant,
  stored: Stored,
  at: number,
  log: LogDraft,
  out: Effects,
  moved?: { readonly added: readonly string[]; readonly removed: readonly string[] },
): void {
  const added = [...(moved?.added ?? [])].sort()
  const removed = [...(moved?.removed ?? [])].sort()
  const counts = { added: added.length, removed: removed.length }
  const some = added.length + removed.length
  const whole = { ...counts, ids: { added, removed } }
  const { type, id, version } = stored
  append(tenant, { tenant: tenant.name, type, id, at, version, ...log, ...(some === 0 ? {} : { members: whole }) }, out)
}

/** Adds a line behind the others. */
function append(tenant: Tenant, line: Omit<WholeChange, 'place'>, out: Effects): void {
  // As read from a database, where a log line is JSON.
  const paths = JSON.parse(JSON.stringify(line.paths)) as Change['paths']
  const { members, ...rest } = line
  const change = { ...rest, place: nextPlace(tenant), paths }
  tenant.log.push(members === undefined ? change : { ...change, members: loggedMembers(members) })
  out.undos.push(() => tenant.log.pop())
  out.changes.push(members === undefined ? change : { ...change, members })
  if (line.op !== 'note') out.affected.push({ tenant: line.tenant, type: line.type, id: line.id })
}

function nextPlace({ log, cut }: Tenant): number {
  return cut.place + log.length + 1
}

function setMember(sets: Map<string, Set<string>>, key: string, member: string, is: boolean, out: Effects): void {
  const set = sets.get(key) ?? new Set<string>()
  sets.set(key, set)
  if (set.has(member) === is) return
  const change = (to: boolean) => {
    if (to) set.add(member)
    else set.delete(member)
  }
  change(is)
  out.undos.push(() => change(!is))
}

function pathKey(type: string, path: string): string {
  return `${type}\n${path}`
}

/** The key under which the holders of an index entry are kept. */
export function entryKey(type: string, entry: IndexEntry): string {
  return `${type}\n${entry.path}\n${entry.value}`
}
