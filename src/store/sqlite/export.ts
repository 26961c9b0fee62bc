// Reads everything a tenant holds, row by row, to be moved to another store.

import { compareText, isObject } from '../../protocol/index.ts'
import { EXPORT_ORDER, type ExportRow, NEVER } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { ITEM_COLUMNS, itemOf } from '../sql/item-columns.ts'
import type { Connection, SqlRow } from './connection.ts'
import { createDictionary } from './dictionary.ts'
import { CHANGE_COLUMNS, changeOf } from './rows.ts'

type Kind = ExportRow['row']
type RowOf<K extends Kind> = Extract<ExportRow, { row: K }>

/** A tenant that is exported. */
interface Exported {
  readonly connection: Connection
  readonly tenant: string
  readonly tenantNo: number
  readonly typeName: (typeNo: number) => string
  /** Its types in order of name. */
  readonly types: readonly { readonly typeNo: number; readonly type: string }[]
  readonly paths: readonly (RowOf<'path'> & { readonly pathNo: number })[]
  readonly pathNames: ReadonlyMap<string, string>
}

/** Rows in one chunk. */
const CHUNK = 200
/** Members in one row. */
const MEMBERS = 1_000

/** Reads the rows of each kind; with `after` those behind that row. */
const SECTIONS: {
  readonly [K in Kind]: (from: Exported, after: RowOf<K> | undefined) => Iterable<readonly ExportRow[]>
} = {
  path: readPaths,
  record: readRecords,
  item: readItems,
  cursor: readCursors,
  cut: readCut,
  resource: readResources,
  members: readMembers,
  change: readChanges,
}

/**
 * Everything that a tenant holds, in the order of `ExportRow`, read by key; with `after` only what comes behind that row. The caller
 * makes sure that nothing changes meanwhile.
 */
export function* exportRows(
  connection: Connection,
  tenant: string,
  after: ExportRow | undefined,
): Generator<readonly ExportRow[]> {
  const from = openTenant(connection, tenant)
  if (from === undefined) return
  for (const kind of EXPORT_ORDER.slice(after === undefined ? 0 : EXPORT_ORDER.indexOf(after.row))) {
    const read: (from: Exported, after: never) => Iterable<readonly ExportRow[]> = SECTIONS[kind]
    for (const rows of read(from, (after?.row === kind ? after : undefined) as never)) {
      if (rows.length > 0) yield rows
    }
  }
}

function openTenant(connection: Connection, tenant: string): Exported | undefined {
  // A dictionary of its own, as of the moment that the connection shows.
  const dictionary = createDictionary(connection)
  const tenantNo = tenant === '' ? undefined : dictionary.tenant(tenant)
  if (tenantNo === undefined) return undefined
  const { typeName } = dictionary
  const types = dictionary.types(tenantNo).map((typeNo) => ({ typeNo, type: typeName(typeNo) }))
  const rows = connection.rows('select a, y, path, uniq, ready from lockstep_path where t = ?', tenantNo)
  const paths = rows.map((row) => ({
    row: 'path' as const,
    pathNo: numberOf(row[0]),
    type: typeName(numberOf(row[1])),
    path: textOf(row[2]),
    unique: row[3] === 1,
    complete: row[4] === 1,
  }))
  return {
    connection,
    tenant,
    tenantNo,
    typeName,
    types: types.sort((a, b) => compareText(a.type, b.type)),
    paths,
    pathNames: new Map(paths.map(({ pathNo, path }) => [String(pathNo), path])),
  }
}

/** The types from that of a row on, each with the last id of it that was read already. */
function typesFrom({ types }: Exported, row: { readonly type: string; readonly id: string } | undefined) {
  return types
    .filter(({ type }) => row === undefined || compareText(type, row.type) >= 0)
    .map(({ typeNo, type }) => ({ typeNo, type, last: row !== undefined && row.type === type ? row.id : '' }))
}

function* readPaths({ paths }: Exported, after: RowOf<'path'> | undefined): Generator<readonly ExportRow[]> {
  const order = (a: RowOf<'path'>, b: RowOf<'path'>) => compareText(a.type, b.type) || compareText(a.path, b.path)
  yield paths
    .filter((path) => after === undefined || order(path, after) > 0)
    .sort(order)
    .map(({ pathNo: _, ...path }) => path)
}

function* readRecords(
  { connection, tenantNo }: Exported,
  after: RowOf<'record'> | undefined,
): Generator<readonly ExportRow[]> {
  const found = pages((last) => {
    const key = last?.slice(0, 2) ?? (after && [after.kind, after.key])
    return connection.rows(
      `select kind, key, tag, value from lockstep_record where t = ? and (kind, key) ${key === undefined ? '>=' : '>'} (?, ?)
       order by kind, key limit ${CHUNK}`,
      tenantNo,
      ...(key ?? ['', '']),
    )
  })
  for (const rows of found) {
    yield rows.map(([kind, key, tag, value]) => ({
      row: 'record',
      kind: textOf(kind),
      key: textOf(key),
      ...(typeof tag === 'string' ? { tag } : {}),
      value: JSON.parse(textOf(value)),
    }))
  }
}

function* readItems(
  { connection, tenant, tenantNo }: Exported,
  after: RowOf<'item'> | undefined,
): Generator<readonly ExportRow[]> {
  const found = pages((last) =>
    connection.rows(
      `select ${ITEM_COLUMNS} from lockstep_item i
       where i.t = ? and (i.queue, i.key) > (?, ?) and i.expires = ${NEVER} order by i.queue, i.key limit ${CHUNK}`,
      tenantNo,
      ...(last?.slice(1, 3) ?? [after?.queue ?? '', after?.key ?? '']),
    ),
  )
  for (const rows of found) {
    yield rows.map((row) => {
      const { tenant: _, expires: __, ...item } = itemOf(row, tenant)
      return { row: 'item', ...item }
    })
  }
}

function* readCursors(
  { connection, tenantNo }: Exported,
  after: RowOf<'cursor'> | undefined,
): Generator<readonly ExportRow[]> {
  const sql = 'select reader, place, paused from lockstep_cursor where t = ? and reader > ? order by reader'
  yield connection.rows(sql, tenantNo, after?.reader ?? '').map(([reader, place, paused]) => ({
    row: 'cursor',
    reader: textOf(reader),
    place: numberOf(place),
    paused: paused === 1,
  }))
}

function* readCut(
  { connection, tenantNo }: Exported,
  after: RowOf<'cut'> | undefined,
): Generator<readonly ExportRow[]> {
  const row = connection.row('select place, at from lockstep_cut where t = ?', tenantNo)
  if (row === undefined || after !== undefined) return
  yield [{ row: 'cut', place: numberOf(row[0]), at: numberOf(row[1]) }]
}

function* readResources(from: Exported, after: RowOf<'resource'> | undefined): Generator<readonly ExportRow[]> {
  for (const { typeNo, type, last } of typesFrom(from, after)) {
    const found = pages((row) =>
      from.connection.rows(
        `select id, version, created, modified, display, secret, entries, text from lockstep_resource
         where t = ? and y = ? and id > ? order by id limit ${CHUNK}`,
        from.tenantNo,
        typeNo,
        row?.[0] ?? last,
      ),
    )
    for (const rows of found) yield rows.map((row) => resourceOf(row, type, from))
  }
}

function resourceOf(row: SqlRow, type: string, { pathNames }: Exported): ExportRow {
  return {
    row: 'resource',
    type,
    id: textOf(row[0]),
    version: numberOf(row[1]),
    created: numberOf(row[2]),
    modified: numberOf(row[3]),
    display: textOf(row[4]),
    ...(typeof row[5] === 'string' ? { secret: row[5] } : {}),
    entries: entriesOf(textOf(row[6]), pathNames),
    text: textOf(row[7]),
  }
}

/** The column of entries, by the names of paths in place of their numbers. */
function entriesOf(
  text: string,
  pathNames: ReadonlyMap<string, string>,
): { readonly [path: string]: readonly string[] } {
  const read: unknown = JSON.parse(text)
  if (!isObject(read)) return {}
  return Object.fromEntries(
    Object.entries(read).flatMap(([pathNo, values]) => {
      // A number without a name is that of a path that was removed.
      const path = pathNames.get(pathNo)
      return path === undefined ? [] : [[path, (values as string[]).toSorted(compareText)]]
    }),
  )
}

function* readMembers(from: Exported, after: RowOf<'members'> | undefined): Generator<readonly ExportRow[]> {
  for (const { typeNo, type, last } of typesFrom(from, after)) {
    // The group of the last row is read again: it may have more members.
    const found = pages((row) =>
      from.connection.rows(
        `select k, id from lockstep_resource r where t = ? and y = ? and id ${row === undefined ? '>=' : '>'} ?
         and exists (select 1 from lockstep_member where g = r.k) order by id limit ${CHUNK}`,
        from.tenantNo,
        typeNo,
        row?.[1] ?? last,
      ),
    )
    for (const rows of found) {
      for (const [groupNo, group] of rows) {
        const id = textOf(group)
        const known = after?.type === type && after.id === id ? (after.members.at(-1) ?? '') : ''
        yield* readGroup(from.connection, { groupNo: numberOf(groupNo), type, id, known })
      }
    }
  }
}

function* readGroup(
  connection: Connection,
  group: { readonly groupNo: number; readonly type: string; readonly id: string; readonly known: string },
): Generator<readonly ExportRow[]> {
  const { groupNo, type, id, known } = group
  const sql =
    'select r.id from lockstep_member x cross join lockstep_resource r on r.k = x.m where x.g = ? and r.id > ? order by r.id'
  let members: string[] = []
  for (const row of connection.each(sql, groupNo, known)) {
    members.push(textOf(row[0]))
    if (members.length < MEMBERS) continue
    yield [{ row: 'members', type, id, members }]
    members = []
  }
  if (members.length > 0) yield [{ row: 'members', type, id, members }]
}

function* readChanges(
  { connection, tenant, tenantNo, typeName }: Exported,
  after: RowOf<'change'> | undefined,
): Generator<readonly ExportRow[]> {
  const found = pages((last) =>
    connection.rows(
      `select ${CHANGE_COLUMNS} from lockstep_change where t = ? and place > ? order by place limit ${CHUNK}`,
      tenantNo,
      last?.[0] ?? after?.place ?? 0,
    ),
  )
  for (const rows of found) {
    yield rows.map((row) => {
      const { tenant: _, ...change } = changeOf(row, tenant, typeName)
      return { row: 'change', ...change }
    })
  }
}

/** Pages of a query by key, each behind the last row of the one before, until one is not full. */
function* pages(page: (last: SqlRow | undefined) => readonly SqlRow[]): Generator<readonly SqlRow[]> {
  for (let last: SqlRow | undefined; ; ) {
    const rows = page(last)
    if (rows.length > 0) yield rows
    if (rows.length < CHUNK) return
    last = rows.at(-1)
  }
}
