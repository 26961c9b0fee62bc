// Similar failures together: why they happen, since when, and the requests themselves.

import { useTranslation } from 'react-i18next'
import { callOf } from '../api/client.ts'
import { useApi } from '../api/use-api.ts'
import { AsCommand } from '../parts/as-command.tsx'
import { To } from '../parts/link.tsx'
import { Empty, Loaded } from '../parts/loaded.tsx'
import { Facts, Page, Panel } from '../parts/page.tsx'
import { Status, stateOfStatus } from '../parts/status.tsx'
import { ShortTable } from '../parts/table.tsx'
import { alikeOf } from '../requests/alike.ts'
import { Explained } from '../requests/told.tsx'
import { useLanguage, WouldPass } from '../requests/verdict.tsx'
import { useParam } from '../search.ts'
import { useMay } from '../session.tsx'
import { moment, number, since } from '../words/figures.ts'
import css from './requests.module.css'

/** The page of failures that are alike. */
export default function Fault() {
  const { t } = useTranslation('requests')
  const [tenant, print] = [useParam('tenant'), useParam('print')]
  const mayTry = useMay('values')
  const read = useApi(
    'GET /tenants/{tenant}/requests',
    { params: { tenant }, query: { print, limit: 1_000 } },
    { everyMs: 10_000 },
  )
  return (
    <Page
      title={t('alike.title')}
      actions={
        <AsCommand
          call={callOf('GET /tenants/{tenant}/faults/{print}', { params: { tenant, print } })}
          command={`lockstep requests --print ${print} --tenant ${tenant}`}
        />
      }
    >
      <Loaded read={read} lines={6}>
        {({ items }) => {
          const [alike] = alikeOf(items)
          if (alike === undefined) return <Empty what={t('alike.none')} why={t('alike.gone')} />
          const { newest } = alike
          return (
            <div className={css.stack}>
              <Told code={newest.code} kind={newest.kind} detail={newest.detail} status={newest.status} />
              <Panel title={t('alike.seen')}>
                <Facts
                  facts={[
                    [t('alike.count'), number(alike.count)],
                    [t('alike.resources'), number(alike.resources)],
                    [t('alike.first'), moment(alike.first)],
                    [t('alike.last'), `${moment(alike.last)}, ${since(alike.last)}`],
                  ]}
                />
              </Panel>
              {mayTry && (
                <Panel title={t('again.title')}>
                  <WouldPass tenant={tenant} id={newest.id} />
                </Panel>
              )}
              <Panel flush>
                <ShortTable
                  label={t('title')}
                  rows={items.slice(0, 100)}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      title: t('column.path'),
                      cell: ({ id, method, path }) => (
                        <To to="/t/$tenant/requests/$id" params={{ tenant, id }}>
                          {method} {path}
                        </To>
                      ),
                    },
                    {
                      title: t('column.status'),
                      cell: ({ status }) => <Status state={stateOfStatus(status)}>{status}</Status>,
                    },
                    { title: t('column.at'), cell: ({ at }) => moment(at) },
                  ]}
                />
              </Panel>
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}

function Told(facts: {
  readonly code: string | undefined
  readonly kind: string | undefined
  readonly detail: string | undefined
  readonly status: number
}) {
  const language = useLanguage()
  const { code, kind, detail, status } = facts
  const query = { code: code ?? String(status), kind, detail: detail?.slice(0, 4_000), language }
  const { data } = useApi('GET /explain', { query })
  return data === undefined ? null : <Explained told={data} status={status} />
}
