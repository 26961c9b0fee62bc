// The part of the settings for admin tokens: made here, shown once, revoked.

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import form from '../parts/confirm.module.css'
import { Confirm } from '../parts/confirm.tsx'
import { Copied } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failed } from '../parts/failed.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { type Role, RoleField, reachOf, TenantsField } from '../parts/reach-fields.tsx'
import { ShortTable } from '../parts/table.tsx'
import { day, moment } from '../words/figures.ts'

type Token = Answer<'GET /tokens'>['items'][number]

/** The admin tokens. */
export function Tokens() {
  const { t } = useTranslation('ways')
  const tokens = useApi('GET /tokens', { query: { limit: 1000 } })
  const [making, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<Token>()
  const revoke = useAct('DELETE /tokens/{token}')
  return (
    <Panel
      flush
      title={t('tokens.title')}
      actions={
        <>
          <AsCommand call={callOf('GET /tokens', {})} command="lockstep admin token --list" />
          <Button onClick={() => setMaking(true)}>{t('tokens.make')}</Button>
        </>
      }
    >
      <Loaded read={tokens}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty what={t('tokens.none')} why={t('tokens.noneWhy')} />
          ) : (
            <ShortTable
              label={t('tokens.title')}
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { title: t('tokens.label'), cell: ({ label }) => label },
                { title: t('tokens.id'), cell: ({ id }) => <code>{id}</code> },
                { title: t('role'), cell: ({ role }) => t(`roles.${role}`) },
                { title: t('tenants'), cell: ({ tenants }) => tenants?.join(', ') ?? t('all') },
                {
                  title: t('tokens.used'),
                  cell: ({ lastUsed }) => (lastUsed === undefined ? t('tokens.never') : moment(lastUsed)),
                },
                {
                  title: t('tokens.ends'),
                  cell: ({ expires }) => (expires === undefined ? t('tokens.endless') : day(expires)),
                },
                {
                  title: '',
                  cell: (one) => (
                    <Button size="compact-sm" variant="default" onClick={() => setRevoking(one)}>
                      {t('tokens.revoke')}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {making && <NewToken close={() => setMaking(false)} />}
      <Confirm
        opened={revoking !== undefined}
        title={t('tokens.revokeTitle', { name: revoking?.label ?? '' })}
        action={t('tokens.revokeDo')}
        run={() => revoke.mutateAsync({ params: { token: revoking?.id ?? '' } })}
        close={() => setRevoking(undefined)}
      >
        <p>{t('tokens.revokeWhat')}</p>
      </Confirm>
    </Panel>
  )
}

function NewToken({ close }: { readonly close: () => void }) {
  const { t } = useTranslation('ways')
  const [label, setLabel] = useState('')
  const [role, setRole] = useState<Role>('auditor')
  const [tenants, setTenants] = useState('')
  const make = useAct('POST /tokens')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ body: { label: label.trim(), ...reachOf(role, tenants) } })
  }
  if (make.data !== undefined) {
    return (
      <Dialog title={t('tokens.made')} close={close} closable={false}>
        <div className={form.form}>
          <p>{t('tokens.once')}</p>
          <Copied text={make.data.token} name={t('tokens.token')} />
          <div className={form.buttons}>
            <Button onClick={close}>{t('tokens.done')}</Button>
          </div>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title={t('tokens.make')} close={close}>
      <form className={form.form} onSubmit={submit}>
        <TextInput
          label={t('tokens.label')}
          description={t('tokens.labelHow')}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <RoleField role={role} change={setRole} />
        <TenantsField tenants={tenants} change={setTenants} />
        {make.error !== null && <Failed error={make.error} />}
        <div className={form.buttons}>
          <Button type="submit" loading={make.isPending}>
            {t('tokens.makeDo')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
