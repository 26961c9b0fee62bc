// A chart over time, with its table behind it. The library that draws is known to `chart-canvas.tsx` alone.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { moment, number } from '../words/figures.ts'
import css from './chart.module.css'
import { type ChartProps, DASHES, type Series } from './chart-lines.ts'
import { later } from './later.tsx'

const Canvas = later(async () => (await import('./chart-canvas.tsx')).default)

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
            <Canvas {...props} height={height} />
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
