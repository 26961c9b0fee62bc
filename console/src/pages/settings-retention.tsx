// The part of the settings for retention: what is kept how long, what it takes, and what would go.

import { Button, NumberInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { THING_STATES, useThingSentence, useThings } from '../parts/things.ts'
import { useSettled } from '../parts/use-settled.ts'
import { bytes, moment, number } from '../words/figures.ts'
import css from './settings.module.css'

type Retention = Answer<'GET /retention'>
const LEAST = 1
const MOST = 90

/** Retention. */
export function RetentionSettings() {
  const retention = useApi('GET /retention', { query: {} })
  return (
    <Loaded read={retention}>
      {(now) => (
        <>
          {now.record !== undefined && <Requests now={now.record} />}
          <Kept logs={now.logs} />
          <Values />
        </>
      )}
    </Loaded>
  )
}

/** The record of requests: its days are set here. */
function Requests({ now }: { readonly now: NonNullable<Retention['record']> }) {
  const { t } = useTranslation('ways')
  const [days, setDays] = useState(now.days)
  const save = useAct('PUT /retention')
  const asked = useSettled(days, 300)
  const isAllowed = Number.isInteger(asked) && asked >= LEAST && asked <= MOST
  const would = useApi('GET /retention', { query: { recordDays: String(asked) } as never }, { enabled: isAllowed })
  const goes = would.data?.goes
  return (
    <Panel
      title={t('retention.requests')}
      actions={<AsCommand call={callOf('GET /retention', { query: {} })} command="lockstep retention show" />}
    >
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ body: { recordDays: days } })
        }}
      >
        <p>
          {t('retention.takes', {
            lines: number(now.lines),
            size: now.bytes === undefined ? t('retention.memory') : bytes(now.bytes),
          })}
          {now.oldest !== undefined && ` ${t('retention.oldest', { time: moment(now.oldest) })}`}
        </p>
        <NumberInput
          label={t('retention.days')}
          description={t('retention.daysHow', { started: now.startedWith })}
          value={days}
          min={LEAST}
          max={MOST}
          allowDecimal={false}
          onChange={(value) => setDays(Number(value))}
        />
        {isAllowed && goes !== undefined && asked === days && (
          <p role="status">
            {goes === 0 ? t('retention.nothing') : t('retention.goes', { count: goes, shown: number(goes) })}
          </p>
        )}
        {save.error !== null && <Failed error={save.error} />}
        {save.isSuccess && days === now.days && <Status state="ok">{t('retention.saved')}</Status>}
        <div className={css.buttons}>
          <Button type="submit" loading={save.isPending} disabled={!isAllowed || days === now.days}>
            {t('retention.save')}
          </Button>
          {now.isSet && (
            <Button
              variant="default"
              onClick={() => {
                setDays(now.startedWith)
                save.mutate({ body: { recordDays: null } })
              }}
            >
              {t('retention.asStarted', { started: now.startedWith })}
            </Button>
          )}
        </div>
      </form>
    </Panel>
  )
}

/** What else is kept, and how long. */
function Kept({ logs }: Pick<Retention, 'logs'>) {
  const { t } = useTranslation('ways')
  const rows = (['values', 'minutes', 'hours', 'logs', 'audit', 'receipts'] as const).map((what) => ({ what }))
  return (
    <Panel flush title={t('retention.else')}>
      <ShortTable
        label={t('retention.else')}
        rows={rows}
        keyOf={({ what }) => what}
        columns={[
          { title: t('retention.what'), cell: ({ what }) => t(`retention.kept.${what}`) },
          { title: t('retention.howLong'), cell: ({ what }) => t(`retention.for.${what}`) },
        ]}
      />
      {logs.length > 0 && (
        <ShortTable
          label={t('retention.short')}
          rows={logs}
          keyOf={({ tenant }) => tenant}
          columns={[
            {
              title: t('retention.short'),
              cell: ({ tenant }) => (
                <To to="/t/$tenant/settings" params={{ tenant }}>
                  {tenant}
                </To>
              ),
            },
            { title: t('retention.days'), align: 'end', cell: ({ days }) => number(days) },
          ]}
        />
      )}
    </Panel>
  )
}

/** The connections whose requests are recorded with values, each with its end. */
function Values() {
  const { t } = useTranslation('ways')
  const { data } = useThings(undefined)
  const sentence = useThingSentence()
  const recorded = (data?.items ?? []).filter(({ code }) => code === 'values.recorded')
  return (
    <Panel title={t('retention.values')}>
      {recorded.length === 0 ? (
        <Status state="ok">{t('retention.noValues')}</Status>
      ) : (
        <ul>
          {recorded.map((thing) => (
            <li key={thing.link}>
              <Status state={THING_STATES[thing.code]}>{sentence(thing)}</Status>{' '}
              <To to={thing.link}>{t('retention.open')}</To>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
