import { compareText, isObject } from '../../protocol/index.ts'
import { EXPORT_ORDER, type ExportRow, NEVER } from '../contract/index.ts'
import { type Connection, numberOf, type SqlRow, type SqlValue, textOf } from './connection.ts'
import { createDictionary } from './dictionary.ts'
import { CHANGE_COLUMNS, changeOf } from './rows.ts'
import { ITEM_COLUMNS, itemOf } from './work.ts'

type Section = (after: ExportRow | undefined) => Iterable<readonly ExportRow[]>

/** Rows in one chunk. */
const CHUNK = 200
/** Members in one row. */
const MEMBERS = 1_000

/**
 * Everything that a tenant holds, in the order of `ExportRow`, read by key; with `after` only what comes behind that row. The
 * caller sees to it that nothing changes meanwhile.
 */
export function* exportRows(
  connection: Connection,
  tenant: string,
  after: ExportRow | undefined,
): Generator<readonly ExportRow[]> {
  // Its own, as of the moment that the connection shows.
  const dictionary = createDictionary(connection)
  const tenantNo = tenant === '' ? undefined : dictionary.tenant(tenant)
  if (tenantNo === undefined) return
  const sections = createSections(connection, tenant, tenantNo, dictionary)
  for (const kind of EXPORT_ORDER.slice(after === undefined ? 0 : EXPORT_ORDER.indexOf(after.row))) {
    yield* sections[kind](after?.row === kind ? after : undefined)
  }
}

function createSections(
  connection: Connection,
  tenant: string,
  tenantNo: number,
  dictionary: ReturnType<typeof createDictionary>,
): { readonly [kind in ExportRow['row']]: Section } {
  const types = dictionary
    .types(tenantNo)
    .map((typeNo) => ({ typeNo, type: dictionary.typeName(typeNo) }))
    .sort((a, b) => compareText(a.type, b.type))
  const paths = connection
    .rows('select a, y, path, uniq, ready from lockstep_path where t = ?', tenantNo)
    .map((row) => ({
      pathNo: numberOf(row[0]),
      type: dictionary.typeName(numberOf(row[1])),
      path: textOf(row[2]),
      unique: row[3] === 1,
      complete: row[4] === 1,
    }))
  const pathOf = new Map(paths.map(({ pathNo, path }) => [String(pathNo), path]))

  /** The types from that of a row on, each with the last id of it that is known already. */
  const typesFrom = (row: { readonly type: string; readonly id: string } | undefined) =>
    types
      .filter(({ type }) => row === undefined || compareText(type, row.type) >= 0)
      .map(({ typeNo, type }) => ({ typeNo, type, known: row !== undefined && row.type === type ? row.id : '' }))

  /** The column of entries, with the names of paths for their numbers. */
  function entriesOf(text: string): { readonly [path: string]: readonly string[] } {
    const read: unknown = JSON.parse(text)
    if (!isObject(read)) return {}
    return Object.fromEntries(
      Object.entries(read).flatMap(([pathNo, values]) => {
        // A number without a path is of one that is gone.
        const path = pathOf.get(pathNo)
        return path === undefined ? [] : [[path, (values as string[]).toSorted(compareText)]]
      }),
    )
  }

  function* membersOf(groupNo: number, type: string, id: string, known: string): Generator<readonly ExportRow[]> {
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

  return {
    *path(after) {
      const from = after?.row === 'path' ? after : undefined
      const order = (a: { readonly type: string; readonly path: string }, b: typeof a) =>
        compareText(a.type, b.type) || compareText(a.path, b.path)
      yield paths
        .filter((path) => from === undefined || order(path, from) > 0)
        .sort(order)
        .map(({ type, path, unique, complete }) => ({ row: 'path', type, path, unique, complete }))
    },

    *record(after) {
      const from = after?.row === 'record' ? after : undefined
      const first: SqlValue[] | undefined = from && [from.kind, from.key]
      const found = pages((last) => {
        const key = last === undefined ? first : last.slice(0, 2)
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
    },

    *item(after) {
      const first: SqlValue[] | undefined = after?.row === 'item' ? [after.queue, after.key] : undefined
      const found = pages((last) => {
        const key = last === undefined ? first : last.slice(1, 3)
        return connection.rows(
          `select ${ITEM_COLUMNS} from lockstep_item i
           where i.t = ? and (i.queue, i.key) > (?, ?) and i.expires = ${NEVER} order by i.queue, i.key limit ${CHUNK}`,
          tenantNo,
          ...(key ?? ['', '']),
        )
      })
      for (const rows of found) {
        yield rows.map((row) => {
          const { tenant: _, expires: __, ...item } = itemOf(row, tenant)
          return { row: 'item', ...item }
        })
      }
    },

    *cursor(after) {
      const rows = connection.rows(
        'select reader, place, paused from lockstep_cursor where t = ? and reader > ? order by reader',
        tenantNo,
        after?.row === 'cursor' ? after.reader : '',
      )
      yield rows.map(([reader, place, paused]) => ({
        row: 'cursor',
        reader: textOf(reader),
        place: numberOf(place),
        paused: paused === 1,
      }))
    },

    *cut(after) {
      const row = connection.row('select place, at from lockstep_cut where t = ?', tenantNo)
      if (row !== undefined && after === undefined) {
        yield [{ row: 'cut', place: numberOf(row[0]), at: numberOf(row[1]) }]
      }
    },

    *resource(after) {
      for (const { typeNo, type, known } of typesFrom(after?.row === 'resource' ? after : undefined)) {
        const found = pages((last) =>
          connection.rows(
            `select id, version, created, modified, display, secret, entries, text from lockstep_resource
             where t = ? and y = ? and id > ? order by id limit ${CHUNK}`,
            tenantNo,
            typeNo,
            last?.[0] ?? known,
          ),
        )
        for (const rows of found) {
          yield rows.map((row) => ({
            row: 'resource',
            type,
            id: textOf(row[0]),
            version: numberOf(row[1]),
            created: numberOf(row[2]),
            modified: numberOf(row[3]),
            display: textOf(row[4]),
            ...(typeof row[5] === 'string' ? { secret: row[5] } : {}),
            entries: entriesOf(textOf(row[6])),
            text: textOf(row[7]),
          }))
        }
      }
    },

    *members(after) {
      const from = after?.row === 'members' ? after : undefined
      for (const { typeNo, type, known } of typesFrom(from)) {
        // The group that the last row was of may have more.
        const found = pages((last) =>
          connection.rows(
            `select k, id from lockstep_resource r where t = ? and y = ? and id ${last === undefined ? '>=' : '>'} ?
             and exists (select 1 from lockstep_member where g = r.k) order by id limit ${CHUNK}`,
            tenantNo,
            typeNo,
            last?.[1] ?? known,
          ),
        )
        for (const rows of found) {
          for (const [rowNo, group] of rows) {
            const id = textOf(group)
            const last = from?.type === type && from.id === id ? (from.members.at(-1) ?? '') : ''
            yield* membersOf(numberOf(rowNo), type, id, last)
          }
        }
      }
    },

    *change(after) {
      const found = pages((last) =>
        connection.rows(
          `select ${CHANGE_COLUMNS} from lockstep_change where t = ? and place > ? order by place limit ${CHUNK}`,
          tenantNo,
          last?.[0] ?? (after?.row === 'change' ? after.place : 0),
        ),
      )
      for (const rows of found) {
        yield rows.map((row) => {
          const { tenant: _, ...change } = changeOf(row, tenant, dictionary.typeName)
          return { row: 'change', ...change }
        })
      }
    },
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
