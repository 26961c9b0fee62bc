// How many requests there were hour by hour, as bars the height of a line: refused ones are marked.

import css from './spark.module.css'

const WIDTH = 4
const HEIGHT = 18

/** Bars, one for each hour. `label` says the same in words. */
export function Spark({
  hours,
  label,
}: {
  readonly hours: readonly { readonly at: string; readonly requests: number; readonly refusals: number }[]
  readonly label: string
}) {
  const most = Math.max(1, ...hours.map(({ requests }) => requests))
  // A bar that is there is seen.
  const tall = (count: number) => (count === 0 ? 0 : Math.max(2, Math.round((count / most) * HEIGHT)))
  return (
    <svg className={css.spark} width={hours.length * WIDTH} height={HEIGHT} role="img" aria-label={label}>
      {hours.map(({ at, requests, refusals }, index) => (
        <g key={at}>
          <Bar at={index} height={1} className={css.ground} />
          <Bar at={index} height={tall(requests)} className={css.all} />
          <Bar at={index} height={tall(refusals)} className={css.refused} />
        </g>
      ))}
    </svg>
  )
}

function Bar({
  at,
  height,
  className,
}: {
  readonly at: number
  readonly height: number
  readonly className: string | undefined
}) {
  return <rect className={className} x={at * WIDTH} y={HEIGHT - height} width={WIDTH - 1} height={height} />
}
