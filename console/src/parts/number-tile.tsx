// One number with its name, and a quiet sentence below.

import type { ReactNode } from 'react'
import { type Target, To } from './link.tsx'
import css from './number-tile.module.css'

/** A number; with a target it leads there. */
export function NumberTile({
  name,
  value,
  below,
  target,
}: {
  readonly name: string
  readonly value: ReactNode
  readonly below?: ReactNode
  readonly target?: Target
}) {
  const inside = (
    <>
      <span className={css.name}>{name}</span>
      <span className={css.value}>{value}</span>
      {below !== undefined && <span className={css.below}>{below}</span>}
    </>
  )
  if (target === undefined) return <div className={css.tile}>{inside}</div>
  return (
    <To {...target} className={css.tile}>
      {inside}
    </To>
  )
}
