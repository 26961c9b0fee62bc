// One connection: its tokens side by side, what a change would do, the clicks, and what arrives.

import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { guideOf } from '../../../guides/steps/guides.ts'
import { callOf } from '../api/client.ts'
import { useAct, useApi } from '../api/use-api.ts'
import { Arrivals } from '../connections/arrivals.tsx'
import { Clicks } from '../connections/clicks.tsx'
import type { Connection } from '../connections/facts.ts'
import { Recording } from '../connections/recording.tsx'
import { Rotate } from '../connections/rotate.tsx'
import { ConnectionState, Lately, Rhythm } from '../connections/state.tsx'
import { WhatIf } from '../connections/what-if.tsx'
import { AsCommand } from '../parts/as-command.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { useLiveLines } from '../requests/live-lines.ts'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import { moment } from '../words/figures.ts'
import css from './requests.module.css'

/** The page of one connection. */
export default function OneConnection() {
  const { t } = useTranslation('connections')
  const [tenant, id] = [useParam('tenant'), useParam('id')]
  const given = { params: { tenant, connection: id } }
  const read = useApi('GET /tenants/{tenant}/connections/{connection}', given, { everyMs: 5_000 })
  const mayConnect = useMay('connect')
  const [isRevoking, setRevoking] = useState(false)
  const label = read.data?.label
  return (
    <Page
      title={label === undefined || label === '' ? id : label}
      lead={read.data !== undefined && <ConnectionState connection={read.data} />}
      actions={
        <>
          <AsCommand
            call={callOf('GET /tenants/{tenant}/connections/{connection}', given)}
            command={`lockstep connection list ${tenant}`}
          />
          {mayConnect && (
            <Button variant="default" onClick={() => setRevoking(true)}>
              {t('revoke.open')}
            </Button>
          )}
        </>
      }
    >
      <Loaded read={read} lines={8}>
        {(connection) => <Whole tenant={tenant} connection={connection} />}
      </Loaded>
      <Revoke tenant={tenant} id={id} opened={isRevoking} close={() => setRevoking(false)} />
    </Page>
  )
}

function Whole({ tenant, connection }: { readonly tenant: string; readonly connection: Connection }) {
  const { t } = useTranslation('connections')
  const { t: common } = useTranslation()
  const mayConnect = useMay('connect')
  const { kind, profile, rights, created } = connection
  const { lines } = useLiveLines(tenant, `connection:${connection.connection}`, true)
  const guide = guideOf(kind)
  const baseUrl = new URL(`/tenants/${tenant}/scim/v2`, location.origin).href
  return (
    <div className={css.stack}>
      <Panel label={t('facts')}>
        <Facts
          facts={[
            [t('kind'), common(`kinds.${kind}`)],
            [t('profile'), common(`kinds.${profile}`)],
            [t('rights'), rights],
            [t('made'), moment(created)],
            [t('rhythm'), <Rhythm key="rhythm" connection={connection} />],
            [t('lately'), <Lately key="lately" tenant={tenant} connection={connection} />],
            [
              t('requests'),
              <To
                key="requests"
                to="/t/$tenant/requests"
                params={{ tenant }}
                search={{ filter: `connection:${connection.connection}` }}
              >
                {t('showRequests')}
              </To>,
            ],
          ]}
        />
      </Panel>
      <Panel title={t('tokens')}>
        <Rotate tenant={tenant} connection={connection} requests={lines ?? []} mayConnect={mayConnect} />
      </Panel>
      <Panel title={t('recording.panel')}>
        <Recording tenant={tenant} connection={connection} mayConnect={mayConnect} />
      </Panel>
      {mayConnect && (
        <Panel title={t('whatIf.title')}>
          <WhatIf tenant={tenant} connection={connection} />
        </Panel>
      )}
      {guide !== undefined && (
        <>
          <Panel title={t('live.title')}>
            <Arrivals tenant={tenant} guide={guide} requests={lines ?? []} />
          </Panel>
          <Panel title={t('clicks.title', { idp: guide.name })}>
            <Clicks guide={guide} values={{ baseUrl }} requests={lines ?? []} />
          </Panel>
        </>
      )}
    </div>
  )
}

function Revoke({
  tenant,
  id,
  opened,
  close,
}: {
  readonly tenant: string
  readonly id: string
  readonly opened: boolean
  readonly close: () => void
}) {
  const { t } = useTranslation('connections')
  const go = useGo()
  const revoke = useAct('DELETE /tenants/{tenant}/connections/{connection}')
  return (
    <Confirm
      opened={opened}
      title={t('revoke.title', { id })}
      action={t('revoke.do')}
      name={id}
      close={close}
      run={async () => {
        await revoke.mutateAsync({ params: { tenant, connection: id } })
        go({ to: '/t/$tenant/connections', params: { tenant } })
      }}
    >
      <p>{t('revoke.what')}</p>
    </Confirm>
  )
}
