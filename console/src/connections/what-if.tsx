// Changes a connection, and says before what that would do to the requests that it has sent.

import { Button, Select, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { KINDS } from '../pages/kinds.ts'
import css from '../pages/requests.module.css'
import { Failed } from '../parts/failed.tsx'
import { To } from '../parts/link.tsx'
import { Marked } from '../parts/marked.tsx'
import { Shape, Status, stateOfStatus } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useSafeSave } from '../parts/use-safe-save.tsx'
import { useLanguage } from '../requests/verdict.tsx'
import { number } from '../words/figures.ts'
import type { Connection } from './facts.ts'

/** A form with name, kind, profile and rights, which requests would be answered differently, and pausing. */
export function WhatIf({ tenant, connection }: { readonly tenant: string; readonly connection: Connection }) {
  const { t } = useTranslation('connections')
  const { t: common } = useTranslation()
  const language = useLanguage()
  const [label, setLabel] = useState(connection.label)
  const [kind, setKind] = useState<string>(connection.kind)
  const [profile, setProfile] = useState<string>(connection.profile)
  const [rights, setRights] = useState(connection.rights)
  const ask = useAct('POST /tenants/{tenant}/connections/{connection}/what-if')
  const save = useAct('PATCH /tenants/{tenant}/connections/{connection}')
  const params = { tenant, connection: connection.connection }
  const draft = { label, kind: kind as 'entra', profile: profile as 'entra', rights }
  const isChanged = (['label', 'kind', 'profile', 'rights'] as const).some((name) => draft[name] !== connection[name])
  const client = useQueryClient()
  const { quicker, isLate, ...safe } = useSafeSave(
    { version: connection.version, now: partOf(connection), mine: draft },
    (ifMatch) => save.mutateAsync({ params, body: draft, safely: { ifMatch } }),
    () => client.invalidateQueries(),
    (part) => {
      setLabel(part.label)
      setKind(part.kind)
      setProfile(part.profile)
      setRights(part.rights)
    },
  )
  const kinds = KINDS.map((one) => ({ value: one, label: common(`kinds.${one}`) }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { label: _label, ...asked } = draft
    ask.mutate({ params, body: { ...asked, language } })
  }
  return (
    <form className={css.stack} onSubmit={submit}>
      <p>{t('whatIf.lead')}</p>
      <div className={css.fields}>
        <TextInput
          label={t('label')}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          autoComplete="off"
        />
        <Select
          label={t('kind')}
          data={kinds}
          value={kind}
          allowDeselect={false}
          onChange={(one) => setKind(one ?? kind)}
        />
        <Select
          label={t('profile')}
          data={kinds}
          value={profile}
          allowDeselect={false}
          onChange={(one) => setProfile(one ?? profile)}
        />
        <TextInput
          label={t('rights')}
          value={rights}
          onChange={(event) => setRights(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
      </div>
      <div className={css.buttons}>
        <Button type="submit" variant="default" loading={ask.isPending}>
          {t('whatIf.ask')}
        </Button>
        <Button disabled={!isChanged} loading={save.isPending} onClick={() => void safe.save()}>
          {t('change.save')}
        </Button>
        <Button
          variant="default"
          loading={save.isPending}
          onClick={() => save.mutate({ params, body: { paused: connection.paused !== true } })}
        >
          {connection.paused === true ? t('change.resume') : t('change.pause')}
        </Button>
        {connection.paused === true && <Status state="held">{t('change.paused')}</Status>}
        {save.isSuccess && !isChanged && <Status state="ok">{t('change.saved')}</Status>}
      </div>
      {quicker}
      {save.error !== null && !isLate && <Failed error={save.error} />}
      {ask.error !== null && <Failed error={ask.error} />}
      {ask.data !== undefined && <Told tenant={tenant} told={ask.data} />}
    </form>
  )
}

/** What this form changes of a connection. */
function partOf({ label, kind, profile, rights }: Connection) {
  return { label, kind: kind as string, profile: profile as string, rights }
}

function Told({
  tenant,
  told: { looked, untried, differ, different, complete },
}: {
  readonly tenant: string
  readonly told: Answer<'POST /tenants/{tenant}/connections/{connection}/what-if'>
}) {
  const { t } = useTranslation('connections')
  return (
    <div className={css.stack} role="status">
      <p>
        <Shape state={differ === 0 ? 'ok' : 'warn'} />{' '}
        {t('whatIf.differ', { count: differ, differ: number(differ), looked: number(looked) })}
      </p>
      {untried > 0 && <p className={css.quiet}>{t('whatIf.untried', { count: untried, number: number(untried) })}</p>}
      {!complete && <p className={css.quiet}>{t('whatIf.incomplete')}</p>}
      {different.length > 0 && (
        <ShortTable
          label={t('whatIf.title')}
          rows={different}
          keyOf={({ request }) => request.id}
          columns={[
            {
              title: t('whatIf.request'),
              cell: ({ request: { id, method, path } }) => (
                <To to="/t/$tenant/requests/$id" params={{ tenant, id }}>
                  {method} {path}
                </To>
              ),
            },
            { title: t('whatIf.alike'), align: 'end', cell: ({ alike }) => number(alike) },
            {
              title: t('whatIf.now'),
              cell: ({ now }) => <Status state={stateOfStatus(now.status)}>{now.status}</Status>,
            },
            {
              title: t('whatIf.then'),
              cell: ({ changed }) => (
                <>
                  <Status state={stateOfStatus(changed.status)}>{changed.status}</Status>{' '}
                  {changed.happened !== undefined && <Marked text={changed.happened} />}
                </>
              ),
            },
          ]}
        />
      )}
      <p className={css.quiet}>{t('whatIf.nothing')}</p>
    </div>
  )
}
