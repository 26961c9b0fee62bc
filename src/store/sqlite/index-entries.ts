import { isObject } from '../../protocol/index.ts'
import { Conflict, type IndexEntry, type Write } from '../contract/index.ts'
import { createEntryLists } from '../entry-lists.ts'
import type { IndexPath } from '../sql/scope.ts'
import type { Connection, SqlValue } from './connection.ts'
import type { Dictionary } from './dictionary.ts'

/** A resource by its number, with its column of entries. */
export interface Indexed {
  readonly k: number
  readonly entries: string
}

/** The index entries of resources: rows to be found by, and in the resource's own row what they are. */
export interface IndexEntries {
  /** Refuses a value that must be unique and that another resource has. */
  readonly requireFree: (t: number, path: IndexPath | undefined, entry: IndexEntry, k: number, at: number) => void
  /** All entries of a new resource. */
  readonly addAll: (
    t: number,
    entries: readonly { readonly path: IndexPath | undefined; readonly value: string }[],
    k: number,
  ) => void
  /** Takes some and adds some. `ready`: a path seen for the first time may answer queries. */
  readonly change: (
    t: number,
    y: number,
    was: Indexed,
    write: Pick<Extract<Write, { write: 'update' }>, 'unindex' | 'index'>,
    how: { readonly ready: boolean; readonly at: number },
  ) => void
  readonly clear: (t: number, was: Indexed) => void
}

/** Makes the index entries of one connection. */
export function createIndexEntries(connection: Connection, names: Dictionary): IndexEntries {
  function requireFree(t: number, path: IndexPath | undefined, entry: IndexEntry, k: number, at: number): void {
    if (path === undefined || entry.unique !== true) return
    const held = connection.row(
      'select 1 from lockstep_value_index where t = ? and a = ? and v = ? and k <> ? limit 1',
      t,
      path.pathNo,
      entry.value,
      k,
    )
    if (held !== undefined) throw new Conflict('unique', at, path.path)
  }

  function add(t: number, path: IndexPath | undefined, value: string, k: number): void {
    if (path === undefined) return
    connection.run(
      'insert or ignore into lockstep_value_index (t, a, v, k) values (?, ?, ?, ?)',
      t,
      path.pathNo,
      value,
      k,
    )
  }

  function addAll(t: number, entries: Parameters<IndexEntries['addAll']>[1], k: number): void {
    // One statement for some of them: each call costs more than the row it writes.
    for (let from = 0; from < entries.length; from += ROWS.length - 1) {
      const values: SqlValue[] = []
      for (const { path, value } of entries.slice(from, from + ROWS.length - 1)) {
        if (path !== undefined) values.push(t, path.pathNo, value, k)
      }
      const sql = ROWS[values.length / 4]
      if (sql !== undefined && values.length > 0) connection.run(sql, ...values)
    }
  }

  function change(
    t: number,
    y: number,
    was: Indexed,
    write: Pick<Extract<Write, { write: 'update' }>, 'unindex' | 'index'>,
    { ready, at }: { readonly ready: boolean; readonly at: number },
  ): void {
    if (write.unindex.length === 0 && write.index.length === 0) return
    const added = write.index.map((entry) => {
      const path = names.ensurePath(t, y, entry.path, entry.unique === true, ready)
      requireFree(t, path, entry, was.k, at)
      return { path, value: entry.value }
    })
    const entries = createEntryLists(readEntries(was.entries))
    for (const { path: name, value } of write.unindex) {
      const path = names.path(t, y, name)
      if (path === undefined) continue
      connection.run(
        'delete from lockstep_value_index where t = ? and a = ? and v = ? and k = ?',
        t,
        path.pathNo,
        value,
        was.k,
      )
      entries.remove(path.pathNo, value)
    }
    for (const { path, value } of added) {
      add(t, path, value, was.k)
      entries.add(path.pathNo, value)
    }
    connection.run('update lockstep_resource set entries = ? where k = ?', JSON.stringify(entries.lists()), was.k)
  }

  function clear(t: number, was: Indexed): void {
    for (const [a, values] of Object.entries(readEntries(was.entries))) {
      for (const value of values) {
        connection.run(
          'delete from lockstep_value_index where t = ? and a = ? and v = ? and k = ?',
          t,
          Number(a),
          value,
          was.k,
        )
      }
    }
  }

  return { requireFree, addAll, change, clear }
}

/** Statements that enter so many values at once. */
const ROWS: readonly string[] = Array.from(
  { length: 9 },
  (_, n) =>
    `insert or ignore into lockstep_value_index (t, a, v, k) values ${Array(n).fill('(?, ?, ?, ?)').join(', ')}`,
)

/** The entries column: values by path number. */
function readEntries(text: string): { [a: string]: string[] } {
  const read: unknown = JSON.parse(text)
  const entries: { [a: string]: string[] } = {}
  if (!isObject(read)) return entries
  for (const [a, values] of Object.entries(read)) {
    if (Array.isArray(values)) entries[a] = values.filter((value): value is string => typeof value === 'string')
  }
  return entries
}
