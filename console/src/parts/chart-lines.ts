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

/** How the lines of charts are told apart besides their colours. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]]
