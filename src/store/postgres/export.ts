// Reads everything a tenant holds, row by row, to be moved to another store.

import { compareText } from '../../protocol/index.ts'
import { EXPORT_ORDER, type ExportRow, NEVER } from '../contract/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import { ITEM_COLUMNS, itemOf } from '../sql/item-columns.ts'
import type { Row } from './columns.ts'
import type { Database } from './database.ts'
import { isOutage, unavailable } from './faults.ts'
import { CHANGE_COLUMNS, changeOf, recordOf } from './rows.ts'
import type { Session } from './session.ts'

type Kind = ExportRow['row']
type RowOf<K extends Kind> = Extract<ExportRow, { row: K }>
type Chunks = AsyncIterable<readonly ExportRow[]>

/** A tenant that is exported. */
interface Exported {
  readonly rows: Session['rows']
  readonly tenant: string
  readonly tenantNo: number
  readonly paths: readonly (RowOf<'path'> & { readonly pathNo: number })[]
  readonly pathNames: ReadonlyMap<string, string>
}

/** Rows in one chunk. */
const CHUNK = 200
/** Members in one row. */
const MEMBERS = 1_000
/** Members read at once: each time all members of a group are sorted by id. */
const MEMBERS_AT_ONCE = 100 * MEMBERS
/** How long the consumer may pause between two chunks. */
const PAUSE_MS = 600_000

// From group to group through the index: resources without members, which are most, are not read.
const TYPES_WITH_MEMBERS = `with recursive groups (g) as (
    (select x.g from lockstep.member x where x.t = $1 order by x.g limit 1)
    union all
    select (select x.g from lockstep.member x where x.t = $1 and x.g > groups.g order by x.g limit 1)
    from groups where groups.g is not null
  ) select distinct (select r.y from lockstep.resource r where r.t = $1 and r.k = groups.g) as y
    from groups where groups.g is not null order by y`

/** Reads the rows of each kind; with `after` those behind that row. */
const SECTIONS: { readonly [K in Kind]: (from: Exported, after: RowOf<K> | undefined) => Chunks } = {
  path: readPaths,
  record: readRecords,
  item: readItems,
  cursor: readCursors,
  cut: readCut,
  resource: readResources,
  members: readMembers,
  change: readChanges,
}

/** Everything that a tenant holds, in the order of `ExportRow`, as of one moment; with `after` only what comes behind that row. */
export async function* exportRows(
  database: Database,
  tenant: string,
  after: ExportRow | undefined,
): AsyncGenerator<readonly ExportRow[]> {
  const session = await database.hold()
  // Released in any case; closed when an answer may still be on its way.
  let lost = true
  try {
    const from = await openTenant(session, tenant)
    const kinds = EXPORT_ORDER.slice(after === undefined ? 0 : EXPORT_ORDER.indexOf(after.row))
    for (const kind of from === undefined ? [] : kinds) {
      const read: (from: Exported, after: never) => Chunks = SECTIONS[kind]
      for await (const rows of read(from as Exported, (after?.row === kind ? after : undefined) as never)) {
        if (rows.length === 0) continue
        lost = false
        yield rows
        lost = true
      }
    }
    lost = false
  } catch (error) {
    throw isOutage(error) ? unavailable(error) : error
  } finally {
    if (!lost) {
      await session.rows('rollback').catch(() => {
        lost = true
      })
    }
    session.release(lost)
  }
}

/** Begins a transaction that shows one moment; undefined where there is no such tenant. */
async function openTenant({ rows }: Session, tenant: string): Promise<Exported | undefined> {
  await rows('begin isolation level repeatable read read only')
  // Settings from here on also hold on the tenant's node of a cluster. A plain server accepts any name with a dot.
  await rows(`set local citus.propagate_set_commands = 'local'`)
  await rows(`set local idle_in_transaction_session_timeout = ${PAUSE_MS}`)
  // A chunk of a large tenant in a cold database may take longer than any request.
  await rows('set local statement_timeout = 0')
  // By index, even without statistics, as just after an import: never everything for each chunk.
  await rows('set local enable_seqscan = off')
  await rows('set local enable_bitmapscan = off')
  const [found] = await rows('select n.t from lockstep.tenant n where n.name = $1', tenant)
  if (found === undefined) return undefined
  const tenantNo = numberOf(found[0])
  const sql = 'select p.a, p.y, p.path, p.uniq, p.ready from lockstep.path p where p.t = $1 order by p.y, p.path'
  const paths = (await rows(sql, tenantNo)).map(([pathNo, type, path, unique, complete]) => ({
    row: 'path' as const,
    pathNo: numberOf(pathNo),
    type: textOf(type),
    path: textOf(path),
    unique: unique === true,
    complete: complete === true,
  }))
  const pathNames = new Map(paths.map(({ pathNo, path }) => [String(pathNo), path]))
  return { rows, tenant, tenantNo, paths, pathNames }
}

async function* readPaths({ paths }: Exported, after: RowOf<'path'> | undefined): Chunks {
  yield paths
    .filter(
      (one) => after === undefined || (compareText(one.type, after.type) || compareText(one.path, after.path)) > 0,
    )
    .map(({ pathNo: _, ...path }) => path)
}

async function* readRecords({ rows, tenant, tenantNo }: Exported, after: RowOf<'record'> | undefined): Chunks {
  const from = after === undefined ? undefined : [after.kind, after.key]
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
}

async function* readItems({ rows, tenant, tenantNo }: Exported, after: RowOf<'item'> | undefined): Chunks {
  const from = after === undefined ? ['', ''] : [after.queue, after.key]
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
}

async function* readCursors({ rows, tenantNo }: Exported, after: RowOf<'cursor'> | undefined): Chunks {
  const found = await rows(
    'select c.reader, c.place, c.paused from lockstep.cursor c where c.t = $1 and c.reader > $2 order by c.reader',
    tenantNo,
    after?.reader ?? '',
  )
  yield found.map(([reader, place, paused]) => ({
    row: 'cursor',
    reader: textOf(reader),
    place: numberOf(place),
    paused: paused === true,
  }))
}

async function* readCut({ rows, tenantNo }: Exported, after: RowOf<'cut'> | undefined): Chunks {
  const sql = 'select s.cut, s.cut_at from lockstep.tenant_state s where s.t = $1 and s.cut > 0'
  const [row] = after === undefined ? await rows(sql, tenantNo) : []
  if (row !== undefined) yield [{ row: 'cut', place: numberOf(row[0]), at: numberOf(row[1]) }]
}

async function* readResources({ rows, tenantNo, pathNames }: Exported, after: RowOf<'resource'> | undefined): Chunks {
  const from = after === undefined ? ['', ''] : [after.type, after.id]
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
      entries: entriesOf(pathNames, textOf(row[7])),
      text: textOf(row[8]),
    }))
  }
}

/** The column of entries, with the names of paths for their numbers. */
function entriesOf(
  pathNames: ReadonlyMap<string, string>,
  text: string,
): { readonly [path: string]: readonly string[] } {
  const read = JSON.parse(text) as { readonly [pathNo: string]: readonly string[] }
  return Object.fromEntries(
    Object.entries(read).flatMap(([pathNo, values]) => {
      const path = pathNames.get(pathNo)
      return path === undefined ? [] : [[path, values.toSorted(compareText)]]
    }),
  )
}

async function* readMembers(from: Exported, after: RowOf<'members'> | undefined): Chunks {
  const { rows, tenantNo } = from
  for (const [type] of await rows(TYPES_WITH_MEMBERS, tenantNo)) {
    if (after !== undefined && compareText(textOf(type), after.type) < 0) continue
    // The group of the last row may have more members.
    const first = after !== undefined && after.type === type ? after.id : ''
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
      for (const [id, rowNo] of page) {
        const same = after !== undefined && after.type === type && after.id === id
        const group = { rowNo: numberOf(rowNo), type: textOf(type), id: textOf(id) }
        yield* readGroup(from, group, same ? (after.members.at(-1) ?? '') : '')
      }
    }
  }
}

/** The members of a group, behind the one with that id. */
async function* readGroup(
  { rows, tenantNo }: Exported,
  { rowNo, type, id }: { readonly rowNo: number; readonly type: string; readonly id: string },
  after: string,
): Chunks {
  const found = pages(MEMBERS_AT_ONCE, (last) =>
    rows(
      `select r.id from lockstep.member x join lockstep.resource r on r.t = $1 and r.k = x.m
       where x.t = $1 and x.g = $2 and r.id > $3 order by r.id limit ${MEMBERS_AT_ONCE}`,
      tenantNo,
      rowNo,
      last?.[0] ?? after,
    ),
  )
  for await (const page of found) {
    for (let at = 0; at < page.length; at += MEMBERS) {
      const members = page.slice(at, at + MEMBERS).map((row) => textOf(row[0]))
      yield [{ row: 'members', type, id, members }]
    }
  }
}

async function* readChanges({ rows, tenant, tenantNo }: Exported, after: RowOf<'change'> | undefined): Chunks {
  const found = pages(CHUNK, (last) =>
    rows(
      `select ${CHANGE_COLUMNS} from lockstep.change c
       where c.t = $1 and c.place > $2 order by c.place limit ${CHUNK}`,
      tenantNo,
      last === undefined ? (after?.place ?? 0) : numberOf(last[0]),
    ),
  )
  for await (const page of found) {
    yield page.map((row) => {
      const { tenant: _, ...change } = changeOf(row, tenant)
      return { row: 'change', ...change }
    })
  }
}

/** Pages of a query by key, each behind the last row of the page before, until one is not full. */
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
