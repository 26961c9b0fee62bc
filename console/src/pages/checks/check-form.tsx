// What is to be checked, for which identity providers, and what that will make there.

import { Button, Checkbox, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/PasswordInput.css'
import '@mantine/core/styles/Checkbox.css'
import '@mantine/core/styles/CheckboxCard.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/SegmentedControl.css'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Body } from '../../api/client.ts'
import { useAct, useApi } from '../../api/use-api.ts'
import { Failed } from '../../parts/failed.tsx'
import { Panel } from '../../parts/page.tsx'
import { oneOf, several, text, useSearchState } from '../../search.ts'
import { useMay } from '../../session.tsx'
import { KINDS } from '../kinds.ts'
import css from './checks.module.css'
import { Said } from './said.tsx'

const OWN = 'POST /tenants/{tenant}/checks'
const APP = 'POST /tenants/{tenant}/apps/{app}/checks'
const SERVER = 'POST /tenants/{tenant}/checks/elsewhere'
const SEARCH = { of: oneOf(['tenant', 'app', 'server']), app: text(), url: text(), for: several() }
type Kinds = NonNullable<Body<typeof OWN>['for']>
/** The kinds that a check can be for. */
const PROVIDERS = KINDS.filter((kind) => kind !== 'generic' && kind !== 'strict' && kind !== 'interop')

/** Begins a check; `begun` gets its id. */
export function CheckForm({ tenant, begun }: { readonly tenant: string; readonly begun: (check: string) => void }) {
  const { t } = useTranslation('checks')
  const { t: common } = useTranslation()
  const may = { tenant: useMay('edit'), app: useMay('apps'), server: useMay('own') }
  const [{ of, app, url, for: asked }, change] = useSearchState(SEARCH)
  const [token, setToken] = useState('')
  const [clean, setClean] = useState(false)
  const done = { done: ({ check }: { readonly check: string }) => begun(check) }
  const own = useAct(OWN, done)
  const ofApp = useAct(APP, done)
  const ofServer = useAct(SERVER, done)
  const choices = (['tenant', 'app', 'server'] as const).filter((one) => may[one])
  if (choices.length === 0) return null
  const chosen = choices.includes(of) ? of : (choices[0] ?? 'tenant')
  const act = { tenant: own, app: ofApp, server: ofServer }[chosen]
  const kinds = PROVIDERS.filter((kind) => asked.includes(kind)) as Kinds
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen === 'tenant') own.mutate({ params: { tenant }, body: { for: kinds } })
    else if (chosen === 'app') ofApp.mutate({ params: { tenant, app }, body: { for: kinds, clean } })
    else {
      const body = { for: kinds, clean, url: url.trim(), ...(token === '' ? {} : { token: token.trim() }) }
      ofServer.mutate({ params: { tenant }, body })
    }
  }
  return (
    <Panel title={t('begin')}>
      <form className={css.form} onSubmit={submit}>
        <SegmentedControl
          aria-label={t('what')}
          value={chosen}
          onChange={(one) => change({ of: one as 'tenant' })}
          data={choices.map((one) => ({ value: one, label: t(`choose.${one}`) }))}
        />
        {chosen === 'app' && <AppChoice tenant={tenant} app={app} change={(one) => change({ app: one })} />}
        {chosen === 'server' && (
          <>
            <TextInput
              label={t('url')}
              description={t('urlHow')}
              placeholder="https://app.example.com/scim/v2"
              type="url"
              required
              value={url}
              onChange={(event) => change({ url: event.currentTarget.value })}
            />
            <PasswordInput
              label={t('token')}
              description={t('tokenHow')}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': t('showToken') }}
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
            />
          </>
        )}
        <Checkbox.Group
          label={t('forWhom')}
          description={t('forHow')}
          value={[...kinds]}
          onChange={(some) => change({ for: some })}
        >
          <div className={css.kinds}>
            {PROVIDERS.map((kind) => (
              <Checkbox key={kind} value={kind} label={common(`kinds.${kind}`)} />
            ))}
          </div>
        </Checkbox.Group>
        <Said state={chosen === 'tenant' ? 'ok' : 'warn'}>{t(`makes.${chosen}`)}</Said>
        {chosen !== 'tenant' && (
          <Checkbox label={t('clean')} checked={clean} onChange={(event) => setClean(event.currentTarget.checked)} />
        )}
        {act.error !== null && <Failed error={act.error} />}
        <div>
          <Button type="submit" loading={act.isPending} disabled={chosen === 'app' && app === ''}>
            {t('run')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

function AppChoice({
  tenant,
  app,
  change,
}: {
  readonly tenant: string
  readonly app: string
  readonly change: (app: string) => void
}) {
  const { t } = useTranslation('checks')
  const { data } = useApi('GET /tenants/{tenant}/apps', { params: { tenant } })
  const apps = (data?.items ?? []).filter(({ adapter }) => adapter === 'scim')
  return (
    <Select
      label={t('app')}
      description={t('appHow')}
      placeholder={data !== undefined && apps.length === 0 ? t('noApp') : t('chooseApp')}
      data={apps.map((one) => ({
        value: one.app,
        label: one.label === one.app ? one.app : `${one.label} (${one.app})`,
      }))}
      value={app === '' ? null : app}
      onChange={(one) => change(one ?? '')}
    />
  )
}
