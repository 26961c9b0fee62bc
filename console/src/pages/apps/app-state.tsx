// How an app is doing, in one word with its shape.

import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/client.ts'
import { type State, Status } from '../../parts/status.tsx'
import { moment, number } from '../../words/figures.ts'

/** An app as the API shows it. */
export type App = Answer<'GET /tenants/{tenant}/apps/{app}'>

/** The words for the state of an app. */
export type AppWord =
  | 'off'
  | 'review'
  | 'paused'
  | 'broken'
  | 'probing'
  | 'throttled'
  | 'held'
  | 'parked'
  | 'working'
  | 'inLockstep'

const SHAPES: { readonly [word in AppWord]: State } = {
  off: 'off',
  review: 'held',
  paused: 'held',
  broken: 'fail',
  probing: 'fail',
  throttled: 'wait',
  held: 'held',
  parked: 'warn',
  working: 'wait',
  inLockstep: 'ok',
}

/** What the settings, the health and the debt of an app come to: what a person must decide first, then what is broken, then what works. */
export function wordOf({ mode, health, review, owed }: Pick<App, 'mode' | 'health' | 'review' | 'owed'>): AppWord {
  if (mode === 'off') return 'off'
  if (review !== undefined || health === 'review') return 'review'
  if (mode === 'paused') return 'paused'
  if (health === 'open') return 'broken'
  if (health === 'half-open') return 'probing'
  if ((owed.held ?? 0) > 0) return 'held'
  if (health === 'throttled') return 'throttled'
  if ((owed.ready ?? 0) + (owed.waiting ?? 0) > 0) return 'working'
  if ((owed.parked ?? 0) > 0) return 'parked'
  return 'inLockstep'
}

/** The state of an app. */
export function AppStatus({ app, ground = false }: { readonly app: App; readonly ground?: boolean }) {
  const { t } = useTranslation('apps')
  const word = wordOf(app)
  const { owed, healthSince, reason } = app
  const counts: { readonly [word: string]: number } = {
    held: owed.held ?? 0,
    parked: owed.parked ?? 0,
    working: (owed.ready ?? 0) + (owed.waiting ?? 0),
  }
  const count = counts[word] ?? 0
  const title = [reason, healthSince === undefined ? undefined : moment(healthSince)].filter(Boolean).join(' · ')
  return (
    <Status state={SHAPES[word]} ground={ground} {...(title === '' ? {} : { title })}>
      {t(`state.${word}`, { count, shown: number(count) })}
    </Status>
  )
}
