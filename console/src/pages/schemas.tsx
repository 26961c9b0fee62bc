// The shape of a tenant's resources: its schemas, types, indexes, and lists of roles and entitlements.

import { Button, Tabs } from '@mantine/core'
import '@mantine/core/styles/Tabs.css'
import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { oneOf, useParam, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { Indexes } from './schemas-indexes.tsx'
import { ListsOfValues } from './schemas-lists.tsx'

const SEARCH = { tab: oneOf(['schemas', 'types', 'indexes', 'lists']) }
const TABS = ['schemas', 'types', 'indexes', 'lists'] as const

/** What lists the same as a tab. There is no command for the lists of roles and entitlements. */
const COMMANDS: { readonly [tab: string]: string } = {
  schemas: 'lockstep schema list',
  types: 'lockstep type list',
  indexes: 'lockstep index list',
}

/** The page of schemas and what belongs to them. */
export default function Schemas() {
  const { t } = useTranslation('schemas')
  const tenant = useParam('tenant')
  const edits = useMay('edit')
  const go = useGo()
  const [{ tab }, change] = useSearchState(SEARCH)
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <AsCommand
            call={
              tab === 'lists'
                ? callOf('GET /tenants/{tenant}/lists/{type}', { params: { tenant, type: 'Role' }, query: {} })
                : callOf(`GET /tenants/{tenant}/${tab}`, { params: { tenant }, query: {} })
            }
            command={COMMANDS[tab] === undefined ? undefined : `${COMMANDS[tab]} --tenant ${tenant}`}
          />
          {edits && (
            <Button
              leftSection={<Plus size={14} />}
              onClick={() => go({ to: '/t/$tenant/schemas/$urn', params: { tenant, urn: 'new' } })}
            >
              {t('new')}
            </Button>
          )}
        </>
      }
    >
      <Tabs value={tab} onChange={(next) => change({ tab: TABS.find((one) => one === next) ?? 'schemas' })}>
        <Tabs.List>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="schemas" pt="sm">
          <SchemaList tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="types" pt="sm">
          <TypeList tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="indexes" pt="sm">
          <Indexes tenant={tenant} />
        </Tabs.Panel>
        <Tabs.Panel value="lists" pt="sm">
          <ListsOfValues tenant={tenant} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function SchemaList({ tenant }: { readonly tenant: string }) {
  const { t } = useTranslation('schemas')
  const read = useApi('GET /tenants/{tenant}/schemas', { params: { tenant }, query: { limit: 1_000 } })
  return (
    <Panel flush>
      <Loaded read={read} lines={6}>
        {({ items }) => (
          <ShortTable
            label={t('tabs.schemas')}
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                title: t('name'),
                cell: ({ id, name }) => (
                  <To to="/t/$tenant/schemas/$urn" params={{ tenant, urn: id }}>
                    {name}
                  </To>
                ),
              },
              { title: t('id'), cell: ({ id }) => <code>{id}</code> },
              { title: t('usedBy'), cell: ({ types }) => types.join(', ') },
              {
                title: t('from'),
                cell: ({ own }) => <Status state={own ? 'ok' : 'off'}>{t(own ? 'own' : 'builtIn')}</Status>,
              },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}

function TypeList({ tenant }: { readonly tenant: string }) {
  const { t } = useTranslation('schemas')
  const read = useApi('GET /tenants/{tenant}/types', { params: { tenant }, query: { limit: 1_000 } })
  return (
    <Panel flush>
      <Loaded read={read} lines={4}>
        {({ items }) => (
          <ShortTable
            label={t('tabs.types')}
            rows={items}
            keyOf={({ name }) => name}
            columns={[
              {
                title: t('name'),
                cell: ({ name }) => (
                  <To to="/t/$tenant/types/$type" params={{ tenant, type: name }}>
                    {name}
                  </To>
                ),
              },
              { title: t('endpoint'), cell: ({ endpoint }) => <code>{endpoint}</code> },
              { title: t('schema'), cell: ({ schema }) => <code>{schema}</code> },
              { title: t('extensions'), align: 'end', cell: ({ schemaExtensions }) => schemaExtensions.length },
              {
                title: t('from'),
                cell: ({ own }) => <Status state={own ? 'ok' : 'off'}>{t(own ? 'own' : 'builtIn')}</Status>,
              },
            ]}
          />
        )}
      </Loaded>
    </Panel>
  )
}
