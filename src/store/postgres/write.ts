// Carries out each kind of write in memory; flush.ts writes the result.

import { Conflict, type Ref, type Write, type Written } from '../contract/index.ts'
import { changesNothing, DONE, departure, requireVersion } from '../rules.ts'
import { textOf } from '../sql/columns.ts'
import { load } from './import.ts'
import { addEntries, changeEntries, removeEntries } from './index-entries.ts'
import { changePaths } from './index-paths.ts'
import { writeItem } from './items.ts'
import { amendLines, logChange, logLine } from './log.ts'
import { editMembers, groupsOf, setMember } from './members.ts'
import { requireParsable } from './parsable-text.ts'
import { moveCursor, requireLease, trimLog } from './readers.ts'
import { writeRecord } from './records.ts'
import { addResource, changeResource, type LoadedResource, nextRowNo, type UnitOfWork } from './unit-of-work.ts'

/** Carries out one write in memory; `at` is its place in its list, for a `Conflict`. */
export async function applyWrite(work: UnitOfWork, write: Write, at: number): Promise<Written> {
  switch (write.write) {
    case 'create':
      return create(work, write, at)
    case 'update':
      return update(work, write, at)
    case 'remove':
      return remove(work, write, at)
    case 'reindex':
      return reindex(work, write, at)
    case 'record':
      return writeRecord(work, write, at)
    case 'note':
      logLine(work, { ...write.log, op: 'note', type: write.ref.type, id: write.ref.id, at: write.at, version: 0 })
      return DONE
    case 'amend':
      await amendLines(work, write.lines)
      return DONE
    case 'indexed':
      await changePaths(work, write)
      return DONE
    case 'load':
      return load(work, write, at)
    case 'item':
    case 'mark':
      return { ...DONE, changed: writeItem(work, write, at) }
    case 'cursor':
      return { ...DONE, changed: await moveCursor(work, write) }
    case 'fence':
      await requireLease(work, write, at)
      return { ...DONE, changed: false }
    case 'trim':
      return { ...DONE, changed: await trimLog(work, write.upTo, at) }
    case 'tenant':
    case 'quiet':
      throw new TypeError(`A write of kind ${write.write} must be alone in its commit`)
  }
}

/** The resource to be written, in the version that the write expects. */
function existing(work: UnitOfWork, ref: Ref, ifVersion: number | undefined, at: number): LoadedResource {
  const resource = work.byId.get(ref.id)
  if (resource === undefined || resource.type !== ref.type) throw new Conflict('missing', at, ref.id)
  requireVersion(ifVersion, resource, ref.id, at)
  return resource
}

async function create(work: UnitOfWork, write: Extract<Write, { write: 'create' }>, at: number): Promise<Written> {
  const { draft } = write
  if (work.byId.get(draft.id) !== undefined) throw new Conflict('exists', at, draft.id)
  requireParsable(draft.text)
  const resource: LoadedResource = {
    rowNo: nextRowNo(work),
    type: draft.type,
    id: draft.id,
    version: 1,
    created: write.created ?? write.at,
    modified: write.at,
    display: draft.display,
    oldDisplay: draft.display,
    entries: {},
    text: draft.text,
    secret: draft.secret ?? null,
    isNew: true,
    removed: false,
    changed: true,
  }
  await addEntries(work, resource, write.index, at)
  addResource(work, resource)
  const members = write.members === undefined ? undefined : await editMembers(work, resource, write.members, at)
  await logChange(work, resource, write.log, write.at, members)
  return { changed: true, version: 1, created: resource.created, modified: write.at }
}

async function update(work: UnitOfWork, write: Extract<Write, { write: 'update' }>, at: number): Promise<Written> {
  const { draft } = write
  const resource = existing(work, draft, write.ifVersion, at)
  if (write.same !== true) {
    requireParsable(draft.text)
    await changeEntries(work, resource, write, at)
  }
  const members = write.members === undefined ? undefined : await editMembers(work, resource, write.members, at)
  const moved = members !== undefined && members.added.size + members.removed.size > 0
  const { created } = resource
  if (changesNothing(write, moved)) {
    return { changed: false, version: resource.version, created, modified: resource.modified }
  }
  changeResource(work, resource, {
    version: resource.version + 1,
    modified: write.at,
    ...(write.same === true ? {} : { text: draft.text, display: draft.display }),
    ...(draft.secret === undefined ? {} : { secret: draft.secret }),
  })
  await logChange(work, resource, write.log, write.at, members)
  return { changed: true, version: resource.version, created, modified: write.at }
}

async function remove(work: UnitOfWork, write: Extract<Write, { write: 'remove' }>, at: number): Promise<Written> {
  const resource = existing(work, write.ref, write.ifVersion, at)
  const { id, rowNo, type, version, created, modified } = resource
  const groups = groupsOf(work, resource).filter((group) => group !== resource)
  groups.sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const group of groups) setMember(work, group, rowNo, false)
  removeEntries(work, resource)
  const lost = work.hooked && !resource.isNew ? await memberIds(work, rowNo) : []
  logLine(work, { ...write.log, type, id, at: write.at, version, ...(lost.length === 0 ? {} : { lost }) })
  changeResource(work, resource, { removed: true })
  for (const group of groups) {
    changeResource(work, group, { version: group.version + 1, modified: write.at })
    const { log, members } = departure(id, write.log)
    logLine(work, { ...log, type: group.type, id: group.id, at: write.at, version: group.version, members })
  }
  return { changed: true, version: 0, created, modified }
}

/** Ids of a group's members, in order, before the transaction. */
async function memberIds({ session, tenant }: UnitOfWork, rowNo: number): Promise<readonly string[]> {
  const rows = await session.rows(
    `select r.id from lockstep.member x join lockstep.resource r on r.t = $1 and r.k = x.m
     where x.t = $1 and x.g = $2 and x.m <> $2`,
    tenant.tenantNo,
    rowNo,
  )
  return rows.map((row) => textOf(row[0])).sort()
}

async function reindex(work: UnitOfWork, write: Extract<Write, { write: 'reindex' }>, at: number): Promise<Written> {
  const resource = existing(work, write.ref, write.ifVersion, at)
  await changeEntries(work, resource, write, at)
  if (write.secret !== undefined) changeResource(work, resource, { secret: write.secret })
  return { changed: true, version: resource.version, created: resource.created, modified: resource.modified }
}
