// Log lines of a transaction: what they say of a write, and how they get their places.

import type { Change, LogDraft, WholeChange } from '../contract/index.ts'
import { IDS_IN_LOG, loggedMembers } from '../rules.ts'
import type { Statement } from './columns.ts'
import { idsOf, type MemberChanges } from './members.ts'
import { append, type LoadedResource, type LogLine, type UnitOfWork } from './unit-of-work.ts'

/** Logs a write to a resource, with the members that came and went. */
export async function logChange(
  work: UnitOfWork,
  { type, id, version }: LoadedResource,
  draft: LogDraft,
  at: number,
  members?: MemberChanges,
): Promise<void> {
  const line = { ...draft, type, id, at, version }
  const moved = members === undefined ? undefined : await memberCounts(work, members)
  logLine(work, moved === undefined ? line : { ...line, members: moved })
}

/** Logs a line as it is. */
export function logLine(work: UnitOfWork, line: LogLine): void {
  append(work, work.lines, line)
}

async function memberCounts(work: UnitOfWork, { added, removed }: MemberChanges): Promise<Change['members']> {
  const counts = { added: added.size, removed: removed.size }
  const moved = counts.added + counts.removed
  if (moved === 0) return undefined
  if (moved > IDS_IN_LOG && !work.hooked) return counts
  return { ...counts, ids: { added: await idsOf(work, added), removed: await idsOf(work, removed) } }
}

/** The column `detail` of a line. */
function detailOf(paths: Change['paths'], members: Change['members']): string {
  return JSON.stringify(members === undefined ? { paths } : { paths, members: loggedMembers(members) })
}

/** The statement that inserts the lines; the tenant's row has counted them already. */
export function insertLines({ lines, tenant }: UnitOfWork, mark: number): readonly Statement[] {
  if (lines.length === 0) return []
  return [
    [
      `insert into lockstep.change (t, place, at, version, mark, y, id, op, actor, detail, txn)
       select s.t, s.place - $2 + d.n, d.at, d.version, $3, d.y, d.id, d.op, d.actor, d.detail, d.txn
       from lockstep.tenant_state s,
         unnest($4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
           $11::text[]) with ordinality d(at, version, y, id, op, actor, detail, txn, n)
       where s.t = $1`,
      tenant.tenantNo,
      lines.length,
      mark,
      lines.map(({ at }) => at),
      lines.map(({ version }) => version),
      lines.map(({ type }) => type),
      lines.map(({ id }) => id),
      lines.map(({ op }) => op),
      lines.map(({ actor }) => actor),
      lines.map(({ paths, members }) => detailOf(paths, members)),
      lines.map(({ txn }) => txn ?? null),
    ],
  ]
}

/** The lines with their places, as a reader of the log gets them, and with all members as far as they are known. */
export function placedLines({ lines, tenant }: UnitOfWork, placeBefore: number): readonly WholeChange[] {
  return lines.map(({ type, id, at, op, actor, txn, version, paths: asWritten, members, lost }, i) => {
    // As they come out of the log: undefined values are gone.
    const { paths } = JSON.parse(detailOf(asWritten, undefined)) as Pick<Change, 'paths'>
    const draft = { op, actor, ...(txn === undefined ? {} : { txn }), version, paths }
    const line = { tenant: tenant.name, type, id, place: placeBefore + i + 1, at, ...draft }
    if (lost !== undefined) {
      return { ...line, members: { added: 0, removed: lost.length, ids: { added: [], removed: lost } } }
    }
    return members?.ids === undefined ? line : { ...line, members: { ...members, ids: members.ids } }
  })
}

/** Puts other paths and members into lines that are in the log already. */
export async function amendLines(
  work: UnitOfWork,
  lines: readonly Pick<Change, 'place' | 'paths' | 'members'>[],
): Promise<void> {
  const sql = 'update lockstep.change c set detail = $3 where c.t = $1 and c.place = $2'
  for (const { place, paths, members } of lines) {
    await work.session.rows(sql, work.tenant.tenantNo, place, detailOf(paths, members))
  }
  work.amended = true
}
