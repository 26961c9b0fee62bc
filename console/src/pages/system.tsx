// The system: how the process that answers, its database, the record of requests and what works beside them are doing.

import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Answer, api, callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { To } from '../parts/link.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel, Panels } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Status } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { bytes, day, duration, moment, number } from '../words/figures.ts'

type System = Answer<'GET /system'>

/** More tenants are not counted. */
const COUNTED = 1_000

/** The page of the system. */
export default function SystemPage() {
  const { t } = useTranslation('system')
  const read = useApi('GET /system', {}, { everyMs: 10_000 })
  const file = useMutation({
    mutationFn: () => api('GET /system/diagnosis', {}),
    onSuccess: (diagnosis) =>
      saveFile(
        `${JSON.stringify(diagnosis, null, 2)}\n`,
        `lockstep-diagnosis-${diagnosis.at.slice(0, 10)}.json`,
        'application/json',
      ),
  })
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <AsCommand call={callOf('GET /system', {})} />
          <Button
            leftSection={<Download size={14} />}
            title={t('diagnosisWhat')}
            loading={file.isPending}
            onClick={() => file.mutate()}
          >
            {t('diagnosis')}
          </Button>
        </>
      }
    >
      {file.error !== null && <Failed error={file.error} />}
      <Loaded read={read} lines={8}>
        {(system) => (
          <Panels least={350}>
            <ProcessPanel own={system.process} />
            <DatabasePanel own={system.database} shortened={system.sweeps.logs} />
            <RecordPanel own={system.record} />
            <ReadersPanel own={system.readers} />
            {system.policy !== undefined && <PolicyPanel own={system.policy} />}
            <ResourcesPanel resources={system.database.resources} />
          </Panels>
        )}
      </Loaded>
    </Page>
  )
}

function ProcessPanel({ own }: { readonly own: System['process'] }) {
  const { t } = useTranslation('system')
  const { resident, heap, external } = own.memory
  return (
    <Panel title={t('process.title')}>
      <Facts
        facts={[
          [t('process.release'), own.lockstep],
          [t('process.node'), own.version],
          [t('process.platform'), own.platform],
          [t('process.pid'), String(own.pid)],
          [t('process.running'), duration(own.seconds * 1_000)],
          [t('process.resident'), bytes(resident)],
          [t('process.heap'), bytes(heap)],
          [t('process.external'), bytes(external)],
        ]}
      />
    </Panel>
  )
}

function DatabasePanel({
  own,
  shortened,
}: {
  readonly own: System['database']
  /** When logs are shortened next. */
  readonly shortened: string | undefined
}) {
  const { t } = useTranslation('system')
  const { tenants } = own
  return (
    <Panel title={t('database.title')}>
      <Facts
        facts={[
          [t('database.answers'), duration(own.answersIn)],
          [t('database.freshness'), t(`database.${own.freshness}`)],
          [
            t('database.tenants'),
            tenants < COUNTED ? number(tenants) : t('database.first', { tenants: number(tenants) }),
          ],
          [t('database.lines'), number(own.lines)],
          [t('database.shortened'), shortened === undefined ? t('database.never') : moment(shortened)],
        ]}
      />
    </Panel>
  )
}

/** What browsers have blocked on pages of this server. */
function PolicyPanel({ own: { count, violations } }: { readonly own: NonNullable<System['policy']> }) {
  const { t } = useTranslation('system')
  if (count === 0)
    return (
      <Panel title={t('policy.title')}>
        <Status state="ok">{t('policy.none')}</Status>
      </Panel>
    )
  return (
    <Panel title={t('policy.title')}>
      <p>{t('policy.what', { count })}</p>
      <ShortTable
        label={t('policy.title')}
        rows={violations}
        keyOf={({ directive, blocked }) => `${directive} ${blocked}`}
        columns={[
          { title: t('policy.directive'), cell: ({ directive }) => <code>{directive}</code> },
          { title: t('policy.blocked'), cell: ({ blocked }) => blocked },
          { title: t('policy.times'), align: 'end', cell: (one) => number(one.count) },
          { title: t('policy.last'), cell: ({ last }) => moment(last) },
        ]}
      />
    </Panel>
  )
}

function ResourcesPanel({ resources }: { readonly resources: System['database']['resources'] }) {
  const { t } = useTranslation('system')
  const rows = Object.entries(resources).sort(([, a], [, b]) => b - a)
  if (rows.length === 0) return <Panel title={t('resources.title')}>{t('resources.none')}</Panel>
  return (
    <Panel flush title={t('resources.title')}>
      <ShortTable
        label={t('resources.title')}
        rows={rows}
        keyOf={([type]) => type}
        columns={[
          { title: t('resources.type'), cell: ([type]) => type },
          { title: t('resources.count'), align: 'end', cell: ([, count]) => number(count) },
        ]}
      />
    </Panel>
  )
}

function RecordPanel({ own }: { readonly own: System['record'] }) {
  const { t } = useTranslation('system')
  if (own === undefined) return <Panel title={t('record.title')}>{t('record.off')}</Panel>
  const { lines, bytes: size, oldest, most, failingSince } = own
  return (
    <Panel title={t('record.title')} actions={<To to="/requests">{t('record.see')}</To>}>
      <div style={{ paddingBottom: 8 }}>
        <RecordStatus failingSince={failingSince} isRead={lines !== undefined} />
      </div>
      <Facts
        facts={[
          ...(lines === undefined
            ? []
            : [
                [t('record.lines'), t('record.of', { is: number(lines), most: number(most.lines) })] as const,
                [t('record.oldest'), oldest === undefined ? t('record.empty') : day(oldest)] as const,
              ]),
          ...(size === undefined
            ? []
            : [[t('record.bytes'), t('record.of', { is: bytes(size), most: bytes(most.bytes) })] as const]),
          [t('record.days'), t('record.daysValue', { count: most.days })],
        ]}
      />
    </Panel>
  )
}

function RecordStatus({
  failingSince,
  isRead,
}: {
  readonly failingSince: string | undefined
  readonly isRead: boolean
}) {
  const { t } = useTranslation('system')
  if (failingSince !== undefined)
    return <Status state="fail">{t('record.failing', { time: moment(failingSince) })}</Status>
  if (!isRead) return <Status state="warn">{t('record.unread')}</Status>
  return <Status state="ok">{t('record.well')}</Status>
}

function ReadersPanel({ own }: { readonly own: System['readers'] }) {
  const { t } = useTranslation('system')
  return (
    <Panel title={t('readers.title')}>
      <p style={{ paddingBottom: 8 }}>{t('readers.what')}</p>
      {own.behind === 0 ? (
        <Status state="ok">{t('readers.none')}</Status>
      ) : (
        <>
          <Status state="wait">{t('readers.behind', { count: own.behind, lines: number(own.lines) })}</Status>
          <ShortTable
            label={t('readers.title')}
            rows={own.last}
            keyOf={({ tenant, reader }) => `${tenant} ${reader}`}
            columns={[
              {
                title: t('readers.tenant'),
                cell: ({ tenant }) => (
                  <To to="/t/$tenant" params={{ tenant }}>
                    {tenant}
                  </To>
                ),
              },
              { title: t('readers.reader'), cell: ({ reader }) => <code>{reader}</code> },
              { title: t('readers.lines'), align: 'end', cell: ({ lines }) => number(lines) },
            ]}
          />
        </>
      )}
    </Panel>
  )
}
