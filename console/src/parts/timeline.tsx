// What happened, newest first: a thread with shapes, one sentence each, days as headings.

import type { ReactNode } from 'react'
import { clock, day, moment } from '../words/figures.ts'
import { Shape, type State } from './status.tsx'
import css from './timeline.module.css'

/** One thing that happened. */
export interface Happening {
  readonly id: string
  readonly time: string
  readonly state: State
  /** One sentence. */
  readonly what: ReactNode
  /** At its end: a link to the request, *Undo*. */
  readonly aside?: ReactNode
  /** Below it: what changed. */
  readonly detail?: ReactNode
}

/** A timeline. `end` says from when it reaches, or reads on. */
export function Timeline({ all, end }: { readonly all: readonly Happening[]; readonly end?: ReactNode }) {
  const days = byDay(all)
  return (
    <div className={css.timeline}>
      {days.map(({ title, own }) => (
        <section key={title} aria-label={title}>
          <h3 className={css.day}>{title}</h3>
          <ol>
            {own.map((one) => (
              <li key={one.id} className={css.happening}>
                <time className={css.time} dateTime={one.time} title={moment(one.time)}>
                  {clock(one.time)}
                </time>
                <span className={css.shape}>
                  <Shape state={one.state} />
                </span>
                <div className={css.what}>
                  <p className={css.sentence}>
                    <span>{one.what}</span>
                    {one.aside !== undefined && <span className={css.aside}>{one.aside}</span>}
                  </p>
                  {one.detail !== undefined && <div className={css.detail}>{one.detail}</div>}
                </div>
              </li>
            ))}
          </ol>
        </section>
      ))}
      {end !== undefined && <div className={css.end}>{end}</div>}
    </div>
  )
}

function byDay(all: readonly Happening[]): readonly { readonly title: string; readonly own: readonly Happening[] }[] {
  const days: { title: string; own: Happening[] }[] = []
  for (const one of all) {
    const title = day(one.time)
    const last = days.at(-1)
    if (last?.title === title) last.own.push(one)
    else days.push({ title, own: [one] })
  }
  return days
}
