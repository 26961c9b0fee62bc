// Who has an account in an app: filters and groups, tried on real people, and why somebody has not.

import { Button, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { send } from '../../api/client.ts'
import { useAct } from '../../api/use-api.ts'
import { Failed } from '../../parts/failed.tsx'
import { FilterField } from '../../parts/filter-field.tsx'
import { To } from '../../parts/link.tsx'
import { Empty } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/page.tsx'
import { nameOf } from '../../parts/person-names.ts'
import { ResourcesField, useResources } from '../../parts/resources-field.tsx'
import { Status } from '../../parts/status.tsx'
import { useSafeSave } from '../../parts/use-safe-save.tsx'
import { useMay } from '../../session.tsx'
import type { App } from './app-state.tsx'
import type { AppTab } from './app-tab.ts'
import css from './apps.module.css'
import { Findings, PreviewTable } from './preview-table.tsx'
import { ConfirmScope } from './scope-losers.tsx'

type Rule = App['scope']['users']
type Person = { readonly id: string; readonly userName?: string; readonly displayName?: string }

export default function ScopeTab({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const may = useMay('apps')
  const [users, setUsers] = useState<Rule>(app.scope.users)
  const [groups, setGroups] = useState<Rule | undefined>(app.scope.groups)
  const params = { tenant, app: app.app }
  const preview = useAct('POST /tenants/{tenant}/apps/{app}/map/preview')
  const save = useAct('PATCH /tenants/{tenant}/apps/{app}')
  const [asked, setAsked] = useState(false)
  const client = useQueryClient()
  const scope = { users: tidied(users), groups: groups === undefined ? null : tidied(groups) }
  const isChanged =
    JSON.stringify(scope) !== JSON.stringify({ users: app.scope.users, groups: app.scope.groups ?? null })
  const { quicker, isLate, ...safe } = useSafeSave(
    {
      version: app.version,
      now: { users: app.scope.users, groups: app.scope.groups ?? null } as never,
      mine: scope as never,
    },
    (ifMatch) => save.mutateAsync({ params, body: { scope } as never, safely: { ifMatch } }),
    () => client.invalidateQueries(),
    (part: typeof scope) => {
      setUsers(part.users)
      setGroups(part.groups ?? undefined)
    },
  )
  return (
    <>
      <Panel title={t('scope.users')}>
        <RuleForm tenant={tenant} rule={users} change={may ? setUsers : undefined} />
      </Panel>
      <Panel
        title={t('scope.groups')}
        actions={
          may && (
            <Button size="xs" variant="default" onClick={() => setGroups(groups === undefined ? {} : undefined)}>
              {groups === undefined ? t('scope.withGroups') : t('scope.withoutGroups')}
            </Button>
          )
        }
      >
        {groups === undefined ? (
          <Empty what={t('scope.noGroups')} />
        ) : (
          <RuleForm tenant={tenant} rule={groups} change={may ? setGroups : undefined} />
        )}
        <div className={css.bar}>
          <Button
            variant="default"
            loading={preview.isPending}
            onClick={() => preview.mutate({ params, body: { settings: { scope } as never, sample: 20 } })}
          >
            {t('scope.try')}
          </Button>
          {may && (
            <Button
              disabled={!isChanged}
              loading={save.isPending}
              onClick={() => (app.mode === 'on' ? setAsked(true) : void safe.save())}
            >
              {t('scope.save')}
            </Button>
          )}
          {save.isSuccess && !isChanged && (
            <Status state="ok">
              {t('saved')}{' '}
              <To to="/t/$tenant/apps/$app/$tab" params={{ ...params, tab: 'plan' }}>
                {t('planIt')}
              </To>
            </Status>
          )}
        </div>
        {quicker}
        {save.error !== null && !isLate && <Failed error={save.error} />}
        {asked && (
          <ConfirmScope tenant={tenant} app={app} scope={scope} run={safe.save} close={() => setAsked(false)} />
        )}
        {preview.error !== null && <Failed error={preview.error} />}
      </Panel>
      {preview.data !== undefined && (
        <Panel title={t('preview.title')}>
          <Findings findings={preview.data.findings} />
          <PreviewTable preview={preview.data} />
        </Panel>
      )}
      <WhyNot tenant={tenant} app={app} scope={scope} />
    </>
  )
}

function RuleForm({
  tenant,
  rule,
  change,
}: {
  readonly tenant: string
  readonly rule: Rule
  readonly change: ((rule: Rule) => void) | undefined
}) {
  const { t } = useTranslation('apps')
  const readOnly = change === undefined
  return (
    <div className={css.form}>
      <FilterField
        label={t('scope.filter')}
        description={t('scope.filterHow')}
        value={rule.filter ?? ''}
        readOnly={readOnly}
        onChange={(filter) => change?.({ ...rule, filter })}
      />
      <FilterField
        label={t('scope.exclude')}
        value={rule.exclude ?? ''}
        readOnly={readOnly}
        onChange={(exclude) => change?.({ ...rule, exclude })}
      />
      <ResourcesField
        tenant={tenant}
        of="groups"
        label={t('scope.memberOf')}
        description={t('scope.memberOfHow')}
        value={rule.memberOf ?? []}
        readOnly={readOnly}
        onChange={(memberOf) => change?.({ ...rule, memberOf })}
      />
      <ResourcesField
        tenant={tenant}
        of="groups"
        label={t('scope.notMemberOf')}
        value={rule.notMemberOf ?? []}
        readOnly={readOnly}
        onChange={(notMemberOf) => change?.({ ...rule, notMemberOf })}
      />
    </div>
  )
}

/** Why one person is in scope or not: clause by clause. */
function WhyNot({ tenant, app, scope }: AppTab & { readonly scope: object }) {
  const { t } = useTranslation('apps')
  const [typed, setTyped] = useState('')
  const found = useQuery({
    queryKey: ['scim first person', tenant, typed],
    queryFn: ({ signal }) => firstPerson(tenant, typed, signal),
    enabled: typed.trim().length > 1,
  })
  const preview = useAct('POST /tenants/{tenant}/apps/{app}/map/preview')
  const person = typed.trim().length > 1 ? (found.data ?? undefined) : undefined
  const row = preview.data?.rows[0]
  return (
    <Panel title={t('scope.whyNot')}>
      <form
        className={css.bar}
        onSubmit={(event) => {
          event.preventDefault()
          if (person === undefined) return
          preview.mutate({
            params: { tenant, app: app.app },
            body: { settings: { scope } as never, users: [person.id] },
          })
        }}
      >
        <TextInput
          aria-label={t('scope.who')}
          placeholder={t('scope.who')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={person === undefined} loading={preview.isPending}>
          {person === undefined
            ? t('scope.ask')
            : t('scope.askOf', { name: person.userName ?? person.displayName ?? person.id })}
        </Button>
      </form>
      {preview.error !== null && <Failed error={preview.error} />}
      {row !== undefined && (
        <>
          <p>
            <Status state={row.scope.in ? 'ok' : 'off'}>
              {row.scope.in ? t('scope.in', { name: row.name }) : t('scope.out', { name: row.name })}
            </Status>
          </p>
          <Clauses tenant={tenant} clauses={row.scope.clauses} />
        </>
      )}
    </Panel>
  )
}

/** The first person whose names begin with a text. */
async function firstPerson(tenant: string, typed: string, signal: AbortSignal): Promise<Person | null> {
  const text = JSON.stringify(typed.trim())
  const filter = `userName sw ${text} or displayName sw ${text} or emails.value sw ${text}`
  const path = `tenants/${encodeURIComponent(tenant)}/scim/v2/Users?count=1&filter=${encodeURIComponent(filter)}`
  const list = (await (await send({ method: 'GET', path }, { signal })).json()) as {
    readonly Resources?: readonly Person[]
  }
  return list.Resources?.[0] ?? null
}

/** The conditions of a scope, each with whether it holds. */
export function Clauses({
  tenant,
  clauses,
}: {
  readonly tenant: string
  readonly clauses: readonly {
    readonly clause: string
    readonly text: string
    readonly holds: boolean
    readonly value?: string
  }[]
}) {
  const { t } = useTranslation('apps')
  const isOfGroups = (clause: string) => clause === 'memberOf' || clause === 'notMemberOf'
  const groups = useResources(
    tenant,
    'groups',
    clauses.flatMap(({ clause, text }) => (isOfGroups(clause) ? idsIn(text) : [])),
  )
  // A clause of groups lists their ids.
  const named = (text: string) => groups.reduce((all, group) => all.replaceAll(group.id, () => nameOf(group)), text)
  return (
    <ul className={css.clauses}>
      {clauses.map(({ clause, text, holds, value }) => (
        <li key={`${clause} ${text}`}>
          <Status state={holds ? 'ok' : 'off'}>{holds ? t('scope.holds') : t('scope.fails')}</Status>{' '}
          {t(`scope.clause.${clause as 'filter'}`, { defaultValue: clause })}{' '}
          {isOfGroups(clause) ? named(text) : <code>{text}</code>}
          {value === undefined ? '' : ` (${value})`}
        </li>
      ))}
    </ul>
  )
}

/** The ids in the text of a clause of groups. */
function idsIn(text: string): string[] {
  return text.replace(/ and \d+ more$/, '').split(', ')
}

/** A rule without what is empty. */
function tidied(rule: Rule): Rule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined && value.length > 0)) as Rule
}
