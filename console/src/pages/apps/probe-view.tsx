// The probe of an app: what it takes, question by question, and the profile that says so.

import { Button, Progress, Table } from '@mantine/core'
import '@mantine/core/styles/Progress.css'
import '@mantine/core/styles/Table.css'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAct, useApi } from '../../api/use-api.ts'
import { Failed } from '../../parts/failed.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/page.tsx'
import { Scrolled } from '../../parts/scrolled.tsx'
import { Status } from '../../parts/status.tsx'
import type { AppTab } from './app-tab.ts'
import css from './apps.module.css'

/** Finds out what an app takes, on an account that is made there and removed. */
export function ProbeView({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const [probe, setProbe] = useState<string>()
  const params = { tenant, app: app.app }
  const begin = useAct('POST /tenants/{tenant}/apps/{app}/probes', { done: (answer) => setProbe(answer.probe) })
  return (
    <Panel
      title={t('probe.title')}
      actions={
        <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate({ params, body: {} })}>
          {t('probe.begin')}
        </Button>
      }
    >
      <p className={css.quiet}>{t('probe.lead')}</p>
      {begin.error !== null && <Failed error={begin.error} />}
      {probe !== undefined && <Probe key={probe} tenant={tenant} app={app} probe={probe} />}
    </Panel>
  )
}

function Probe({ tenant, app, probe }: AppTab & { readonly probe: string }) {
  const { t } = useTranslation('apps')
  const [over, setOver] = useState(false)
  const params = { tenant, app: app.app, probe }
  const read = useApi('GET /tenants/{tenant}/apps/{app}/probes/{probe}', { params }, over ? {} : { everyMs: 700 })
  const save = useAct('PATCH /tenants/{tenant}/apps/{app}')
  if (read.data !== undefined && read.data.state !== 'running' && !over) setOver(true)
  return (
    <Loaded read={read}>
      {({ state, at, message, report }) => {
        if (state === 'failed') return <Status state="fail">{message ?? t('probe.failed')}</Status>
        const findings = report?.findings ?? []
        const differs = new Set((report?.differences ?? []).map(({ setting }) => setting))
        return (
          <>
            {state === 'running' && (
              <>
                <p>{at ?? t('probe.running')}</p>
                <Progress value={100} animated aria-label={t('probe.running')} />
              </>
            )}
            {findings.length > 0 && (
              <Scrolled label={t('probe.title')} least={560}>
                <Table>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('probe.setting')}</Table.Th>
                      <Table.Th>{t('probe.seen')}</Table.Th>
                      <Table.Th>{t('probe.profile')}</Table.Th>
                      <Table.Th>{t('probe.how')}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {findings.map(({ setting, seen, configured, how }) => (
                      <Table.Tr key={setting}>
                        <Table.Td>
                          <Status state={differs.has(setting) ? 'warn' : 'ok'}>{setting}</Status>
                        </Table.Td>
                        <Table.Td>
                          <code>{JSON.stringify(seen)}</code>
                        </Table.Td>
                        <Table.Td>
                          <code>{JSON.stringify(configured)}</code>
                        </Table.Td>
                        <Table.Td>{how}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Scrolled>
            )}
            {report?.notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
            {(report?.left.length ?? 0) > 0 && (
              <Status state="warn">{t('probe.left', { what: report?.left.join(', ') ?? '' })}</Status>
            )}
            {report !== undefined && differs.size > 0 && (
              <div className={css.bar}>
                <Button
                  loading={save.isPending}
                  onClick={() =>
                    save.mutate({
                      params: { tenant, app: app.app },
                      body: { options: { profile: report.proposed } } as never,
                    })
                  }
                >
                  {t('probe.take', { count: differs.size })}
                </Button>
                {save.isSuccess && <Status state="ok">{t('saved')}</Status>}
              </div>
            )}
            {save.error !== null && <Failed error={save.error} />}
          </>
        )
      }}
    </Loaded>
  )
}
