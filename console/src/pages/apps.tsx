// The apps of a tenant: how each is doing, and what it is owed.

import { Button, Table, TextInput } from '@mantine/core'
import '@mantine/core/styles/Table.css'
import { useParams } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useList } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { To, useGo } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Page, Panel } from '../parts/page.tsx'
import { Scrolled } from '../parts/scrolled.tsx'
import { Status } from '../parts/status.tsx'
import { text, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { day, number } from '../words/figures.ts'
import { type App, AppStatus } from './apps/app-state.tsx'

const SEARCH = { search: text() }

export default function Apps() {
  const { t } = useTranslation('apps')
  const { tenant = '' } = useParams({ strict: false }) as { readonly tenant?: string }
  const [search, change] = useSearchState(SEARCH)
  const may = useMay('apps')
  const go = useGo()
  const given = { params: { tenant }, query: { search: search.search || undefined } }
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/apps', given, { everyMs: 5_000 })
  const add = may && (
    <Button leftSection={<Plus size={14} />} onClick={() => go({ to: '/t/$tenant/apps/new', params: { tenant } })}>
      {t('add')}
    </Button>
  )
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <TextInput
            value={search.search}
            onChange={(event) => change({ search: event.currentTarget.value })}
            placeholder={t('find')}
            aria-label={t('find')}
          />
          <AsCommand
            call={callOf('GET /tenants/{tenant}/apps', given)}
            command={`lockstep app list --tenant ${tenant}`}
          />
          {add}
        </>
      }
    >
      <Panel flush label={t('title')}>
        <Loaded read={query}>
          {() =>
            items.length === 0 ? (
              <Empty
                what={t('empty.what')}
                why={search.search === '' ? t('empty.why') : t('empty.filter')}
                action={search.search === '' && add}
              />
            ) : (
              <AppTable apps={items} tenant={tenant} />
            )
          }
        </Loaded>
      </Panel>
      {hasMore && (
        <Button variant="default" onClick={more}>
          {t('more')}
        </Button>
      )}
    </Page>
  )
}

function AppTable({ apps, tenant }: { readonly apps: readonly App[]; readonly tenant: string }) {
  const { t } = useTranslation('apps')
  return (
    <Scrolled label={t('title')} least={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('column.app')}</Table.Th>
            <Table.Th>{t('column.state')}</Table.Th>
            <Table.Th ta="right">{t('column.accounts')}</Table.Th>
            <Table.Th ta="right">{t('column.owed')}</Table.Th>
            <Table.Th>{t('column.credentials')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {apps.map((app) => (
            <Table.Tr key={app.app}>
              <Table.Td>
                <To to="/t/$tenant/apps/$app" params={{ tenant, app: app.app }}>
                  {app.label}
                </To>
              </Table.Td>
              <Table.Td>
                <AppStatus app={app} />
              </Table.Td>
              <Table.Td ta="right">{app.managed === undefined ? '–' : number(app.managed)}</Table.Td>
              <Table.Td ta="right">{number(Object.values(app.owed).reduce((sum, count) => sum + count, 0))}</Table.Td>
              <Table.Td>
                <Credentials app={app} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scrolled>
  )
}

function Credentials({ app }: { readonly app: App }) {
  const { t } = useTranslation('apps')
  const { credentials } = app
  if (credentials === undefined) return <>{t('credentials.none')}</>
  const { expiresAt, expiry } = credentials
  if (expiresAt === undefined) return <>{t('credentials.lasting')}</>
  const word = t(expiry === 'expired' ? 'credentials.ended' : 'credentials.until', { day: day(expiresAt) })
  if (expiry === 'fine' || expiry === undefined) return <>{word}</>
  return <Status state={expiry === 'expired' ? 'fail' : 'warn'}>{word}</Status>
}
