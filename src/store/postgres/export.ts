import { compareText } from '../../protocol/index.ts'
import { EXPORT_ORDER, type ExportRow, NEVER } from '../contract/index.ts'
import { numberOf, type Row, textOf, type Value } from './columns.ts'
import type { Database } from './database.ts'
import { isOutage, unavailable } from './faults.ts'
import { ITEM_COLUMNS, itemOf } from './items.ts'
import { CHANGE_COLUMNS, changeOf, recordOf } from './rows.ts'
import type { Session } from './session.ts'

type Section = (after: ExportRow | undefined) => AsyncIterable<readonly ExportRow[]>

/** Rows in one chunk. */
const CHUNK = 200
/** Members in one row. */
const MEMBERS = 1_000
/** Members read at once: each time all of a group are sorted by their ids. */
const MEMBERS_AT_ONCE = 100 * MEMBERS
/** How long whoever takes the rows may pause between two chunks. */
const PAUSE_MS = 600_000

// From group to group through the index: whoever has no members, which are most, is not looked at.
const TYPES_WITH_MEMBERS = `with recursive groups (g) as (
    (select x.g from lockstep.member x where x.t = $1 order by x.g limit 1)
    union all
    select (select x.g from lockstep.member x where x.t = $1 and x.g > groups.g order by x.g limit 1)
    from groups where groups.g is not null
  ) select distinct (select r.y from lockstep.resource r where r.t = $1 and r.k = groups.g) as y
    from groups where groups.g is not null order by y`

/** Everything that a tenant holds, in the order of `ExportRow`, as of one moment; with `after` only what comes behind that row. */
export async function* exportRows(
  database: Database,
  tenant: string,
  after: ExportRow | undefined,
): AsyncGenerator<readonly ExportRow[]> {
  const held = await database.hold()
  // Given back in any case; closed when an answer may still be under way.
  let lost = true
  try {
    await held.rows('begin isolation level repeatable read read only')
    // What is set from here on holds on the tenant's own node of a cluster too. A plain server takes it as a word of nobody's.
    await held.rows(`set local citus.propagate_set_commands = 'local'`)
    await held.rows(`set local idle_in_transaction_session_timeout = ${PAUSE_MS}`)
    // A portion of a large tenant in a cold database may take longer than anything that a request asks for.
    await held.rows('set local statement_timeout = 0')
    // In order of an index, also where nothing is known of the tables yet, as just after an import: never all for each portion.
    await held.rows('set local enable_seqscan = off')
    await held.rows('set local enable_bitmapscan = off')
    const [named] = await held.rows('select n.t from lockstep.tenant n where n.name = $1', tenant)
    if (named !== undefined) {
      const sections = await sectionsOf(held.rows, numberOf(named[0]), tenant)
      for (const kind of EXPORT_ORDER.slice(after === undefined ? 0 : EXPORT_ORDER.indexOf(after.row))) {
        for await (const rows of sections[kind](after?.row === kind ? after : undefined)) {
          lost = false
          yield rows
          lost = true
        }
      }
    }
    lost = false
  } catch (error) {
    throw isOutage(error) ? unavailable(error) : error
  } finally {
    if (!lost) {
      await held.rows('rollback').catch(() => {
        lost = true
      })
    }
    held.release(lost)
  }
}

async function sectionsOf(
  rows: Session['rows'],
  tenantNo: number,
  tenant: string,
): Promise<{ readonly [kind in ExportRow['row']]: Section }> {
  const paths = (
    await rows(
      'select p.a, p.y, p.path, p.uniq, p.ready from lockstep.path p where p.t = $1 order by p.y, p.path',
      tenantNo,
    )
  ).map(([pathNo, type, path, unique, complete]) => ({
    pathNo: numberOf(pathNo),
    type: textOf(type),
    path: textOf(path),
    unique: unique === true,
    complete: complete === true,
  }))
  const pathOf = new Map(paths.map(({ pathNo, path }) => [String(pathNo), path]))

  /** The column of entries, with the names of paths for their numbers. */
  function entriesOf(text: string): { readonly [path: string]: readonly string[] } {
    const read = JSON.parse(text) as { readonly [pathNo: string]: readonly string[] }
    return Object.fromEntries(
      Object.entries(read).flatMap(([pathNo, values]) => {
        const path = pathOf.get(pathNo)
        return path === undefined ? [] : [[path, values.toSorted(compareText)]]
      }),
    )
  }

  async function* membersOf(g: number, type: string, id: string, known: string): AsyncGenerator<readonly ExportRow[]> {
    const found = pages(MEMBERS_AT_ONCE, (last) =>
      rows(
        `select r.id from lockstep.member x join lockstep.resource r on r.t = $1 and r.k = x.m
         where x.t = $1 and x.g = $2 and r.id > $3 order by r.id limit ${MEMBERS_AT_ONCE}`,
        tenantNo,
        g,
        last?.[0] ?? known,
      ),
    )
    for await (const page of found) {
      for (let at = 0; at < page.length; at += MEMBERS) {
        const members = page.slice(at, at + MEMBERS).map((row) => textOf(row[0]))
        yield [{ row: 'members', type, id, members }]
      }
    }
  }

  return {
    async *path(after) {
      const from = after?.row === 'path' ? after : undefined
      yield paths
        .filter(
          (one) => from === undefined || (compareText(one.type, from.type) || compareText(one.path, from.path)) > 0,
        )
        .map(({ type, path, unique, complete }) => ({ row: 'path', type, path, unique, complete }))
    },

    async *record(after) {
      const from: Value[] | undefined = after?.row === 'record' ? [after.kind, after.key] : undefined
      const found = pages(CHUNK, (last) =>
        rows(
          `select r.key, r.tag, r.value, r.kind from lockstep.record r
           where r.t = $1 and (r.kind, r.key) ${last === undefined && from === undefined ? '>=' : '>'} ($2, $3)
           order by r.kind, r.key limit ${CHUNK}`,
          tenantNo,
          ...(last === undefined ? (from ?? ['', '']) : [textOf(last[3]), textOf(last[0])]),
        ),
      )
      for await (const page of found) {
        yield page.map((row) => {
          const { tenant: _, ...record } = recordOf(row, tenant, textOf(row[3]))
          return { row: 'record', ...record }
        })
      }
    },

    async *item(after) {
      const from = after?.row === 'item' ? [after.queue, after.key] : ['', '']
      const found = pages(CHUNK, (last) =>
        rows(
          `select ${ITEM_COLUMNS} from lockstep.item i
           where i.t = $1 and (i.queue, i.key) > ($2, $3) and i.expires = ${NEVER} order by i.queue, i.key limit ${CHUNK}`,
          tenantNo,
          ...(last === undefined ? from : [textOf(last[1]), textOf(last[2])]),
        ),
      )
      for await (const page of found) {
        yield page.map((row) => {
          const { tenant: _, expires: __, ...item } = itemOf(row, tenant)
          return { row: 'item', ...item }
        })
      }
    },

    async *cursor(after) {
      const found = await rows(
        'select c.reader, c.place, c.paused from lockstep.cursor c where c.t = $1 and c.reader > $2 order by c.reader',
        tenantNo,
        after?.row === 'cursor' ? after.reader : '',
      )
      yield found.map(([reader, place, paused]) => ({
        row: 'cursor',
        reader: textOf(reader),
        place: numberOf(place),
        paused: paused === true,
      }))
    },

    async *cut(after) {
      const sql = 'select s.cut, s.cut_at from lockstep.tenant_state s where s.t = $1 and s.cut > 0'
      const [row] = after === undefined ? await rows(sql, tenantNo) : []
      if (row !== undefined) yield [{ row: 'cut', place: numberOf(row[0]), at: numberOf(row[1]) }]
    },

    async *resource(after) {
      const from = after?.row === 'resource' ? [after.type, after.id] : ['', '']
      const found = pages(CHUNK, (last) =>
        rows(
          `select r.y, r.id, r.version, r.created, r.modified, r.display, r.secret, r.entries, r.text
           from lockstep.resource r where r.t = $1 and (r.y, r.id) > ($2, $3) order by r.y, r.id limit ${CHUNK}`,
          tenantNo,
          ...(last === undefined ? from : [textOf(last[0]), textOf(last[1])]),
        ),
      )
      for await (const page of found) {
        yield page.map((row) => ({
          row: 'resource',
          type: textOf(row[0]),
          id: textOf(row[1]),
          version: numberOf(row[2]),
          created: numberOf(row[3]),
          modified: numberOf(row[4]),
          display: textOf(row[5]),
          ...(typeof row[6] === 'string' ? { secret: row[6] } : {}),
          entries: entriesOf(textOf(row[7])),
          text: textOf(row[8]),
        }))
      }
    },

    async *members(after) {
      const from = after?.row === 'members' ? after : undefined
      for (const [type] of await rows(TYPES_WITH_MEMBERS, tenantNo)) {
        if (from !== undefined && compareText(textOf(type), from.type) < 0) continue
        // The group that the last row was of may have more.
        const first = from !== undefined && from.type === type ? from.id : ''
        const found = pages(CHUNK, (last) =>
          rows(
            `select r.id, r.k from lockstep.resource r
             where r.t = $1 and r.y = $2 and r.id ${last === undefined ? '>=' : '>'} $3
               and exists (select 1 from lockstep.member x where x.t = $1 and x.g = r.k)
             order by r.id limit ${CHUNK}`,
            tenantNo,
            type ?? null,
            last?.[0] ?? first,
          ),
        )
        for await (const page of found) {
          for (const [id, k] of page) {
            const same = from !== undefined && from.type === type && from.id === id
            yield* membersOf(numberOf(k), textOf(type), textOf(id), same ? (from.members.at(-1) ?? '') : '')
          }
        }
      }
    },

    async *change(after) {
      const found = pages(CHUNK, (last) =>
        rows(
          `select ${CHANGE_COLUMNS} from lockstep.change c
           where c.t = $1 and c.place > $2 order by c.place limit ${CHUNK}`,
          tenantNo,
          last === undefined ? (after?.row === 'change' ? after.place : 0) : numberOf(last[0]),
        ),
      )
      for await (const page of found) {
        yield page.map((row) => {
          const { tenant: _, ...change } = changeOf(row, tenant)
          return { row: 'change', ...change }
        })
      }
    },
  }
}

/** Pages of a query by key, each behind the last row of the one before, until one is not full. */
async function* pages(
  size: number,
  page: (last: Row | undefined) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  for (let last: Row | undefined; ; ) {
    const rows = await page(last)
    if (rows.length > 0) yield rows
    if (rows.length < size) return
    last = rows.at(-1)
  }
}
