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
  readonly names: Dictionary
  readonly tally: Counters
  readonly finder: Finder
  readonly index: IndexEntries
  readonly log: Log
}

/** Makes what carries out a `load` write in tenant `t`; `at` is its place in the list, for a `Conflict`. */
export function createLoad(
  ground: LoadGround,
): (write: Extract<Write, { write: 'load' }>, t: number, at: number) => Written {
  const { connection, names, tally, finder, index, log } = ground

  function load(tenant: string, t: number, row: ExportRow, at: number): void {
    switch (row.row) {
      case 'path': {
        const y = names.ensureType(t, row.type)
        names.ensurePath(t, y, row.path, row.unique, row.complete)
        const flags = [Number(row.unique), Number(row.complete)]
        connection.run(
          'update lockstep_path set uniq = ?, ready = ? where t = ? and y = ? and path = ?',
          ...flags,
          t,
          y,
          row.path,
        )
        names.forget()
        return
      }
      case 'record':
        connection.run(
          `insert into lockstep_record (t, kind, key, tag, value) values (?, ?, ?, ?, ?)
           on conflict do update set tag = excluded.tag, value = excluded.value`,
          t,
          row.kind,
          row.key,
          row.tag ?? null,
          JSON.stringify(row.value),
        )
        return
      case 'resource':
        resource(t, row, at)
        return
      case 'members': {
        const g = numberOf({ ...row, tenant }, t)
        if (g === undefined) throw new Conflict('missing', at, row.id)
        const members = row.members.map((id) => ({ id }))
        editMembers(connection, names, finder, { t, k: g }, [{ edit: 'add', members }], at)
        return
      }
      case 'change': {
        const { op, actor, paths, version, members } = row
        const y = op === 'note' ? names.ensureNoteType(t, row.type) : names.ensureType(t, row.type)
        const place = log.write(
          { ...row, tenant },
          { t, y, at: row.at, version, delta: members, touch: null },
          { op, actor, paths },
        )
        if (place !== row.place) throw new Conflict('version', at, String(row.place))
      }
    }
  }

  function resource(t: number, row: Extract<ExportRow, { row: 'resource' }>, at: number): void {
    const y = names.ensureType(t, row.type)
    if (finder.find(t, row.id, row.type) !== undefined) throw new Conflict('exists', at, row.id)
    const lists = Object.entries(row.entries).map(([name, values]) => {
      // Its own row has told whether it is unique and complete; without one it promises nothing.
      const path = names.path(t, y, name) ?? names.ensurePath(t, y, name, false, false)
      return { path, values }
    })
    const k = connection.insert(
      `insert into lockstep_resource (t, y, id, version, created, modified, display, secret, entries, text, folded)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      t,
      y,
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
      t,
      lists.flatMap(({ path, values }) => values.map((value) => ({ path, value }))),
      k,
    )
    tally.added(t, y, row.id)
  }

  function numberOf(ref: Ref, t: number): number | undefined {
    const found = finder.find(t, ref.id, ref.type)
    return found === undefined || names.typeName(found.y) !== ref.type ? undefined : found.k
  }

  return ({ tenant, rows }, t, at) => {
    for (const row of rows) load(tenant, t, row, at)
    tally.signal(tenant, true)
    return { changed: true, version: 0, created: 0, modified: 0 }
  }
}
