// One group: its members however many, the groups inside and above, its timeline, and raw.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Resource, scimCall, useResource } from '../api/scim.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import css from '../parts/directory.module.css'
import { EditForm } from '../parts/edit-form.tsx'
import { Failed } from '../parts/failed.tsx'
import { later } from '../parts/later.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Lines, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { nameOf } from '../parts/person-names.ts'
import { RawVersions } from '../parts/raw-versions.tsx'
import { Story } from '../parts/story.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { useParam, useTenant } from '../parts/use-tenant.ts'
import { oneOf, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'

// The grid is heavy; it comes while the group is read.
const Members = later(async () => (await import('../parts/members.tsx')).Members, { meanwhile: <Lines /> })

const TABS = ['members', 'nested', 'timeline', 'raw'] as const
const SEARCH = { tab: oneOf(TABS) }

/** The page of one group. */
export default function GroupPage() {
  const { t } = useTranslation('groups')
  const tenant = useTenant()
  const id = useParam('id')
  const [{ tab }] = useSearchState(SEARCH)
  if (tab === 'members') Members.ask()
  const read = useResource(tenant, '/Groups', id, ['members'])
  if (read.data === null)
    return (
      <Page title={t('group')}>
        <Empty what={t('gone.what')} why={t('gone.why', { id })} />
      </Page>
    )
  if (read.data === undefined)
    return (
      <Page title={t('group')}>
        {read.error === null ? <Lines count={6} /> : <Failed error={read.error} again={() => void read.refetch()} />}
      </Page>
    )
  return <Present tenant={tenant} group={read.data} again={() => void read.refetch()} />
}

function Present({
  tenant,
  group,
  again,
}: {
  readonly tenant: string
  readonly group: Resource
  readonly again: () => void
}) {
  const { t } = useTranslation('groups')
  const [{ tab }] = useSearchState(SEARCH)
  const [editing, setEditing] = useState(false)
  const mayEdit = useMay('edit')
  const { id } = group
  return (
    <Page
      fill={tab === 'members' && !editing}
      title={nameOf(group)}
      actions={
        <>
          {mayEdit && (
            <Button variant="default" data-key="e" onClick={() => setEditing(!editing)}>
              {t(editing ? 'stopEditing' : 'edit')}
            </Button>
          )}
          <AsCommand
            call={scimCall(tenant, 'GET', `/Groups/${id}`)}
            command={`lockstep get Group ${id} --tenant ${tenant}`}
          />
        </>
      }
    >
      <Tabs
        names={TABS}
        label={(name) => t(`tab.${name}`)}
        value={tab}
        to="/t/$tenant/groups/$id"
        params={{ tenant, id }}
      />
      {editing ? (
        <Panel title={t('edit')}>
          <EditForm
            tenant={tenant}
            endpoint="/Groups"
            resource={group}
            done={() => {
              setEditing(false)
              again()
            }}
          />
        </Panel>
      ) : tab === 'nested' ? (
        <Nesting tenant={tenant} id={id} />
      ) : tab === 'timeline' ? (
        <Panel title={t('tab.timeline')}>
          <Story tenant={tenant} type="Group" id={id} undone={again} />
        </Panel>
      ) : tab === 'raw' ? (
        <RawVersions tenant={tenant} type="Group" resource={group} />
      ) : (
        <Members tenant={tenant} id={id} />
      )}
    </Page>
  )
}

/** The groups above, and the groups inside as a tree that opens. */
function Nesting({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const { t } = useTranslation('groups')
  const read = useApi('GET /tenants/{tenant}/groups/{group}/nesting', { params: { tenant, group: id } })
  return (
    <Loaded read={read}>
      {({ above, inside, complete }) => (
        <>
          <Panel title={t('above')}>
            {above.length === 0 ? (
              <Empty what={t('aboveEmpty')} />
            ) : (
              <ul>
                {above.map((group) => (
                  <li key={group.id}>
                    <To to="/t/$tenant/groups/$id" params={{ tenant, id: group.id }}>
                      {group.display || group.id}
                    </To>{' '}
                    <span className={css.source}>{t(group.direct ? 'directly' : 'through')}</span>
                  </li>
                ))}
              </ul>
            )}
          </Panel>
          <Panel title={t('inside')}>
            {inside.length === 0 ? (
              <Empty what={t('insideEmpty')} />
            ) : (
              <Tree tenant={tenant} groups={inside} path={[id]} />
            )}
            {!complete && <p className={css.source}>{t('incomplete')}</p>}
          </Panel>
        </>
      )}
    </Loaded>
  )
}

interface Inside {
  readonly id: string
  readonly display: string
}

function Tree({
  tenant,
  groups,
  path,
}: {
  readonly tenant: string
  readonly groups: readonly Inside[]
  readonly path: readonly string[]
}) {
  return (
    <ul className={css.tree}>
      {groups.map((group) => (
        <Branch key={group.id} tenant={tenant} group={group} path={path} />
      ))}
    </ul>
  )
}

function Branch({
  tenant,
  group,
  path,
}: {
  readonly tenant: string
  readonly group: Inside
  readonly path: readonly string[]
}) {
  const { t } = useTranslation('groups')
  const [open, setOpen] = useState(false)
  const isCircle = path.includes(group.id)
  const read = useApi(
    'GET /tenants/{tenant}/groups/{group}/nesting',
    { params: { tenant, group: group.id } },
    { enabled: open && !isCircle },
  )
  return (
    <li>
      <Button
        size="compact-xs"
        variant="subtle"
        aria-expanded={open}
        disabled={isCircle}
        onClick={() => setOpen(!open)}
      >
        {t(open ? 'close' : 'open')}
      </Button>{' '}
      <To to="/t/$tenant/groups/$id" params={{ tenant, id: group.id }}>
        {group.display || group.id}
      </To>
      {open && read.data !== undefined && (
        <>
          {read.data.inside.length === 0 && <span className={css.source}> {t('insideEmpty')}</span>}
          <Tree tenant={tenant} groups={read.data.inside} path={[...path, group.id]} />
        </>
      )}
    </li>
  )
}
