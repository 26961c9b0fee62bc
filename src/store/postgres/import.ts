// Loads the rows of a tenant that was exported, as they are.

import { Conflict, type ExportRow, type Write, type Written } from '../contract/index.ts'
import { DONE } from '../rules.ts'
import { numberOf } from '../sql/columns.ts'
import { pathKey } from './dictionary.ts'
import { enterEntry } from './index-entries.ts'
import { logLine } from './log.ts'
import { loadMembers, setMember } from './members.ts'
import { requireParsable } from './parsable-text.ts'
import { moveCursor } from './readers.ts'
import { addResource, append, loadResources, nextRowNo, type UnitOfWork } from './unit-of-work.ts'

/** Loads rows of another store unchanged; `at` is the write's place in its list, for a `Conflict`. */
export async function load(work: UnitOfWork, write: Extract<Write, { write: 'load' }>, at: number): Promise<Written> {
  const ids = write.rows.flatMap((row) =>
    row.row === 'resource' ? [row.id] : row.row === 'members' ? [row.id, ...row.members] : [],
  )
  await loadResources(work, ids)
  for (const row of write.rows) await loadRow(work, row, at)
  work.recordsChanged = true
  return DONE
}

async function loadRow(work: UnitOfWork, row: ExportRow, at: number): Promise<void> {
  const { rows } = work.session
  const { tenantNo } = work.tenant
  switch (row.row) {
    case 'path':
      // It was made before the transaction if it didn't exist.
      await rows(
        'update lockstep.path set uniq = $4, ready = $5 where t = $1 and y = $2 and path = $3',
        tenantNo,
        row.type,
        row.path,
        row.unique,
        row.complete,
      )
      return
    case 'record':
      await rows(
        `insert into lockstep.record (t, kind, key, tag, value) values ($1, $2, $3, $4, $5)
         on conflict (t, kind, key) do update set tag = excluded.tag, value = excluded.value`,
        tenantNo,
        row.kind,
        row.key,
        row.tag ?? null,
        JSON.stringify(row.value),
      )
      return
    case 'item': {
      const { row: _, queue, key, ...set } = row
      append(work, work.items.blind, { write: 'item', item: { tenant: work.tenant.name, queue, key }, set })
      return
    }
    case 'cursor':
      await moveCursor(work, { ...row, write: 'cursor', tenant: work.tenant.name })
      return
    case 'cut': {
      const sql = `update lockstep.tenant_state s set place = $2, cut = $2, cut_at = $3
        where s.t = $1 and s.place = 0 returning 1`
      if ((await rows(sql, tenantNo, row.place, row.at)).length === 0) {
        throw new Conflict('version', at, String(row.place))
      }
      work.cut = true
      return
    }
    case 'resource':
      loadResource(work, row, at)
      return
    case 'members':
      await loadGroup(work, row, at)
      return
    case 'change': {
      const [state] = await rows('select s.place from lockstep.tenant_state s where s.t = $1', tenantNo)
      const next = numberOf(state?.[0]) + work.lines.length + 1
      if (row.place !== next) throw new Conflict('version', at, String(row.place))
      const { row: _, place: __, ...line } = row
      logLine(work, line)
    }
  }
}

function loadResource(work: UnitOfWork, row: Extract<ExportRow, { row: 'resource' }>, at: number): void {
  if (work.byId.get(row.id) !== undefined) throw new Conflict('exists', at, row.id)
  requireParsable(row.text)
  const rowNo = nextRowNo(work)
  const entries: { [pathNo: string]: readonly string[] } = {}
  for (const [name, values] of Object.entries(row.entries)) {
    const path = work.tenant.paths.get(pathKey(row.type, name))
    if (path === undefined) continue
    entries[path.pathNo] = values
    for (const value of values) enterEntry(work, { pathNo: path.pathNo, value, rowNo, unique: path.unique, as: 'new' })
  }
  addResource(work, {
    rowNo,
    type: row.type,
    id: row.id,
    version: row.version,
    created: row.created,
    modified: row.modified,
    display: row.display,
    oldDisplay: row.display,
    entries,
    text: row.text,
    secret: row.secret ?? null,
    isNew: true,
    removed: false,
    changed: true,
  })
}

async function loadGroup(work: UnitOfWork, row: Extract<ExportRow, { row: 'members' }>, at: number): Promise<void> {
  const group = work.byId.get(row.id)
  if (group === undefined || group.type !== row.type) throw new Conflict('missing', at, row.id)
  const members = row.members.map((id) => {
    const member = work.byId.get(id)
    if (member === undefined) throw new Conflict('member', at, id)
    return member.rowNo
  })
  const { before } = await loadMembers(work, group, members)
  for (const member of members) if (before.get(member) !== true) setMember(work, group, member, true)
}
