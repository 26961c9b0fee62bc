// A part of the log as a file, the newest first: JSON lines, or CSV with a row for each attribute that changed.

import type { Change, Directory } from '../directory/index.ts'
import { cellOf, type ExportFormat } from './export-file.ts'
import { beginsAfterCut, type LogReach, type LogWanted, lineJson, pageOfLog } from './log-page.ts'

/** Most lines of one file, and most pages of the log that are looked at for it. */
export const FILE_LINES = 100_000
const FILE_PAGES = 200
/** Lines that are read at once. */
const PAGE = 500

/** The columns of a CSV. */
const COLUMNS = ['place', 'at', 'op', 'actor', 'type', 'id', 'version', 'txn', 'attribute', 'before', 'after'] as const

/** Which lines are wanted: order and length are the file's own. */
export type FileWanted = Omit<LogWanted, 'order' | 'after' | 'limit'>

/** Reads lines of the log that a filter gives as pieces of a file. A file that ends before the log does says so, and how to go on. */
export async function* logFile(
  directory: Pick<Directory, 'changes'>,
  tenant: string,
  reach: LogReach,
  wanted: FileWanted,
  { format, values }: { readonly format: ExportFormat; readonly values: boolean },
): AsyncGenerator<string> {
  const isCsv = format === 'csv'
  if (isCsv) yield rowOf(COLUMNS)
  let { before } = wanted
  let left = FILE_LINES
  for (let pages = 0; pages < FILE_PAGES && left > 0; pages++) {
    const query = { ...wanted, before, order: 'desc' as const, after: 0, limit: Math.min(PAGE, left) }
    // The log may be cut while it is read.
    const page = await pageOfLog(directory, tenant, reach, query).catch((error) =>
      pageOfLog(directory, tenant, { ...reach, begins: beginsAfterCut(error) }, query),
    )
    yield page.lines
      .map((line) => (isCsv ? rowsOf(line, values) : `${JSON.stringify(lineJson(line, values))}\n`))
      .join('')
    if (page.end) return
    left -= page.lines.length
    before = page.next
  }
  if (before === undefined) return
  yield isCsv
    ? rowOf([`The file ends here, the log does not: ask for what is before ${before}`])
    : `${JSON.stringify({ more: true, before })}\n`
}

/** A line as rows: one for each attribute, so that each can be searched for. */
function rowsOf(line: Change, values: boolean): string {
  const { at, op, place, actor, type, id, version, txn = '', paths, members } = lineJson(line, values)
  const begin = [String(place), at, op, actor, type, id, String(version), txn]
  const rows = (paths as Change['paths']).map((one) => [...begin, one.path, textOf(one.old), textOf(one.new)])
  if (members !== undefined) {
    const { added, removed, ids } = members
    const named = (count: number, all: readonly string[] | undefined) =>
      count === 0 ? '' : (all?.join(' ') ?? `${count} members`)
    rows.push([...begin, 'members', named(removed, ids?.removed), named(added, ids?.added)])
  }
  return (rows.length === 0 ? [[...begin, '', '', '']] : rows).map(rowOf).join('')
}

function rowOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

function textOf(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}
