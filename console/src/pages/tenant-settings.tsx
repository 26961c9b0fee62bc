// The settings of a tenant: what it offers, what has to be unique, what is kept how long.

import { Button, NumberInput, Switch, TagsInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import '@mantine/core/styles/Pill.css'
import '@mantine/core/styles/PillsInput.css'
import '@mantine/core/styles/Switch.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, type Body, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import css from './tenant-settings.module.css'

type Settings = Answer<'GET /tenants/{tenant}/settings'>
type Change = Body<'PATCH /tenants/{tenant}/settings'>
type Feature = keyof Settings['features']

/** What an identity provider needs of a feature is `featureHow.{feature}`. */
const FEATURES: readonly Feature[] = ['patch', 'bulk', 'me', 'sort', 'filter']

/** The page of a tenant's settings. */
export default function TenantSettings() {
  const { t } = useTranslation('settings')
  const tenant = useParam('tenant')
  const read = useApi('GET /tenants/{tenant}/settings', { params: { tenant } })
  return (
    <Page title={t('title')} lead={tenant}>
      <Loaded read={read} lines={8}>
        {(settings) => <Form key={JSON.stringify(settings)} tenant={tenant} settings={settings} />}
      </Loaded>
    </Page>
  )
}

function Form({ tenant, settings }: { readonly tenant: string; readonly settings: Settings }) {
  const { t } = useTranslation('settings')
  const edits = useMay('edit')
  const [changed, setChanged] = useState<Change>({})
  const save = useAct('PATCH /tenants/{tenant}/settings')
  const now = { ...settings, ...changed, features: { ...settings.features, ...changed.features } }
  const isSame = Object.keys(changed).length === 0
  const change = (next: Change) => setChanged((before) => ({ ...before, ...next }))
  const call = callOf('PATCH /tenants/{tenant}/settings', { params: { tenant }, body: changed })
  return (
    <>
      <Panel title={t('offered')}>
        <div className={css.fields}>
          {FEATURES.map((feature) => (
            <Switch
              key={feature}
              label={t(`features.${feature}`)}
              description={t(`featureHow.${feature}`)}
              checked={now.features[feature]}
              disabled={!edits}
              onChange={({ currentTarget: { checked } }) =>
                change({ features: { ...changed.features, [feature]: checked } })
              }
            />
          ))}
        </div>
      </Panel>
      <Panel title={t('unique')}>
        <div className={css.fields}>
          <Switch
            label={t('uniqueEmails')}
            description={t('uniqueEmailsHow')}
            checked={now.uniqueEmails}
            disabled={!edits}
            onChange={({ currentTarget: { checked } }) => change({ uniqueEmails: checked })}
          />
          <Switch
            label={t('uniqueGroupNames')}
            description={t('uniqueGroupNamesHow')}
            checked={now.uniqueGroupNames}
            disabled={!edits}
            onChange={({ currentTarget: { checked } }) => change({ uniqueGroupNames: checked })}
          />
        </div>
      </Panel>
      <Panel title={t('privacy')}>
        <div className={css.fields}>
          <NumberInput
            label={t('logDays')}
            description={t('logDaysHow')}
            value={now.logDays}
            min={0}
            disabled={!edits}
            hideControls
            className={css.short ?? ''}
            onChange={(days) => change({ logDays: Number(days) })}
          />
          <TagsInput
            label={t('sensitive')}
            description={t('sensitiveHow')}
            value={[...now.sensitiveFilters]}
            disabled={!edits}
            onChange={(paths) => change({ sensitiveFilters: paths })}
          />
          <TagsInput
            label={t('selfService')}
            description={t('selfServiceHow')}
            value={[...now.selfService]}
            disabled={!edits}
            onChange={(paths) => change({ selfService: paths })}
          />
        </div>
      </Panel>
      {save.error !== null && <Failed error={save.error} />}
      <div className={css.buttons}>
        {edits && (
          <>
            <Button
              disabled={isSame}
              loading={save.isPending}
              onClick={() => save.mutate({ params: { tenant }, body: changed })}
            >
              {t('save')}
            </Button>
            <Button variant="default" disabled={isSame} onClick={() => setChanged({})}>
              {t('reset')}
            </Button>
          </>
        )}
        <AsCommand
          call={isSame ? callOf('GET /tenants/{tenant}/settings', { params: { tenant } }) : call}
          command={`lockstep tenant settings ${tenant}`}
        />
        <span role="status">{save.isSuccess && isSame ? t('saved') : ''}</span>
      </div>
    </>
  )
}
