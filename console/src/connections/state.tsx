// The state of a connection: paused, never used, refusing, quiet, or heard lately; and its rhythm.

import { useTranslation } from 'react-i18next'
import { To } from '../parts/link.tsx'
import { Status } from '../parts/status.tsx'
import { duration, number, since } from '../words/figures.ts'
import { type Connection, lastHeard } from './facts.ts'

const HOUR_MS = 3_600_000

/** The state of a connection in a word, from what is known of it now. */
export function ConnectionState({ connection }: { readonly connection: Connection }) {
  const { t } = useTranslation('connections')
  const { lately, paused, tokens } = connection
  const heard = lastHeard(connection)
  if (paused) return <Status state="held">{t('paused')}</Status>
  if (tokens.length === 0) return <Status state="off">{t('noToken')}</Status>
  if (lately?.refusing) return <Status state="warn">{t('refusing')}</Status>
  if (heard === undefined) return <Status state="off">{t('neverUsed')}</Status>
  if (lately?.quietSince !== undefined)
    return <Status state="warn">{t('quiet', { ago: since(lately.quietSince) })}</Status>
  return <Status state="ok">{t('heard', { ago: since(Math.min(Date.parse(heard), Date.now())) })}</Status>
}

/** How long it is silent at most, usually. */
export function Rhythm({ connection: { lately } }: { readonly connection: Connection }) {
  const { t } = useTranslation('connections')
  return lately?.usualSilence === undefined ? '' : t('rhythmOf', { time: duration(lately.usualSilence * HOUR_MS) })
}

/** Requests and refusals of the last 24 hours; refusals lead to what they were. */
export function Lately({ tenant, connection }: { readonly tenant: string; readonly connection: Connection }) {
  const { t } = useTranslation('connections')
  const { lately } = connection
  if (lately === undefined) return ''
  const { requests, refusals } = lately
  if (refusals === 0) return number(requests)
  return (
    <>
      {number(requests)},{' '}
      <To
        to="/t/$tenant/requests"
        params={{ tenant }}
        search={{ show: 'alike', filter: `connection:${connection.connection}` }}
      >
        {t('refusals', { count: refusals })}
      </To>
    </>
  )
}
