// The connections of a tenant as a short table.

import { useTranslation } from 'react-i18next'
import { type Connection, connectionName } from '../connections/facts.ts'
import { ConnectionState } from '../connections/state.tsx'
import { To } from '../parts/link.tsx'
import { ShortTable } from '../parts/table.tsx'

/** Connections with what they are for, and when they were last heard of. */
export function ConnectionsTable({
  tenant,
  connections,
}: {
  readonly tenant: string
  readonly connections: readonly Connection[]
}) {
  const { t } = useTranslation('tenants')
  const { t: common } = useTranslation()
  return (
    <ShortTable
      label={t('connections')}
      rows={connections}
      keyOf={({ connection }) => connection}
      columns={[
        {
          title: t('connection'),
          cell: (one) => (
            <To to="/t/$tenant/connections/$id" params={{ tenant, id: one.connection }}>
              {connectionName(one, connections)}
            </To>
          ),
        },
        { title: t('kind'), cell: ({ kind }) => common(`kinds.${kind}`) },
        {
          title: t('state'),
          cell: (connection) => <ConnectionState connection={connection} />,
        },
        { title: t('tokens'), align: 'end', cell: ({ tokens }) => tokens.length },
      ]}
    />
  )
}
