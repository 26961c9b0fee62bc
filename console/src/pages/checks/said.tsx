// A sentence or two behind the shape of their state: long enough to need several lines.

import type { ReactNode } from 'react'
import { Shape, type State } from '../../parts/status.tsx'
import css from './checks.module.css'

/** Says something that does not fit on one line. */
export function Said({ state, children }: { readonly state: State; readonly children: ReactNode }) {
  return (
    <div className={css.said}>
      <Shape state={state} />
      <p>{children}</p>
    </div>
  )
}
