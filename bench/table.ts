// The table of results: what a row is, when it meets its goals, and how it is printed.

/** A goal: at least or at most a value. */
export interface Target {
  readonly at: 'least' | 'most'
  readonly value: number
}

/** One line of the table. */
export interface Row {
  /** As in the list of targets: `R1`, `F.eq`. */
  readonly id: string
  readonly what: string
  readonly bare?: string | undefined
  readonly floor?: string | undefined
  readonly lockstep?: string | undefined
  /** The figure compared with the goal. NaN if it could not be measured. */
  readonly ratio: number
  /** The same ratio of the floor, where it has one. */
  readonly floorRatio?: number | undefined
  readonly hard?: Target | undefined
  readonly stretch?: Target | undefined
  /** Why there is no figure, or a remark about it. */
  readonly note?: string | undefined
}

/** At least this value. */
export function least(value: number): Target {
  return { at: 'least', value }
}

/** At most this value. */
export function most(value: number): Target {
  return { at: 'most', value }
}

/** Whether a ratio meets a goal. */
export function reaches(ratio: number, target: Target): boolean {
  return target.at === 'least' ? ratio >= target.value : ratio <= target.value
}

/** The result of a row: a stretch goal counts only if the hard one is met too. */
export function verdict(row: Row): 'stretch' | 'hard' | 'NOT MET' | 'not measured' | '–' {
  if (Number.isNaN(row.ratio)) return 'not measured'
  if (row.hard === undefined) return '–'
  if (!reaches(row.ratio, row.hard)) return 'NOT MET'
  return row.stretch !== undefined && reaches(row.ratio, row.stretch) ? 'stretch' : 'hard'
}

/** A number with three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toLocaleString('en')
  if (size >= 10) return value.toFixed(1)
  return size >= 0.1 || size === 0 ? value.toFixed(2) : value.toFixed(3)
}

const HEADS = ['id', 'what', 'bare', 'floor', 'lockstep', 'ratio', 'floor’s', 'hard', 'stretch', 'met'] as const

function cells(row: Row): readonly string[] {
  const target = (goal: Target | undefined) =>
    goal === undefined ? '' : `${goal.at === 'least' ? '≥' : '≤'} ${short(goal.value)}`
  return [
    row.id,
    row.note === undefined ? row.what : `${row.what} (${row.note})`,
    row.bare ?? '',
    row.floor ?? '',
    row.lockstep ?? '',
    short(row.ratio),
    row.floorRatio === undefined ? '' : short(row.floorRatio),
    target(row.hard),
    target(row.stretch),
    verdict(row),
  ]
}

/** The table in columns, for a terminal. */
export function textTable(rows: readonly Row[]): string {
  const lines = [HEADS, ...rows.map(cells)]
  const widths = HEADS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

/** The table in Markdown. */
export function markdownTable(rows: readonly Row[]): string {
  const line = (words: readonly string[]) => `| ${words.map((word) => word.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(HEADS), line(HEADS.map(() => '---')), ...rows.map((row) => line(cells(row)))].join('\n')
}
