// Writes the rows of a tenant that was exported from another store.

import { Conflict, type ExportRow, type Write, type Written } from '../contract/index.ts'
import { DONE } from '../rules.ts'
import { foldedText } from '../sql/folded.ts'
import { editMembers } from './members.ts'
import { putRecord } from './records.ts'
import { insertItem, putCursor } from './work.ts'
import type { WriteDeps } from './write-deps.ts'

/** Carries out a `load` write; `at` is its position in its list, for a `Conflict`. */
export function load(
  deps: WriteDeps,
  { tenant, rows }: Extract<Write, { write: 'load' }>,
  tenantNo: number,
  at: number,
): Written {
  for (const row of rows) loadRow(deps, tenant, tenantNo, row, at)
  deps.counters.signal(tenant, true)
  return DONE
}

function loadRow(deps: WriteDeps, tenant: string, tenantNo: number, row: ExportRow, at: number): void {
  const { connection, counters, dictionary, log } = deps
  switch (row.row) {
    case 'path': {
      const typeNo = dictionary.ensureType(tenantNo, row.type)
      dictionary.ensurePath(tenantNo, typeNo, row.path, row.unique, row.complete)
      const flags = [Number(row.unique), Number(row.complete)]
      connection.run(
        'update lockstep_path set uniq = ?, ready = ? where t = ? and y = ? and path = ?',
        ...flags,
        tenantNo,
        typeNo,
        row.path,
      )
      dictionary.forget()
      return
    }
    case 'record':
      putRecord(connection, tenantNo, row)
      return
    case 'item':
      insertItem(connection, row, tenantNo, row)
      return
    case 'cursor':
      putCursor(deps, tenantNo, row)
      return
    case 'cut':
      if (counters.placeBefore(tenantNo) > 0) throw new Conflict('version', at, String(row.place))
      connection.run('insert into lockstep_cut (t, place, at) values (?, ?, ?)', tenantNo, row.place, row.at)
      counters.startLog(tenantNo, row.place)
      return
    case 'resource':
      loadResource(deps, tenantNo, row, at)
      return
    case 'members': {
      const groupNo = groupNumber(deps, row, tenantNo)
      if (groupNo === undefined) throw new Conflict('missing', at, row.id)
      const members = row.members.map((id) => ({ id }))
      editMembers(deps, { tenantNo, rowNo: groupNo }, [{ edit: 'add', members }], at)
      return
    }
    case 'change': {
      const { op, actor, txn, paths, version, members } = row
      const typeNo =
        op === 'note' ? dictionary.ensureNoteType(tenantNo, row.type) : dictionary.ensureType(tenantNo, row.type)
      const place = log.write(
        { ...row, tenant },
        { tenantNo, typeNo, at: row.at, version, delta: members, touch: null },
        { op, actor, paths, ...(txn === undefined ? {} : { txn }) },
      )
      if (place !== row.place) throw new Conflict('version', at, String(row.place))
    }
  }
}

function loadResource(
  deps: WriteDeps,
  tenantNo: number,
  row: Extract<ExportRow, { row: 'resource' }>,
  at: number,
): void {
  const { connection, dictionary, counters, finder, index } = deps
  const typeNo = dictionary.ensureType(tenantNo, row.type)
  if (finder.find(tenantNo, row.id, row.type) !== undefined) throw new Conflict('exists', at, row.id)
  const lists = Object.entries(row.entries).map(([name, values]) => {
    // A row of its own says whether it is unique and complete; without one it is neither.
    const path = dictionary.path(tenantNo, typeNo, name) ?? dictionary.ensurePath(tenantNo, typeNo, name, false, false)
    return { path, values }
  })
  const rowNo = connection.insert(
    `insert into lockstep_resource (t, y, id, version, created, modified, display, secret, entries, text, folded)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    tenantNo,
    typeNo,
    row.id,
    row.version,
    row.created,
    row.modified,
    row.display,
    row.secret ?? null,
    JSON.stringify(Object.fromEntries(lists.map(({ path, values }) => [path.pathNo, values]))),
    row.text,
    foldedText(row.text),
  )
  index.addAll(
    tenantNo,
    lists.flatMap(({ path, values }) => values.map((value) => ({ path, value }))),
    rowNo,
  )
  counters.added(tenantNo, typeNo, row.id)
}

function groupNumber(
  { finder, dictionary }: WriteDeps,
  { id, type }: { readonly id: string; readonly type: string },
  tenantNo: number,
): number | undefined {
  const found = finder.find(tenantNo, id, type)
  return found === undefined || dictionary.typeName(found.typeNo) !== type ? undefined : found.rowNo
}
