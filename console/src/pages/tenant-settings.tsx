// The settings of a tenant: what it offers, what has to be unique, what is kept how long.

import { Button, NumberInput, Switch, TagsInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import '@mantine/core/styles/Pill.css'
import '@mantine/core/styles/PillsInput.css'
import '@mantine/core/styles/Switch.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, ApiError, type Body, callOf } from '../api/client.ts'
import { useAct, useVersioned } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { differences } from '../parts/diff.ts'
import { Failed } from '../parts/failed.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Quicker } from '../parts/quicker.tsx'
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
  const read = useVersioned('GET /tenants/{tenant}/settings', { params: { tenant } })
  return (
    <Page title={t('title')} lead={tenant}>
      <Loaded read={read} lines={8}>
        {(version) => <Form key={tenant} tenant={tenant} latest={version} again={() => read.refetch()} />}
      </Loaded>
    </Page>
  )
}

/** The settings, as they were read. */
interface Version {
  readonly answer: Settings
  readonly tag: string | undefined
}

function Form({
  tenant,
  latest,
  again,
}: {
  readonly tenant: string
  readonly latest: Version
  readonly again: () => Promise<unknown>
}) {
  const { t } = useTranslation('settings')
  const edits = useMay('edit')
  const [changed, setChanged] = useState<Change>({})
  // Once something is changed, what it was changed from stays; what comes later is shown when it is in the way.
  const [opened, setOpened] = useState<Version>()
  const { answer: settings, tag } = opened ?? latest
  const save = useAct('PATCH /tenants/{tenant}/settings')
  const isLate = save.error instanceof ApiError && save.error.status === 412
  const forget = () => {
    setChanged({})
    setOpened(undefined)
  }
  const reset = () => {
    forget()
    save.reset()
  }
  const now = { ...settings, ...changed, features: { ...settings.features, ...changed.features } }
  const isSame = Object.keys(changed).length === 0
  const change = (next: Change) => {
    setOpened((before) => before ?? latest)
    setChanged((before) => ({ ...before, ...next }))
  }
  const send = (ifMatch: string | undefined) =>
    save.mutate(
      { params: { tenant }, body: changed, safely: { ifMatch } },
      { onSuccess: () => void again().then(forget), onError: () => void again() },
    )
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
      {isLate && latest.tag !== tag && (
        <Quicker
          theirs={differences(settings, latest.answer)}
          yours={differences(settings, now)}
          keep={() => send(latest.tag)}
          take={reset}
          busy={save.isPending}
        />
      )}
      {save.error !== null && !isLate && <Failed error={save.error} />}
      <div className={css.buttons}>
        {edits && (
          <>
            <Button disabled={isSame} loading={save.isPending} onClick={() => send(tag)}>
              {t('save')}
            </Button>
            <Button variant="default" disabled={isSame} onClick={reset}>
              {t('reset')}
            </Button>
          </>
        )}
        <AsCommand
          call={isSame ? callOf('GET /tenants/{tenant}/settings', { params: { tenant } }) : call}
          command={isSame ? `lockstep tenant show ${tenant}` : undefined}
        />
        <span role="status">{save.isSuccess && isSame ? t('saved') : ''}</span>
      </div>
    </>
  )
}
