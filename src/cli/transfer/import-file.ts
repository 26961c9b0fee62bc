// Reads a file to import: JSON lines or CSV, entry by entry.

import { extname } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { type Catalog, LockstepError } from '../../protocol/index.ts'
import { type Header, readHeader, readJsonRecord, readRow, type SourceRecord } from '../../sources/index.ts'
import { type Line, type LinePosition, readLines, readRawLines } from '../files/lines.ts'

/** One record of a file, as text. */
export interface Entry extends Line {
  /** Number of lines; a quoted value may span several. */
  readonly lines: number
  /** Why it can't be parsed. */
  readonly broken?: string
}

/** A file of resources: JSON lines, or CSV whose header names attributes. */
export interface ImportFile {
  /** Position of the first record. */
  readonly start: LinePosition
  /** Only of CSV: attributes without a column keep their values. */
  readonly header?: Header
  readonly entries: (from: LinePosition) => AsyncIterable<Entry>
  /** Reads one record. Throws what is wrong with it. */
  readonly read: (text: string) => SourceRecord
}

/** Maximum lines and characters of one CSV row; beyond that, a quotation mark is assumed to be unclosed. */
const ROW_LINES = 1_000
const ROW_CHARACTERS = 1_000_000
const DELIMITERS = [',', ';', '\t'] as const
/** A header with a single column, and so without a delimiter. No JSON matches it. */
const ONE_NAME = /^"?(?!(?:true|false|null)\b)[A-Za-z$][\w$.:-]{0,255}"?[ \r]{0,2}$/
/** The byte order mark that many programs write at the start. */
const BOM = '\ufeff'

/** Opens a file and detects its format. Throws for a CSV header that can't be read. */
export async function openImportFile(file: string, catalog: Catalog): Promise<ImportFile> {
  const lines: ImportFile = {
    start: { offset: 0, line: 0 },
    entries: async function* (from) {
      for await (const line of readLines(file, from)) yield { ...line, lines: 1 }
    },
    read: (text) => readJsonRecord(text, catalog),
  }
  let declared: string | undefined
  for await (const first of readRows(file, lines.start)) {
    const text = first.text.startsWith(BOM) ? first.text.slice(BOM.length) : first.text
    // Excel may declare the delimiter on a line of its own.
    const said: string | undefined = /^sep=(.)\r?$/i.exec(text)?.[1]
    if (said !== undefined) {
      declared = said
      continue
    }
    const delimiter: string = declared ?? delimiterOf(text)
    if (!isHeader(file, first, text, delimiter)) return lines
    const header = readHeader(cellsOf(text, delimiter), catalog.types, file)
    return {
      start: { offset: first.offset + first.length + 1, line: first.number + first.lines - 1 },
      header,
      entries: async function* (from) {
        for await (const row of readRows(file, from)) {
          if (cellsFilled(row.text, delimiter)) yield row
        }
      },
      read: (text) => ({ type: header.type, json: readRow(cellsOf(text, delimiter), header) }),
    }
  }
  return lines
}

/** Whether the first line is the header of a CSV file. */
function isHeader(file: string, { utf8, broken }: Entry, text: string, delimiter: string): boolean {
  const isNamed = ['.csv', '.tsv'].includes(extname(file).toLowerCase())
  const start = text.trimStart()
  if (start.startsWith('{')) return false
  if (start.startsWith('[')) {
    throw new LockstepError(
      'ERR_INPUT',
      `${file} is a JSON list, but import needs one resource per line; convert it with jq -c '.[]' ${file}`,
    )
  }
  if (!isNamed && !text.includes(delimiter) && !ONE_NAME.test(text)) return false
  if (!utf8 || text.includes('\0')) {
    throw new LockstepError('ERR_INPUT', `${file} is not UTF-8; save it as UTF-8 (in Excel: CSV UTF-8)`)
  }
  if (broken !== undefined) throw new LockstepError('ERR_INPUT', `The header of ${file}: ${broken}`)
  return true
}

/** The most frequent delimiter outside quotation marks. */
function delimiterOf(text: string): string {
  const outside = text
    .split('"')
    .filter((_part, at) => at % 2 === 0)
    .join('')
  const times = (delimiter: string) => outside.split(delimiter).length
  return DELIMITERS.reduce<string>((best, one) => (times(one) > times(best) ? one : best), ',')
}

function cellsOf(text: string, delimiter: string): readonly string[] {
  try {
    const [cells = []] = parseCsv(text, { delimiter, relax_column_count: true, relax_quotes: true, trim: true })
    return cells
  } catch (error) {
    throw new LockstepError(
      'ERR_INPUT',
      `The row is not CSV: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
}

/** Whether any cell of a row is filled: spreadsheets write rows of bare delimiters. */
function cellsFilled(text: string, delimiter: string): boolean {
  return text.split(delimiter).some((cell) => cell.trim() !== '' && cell.trim() !== '""')
}

/** The rows of a CSV file from a position on, without empty ones: one line, or several when a quotation mark is open at its end. */
async function* readRows(file: string, from: LinePosition): AsyncIterable<Entry> {
  let held: Line[] = []
  let open = false
  let characters = 0
  const take = function* (line: Line): Generator<Entry> {
    if (held.length === 0 && line.text.trim() === '') return
    held.push(line)
    characters += line.text.length
    if (line.text.split('"').length % 2 === 0) open = !open
    if (open && held.length < ROW_LINES && characters < ROW_CHARACTERS) return
    yield* open ? giveUp() : [join(held)]
    if (!open) drop()
  }
  const drop = () => {
    held = []
    open = false
    characters = 0
  }
  // Only the first line is broken; those after it are read by themselves.
  const giveUp = function* (): Generator<Entry> {
    const [first, ...others] = held
    drop()
    if (first === undefined) return
    yield { ...first, lines: 1, broken: 'A quotation mark is never closed' }
    for (const line of others) yield* take(line)
  }
  for await (const line of readRawLines(file, from)) yield* take(line)
  while (held.length > 0) yield* giveUp()
}

function join(lines: readonly Line[]): Entry {
  const [first = NO_LINE] = lines
  const last = lines.at(-1) ?? first
  return {
    ...first,
    length: last.offset + last.length - first.offset,
    text: lines.map(({ text }) => text).join('\n'),
    utf8: lines.every(({ utf8 }) => utf8),
    lines: lines.length,
  }
}
const NO_LINE: Line = { number: 0, offset: 0, length: 0, text: '', utf8: true }
