// Makes a setup link, and shows it once, with its code if it has one.

import { Button, MultiSelect, NumberInput, Switch, TextInput } from '@mantine/core'
import '@mantine/core/styles/NumberInput.css'
import '@mantine/core/styles/Pill.css'
import '@mantine/core/styles/PillsInput.css'
import '@mantine/core/styles/Switch.css'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, type Body, callOf } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import css from '../parts/confirm.module.css'
import { Copied } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failed } from '../parts/failed.tsx'
import { moment } from '../words/figures.ts'
import { KINDS } from './kinds.ts'

type Draft = Body<'POST /tenants/{tenant}/setup-links'>
type Kinds = NonNullable<Draft['kinds']>
type Made = Answer<'POST /tenants/{tenant}/setup-links'>

/** How long a link opens, at most. */
const MOST_DAYS = 30
/** Kinds that a customer can choose. */
const OFFERED = KINDS.filter((kind) => kind !== 'strict' && kind !== 'interop')

/** The dialog that makes a link. */
export function NewSetupLink({ tenant, close }: { readonly tenant: string; readonly close: () => void }) {
  const { t } = useTranslation('setup')
  const { t: common } = useTranslation()
  const [note, setNote] = useState('')
  const [kinds, setKinds] = useState<readonly string[]>([])
  const [days, setDays] = useState<number | string>(7)
  const [code, setCode] = useState(false)
  const make = useAct('POST /tenants/{tenant}/setup-links')
  if (make.data !== undefined) return <Shown made={make.data} close={close} />
  const body: Draft = {
    days: Number(days),
    code,
    ...(note.trim() === '' ? {} : { note: note.trim() }),
    ...(kinds.length === 0 ? {} : { kinds: kinds as Kinds }),
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ params: { tenant }, body })
  }
  return (
    <Dialog title={t('new.title')} close={close}>
      <form className={css.form} onSubmit={submit}>
        <TextInput
          label={t('for')}
          description={t('new.forHow')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={200}
          autoComplete="off"
          data-autofocus
        />
        <MultiSelect
          label={t('new.kinds')}
          description={t('new.kindsHow')}
          data={OFFERED.map((kind) => ({ value: kind, label: common(`kinds.${kind}`) }))}
          value={[...kinds]}
          onChange={setKinds}
        />
        <NumberInput label={t('new.days')} value={days} onChange={setDays} min={1} max={MOST_DAYS} hideControls />
        <Switch
          label={t('new.code')}
          description={t('new.codeHow')}
          checked={code}
          onChange={({ currentTarget: { checked } }) => setCode(checked)}
        />
        {make.error !== null && <Failed error={make.error} />}
        <div className={css.buttons}>
          <AsCommand
            call={callOf('POST /tenants/{tenant}/setup-links', { params: { tenant }, body })}
            command={`lockstep setup-link create ${tenant}${kinds.length === 0 ? '' : ` --kinds ${kinds.join()}`} --days ${days}${code ? ' --code' : ''}${
              note.trim() === '' ? '' : ` --note ${quoted(note.trim())}`
            }`}
          />
          <Button type="submit" loading={make.isPending}>
            {t('new.make')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** The link, shown this once. */
function Shown({ made, close }: { readonly made: Made; readonly close: () => void }) {
  const { t } = useTranslation('setup')
  return (
    <Dialog title={t('made.title')} close={close} closable={false}>
      <div className={css.form}>
        <p>{t('made.once', { until: moment(made.expires) })}</p>
        <div>
          <h3>{t('made.link')}</h3>
          <Copied text={made.url} name={t('made.link')} />
        </div>
        {made.code !== undefined && (
          <div>
            <h3>{t('made.code')}</h3>
            <Copied text={made.code} name={t('made.code')} />
            <p>{t('made.codeHow')}</p>
          </div>
        )}
        <div className={css.buttons}>
          <Button onClick={close}>{t('made.done')}</Button>
        </div>
      </div>
    </Dialog>
  )
}
