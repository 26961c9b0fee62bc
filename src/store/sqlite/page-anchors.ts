// Where to begin reading for a deep startIndex: ids are counted in blocks whose sizes are kept.

import { textOf } from '../sql/columns.ts'
import type { Connection } from './connection.ts'
import { sqlite } from './dialect.ts'

/** An id, or "" for the beginning, and how many come before it. */
export interface Anchor {
  readonly first: string
  readonly position: number
}

const START: Anchor = { first: '', position: 0 }

// One text with all sizes costs a fraction of as many rows.
const SIZES = `select ${sqlite.list('n')} from (select n from lockstep_block where t = ? and y = ? order by first)`

/** The first id of the block in which the resource at a position lies. */
export function anchorBefore(connection: Connection, tenantNo: number, typeNo: number, position: number): Anchor {
  const row = connection.row(SIZES, tenantNo, typeNo)
  if (typeof row?.[0] !== 'string') return START
  const sizes = row[0].split(',').map(Number)
  let at = 0
  let before = 0
  for (const size of sizes.slice(0, -1)) {
    if (before + size > position) break
    before += size
    at++
  }
  const first = connection.row(
    'select first from lockstep_block where t = ? and y = ? order by first limit 1 offset ? + 0',
    tenantNo,
    typeNo,
    at,
  )
  return first === undefined ? START : { first: textOf(first[0]), position: before }
}
