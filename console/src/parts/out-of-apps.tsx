// Whether somebody is out of all apps, or in lockstep with them: the answer first, then what is still open.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, api } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { useMay } from '../session.tsx'
import { duration, moment } from '../words/figures.ts'
import { Confirm } from './confirm.tsx'
import css from './directory.module.css'
import { To } from './link.tsx'
import { Status } from './status.tsx'

type Told = Answer<'GET /tenants/{tenant}/people/{user}/told'>
type Row = Told['apps'][number]

/** How often it is asked while something is open, in milliseconds. */
const OPEN_MS = 2_000

/** The app has an account, and has not confirmed. */
function isOpen({ state }: Row): boolean {
  return state !== 'none' && state !== 'confirmed' && state !== 'verified'
}

/** What one sees of an app that has not confirmed: *slack: held, 31 people would lose it*. */
function openText({ app, label, reason }: Row): string {
  return reason === undefined ? label || app : `${label || app} (${reason.message})`
}

/** What the apps were told of somebody; asked by whoever may see values. */
function useTold(tenant: string, id: string) {
  return useApi(
    'GET /tenants/{tenant}/people/{user}/told',
    { params: { tenant, user: id } },
    {
      enabled: useMay('values'),
      everyMs: (answer) => (answer === undefined || answer.apps.some(isOpen) ? OPEN_MS : undefined),
    },
  )
}

/** Somebody has put the person out of every app: who, when, and whether it was taken back. */
function Killed({ kill: { at, by, revoked } }: { readonly kill: NonNullable<Told['kill']> }) {
  const { t } = useTranslation('people')
  const words = { by, when: moment(at) }
  return (
    <p className={css.banner}>
      {revoked === undefined ? (
        <Status state="off">{t('kill.stands', words)}</Status>
      ) : (
        t('kill.wasTaken', { ...words, who: revoked.by, backAt: moment(revoked.at) })
      )}
    </p>
  )
}

/** One sentence about all apps, for somebody who has left or who is here. Nothing where there are no apps. */
export function OutOfApps({
  tenant,
  id,
  left,
}: {
  readonly tenant: string
  readonly id: string
  readonly left: boolean
}) {
  const { data } = useTold(tenant, id)
  if (data === undefined) return null
  const { apps, kill } = data
  const isOut = left || (kill !== undefined && kill.revoked === undefined)
  return (
    <>
      {kill !== undefined && <Killed kill={kill} />}
      {apps.length > 0 && <InApps tenant={tenant} id={id} left={isOut} apps={apps} />}
    </>
  )
}

function InApps({
  tenant,
  id,
  left,
  apps,
}: {
  readonly tenant: string
  readonly id: string
  readonly left: boolean
  readonly apps: readonly Row[]
}) {
  const { t } = useTranslation('people')
  const rows = apps.filter(({ state }) => state !== 'none')
  const waiting = rows.filter(isOpen)
  const where = waiting.map(openText).join(', ')
  const words = { count: rows.length, done: rows.length - waiting.length, where }
  const isHeld = waiting.some(({ state }) => state === 'held' || state === 'parked')
  if (waiting.length > 0)
    return (
      <p className={css.banner}>
        <Status state={isHeld ? 'held' : 'wait'}>{t(left ? 'apps.notOut' : 'apps.notIn', words)}</Status>{' '}
        {left && <Receipt tenant={tenant} id={id} />}
      </p>
    )
  if (!left) return rows.length === 0 ? null : <Status state="ok">{t('apps.in', words)}</Status>
  const took = rows.flatMap(({ changedAt, confirmedAt }) =>
    changedAt === undefined || confirmedAt === undefined ? [] : [Date.parse(confirmedAt) - Date.parse(changedAt)],
  )
  const slowest = took.length === 0 ? '' : duration(Math.max(0, ...took))
  const text =
    rows.length === 0 ? t('apps.nowhere') : t(slowest === '' ? 'apps.out' : 'apps.outIn', { ...words, slowest })
  return (
    <p className={css.banner}>
      <Status state="ok">{text}</Status> <Receipt tenant={tenant} id={id} />
    </p>
  )
}

function Receipt({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { t } = useTranslation('people')
  return (
    <To to="/t/$tenant/leavers/$id" params={{ tenant, id }}>
      {t('apps.receipt')}
    </To>
  )
}

/** Puts somebody out of every app at once, whatever scopes and guards say; and takes that back. */
export function KillButton({
  tenant,
  id,
  name,
}: {
  readonly tenant: string
  readonly id: string
  readonly name: string
}) {
  const { t } = useTranslation('people')
  const may = useMay('approve')
  const told = useTold(tenant, id)
  const [asked, setAsked] = useState(false)
  // Whoever may not see what apps were told knows only what was done on this page.
  const [done, setDone] = useState<boolean>()
  const kill = told.data?.kill
  const killed = told.data === undefined ? done === true : kill !== undefined && kill.revoked === undefined
  const given = { params: { tenant, user: id } }
  if (!may) return null
  const action = t(killed ? 'kill.back' : 'kill.action')
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {action}
      </Button>
      <Confirm
        opened={asked}
        title={t(killed ? 'kill.askBack' : 'kill.ask', { name })}
        action={action}
        danger={!killed}
        {...(killed ? {} : { name })}
        run={async () => {
          await api(`${killed ? 'DELETE' : 'POST'} /tenants/{tenant}/people/{user}/kill`, given)
          setDone(!killed)
          void told.refetch()
        }}
        close={() => setAsked(false)}
      >
        <p>{t(killed ? 'kill.backWhat' : 'kill.what')}</p>
      </Confirm>
    </>
  )
}
