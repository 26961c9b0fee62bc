// One person: attributes, groups, timeline, access and raw versions; or when she left.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { patchScim, type Resource, scimCall, useResource } from '../api/scim.ts'
import { useApi } from '../api/use-api.ts'
import { AccessOf } from '../parts/access-of.tsx'
import { AsCommand } from '../parts/as-command.tsx'
import { Attributes } from '../parts/attributes.tsx'
import { Confirm } from '../parts/confirm.tsx'
import css from '../parts/directory.module.css'
import { EditForm } from '../parts/edit-form.tsx'
import { Failed } from '../parts/failed.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Lines } from '../parts/loaded.tsx'
import { KillButton, OutOfApps } from '../parts/out-of-apps.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Activity } from '../parts/people-columns.tsx'
import { nameOf } from '../parts/person-names.ts'
import { RawVersions } from '../parts/raw-versions.tsx'
import { Story } from '../parts/story.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useParam, useTenant } from '../parts/use-tenant.ts'
import { oneOf, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { moment, since } from '../words/figures.ts'

const TABS = ['attributes', 'groups', 'timeline', 'access', 'raw'] as const
const SEARCH = { tab: oneOf(TABS) }

/** The page of one person. */
export default function Person() {
  const tenant = useTenant()
  const id = useParam('id')
  const read = useResource(tenant, '/Users', id)
  if (read.data === null) return <Gone tenant={tenant} id={id} />
  if (read.data === undefined) return <Waiting error={read.error} again={() => void read.refetch()} />
  return <Present tenant={tenant} person={read.data} again={() => void read.refetch()} />
}

function Waiting({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  const { t } = useTranslation('people')
  return (
    <Page title={t('person')}>{error === null ? <Lines count={6} /> : <Failed error={error} again={again} />}</Page>
  )
}

function Present({
  tenant,
  person,
  again,
}: {
  readonly tenant: string
  readonly person: Resource
  readonly again: () => void
}) {
  const { t } = useTranslation('people')
  const [search, change] = useSearchState(SEARCH)
  const [editing, setEditing] = useState(false)
  const mayEdit = useMay('edit')
  const { id } = person
  const command = `lockstep get User ${id} --tenant ${tenant}`
  return (
    <Page
      title={nameOf(person)}
      lead={<Head tenant={tenant} person={person} />}
      actions={
        <>
          {mayEdit && (
            <Button variant="default" data-key="e" onClick={() => setEditing(!editing)}>
              {t(editing ? 'stopEditing' : 'edit')}
            </Button>
          )}
          {mayEdit && <ActiveButton tenant={tenant} person={person} again={again} />}
          <KillButton tenant={tenant} id={id} name={nameOf(person)} />
          <AsCommand call={scimCall(tenant, 'GET', `/Users/${id}`)} command={command} />
        </>
      }
    >
      <OutOfApps tenant={tenant} id={id} left={person.active === false} />
      <Tabs
        names={TABS}
        label={(tab) => t(`tab.${tab}`)}
        value={search.tab}
        to="/t/$tenant/people/$id"
        params={{ tenant, id }}
      />
      {editing ? (
        <Panel title={t('edit')}>
          <EditForm
            tenant={tenant}
            endpoint="/Users"
            resource={person}
            done={() => {
              setEditing(false)
              again()
            }}
          />
        </Panel>
      ) : (
        <PersonTab tenant={tenant} person={person} tab={search.tab} again={again} show={(tab) => change({ tab })} />
      )}
    </Page>
  )
}

function PersonTab({
  tenant,
  person,
  tab,
  again,
}: {
  readonly tenant: string
  readonly person: Resource
  readonly tab: (typeof TABS)[number]
  readonly again: () => void
  readonly show: (tab: (typeof TABS)[number]) => void
}) {
  const { t } = useTranslation('people')
  switch (tab) {
    case 'groups':
      return (
        <Panel title={t('tab.groups')}>
          <GroupsOf tenant={tenant} person={person} />
        </Panel>
      )
    case 'timeline':
      return (
        <Panel title={t('tab.timeline')}>
          <Story tenant={tenant} type="User" id={person.id} undone={again} />
        </Panel>
      )
    case 'access':
      return (
        <Panel title={t('tab.access')}>
          <AccessOf tenant={tenant} id={person.id} />
        </Panel>
      )
    case 'raw':
      return <RawVersions tenant={tenant} type="User" resource={person} />
    default:
      return <Attributes tenant={tenant} type="User" resource={person} />
  }
}

/** State since when and by whom, from the last line that set it. */
function Head({ tenant, person }: { readonly tenant: string; readonly person: Resource }) {
  const { t } = useTranslation('people')
  const params = { tenant, type: 'User', id: person.id }
  const story = useApi('GET /tenants/{tenant}/resources/{type}/{id}/timeline', { params, query: { limit: 100 } })
  const own = story.data?.items.filter(({ kind }) => kind === 'change') ?? []
  const set = own.find(({ line }) => line.paths.some(({ path }) => path === 'active'))
  const last = own[0]
  return (
    <>
      <Activity active={person.active !== false} />
      {set !== undefined && (
        <span className={css.source}>{t('sinceBy', { since: since(set.line.at), actor: set.line.actor })}</span>
      )}
      {last !== undefined && (
        <span className={css.source}>{t('lastBy', { actor: last.line.actor, since: since(last.line.at) })}</span>
      )}
    </>
  )
}

function ActiveButton({
  tenant,
  person,
  again,
}: {
  readonly tenant: string
  readonly person: Resource
  readonly again: () => void
}) {
  const { t } = useTranslation('people')
  const [asked, setAsked] = useState(false)
  const active = person.active !== false
  const name = nameOf(person)
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t(active ? 'deactivate' : 'activate')}
      </Button>
      <Confirm
        opened={asked}
        title={t(active ? 'ask.deactivate' : 'ask.activate', { name })}
        action={t(active ? 'deactivate' : 'activate')}
        danger={active}
        run={async () => {
          await patchScim(
            tenant,
            `/Users/${person.id}`,
            [{ op: 'replace', path: 'active', value: !active }],
            person.meta?.version,
          )
          again()
        }}
        close={() => setAsked(false)}
      >
        <p>{t(active ? 'ask.deactivateWhat' : 'ask.activateWhat')}</p>
      </Confirm>
    </>
  )
}

interface GroupEntry {
  readonly value: string
  readonly display?: string
  readonly type?: string
}

function GroupsOf({ tenant, person }: { readonly tenant: string; readonly person: Resource }) {
  const { t } = useTranslation('people')
  const groups = (person.groups ?? []) as readonly GroupEntry[]
  if (groups.length === 0) return <Empty what={t('groups.what')} why={t('groups.why')} />
  return (
    <ul>
      {groups.map(({ value, display, type }) => (
        <li key={value}>
          <To to="/t/$tenant/groups/$id" params={{ tenant, id: value }}>
            {display ?? value}
          </To>{' '}
          <span className={css.source}>{t(type === 'indirect' ? 'groups.through' : 'groups.direct')}</span>
        </li>
      ))}
    </ul>
  )
}

/** Somebody who is gone, or was never here. */
function Gone({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { t } = useTranslation('people')
  const gone = useApi('GET /tenants/{tenant}/departed', { params: { tenant }, query: { id } })
  const found = gone.data?.items[0]
  if (gone.data === undefined) return <Waiting error={gone.error} again={() => void gone.refetch()} />
  if (found === undefined)
    return (
      <Page title={t('person')}>
        <Empty what={t('never.what')} why={t('never.why', { id })} />
      </Page>
    )
  const name = found.displayName ?? found.userName ?? id
  return (
    <Page title={name} lead={<Activity active={false} />}>
      <p className={css.banner}>{t('goneBanner', { when: moment(found.at), actor: found.actor })}</p>
      <OutOfApps tenant={tenant} id={id} left />
      <Panel title={t('tab.timeline')}>
        <Story tenant={tenant} type="User" id={id} undone={() => void gone.refetch()} />
      </Panel>
      <RawVersions tenant={tenant} type="User" resource={{ ...found.document, id }} />
    </Page>
  )
}
