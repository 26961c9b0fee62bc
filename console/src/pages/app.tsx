// One app: its state and debt, and behind tabs its plan, map, scope, requests, drift and settings.

import { Button, Tabs } from '@mantine/core'
import '@mantine/core/styles/Tabs.css'
import { useParams } from '@tanstack/react-router'
import { Pause, Play } from 'lucide-react'
import { type ComponentType, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failed } from '../parts/failed.tsx'
import { later } from '../parts/later.tsx'
import { useGo } from '../parts/link.tsx'
import { Lines, Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { useMay } from '../session.tsx'
import { AppStatus } from './apps/app-state.tsx'
import type { AppTab } from './apps/app-tab.ts'
import css from './apps/apps.module.css'

const meanwhile = <Lines count={6} />
const TABS = {
  state: later(async () => (await import('./apps/state-tab.tsx')).default, { meanwhile }),
  plan: later(async () => (await import('./apps/plan-tab.tsx')).default, { meanwhile }),
  map: later(async () => (await import('./apps/map-tab.tsx')).default, { meanwhile }),
  scope: later(async () => (await import('./apps/scope-tab.tsx')).default, { meanwhile }),
  deliveries: later(async () => (await import('./apps/deliveries-tab.tsx')).default, { meanwhile }),
  drift: later(async () => (await import('./apps/drift-tab.tsx')).default, { meanwhile }),
  settings: later(async () => (await import('./apps/settings-tab.tsx')).default, { meanwhile }),
} satisfies { readonly [tab: string]: ComponentType<AppTab> }
type TabName = keyof typeof TABS
const NAMES = Object.keys(TABS) as TabName[]
/** Tabs that show what people have. */
const WITH_VALUES: readonly TabName[] = ['plan', 'map', 'scope', 'deliveries', 'drift']

export default function OneApp() {
  const { t } = useTranslation('apps')
  const given = useParams({ strict: false }) as {
    readonly tenant?: string
    readonly app?: string
    readonly tab?: string
  }
  const { tenant = '', app = '' } = given
  const tab = NAMES.find((one) => one === given.tab) ?? 'state'
  const go = useGo()
  const values = useMay('values')
  const params = { tenant, app }
  const read = useApi('GET /tenants/{tenant}/apps/{app}', { params }, { everyMs: 5_000 })
  const names = NAMES.filter((name) => values || !WITH_VALUES.includes(name))
  const open = (name: string | null) =>
    go(
      name === 'state' || name === null
        ? { to: '/t/$tenant/apps/$app', params }
        : { to: '/t/$tenant/apps/$app/$tab', params: { ...params, tab: name } },
    )
  const Tab = TABS[tab]
  return (
    <Page
      title={read.data?.label ?? app}
      lead={read.data !== undefined && <AppStatus app={read.data} ground />}
      actions={
        <>
          <Command tenant={tenant} app={app} tab={tab} />
          {read.data !== undefined && <Switch tenant={tenant} app={read.data} />}
        </>
      }
    >
      <Tabs value={tab} onChange={open} keepMounted={false} activateTabWithKeyboard={false}>
        <Tabs.List aria-label={t('tabs')}>
          {names.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} pt="sm">
          <Loaded read={read}>
            {(found) => (
              <div className={css.stack}>
                <Tab tenant={tenant} app={found} />
              </div>
            )}
          </Loaded>
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

/** What the tab shows as commands. */
function Command({ tenant, app, tab }: { readonly tenant: string; readonly app: string; readonly tab: TabName }) {
  const params = { tenant, app }
  if (tab === 'deliveries')
    return (
      <AsCommand
        call={callOf('GET /tenants/{tenant}/deliveries', { params: { tenant }, query: { app } })}
        command={`lockstep app attempts ${app} --tenant ${tenant}`}
      />
    )
  if (tab === 'drift')
    return (
      <AsCommand
        call={callOf('GET /tenants/{tenant}/apps/{app}/sweeps', { params, query: {} })}
        command={`lockstep sweep list ${app} --tenant ${tenant}`}
      />
    )
  return (
    <AsCommand
      call={callOf('GET /tenants/{tenant}/apps/{app}', { params })}
      command={`lockstep app show ${app} --tenant ${tenant}`}
    />
  )
}

/** Pauses and resumes; an app that was never on is switched on by its plan. */
function Switch({ tenant, app: { app, mode, label, owed } }: AppTab) {
  const { t } = useTranslation('apps')
  const may = useMay('apps')
  const go = useGo()
  const [asked, setAsked] = useState(false)
  const params = { tenant, app }
  const pause = useAct('POST /tenants/{tenant}/apps/{app}/pause')
  const resume = useAct('POST /tenants/{tenant}/apps/{app}/resume')
  if (!may) return null
  if (mode === 'off')
    return (
      <Button onClick={() => go({ to: '/t/$tenant/apps/$app/$tab', params: { ...params, tab: 'plan' } })}>
        {t('switchOn')}
      </Button>
    )
  if (mode === 'on')
    return (
      <>
        {pause.error !== null && <Failed error={pause.error} />}
        <Button
          variant="default"
          leftSection={<Pause size={14} />}
          loading={pause.isPending}
          onClick={() => pause.mutate({ params })}
        >
          {t('pause')}
        </Button>
      </>
    )
  const waiting = Object.values(owed).reduce((sum, count) => sum + count, 0)
  return (
    <>
      <Button leftSection={<Play size={14} />} onClick={() => setAsked(true)}>
        {t('resume')}
      </Button>
      <Confirm
        opened={asked}
        title={t('resumeQuestion', { app: label })}
        action={t('resume')}
        danger={false}
        run={() => resume.mutateAsync({ params })}
        close={() => setAsked(false)}
      >
        <p>{t('resumeWhat', { count: waiting })}</p>
      </Confirm>
    </>
  )
}
