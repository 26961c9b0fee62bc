import type { Change, Ref, WholeChange } from '../contract.ts'
import { IDS_IN_LOG, loggedMembers } from '../logged-members.ts'
import type { Connection } from './connection.ts'
import { idsOf, type MemberChanges } from './members.ts'
import type { TextDraft } from './messages.ts'
import type { Tally } from './tally.ts'

/** What a log line says besides its draft. */
export interface Line {
  readonly t: number
  readonly y: number
  readonly at: number
  readonly version: number
  /** Who came and went, by resource number. */
  readonly members?: MemberChanges | undefined
  /** The same, when it is known by id. */
  readonly delta?: Change['members']
  /** What looks different besides the resource: the column `touch`. */
  readonly touch: string | null
}

/** Writes log lines. */
export interface Log {
  /** Gives the line's place. */
  readonly write: (ref: Ref, line: Line, draft: TextDraft) => number
}

/** Makes the log of one connection. `lines`: where to put what is written, when somebody wants to see it. */
export function createLog(connection: Connection, tally: Tally, lines: () => WholeChange[] | undefined): Log {
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
      const { t, y, at, version } = line
      const seen = lines()
      const members = line.delta ?? (line.members === undefined ? undefined : deltaOf(line.members, seen !== undefined))
      const place = tally.nextPlace(t)
      const paths = draft.pathsText ?? JSON.stringify(draft.paths)
      const more = members === undefined ? '' : `,"members":${JSON.stringify(loggedMembers(members))}`
      connection.run(
        `insert into change (n, t, place, at, y, id, op, actor, version, detail, touch)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        tally.nextNumber(),
        t,
        place,
        at,
        y,
        ref.id,
        draft.op,
        draft.actor,
        version,
        `{"paths":${paths}${more}}`,
        line.touch,
      )
      if (seen === undefined) return place
      const { tenant, type, id } = ref
      const told = { tenant, type, id, place, at, op: draft.op, actor: draft.actor, version, paths: draft.paths }
      seen.push(members?.ids === undefined ? told : { ...told, members: { ...members, ids: members.ids } })
      return place
    },
  }
}
