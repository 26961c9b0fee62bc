// A new resource of a type, as JSON, with the attributes that it must have in place.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Resource, scim, scimCall } from '../api/scim.ts'
import { AsCommand } from './as-command.tsx'
import css from './directory.module.css'
import { Failed } from './failed.tsx'
import { JsonEdit } from './json-view.tsx'
import { useGo } from './link.tsx'
import { Page, Panel } from './page.tsx'
import { documentIn } from './resource-json.tsx'
import { type SchemaAttribute, type SchemaList, type SchemaResource, schemasOf } from './schemas.ts'
import { type ResourceType, urnsOf } from './types.ts'

/** The page of a new resource. */
export function NewResource({
  tenant,
  type,
  schemas,
}: {
  readonly tenant: string
  readonly type: ResourceType
  readonly schemas: SchemaList
}) {
  const { t } = useTranslation('types')
  const go = useGo()
  const { name, endpoint } = type
  const [text, setText] = useState(() => JSON.stringify(begunWith(type, schemasOf(schemas, urnsOf(type))), null, 2))
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const body = documentIn(text)
  const make = async () => {
    setBusy(true)
    setError(undefined)
    try {
      const made = await scim<Resource>(tenant, 'POST', endpoint, { body })
      go({ to: '/t/$tenant/r/$type/$id', params: { tenant, type: name, id: made.id }, replace: true })
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Page
      title={t('newOf', { type: name })}
      actions={
        <AsCommand
          call={scimCall(tenant, 'POST', endpoint, body ?? {})}
          command={`lockstep create ${name} resource.json --tenant ${tenant}`}
        />
      }
    >
      <Panel title="JSON">
        <div className={css.choice}>
          <JsonEdit text={text} onChange={setText} label={t('newOf', { type: name })} height={320} />
          {body === undefined && <p role="status">{t('notJson')}</p>}
          {error !== undefined && <Failed error={error} />}
          <div className={css.buttons}>
            <Button loading={busy} disabled={body === undefined} onClick={() => void make()}>
              {t('create')}
            </Button>
          </div>
        </div>
      </Panel>
    </Page>
  )
}

/** What a new resource begins with: the schemas it must use, and an empty value for each attribute that it must have. */
function begunWith({ schema, schemaExtensions }: ResourceType, used: readonly SchemaResource[]): object {
  const must = [schema, ...schemaExtensions.filter(({ required }) => required).map((one) => one.schema)]
  const parts = used
    .filter(({ id }) => must.includes(id))
    .map(({ id, attributes, extension }) => {
      const empty = Object.fromEntries(attributes.filter(isAsked).map((one) => [one.name, emptyOf(one)]))
      return extension ? { [id]: empty } : empty
    })
  return Object.assign({ schemas: must }, ...parts) as object
}

function isAsked({ required, mutability }: SchemaAttribute): boolean {
  return required === true && mutability !== 'readOnly'
}

function emptyOf({ type, multiValued, subAttributes }: SchemaAttribute): unknown {
  if (multiValued === true) return []
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'decimal') return 0
  if (type !== 'complex') return ''
  return Object.fromEntries((subAttributes ?? []).filter(isAsked).map((one) => [one.name, emptyOf(one)]))
}
