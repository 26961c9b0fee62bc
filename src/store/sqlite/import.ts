import { Conflict, type ExportRow, type Ref, type Write, type Written } from '../contract/index.ts'
import { foldedText } from '../sql/folded.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Dictionary } from './dictionary.ts'
import type { IndexEntries } from './index-entries.ts'
import type { Log } from './log.ts'
import { editMembers, type Finder } from './members.ts'

/** What rows of another store are put through. */
export interface LoadGround {
  readonly connection: Connection
  readonly dictionary: Dictionary
  readonly counters: Counters
  readonly finder: Finder
  readonly index: IndexEntries
  readonly log: Log
}

/** Makes what carries out a `load` write in tenant `t`; `at` is its place in the list, for a `Conflict`. */
export function createLoad(
  ground: LoadGround,
): (write: Extract<Write, { write: 'load' }>, tenantNo: number, at: number) => Written {
  const { connection, dictionary, counters, finder, index, log } = ground

  function load(tenant: string, tenantNo: number, row: ExportRow, at: number): void {
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
        connection.run(
          `insert into lockstep_record (t, kind, key, tag, value) values (?, ?, ?, ?, ?)
           on conflict do update set tag = excluded.tag, value = excluded.value`,
          tenantNo,
          row.kind,
          row.key,
          row.tag ?? null,
          JSON.stringify(row.value),
        )
        return
      case 'resource':
        resource(tenantNo, row, at)
        return
      case 'members': {
        const groupNo = numberOf({ ...row, tenant }, tenantNo)
        if (groupNo === undefined) throw new Conflict('missing', at, row.id)
        const members = row.members.map((id) => ({ id }))
        editMembers(connection, dictionary, finder, { tenantNo, rowNo: groupNo }, [{ edit: 'add', members }], at)
        return
      }
      case 'change': {
        const { op, actor, paths, version, members } = row
        const typeNo =
          op === 'note' ? dictionary.ensureNoteType(tenantNo, row.type) : dictionary.ensureType(tenantNo, row.type)
        const place = log.write(
          { ...row, tenant },
          { tenantNo, typeNo, at: row.at, version, delta: members, touch: null },
          { op, actor, paths },
        )
        if (place !== row.place) throw new Conflict('version', at, String(row.place))
      }
    }
  }

  function resource(tenantNo: number, row: Extract<ExportRow, { row: 'resource' }>, at: number): void {
    const typeNo = dictionary.ensureType(tenantNo, row.type)
    if (finder.find(tenantNo, row.id, row.type) !== undefined) throw new Conflict('exists', at, row.id)
    const lists = Object.entries(row.entries).map(([name, values]) => {
      // Its own row has told whether it is unique and complete; without one it promises nothing.
      const path =
        dictionary.path(tenantNo, typeNo, name) ?? dictionary.ensurePath(tenantNo, typeNo, name, false, false)
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

  function numberOf(ref: Ref, tenantNo: number): number | undefined {
    const found = finder.find(tenantNo, ref.id, ref.type)
    return found === undefined || dictionary.typeName(found.typeNo) !== ref.type ? undefined : found.rowNo
  }

  return ({ tenant, rows }, tenantNo, at) => {
    for (const row of rows) load(tenant, tenantNo, row, at)
    counters.signal(tenant, true)
    return { changed: true, version: 0, created: 0, modified: 0 }
  }
}
