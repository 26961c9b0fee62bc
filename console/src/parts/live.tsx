// The mark that says whether a page is live, and the button that follows or pauses it.

import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useLive } from '../api/stream.ts'
import { clock } from '../words/figures.ts'
import css from './live.module.css'
import { Status } from './status.tsx'

/** Whether what is shown is live; nothing where nobody listens. */
export function LiveMark() {
  const { t } = useTranslation('parts')
  const { state, since } = useLive()
  if (state === 'off') return null
  return (
    <span className={css.mark} role="status">
      {state === 'live' ? (
        <Status state="ok">{t('live.live')}</Status>
      ) : (
        <Status state="warn">{t('live.lost', { time: clock(since) })}</Status>
      )}
    </span>
  )
}

/** Follows or pauses a live list; while it is paused it says how much has come. */
export function FollowButton({
  follow,
  waiting,
  change,
}: {
  readonly follow: boolean
  readonly waiting: number
  readonly change: (follow: boolean) => void
}) {
  const { t } = useTranslation('parts')
  return (
    <span className={css.follow}>
      <span role="status">
        {follow ? null : (
          <Status state="held">{waiting === 0 ? t('live.paused') : t('live.pausedNew', { count: waiting })}</Status>
        )}
      </span>
      <Button variant="default" onClick={() => change(!follow)}>
        {follow ? t('live.pause') : t('live.follow')}
      </Button>
    </span>
  )
}
