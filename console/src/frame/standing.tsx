// The bars that stand above every page of a tenant: removals that wait for somebody, and values that are recorded.

import { useTranslation } from 'react-i18next'
import { To } from '../parts/link.tsx'
import { Shape } from '../parts/status.tsx'
import { THING_STATES, useThingSentence, useThings } from '../parts/things.ts'
import { useMay } from '../session.tsx'
import css from './frame.module.css'

/** One bar for each; nothing where all is as ever. */
export default function Standing({ tenant }: { readonly tenant: string }) {
  const { t } = useTranslation('tenants')
  const { data } = useThings(tenant)
  const sentence = useThingSentence()
  const mayDecide = useMay('approve')
  const standing = (data?.items ?? []).filter(
    ({ code }) => code === 'values.recorded' || (code === 'removals.held' && mayDecide),
  )
  if (standing.length === 0) return null
  return (
    <section className={css.standing} aria-label={t('things.standing')}>
      <ul>
        {standing.map((thing) => (
          <li key={`${thing.code} ${thing.app ?? ''} ${thing.link}`}>
            <Shape state={THING_STATES[thing.code]} /> <span>{sentence(thing)}</span>{' '}
            <To to={thing.link}>{t(thing.code === 'removals.held' ? 'things.decide' : 'things.look')}</To>
          </li>
        ))}
      </ul>
    </section>
  )
}
