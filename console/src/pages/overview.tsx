// The overview: is all well, and if not, where.

import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { NumberTile } from '../parts/number-tile.tsx'
import { Page, Panel, Panels } from '../parts/page.tsx'
import { ShortTable } from '../parts/table.tsx'
import { oneOf, useSearchState } from '../search.ts'
import { day, number } from '../words/figures.ts'
import { AllConnections } from './all-connections.tsx'
import { RangeChoice, RequestCharts } from './request-charts.tsx'
import { ThingsToLookAt } from './things-to-look-at.tsx'

/** How many tenants are asked for; more than these are summed on their own page. */
const TENANTS = 100

const SEARCH = { range: oneOf(['24h', '1h', '7d', '30d']) }

/** The page across tenants. */
export default function Overview() {
  const { t } = useTranslation('tenants')
  const read = useApi('GET /tenants', { query: { limit: TENANTS } }, { everyMs: 10_000 })
  const [{ range }, change] = useSearchState(SEARCH)
  return (
    <Page
      title={t('overview.title')}
      actions={<RangeChoice range={range} change={(next) => change({ range: next })} />}
    >
      <ThingsToLookAt />
      <Loaded read={read} lines={6}>
        {({ items, next }) => {
          const sum = (type: string) => items.reduce((all, { resources }) => all + (resources[type] ?? 0), 0)
          const more = next === undefined ? undefined : t('overview.first', { count: TENANTS })
          if (items.length === 0) {
            return (
              <Empty
                what={t('overview.empty.what')}
                why={t('overview.empty.why')}
                action={<To to="/tenants">{t('overview.empty.do')}</To>}
              />
            )
          }
          return (
            <>
              <Panels least={160}>
                <NumberTile
                  name={t('title')}
                  value={`${number(items.length)}${next === undefined ? '' : '+'}`}
                  target={{ to: '/tenants' }}
                />
                <NumberTile name={t('people')} value={number(sum('User'))} below={more} />
                <NumberTile name={t('groups')} value={number(sum('Group'))} below={more} />
                <NumberTile
                  name={t('changes')}
                  value={number(items.reduce((all, { log }) => all + log, 0))}
                  below={more}
                />
              </Panels>
              <RequestCharts range={range} />
              <AllConnections />
              <Panel title={t('title')} flush actions={<To to="/tenants">{t('overview.all')}</To>}>
                <ShortTable
                  label={t('title')}
                  rows={items.slice(0, 12)}
                  keyOf={({ tenant }) => tenant}
                  columns={[
                    {
                      title: t('name'),
                      cell: ({ tenant }) => (
                        <To to="/t/$tenant" params={{ tenant }}>
                          {tenant}
                        </To>
                      ),
                    },
                    { title: t('people'), align: 'end', cell: ({ resources }) => number(resources.User ?? 0) },
                    { title: t('groups'), align: 'end', cell: ({ resources }) => number(resources.Group ?? 0) },
                    { title: t('changes'), align: 'end', cell: ({ log }) => number(log) },
                    { title: t('made'), cell: ({ created }) => day(created) },
                  ]}
                />
              </Panel>
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}
