// One schema: its attributes with their characteristics as words; one's own can be edited as a form and as JSON, the same document.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, api, apiWithTag, type Body, callOf } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { JsonEdit, JsonView } from '../parts/json-view.tsx'
import { useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import { Attributes } from './schema-attributes.tsx'
import { type Schema, SchemaForm } from './schema-form.tsx'
import css from './schemas.module.css'
import { effectsIn, ShapeChange } from './shape-change.tsx'

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
  const isNew = urn === 'new'
  const read = useQuery({
    queryKey: ['schema', tenant, urn],
    queryFn: ({ signal }) =>
      apiWithTag('GET /tenants/{tenant}/schemas/{schema}', { params: { tenant, schema: urn } }, { signal }),
    enabled: !isNew,
    // What is edited is what was read when the page was opened.
    gcTime: 0,
  })
  if (isNew) return <Editor tenant={tenant} schema={NEW} />
  if (read.error instanceof ApiError && read.error.status === 404)
    return (
      <Page title={urn}>
        <Empty what={t('gone.what')} why={t('gone.why')} />
      </Page>
    )
  return (
    <Loaded read={read} lines={10}>
      {({ answer: { own, types, ...schema }, tag }) => {
        const asSchema = schema as unknown as Schema
        if (own && edits) return <Editor key={urn} tenant={tenant} schema={asSchema} tag={tag} />
        return (
          <Page title={schema.name} lead={types.join(', ')}>
            <Panel title={schema.id}>
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

/** Edits a schema, or without a version a new one. */
function Editor({
  tenant,
  schema: given,
  tag: givenTag,
}: {
  readonly tenant: string
  readonly schema: Schema
  readonly tag?: string | undefined
}) {
  const { t } = useTranslation('schemas')
  const go = useGo()
  // The version that is edited stays the one that was read first, whatever is read meanwhile.
  const [{ schema, tag }] = useState({ schema: given, tag: givenTag })
  const isNew = tag === undefined
  const original = JSON.stringify(schema, null, 2)
  const [text, setText] = useState(original)
  const [asking, setAsking] = useState<'put' | 'delete'>()
  const put = useAct('PUT /tenants/{tenant}/schemas/{schema}')
  const remove = useAct('DELETE /tenants/{tenant}/schemas/{schema}')
  const document = read(text)
  const id = document?.id ?? schema.id
  const putting = (query: { readonly force?: 'true'; readonly dry?: 'true' }) => ({
    params: { tenant, schema: id },
    query: { ...query, ...(isNew ? { extends: 'User' } : {}) },
    body: (document ?? schema) as unknown as Body<'PUT /tenants/{tenant}/schemas/{schema}'>,
  })
  const deleting = { tenant, schema: schema.id }
  const safely = { ifMatch: tag }
  const done = () => go({ to: '/t/$tenant/schemas', params: { tenant } })
  return (
    <Page
      title={isNew ? t('new') : schema.name}
      actions={
        <>
          <AsCommand
            call={callOf('PUT /tenants/{tenant}/schemas/{schema}', putting({}))}
            command={`lockstep schema put schema.json${isNew ? ' --extends User' : ''} --tenant ${tenant}`}
          />
          {!isNew && (
            <Button variant="default" color="red" onClick={() => setAsking('delete')}>
              {t('deleteSchema')}
            </Button>
          )}
          <Button disabled={document === undefined || (text === original && !isNew)} onClick={() => setAsking('put')}>
            {t('put')}
          </Button>
        </>
      }
    >
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
      {asking === 'put' && (
        <ShapeChange
          tenant={tenant}
          name={schema.name}
          title={t('putTitle', { name: schema.name })}
          action={t('put')}
          forced={t('force')}
          dry={async () =>
            effectsIn(await api('PUT /tenants/{tenant}/schemas/{schema}', putting({ dry: 'true' }), safely))
          }
          run={(force) => put.mutateAsync({ ...putting(force ? { force: 'true' } : {}), safely }).then(done)}
          close={() => setAsking(undefined)}
        />
      )}
      {asking === 'delete' && (
        <ShapeChange
          tenant={tenant}
          name={schema.name}
          title={t('deleteTitle', { name: schema.name })}
          action={t('deleteSchema')}
          forced={t('forceDelete')}
          danger
          dry={async () =>
            effectsIn(
              await api(
                'DELETE /tenants/{tenant}/schemas/{schema}',
                { params: deleting, query: { dry: 'true' } },
                safely,
              ),
            )
          }
          run={(force) =>
            remove.mutateAsync({ params: deleting, query: force ? { force: 'true' } : {}, safely }).then(done)
          }
          close={() => setAsking(undefined)}
        />
      )}
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
