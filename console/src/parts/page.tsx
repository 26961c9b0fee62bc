// The head of a page and its panels.

import type { ReactNode } from 'react'
import { useEffect } from 'react'
import css from './page.module.css'

/** A page: its title, what can be done, and what it shows. `fill` gives it the height of the window, for lists that scroll by themselves. */
export function Page({
  title,
  lead,
  actions,
  fill = false,
  children,
}: {
  readonly title: string
  /** Beside the title: a state, or one quiet sentence. */
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly fill?: boolean
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Lockstep`
  }, [title])
  return (
    <div className={fill ? `${css.page} ${css.fill}` : css.page}>
      <header className={css.head}>
        <div className={css.title}>
          <h1>{title}</h1>
          {lead}
        </div>
        {actions !== undefined && <div className={css.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A panel, with a title of its own if it has one. */
export function Panel({
  title,
  actions,
  children,
  flush = false,
  label,
}: {
  readonly title?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** Without padding: tables and lists reach its edges. */
  readonly flush?: boolean
  /** Its name for screen readers, where there is no title. */
  readonly label?: string
}) {
  return (
    <section className={css.panel} aria-label={label}>
      {(title !== undefined || actions !== undefined) && (
        <header className={css.panelHead}>
          {title !== undefined && <h2>{title}</h2>}
          {actions !== undefined && <div className={css.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? css.flush : css.body}>{children}</div>
    </section>
  )
}

/** Panels beside each other, as many as fit. */
export function Panels({ children, least = 320 }: { readonly children: ReactNode; readonly least?: number }) {
  return (
    <div className={css.panels} style={{ gridTemplateColumns: `repeat(auto-fit, minmax(min(${least}px, 100%), 1fr))` }}>
      {children}
    </div>
  )
}

/** Facts with their names, in two columns. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={css.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
