// A small line without axes, for tables: its numbers are in the words beside it.

import css from './sparkline.module.css'

/** A sparkline over counts. */
export function Sparkline({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const most = Math.max(1, ...values)
  const step = values.length < 2 ? 0 : 72 / (values.length - 1)
  const points = values.map((value, at) => `${(at * step).toFixed(1)},${(18 - (value / most) * 16).toFixed(1)}`)
  return (
    <svg className={css.line} viewBox="0 0 72 20" role="img" aria-label={label} preserveAspectRatio="none">
      <polyline points={points.join(' ')} />
    </svg>
  )
}
