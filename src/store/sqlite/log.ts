// Writes and reads lines of the log.

import { type Change, LogCut, type Ref, type WholeChange } from '../contract/index.ts'
import { IDS_IN_LOG, loggedMembers } from '../rules.ts'
import { numberOf } from '../sql/columns.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import type { Dictionary } from './dictionary.ts'
import { idsOf, type MemberChanges } from './members.ts'
import type { TextDraft } from './messages.ts'
import { CHANGE_COLUMNS, changeOf } from './rows.ts'

/** What a log line says besides its draft. */
export interface Line {
  readonly tenantNo: number
  readonly typeNo: number
  readonly at: number
  readonly version: number
  /** Members that joined and left, by resource number. */
  readonly members?: MemberChanges | undefined
  /** The same by id, where ids are known. */
  readonly delta?: Change['members']
  /** Ids of the members of a group that is deleted: for those who see the line in its transaction. */
  readonly lost?: readonly string[] | undefined
  /** What looks different besides the resource: the column `touch`. */
  readonly touch: string | null
}

/** What a line says was done; a note is not an operation on a resource. */
type LineDraft = Omit<TextDraft, 'op'> & Pick<Change, 'op'>

/** Writes log lines. */
export interface Log {
  /** Returns the line's place. */
  readonly write: (ref: Ref, line: Line, draft: LineDraft) => number
  /** Replaces paths and members of an existing line. */
  readonly amend: (tenantNo: number, line: Pick<Change, 'place' | 'paths' | 'members'>) => void
}

/** Creates the log of one connection. `lines` collects what is written, if the caller wants to see it. */
export function createLog(connection: Connection, counters: Counters, lines: () => WholeChange[] | undefined): Log {
  /** Members that joined and left: with ids, unless they are too many for a line and no caller wants them. */
  function deltaOf(members: MemberChanges, whole: boolean): Change['members'] {
    const { added, removed } = members
    const counts = { added: added.size, removed: removed.size }
    const some = counts.added + counts.removed
    if (some === 0) return undefined
    if (some > IDS_IN_LOG && !whole) return counts
    return { ...counts, ids: { added: idsOf(connection, added), removed: idsOf(connection, removed) } }
  }

  return {
    write(ref, line, draft) {
      const { tenantNo, typeNo, at, version } = line
      const seen = lines()
      const members = line.delta ?? (line.members === undefined ? undefined : deltaOf(line.members, seen !== undefined))
      const place = counters.nextPlace(tenantNo)
      connection.run(
        `insert into lockstep_change (n, t, place, at, y, id, op, actor, version, detail, touch, txn)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        counters.nextNumber(),
        tenantNo,
        place,
        at,
        typeNo,
        ref.id,
        draft.op,
        draft.actor,
        version,
        detailOf(draft.pathsText ?? JSON.stringify(draft.paths), members),
        line.touch,
        draft.txn ?? null,
      )
      if (seen === undefined) return place
      const { tenant, type, id } = ref
      const { op, actor, paths, txn } = draft
      const change = { tenant, type, id, place, at, op, actor, ...(txn === undefined ? {} : { txn }), version, paths }
      if (line.lost !== undefined && line.lost.length > 0) {
        const ids = { added: [], removed: line.lost }
        seen.push({ ...change, members: { added: 0, removed: line.lost.length, ids } })
        return place
      }
      seen.push(members?.ids === undefined ? change : { ...change, members: { ...members, ids: members.ids } })
      return place
    },
    amend(tenantNo, { place, paths, members }) {
      const detail = detailOf(JSON.stringify(paths), members)
      connection.run('update lockstep_change set detail = ? where t = ? and place = ?', detail, tenantNo, place)
    },
  }
}

function detailOf(paths: string, members: Change['members']): string {
  return `{"paths":${paths}${members === undefined ? '' : `,"members":${JSON.stringify(loggedMembers(members))}`}}`
}

const CUT = 'select place from lockstep_cut where t = ? and place > ?'
const LINES = `select ${CHANGE_COLUMNS} from lockstep_change where t = ? and place > ? order by place limit ? + 0`

/** Lines of a tenant's log after a place. Throws {@link LogCut} when some of them were cut off. */
export function readChanges(
  { connection, dictionary }: { readonly connection: Connection; readonly dictionary: Dictionary },
  tenantNo: number,
  { tenant, after, limit }: { readonly tenant: string; readonly after: number; readonly limit: number },
): readonly Change[] {
  const cut = connection.row(CUT, tenantNo, after)
  if (cut !== undefined) throw new LogCut(numberOf(cut[0]) + 1)
  return connection.rows(LINES, tenantNo, after, limit).map((row) => changeOf(row, tenant, dictionary.typeName))
}
