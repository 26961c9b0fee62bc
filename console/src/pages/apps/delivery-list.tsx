// Requests to apps, newest first: what was asked for, what came of it, and the very request.

import { Button, SegmentedControl, Table } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/Table.css'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/client.ts'
import { useList } from '../../api/use-api.ts'
import { JsonView } from '../../parts/json-view.tsx'
import { To } from '../../parts/link.tsx'
import { Empty, Loaded } from '../../parts/loaded.tsx'
import { Facts, Panel } from '../../parts/page.tsx'
import { Scrolled } from '../../parts/scrolled.tsx'
import { type State, Status } from '../../parts/status.tsx'
import { flag, text, useSearchState } from '../../search.ts'
import { clock, day, duration, moment, number } from '../../words/figures.ts'
import { useAppNames } from './app-names.ts'
import css from './apps.module.css'

type Delivery = Answer<'GET /tenants/{tenant}/deliveries'>['items'][number]

const SEARCH = { failed: flag(), open: text(), resource: text() }

/** The requests to one app, or to all of a tenant. */
export function DeliveryList({ tenant, app }: { readonly tenant: string; readonly app?: string }) {
  const { t } = useTranslation('apps')
  const [search, change] = useSearchState(SEARCH)
  const given = {
    params: { tenant },
    query: {
      limit: 100,
      app,
      resource: search.resource || undefined,
      failed: search.failed ? ('true' as const) : ('false' as const),
    },
  }
  const { items, query, hasMore, more } = useList('GET /tenants/{tenant}/deliveries', given, { everyMs: 5_000 })
  return (
    <Panel
      label={t('deliveries.title')}
      title={t('deliveries.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('deliveries.which')}
          value={search.failed ? 'failed' : 'all'}
          onChange={(value) => change({ failed: value === 'failed' })}
          data={[
            { value: 'all', label: t('deliveries.all') },
            { value: 'failed', label: t('deliveries.failed') },
          ]}
        />
      }
      flush
    >
      <Loaded read={query}>
        {() =>
          items.length === 0 ? (
            <Empty
              what={t('deliveries.empty')}
              why={search.failed ? t('deliveries.noFailed') : t('deliveries.emptyWhy')}
            />
          ) : (
            <Lines items={items} tenant={tenant} withApp={app === undefined} />
          )
        }
      </Loaded>
      {hasMore && (
        <Button variant="subtle" onClick={more}>
          {t('more')}
        </Button>
      )}
    </Panel>
  )
}

function Lines({
  items,
  tenant,
  withApp,
}: {
  readonly items: readonly Delivery[]
  readonly tenant: string
  readonly withApp: boolean
}) {
  const { t } = useTranslation('apps')
  const names = useAppNames(tenant)
  const [open, setOpen] = useState<string>()
  const columns = withApp ? 6 : 5
  return (
    <Scrolled label={t('deliveries.title')} least={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('column.time')}</Table.Th>
            {withApp && <Table.Th>{t('column.app')}</Table.Th>}
            <Table.Th>{t('column.what')}</Table.Th>
            <Table.Th>{t('column.who')}</Table.Th>
            <Table.Th>{t('column.outcome')}</Table.Th>
            <Table.Th ta="right">{t('column.took')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => {
            const key = `${one.app} ${one.id}`
            return (
              <Fragment key={key}>
                <Table.Tr>
                  <Table.Td title={moment(one.at)}>
                    <button
                      type="button"
                      className={css.cell}
                      aria-expanded={open === key}
                      onClick={() => setOpen(open === key ? undefined : key)}
                    >
                      {day(one.at)} {clock(one.at)}
                    </button>
                  </Table.Td>
                  {withApp && (
                    <Table.Td>
                      <To to="/t/$tenant/apps/$app" params={{ tenant, app: one.app }}>
                        {names.get(one.app) ?? one.app}
                      </To>
                    </Table.Td>
                  )}
                  <Table.Td>{t(`step.${one.step as 'create'}`)}</Table.Td>
                  <Table.Td>
                    <To
                      to={one.type === 'User' ? '/t/$tenant/people/$id' : '/t/$tenant/groups/$id'}
                      params={{ tenant, id: one.resource }}
                    >
                      {nameIn(one)}
                    </To>
                  </Table.Td>
                  <Table.Td>
                    <Outcome delivery={one} />
                  </Table.Td>
                  <Table.Td ta="right">{duration(one.ms)}</Table.Td>
                </Table.Tr>
                {open === key && (
                  <Table.Tr>
                    <Table.Td colSpan={columns}>
                      <One delivery={one} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            )
          })}
        </Table.Tbody>
      </Table>
    </Scrolled>
  )
}

function One({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation('apps')
  const { basis, lane, message, requests } = delivery
  return (
    <>
      <Facts
        facts={[
          [t('deliveries.basis'), `#${number(basis)}`],
          [t('deliveries.lane'), t(`lane.${lane as 0}`)],
          ...(message === undefined ? [] : [[t('deliveries.said'), message] as const]),
        ]}
      />
      <JsonView value={requests} label={t('column.requests')} height={240} />
    </>
  )
}

const OUTCOMES: { readonly [outcome: string]: State } = {
  done: 'ok',
  throttled: 'wait',
  unknown: 'warn',
  conflict: 'warn',
  refused: 'fail',
  gone: 'warn',
}

function Outcome({ delivery: { outcome, status } }: { readonly delivery: Delivery }) {
  const { t } = useTranslation('apps')
  return (
    <Status state={OUTCOMES[outcome] ?? 'fail'}>
      {status === undefined ? '' : `${status} `}
      {t(`outcome.${outcome as 'done'}`)}
    </Status>
  )
}

/** Whom the request is about: as the hub knows them, or the request itself calls them; else the id. */
function nameIn({ name, requests, resource }: Delivery): string {
  if (name !== undefined) return name
  for (const { body } of requests) {
    if (typeof body !== 'object' || body === null) continue
    const { userName, displayName } = body as { readonly userName?: unknown; readonly displayName?: unknown }
    if (typeof userName === 'string') return userName
    if (typeof displayName === 'string') return displayName
  }
  return resource
}
