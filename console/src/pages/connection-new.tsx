// Makes a connection: its kind, name and rights, then the token once, the clicks with its values, and the live test.

import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { baseUrlFor } from '../../../guides/steps/base-url.ts'
import { guideOf } from '../../../guides/steps/guides.ts'
import { type Answer, ApiError, callOf } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { Arrivals } from '../connections/arrivals.tsx'
import { Clicks } from '../connections/clicks.tsx'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import { Copied } from '../parts/copy.tsx'
import { Failed } from '../parts/failed.tsx'
import { useGo } from '../parts/link.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useLiveLines } from '../requests/live-lines.ts'
import { oneOf, text, useParam, useSearchState } from '../search.ts'
import { KINDS } from './kinds.ts'
import css from './requests.module.css'

const RIGHTS = ['all', 'read:users,write:users', 'read:users,read:groups'] as const
const SEARCH = {
  kind: oneOf(['entra', ...KINDS.filter((kind) => kind !== 'entra')]),
  label: text(),
  rights: text('all'),
}

/** The page that makes a connection. */
export default function NewConnection() {
  const { t } = useTranslation('connections')
  const tenant = useParam('tenant')
  const make = useAct('POST /tenants/{tenant}/connections')
  return (
    <Page title={t('new.title')} lead={t('new.lead', { tenant })}>
      {make.data === undefined ? (
        <Form
          tenant={tenant}
          error={make.error}
          isBusy={make.isPending}
          submit={(body) => make.mutate({ params: { tenant }, body })}
        />
      ) : (
        <Made tenant={tenant} issued={make.data} kind={make.variables?.body.kind ?? 'generic'} />
      )}
    </Page>
  )
}

interface Wanted {
  readonly kind: 'entra'
  readonly label?: string
  readonly rights: string
}

function Form({
  tenant,
  error,
  isBusy,
  submit,
}: {
  readonly tenant: string
  readonly error: unknown
  readonly isBusy: boolean
  readonly submit: (wanted: Wanted) => void
}) {
  const { t } = useTranslation('connections')
  const { t: common } = useTranslation()
  const [{ kind, label, rights }, change] = useSearchState(SEARCH)
  const fault = (field: string) =>
    error instanceof ApiError ? error.faults.find((one) => one.field === field)?.message : undefined
  const body = { kind: kind as 'entra', rights, ...(label.trim() === '' ? {} : { label: label.trim() }) }
  const run = (event: FormEvent) => {
    event.preventDefault()
    submit(body)
  }
  return (
    <Panel label={t('new.title')}>
      <form className={css.stack} onSubmit={run}>
        <div className={css.fields}>
          <Select
            label={t('kind')}
            description={t('new.kindHow')}
            data={KINDS.map((one) => ({ value: one, label: common(`kinds.${one}`) }))}
            value={kind}
            allowDeselect={false}
            searchable
            onChange={(one) => change({ kind: (one ?? 'generic') as 'entra' })}
          />
          <TextInput
            label={t('label')}
            description={t('new.labelHow')}
            value={label}
            onChange={(event) => change({ label: event.currentTarget.value })}
            error={fault('label')}
            autoComplete="off"
          />
          <Select
            label={t('rights')}
            description={t('new.rightsHow')}
            data={RIGHTS.map((value) => ({
              value,
              label: t(`right.${value === 'all' ? 'all' : value === 'read:users,write:users' ? 'users' : 'read'}`),
            }))}
            value={rights}
            allowDeselect={false}
            onChange={(one) => change({ rights: one ?? 'all' })}
          />
        </div>
        {error !== null && <Failed error={error} />}
        <div className={css.buttons}>
          <AsCommand
            call={callOf('POST /tenants/{tenant}/connections', { params: { tenant }, body })}
            command={`lockstep connection create ${tenant} --kind ${kind}${rights === 'all' ? '' : ` --rights ${rights}`}${
              body.label === undefined ? '' : ` --label ${quoted(body.label)}`
            }`}
          />
          <Button type="submit" loading={isBusy}>
            {t('new.make')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

/** The token once, the clicks with the values in place, and what arrives. */
function Made({
  tenant,
  issued,
  kind,
}: {
  readonly tenant: string
  readonly issued: Answer<'POST /tenants/{tenant}/connections'>
  readonly kind: string
}) {
  const { t } = useTranslation('connections')
  const go = useGo()
  const [isShown, setShown] = useState(true)
  const { lines } = useLiveLines(tenant, `connection:${issued.connection}`, true)
  const guide = guideOf(kind)
  const values = { baseUrl: issued.baseUrl, ...(isShown ? { token: issued.token } : {}) }
  return (
    <div className={css.stack}>
      <Panel title={t('issued.title', { connection: issued.connection })}>
        <div className={css.stack}>
          <div>
            <strong>{t('issued.url')}</strong>
            {': '}
            <Copied text={baseUrlFor(kind, issued.baseUrl)} name={t('issued.url')} />
          </div>
          {isShown ? (
            <>
              <div>
                <strong>{t('issued.token')}</strong>
                {': '}
                <Copied text={issued.token} name={t('issued.token')} />
              </div>
              <p>{t('issued.once')}</p>
            </>
          ) : (
            <p>{t('issued.hidden')}</p>
          )}
          <div className={css.buttons}>
            {isShown && (
              <Button variant="default" onClick={() => setShown(false)}>
                {t('issued.hide')}
              </Button>
            )}
            <Button onClick={() => go({ to: '/t/$tenant/connections/$id', params: { tenant, id: issued.connection } })}>
              {t('issued.done')}
            </Button>
          </div>
        </div>
      </Panel>
      {guide !== undefined && (
        <>
          <Panel title={t('live.title')}>
            <Arrivals tenant={tenant} guide={guide} requests={lines ?? []} />
          </Panel>
          <Panel title={t('clicks.title', { idp: guide.name })}>
            <Clicks guide={guide} values={values} requests={lines ?? []} />
          </Panel>
        </>
      )}
    </div>
  )
}
