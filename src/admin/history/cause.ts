// What a line of the log came from: a request or an import, and what its removals waited for.

import type { Change } from '../../directory/index.ts'
import { isWrite, type LineFilter, type PlacedLine, type RecordStore } from '../../record/index.ts'

/** By how much the clocks of two processes may differ, and how long a request may take beyond its last line. */
const CLOCKS_MS = 60_000
const LONGEST_MS = 10 * 60_000
/** Requests that are looked at. */
const LOOKED_AT = 200

/** How the lines of an import are marked. */
const IMPORT = /^import-([0-9a-f]{18})$/

/** The id of the import that a line is part of. */
export function importOf({ txn }: Pick<Change, 'txn'>): string | undefined {
  return IMPORT.exec(txn ?? '')?.[1]
}

/** How the hub names what a line takes away in apps. */
export function removalCause({ place, txn }: Pick<Change, 'place' | 'txn'>): string {
  return txn === undefined ? `change ${place}` : `request ${txn}`
}

/**
 * The kept request that made a line; undefined where it was counted alone, is no longer kept, or came another way. `siblings`: lines of
 * the same request, for a request that names but one of them, like one that deletes somebody who was in groups.
 */
export async function requestOf(
  record: Pick<RecordStore, 'page'>,
  line: Change,
  siblings: readonly Change[],
): Promise<PlacedLine | undefined> {
  if (line.op === 'note') return undefined
  const { tenant, actor: connection, at } = line
  const common = { tenants: [tenant], connection, from: at - CLOCKS_MS, until: at + LONGEST_MS }
  const read = async (filter: LineFilter) =>
    (await record.page({ ...common, ...filter, order: 'oldest', limit: LOOKED_AT })).items
  for (const one of [line, ...siblings.filter(({ place }) => place !== line.place)]) {
    const found = (await read({ resource: one.id, type: one.type })).find((request) => made(request, one))
    if (found !== undefined) return found
  }
  if (line.txn === undefined) return undefined
  // A request of many operations names no resource: it is the one that was at work then, if there was but one.
  const atWork = (await read({ asks: 'bulk' })).filter(
    (request) => request.at >= at && request.at - request.us / 1_000 <= at,
  )
  return atWork.length === 1 ? atWork[0] : undefined
}

/** Whether a request made a line. Of those that found it so already, the first did. */
function made({ status, asks, version }: PlacedLine, line: Change): boolean {
  if (status >= 400 || !isWrite(asks)) return false
  return line.op === 'delete' ? asks === 'delete' : version === line.version
}
