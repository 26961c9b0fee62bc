// The bar below the page while the server does not answer: what is there stays, and what was typed.

import { useTranslation } from 'react-i18next'
import { useSilentSince } from '../api/reached.ts'
import { Shape } from '../parts/status.tsx'
import { clock } from '../words/figures.ts'
import css from './frame.module.css'

/** Says since when there is no answer; nothing while there is. */
export function Silent() {
  const { t } = useTranslation()
  const since = useSilentSince()
  return (
    <div className={css.silent} role="status">
      {since !== undefined && (
        <p>
          <Shape state="fail" /> <span>{t('silent', { time: clock(since) })}</span>
        </p>
      )}
    </div>
  )
}
