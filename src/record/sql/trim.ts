// Removes what is no longer kept, a step at a time.

import type { Retention } from '../contract.ts'
import { addRows } from './append.ts'
import type { Run, SqlValue } from './database.ts'
import { BUCKET_COLUMNS } from './tables.ts'

const HOUR_MS = 3_600_000

/** One step within a transaction. Returns whether there is more to remove. */
export async function trim(
  run: Run,
  prefix: string,
  bytes: () => Promise<number>,
  retention: Retention,
): Promise<boolean> {
  const { before, most, mostBytes, fair, step, valuesBefore, hoursBefore } = retention
  let removed = await removeLines(
    run,
    prefix,
    `select n from ${prefix}record_line where at < $1 order by at limit ${step}`,
    [before],
  )
  if (removed === 0) {
    const [[all] = [0]] = await run(`select coalesce(sum(lines), 0) from ${prefix}record_tenant`, [])
    const over = Math.max(Number(all) - most, (await bytes()) > mostBytes ? step : 0)
    const [crowd] = await run(
      `select t, lines from ${prefix}record_tenant where lines > $1 order by lines desc limit 1`,
      [fair],
    )
    if (over > 0 && crowd !== undefined) {
      const [t, lines] = crowd.map(Number)
      const limit = Math.min(step, over, (lines ?? 0) - fair)
      const sql = `select n from ${prefix}record_line where t = $1 order by n limit ${limit}`
      removed = await removeLines(run, prefix, sql, [t ?? 0])
    }
  }
  await run(`update ${prefix}record_line set body = null, sent = null where body = 'values' and at < $1`, [
    valuesBefore,
  ])
  const hours = await toHours(run, prefix, retention)
  await run(`delete from ${prefix}record_hour where minute < $1`, [hoursBefore])
  return removed >= Math.min(step, 1_000) || hours
}

/** Removes the lines that a query names. Returns how many there were. */
export async function removeLines(
  run: Run,
  prefix: string,
  query: string,
  values: readonly SqlValue[],
): Promise<number> {
  const gone = await run(`delete from ${prefix}record_line where n in (${query}) returning t, n`, values)
  if (gone.length === 0) return 0
  const numbers = gone.map(([, n]) => Math.trunc(Number(n)))
  await run(`delete from ${prefix}record_about where n in (${numbers.join(', ')})`, [])
  const byTenant = new Map<number, number>()
  for (const [t] of gone) byTenant.set(Number(t), (byTenant.get(Number(t)) ?? 0) + 1)
  for (const [t, lines] of byTenant)
    await run(`update ${prefix}record_tenant set lines = lines - $1 where t = $2`, [lines, t])
  return gone.length
}

/** Adds up the minutes of the oldest hour. Returns whether there was one. */
async function toHours(run: Run, prefix: string, { minutesBefore }: Retention): Promise<boolean> {
  const table = `${prefix}record_minute`
  const [[oldest] = [null]] = await run(`select min(minute) from ${table} where minute < $1`, [minutesBefore])
  if (oldest === null || oldest === undefined) return false
  const hour = Number(oldest) - (Number(oldest) % HOUR_MS)
  const end = Math.min(hour + HOUR_MS, minutesBefore)
  const sums = ['n', 'us', ...BUCKET_COLUMNS].map((column) => `sum(${column})`)
  const rows = await run(
    `select t, connection, asks, outcome, max(last), ${sums.join(', ')} from ${table}
     where minute >= $1 and minute < $2 group by t, connection, asks, outcome`,
    [hour, end],
  )
  for (const [t, connection, asks, outcome, last, n, us, ...buckets] of rows) {
    const row = [
      Number(t),
      hour,
      String(connection),
      String(asks),
      String(outcome),
      Number(n),
      Number(us),
      Number(last),
    ]
    await addRows(run, `${prefix}record_hour`, [[...row, ...buckets.map(Number)]])
  }
  await run(`delete from ${table} where minute >= $1 and minute < $2`, [hour, end])
  return true
}
