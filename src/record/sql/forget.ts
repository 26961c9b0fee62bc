// Removes what there is of one tenant, a step at a time.

import type { Forgetting } from '../contract.ts'
import type { Run } from './database.ts'
import { removeLines } from './trim.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** The tenants of which there is anything, with when the oldest of it was over. */
export async function namedTenants(run: Run, prefix: string) {
  const first = (name: string) => `(select min(minute) from ${prefix}record_${name} r where r.t = k.t)`
  const rows = await run(
    `select k.name, (select at from ${prefix}record_line l where l.t = k.t order by n limit 1), ${first('minute')}, ${first('hour')}
     from ${prefix}record_tenant k where k.name <> ''`,
    [],
  )
  return rows.flatMap(([name, line, minute, hour]) => {
    const after = (time: unknown, ms: number) => (time === null ? [] : Number(time) + ms)
    const ends = [after(line, 0), after(minute, MINUTE_MS), after(hour, HOUR_MS)].flat()
    return ends.length === 0 ? [] : [{ tenant: String(name), oldest: Math.min(...ends) }]
  })
}

/** One step within a transaction, for the tenant with this number. Returns whether there is more to remove. */
export async function forget(run: Run, prefix: string, t: number, { before, step }: Forgetting): Promise<boolean> {
  // Among the oldest by place: no index knows the times of one tenant's lines, and all of them are not read for a few.
  const first = `select n, at from ${prefix}record_line where t = $1 order by n limit ${Math.trunc(step)}`
  const query = `select n from (${first}) f where at < $2`
  let removed = await removeLines(run, prefix, query, [t, before])
  for (const [name, ms] of [
    ['minute', MINUTE_MS],
    ['hour', HOUR_MS],
  ] as const) {
    const table = `${prefix}record_${name}`
    // Up to the last minute of a step: of one minute there are only as many counts as connections spoke.
    const some = `select minute from ${table} where t = $1 and minute <= $2 order by minute limit ${Math.trunc(step)}`
    const last = `select max(minute) from (${some}) f`
    removed += (await run(`delete from ${table} where t = $1 and minute <= (${last}) returning t`, [t, before - ms]))
      .length
  }
  return removed > 0
}
