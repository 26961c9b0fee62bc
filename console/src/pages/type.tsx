// One resource type: its endpoint, its schema, and the extensions that its resources may or must have.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Answer, type Body, callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { JsonEdit, JsonView } from '../parts/json-view.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'

type Type = Answer<'GET /tenants/{tenant}/types'>['items'][number]

/** The page of one type. */
export default function TypePage() {
  const { t } = useTranslation('schemas')
  const tenant = useParam('tenant')
  const name = useParam('type')
  const edits = useMay('edit')
  const read = useApi('GET /tenants/{tenant}/types', { params: { tenant }, query: { limit: 1_000 } })
  return (
    <Loaded read={read} lines={6}>
      {({ items }) => {
        const found = items.find((one) => one.name === name)
        if (found === undefined) {
          return (
            <Page title={name}>
              <Empty what={t('gone.what')} why={t('gone.why')} />
            </Page>
          )
        }
        const { own, ...type } = found
        return (
          <Page title={found.name} lead={t(own ? 'own' : 'builtIn')}>
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
              {edits ? <Edit key={JSON.stringify(type)} tenant={tenant} type={found} /> : <JsonView value={type} />}
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
  type: { own: _own, description: _description, ...type },
}: {
  readonly tenant: string
  readonly type: Type
}) {
  const { t } = useTranslation('schemas')
  const original = JSON.stringify(type, null, 2)
  const [text, setText] = useState(original)
  const put = useAct('PUT /tenants/{tenant}/types/{type}')
  const body = read(text)
  const given = {
    params: { tenant, type: type.name },
    body: body ?? (type as Body<'PUT /tenants/{tenant}/types/{type}'>),
  }
  return (
    <>
      <JsonEdit text={text} onChange={setText} height={240} />
      {put.error !== null && <Failed error={put.error} />}
      <p style={{ display: 'flex', gap: 8, marginTop: 12 }}>
        <Button
          disabled={body === undefined || text === original}
          loading={put.isPending}
          onClick={() => put.mutate(given)}
        >
          {t('putType')}
        </Button>
        <AsCommand call={callOf('PUT /tenants/{tenant}/types/{type}', given)} />
      </p>
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
