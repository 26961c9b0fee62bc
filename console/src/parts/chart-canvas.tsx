// Draws a chart with uPlot: the only file that knows it.

import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { clock, day, number } from '../words/figures.ts'
import { type ChartProps, DASHES, isWhole, lonely, reach } from './chart-lines.ts'

/** A chart on a canvas, as wide as its place. */
export default function ChartCanvas({ times, series, unit = '', sync, onRange, height = 168 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const scheme = useScheme()
  const ranged = useRef(onRange)
  ranged.current = onRange
  useEffect(() => {
    const { current } = place
    // Colours are read when it is drawn.
    if (current === null || scheme === undefined) return
    const range = (from: number, to: number) => ranged.current?.(from, to)
    const drawing = { times, series, unit, sync, height, width: current.clientWidth, range }
    const plot = new uPlot(optionsOf(drawing), dataOf(times, series), current)
    const observer = new ResizeObserver(() => plot.setSize({ width: current.clientWidth, height }))
    observer.observe(current)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
  }, [times, series, unit, sync, height, scheme])
  return <div ref={place} aria-hidden="true" />
}

/** The scheme that the page has now: chosen, or the system's. */
function useScheme(): string | undefined {
  const read = () => document.documentElement.dataset.mantineColorScheme
  const [scheme, setScheme] = useState(read)
  useEffect(() => {
    const observer = new MutationObserver(() => setScheme(document.documentElement.dataset.mantineColorScheme))
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] })
    return () => observer.disconnect()
  }, [])
  return scheme
}

function dataOf(times: readonly number[], series: ChartProps['series']): uPlot.AlignedData {
  return [times.map((time) => time / 1_000), ...series.map(({ values }) => [...values])]
}

interface Drawing {
  readonly times: readonly number[]
  readonly series: ChartProps['series']
  readonly unit: string
  readonly sync: string | undefined
  readonly width: number
  readonly height: number
  readonly range: (from: number, to: number) => void
}

function optionsOf({ times, series, unit, sync, width, height, range }: Drawing): uPlot.Options {
  const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
  const font = `11px ${colour('--sans')}`
  const axis = {
    stroke: colour('--text-3'),
    font,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height,
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      ...(sync === undefined ? {} : { sync: { key: sync } }),
    },
    scales: {
      // The library makes years of a single moment.
      x: { time: true, range: () => reach(times) },
      y: { range: (_plot, _least, most) => [0, Math.max(1, (most ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 64,
        values: (_plot, all) => all.map((at, index) => label(at, all[index + 1] ?? all[index - 1] ?? at)),
      },
      {
        ...axis,
        size: 46,
        ...(isWhole(series) ? { incrs: WHOLE } : {}),
        values: (_plot, all) => all.map((value) => `${number(value, 1)}${unit}`),
      },
    ],
    series: [
      {},
      ...series.map(({ label: name, values }, at) => ({
        label: name,
        stroke: colour(`--series-${at + 1}`),
        width: 1.5,
        dash: [...(DASHES[at] ?? [])],
        spanGaps: false,
        // A line needs two ends: what stands alone is a point.
        points: { show: true, size: 5, fill: colour(`--series-${at + 1}`), filter: () => lonely(values) },
      })),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select
          if (wide < 4) return
          range(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + wide, 'x') * 1_000)
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
    },
  }
}

/** Steps of an axis that counts. */
const WHOLE = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()

function label(at: number, next: number): string {
  const step = Math.abs(next - at)
  if (step >= 86_400) return day(at * 1_000)
  return step < 60 ? clock(at * 1_000) : clock(at * 1_000).slice(0, 5)
}
