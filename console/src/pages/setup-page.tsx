// How the setup page looks to customers: name, logo, colour, support address, words.

import { Button, Input, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, ApiError, type Body, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useMay } from '../session.tsx'
import css from './tenant-settings.module.css'

type Settings = Answer<'GET /setup-page'>
type Change = Body<'PATCH /setup-page'>

/** The largest logo, in bytes. */
const LOGO_BYTES = 65_536

/** The page of the setup page's looks. */
export default function SetupPage() {
  const { t } = useTranslation('setup')
  const read = useApi('GET /setup-page', {})
  return (
    <Page title={t('page.title')} lead={t('page.lead')}>
      <Loaded read={read} lines={6}>
        {(settings) => <Form key={JSON.stringify(settings)} settings={settings} />}
      </Loaded>
    </Page>
  )
}

function Form({ settings }: { readonly settings: Settings }) {
  const { t } = useTranslation('setup')
  const owns = useMay('own')
  const [changed, setChanged] = useState<Change>({})
  const save = useAct('PATCH /setup-page')
  const faultAt = (field: string) =>
    save.error instanceof ApiError ? save.error.faults.find((fault) => fault.field === field)?.message : undefined
  const isSame = Object.keys(changed).length === 0
  const set = (field: 'name' | 'colour' | 'support', value: string) =>
    setChanged((before) => ({ ...before, [field]: value === '' ? null : value }))
  const text = (language: 'en' | 'de', value: string) =>
    setChanged((before) => ({ ...before, text: { ...before.text, [language]: value === '' ? null : value } }))
  const field = (name: 'name' | 'colour' | 'support') => ({
    label: t(`page.${name}`),
    description: t(`page.${name}How`),
    defaultValue: settings[name] ?? '',
    disabled: !owns,
    error: faultAt(name),
  })
  return (
    <>
      <Panel>
        <div className={css.fields}>
          <TextInput {...field('name')} maxLength={80} onChange={(event) => set('name', event.currentTarget.value)} />
          <TextInput
            {...field('colour')}
            maxLength={7}
            placeholder="#1f4fd8"
            onChange={(event) => set('colour', event.currentTarget.value.trim())}
          />
          <TextInput
            {...field('support')}
            maxLength={200}
            onChange={(event) => set('support', event.currentTarget.value)}
          />
          <Logo settings={settings} owns={owns} take={(logo) => setChanged((before) => ({ ...before, logo }))} />
          {faultAt('logo') === undefined ? null : <p role="alert">{faultAt('logo')}</p>}
          {(['en', 'de'] as const).map((language) => (
            <Textarea
              key={language}
              label={t(`page.text_${language}`)}
              defaultValue={settings.text?.[language] ?? ''}
              disabled={!owns}
              maxLength={1_000}
              rows={3}
              onChange={(event) => text(language, event.currentTarget.value)}
            />
          ))}
        </div>
      </Panel>
      {save.error !== null && !(save.error instanceof ApiError && save.error.faults.length > 0) && (
        <Failed error={save.error} />
      )}
      <div className={css.buttons}>
        {owns && (
          <Button disabled={isSame} loading={save.isPending} onClick={() => save.mutate({ body: changed })}>
            {t('page.save')}
          </Button>
        )}
        <AsCommand call={isSame ? callOf('GET /setup-page', {}) : callOf('PATCH /setup-page', { body: changed })} />
        <span role="status">{save.isSuccess && isSame ? t('page.saved') : ''}</span>
      </div>
    </>
  )
}

/** The logo: a file that is read here and sent as it is. */
function Logo({
  settings,
  owns,
  take,
}: {
  readonly settings: Settings
  readonly owns: boolean
  readonly take: (base64: string | null) => void
}) {
  const { t } = useTranslation('setup')
  const [tooLarge, setTooLarge] = useState(false)
  const choose = async (file: File | undefined) => {
    if (file === undefined) return
    setTooLarge(file.size > LOGO_BYTES)
    if (file.size > LOGO_BYTES) return
    const bytes = new Uint8Array(await file.arrayBuffer())
    take(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')))
  }
  return (
    <div>
      <Input.Wrapper
        id="setup-logo"
        label={t('page.logo')}
        description={settings.logo === undefined ? t('page.logoHow') : t('page.logoThere')}
        error={tooLarge ? t('page.logoTooLarge') : undefined}
      >
        <input
          id="setup-logo"
          type="file"
          accept="image/png,image/webp,image/svg+xml"
          disabled={!owns}
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
      </Input.Wrapper>
      {settings.logo !== undefined && owns && (
        <Button variant="default" onClick={() => take(null)}>
          {t('page.logoAway')}
        </Button>
      )}
    </div>
  )
}
