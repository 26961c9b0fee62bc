// Recording of values: whether bodies are kept with them, until when, by whom and why; begun and ended here.

import { Button, Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../api/use-api.ts'
import { Confirm } from '../parts/confirm.tsx'
import css from '../parts/directory.module.css'
import { Failed } from '../parts/failed.tsx'
import { Status } from '../parts/status.tsx'
import { moment } from '../words/figures.ts'
import type { Connection } from './facts.ts'

/** For how long, in hours; the last one is the longest that there is. */
const HOURS = [1, 8, 24, 72, 168] as const

/** Whether values are recorded now. */
export function isRecording({ valuesUntil }: Pick<Connection, 'valuesUntil'>): boolean {
  return valuesUntil !== undefined && Date.parse(valuesUntil) > Date.now()
}

/** The recording of a connection. */
export function Recording({
  tenant,
  connection,
  mayConnect,
}: {
  readonly tenant: string
  readonly connection: Connection
  readonly mayConnect: boolean
}) {
  const { t } = useTranslation('connections')
  const [isBeginning, setBeginning] = useState(false)
  const end = useAct('DELETE /tenants/{tenant}/connections/{connection}/recording')
  const { valuesUntil = '', valuesBy = '', valuesReason } = connection
  const params = { tenant, connection: connection.connection }
  return (
    <div className={css.detail}>
      {isRecording(connection) ? (
        <>
          <Status state="warn">{t('recording.on')}</Status>
          <p>
            {valuesBy === ''
              ? t('recording.until', { time: moment(valuesUntil) })
              : t('recording.untilBy', { time: moment(valuesUntil), by: valuesBy })}
          </p>
          {valuesReason !== undefined && <p>{t('recording.because', { reason: valuesReason })}</p>}
        </>
      ) : (
        <p>{t('recording.off')}</p>
      )}
      {end.error !== null && <Failed error={end.error} />}
      {mayConnect && (
        <div className={css.buttons}>
          <Button variant="default" onClick={() => setBeginning(true)}>
            {t(isRecording(connection) ? 'recording.longer' : 'recording.open')}
          </Button>
          {isRecording(connection) && (
            <Button variant="default" loading={end.isPending} onClick={() => end.mutate({ params })}>
              {t('recording.end')}
            </Button>
          )}
        </div>
      )}
      <Begin params={params} opened={isBeginning} close={() => setBeginning(false)} />
    </div>
  )
}

function Begin({
  params,
  opened,
  close,
}: {
  readonly params: { readonly tenant: string; readonly connection: string }
  readonly opened: boolean
  readonly close: () => void
}) {
  const { t } = useTranslation('connections')
  const record = useAct('PUT /tenants/{tenant}/connections/{connection}/recording')
  const [hours, setHours] = useState<number>(24)
  return (
    <Confirm
      opened={opened}
      title={t('recording.title', { id: params.connection })}
      action={t('recording.do')}
      reason
      close={close}
      run={(reason) => record.mutateAsync({ params, body: { hours, reason } })}
    >
      <p>{t('recording.what')}</p>
      <Select
        label={t('recording.hours')}
        data={HOURS.map((value) => ({ value: String(value), label: t('recording.hour', { count: value }) }))}
        value={String(hours)}
        allowDeselect={false}
        onChange={(value) => setHours(Number(value ?? 24))}
      />
    </Confirm>
  )
}
