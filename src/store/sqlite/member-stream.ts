// Streams the members of a group as of one moment.

import type { Member, MemberList } from '../contract/index.ts'
import { rowAfter } from '../list-pages.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection } from './connection.ts'
import type { Dictionary } from './dictionary.ts'

/** Members in one chunk. */
const CHUNK = 1_000

// Without `indexed by` SQLite would read the table itself, whose pages are full of documents.
const MEMBERS = `select x.m, r.id, r.y, r.display
  from lockstep_member x cross join lockstep_resource r indexed by lockstep_resource_name on r.k = x.m
  where x.g = ? and x.m > ? order by x.m limit ? + 0`

/** Members after a row number, and the row number of the last of them. */
function readMembers(connection: Connection, dictionary: Dictionary, groupNo: number, after: number, limit: number) {
  const rows = connection.rows(MEMBERS, groupNo, after, limit)
  const members = rows.map((row) => ({
    id: textOf(row[1]),
    type: dictionary.typeName(numberOf(row[2])),
    display: textOf(row[3]),
  }))
  return { members, last: numberOf(rows.at(-1)?.[0] ?? after) }
}

/** A page of the members of a group, in the order of {@link streamMembers}. */
export function pageOfMembers(
  connection: Connection,
  dictionary: Dictionary,
  groupNo: number,
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): MemberList {
  const { members, last } = readMembers(connection, dictionary, groupNo, rowAfter(after), limit)
  return members.length < limit || limit === 0 ? { members } : { members, next: String(last) }
}

/**
 * All members of a group as of one moment. A small group is read at once, a large one in a read transaction on a connection of its own,
 * which `open` provides and `done` takes back.
 */
export async function* streamMembers(
  connection: Connection,
  dictionary: Dictionary,
  groupNo: number,
  open: (() => Connection) | undefined,
  done: (connection: Connection) => void,
): AsyncGenerator<readonly Member[]> {
  const read = (from: Connection, after: number, limit: number) => readMembers(from, dictionary, groupNo, after, limit)

  if (open === undefined) {
    // With a single connection, reading everything at once is the only way to read as of one moment.
    const { members } = read(connection, 0, -1)
    for (let at = 0; at < members.length; at += CHUNK) yield members.slice(at, at + CHUNK)
    return
  }
  const small = read(connection, 0, CHUNK + 1)
  if (small.members.length <= CHUNK) {
    if (small.members.length > 0) yield small.members
    return
  }
  const own = open()
  try {
    own.run('begin')
    for (let after = 0; ; ) {
      const { members, last } = read(own, after, CHUNK)
      if (members.length > 0) yield members
      if (members.length < CHUNK) return
      after = last
    }
  } finally {
    if (own.inTransaction()) own.run('commit')
    done(own)
  }
}
