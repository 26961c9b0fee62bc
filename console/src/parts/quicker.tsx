// Somebody else was quicker: what they changed and what one changed oneself, side by side.

import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Differences } from './change-diff.tsx'
import type { Difference } from './diff.ts'
import css from './quicker.module.css'
import { Shape } from './status.tsx'

/** Below a long form it would not be seen. */
function show(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' })
}

/** Two changes of the same thing. `keep` saves one's own over theirs, `take` lets go of one's own. */
export function Quicker({
  theirs,
  yours,
  keep,
  take,
  busy,
}: {
  readonly theirs: readonly Difference[]
  readonly yours: readonly Difference[]
  readonly keep: () => void
  readonly take: () => void
  readonly busy: boolean
}) {
  const { t } = useTranslation('parts')
  return (
    <div className={css.quicker} role="alert" ref={show}>
      <strong>
        <Shape state="warn" /> {t('quicker.what')}
      </strong>
      <p>{t('quicker.why')}</p>
      <div className={css.sides}>
        <section aria-label={t('quicker.theirs')}>
          <h3>{t('quicker.theirs')}</h3>
          <Differences all={theirs} />
        </section>
        <section aria-label={t('quicker.yours')}>
          <h3>{t('quicker.yours')}</h3>
          <Differences all={yours} />
        </section>
      </div>
      <div className={css.actions}>
        <Button size="compact-sm" variant="default" onClick={take}>
          {t('quicker.take')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={keep} loading={busy}>
          {t('quicker.keep')}
        </Button>
      </div>
    </div>
  )
}
