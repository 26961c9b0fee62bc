// A chart over time, with its table behind it. The library that draws is known to `chart-canvas.tsx` alone.

import { Button } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { moment, number } from '../words/figures.ts'
import css from './chart.module.css'

const Canvas = lazy(() => import('./chart-canvas.tsx'))

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

/** A chart. */
export function Chart(props: ChartProps) {
  const { title, sentence, times, series, unit = '', aside, height = 168 } = props
  const { t } = useTranslation('parts')
  const [asTable, setAsTable] = useState(false)
  const empty = series.every(({ values }) => values.every((value) => value === null))
  return (
    <section className={css.chart} aria-label={title}>
      <header className={css.head}>
        <h2>{title}</h2>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {t(asTable ? 'chart.picture' : 'chart.table')}
        </Button>
      </header>
      {aside}
      {empty ? (
        <p className={css.none} style={{ height }}>
          {t('chart.none')}
        </p>
      ) : asTable ? (
        <Table times={times} series={series} unit={unit} title={title} height={height} />
      ) : (
        <figure className={css.figure}>
          <div role="img" aria-label={sentence} style={{ height }}>
            <Suspense fallback={null}>
              <Canvas {...props} height={height} />
            </Suspense>
          </div>
          <figcaption className={css.legend}>
            {series.map(({ label }, at) => (
              <span key={label}>
                <Swatch at={at} />
                {label}
              </span>
            ))}
          </figcaption>
        </figure>
      )}
    </section>
  )
}

/** How the lines of charts are told apart besides their colours. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]]

function Swatch({ at }: { readonly at: number }) {
  return (
    <svg className={css.swatch} viewBox="0 0 18 6" aria-hidden="true">
      <line
        x1="0"
        x2="18"
        y1="3"
        y2="3"
        stroke={`var(--series-${at + 1})`}
        strokeWidth="1.8"
        strokeDasharray={(DASHES[at] ?? []).join(' ')}
      />
    </svg>
  )
}

function Table({
  times,
  series,
  unit,
  title,
  height,
}: {
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly unit: string
  readonly title: string
  readonly height: number
}) {
  const { t } = useTranslation('parts')
  return (
    <section
      className={css.scroll}
      style={{ height: height + 24 }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
      tabIndex={0}
      aria-label={`${title}, ${t('chart.table')}`}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{t('chart.time')}</th>
            {series.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, at) => (
            <tr key={time}>
              <th scope="row">{moment(time)}</th>
              {series.map(({ label, values }) => (
                <td key={label}>
                  {values[at] === null || values[at] === undefined ? '–' : `${number(values[at], 1)}${unit}`}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
