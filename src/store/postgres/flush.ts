// Writes what a transaction has changed in memory to the database, in as few statements as it takes.

import { compareText, fold } from '../../protocol/index.ts'
import { numberOf } from '../sql/columns.ts'
import { foldedText } from '../sql/folded.ts'
import type { Row, Statement } from './columns.ts'
import { updateCounters } from './counters.ts'
import { deleteEntries, insertEntries } from './index-entries.ts'
import { writeItems } from './items.ts'
import { insertLines } from './log.ts'
import { deleteMembers, insertMembers } from './members.ts'
import { wakeTenant } from './readers.ts'
import type { LoadedResource, UnitOfWork } from './unit-of-work.ts'

const PLAIN = /^[\0-\x7f]*$/

/** What other processes find when they look for tenants whose records changed. */
const CHANGED = ', records = s.records + 1, changed = $3'

/** Whether any reader of the log is behind: now one is, if there are readers. */
// A searched CASE: Citus writes a simple one of a smallint in a way that PostgreSQL can't read.
const WAKE = ', wake = case when s.wake = 0 then 1 else s.wake end'

/** What the tenant's own row said when it was written. */
export interface Flushed {
  /** The place of the last log line before this transaction. */
  readonly placeBefore: number
  /** The tenant's count of changes of records. */
  readonly records: number
}

/** The statements that write a transaction's changes. */
export interface Flush {
  readonly statements: readonly Statement[]
  /** Reads their results; undefined when the tenant is gone. */
  readonly read: (results: readonly (readonly Row[])[]) => Flushed | undefined
}

/**
 * The statements that write a transaction's changes: few, however many writes there were, then `more`, and last the tenant's row, the log
 * and the counters: rows that every writer of the tenant needs, so that COMMIT should follow at once. Unique keys may be taken.
 *
 * Each statement runs on the tenant's own node of a cluster, so that COMMIT concerns that node alone: rows are inserted for the tenant
 * of a row found there (`select s.t … where s.t = $1`), and no CTE writes. Otherwise Citus would run the statement on the coordinator,
 * copy rows to unrelated nodes, and commit in two phases.
 */
export function flushOf(work: UnitOfWork, mark: number, more: readonly Statement[]): Flush {
  const before = [
    ...deleteMembers(work),
    ...deleteEntries(work),
    ...deleteResources(work),
    ...updateResources(work),
    ...insertResources(work),
    ...insertEntries(work),
    ...insertMembers(work),
    ...writeItems(work),
    ...more,
  ]
  return {
    statements: [
      ...before,
      updateTenant(work),
      ...wakeTenant(work),
      ...insertLines(work, mark),
      ...updateCounters(work),
    ],
    read(results) {
      const row = results[before.length]?.[0]
      return row === undefined ? undefined : { placeBefore: numberOf(row[0]), records: numberOf(row[1]) }
    },
  }
}

function deleteResources({ byRowNo, tenant }: UnitOfWork): readonly Statement[] {
  const removed: number[] = []
  for (const resource of byRowNo.values()) if (resource.removed && !resource.isNew) removed.push(resource.rowNo)
  if (removed.length === 0) return []
  return [
    ['delete from lockstep.member x where x.t = $1 and x.g = any($2::bigint[])', tenant.tenantNo, removed],
    ['delete from lockstep.member x where x.t = $1 and x.m = any($2::bigint[])', tenant.tenantNo, removed],
    ['delete from lockstep.resource r where r.t = $1 and r.k = any($2::bigint[])', tenant.tenantNo, removed],
  ]
}

function updateResources({ byRowNo, tenant }: UnitOfWork): readonly Statement[] {
  const statements: Statement[] = []
  const { tenantNo } = tenant
  const changed = [...byRowNo.values()].filter(({ changed, isNew, removed }) => changed && !isNew && !removed)
  const withoutText = changed.filter(({ text }) => text === undefined)
  if (withoutText.length > 0) {
    statements.push([
      `update lockstep.resource r set version = d.version, modified = d.modified, entries = d.entries::jsonb
       from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) d(k, version, modified, entries)
       where r.t = $1 and r.k = d.k`,
      tenantNo,
      withoutText.map(({ rowNo }) => rowNo),
      withoutText.map(({ version }) => version),
      withoutText.map(({ modified }) => modified),
      withoutText.map(({ entries }) => JSON.stringify(entries)),
    ])
  }
  const withText = changed.filter(({ text }) => text !== undefined)
  if (withText.length > 0) {
    statements.push([
      `update lockstep.resource r set version = d.version, modified = d.modified, entries = d.entries::jsonb,
         display = d.display, folded_display = d.folded_display, text = d.text, folded = d.folded
       from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
         d(k, version, modified, entries, display, folded_display, text, folded)
       where r.t = $1 and r.k = d.k`,
      tenantNo,
      withText.map(({ rowNo }) => rowNo),
      withText.map(({ version }) => version),
      withText.map(({ modified }) => modified),
      withText.map(({ entries }) => JSON.stringify(entries)),
      withText.map(({ display }) => display),
      withText.map(({ display }) => foldedOrNull(display)),
      withText.map(({ text }) => text ?? ''),
      withText.map(({ text }) => foldedText(text ?? '')),
    ])
  }
  const withSecret = changed.filter(({ secret }) => secret !== undefined)
  if (withSecret.length > 0) {
    statements.push([
      `update lockstep.resource r set secret = d.secret from unnest($2::bigint[], $3::text[]) d(k, secret)
       where r.t = $1 and r.k = d.k`,
      tenantNo,
      withSecret.map(({ rowNo }) => rowNo),
      withSecret.map(({ secret }) => secret ?? null),
    ])
  }
  return statements
}

/** In order of id, as entries are in order too: two transactions that take the same ids or values never deadlock. */
function insertResources({ byRowNo, tenant }: UnitOfWork): readonly Statement[] {
  const created: LoadedResource[] = []
  for (const resource of byRowNo.values()) if (resource.isNew && !resource.removed) created.push(resource)
  if (created.length === 0) return []
  created.sort((a, b) => compareText(a.id, b.id))
  return [
    [
      `insert into lockstep.resource
         (t, k, y, id, version, created, modified, display, secret, folded_id, folded_display, entries, text, folded)
       select s.t, d.k, d.y, d.id, d.version, d.created, d.modified, d.display, d.secret, d.folded_id, d.folded_display,
         d.entries::jsonb, d.text, d.folded
       from lockstep.tenant_state s, unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
         $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
         d(k, y, id, version, created, modified, display, secret, folded_id, folded_display, entries, text, folded)
       where s.t = $1`,
      tenant.tenantNo,
      created.map(({ rowNo }) => rowNo),
      created.map(({ type }) => type),
      created.map(({ id }) => id),
      created.map(({ version }) => version),
      created.map(({ created }) => created),
      created.map(({ modified }) => modified),
      created.map(({ display }) => display),
      created.map(({ secret }) => secret ?? null),
      created.map(({ id }) => foldedOrNull(id)),
      created.map(({ display }) => foldedOrNull(display)),
      created.map(({ entries }) => JSON.stringify(entries)),
      created.map(({ text }) => text ?? ''),
      created.map(({ text }) => foldedText(text ?? '')),
    ],
  ]
}

/** Counts the log lines in the tenant's row, and its records' changes; gives the place before the lines, and the count. */
function updateTenant({ lines, recordsChanged, tenant, readersMoved, cut, now }: UnitOfWork): Statement {
  // Items alone change nothing in the row, and leave it to those that do.
  if (lines.length === 0 && !recordsChanged && !readersMoved && !cut) {
    return ['select s.place, s.records from lockstep.tenant_state s where s.t = $1 for key share', tenant.tenantNo]
  }
  const wake = lines.length === 0 ? '' : WAKE
  const sql = `update lockstep.tenant_state s set place = s.place + $2${wake}${recordsChanged ? CHANGED : ''} where s.t = $1
    returning s.place - $2, s.records`
  return [sql, tenant.tenantNo, lines.length, ...(recordsChanged ? [now] : [])]
}

function foldedOrNull(text: string): string | null {
  return PLAIN.test(text) ? null : fold(text)
}
