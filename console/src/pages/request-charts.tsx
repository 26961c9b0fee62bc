// Requests over time: how they were answered, how long that took, and what they were.

import { SegmentedControl } from '@mantine/core'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/SegmentedControl.css'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { Chart } from '../parts/chart.tsx'
import { useGo } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Panels } from '../parts/page.tsx'
import { number } from '../words/figures.ts'

/** The ranges, by the keys 1 to 4. */
export const RANGES = ['1h', '24h', '7d', '30d'] as const
/** One of {@link RANGES}. */
export type Range = (typeof RANGES)[number]

const HOUR_MS = 3_600_000
const MS: { readonly [range in Range]: number } = {
  '1h': HOUR_MS,
  '24h': 24 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
}
const EVERY_MS = 5_000

type Points = Answer<'GET /series'>['points']

/** Chooses the range. */
export function RangeChoice({ range, change }: { readonly range: Range; readonly change: (range: Range) => void }) {
  const { t } = useTranslation('tenants')
  return (
    <SegmentedControl
      aria-label={t('charts.range')}
      data={RANGES.map((value) => ({ value, label: t(`charts.ranges.${value}`) }))}
      value={range}
      onChange={(value) => change(RANGES.find((one) => one === value) ?? '24h')}
    />
  )
}

/** The charts, of one tenant or of all; dragging over one opens its requests. */
export function RequestCharts({ tenant, range }: { readonly tenant?: string; readonly range: Range }) {
  // The minute is part of the question, so that the same one is not asked anew with each look.
  const minute = Math.floor(Date.now() / 60_000) * 60_000
  const from = new Date(minute - MS[range]).toISOString()
  const read = useApi(
    'GET /series',
    { query: { ...(tenant === undefined ? {} : { tenant }), from } },
    { everyMs: EVERY_MS },
  )
  return (
    <Loaded read={read} lines={6}>
      {({ points, step }) => <Charts points={points} step={step} tenant={tenant} />}
    </Loaded>
  )
}

function Charts({
  points,
  step,
  tenant,
}: {
  readonly points: Points
  readonly step: number
  readonly tenant: string | undefined
}) {
  const { t } = useTranslation('tenants')
  const go = useGo()
  const drawn = useMemo(() => {
    const perMinute = (count: number) => (count * 60) / step
    const times = points.map(({ at }) => new Date(at).getTime())
    const outcome = (name: 'answered' | 'refused' | 'failed') => points.map(({ outcomes }) => perMinute(outcomes[name]))
    const ms = (us: number | undefined) => (us === undefined ? null : us / 1_000)
    return {
      times,
      outcomes: [outcome('answered'), outcome('refused'), outcome('failed')] as const,
      median: points.map(({ medianUs }) => ms(medianUs)),
      slow: points.map(({ p99Us }) => ms(p99Us)),
      total: points.reduce((sum, { outcomes }) => sum + outcomes.answered + outcomes.refused + outcomes.failed, 0),
      refused: points.reduce((sum, { outcomes }) => sum + outcomes.refused + outcomes.failed, 0),
    }
  }, [points, step])
  const onRange = (begin: number, end: number) => {
    const search = { from: new Date(begin).toISOString(), until: new Date(end).toISOString() }
    go(tenant === undefined ? { to: '/requests', search } : { to: '/t/$tenant/requests', params: { tenant }, search })
  }
  const [answered, refused, failed] = drawn.outcomes
  return (
    <Panels least={420}>
      <Chart
        title={t('charts.requests')}
        sentence={t('charts.requestsSentence', { total: number(drawn.total), refused: number(drawn.refused) })}
        times={drawn.times}
        series={useMemo(
          () => [
            { label: t('charts.answered'), values: answered },
            { label: t('charts.refused'), values: refused },
            { label: t('charts.failed'), values: failed },
          ],
          [answered, refused, failed, t],
        )}
        sync="requests"
        onRange={onRange}
      />
      <Chart
        title={t('charts.time')}
        sentence={t('charts.timeSentence')}
        times={drawn.times}
        series={useMemo(
          () => [
            { label: t('charts.median'), values: drawn.median },
            { label: t('charts.slow'), values: drawn.slow },
          ],
          [drawn, t],
        )}
        unit=" ms"
        sync="requests"
        onRange={onRange}
      />
    </Panels>
  )
}
