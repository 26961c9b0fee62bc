// What happened, why, and what to do: the form that every error takes.

import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Shape, type State } from './status.tsx'
import css from './three-sentences.module.css'

/** Three sentences, with where to go. */
export function ThreeSentences({
  state,
  what,
  why,
  todo,
  children,
}: {
  readonly state: State
  readonly what: ReactNode
  readonly why: ReactNode
  readonly todo: ReactNode
  /** Buttons and links below. */
  readonly children?: ReactNode
}) {
  const { t } = useTranslation('parts')
  return (
    <div className={`${css.three} ${css[state]}`}>
      <Shape state={state} />
      <dl>
        <dt className="unseen">{t('three.what')}</dt>
        <dd className={css.what}>{what}</dd>
        <dt className={css.name}>{t('three.why')}</dt>
        <dd>{why}</dd>
        <dt className={css.name}>{t('three.todo')}</dt>
        <dd>{todo}</dd>
      </dl>
      {children !== undefined && <div className={css.below}>{children}</div>}
    </div>
  )
}
