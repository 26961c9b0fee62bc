// How one app is doing: health, debt by state, what waits and why.

import { Button, SegmentedControl, Table } from '@mantine/core'
import '@mantine/core/styles/SegmentedControl.css'
import '@mantine/core/styles/FloatingIndicator.css'
import '@mantine/core/styles/Table.css'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Answer } from '../../api/client.ts'
import { useList } from '../../api/use-api.ts'
import { Chart } from '../../parts/chart.tsx'
import { To } from '../../parts/link.tsx'
import { Empty, Loaded } from '../../parts/loaded.tsx'
import { Facts, Panel, Panels } from '../../parts/page.tsx'
import { Scrolled } from '../../parts/scrolled.tsx'
import { type State, Status } from '../../parts/status.tsx'
import { oneOf, useSearchState } from '../../search.ts'
import { useMay } from '../../session.tsx'
import { lasting, moment, number, since } from '../../words/figures.ts'
import type { AppTab } from './app-tab.ts'
import css from './apps.module.css'

type Link = Answer<'GET /tenants/{tenant}/apps/{app}/links'>['items'][number]

const STATES = ['held', 'parked', 'waiting', 'ready'] as const
const SEARCH = { state: oneOf(['open', ...STATES]) }
const SHAPES: { readonly [state: string]: State } = { held: 'held', parked: 'warn', waiting: 'wait', ready: 'wait' }
/** How many points of the backlog are kept while the page is open. */
const POINTS = 240

export default function StateTab({ tenant, app }: AppTab) {
  const { t } = useTranslation('apps')
  const { health, reason, healthSince, pausedUntil, managed, sweepDue, policy, adapter } = app
  const values = useMay('values')
  return (
    <>
      <Panels least={420}>
        <Panel title={t('facts.title')}>
          <Facts
            facts={[
              [t('facts.health'), reason === undefined ? t(`health.${health}`) : `${t(`health.${health}`)}: ${reason}`],
              ...(healthSince === undefined ? [] : [[t('facts.since'), moment(healthSince)] as const]),
              ...(pausedUntil === undefined ? [] : [[t('facts.pausedUntil'), moment(pausedUntil)] as const]),
              [t('facts.accounts'), managed === undefined ? '–' : number(managed)],
              [t('facts.adapter'), adapter],
              [t('facts.onLeave'), t(`onLeave.${policy.onLeave}`)],
              [t('facts.sweep'), sweepDue === undefined ? t('facts.noSweep') : since(sweepDue)],
            ]}
          />
        </Panel>
        <Backlog app={app} />
      </Panels>
      {values && <Waiting tenant={tenant} app={app} />}
    </>
  )
}

/** The debt by state, since the page was opened. */
function Backlog({ app: { owed } }: Pick<AppTab, 'app'>) {
  const { t } = useTranslation('apps')
  const [points, setPoints] = useState<readonly { readonly at: number; readonly owed: typeof owed }[]>([])
  const last = useRef(owed)
  last.current = owed
  useEffect(() => {
    const take = () => setPoints((before) => [...before.slice(1 - POINTS), { at: Date.now(), owed: last.current }])
    take()
    const timer = setInterval(take, 5_000)
    return () => clearInterval(timer)
  }, [])
  const now = STATES.map((state) => `${t(`link.${state}`)}: ${number(owed[state] ?? 0)}`).join(', ')
  return (
    <Chart
      title={t('backlog.title')}
      sentence={t('backlog.sentence', { now })}
      times={points.map(({ at }) => at)}
      series={STATES.map((state) => ({
        label: t(`link.${state}`),
        values: points.map((point) => point.owed[state] ?? 0),
      }))}
      aside={
        <p className={css.states}>
          {STATES.map((state) => (
            <Status key={state} state={(owed[state] ?? 0) === 0 ? 'off' : (SHAPES[state] ?? 'wait')}>
              {t(`link.${state}`)} {number(owed[state] ?? 0)}{' '}
            </Status>
          ))}
        </p>
      }
      height={120}
    />
  )
}

/** Accounts that are not as they should be, with the reason. */
function Waiting({ tenant, app: { app, owed } }: AppTab) {
  const { t } = useTranslation('apps')
  const [search, change] = useSearchState(SEARCH)
  const first = STATES.find((state) => (owed[state] ?? 0) > 0)
  const state = search.state === 'open' ? first : search.state
  const params = { tenant, app }
  const { items, query, hasMore, more } = useList(
    'GET /tenants/{tenant}/apps/{app}/links',
    { params, query: { limit: 50, state } },
    { enabled: state !== undefined, everyMs: 10_000 },
  )
  return (
    <Panel
      title={t('waiting.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('waiting.title')}
          value={state ?? 'ready'}
          onChange={(value) => change({ state: value as 'ready' })}
          data={STATES.map((value) => ({ value, label: `${t(`link.${value}`)} ${number(owed[value] ?? 0)}` }))}
        />
      }
      flush
    >
      {state === undefined ? (
        <Empty what={t('waiting.none')} why={t('waiting.noneWhy')} />
      ) : (
        <Loaded read={query}>
          {() =>
            items.length === 0 ? (
              <Empty what={t('waiting.noneOf')} />
            ) : (
              <>
                <LinkTable tenant={tenant} app={app} links={items} />
                {hasMore && (
                  <Button variant="subtle" onClick={more}>
                    {t('more')}
                  </Button>
                )}
              </>
            )
          }
        </Loaded>
      )}
    </Panel>
  )
}

/** Accounts with their reasons; each leads to why. */
export function LinkTable({
  tenant,
  app,
  links,
}: {
  readonly tenant: string
  readonly app: string
  readonly links: readonly Link[]
}) {
  const { t } = useTranslation('apps')
  return (
    <Scrolled label={t('waiting.title')} least={600}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('column.who')}</Table.Th>
            <Table.Th>{t('column.account')}</Table.Th>
            <Table.Th>{t('column.reason')}</Table.Th>
            <Table.Th>{t('column.since')}</Table.Th>
            <Table.Th>{t('why')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {links.map((link) => (
            <Table.Tr key={link.resource}>
              <Table.Td>
                <To
                  to={link.type === 'User' ? '/t/$tenant/people/$id' : '/t/$tenant/groups/$id'}
                  params={{ tenant, id: link.resource }}
                >
                  {link.name}
                </To>
              </Table.Td>
              <Table.Td>{link.account ?? '–'}</Table.Td>
              <Table.Td>{link.reason?.message ?? t('waiting.soon')}</Table.Td>
              <Table.Td>{link.since === undefined ? '–' : lasting(link.since)}</Table.Td>
              <Table.Td>
                {link.type === 'User' && (
                  <To to="/t/$tenant/people/$id/why/$app" params={{ tenant, app, id: link.resource }}>
                    {t('why')}
                  </To>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scrolled>
  )
}
