// One resource type: its endpoint, its schema, and the extensions that its resources may or must have.

import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, ApiError, api, apiWithTag, type Body, callOf } from '../api/client.ts'
import { useAct } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { JsonEdit, JsonView } from '../parts/json-view.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import css from './schemas.module.css'
import { effectsIn, ShapeChange } from './shape-change.tsx'

type Type = Answer<'GET /tenants/{tenant}/types'>['items'][number]

/** The page of one type. */
export default function TypePage() {
  const { t } = useTranslation('schemas')
  const tenant = useParam('tenant')
  const name = useParam('type')
  const edits = useMay('edit')
  const read = useQuery({
    queryKey: ['type', tenant, name],
    queryFn: ({ signal }) =>
      apiWithTag('GET /tenants/{tenant}/types/{type}', { params: { tenant, type: name } }, { signal }),
    // What is edited is what was read when the page was opened.
    gcTime: 0,
  })
  if (read.error instanceof ApiError && read.error.status === 404)
    return (
      <Page title={name}>
        <Empty what={t('gone.what')} why={t('gone.why')} />
      </Page>
    )
  return (
    <Loaded read={read} lines={6}>
      {({ answer, tag }) => {
        const { own, ...type } = answer
        return (
          <Page title={type.name} lead={t(own ? 'own' : 'builtIn')}>
            <Panel title={t('type')}>
              <Facts
                facts={[
                  [t('endpoint'), <code key="endpoint">{type.endpoint}</code>],
                  [t('schema'), <SchemaLink key="schema" tenant={tenant} urn={type.schema} />],
                  ...type.schemaExtensions.map(
                    ({ schema, required }) =>
                      [
                        t(required ? 'extensionRequired' : 'extension'),
                        <SchemaLink key={schema} tenant={tenant} urn={schema} />,
                      ] as const,
                  ),
                ]}
              />
            </Panel>
            <Panel title="JSON">
              {edits ? <Edit key={name} tenant={tenant} type={answer} tag={tag} /> : <JsonView value={type} />}
            </Panel>
          </Page>
        )
      }}
    </Loaded>
  )
}

function SchemaLink({ tenant, urn }: { readonly tenant: string; readonly urn: string }) {
  return (
    <To to="/t/$tenant/schemas/$urn" params={{ tenant, urn }}>
      <code>{urn}</code>
    </To>
  )
}

function Edit({
  tenant,
  ...given
}: {
  readonly tenant: string
  readonly type: Type
  readonly tag: string | undefined
}) {
  const { t } = useTranslation('schemas')
  const go = useGo()
  // The version that is edited stays the one that was read first, whatever is read meanwhile.
  const [{ type: whole, tag }] = useState(given)
  const { own, description: _description, ...type } = whole
  const { name } = type
  const original = JSON.stringify(type, null, 2)
  const [text, setText] = useState(original)
  const [asking, setAsking] = useState<'put' | 'delete'>()
  const put = useAct('PUT /tenants/{tenant}/types/{type}')
  const remove = useAct('DELETE /tenants/{tenant}/types/{type}')
  const body = read(text)
  const params = { tenant, type: name }
  const putting = { params, body: body ?? (type as Body<'PUT /tenants/{tenant}/types/{type}'>) }
  const safely = { ifMatch: tag }
  const done = () => go({ to: '/t/$tenant/schemas', params: { tenant }, search: { tab: 'types' } })
  return (
    <>
      <JsonEdit text={text} onChange={setText} height={240} />
      <p className={css.buttons}>
        <Button disabled={body === undefined || text === original} onClick={() => setAsking('put')}>
          {t('putType')}
        </Button>
        {own && (
          <Button variant="default" color="red" onClick={() => setAsking('delete')}>
            {t('deleteType')}
          </Button>
        )}
        <AsCommand
          call={callOf('PUT /tenants/{tenant}/types/{type}', putting)}
          command={`lockstep type put type.json --tenant ${tenant}`}
        />
      </p>
      {asking === 'put' && (
        <ShapeChange
          tenant={tenant}
          name={name}
          title={t('putTitle', { name })}
          action={t('putType')}
          forced={t('force')}
          dry={async () =>
            effectsIn(await api('PUT /tenants/{tenant}/types/{type}', { ...putting, query: { dry: 'true' } }, safely))
          }
          run={(force) => put.mutateAsync({ ...putting, query: force ? { force: 'true' } : {}, safely }).then(done)}
          close={() => setAsking(undefined)}
        />
      )}
      {asking === 'delete' && (
        <ShapeChange
          tenant={tenant}
          name={name}
          title={t('deleteTitle', { name })}
          action={t('deleteType')}
          forced={t('forceDelete')}
          danger
          dry={async () =>
            effectsIn(await api('DELETE /tenants/{tenant}/types/{type}', { params, query: { dry: 'true' } }, safely))
          }
          run={(force) => remove.mutateAsync({ params, query: force ? { force: 'true' } : {}, safely }).then(done)}
          close={() => setAsking(undefined)}
        />
      )}
    </>
  )
}

function read(text: string): Body<'PUT /tenants/{tenant}/types/{type}'> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
