// The connections of all tenants on the overview: those that want a look first.

import { useTranslation } from 'react-i18next'
import { useApi } from '../api/use-api.ts'
import { connectionName } from '../connections/facts.ts'
import { ConnectionState, Lately, Rhythm } from '../connections/state.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Panel } from '../parts/page.tsx'
import { Spark } from '../parts/spark.tsx'
import { ShortTable } from '../parts/table.tsx'
import { number } from '../words/figures.ts'

/** The panel. */
export function AllConnections() {
  const { t } = useTranslation('tenants')
  const { t: words } = useTranslation('connections')
  const { t: common } = useTranslation()
  const read = useApi('GET /connections', { query: { limit: 20 } }, { everyMs: 10_000 })
  return (
    <Panel title={t('connections')} flush>
      <Loaded read={read}>
        {({ items, more, isPart }) =>
          items.length === 0 ? (
            <Empty what={words('empty.what')} why={words('empty.why')} />
          ) : (
            <>
              <ShortTable
                label={t('connections')}
                rows={items}
                keyOf={({ tenant, connection }) => `${tenant} ${connection}`}
                columns={[
                  {
                    title: t('connection'),
                    cell: (one) => (
                      <To to="/t/$tenant/connections/$id" params={{ tenant: one.tenant, id: one.connection }}>
                        {connectionName(
                          one,
                          items.filter(({ tenant }) => tenant === one.tenant),
                        )}
                      </To>
                    ),
                  },
                  { title: t('tenant'), cell: ({ tenant }) => tenant },
                  { title: t('kind'), cell: ({ kind }) => common(`kinds.${kind}`) },
                  { title: t('state'), cell: (one) => <ConnectionState connection={one} /> },
                  { title: words('rhythm'), cell: (one) => <Rhythm connection={one} /> },
                  { title: words('lately'), cell: (one) => <Lately tenant={one.tenant} connection={one} /> },
                  {
                    title: t('byHour'),
                    cell: ({ hours, lately }) =>
                      hours !== undefined &&
                      lately !== undefined && (
                        <Spark
                          hours={hours}
                          label={t('byHourSentence', {
                            total: number(lately.requests),
                            refused: number(lately.refusals),
                          })}
                        />
                      ),
                  },
                ]}
              />
              {(more > 0 || isPart) && <p>{t('moreConnections', { count: more })}</p>}
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}
