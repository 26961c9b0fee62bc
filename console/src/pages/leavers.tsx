// Who has left, and whether every app has confirmed it: gaps first, or all, of any time; as a file.

import { Button, SegmentedControl, Table, TextInput } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/Table.css'
import { useMutation } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Answer, callOf } from '../api/client.ts'
import { useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Failed } from '../parts/failed.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Scrolled } from '../parts/scrolled.tsx'
import { Status } from '../parts/status.tsx'
import { oneOf, text, useSearchState } from '../search.ts'
import { duration, moment } from '../words/figures.ts'
import css from './apps/apps.module.css'
import { leaversFile } from './apps/leavers-export.ts'

type Leaver = Answer<'GET /tenants/{tenant}/leavers'>['items'][number]

const SEARCH = { show: oneOf(['all', 'open']), since: text(), until: text() }

export default function Leavers() {
  const { t } = useTranslation('apps')
  const { tenant = '' } = useParams({ strict: false }) as { readonly tenant?: string }
  const [search, change] = useSearchState(SEARCH)
  const given = {
    params: { tenant },
    query: {
      limit: 50,
      open: search.show === 'open' ? ('true' as const) : ('false' as const),
      since: instant(search.since, 'T00:00:00Z'),
      until: instant(search.until, 'T23:59:59.999Z'),
    },
  }
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/leavers', given, { everyMs: 5_000 })
  const { limit: _page, ...asked } = given.query
  const file = useMutation({
    mutationFn: () => leaversFile(tenant, asked),
    onSuccess: (text) => saveFile(text, `leavers-${tenant}.json`, 'application/json'),
  })
  return (
    <Page
      title={t('leavers.title')}
      actions={
        <>
          <Button variant="default" onClick={() => change(quarterNow())}>
            {t('leavers.quarter')}
          </Button>
          <Button
            variant="default"
            leftSection={<Download size={14} />}
            loading={file.isPending}
            onClick={() => file.mutate()}
          >
            {t('leavers.export')}
          </Button>
          <AsCommand
            call={callOf('GET /tenants/{tenant}/leavers', given as never)}
            command={`lockstep leavers${search.show === 'open' ? ' --open' : ''}${search.since === '' ? '' : ` --since ${search.since}`}${
              search.until === '' ? '' : ` --until ${search.until}T23:59:59.999Z`
            } --tenant ${tenant}`}
          />
        </>
      }
    >
      <div className={css.filters}>
        <SegmentedControl
          size="xs"
          aria-label={t('leavers.which')}
          value={search.show}
          onChange={(show) => change({ show: show as 'all' })}
          data={[
            { value: 'all', label: t('leavers.all') },
            { value: 'open', label: t('leavers.open') },
          ]}
        />
        <TextInput
          type="date"
          label={t('leavers.since')}
          value={search.since}
          onChange={(event) => change({ since: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t('leavers.until')}
          value={search.until}
          onChange={(event) => change({ until: event.currentTarget.value })}
        />
      </div>
      {file.error !== null && <Failed error={file.error} />}
      <Panel flush label={t('leavers.title')}>
        <Loaded read={query}>
          {() =>
            items.length === 0 ? (
              <Empty
                what={t('leavers.empty')}
                why={search.show === 'open' ? t('leavers.noneOpen') : t('leavers.emptyWhy')}
              />
            ) : (
              <LeaverTable tenant={tenant} leavers={items} />
            )
          }
        </Loaded>
      </Panel>
      {hasMore && (
        <Button variant="default" leftSection={<Download size={14} />} onClick={more}>
          {t('more')}
        </Button>
      )}
    </Page>
  )
}

function LeaverTable({ tenant, leavers }: { readonly tenant: string; readonly leavers: readonly Leaver[] }) {
  const { t } = useTranslation('apps')
  return (
    <Scrolled label={t('leavers.title')} least={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('column.who')}</Table.Th>
            <Table.Th>{t('column.state')}</Table.Th>
            <Table.Th>{t('column.left')}</Table.Th>
            <Table.Th ta="right">{t('column.slowest')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {leavers.map((one) => (
            <Table.Tr key={`${one.user} ${one.place}`}>
              <Table.Td>
                <To to="/t/$tenant/leavers/$id" params={{ tenant, id: one.user }}>
                  {one.userName ?? one.externalId ?? one.user}
                </To>
              </Table.Td>
              <Table.Td>
                <Standing leaver={one} />
              </Table.Td>
              <Table.Td>
                {moment(one.at)} · {t(`leavers.how.${one.how}`)}
              </Table.Td>
              <Table.Td ta="right">
                {one.lastConfirmed === undefined
                  ? '–'
                  : duration(Math.max(0, Date.parse(one.lastConfirmed) - Date.parse(one.at)))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scrolled>
  )
}

/** Out of how many apps, read back or only acknowledged; or where not yet. */
function Standing({ leaver: { returned, complete, apps, openIn } }: { readonly leaver: Leaver }) {
  const { t } = useTranslation('apps')
  if (returned) return <Status state="off">{t('leavers.returned')}</Status>
  if (!complete)
    return <Status state="wait">{t('leavers.waiting', { count: apps.open, where: openIn.join(', ') })}</Status>
  const all = apps.confirmed + apps.verified
  if (all === 0) return <Status state="ok">{t('leavers.nowhere')}</Status>
  return <Status state="ok">{t('leavers.out', { count: all, verified: apps.verified })}</Status>
}

function instant(day: string, time: string): string | undefined {
  return day === '' ? undefined : `${day}${time}`
}

/** The first and last day of the present quarter. */
function quarterNow(): { readonly since: string; readonly until: string } {
  const now = new Date()
  const first = Math.floor(now.getUTCMonth() / 3) * 3
  const day = (month: number, date: number) =>
    new Date(Date.UTC(now.getUTCFullYear(), month, date)).toISOString().slice(0, 10)
  return { since: day(first, 1), until: day(first + 3, 0) }
}
