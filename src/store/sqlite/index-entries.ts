// Writes the index entries of resources.

import { isObject } from '../../protocol/index.ts'
import { Conflict, type IndexEntry, type Write } from '../contract/index.ts'
import { createEntryLists } from '../entry-lists.ts'
import type { IndexPath } from '../sql/scope.ts'
import type { Connection, SqlValue } from './connection.ts'
import type { Dictionary } from './dictionary.ts'

/** A resource by its number, with its column of entries. */
export interface Indexed {
  readonly rowNo: number
  readonly entries: string
}

/** The index entries of resources: rows by which they are found, and a list of them in the resource's own row. */
export interface IndexEntries {
  /** Refuses a unique value that another resource has. */
  readonly requireFree: (
    tenantNo: number,
    path: IndexPath | undefined,
    entry: IndexEntry,
    rowNo: number,
    at: number,
  ) => void
  /** Adds all entries of a new resource. */
  readonly addAll: (
    tenantNo: number,
    entries: readonly { readonly path: IndexPath | undefined; readonly value: string }[],
    rowNo: number,
  ) => void
  /** Removes some and adds some. `ready`: a path that is seen for the first time may answer queries. */
  readonly change: (
    tenantNo: number,
    typeNo: number,
    was: Indexed,
    write: Pick<Extract<Write, { write: 'update' }>, 'unindex' | 'index'>,
    how: { readonly ready: boolean; readonly at: number },
  ) => void
  readonly clear: (tenantNo: number, was: Indexed) => void
}

/** Creates the index entries of one connection. */
export function createIndexEntries(connection: Connection, dictionary: Dictionary): IndexEntries {
  function requireFree(
    tenantNo: number,
    path: IndexPath | undefined,
    entry: IndexEntry,
    rowNo: number,
    at: number,
  ): void {
    if (path === undefined || entry.unique !== true) return
    const held = connection.row(
      'select 1 from lockstep_value_index where t = ? and a = ? and v = ? and k <> ? limit 1',
      tenantNo,
      path.pathNo,
      entry.value,
      rowNo,
    )
    if (held !== undefined) throw new Conflict('unique', at, path.path)
  }

  function add(tenantNo: number, path: IndexPath | undefined, value: string, rowNo: number): void {
    if (path === undefined) return
    connection.run(
      'insert or ignore into lockstep_value_index (t, a, v, k) values (?, ?, ?, ?)',
      tenantNo,
      path.pathNo,
      value,
      rowNo,
    )
  }

  function addAll(tenantNo: number, entries: Parameters<IndexEntries['addAll']>[1], rowNo: number): void {
    // Several in one statement: a call costs more than the row it writes.
    for (let from = 0; from < entries.length; from += ROWS.length - 1) {
      const values: SqlValue[] = []
      for (const { path, value } of entries.slice(from, from + ROWS.length - 1)) {
        if (path !== undefined) values.push(tenantNo, path.pathNo, value, rowNo)
      }
      const sql = ROWS[values.length / 4]
      if (sql !== undefined && values.length > 0) connection.run(sql, ...values)
    }
  }

  function change(
    tenantNo: number,
    typeNo: number,
    was: Indexed,
    write: Pick<Extract<Write, { write: 'update' }>, 'unindex' | 'index'>,
    { ready, at }: { readonly ready: boolean; readonly at: number },
  ): void {
    if (write.unindex.length === 0 && write.index.length === 0) return
    const added = write.index.map((entry) => {
      const path = dictionary.ensurePath(tenantNo, typeNo, entry.path, entry.unique === true, ready)
      requireFree(tenantNo, path, entry, was.rowNo, at)
      return { path, value: entry.value }
    })
    const entries = createEntryLists(readEntries(was.entries))
    for (const { path: name, value } of write.unindex) {
      const path = dictionary.path(tenantNo, typeNo, name)
      if (path === undefined) continue
      connection.run(
        'delete from lockstep_value_index where t = ? and a = ? and v = ? and k = ?',
        tenantNo,
        path.pathNo,
        value,
        was.rowNo,
      )
      entries.remove(path.pathNo, value)
    }
    for (const { path, value } of added) {
      add(tenantNo, path, value, was.rowNo)
      entries.add(path.pathNo, value)
    }
    connection.run('update lockstep_resource set entries = ? where k = ?', JSON.stringify(entries.lists()), was.rowNo)
  }

  function clear(tenantNo: number, was: Indexed): void {
    for (const [pathNo, values] of Object.entries(readEntries(was.entries))) {
      for (const value of values) {
        connection.run(
          'delete from lockstep_value_index where t = ? and a = ? and v = ? and k = ?',
          tenantNo,
          Number(pathNo),
          value,
          was.rowNo,
        )
      }
    }
  }

  return { requireFree, addAll, change, clear }
}

/** Statements by the number of entries that they add. */
const ROWS: readonly string[] = Array.from(
  { length: 9 },
  (_, n) =>
    `insert or ignore into lockstep_value_index (t, a, v, k) values ${Array(n).fill('(?, ?, ?, ?)').join(', ')}`,
)

/** The entries column: values by path number. */
function readEntries(text: string): { [a: string]: string[] } {
  const read: unknown = JSON.parse(text)
  const entries: { [pathNo: string]: string[] } = {}
  if (!isObject(read)) return entries
  for (const [pathNo, values] of Object.entries(read)) {
    if (Array.isArray(values)) entries[pathNo] = values.filter((value): value is string => typeof value === 'string')
  }
  return entries
}
