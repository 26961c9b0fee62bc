// Reads lines, counts and faults.

import type { CountQuery, Fault, LinePage, LineQuery, RecordStore } from '../contract.ts'
import type { Count } from '../counts.ts'
import type { PlacedLine } from '../line.ts'
import { matchesLine } from '../matches.ts'
import type { Heard } from '../quiet.ts'
import { ALL_TENANTS } from './append.ts'
import type { Run, SqlRow, SqlValue } from './database.ts'
import { countOfRow, LINE_COLUMNS, lineOfRow } from './rows.ts'
import { BUCKET_COLUMNS } from './tables.ts'
import type { TenantNumbers } from './tenants.ts'

/** What reading takes. */
export interface ReadDeps {
  readonly run: Run
  readonly prefix: string
  readonly tenants: TenantNumbers
}

/** Rows that are read at once, and for one page, where the filter is one that no index knows. */
const CHUNK = 1_000
const SCANNED = 20_000
/** By how many lines the order of places and that of times may differ. */
const OUT_OF_ORDER = 20_000

/** A page of lines. */
export async function pageOf(deps: ReadDeps, query: LineQuery): Promise<LinePage> {
  const { order, after, limit, ...filter } = query
  const where = await conditionsOf(deps, query)
  if (where === undefined) return { items: [] }
  const items: PlacedLine[] = []
  let last = after
  for (let scanned = 0; scanned < SCANNED; ) {
    const most = Math.max(limit + 1, where.isExact ? 0 : CHUNK)
    const values = [...where.values, ...(last === undefined ? [] : [last])]
    const beyond = last === undefined ? [] : [`n ${order === 'newest' ? '<' : '>'} $${values.length}`]
    const rows = await deps.run(
      `select ${LINE_COLUMNS} from ${deps.prefix}record_line where ${[...where.texts, ...beyond, 'true'].join(' and ')}
       order by n ${order === 'newest' ? 'desc' : 'asc'} limit ${most}`,
      values,
    )
    for (const row of rows) {
      const line = await toLine(deps, row)
      if (matchesLine(line, filter)) {
        // One more than asked for says that there are more.
        const before = items.at(-1)
        if (items.length === limit && before !== undefined) return { items, next: before.place }
        items.push(line)
      }
      last = line.place
    }
    scanned += rows.length
    if (rows.length < most) return { items }
  }
  return last === undefined ? { items } : { items, next: last }
}

/** What of a filter the database decides. `isExact`: all of it. */
async function conditionsOf(deps: ReadDeps, query: LineQuery) {
  const texts: string[] = []
  const values: SqlValue[] = []
  const add = (text: (parameter: string) => string, value: SqlValue) => {
    values.push(value)
    texts.push(text(`$${values.length}`))
  }
  const { tenants, connection, print, resource, about, outcomes, from, until } = query
  if (tenants !== undefined) {
    const numbers = await deps.tenants.find(deps.run, tenants)
    if (numbers.length === 0) return undefined
    texts.push(inList('t', numbers))
  }
  if (connection !== undefined) add((p) => `connection = ${p}`, connection)
  if (print !== undefined) add((p) => `print = ${p}`, print)
  if (resource !== undefined) add((p) => `resource = ${p}`, resource)
  if (about !== undefined) add((p) => `n in (select a.n from ${deps.prefix}record_about a where a.hash = ${p})`, about)
  if (outcomes !== undefined && !outcomes.includes('answered')) texts.push('status >= 400')
  const { run, prefix } = deps
  if (from !== undefined) {
    const [row] = await run(`select n from ${prefix}record_line where at >= $1 order by at limit 1`, [from])
    if (row === undefined) return undefined
    add((p) => `n >= ${p}`, Number(row[0]) - OUT_OF_ORDER)
  }
  if (until !== undefined) {
    const [row] = await run(`select n from ${prefix}record_line where at < $1 order by at desc limit 1`, [until])
    if (row === undefined) return undefined
    add((p) => `n <= ${p}`, Number(row[0]) + OUT_OF_ORDER)
  }
  const { asks, method, kind, statuses, code, bent, type, text, took } = query
  const rest = [asks, method, kind, statuses, code, bent, type, text, took, outcomes, from, until]
  return { texts, values, isExact: rest.every((one) => one === undefined) }
}

/** Numbers of our own, written out. */
function inList(column: string, numbers: readonly number[]): string {
  return `${column} in (${numbers.map((number) => String(Math.trunc(number))).join(', ')})`
}

async function toLine({ run, tenants }: ReadDeps, row: SqlRow): Promise<PlacedLine> {
  return lineOfRow(row, await tenants.nameOf(run, Number(row[1])))
}

/** A line by its id. */
export async function lineOf(deps: ReadDeps, id: string, names: readonly string[] | undefined) {
  const rows = await deps.run(`select ${LINE_COLUMNS} from ${deps.prefix}record_line where id = $1`, [id])
  for (const row of rows) {
    const line = await toLine(deps, row)
    if (names === undefined || names.includes(line.tenant)) return line
  }
  return undefined
}

/** Counts of minutes or hours. */
export async function countsOf(
  deps: ReadDeps,
  { tenants, connection, from, until, by }: CountQuery,
): Promise<readonly Count[]> {
  const numbers = tenants === undefined ? [ALL_TENANTS] : await deps.tenants.find(deps.run, tenants)
  if (numbers.length === 0) return []
  const rows = await deps.run(
    `select t, minute, connection, asks, outcome, n, us, last, ${BUCKET_COLUMNS.join(', ')} from ${deps.prefix}record_${by}
     where ${inList('t', numbers)} and minute >= $1 and minute < $2${connection === undefined ? '' : ' and connection = $3'}
     order by minute`,
    connection === undefined ? [from, until] : [from, until, connection],
  )
  const counts: Count[] = []
  for (const row of rows) {
    const t = Number(row[0])
    const count = countOfRow(row, t === ALL_TENANTS ? '' : await deps.tenants.nameOf(deps.run, t))
    if (count !== undefined) counts.push(count)
  }
  return counts
}

/** Failures by their print. */
export async function faultsOf(
  deps: ReadDeps,
  { tenants, print, from, limit }: Parameters<RecordStore['faults']>[0],
): Promise<readonly Fault[]> {
  const numbers = tenants === undefined ? undefined : await deps.tenants.find(deps.run, tenants)
  if (numbers?.length === 0) return []
  const { run, prefix } = deps
  const rows = await run(
    `select t, print, count(*), min(at), max(at), count(distinct resource), max(n) from ${prefix}record_line
     where print is not null and at >= $1${print === undefined ? '' : ' and print = $2'}
     ${numbers === undefined ? '' : `and ${inList('t', numbers)}`}
     group by t, print order by max(n) desc limit ${Math.trunc(limit)}`,
    print === undefined ? [from] : [from, print],
  )
  const faults: Fault[] = []
  for (const [t, own, count, first, last, resources, n] of rows) {
    const [row] = await run(`select ${LINE_COLUMNS} from ${prefix}record_line where n = $1`, [Number(n)])
    // Removed in the meantime.
    if (row === undefined) continue
    faults.push({
      tenant: await deps.tenants.nameOf(run, Number(t)),
      print: String(own),
      count: Number(count),
      first: Number(first),
      last: Number(last),
      resources: Number(resources),
      newest: await toLine(deps, row),
    })
  }
  return faults
}

/** When connections were heard. */
export async function heardSince(
  deps: ReadDeps,
  { tenants, from }: Parameters<RecordStore['heard']>[0],
): Promise<readonly Heard[]> {
  const numbers = tenants === undefined ? undefined : await deps.tenants.find(deps.run, tenants)
  if (numbers?.length === 0) return []
  const { run, prefix } = deps
  const some = `minute >= $1 and connection <> '' and t <> ${ALL_TENANTS}${numbers === undefined ? '' : ` and ${inList('t', numbers)}`}`
  // The silence before each minute or hour in which a connection spoke.
  const rows = await run(
    `select t, connection, min(minute), max(last), max(minute - before) from (
       select t, connection, minute, last, lag(last, 1, minute) over (partition by t, connection order by minute) as before
       from (select t, connection, minute, max(last) as last from (
         select t, connection, minute, last from ${prefix}record_hour where ${some}
         union all select t, connection, minute, last from ${prefix}record_minute where ${some}
       ) spoke group by t, connection, minute) spoken
     ) silences group by t, connection`,
    [from],
  )
  return Promise.all(
    rows.map(async ([t, connection, first, last, longest]) => ({
      tenant: await deps.tenants.nameOf(run, Number(t)),
      connection: String(connection),
      first: Number(first),
      last: Number(last),
      longestMs: Math.max(0, Number(longest)),
    })),
  )
}
