// The part of the settings for operators and for the sessions that are going on.

import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand, quoted } from '../parts/as-command.tsx'
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
import css from './settings.module.css'

type Operator = Answer<'GET /operators'>['items'][number]

/** Operators, and who is signed in. */
export function People() {
  const { t } = useTranslation('ways')
  const operators = useApi('GET /operators', {})
  const [making, setMaking] = useState(false)
  const [removing, setRemoving] = useState<Operator>()
  const [linking, setLinking] = useState<Operator>()
  const remove = useAct('DELETE /operators/{operator}')
  return (
    <>
      <Panel
        flush
        title={t('people.operators')}
        actions={
          <>
            <AsCommand call={callOf('GET /operators', {})} command="lockstep operator list" />
            <Button onClick={() => setMaking(true)}>{t('people.make')}</Button>
          </>
        }
      >
        <Loaded read={operators}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty what={t('people.none')} why={t('people.noneWhy')} />
            ) : (
              <ShortTable
                label={t('people.operators')}
                rows={items}
                keyOf={({ operator }) => operator}
                columns={[
                  { title: t('people.name'), cell: ({ name }) => name },
                  { title: t('people.id'), cell: ({ operator }) => <code>{operator}</code> },
                  { title: t('role'), cell: ({ role }) => t(`roles.${role}`) },
                  { title: t('tenants'), cell: ({ tenants }) => tenants?.join(', ') ?? t('all') },
                  { title: t('made'), cell: ({ created }) => day(created) },
                  {
                    title: '',
                    cell: (one) => (
                      <span className={css.buttons}>
                        <Button size="compact-sm" variant="default" onClick={() => setLinking(one)}>
                          {t('people.link')}
                        </Button>
                        <Button size="compact-sm" variant="default" onClick={() => setRemoving(one)}>
                          {t('people.remove')}
                        </Button>
                      </span>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Sessions />
      {making && <NewOperator close={() => setMaking(false)} />}
      {linking !== undefined && <Link operator={linking} close={() => setLinking(undefined)} />}
      <Confirm
        opened={removing !== undefined}
        title={t('people.removeTitle', { name: removing?.name ?? '' })}
        action={t('people.removeDo')}
        run={() => remove.mutateAsync({ params: { operator: removing?.operator ?? '' } })}
        close={() => setRemoving(undefined)}
      >
        <p>{t('people.removeWhat')}</p>
      </Confirm>
    </>
  )
}

function NewOperator({ close }: { readonly close: () => void }) {
  const { t } = useTranslation('ways')
  const [operator, setOperator] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [tenants, setTenants] = useState('')
  const make = useAct('POST /operators', { done: close })
  const reach = reachOf(role, tenants)
  const body = {
    operator: operator.trim(),
    ...reach,
    ...(name.trim() === '' ? {} : { name: name.trim() }),
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ body })
  }
  return (
    <Dialog title={t('people.make')} close={close}>
      <form className={form.form} onSubmit={submit}>
        <TextInput
          label={t('people.id')}
          description={t('people.idHow')}
          value={operator}
          onChange={(event) => setOperator(event.currentTarget.value)}
          required
          withAsterisk={false}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label={t('people.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
        />
        <RoleField role={role} change={setRole} />
        <TenantsField tenants={tenants} change={setTenants} />
        {make.error !== null && <Failed error={make.error} />}
        <div className={form.buttons}>
          <AsCommand
            call={callOf('POST /operators', { body })}
            command={`lockstep operator create ${quoted(body.operator)} --role ${role}${
              name.trim() === '' ? '' : ` --name ${quoted(name.trim())}`
            }${reach.tenants === undefined ? '' : ` --tenants ${quoted(reach.tenants.join())}`}`}
          />
          <Button type="submit" loading={make.isPending}>
            {t('people.makeDo')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Link({ operator, close }: { readonly operator: Operator; readonly close: () => void }) {
  const { t } = useTranslation('ways')
  const make = useAct('POST /links')
  return (
    <Dialog title={t('people.linkTitle', { name: operator.name })} close={close}>
      <div className={form.form}>
        {make.data === undefined ? (
          <p>{t('people.linkWhat')}</p>
        ) : (
          <Copied text={make.data.link} name={t('people.link')} />
        )}
        {make.data !== undefined && <p className={css.quiet}>{t('people.linkOnce')}</p>}
        {make.error !== null && <Failed error={make.error} />}
        <div className={form.buttons}>
          <Button loading={make.isPending} onClick={() => make.mutate({ body: { operator: operator.operator } })}>
            {t('people.linkDo')}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}

function Sessions() {
  const { t } = useTranslation('ways')
  const sessions = useApi('GET /sessions', {})
  const end = useAct('DELETE /sessions/{session}')
  const endAll = useAct('DELETE /sessions')
  return (
    <Panel
      flush
      title={t('sessions.title')}
      actions={
        <Button variant="default" loading={endAll.isPending} onClick={() => endAll.mutate({})}>
          {t('sessions.endAll')}
        </Button>
      }
    >
      <Loaded read={sessions}>
        {({ items }) => (
          <ShortTable
            label={t('sessions.title')}
            rows={items}
            keyOf={({ session }) => session}
            columns={[
              { title: t('sessions.who'), cell: ({ name, actor }) => name || actor },
              {
                title: t('role'),
                cell: ({ role }) => (role === undefined ? t('sessions.noRole') : t(`roles.${role}`)),
              },
              { title: t('sessions.how'), cell: ({ how }) => t(`how.${how}`) },
              { title: t('sessions.since'), cell: ({ since }) => moment(since) },
              { title: t('sessions.seen'), cell: ({ seen }) => moment(seen) },
              { title: t('sessions.from'), cell: ({ address }) => <code>{address}</code> },
              {
                title: '',
                cell: ({ session, own }) =>
                  own ? (
                    t('sessions.own')
                  ) : (
                    <Button size="compact-sm" variant="default" onClick={() => end.mutate({ params: { session } })}>
                      {t('sessions.end')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {end.error !== null && <Failed error={end.error} />}
    </Panel>
  )
}
