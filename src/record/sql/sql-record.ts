// The record of requests on an SQL database.

import type { RecordStore } from '../contract.ts'
import { append } from './append.ts'
import type { SqlDatabase } from './database.ts'
import { countsOf, faultsOf, heardSince, lineOf, pageOf, type ReadDeps } from './reads.ts'
import { createTenantNumbers } from './tenants.ts'
import { trim } from './trim.ts'

/** Creates the record on a database whose tables are made. */
export function sqlRecord(database: SqlDatabase): RecordStore {
  const { run, prefix, transaction, bytes } = database
  const tenants = createTenantNumbers(prefix)
  const deps: ReadDeps = { run, prefix, tenants }
  return {
    append: (batch) =>
      transaction((inside) => append(inside, { prefix, tenants }, batch)).catch((error) => {
        tenants.clear()
        throw error
      }),
    page: (query) => pageOf(deps, query),
    line: (id, names) => lineOf(deps, id, names),
    async place() {
      const [[place] = [0]] = await run(`select coalesce(max(n), 0) from ${prefix}record_line`, [])
      return Number(place)
    },
    counts: (query) => countsOf(deps, query),
    faults: (query) => faultsOf(deps, query),
    heard: (query) => heardSince(deps, query),
    trim: (retention) => transaction((inside) => trim(inside, prefix, bytes, retention)),
    forget: (tenant) =>
      transaction(async (inside) => {
        for (const t of await tenants.find(inside, [tenant])) {
          for (const table of ['line', 'about', 'minute', 'hour'])
            await inside(`delete from ${prefix}record_${table} where t = $1`, [t])
          await inside(`update ${prefix}record_tenant set lines = 0 where t = $1`, [t])
        }
      }),
    async size() {
      const [[lines, oldest] = [0, null]] = await run(
        `select (select coalesce(sum(lines), 0) from ${prefix}record_tenant), (select min(at) from ${prefix}record_line)`,
        [],
      )
      return {
        lines: Number(lines),
        bytes: await bytes(),
        ...(oldest === null || oldest === undefined ? {} : { oldest: Number(oldest) }),
      }
    },
    close: database.close,
  }
}
