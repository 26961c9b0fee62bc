// How Lockstep itself is doing, in one line, so that one sees whether it is us or them.

import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { To } from '../parts/link.tsx'
import { Status } from '../parts/status.tsx'
import { duration, moment, number } from '../words/figures.ts'

/** A line of the list of things to look at; of one tenant, or of all that may be seen. Nothing until it is read. */
export function ServiceLine({ tenant }: { readonly tenant: string | undefined }) {
  const { t } = useTranslation('tenants')
  const query = tenant === undefined ? {} : { tenant }
  const { data } = useApi('GET /service', { query }, { everyMs: 10_000 })
  if (data === undefined) return null
  const { databaseMs, hour, recordFailingSince } = data
  const database = t('service.database', { time: duration(databaseMs) })
  const isWell = (hour?.failed ?? 0) === 0 && recordFailingSince === undefined
  return (
    <li>
      <Status state={isWell ? 'ok' : 'fail'}>{t(isWell ? 'service.well' : 'service.unwell')}</Status>
      <span>
        {recordFailingSince !== undefined && `${t('service.unrecorded', { time: moment(recordFailingSince) })} `}
        {hour === undefined ? database : `${sentenceOf(hour)} ${database}`}
      </span>
      {hour !== undefined && hour.failed > 0 ? (
        <To
          to={tenant === undefined ? '/requests' : '/t/$tenant/requests'}
          {...(tenant === undefined ? {} : { params: { tenant } })}
          search={{ show: 'failed' }}
        >
          {t('things.look')}
        </To>
      ) : (
        <span />
      )}
    </li>
  )

  function sentenceOf({
    requests,
    refused,
    failed,
    medianUs,
  }: {
    readonly requests: number
    readonly refused: number
    readonly failed: number
    readonly medianUs?: number | undefined
  }): string {
    if (requests === 0) return t('service.silent')
    return t('service.hour', {
      count: requests,
      number: number(requests),
      refused: number(refused),
      failed: number(failed),
      time: duration((medianUs ?? 0) / 1_000),
    })
  }
}
