// Makes a tenant with its first connection, and shows its token once.

import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, ApiError, type Body, callOf } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
import css from '../parts/confirm.module.css'
import { Copied } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failed } from '../parts/failed.tsx'
import { useGo } from '../parts/link.tsx'
import { KINDS } from './kinds.ts'

type Kind = NonNullable<NonNullable<Body<'POST /tenants'>['connection']>['kind']>

/** The dialog that makes a tenant. */
export function NewTenant({ close }: { readonly close: () => void }) {
  const { t } = useTranslation('tenants')
  const { t: common } = useTranslation()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<string>('generic')
  const make = useAct('POST /tenants')
  if (make.data !== undefined) return <Issued issued={make.data} close={close} />
  const fault = faultAt(make.error, 'name')
  const body = { name: name.trim(), connection: { kind: kind as Kind } }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ body })
  }
  return (
    <Dialog title={t('new.title')} close={close}>
      <form className={css.form} onSubmit={submit}>
        <TextInput
          label={t('name')}
          description={t('new.nameHow')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={fault}
          required
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <Select
          label={t('new.kind')}
          description={t('new.kindHow')}
          data={KINDS.map((one) => ({ value: one, label: common(`kinds.${one}`) }))}
          value={kind}
          onChange={(one) => setKind(one ?? 'generic')}
        />
        {make.error !== null && fault === undefined && <Failed error={make.error} />}
        <div className={css.buttons}>
          <AsCommand
            call={callOf('POST /tenants', { body })}
            command={`lockstep tenant create ${quoted(body.name)} --kind ${kind}`}
          />
          <Button type="submit" loading={make.isPending}>
            {t('new.make')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Issued({ issued, close }: { readonly issued: Answer<'POST /tenants'>; readonly close: () => void }) {
  const { t } = useTranslation('tenants')
  const go = useGo()
  return (
    <Dialog title={t('issued.title', { tenant: issued.tenant })} close={close} closable={false}>
      <div className={css.form}>
        <p>{t('issued.once')}</p>
        <div>
          <h3>{t('issued.url')}</h3>
          <Copied text={issued.baseUrl} name={t('issued.url')} />
        </div>
        <div>
          <h3>{t('issued.token')}</h3>
          <Copied text={issued.token} name={t('issued.token')} />
        </div>
        <div className={css.buttons}>
          <Button
            onClick={() => {
              close()
              go({ to: '/t/$tenant', params: { tenant: issued.tenant } })
            }}
          >
            {t('issued.done')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

/** What is wrong with one field, in the words of the server. */
function faultAt(error: unknown, field: string): string | undefined {
  return error instanceof ApiError ? error.faults.find((fault) => fault.field === field)?.message : undefined
}
