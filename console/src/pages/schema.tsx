// One schema: its attributes with their characteristics as words; one's own can be edited as a form and as JSON, the same document.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, type Body, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failed } from '../parts/failed.tsx'
import { JsonEdit, JsonView } from '../parts/json-view.tsx'
import { useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import { type Attribute, Attributes } from './schema-attributes.tsx'
import { SchemaForm } from './schema-form.tsx'
import css from './schemas.module.css'

/** A schema as it is edited. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description?: string
  readonly attributes: readonly Attribute[]
}

const NEW: Schema = {
  id: 'urn:example:params:scim:schemas:extension:acme:2.0:User',
  name: 'Acme',
  attributes: [{ name: 'costCentre', type: 'string' }],
}

/** The page of one schema, or of a new one. */
export default function SchemaPage() {
  const { t } = useTranslation('schemas')
  const tenant = useParam('tenant')
  const urn = useParam('urn')
  const edits = useMay('edit')
  const read = useApi('GET /tenants/{tenant}/schemas', { params: { tenant }, query: { limit: 1_000 } })
  if (urn === 'new') return <Editor tenant={tenant} schema={NEW} isNew />
  return (
    <Loaded read={read} lines={10}>
      {({ items }) => {
        const found = items.find(({ id }) => id === urn)
        if (found === undefined)
          return (
            <Page title={urn}>
              <Empty what={t('gone.what')} why={t('gone.why')} />
            </Page>
          )
        const { own, types, ...schema } = found
        const asSchema = schema as unknown as Schema
        if (own && edits) return <Editor key={JSON.stringify(schema)} tenant={tenant} schema={asSchema} />
        return (
          <Page title={found.name} lead={types.join(', ')}>
            <Panel title={found.id}>
              <Attributes attributes={asSchema.attributes} />
            </Panel>
            <Panel title="JSON">
              <JsonView value={schema} />
            </Panel>
          </Page>
        )
      }}
    </Loaded>
  )
}

function Editor({
  tenant,
  schema,
  isNew = false,
}: {
  readonly tenant: string
  readonly schema: Schema
  readonly isNew?: boolean
}) {
  const { t } = useTranslation('schemas')
  const go = useGo()
  const forces = useMay('own')
  const original = JSON.stringify(schema, null, 2)
  const [text, setText] = useState(original)
  const [asking, setAsking] = useState<'force' | 'delete'>()
  const put = useAct('PUT /tenants/{tenant}/schemas/{schema}')
  const remove = useAct('DELETE /tenants/{tenant}/schemas/{schema}')
  const document = read(text)
  const id = document?.id ?? schema.id
  const given = (force: boolean) => ({
    params: { tenant, schema: id },
    query: { ...(force ? { force: 'true' as const } : {}), ...(isNew ? { extends: 'User' } : {}) },
    body: (document ?? schema) as unknown as Body<'PUT /tenants/{tenant}/schemas/{schema}'>,
  })
  const done = () => go({ to: '/t/$tenant/schemas', params: { tenant } })
  const inTheWay = put.error instanceof ApiError && put.error.status === 409
  return (
    <Page
      title={isNew ? t('new') : schema.name}
      actions={
        <>
          <AsCommand
            call={callOf('PUT /tenants/{tenant}/schemas/{schema}', given(false))}
            command={`lockstep schema put ${tenant} schema.json`}
          />
          {!isNew && (
            <Button variant="default" color="red" onClick={() => setAsking('delete')}>
              {t('deleteSchema')}
            </Button>
          )}
          <Button
            disabled={document === undefined || (text === original && !isNew)}
            loading={put.isPending}
            onClick={() => put.mutate(given(false), { onSuccess: done })}
          >
            {t('put')}
          </Button>
        </>
      }
    >
      {put.error !== null && (
        <div className={css.refused}>
          <Failed error={put.error} />
          {inTheWay && forces && (
            <Button color="red" onClick={() => setAsking('force')}>
              {t('force')}
            </Button>
          )}
        </div>
      )}
      <div className={css.sides}>
        <Panel title={t('form')}>
          {document === undefined ? (
            <p>{t('notJson')}</p>
          ) : (
            <SchemaForm schema={document} change={(next) => setText(JSON.stringify(next, null, 2))} isNew={isNew} />
          )}
        </Panel>
        <Panel title="JSON">
          <JsonEdit text={text} onChange={setText} height={480} />
        </Panel>
      </div>
      <Confirm
        opened={asking === 'force'}
        title={t('forceTitle', { name: schema.name })}
        action={t('force')}
        name={schema.name}
        run={() => put.mutateAsync(given(true)).then(done)}
        close={() => setAsking(undefined)}
      >
        <p>{put.error instanceof ApiError ? put.error.message : ''}</p>
      </Confirm>
      <Confirm
        opened={asking === 'delete'}
        title={t('deleteTitle', { name: schema.name })}
        action={t('deleteSchema')}
        name={schema.name}
        run={() =>
          remove
            .mutateAsync({ params: { tenant, schema: schema.id }, query: forces ? { force: 'true' } : {} })
            .then(done)
        }
        close={() => setAsking(undefined)}
      >
        <p>{t('deleteWhat')}</p>
      </Confirm>
    </Page>
  )
}

/** The document that a text is; undefined while it is none. */
function read(text: string): Schema | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('attributes' in value) || !Array.isArray(value.attributes))
      return undefined
    return value as Schema
  } catch {
    return undefined
  }
}
