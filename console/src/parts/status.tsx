// A state: a shape, a word and a colour, never a colour alone.

import type { ReactNode } from 'react'
import css from './status.module.css'

/** The kinds of states, each with its own shape. */
export type State = 'ok' | 'warn' | 'fail' | 'held' | 'wait' | 'off'

/** The shape of a state. Its meaning is the word beside it. */
export function Shape({ state }: { readonly state: State }) {
  return (
    <svg className={`${css.shape} ${css[state]}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[state]}
    </svg>
  )
}

/** A state with its word. `ground` puts it on its colour, for what has to be seen first. */
export function Status({
  state,
  children,
  ground = false,
  title,
}: {
  readonly state: State
  readonly children: ReactNode
  readonly ground?: boolean
  /** Since when, from what: shown by pointer. */
  readonly title?: string
}) {
  return (
    <span className={ground ? `${css.status} ${css.ground} ${css[`${state}Ground`]}` : css.status} title={title}>
      <Shape state={state} />
      <span className={css[state]}>{children}</span>
    </span>
  )
}

/** The state of an HTTP status. */
export function stateOfStatus(status: number): State {
  if (status >= 500) return 'fail'
  if (status >= 400) return 'warn'
  return 'ok'
}

const stroke = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const

const SHAPES: { readonly [state in State]: ReactNode } = {
  ok: (
    <>
      <circle cx="8" cy="8" r="6.2" {...stroke} />
      <path d="M5.2 8.2l2 2 3.6-4.1" {...stroke} />
    </>
  ),
  warn: (
    <>
      <path d="M8 2.2L14.4 13.4H1.6z" {...stroke} />
      <path d="M8 6.4v3.2M8 11.4v.1" {...stroke} />
    </>
  ),
  fail: (
    <>
      <path d="M5.4 1.8h5.2l3.6 3.6v5.2l-3.6 3.6H5.4l-3.6-3.6V5.4z" {...stroke} />
      <path d="M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2" {...stroke} />
    </>
  ),
  held: (
    <>
      <circle cx="8" cy="8" r="6.2" {...stroke} />
      <path d="M6.4 5.8v4.4M9.6 5.8v4.4" {...stroke} />
    </>
  ),
  wait: (
    <>
      <circle cx="8" cy="8" r="6.2" {...stroke} />
      <path d="M8 4.6V8l2.2 1.6" {...stroke} />
    </>
  ),
  off: <circle cx="8" cy="8" r="5.4" {...stroke} />,
}
