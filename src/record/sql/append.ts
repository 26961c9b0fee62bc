// Writes lines and counts: all or nothing, in the order of their places.

import type { RecordBatch } from '../contract.ts'
import { mergeCounts, sumOfAll } from '../counts.ts'
import type { Run } from './database.ts'
import { places, rowOfCount, rowOfLine } from './rows.ts'
import { BUCKET_COLUMNS } from './tables.ts'
import type { TenantNumbers } from './tenants.ts'

/** The number under which the sums of all tenants are counted. */
export const ALL_TENANTS = 0
/** Rows in one statement. */
const ROWS = 100
const COUNT_COLUMNS = ['t', 'minute', 'connection', 'asks', 'outcome', 'n', 'us', 'last', ...BUCKET_COLUMNS]

/** Writes a batch within a transaction. */
export async function append(
  run: Run,
  { prefix, tenants }: { readonly prefix: string; readonly tenants: TenantNumbers },
  { lines, counts }: RecordBatch,
): Promise<void> {
  const names = [...lines, ...counts].map(({ tenant }) => tenant)
  const numbers = await tenants.make(run, names)
  const numberOf = (name: string) => numbers.get(name) as number
  for (const some of inChunks(lines, ROWS)) {
    const rows = some.map((line) => rowOfLine(numberOf(line.tenant), line))
    const made = await run(
      `insert into ${prefix}record_line (t, at, id, status, connection, print, resource, body, sent, line)
       values ${places(rows.length, 10)} returning n`,
      rows.flat(),
    )
    // In the order of the rows, on both databases: the numbers are given out while they are inserted.
    const ordered = made.map(([n]) => Number(n)).sort((a, b) => a - b)
    const about = some.flatMap((line, at) =>
      [...new Set(line.about ?? [])].map((hash) => [numberOf(line.tenant), hash, ordered[at] ?? 0]),
    )
    if (about.length > 0)
      await run(`insert into ${prefix}record_about (t, hash, n) values ${places(about.length, 3)}`, about.flat())
  }
  for (const [t, added] of countBy(lines.map(({ tenant }) => numberOf(tenant))))
    await run(`update ${prefix}record_tenant set lines = lines + $1 where t = $2`, [added, t])
  const own = mergeCounts(counts).map((count) => rowOfCount(numberOf(count.tenant), count))
  const sums = sumOfAll(counts).map((count) => rowOfCount(ALL_TENANTS, count))
  for (const rows of inChunks([...own, ...sums], ROWS)) await addRows(run, `${prefix}record_minute`, rows)
}

/** Adds counts to those that are there. */
export async function addRows(run: Run, table: string, rows: readonly (readonly (string | number | null)[])[]) {
  const adds = ['n', 'us', ...BUCKET_COLUMNS].map((column) => `${column} = c.${column} + excluded.${column}`)
  await run(
    `insert into ${table} as c (${COUNT_COLUMNS.join(', ')}) values ${places(rows.length, COUNT_COLUMNS.length)}
     on conflict (t, minute, connection, asks, outcome) do update set
     ${adds.join(', ')}, last = case when c.last > excluded.last then c.last else excluded.last end`,
    rows.flat(),
  )
}

function countBy(values: readonly number[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function inChunks<T>(all: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, at) => all.slice(at * most, (at + 1) * most))
}
