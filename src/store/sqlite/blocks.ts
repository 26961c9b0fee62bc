// Counts the ids of each type in blocks, in order of id, so that a deep startIndex skips whole blocks.

import { compareText } from '../../protocol/index.ts'
import { numberOf, textOf } from '../sql/columns.ts'
import type { Connection } from './connection.ts'

/** What a transaction has counted of one type so far. */
export interface TypeBlocks {
  readonly tenantNo: number
  readonly typeNo: number
  /** Resources that came, less those that went. */
  count: number
  /** First id of the last block. */
  last: string | undefined
  /** The same by the first id of the block. */
  readonly deltas: Map<string, number>
}

/** The types that a transaction has counted, by their numbers. */
export type Blocks = Map<string, TypeBlocks>

/** Ids in a block, at most; a page by startIndex skips no more than these. */
const BLOCK = 2_048

const LAST = 'select first from lockstep_block where t = ? and y = ? order by first desc limit 1'
const OF = 'select first from lockstep_block where t = ? and y = ? and first <= ? order by first desc limit 1'
const SIZE = 'select n from lockstep_block where t = ? and y = ? and first = ?'
const DELETE = 'delete from lockstep_block where t = ? and y = ? and first = ?'
const PUT = 'insert into lockstep_block (t, y, first, n) values (?, ?, ?, ?) on conflict do update set n = excluded.n'
const CUT = 'select id from lockstep_resource where t = ? and y = ? and id >= ? order by id limit 1 offset ? + 0'
const COUNT = 'insert into lockstep_counter (t, y, n) values (?, ?, ?) on conflict do update set n = n + excluded.n'

/** Counts an id that comes or goes; returns how to take that back. */
export function countId(
  { connection, blocks }: { readonly connection: Connection; readonly blocks: Blocks },
  tenantNo: number,
  typeNo: number,
  id: string,
  by: 1 | -1,
): () => void {
  const type = blocksOf(connection, blocks, tenantNo, typeNo)
  const first = blockOf(connection, type, id)
  const add = (some: number) => {
    type.count += some
    type.deltas.set(first, (type.deltas.get(first) ?? 0) + some)
  }
  add(by)
  return () => add(-by)
}

/** Writes down what was counted. */
export function flushBlocks(connection: Connection, blocks: Blocks): void {
  for (const type of [...blocks.values()]) {
    if (type.count !== 0) {
      connection.run(COUNT, type.tenantNo, type.typeNo, type.count)
      type.count = 0
    }
    if (type.deltas.size === 0) continue
    for (const [first, delta] of type.deltas) if (delta !== 0) flushBlock(connection, blocks, type, first, delta)
    type.deltas.clear()
  }
}

/** Forgets the types of a tenant. */
export function dropBlocks(blocks: Blocks, tenantNo: number): void {
  for (const [key, type] of blocks) if (type.tenantNo === tenantNo) blocks.delete(key)
}

function blocksOf(connection: Connection, blocks: Blocks, tenantNo: number, typeNo: number): TypeBlocks {
  const key = `${tenantNo} ${typeNo}`
  let known = blocks.get(key)
  if (known === undefined) {
    const row = connection.row(LAST, tenantNo, typeNo)
    known = { tenantNo, typeNo, count: 0, last: row === undefined ? undefined : textOf(row[0]), deltas: new Map() }
    blocks.set(key, known)
  }
  return known
}

/** The first id of the block that an id belongs to. */
function blockOf(connection: Connection, type: TypeBlocks, id: string): string {
  if (type.last === undefined) type.last = ''
  if (compareText(id, type.last) >= 0) return type.last
  const row = connection.row(OF, type.tenantNo, type.typeNo, id)
  return row === undefined ? '' : textOf(row[0])
}

function flushBlock(connection: Connection, blocks: Blocks, type: TypeBlocks, first: string, delta: number): void {
  const { tenantNo, typeNo } = type
  const row = connection.row(SIZE, tenantNo, typeNo, first)
  const size = (row === undefined ? 0 : numberOf(row[0])) + delta
  if (size <= 0 && first !== '') {
    connection.run(DELETE, tenantNo, typeNo, first)
    type.last = undefined
    blocks.delete(`${tenantNo} ${typeNo}`)
    return
  }
  // Ids that come in order fill the last block and open the next; elsewhere a full block is cut in half.
  const keep = first === type.last ? BLOCK : BLOCK / 2
  let start = first
  let left = size
  while (left > BLOCK) {
    const cut = connection.row(CUT, tenantNo, typeNo, start, keep)
    if (cut === undefined) break
    connection.run(PUT, tenantNo, typeNo, start, keep)
    start = textOf(cut[0])
    left -= keep
  }
  connection.run(PUT, tenantNo, typeNo, start, left)
  if (first === type.last) type.last = start
}
