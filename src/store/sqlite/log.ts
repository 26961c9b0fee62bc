import type { Change, Ref, WholeChange } from '../contract/index.ts'
import { IDS_IN_LOG, loggedMembers } from '../rules.ts'
import type { Connection } from './connection.ts'
import type { Counters } from './counters.ts'
import { idsOf, type MemberChanges } from './members.ts'
import type { TextDraft } from './messages.ts'

/** What a log line says besides its draft. */
export interface Line {
  readonly tenantNo: number
  readonly typeNo: number
  readonly at: number
  readonly version: number
  /** Who came and went, by resource number. */
  readonly members?: MemberChanges | undefined
  /** The same, when it is known by id. */
  readonly delta?: Change['members']
  /** What looks different besides the resource: the column `touch`. */
  readonly touch: string | null
}

/** What a line says of what was done; a note is none of the operations on resources. */
type LineDraft = Omit<TextDraft, 'op'> & Pick<Change, 'op'>

/** Writes log lines. */
export interface Log {
  /** Gives the line's place. */
  readonly write: (ref: Ref, line: Line, draft: LineDraft) => number
  /** Puts other paths and members into a line that is there. */
  readonly amend: (tenantNo: number, line: Pick<Change, 'place' | 'paths' | 'members'>) => void
}

/** Makes the log of one connection. `lines`: where to put what is written, when somebody wants to see it. */
export function createLog(connection: Connection, counters: Counters, lines: () => WholeChange[] | undefined): Log {
  /** Who came and went: with ids, unless they are too many for a line and nobody else wants them. */
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
      const told = { tenant, type, id, place, at, op, actor, ...(txn === undefined ? {} : { txn }), version, paths }
      seen.push(members?.ids === undefined ? told : { ...told, members: { ...members, ids: members.ids } })
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
