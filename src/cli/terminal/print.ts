// Prints results: JSON for programs, tables and facts for people.

import type { Json } from '../../protocol/index.ts'
import { escapeText, printJsonText, printLine } from '../../terminal.ts'

export { printLine } from '../../terminal.ts'

/** A column of a table: its heading, and the cell of a row. */
export type Column<Row> = readonly [head: string, cell: (row: Row) => string | number | undefined]

/** Prints a value as one line of JSON; resolves when there is room for more. */
export function printJson(value: unknown): Promise<void> {
  return printJsonText(JSON.stringify(value))
}

/** Prints a value as indented JSON, for people. */
export function printPretty(value: Json): Promise<void> {
  return printJsonText(JSON.stringify(value, null, 2))
}

/** Prints a table with headings; each column is as wide as its widest cell. */
export function printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
  const cells = rows.map((row) => columns.map(([, cell]) => escapeText(String(cell(row) ?? ''))))
  const widths = columns.map(([head], at) =>
    cells.reduce((widest, line) => Math.max(widest, line[at]?.length ?? 0), head.length),
  )
  const format = (line: readonly string[]) =>
    line
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  printLine(format(columns.map(([head]) => head)))
  for (const line of cells) printLine(format(line))
}

/** Prints names and values, one pair per line, aligned. */
export function printFacts(facts: readonly (readonly [name: string, value: string | number])[]): void {
  const width = Math.max(...facts.map(([name]) => name.length))
  for (const [name, value] of facts) printLine(`  ${name.padEnd(width)}   ${value}`)
}

/** A time for people, with its zone; empty for undefined. */
export function formatTime(ms: number | undefined): string {
  return ms === undefined ? '' : `${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)} UTC`
}

const DAY_MS = 86_400_000

/** The expiry of a token for people, with the days left when they are few. */
export function formatExpiry(ms: number | undefined, now: number): string {
  if (ms === undefined) return 'never'
  const days = Math.floor((ms - now) / DAY_MS)
  const mark = ms <= now ? ', expired' : days > 30 ? '' : `, in ${days} ${days === 1 ? 'day' : 'days'}`
  return `${formatTime(ms)}${mark}`
}

/** A text shortened to a length; an ellipsis marks the cut. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
