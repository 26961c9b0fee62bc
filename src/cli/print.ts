import type { Json } from '../protocol/index.ts'

/** A column of a table: its head, and the text of a row's cell. */
export type Column<Row> = readonly [head: string, cell: (row: Row) => string | number | undefined]

/** Prints one line of text. */
export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** Prints a value as one line of JSON. */
export function printJson(value: unknown): void {
  printLine(JSON.stringify(value))
}

/** Prints JSON for people: indented. */
export function printPretty(value: Json): void {
  printLine(JSON.stringify(value, null, 2))
}

/** Prints rows under heads, in columns as wide as their widest cell. */
export function printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): void {
  const cells = rows.map((row) => columns.map(([, cell]) => String(cell(row) ?? '')))
  const widths = columns.map(([head], at) => Math.max(head.length, ...cells.map((line) => line[at]?.length ?? 0)))
  const format = (line: readonly string[]) =>
    line
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  printLine(format(columns.map(([head]) => head)))
  for (const line of cells) printLine(format(line))
}

/** Prints names and values below one another, the names in a column. */
export function printFacts(facts: readonly (readonly [name: string, value: string | number])[]): void {
  const width = Math.max(...facts.map(([name]) => name.length))
  for (const [name, value] of facts) printLine(`  ${name.padEnd(width)}   ${value}`)
}

/** A moment as people read it; empty for none. */
export function formatTime(ms: number | undefined): string {
  return ms === undefined ? '' : new Date(ms).toISOString().replace('T', ' ').slice(0, 19)
}

/** A text cut to a length, with a sign that it was. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
