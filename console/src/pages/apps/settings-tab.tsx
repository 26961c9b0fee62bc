// The settings of an app: what leaving means, the guard, sweeps, credentials, the probe; and removing it.

import { Button, NumberInput, PasswordInput, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import '@mantine/core/styles/PasswordInput.css'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct } from '../../api/use-api.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Failed } from '../../parts/failed.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { useGo } from '../../parts/link.tsx'
import { Panel, Panels } from '../../parts/page.tsx'
import { Status } from '../../parts/status.tsx'
import { useSafeSave } from '../../parts/use-safe-save.tsx'
import { useMay } from '../../session.tsx'
import { number } from '../../words/figures.ts'
import type { AppTab } from './app-tab.ts'
import css from './apps.module.css'
import { ProbeView } from './probe-view.tsx'

const LEAVING = ['disable', 'delete', 'unlink', 'ignore'] as const
const ADOPTING = ['one', 'ask', 'never'] as const

export default function SettingsTab({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const may = useMay('apps')
  return (
    <>
      <Panels least={420}>
        <PolicyForm tenant={tenant} app={app} may={may} />
        <Credentials tenant={tenant} app={app} may={may} />
      </Panels>
      {may && app.adapter === 'scim' && <ProbeView tenant={tenant} app={app} />}
      <Panel title={t('settings.asFile')}>
        <p className={css.quiet}>{t('settings.asFileHow')}</p>
        <JsonView value={app} label={t('settings.asFile')} height={280} />
      </Panel>
      {may && <Removal tenant={tenant} app={app} />}
    </>
  )
}

/** What happens to leavers, whom it takes over, how much may go without asking, and how often it is compared. */
export function PolicyForm({ tenant, app, may }: AppTab & { readonly may: boolean }) {
  const { t } = useTranslation('apps')
  const [label, setLabel] = useState(app.label)
  const [policy, setPolicy] = useState(app.policy)
  const [guard, setGuard] = useState(app.guard)
  const [fullHours, setFullHours] = useState(app.sweeps.fullHours)
  const save = useAct('PATCH /tenants/{tenant}/apps/{app}')
  const params = { tenant, app: app.app }
  const body = { label, policy, guard, sweeps: { fullHours } }
  const was = { label: app.label, policy: app.policy, guard: app.guard, sweeps: { fullHours: app.sweeps.fullHours } }
  const isChanged = JSON.stringify(body) !== JSON.stringify(was)
  const client = useQueryClient()
  const { quicker, isLate, ...safe } = useSafeSave(
    { version: app.version, now: was as never, mine: body as never },
    (ifMatch) => save.mutateAsync({ params, body: body as never, safely: { ifMatch } }),
    () => client.invalidateQueries(),
    (part: typeof was) => {
      setLabel(part.label)
      setPolicy(part.policy)
      setGuard(part.guard)
      setFullHours(part.sweeps.fullHours)
    },
  )
  return (
    <Panel title={t('settings.policy')}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          void safe.save()
        }}
      >
        <TextInput
          label={t('settings.label')}
          value={label}
          readOnly={!may}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <Select
          label={t('settings.onLeave')}
          value={policy.onLeave}
          allowDeselect={false}
          readOnly={!may}
          data={LEAVING.map((value) => ({ value, label: t(`onLeave.${value}`) }))}
          onChange={(value) => value !== null && setPolicy({ ...policy, onLeave: value as 'disable' })}
        />
        <Select
          label={t('settings.adopt')}
          value={policy.adopt}
          allowDeselect={false}
          readOnly={!may}
          data={ADOPTING.map((value) => ({ value, label: t(`adopt.${value}`) }))}
          onChange={(value) => value !== null && setPolicy({ ...policy, adopt: value as 'one' })}
        />
        <NumberInput
          label={t('settings.floor')}
          description={t('settings.guardHow')}
          value={guard.floor}
          min={0}
          readOnly={!may}
          onChange={(value) => setGuard({ ...guard, floor: Number(value) })}
        />
        <NumberInput
          label={t('settings.percent')}
          value={guard.percent}
          min={0}
          max={100}
          suffix=" %"
          readOnly={!may}
          onChange={(value) => setGuard({ ...guard, percent: Number(value) })}
        />
        <NumberInput
          label={t('settings.fullHours')}
          value={fullHours}
          min={0}
          readOnly={!may}
          onChange={(value) => setFullHours(Number(value))}
        />
        {may && (
          <div className={css.bar}>
            <Button type="submit" disabled={!isChanged} loading={save.isPending}>
              {t('settings.save')}
            </Button>
            {save.isSuccess && !isChanged && <Status state="ok">{t('saved')}</Status>}
          </div>
        )}
        {quicker}
        {save.error !== null && !isLate && <Failed error={save.error} />}
      </form>
    </Panel>
  )
}

/** Gives the app another secret. What is there is never shown. */
function Credentials({ tenant, app, may }: AppTab & { readonly may: boolean }) {
  const { t } = useTranslation('apps')
  const [secret, setSecret] = useState('')
  const save = useAct('PATCH /tenants/{tenant}/apps/{app}', { done: () => setSecret('') })
  const { credentials } = app
  const kind = credentials?.kind ?? 'bearer'
  return (
    <Panel title={t('settings.credentials')}>
      <p>
        {credentials === undefined
          ? t('credentials.none')
          : credentials.secret === 'env'
            ? t('settings.inEnv', { kind, env: credentials.env ?? '' })
            : t('settings.sealed', { kind })}
      </p>
      {may && (
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate({
              params: { tenant, app: app.app },
              body: { credentials: { ...credentials?.public, kind, secret } } as never,
            })
          }}
        >
          <PasswordInput
            label={t('settings.newSecret')}
            value={secret}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('settings.showSecret') }}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <div className={css.bar}>
            <Button type="submit" disabled={secret === ''} loading={save.isPending}>
              {t('settings.rotate')}
            </Button>
            {save.isSuccess && secret === '' && <Status state="ok">{t('saved')}</Status>}
          </div>
          {save.error !== null && <Failed error={save.error} />}
        </form>
      )}
    </Panel>
  )
}

function Removal({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const [asked, setAsked] = useState(false)
  const go = useGo()
  const remove = useAct('DELETE /tenants/{tenant}/apps/{app}', {
    done: () => go({ to: '/t/$tenant/apps', params: { tenant } }),
  })
  return (
    <Panel title={t('settings.remove')}>
      <p>{t('settings.removeWhat', { count: app.managed ?? 0, shown: number(app.managed ?? 0) })}</p>
      <div className={css.bar}>
        <Button color="red" variant="default" onClick={() => setAsked(true)}>
          {t('settings.remove')}
        </Button>
      </div>
      <Confirm
        opened={asked}
        title={t('settings.removeQuestion', { app: app.label })}
        action={t('settings.remove')}
        name={app.app}
        run={() => remove.mutateAsync({ params: { tenant, app: app.app } })}
        close={() => setAsked(false)}
      >
        <p>{t('settings.removeWhat', { count: app.managed ?? 0, shown: number(app.managed ?? 0) })}</p>
      </Confirm>
    </Panel>
  )
}
