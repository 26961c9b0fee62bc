// The record of requests on an SQL database.

import type { RecordStore } from '../contract.ts'
import { append } from './append.ts'
import type { SqlDatabase } from './database.ts'
import { forget, namedTenants } from './forget.ts'
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
    tenants: () => namedTenants(run, prefix),
    forget: (tenant, terms) =>
      transaction(async (inside) => {
        const [t] = await tenants.find(inside, [tenant])
        return t !== undefined && forget(inside, prefix, t, terms)
      }),
    async older(before, most) {
      const sql = `select count(*) from (select 1 from ${prefix}record_line where at < $1 limit ${Math.trunc(most)}) old`
      const [[lines] = [0]] = await run(sql, [before])
      return Number(lines)
    },
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
