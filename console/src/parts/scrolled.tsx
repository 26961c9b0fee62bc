// A table that scrolls sideways by itself where the window is narrow, and is reached by keyboard.

import type { ReactNode } from 'react'
import css from './scrolled.module.css'

/** Holds a table of at least `least` pixels. */
export function Scrolled({
  label,
  least,
  children,
}: {
  /** Its name for screen readers. */
  readonly label: string
  readonly least: number
  readonly children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a field set is for forms, and a region would be one landmark too many.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <div role="group" className={css.scrolled} aria-label={label} tabIndex={0}>
      <div style={{ minWidth: least }}>{children}</div>
    </div>
  )
}
