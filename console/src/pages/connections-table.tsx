// The connections of a tenant as a short table.

import { useTranslation } from 'react-i18next'
import type { Answer } from '../api/client.ts'
import { To } from '../parts/link.tsx'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { since } from '../words/figures.ts'

type Connection = Answer<'GET /tenants/{tenant}/connections'>['items'][number]

/** The last use of any token of a connection; undefined: it was never used. */
function lastUsed({ tokens }: Connection): string | undefined {
  return tokens
    .map((token) => token.lastUsed)
    .sort()
    .at(-1)
}

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
          cell: ({ connection, label }) => (
            <To to="/t/$tenant/connections/$id" params={{ tenant, id: connection }}>
              {label === '' ? connection : label}
            </To>
          ),
        },
        { title: t('kind'), cell: ({ kind }) => common(`kinds.${kind}`) },
        {
          title: t('state'),
          cell: (connection) => {
            const used = lastUsed(connection)
            return used === undefined ? (
              <Status state="off">{t('neverUsed')}</Status>
            ) : (
              <Status state="ok">{t('heard', { ago: since(used) })}</Status>
            )
          },
        },
        { title: t('tokens'), align: 'end', cell: ({ tokens }) => tokens.length },
      ]}
    />
  )
}
