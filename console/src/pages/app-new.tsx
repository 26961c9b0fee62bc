// Adds an app: address and credentials, probe, scope, map, leavers, plan; each step is kept, and comes back.

import { Button, PasswordInput, Select, Stepper, TextInput } from '@mantine/core'
import '@mantine/core/styles/PasswordInput.css'
import '@mantine/core/styles/Stepper.css'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { later } from '../parts/later.tsx'
import { Lines, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { numeric, text, useSearchState } from '../search.ts'
import type { App } from './apps/app-state.tsx'
import css from './apps/apps.module.css'
import { ProbeView } from './apps/probe-view.tsx'
import { PolicyForm } from './apps/settings-tab.tsx'

const meanwhile = <Lines count={6} />
const MapTab = later(async () => (await import('./apps/map-tab.tsx')).default, { meanwhile })
const ScopeTab = later(async () => (await import('./apps/scope-tab.tsx')).default, { meanwhile })
const PlanTab = later(async () => (await import('./apps/plan-tab.tsx')).default, { meanwhile })

const SEARCH = { app: text(), step: numeric(0) }
const STEPS = ['address', 'probe', 'scope', 'map', 'leavers', 'plan'] as const

export default function NewApp() {
  const { t } = useTranslation('apps')
  const { tenant = '' } = useParams({ strict: false }) as { readonly tenant?: string }
  const [search, change] = useSearchState(SEARCH)
  const params = { tenant, app: search.app }
  const read = useApi('GET /tenants/{tenant}/apps/{app}', { params }, { enabled: search.app !== '' })
  const step = search.app === '' ? 0 : Math.min(search.step, STEPS.length - 1)
  return (
    <Page title={t('new.title')} lead={<span className={css.quiet}>{t('new.lead')}</span>}>
      <Panel label={t('new.title')}>
        <Stepper
          active={step}
          size="xs"
          allowNextStepsSelect={search.app !== ''}
          onStepClick={(next) => search.app !== '' && next > 0 && change({ step: next })}
        >
          {STEPS.map((name) => (
            <Stepper.Step key={name} label={t(`new.step.${name}`)} />
          ))}
        </Stepper>
      </Panel>
      {search.app === '' ? (
        <Address tenant={tenant} made={(app) => change({ app, step: 1 }, { push: true })} />
      ) : (
        <Loaded read={read}>
          {(app) => (
            <>
              <div className={css.stack}>
                <Step tenant={tenant} app={app} step={step} />
              </div>
              <div className={css.bar}>
                {step > 1 && (
                  <Button variant="default" onClick={() => change({ step: step - 1 })}>
                    {t('new.back')}
                  </Button>
                )}
                {step < STEPS.length - 1 && (
                  <Button onClick={() => change({ step: step + 1 }, { push: true })}>{t('new.next')}</Button>
                )}
              </div>
            </>
          )}
        </Loaded>
      )}
    </Page>
  )
}

function Step({ tenant, app, step }: { readonly tenant: string; readonly app: App; readonly step: number }) {
  switch (STEPS[step]) {
    case 'probe':
      return <ProbeView tenant={tenant} app={app} />
    case 'scope':
      return <ScopeTab tenant={tenant} app={app} />
    case 'map':
      return <MapTab tenant={tenant} app={app} />
    case 'leavers':
      return <PolicyForm tenant={tenant} app={app} may />
    default:
      return <PlanTab tenant={tenant} app={app} />
  }
}

/** The first step: what the app is called, where it is, and what opens it. */
function Address({ tenant, made }: { readonly tenant: string; readonly made: (app: string) => void }) {
  const { t } = useTranslation('apps')
  const [label, setLabel] = useState('')
  const [id, setId] = useState('')
  const [url, setUrl] = useState('')
  const [secret, setSecret] = useState('')
  const [where, setWhere] = useState<'sealed' | 'env'>('sealed')
  const create = useAct('POST /tenants/{tenant}/apps', { done: ({ app }) => made(app) })
  const app = id === '' ? idOf(label) : id
  const credentials = { kind: 'bearer' as const, ...(where === 'env' ? { env: secret } : { secret }) }
  const body = { app, label, options: { url }, ...(secret === '' ? {} : { credentials }) }
  // A token is in no command: shells remember what is typed.
  const shown = secret === '' || where === 'env' ? body : { ...body, credentials: { ...credentials, secret: 'TOKEN' } }
  return (
    <Panel title={t('new.step.address')}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({ params: { tenant }, body: body as never })
        }}
      >
        <TextInput
          label={t('new.label')}
          required
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label={t('new.id')}
          description={t('new.idHow')}
          placeholder={idOf(label)}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <TextInput
          label={t('new.url')}
          description={t('new.urlHow')}
          required
          type="url"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Select
          label={t('new.where')}
          value={where}
          allowDeselect={false}
          data={[
            { value: 'sealed', label: t('new.sealed') },
            { value: 'env', label: t('new.env') },
          ]}
          onChange={(value) => value !== null && setWhere(value as 'sealed')}
        />
        {where === 'env' ? (
          <TextInput
            label={t('new.envName')}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        ) : (
          <PasswordInput
            label={t('new.token')}
            value={secret}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': t('settings.showSecret') }}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        )}
        <div className={css.bar}>
          <AsCommand
            call={callOf('POST /tenants/{tenant}/apps', { params: { tenant }, body: shown as never })}
            command={`lockstep app add ${quoted(app)} --label ${quoted(label)} --url ${quoted(url)}${
              secret === '' ? '' : where === 'env' ? ` --token-env ${quoted(secret)}` : ' --token-file token.txt'
            } --tenant ${tenant}`}
          />
          <Button type="submit" disabled={label.trim() === '' || url.trim() === ''} loading={create.isPending}>
            {t('new.make')}
          </Button>
        </div>
        {create.error !== null && <Failed error={create.error} />}
      </form>
    </Panel>
  )
}

/** An id from a name: 1 to 40 characters of a-z, 0-9 and -. */
function idOf(label: string): string {
  const plain = label
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return plain.replace(/^-/, '').replace(/-$/, '').slice(0, 40)
}
