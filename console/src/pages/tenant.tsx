// The overview of one tenant: its numbers, its connections, what changed last.

import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { Copied } from '../parts/copy.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { NumberTile } from '../parts/number-tile.tsx'
import { Facts, Page, Panel, Panels } from '../parts/page.tsx'
import { Timeline } from '../parts/timeline.tsx'
import { oneOf, useParam, useSearchState } from '../search.ts'
import { useMay } from '../session.tsx'
import { day, number } from '../words/figures.ts'
import { ConnectionsTable } from './connections-table.tsx'
import { RangeChoice, RequestCharts } from './request-charts.tsx'
import { ThingsToLookAt } from './things-to-look-at.tsx'

/** How many of the last changes are shown. */
const LAST = 10

const SEARCH = { range: oneOf(['24h', '1h', '7d', '30d']) }

/** The page of one tenant. */
export default function Tenant() {
  const { t } = useTranslation('tenants')
  const tenant = useParam('tenant')
  const read = useApi('GET /tenants/{tenant}', { params: { tenant } }, { everyMs: 10_000 })
  const connections = useApi('GET /tenants/{tenant}/connections', { params: { tenant }, query: { limit: 20 } })
  const sees = useMay('values')
  const [{ range }, change] = useSearchState(SEARCH)
  return (
    <Page
      title={tenant}
      actions={
        <>
          <RangeChoice range={range} change={(next) => change({ range: next })} />
          <AsCommand
            call={callOf('GET /tenants/{tenant}', { params: { tenant } })}
            command={`lockstep tenant show ${tenant}`}
          />
        </>
      }
    >
      <ThingsToLookAt tenant={tenant} />
      <Loaded read={read}>
        {({ resources, log, created, baseUrl }) => (
          <>
            <Panels least={160}>
              <NumberTile
                name={t('people')}
                value={number(resources.User ?? 0)}
                target={{ to: '/t/$tenant/people', params: { tenant } }}
              />
              <NumberTile
                name={t('groups')}
                value={number(resources.Group ?? 0)}
                target={{ to: '/t/$tenant/groups', params: { tenant } }}
              />
              <NumberTile
                name={t('changes')}
                value={number(log)}
                target={{ to: '/t/$tenant/changes', params: { tenant } }}
              />
              <NumberTile name={t('made')} value={day(created)} />
            </Panels>
            <RequestCharts tenant={tenant} range={range} />
            <Panel title={t('connections')} flush>
              <Loaded read={connections}>
                {({ items }) =>
                  items.length === 0 ? (
                    <Empty
                      what={t('noConnection.what')}
                      why={t('noConnection.why')}
                      action={
                        <To to="/t/$tenant/connections/new" params={{ tenant }}>
                          {t('noConnection.do')}
                        </To>
                      }
                    />
                  ) : (
                    <ConnectionsTable tenant={tenant} connections={items} />
                  )
                }
              </Loaded>
            </Panel>
            {sees && <LastChanges tenant={tenant} log={log} />}
            <Panel title={t('address')}>
              <Facts facts={[[t('baseUrl'), <Copied key="url" text={baseUrl} name={t('baseUrl')} />]]} />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  )
}

function LastChanges({ tenant, log }: { readonly tenant: string; readonly log: number }) {
  const { t } = useTranslation('tenants')
  const read = useApi('GET /tenants/{tenant}/log', {
    params: { tenant },
    query: { after: Math.max(0, log - LAST), limit: LAST },
  })
  return (
    <Panel title={t('lastChanges')}>
      <Loaded read={read} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty what={t('noChange.what')} why={t('noChange.why')} />
          ) : (
            <Timeline
              all={[...items].reverse().map(({ place, at, op, type, actor }) => ({
                id: String(place),
                time: at,
                state: op === 'delete' ? ('off' as const) : ('ok' as const),
                what: t(`ops.${op}`, { type: t(`typeNames.${type as 'User'}`, { defaultValue: type }), actor }),
                aside: (
                  <To to="/t/$tenant/changes" params={{ tenant }} search={{ open: String(place) }}>
                    #{number(place)}
                  </To>
                ),
              }))}
            />
          )
        }
      </Loaded>
    </Panel>
  )
}
