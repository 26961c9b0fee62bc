// Carries out each kind of write in a transaction.

import { Conflict, type Ref, tenantOfWork, type WorkWrite, type Write, type Written } from '../contract/index.ts'
import { changesNothing, DONE, departure, NOTHING, requireVersion } from '../rules.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { foldedText } from '../sql/folded.ts'
import { load } from './import.ts'
import type { Indexed } from './index-entries.ts'
import { changePaths } from './index-paths.ts'
import { editMembers } from './members.ts'
import { putQuietly, writeRecord } from './records.ts'
import { changeTenant } from './tenants.ts'
import { type AnyWrite, applyLease, applyWork, type LeaseWrite } from './work.ts'
import { requireTenant, type WriteDeps } from './write-deps.ts'

/** A resource as a write finds it. */
interface Existing extends Indexed {
  readonly typeNo: number
  readonly version: number
  readonly created: number
  readonly modified: number
  readonly display: string
}

/** Carries out one write; `at` is its position in its list, for a `Conflict`. */
export function applyWrite(deps: WriteDeps, write: AnyWrite, at: number): Written {
  switch (write.write) {
    case 'create':
      return create(deps, write, at)
    case 'update':
      return update(deps, write, at)
    case 'remove':
      return remove(deps, write, at)
    case 'record':
      return writeRecord(deps, write, at)
    case 'quiet':
      return putQuietly(deps, write)
    case 'note':
      return note(deps, write, at)
    case 'amend':
      return amend(deps, write, at)
    case 'tenant':
      return changeTenant(deps, write, at)
    case 'reindex':
      return reindex(deps, write, at)
    case 'indexed':
      return changePaths(deps, write, at)
    case 'item':
    case 'mark':
    case 'cursor':
    case 'fence':
    case 'trim':
      return work(deps, write, at)
    case 'lease':
    case 'release':
      return lease(deps, write)
    case 'load':
      return load(deps, write, requireTenant(deps, write.tenant, at), at)
  }
}

function work(deps: WriteDeps, write: WorkWrite, at: number): Written {
  const name = tenantOfWork(write)
  if (write.write === 'item' && write.set?.expires !== undefined) deps.garbage.expires()
  return applyWork(deps, write, name === '' ? 0 : requireTenant(deps, name, at), at)
}

function lease(deps: WriteDeps, write: LeaseWrite): Written {
  const tenantNo = deps.dictionary.tenant(write.lease.tenant)
  return tenantNo === undefined ? NOTHING : applyLease(deps, write, tenantNo)
}

/** The resource that is to be written, in the version that the write expects. */
function existing(
  { connection, dictionary }: WriteDeps,
  ref: Ref,
  tenantNo: number,
  ifVersion: number | undefined,
  at: number,
): Existing {
  const typeNo = dictionary.type(ref.type)
  const row =
    typeNo === undefined
      ? undefined
      : connection.row(
          'select k, version, created, modified, display, entries from lockstep_resource where t = ? and y = ? and id = ?',
          tenantNo,
          typeNo,
          ref.id,
        )
  if (typeNo === undefined || row === undefined) throw new Conflict('missing', at, ref.id)
  const found = {
    rowNo: numberOf(row[0]),
    typeNo,
    version: numberOf(row[1]),
    created: numberOf(row[2]),
    modified: numberOf(row[3]),
    display: textOf(row[4]),
    entries: textOf(row[5]),
  }
  requireVersion(ifVersion, found, ref.id, at)
  return found
}

function create(deps: WriteDeps, write: Extract<Write, { write: 'create' }>, at: number): Written {
  const { connection, dictionary, counters, finder, index, affected, log } = deps
  const { draft, created = write.at } = write
  const tenantNo = requireTenant(deps, draft.tenant, at)
  const typeNo = dictionary.ensureType(tenantNo, draft.type)
  if (finder.find(tenantNo, draft.id, draft.type) !== undefined) throw new Conflict('exists', at, draft.id)
  const entries: { [pathNo: string]: string[] } = {}
  const paths = write.index.map((entry) => {
    const path = dictionary.ensurePath(tenantNo, typeNo, entry.path, entry.unique === true, true)
    const list = entries[path.pathNo]
    if (list === undefined) entries[path.pathNo] = [entry.value]
    else list.push(entry.value)
    return path
  })
  for (const [i, entry] of write.index.entries()) index.requireFree(tenantNo, paths[i], entry, 0, at)
  const rowNo = connection.insert(
    `insert into lockstep_resource (t, y, id, version, created, modified, display, secret, entries, text, folded)
     values (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)`,
    tenantNo,
    typeNo,
    draft.id,
    created,
    write.at,
    draft.display,
    draft.secret ?? null,
    JSON.stringify(entries),
    draft.text,
    foldedText(draft.text),
  )
  index.addAll(
    tenantNo,
    write.index.map(({ value }, i) => ({ path: paths[i], value })),
    rowNo,
  )
  counters.added(tenantNo, typeNo, draft.id)
  const others = affected.start()
  const members = write.members === undefined ? undefined : editMembers(deps, { tenantNo, rowNo }, write.members, at)
  if (members !== undefined) others.members(members)
  others.holders(tenantNo, draft.id)
  log.write(draft, { tenantNo, typeNo, at: write.at, version: 1, members, touch: others.text() }, write.log)
  return { changed: true, version: 1, created, modified: write.at }
}

/**
 * Most updates change the text alone: one statement does it. Undefined, and nothing written, when that is not all, or the resource is
 * missing or has another version or display name: `update` then finds out.
 */
function updateText(
  deps: WriteDeps,
  write: Extract<Write, { write: 'update' }>,
  tenantNo: number,
): Written | undefined {
  const { connection, dictionary, log } = deps
  const { draft, ifVersion, at: modified } = write
  if (ifVersion === undefined || write.same === true || write.members !== undefined || draft.secret !== undefined)
    return undefined
  if (write.unindex.length > 0 || write.index.length > 0) return undefined
  const typeNo = dictionary.type(draft.type)
  if (typeNo === undefined) return undefined
  const version = ifVersion + 1
  const row = connection.change(
    `update lockstep_resource set version = ?, modified = ?, text = ?, folded = ?
     where t = ? and y = ? and id = ? and version = ? and display = ? returning created`,
    version,
    modified,
    draft.text,
    foldedText(draft.text),
    tenantNo,
    typeNo,
    draft.id,
    ifVersion,
    draft.display,
  )
  if (row === undefined) return undefined
  log.write(draft, { tenantNo, typeNo, at: modified, version, touch: null }, write.log)
  return { changed: true, version, created: numberOf(row[0]), modified }
}

function update(deps: WriteDeps, write: Extract<Write, { write: 'update' }>, at: number): Written {
  const { connection, index, affected, log } = deps
  const { draft } = write
  const tenantNo = requireTenant(deps, draft.tenant, at)
  const done = updateText(deps, write, tenantNo)
  if (done !== undefined) return done
  const was = existing(deps, draft, tenantNo, write.ifVersion, at)
  const { typeNo } = was
  if (write.same !== true) index.change(tenantNo, typeNo, was, write, { ready: true, at })
  const members =
    write.members === undefined ? undefined : editMembers(deps, { tenantNo, rowNo: was.rowNo }, write.members, at)
  const moved = members !== undefined && members.added.size + members.removed.size > 0
  if (changesNothing(write, moved)) {
    return { changed: false, version: was.version, created: was.created, modified: was.modified }
  }
  const version = was.version + 1
  const others = affected.start()
  if (write.same === true) {
    connection.run('update lockstep_resource set version = ?, modified = ? where k = ?', version, write.at, was.rowNo)
  } else {
    connection.run(
      'update lockstep_resource set version = ?, modified = ?, display = ?, text = ?, folded = ? where k = ?',
      version,
      write.at,
      draft.display,
      draft.text,
      foldedText(draft.text),
      was.rowNo,
    )
    if (draft.display !== was.display) others.named(tenantNo, was.rowNo, draft.id)
  }
  if (draft.secret !== undefined) {
    connection.run('update lockstep_resource set secret = ? where k = ?', draft.secret, was.rowNo)
  }
  if (members !== undefined && moved) others.members(members)
  log.write(draft, { tenantNo, typeNo, at: write.at, version, members, touch: others.text() }, write.log)
  return { changed: true, version, created: was.created, modified: write.at }
}

function remove(deps: WriteDeps, write: Extract<Write, { write: 'remove' }>, at: number): Written {
  const { connection, dictionary, counters, index, affected, log } = deps
  const { ref } = write
  const tenantNo = requireTenant(deps, ref.tenant, at)
  const was = existing(deps, ref, tenantNo, write.ifVersion, at)
  const { typeNo } = was
  const others = affected.start()
  others.holders(tenantNo, ref.id)
  others.membersOf(was.rowNo)
  const groups = connection.rows(
    'select r.k, r.y, r.id, r.version from lockstep_member x cross join lockstep_resource r on r.k = x.g where x.m = ? and x.g <> ? order by r.id',
    was.rowNo,
    was.rowNo,
  )
  const lost = deps.lines() === undefined ? undefined : memberIds(connection, was.rowNo)
  connection.run('delete from lockstep_member where g = ?', was.rowNo)
  connection.run('delete from lockstep_member where m = ?', was.rowNo)
  index.clear(tenantNo, was)
  connection.run('delete from lockstep_resource where k = ?', was.rowNo)
  counters.removed(tenantNo, typeNo, ref.id)
  log.write(ref, { tenantNo, typeNo, at: write.at, version: was.version, touch: others.text(), lost }, write.log)
  const { log: left, members } = departure(ref.id, write.log)
  for (const row of groups) {
    const group = { tenant: ref.tenant, type: dictionary.typeName(numberOf(row[1])), id: textOf(row[2]) }
    const version = numberOf(row[3]) + 1
    connection.run(
      'update lockstep_resource set version = ?, modified = ? where k = ?',
      version,
      write.at,
      numberOf(row[0]),
    )
    log.write(group, { tenantNo, typeNo: numberOf(row[1]), at: write.at, version, delta: members, touch: null }, left)
  }
  return { changed: true, version: 0, created: was.created, modified: was.modified }
}

/** Ids of a group's members, in order. */
function memberIds(connection: WriteDeps['connection'], groupNo: number): readonly string[] {
  const rows = connection.rows(
    'select r.id from lockstep_member x cross join lockstep_resource r on r.k = x.m where x.g = ?',
    groupNo,
  )
  return rows.map((row) => textOf(row[0])).sort()
}

function reindex(deps: WriteDeps, write: Extract<Write, { write: 'reindex' }>, at: number): Written {
  const { connection, index } = deps
  const tenantNo = requireTenant(deps, write.ref.tenant, at)
  const was = existing(deps, write.ref, tenantNo, write.ifVersion, at)
  index.change(tenantNo, was.typeNo, was, write, { ready: false, at })
  if (write.secret !== undefined)
    connection.run('update lockstep_resource set secret = ? where k = ?', write.secret, was.rowNo)
  return { changed: true, version: was.version, created: was.created, modified: was.modified }
}

function note(deps: WriteDeps, { ref, at: time, log: draft }: Extract<Write, { write: 'note' }>, at: number): Written {
  const { dictionary, log } = deps
  const tenantNo = ref.tenant === '' ? 0 : requireTenant(deps, ref.tenant, at)
  const typeNo = dictionary.ensureNoteType(tenantNo, ref.type)
  log.write(ref, { tenantNo, typeNo, at: time, version: 0, touch: null }, { ...draft, op: 'note' })
  return DONE
}

function amend(deps: WriteDeps, write: Extract<Write, { write: 'amend' }>, at: number): Written {
  const tenantNo = requireTenant(deps, write.tenant, at)
  for (const line of write.lines) deps.log.amend(tenantNo, line)
  return DONE
}
