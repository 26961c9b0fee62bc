// One resource of a type without pages of its own: values, timeline, versions; edited as a form or JSON.

import { Button, SegmentedControl } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Resource, scim, scimCall, useResource, useScim } from '../api/scim.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Attributes } from '../parts/attributes.tsx'
import { Confirm } from '../parts/confirm.tsx'
import css from '../parts/directory.module.css'
import { EditForm } from '../parts/edit-form.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { NewResource } from '../parts/new-resource.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { RawVersions } from '../parts/raw-versions.tsx'
import { ResourceJson } from '../parts/resource-json.tsx'
import { type SchemaList, schemasOf } from '../parts/schemas.ts'
import { Story } from '../parts/story.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { calledBy, leadOf } from '../parts/type-columns.tsx'
import { type ResourceType, urnsOf, useTypes } from '../parts/types.ts'
import { useParam, useTenant } from '../parts/use-tenant.ts'
import { oneOf, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'

const TABS = ['values', 'timeline', 'raw'] as const
const SEARCH = { tab: oneOf(TABS) }

/** The page of one resource, or of a new one. */
export default function ResourcePage() {
  const { t } = useTranslation('types')
  const tenant = useTenant()
  const name = useParam('type')
  const id = useParam('id')
  const types = useTypes(tenant)
  const schemas = useScim<SchemaList>(tenant, '/Schemas')
  const type = types.data?.items.find((one) => one.name === name)
  if (type !== undefined && schemas.data !== undefined)
    return id === 'new' ? (
      <NewResource tenant={tenant} type={type} schemas={schemas.data} />
    ) : (
      <Known key={id} tenant={tenant} type={type} schemas={schemas.data} id={id} />
    )
  return (
    <Page title={name}>
      <Loaded read={types} lines={6}>
        {() =>
          type === undefined ? (
            <Empty what={t('noType.what', { type: name })} why={t('noType.why')} />
          ) : (
            <Loaded read={schemas} lines={6}>
              {() => null}
            </Loaded>
          )
        }
      </Loaded>
    </Page>
  )
}

interface OfType {
  readonly tenant: string
  readonly type: ResourceType
  readonly schemas: SchemaList
}

function Known({ tenant, type, schemas, id }: OfType & { readonly id: string }) {
  const { t } = useTranslation('types')
  const read = useResource(tenant, type.endpoint, id)
  const again = () => void read.refetch()
  if (read.data !== null && read.data !== undefined)
    return <Present tenant={tenant} type={type} schemas={schemas} resource={read.data} again={again} />
  return (
    <Page title={type.name}>
      <Loaded read={read} lines={6}>
        {() => (
          <>
            <Empty what={t('gone.what', { type: type.name })} why={t('gone.why', { id })} />
            <Panel title={t('tab.timeline')}>
              <Story tenant={tenant} type={type.name} id={id} undone={again} />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Present({
  tenant,
  type,
  schemas,
  resource,
  again,
}: OfType & { readonly resource: Resource; readonly again: () => void }) {
  const { t } = useTranslation('types')
  const { t: words } = useTranslation('people')
  const [{ tab }] = useSearchState(SEARCH)
  const [editing, setEditing] = useState<'form' | 'json'>()
  const mayEdit = useMay('edit')
  const { name, endpoint } = type
  const { id } = resource
  const done = () => {
    setEditing(undefined)
    again()
  }
  const editors = { tenant, endpoint, resource, done }
  const title = calledBy(resource, leadOf(schemasOf(schemas, urnsOf(type))))
  return (
    <Page
      title={title}
      lead={
        <To to="/t/$tenant/r/$type" params={{ tenant, type: name }} className={css.link}>
          {name}
        </To>
      }
      actions={
        <>
          {mayEdit && (
            <Button
              variant="default"
              data-key="e"
              onClick={() => setEditing(editing === undefined ? 'form' : undefined)}
            >
              {words(editing === undefined ? 'edit' : 'stopEditing')}
            </Button>
          )}
          {mayEdit && <DeleteButton {...editors} type={name} title={title} />}
          <AsCommand
            call={scimCall(tenant, 'GET', `${endpoint}/${id}`)}
            command={`lockstep get ${name} ${id} --tenant ${tenant}`}
          />
        </>
      }
    >
      <Tabs
        names={TABS}
        label={(one) => t(`tab.${one}`)}
        value={tab}
        to="/t/$tenant/r/$type/$id"
        params={{ tenant, type: name, id }}
      />
      {editing !== undefined ? (
        <Panel
          title={words('edit')}
          actions={
            <SegmentedControl
              aria-label={t('how.label')}
              value={editing}
              onChange={(next) => setEditing(next === 'json' ? 'json' : 'form')}
              data={(['form', 'json'] as const).map((value) => ({ value, label: t(`how.${value}`) }))}
            />
          }
        >
          {editing === 'form' ? <EditForm {...editors} urns={urnsOf(type)} /> : <ResourceJson {...editors} />}
        </Panel>
      ) : tab === 'timeline' ? (
        <Panel title={t('tab.timeline')}>
          <Story tenant={tenant} type={name} id={id} undone={again} />
        </Panel>
      ) : tab === 'raw' ? (
        <RawVersions tenant={tenant} type={name} resource={resource} />
      ) : (
        <Attributes tenant={tenant} type={name} resource={resource} urns={urnsOf(type)} />
      )}
    </Page>
  )
}

function DeleteButton({
  tenant,
  endpoint,
  resource,
  type,
  title,
}: {
  readonly tenant: string
  readonly endpoint: string
  readonly resource: Resource
  readonly type: string
  readonly title: string
}) {
  const { t } = useTranslation('types')
  const go = useGo()
  const [asked, setAsked] = useState(false)
  return (
    <>
      <Button variant="default" color="red" onClick={() => setAsked(true)}>
        {t('delete')}
      </Button>
      <Confirm
        opened={asked}
        title={t('deleteAsk', { title })}
        action={t('delete')}
        run={async () => {
          await scim(tenant, 'DELETE', `${endpoint}/${resource.id}`, { ifMatch: resource.meta?.version })
          go({ to: '/t/$tenant/r/$type', params: { tenant, type }, replace: true })
        }}
        close={() => setAsked(false)}
      >
        <p>{t('deleteWhat')}</p>
      </Confirm>
    </>
  )
}
