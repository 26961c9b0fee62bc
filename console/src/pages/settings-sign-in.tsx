// The part of the settings for sign-in by an identity provider: tried before it is kept.

import { Button, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/PasswordInput.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer, Body } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { Copied } from '../parts/copy.tsx'
import { Failed } from '../parts/failed.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { text, useSearchState } from '../search.ts'
import css from './settings.module.css'
import { RULE, type Rule, Rules, ruleOf, rulesOf } from './settings-rules.tsx'

type Settings = Answer<'GET /sign-in'>
type Draft = Body<'PUT /sign-in'>
const SEARCH = { tried: text() }
/** How the client may prove itself. */
const CLIENTS = ['secret', 'key', 'none'] as const
type Client = (typeof CLIENTS)[number]

/** Sign-in by an identity provider. */
export function SignInSettings() {
  const settings = useApi('GET /sign-in', {})
  const [{ tried }] = useSearchState(SEARCH)
  return (
    <>
      {tried !== '' && <Tried test={tried} />}
      <Loaded read={settings}>{(now) => <Form now={now} />}</Loaded>
    </>
  )
}

/** What came of a try, in the window that went to the identity provider. */
function Tried({ test }: { readonly test: string }) {
  const { t } = useTranslation('ways')
  const tried = useApi('GET /sign-in/tests/{test}', { params: { test } })
  return (
    <Panel title={t('signIn.tried')}>
      <Loaded read={tried}>
        {({ name, claims = {}, role, tenants, message }) => (
          <>
            {message !== undefined && <Status state="fail">{message}</Status>}
            {message === undefined && role === undefined && (
              <Status state="warn">{t('signIn.noRole', { name })}</Status>
            )}
            {role !== undefined && (
              <Status state="ok">
                {t('signIn.gives', { name, role: t(`roles.${role}`), tenants: tenants?.join(', ') ?? t('all') })}
              </Status>
            )}
            <dl>
              {Object.entries(claims).map(([claim, values]) => (
                <div key={claim}>
                  <dt>
                    <code>{claim}</code>
                  </dt>
                  <dd>{values.join(', ')}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </Loaded>
    </Panel>
  )
}

interface Fields {
  readonly issuer: string
  readonly clientId: string
  readonly client: Client
  readonly keyId: string
  readonly secret: string
  readonly label: string
  readonly rules: readonly Rule[]
  readonly tenant: string
  readonly claim: string
  readonly attribute: 'userName' | 'externalId'
  readonly groups: readonly Rule[]
}

function fieldsOf({ oidc, rules, staff }: Settings): Fields {
  return {
    issuer: oidc?.issuer ?? '',
    clientId: oidc?.clientId ?? '',
    client: oidc?.client ?? 'secret',
    keyId: oidc?.keyId ?? '',
    secret: '',
    label: oidc?.label ?? '',
    rules: rules.map((rule) => ruleOf(rule.claim, rule.value, rule)),
    tenant: staff?.tenant ?? '',
    claim: staff?.claim ?? 'preferred_username',
    attribute: staff?.attribute ?? 'userName',
    groups: (staff?.groups ?? []).map((group) => ruleOf('', group.group, group)),
  }
}

function draftOf(now: Settings, own: Fields): Draft {
  const { issuer, clientId, client, keyId, secret, label, tenant, claim, attribute } = own
  const { scopes, env } = now.oidc ?? {}
  const where = client === 'none' ? {} : secret !== '' ? { secret } : env === undefined ? {} : { env }
  const oidc = {
    issuer: issuer.trim(),
    clientId: clientId.trim(),
    client,
    ...(client !== 'key' || keyId.trim() === '' ? {} : { keyId: keyId.trim() }),
    ...(label === '' ? {} : { label }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...where,
  }
  const groups = rulesOf(own.groups).map(({ value, claim: _claim, ...grant }) => ({ group: value, ...grant }))
  return {
    ...(issuer.trim() === '' ? {} : { oidc }),
    rules: rulesOf(own.rules),
    ...(tenant.trim() === '' ? {} : { staff: { tenant: tenant.trim(), claim, attribute, groups } }),
    ...(now.idleMinutes === undefined ? {} : { idleMinutes: now.idleMinutes }),
    ...(now.longestMinutes === undefined ? {} : { longestMinutes: now.longestMinutes }),
  }
}

function Form({ now }: { readonly now: Settings }) {
  const { t } = useTranslation('ways')
  const [own, setOwn] = useState(() => fieldsOf(now))
  const set = (change: Partial<Fields>) => setOwn((before) => ({ ...before, ...change }))
  const save = useAct('PUT /sign-in')
  const attempt = useAct('POST /sign-in/test')
  const body = draftOf(now, own)
  const isKept = now.oidc?.secret === 'sealed' && now.oidc.client === own.client
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate({ body })
      }}
    >
      <Panel title={t('signIn.provider')}>
        <div className={css.form}>
          <p className={css.quiet}>{t('signIn.what')}</p>
          <TextInput
            label={t('signIn.issuer')}
            description={t('signIn.issuerHow')}
            value={own.issuer}
            onChange={(event) => set({ issuer: event.currentTarget.value })}
            spellCheck={false}
            autoComplete="off"
          />
          <TextInput
            label={t('signIn.clientId')}
            value={own.clientId}
            onChange={(event) => set({ clientId: event.currentTarget.value })}
            spellCheck={false}
            autoComplete="off"
          />
          <Select
            label={t('signIn.client')}
            data={CLIENTS.map((value) => ({ value, label: t(`signIn.clients.${value}`) }))}
            value={own.client}
            allowDeselect={false}
            onChange={(value) => set({ client: CLIENTS.find((one) => one === value) ?? 'secret', secret: '' })}
          />
          {own.client === 'secret' && (
            <PasswordInput
              label={t('signIn.secret')}
              description={t(isKept ? 'signIn.secretKept' : 'signIn.secretHow')}
              value={own.secret}
              onChange={(event) => set({ secret: event.currentTarget.value })}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
            />
          )}
          {own.client === 'key' && (
            <>
              <Textarea
                label={t('signIn.key')}
                description={t(isKept ? 'signIn.secretKept' : 'signIn.keyHow')}
                value={own.secret}
                onChange={(event) => set({ secret: event.currentTarget.value })}
                rows={5}
                spellCheck={false}
                autoComplete="off"
              />
              <TextInput
                label={t('signIn.keyId')}
                description={t('signIn.keyIdHow')}
                value={own.keyId}
                onChange={(event) => set({ keyId: event.currentTarget.value })}
                spellCheck={false}
                autoComplete="off"
              />
            </>
          )}
          <TextInput
            label={t('signIn.label')}
            value={own.label}
            onChange={(event) => set({ label: event.currentTarget.value })}
            autoComplete="off"
          />
          <div>
            <p>{t('signIn.redirect')}</p>
            <Copied text={now.redirect} name={t('signIn.redirect')} />
          </div>
        </div>
      </Panel>
      <Panel title={t('signIn.rules')}>
        <div className={css.form}>
          <p className={css.quiet}>{t('signIn.rulesHow')}</p>
          <Rules rules={own.rules} change={(rules) => set({ rules })} withClaim />
          <Button variant="default" onClick={() => set({ rules: [...own.rules, RULE] })}>
            {t('signIn.addRule')}
          </Button>
        </div>
      </Panel>
      <Panel title={t('signIn.staff')}>
        <div className={css.form}>
          <p className={css.quiet}>{t('signIn.staffHow')}</p>
          <TextInput
            label={t('signIn.tenant')}
            value={own.tenant}
            onChange={(event) => set({ tenant: event.currentTarget.value })}
            autoComplete="off"
          />
          <TextInput
            label={t('signIn.claim')}
            value={own.claim}
            onChange={(event) => set({ claim: event.currentTarget.value })}
            autoComplete="off"
          />
          <Select
            label={t('signIn.attribute')}
            data={['userName', 'externalId']}
            value={own.attribute}
            onChange={(value) => set({ attribute: value === 'externalId' ? value : 'userName' })}
          />
          <Rules rules={own.groups} change={(groups) => set({ groups })} />
          <Button variant="default" onClick={() => set({ groups: [...own.groups, RULE] })}>
            {t('signIn.addGroup')}
          </Button>
        </div>
      </Panel>
      {save.error !== null && <Failed error={save.error} />}
      {attempt.error !== null && <Failed error={attempt.error} />}
      {save.data !== undefined && <Status state="ok">{t('signIn.saved')}</Status>}
      {attempt.data !== undefined && (
        <a href={attempt.data.url} target="_blank" rel="noopener noreferrer">
          {t('signIn.open')}
        </a>
      )}
      <div className={css.buttons}>
        <Button variant="default" loading={attempt.isPending} onClick={() => attempt.mutate({ body })}>
          {t('signIn.try')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('signIn.save')}
        </Button>
      </div>
    </form>
  )
}
