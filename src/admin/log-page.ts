// A page of a tenant's log by what lines say; it looks at a bounded part, and says how far.

import type { Change, Directory } from '../directory/index.ts'
import { beginsWith, LogCut, type Store } from '../store/index.ts'
import { isoTime } from '../tenancy/index.ts'

/** Which lines are wanted. */
export interface LogWanted {
  readonly order: 'asc' | 'desc'
  /** Only lines after this place, and before that one. */
  readonly after: number
  readonly before?: number | undefined
  readonly limit: number
  readonly search?: string | undefined
  readonly type?: string | undefined
  readonly id?: string | undefined
  readonly actor?: string | undefined
  readonly op?: string | undefined
  readonly txn?: string | undefined
  /** Lines that changed this attribute, or one below it. */
  readonly path?: string | undefined
  /** Milliseconds since 1970, inclusive and exclusive. */
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** A page of the log. */
export interface LogPage {
  readonly lines: readonly Change[]
  /** Where to read on: the last place that was looked at, in the order of the page. */
  readonly next: number
  /** Whether the log has been looked through to its end. */
  readonly end: boolean
  /** The first place that still exists, if lines that were asked for have been cut off. */
  readonly begins?: number
}

/** What the log of a tenant reaches over: its first and last place. */
export interface LogReach {
  readonly begins: number
  readonly place: number
}

/** What the log of a tenant reaches over now; with "", that of the whole database. */
export async function reachOf(store: Pick<Store, 'tenant' | 'changes'>, tenant: string): Promise<LogReach> {
  const row = tenant === '' ? undefined : await store.tenant(tenant)
  if (row !== undefined) return row
  // The whole database has a log, but no row: its end is looked for by doubling.
  let begins = 1
  const isThere = async (place: number) => {
    try {
      return (await store.changes(tenant, Math.max(place, begins) - 1, 1)).length > 0
    } catch (error) {
      begins = beginsAfterCut(error)
      return true
    }
  }
  let high = 1
  while (await isThere(high)) high *= 2
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await isThere(middle)) low = middle
    else high = middle
  }
  return { begins, place: low }
}

/** Most lines that are looked at for one page. */
export const LOOKED_AT = 5_000
const CHUNK = 1_000
/** The clocks of several processes may differ by as much. */
const CLOCKS_MS = 60_000

/** Reads a page. Work: at most {@link LOOKED_AT} lines, and a binary search where a time is given. */
export async function pageOfLog(
  directory: Pick<Directory, 'changes'>,
  tenant: string,
  reach: LogReach,
  wanted: LogWanted,
): Promise<LogPage> {
  const first = Math.max(reach.begins - 1, wanted.after)
  const from =
    wanted.since === undefined
      ? first
      : await placeBefore(directory, tenant, first, reach.place, wanted.since - CLOCKS_MS)
  const beyond = Math.min(reach.place + 1, wanted.before ?? Number.POSITIVE_INFINITY)
  const to =
    wanted.until === undefined
      ? beyond
      : Math.min(beyond, (await placeBefore(directory, tenant, first, reach.place, wanted.until + CLOCKS_MS)) + 1)
  const cut = wanted.after < reach.begins - 1 ? { begins: reach.begins } : {}
  const page =
    wanted.order === 'asc'
      ? await ascending(directory, tenant, from, to, wanted)
      : await descending(directory, tenant, from, to, wanted)
  return { ...page, ...cut }
}

/** Lines after `from` and before `to`, oldest first. */
async function ascending(
  directory: Pick<Directory, 'changes'>,
  tenant: string,
  from: number,
  to: number,
  wanted: LogWanted,
): Promise<LogPage> {
  const lines: Change[] = []
  let next = from
  for (let looked = 0; looked < LOOKED_AT && next + 1 < to; ) {
    const read = await directory.changes(tenant, next, Math.min(chunkOf(wanted), to - next - 1))
    if (read.length === 0) return { lines, next, end: true }
    for (const line of read) {
      next = line.place
      if (fits(line, wanted)) lines.push(line)
      if (lines.length === wanted.limit) return { lines, next, end: next + 1 >= to }
    }
    looked += read.length
  }
  return { lines, next, end: next + 1 >= to }
}

/** Lines after `from` and before `to`, newest first. */
async function descending(
  directory: Pick<Directory, 'changes'>,
  tenant: string,
  from: number,
  to: number,
  wanted: LogWanted,
): Promise<LogPage> {
  const lines: Change[] = []
  let next = to
  for (let looked = 0; looked < LOOKED_AT && next - 1 > from; ) {
    const start = Math.max(from, next - 1 - chunkOf(wanted))
    const read = await directory.changes(tenant, start, next - 1 - start)
    for (const line of [...read].reverse()) {
      next = line.place
      if (fits(line, wanted)) lines.push(line)
      if (lines.length === wanted.limit) return { lines, next, end: next - 1 <= from }
    }
    next = start + 1
    looked += read.length
  }
  return { lines, next, end: next - 1 <= from }
}

/** Without a filter each line that is read is shown. */
function chunkOf(wanted: LogWanted): number {
  return isFiltered(wanted) ? CHUNK : Math.min(CHUNK, wanted.limit)
}

function isFiltered({ search, type, id, actor, op, txn, path, since, until }: LogWanted): boolean {
  return [search, type, id, actor, op, txn, path, since, until].some((one) => one !== undefined)
}

/** Whether a line is one of those that are wanted. */
export function fits(line: Change, wanted: LogWanted): boolean {
  const { search, type, id, actor, op, txn, path, since, until } = wanted
  if (type !== undefined && line.type !== type) return false
  if (id !== undefined && line.id !== id) return false
  if (actor !== undefined && line.actor !== actor) return false
  if (op !== undefined && line.op !== op) return false
  if (txn !== undefined && line.txn !== txn) return false
  if (since !== undefined && line.at < since) return false
  if (until !== undefined && line.at >= until) return false
  if (path !== undefined && !changed(line, path)) return false
  return beginsWith([line.actor, line.type, line.id], search)
}

function changed({ paths, members }: Change, path: string): boolean {
  const wanted = path.toLowerCase()
  if (wanted === 'members' && members !== undefined) return true
  return paths.some((one) => {
    const own = one.path.toLowerCase()
    return own === wanted || own.startsWith(`${wanted}.`) || own.startsWith(`${wanted}:`)
  })
}

/** The last place whose line was written before a time, as far as clocks can tell; `from` if there is none. */
async function placeBefore(
  directory: Pick<Directory, 'changes'>,
  tenant: string,
  from: number,
  last: number,
  time: number,
): Promise<number> {
  let low = from
  let high = last
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2)
    const [line] = await directory.changes(tenant, middle - 1, 1)
    if (line !== undefined && line.at < time) low = middle
    else high = middle - 1
  }
  return low
}

/** Where the log begins now, if reading failed because it was cut meanwhile. */
export function beginsAfterCut(error: unknown): number {
  if (error instanceof LogCut) return error.begins
  throw error
}

/** A line as an answer. Without `values` it says which attributes changed, and nobody's values. */
export function lineJson({ tenant: _tenant, at, ...line }: Change, values: boolean) {
  const shown = { ...line, at: isoTime(at) ?? '' }
  if (values || line.op === 'note') return shown
  return { ...shown, paths: line.paths.map(({ path }) => ({ path })) }
}
