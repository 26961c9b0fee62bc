// The connections of a tenant: which identity providers may call, when they last did, and when their tokens end.

import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { type Connection, connectionName, soonestEnd } from '../connections/facts.ts'
import { ConnectionState, Lately, Rhythm } from '../connections/state.tsx'
import { AsCommand } from '../parts/as-command.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import { day } from '../words/figures.ts'

/** The page of connections. */
export default function Connections() {
  const { t } = useTranslation('connections')
  const go = useGo()
  const tenant = useParam('tenant')
  const mayConnect = useMay('connect')
  const given = { params: { tenant }, query: { limit: 1_000 } }
  const list = useApi('GET /tenants/{tenant}/connections', given, { everyMs: 10_000 })
  const make = mayConnect && (
    <Button
      leftSection={<Plus size={14} />}
      onClick={() => go({ to: '/t/$tenant/connections/new', params: { tenant } })}
    >
      {t('new.open')}
    </Button>
  )
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <AsCommand
            call={callOf('GET /tenants/{tenant}/connections', given)}
            command={`lockstep connection list ${tenant}`}
          />
          {make}
        </>
      }
    >
      <Loaded read={list} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty what={t('empty.what')} why={t('empty.why')} action={make} />
          ) : (
            <Panel flush>
              <Table tenant={tenant} connections={items} />
            </Panel>
          )
        }
      </Loaded>
    </Page>
  )
}

function Table({ tenant, connections }: { readonly tenant: string; readonly connections: readonly Connection[] }) {
  const { t } = useTranslation('connections')
  const { t: common } = useTranslation()
  return (
    <ShortTable
      label={t('title')}
      rows={connections}
      keyOf={({ connection }) => connection}
      columns={[
        {
          title: t('label'),
          cell: (one) => (
            <To to="/t/$tenant/connections/$id" params={{ tenant, id: one.connection }}>
              {connectionName(one, connections)}
            </To>
          ),
        },
        { title: t('kind'), cell: ({ kind }) => common(`kinds.${kind}`) },
        { title: t('profile'), cell: ({ kind, profile }) => (profile === kind ? '' : common(`kinds.${profile}`)) },
        { title: t('state'), cell: (connection) => <ConnectionState connection={connection} /> },
        { title: t('rhythm'), cell: (connection) => <Rhythm connection={connection} /> },
        { title: t('lately'), cell: (connection) => <Lately tenant={tenant} connection={connection} /> },
        { title: t('rights'), cell: ({ rights }) => rights },
        { title: t('tokens'), align: 'end', cell: ({ tokens }) => tokens.length },
        { title: t('ends'), cell: (connection) => <Ends connection={connection} /> },
      ]}
    />
  )
}

function Ends({ connection }: { readonly connection: Connection }) {
  const { t } = useTranslation('connections')
  const { at, isNear } = soonestEnd(connection, Date.now())
  if (at === undefined) return connection.tokens.length === 0 ? '' : t('never')
  return isNear ? <Status state="warn">{day(at)}</Status> : day(at)
}
