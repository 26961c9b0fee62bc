// The lines of a chart, and how they are told apart.

import type { ReactNode } from 'react'

/** One line of a chart; where nothing was counted there is a gap. */
export interface Series {
  readonly label: string
  readonly values: readonly (number | null)[]
}

/** A chart: at most four lines over one time axis. */
export interface ChartProps {
  readonly title: string
  /** One sentence that says what the chart shows: its name. */
  readonly sentence: string
  /** Milliseconds since 1970, ascending. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly unit?: string
  /** Charts with the same key move their cursors together. */
  readonly sync?: string
  /** Dragging over the chart. */
  readonly onRange?: (from: number, to: number) => void
  readonly aside?: ReactNode
  readonly height?: number
}

/** Where a line has no neighbour on either side, so that only a point shows that something was there. */
export function lonely(values: Series['values']): number[] {
  const isThere = (at: number) => values[at] !== null && values[at] !== undefined
  return values.flatMap((_value, at) => (isThere(at) && !isThere(at - 1) && !isThere(at + 1) ? [at] : []))
}

/** Whether only whole things are counted: then the axis has no halves. */
export function isWhole(series: readonly Series[]): boolean {
  return series.every(({ values }) => values.every((value) => value === null || Number.isInteger(value)))
}

/** From when to when the axis goes, in seconds; of a single moment a minute to both sides. */
export function reach(times: readonly number[]): [number, number] {
  const [from, to] = [(times[0] ?? 0) / 1_000, (times.at(-1) ?? 0) / 1_000]
  return from === to ? [from - AROUND_S, to + AROUND_S] : [from, to]
}

const AROUND_S = 60

/** How the lines of charts are told apart besides their colours. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]]
